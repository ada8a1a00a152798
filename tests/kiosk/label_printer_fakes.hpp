// Label printers made of threads, written from the manuals and not from the code that is tested: they take
// what a real one takes, draw it, and say what a real one would say.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "kiosk/badge/print_page.hpp"

namespace lanyard::kiosk::testing {

// What went wrong between printer and kiosk.
enum class Manners : std::uint8_t { proper, silent, garbage, half, hangs_up };

// A black-and-white picture with all there is: long runs, short ones, rows that repeat, blank rows, full
// rows.
[[nodiscard]] PrintPage patterned_page(int dpi, double width_mm, double height_mm, std::size_t labels = 1);

// One end of a line on a thread of its own: a TCP port of this machine, or a pty.
class FakeLine {
 public:
  FakeLine(const FakeLine&) = delete;
  FakeLine& operator=(const FakeLine&) = delete;

  [[nodiscard]] std::string place() const { return place_; }  // "127.0.0.1:4711" or "/dev/pts/3"
  void set_manners(Manners manners) { manners_ = manners; }
  // Hangs up once so many bytes have come in.
  void hang_up_after(std::size_t bytes) { hang_up_after_ = bytes; }

  void hang_up_now() { hang_up_after_ = 0; }
  // Takes nothing, though the line holds.
  void stall(bool stalls) { stalls_ = stalls; }

 protected:
  enum class Kind : std::uint8_t { tcp, pty };
  explicit FakeLine(Kind kind);
  ~FakeLine();

  void start();
  void stop();  // by the destructors of those who override
  // With lock_ held, on the thread.
  virtual void take(std::string_view bytes) = 0;
  // A full answer, which the manners may spoil.
  void answer(const std::string& bytes);
  void say(const std::string& bytes);

  std::mutex lock_;

 private:
  void run();
  void serve(int fd);
  void hang_up();

  Kind kind_;
  std::string place_;
  int listener_{-1};
  int line_{-1};
  int other_end_{-1};  // of a pty, so that it outlives those who open it
  std::size_t taken_{0};
  std::atomic<Manners> manners_{Manners::proper};
  std::atomic<std::size_t> hang_up_after_{SIZE_MAX};
  std::atomic<bool> stalls_{false};
  std::atomic<bool> ends_{false};
  std::thread thread_;
};

// ZPL II Programming Guide.
class FakeZebra final : public FakeLine {
 public:
  FakeZebra() : FakeLine(Kind::tcp) { start(); }
  ~FakeZebra() { stop(); }

  // Flags of ~HS by the guide's letters: "b" paper out, "c" paused, "f", "g", "j", "k", "l", "o", "p", "t".
  void set(char flag, bool on);
  void set_identity(std::string identity);
  void set_count(std::string count);  // as it is answered, without quotes; "": silence
  // As by another kiosk, or after a while.
  void print_others(std::uint64_t labels);
  void print_waiting();
  void forget_waiting();

  [[nodiscard]] std::vector<std::string> printed();  // dots, rows of whole bytes
  [[nodiscard]] std::size_t waiting();
  [[nodiscard]] std::string heard();

 protected:
  void take(std::string_view bytes) override;

 private:
  [[nodiscard]] std::string host_status() const;
  [[nodiscard]] bool stands() const;
  void work();
  bool take_command(std::string_view command);
  void draw(std::string_view format);

  std::map<char, bool> flags_;
  std::string identity_{"ZD421-203dpi,V93.21.07Z,8,8192KB"};
  std::string count_text_{"?"};
  bool counts_{true};
  std::uint64_t count_{31084};
  std::string buffer_;
  std::string heard_;
  std::vector<std::string> waiting_;
  std::vector<std::string> printed_;
};

// Brother's Raster Command Reference.
class FakeQl final : public FakeLine {
 public:
  enum class At : std::uint8_t { port, device };
  explicit FakeQl(At at) : FakeLine(at == At::port ? Kind::tcp : Kind::pty) { start(); }
  ~FakeQl() { stop(); }

  void load(int width_mm, int length_mm);  // 0 mm long: a tape; 0 mm wide: nothing
  void set_errors(int error1, int error2);
  // What goes wrong at the next print command.
  void fail_at_print(int error1, int error2);
  void recover(bool prints_it);  // the roll was changed
  // Does not say by itself how it fares, as on the network.
  void be_quiet(bool quiet);
  // Prints when it is told to, and no sooner.
  void dawdle(bool dawdles);
  void print_waiting();

  [[nodiscard]] std::vector<std::vector<std::string>> printed();  // lines of 90 bytes
  [[nodiscard]] std::vector<std::string> pages_info();            // the ten bytes of ESC i z of each
  [[nodiscard]] std::string status();                             // as it would answer now
  void see_printing(bool prints);

 protected:
  void take(std::string_view bytes) override;

 private:
  [[nodiscard]] std::string status_of(int type, int phase) const;
  std::size_t take_one();
  std::size_t take_escape();
  void tell(int type, int phase);
  void print();
  void finish_page();

  int width_{62};
  int length_{0};
  std::array<int, 2> errors_{};
  std::array<int, 2> next_errors_{};
  bool quiet_{false};
  bool dawdles_{false};
  bool prints_{false};
  bool page_waits_{false};
  std::string buffer_;
  std::vector<std::string> lines_;
  std::string info_;
  std::vector<std::vector<std::string>> printed_;
  std::vector<std::string> infos_;
};

// The status of a FakeQl by SNMP, in the very bytes in which a QL-820NWB was seen to answer.
class FakeSnmp {
 public:
  explicit FakeSnmp(FakeQl& printer);
  ~FakeSnmp();
  FakeSnmp(const FakeSnmp&) = delete;
  FakeSnmp& operator=(const FakeSnmp&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  void set_silent(bool silent) { silent_ = silent; }

 private:
  void run();

  FakeQl& printer_;
  int socket_{-1};
  std::uint16_t port_{0};
  std::atomic<bool> silent_{false};
  std::atomic<bool> ends_{false};
  std::thread thread_;
};

}  // namespace lanyard::kiosk::testing
