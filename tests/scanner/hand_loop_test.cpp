// A hand scanner end to end: a real terminal, or the kernel's events through a pipe, on one side; codes on
// the other.
#include "scanner/hand_loop.hpp"

#include <array>
#include <atomic>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include <fcntl.h>
#include <linux/input.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "tests/catch.hpp"
#include "tests/scanner/pictures.hpp"

namespace lanyard::scanner {
namespace {

using namespace testing;
using namespace std::string_literals;
using std::chrono::milliseconds;
using HandState = HandLoopStatus::State;

constexpr milliseconds kHandPatience{30'000};

// The other end of a serial line, with a path that stays the same however often the plug is put back.
class Scanner {
 public:
  Scanner() { plug_in(); }
  Scanner(const Scanner&) = delete;
  Scanner& operator=(const Scanner&) = delete;
  ~Scanner() { pull(); }

  void plug_in() {
    std::array<char, 256> name{};
    REQUIRE(::openpty(&master_, &held_, name.data(), nullptr, nullptr) == 0);
    std::filesystem::create_symlink(name.data(), path());
  }
  void pull() {
    if (master_ < 0) return;
    std::filesystem::remove(path());
    ::close(held_);
    ::close(master_);
    master_ = -1;
  }
  void send(const std::string& bytes) const {
    REQUIRE(::write(master_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  }
  // The line as a program sees it, whatever has been made of it.
  [[nodiscard]] int line() const { return held_; }
  [[nodiscard]] std::filesystem::path path() const { return folder_ / "ttyACM0"; }
  [[nodiscard]] std::string spec() const { return "serial:" + path().string(); }

 private:
  TempFolder folder_;
  int master_{-1};
  int held_{-1};  // or the line would be gone, with what is in it, whenever nobody else has it open
};

std::unique_ptr<HandDevice> device_of(const std::string& spec, const HandOptions& options = {}) {
  auto device = open_hand_device(spec, options);
  REQUIRE(device);
  return std::move(*device);
}

HandLoopOptions brisk(const std::string& source) {
  HandLoopOptions options;
  options.source = source;
  options.patience = milliseconds{5};
  // The machine that runs the tests may stop for a while in the middle of a code.
  options.format.idle = kHandPatience;
  return options;
}

bool comes_to(const HandLoop& loop, HandState state) {
  const auto until = std::chrono::steady_clock::now() + kHandPatience;
  while (loop.status().state != state) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(milliseconds{1});
  }
  return true;
}

TEST_CASE("a code that comes over a serial line is a scan") {
  const Scanner scanner;
  HandLoop loop(device_of(scanner.spec()), brisk(scanner.spec()));
  REQUIRE(comes_to(loop, HandState::alive));
  scanner.send("L1:ABC+/ \xC3\xBC\r\n");
  const auto scan = loop.wait_scan(kHandPatience);
  REQUIRE(scan);
  CHECK(scan->code.text == "L1:ABC+/ \xC3\xBC");
  CHECK(scan->code.format.empty());
  CHECK(scan->source == scanner.spec());
  CHECK(loop.status().codes == 1);
}

TEST_CASE("a serial line is raw, and nobody else's") {
  const Scanner scanner;
  HandLoop loop(device_of(scanner.spec(), {.baud = 19200}), brisk(scanner.spec()));
  REQUIRE(comes_to(loop, HandState::alive));
  termios line{};
  REQUIRE(::tcgetattr(scanner.line(), &line) == 0);
  CHECK((line.c_lflag & (ICANON | ECHO | ISIG | IEXTEN)) == 0);
  CHECK((line.c_iflag & (ICRNL | IXON | INLCR | IGNCR)) == 0);
  CHECK(::cfgetispeed(&line) == B19200);
  int exclusive = 0;
  REQUIRE(::ioctl(scanner.line(), TIOCGEXCL, &exclusive) == 0);
  CHECK(exclusive == 1);
  loop.stop();
}

TEST_CASE("a line that is given back may be opened again, and what was scanned before that is nobody's") {
  const Scanner scanner;
  {
    HandLoop loop(device_of(scanner.spec()), brisk(scanner.spec()));
    REQUIRE(comes_to(loop, HandState::alive));
    loop.stop();
  }
  scanner.send("YESTERDAY\r");
  HandLoop loop(device_of(scanner.spec()), brisk(scanner.spec()));
  REQUIRE(comes_to(loop, HandState::alive));
  scanner.send("TODAY\r");
  const auto scan = loop.wait_scan(kHandPatience);
  REQUIRE(scan);
  CHECK(scan->code.text == "TODAY");
}

TEST_CASE("a scanner's plug that is pulled and put back is survived, and no code is made of two halves") {
  Scanner scanner;
  HandLoop loop(device_of(scanner.spec()), brisk(scanner.spec()));
  REQUIRE(comes_to(loop, HandState::alive));
  scanner.send("HALF-");
  scanner.pull();
  REQUIRE(comes_to(loop, HandState::lost));
  CHECK(loop.status().message.find(scanner.path().string()) == 0);
  scanner.plug_in();
  REQUIRE(comes_to(loop, HandState::alive));
  scanner.send("WHOLE\r");
  const auto scan = loop.wait_scan(kHandPatience);
  REQUIRE(scan);
  CHECK(scan->code.text == "WHOLE");
}

TEST_CASE("what a scanner sends and is no code is counted, with its reason, and not handed on") {
  const Scanner scanner;
  std::atomic<int> news{0};
  HandLoopOptions options = brisk(scanner.spec());
  options.on_news = [&news] { ++news; };
  HandLoop loop(device_of(scanner.spec()), std::move(options));
  REQUIRE(comes_to(loop, HandState::alive));
  scanner.send("\x1b[2J\r@SETUPE1\r\r\nA1\rA1\rA2\r");
  std::optional<HandScan> scan;
  do {
    scan = loop.wait_scan(kHandPatience);
    REQUIRE(scan);
  } while (scan->code.text != "A2");
  const HandLoopStatus status = loop.status();
  CHECK(status.codes == 2);
  CHECK(status.repeated == 1);
  CHECK(status.refused == 2);
  CHECK(status.last_refused == reason_of(HandRefusal::configuration));
  loop.stop();
  CHECK(news > 0);
}

TEST_CASE("a code that stops halfway is given up, without a further byte") {
  const Scanner scanner;
  HandLoopOptions options = brisk(scanner.spec());
  options.format.idle = milliseconds{20};
  HandLoop loop(device_of(scanner.spec()), std::move(options));
  REQUIRE(comes_to(loop, HandState::alive));
  scanner.send("HALF-");
  const auto until = std::chrono::steady_clock::now() + kHandPatience;
  while (loop.status().refused == 0 && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(milliseconds{1});
  }
  CHECK(loop.status().last_refused == reason_of(HandRefusal::partial));
  CHECK_FALSE(loop.take_scan());
}

TEST_CASE("a device that is not there, or is something else, is lost and named") {
  const TempFolder folder;
  write_file(folder / "file", Bytes(10, 'x'));
  for (const std::string& kind : {"serial:"s, "hid:"s}) {
    for (const char* name : {"nothing", "file", "."}) {
      const std::string path = (folder / name).string();
      const auto device = device_of(kind + path);
      for (int attempt = 0; attempt < 3; ++attempt) {
        std::string bytes;
        const auto read = device->read(bytes, milliseconds{1});
        REQUIRE_FALSE(read);
        CHECK(read.error().find(path) == 0);
        CHECK(bytes.empty());
      }
    }
  }
  std::string bytes;
  const auto read = device_of("hid:No Such Scanner")->read(bytes, milliseconds{1});
  REQUIRE_FALSE(read);
  CHECK(read.error().find("No Such Scanner: ") == 0);
}

TEST_CASE("a name that is no hand scanner is an error that repeats it") {
  for (const char* name : {"", "serial", "serial:", "hid:", "/dev/ttyACM0", "usb:1"}) {
    const auto device = open_hand_device(name, {});
    REQUIRE_FALSE(device);
    CHECK(device.error().find("\""s + name + "\"") != std::string::npos);
  }
  CHECK_FALSE(open_hand_device("serial:/dev/ttyACM0", {.baud = 9601}));
}

// --- As a keyboard: the kernel's events, through a pipe
// ------------------------------------------------------------

class Keyboard {
 public:
  Keyboard() {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC) == 0);
    read_end_ = ends[0];
    write_end_ = ends[1];
  }
  Keyboard(const Keyboard&) = delete;
  Keyboard& operator=(const Keyboard&) = delete;
  ~Keyboard() { pull(); }

  // Gives its end away, once.
  std::unique_ptr<HandDevice> device(KeyLayout layout) {
    return open_key_stream(
        [this]() -> tl::expected<int, std::string> {
          if (read_end_ < 0) return tl::make_unexpected("is away"s);
          return std::exchange(read_end_, -1);
        },
        layout);
  }
  void type(std::uint16_t key, bool shift = false) {
    if (shift) event(KEY_LEFTSHIFT, 1);
    event(key, 1);
    event(key, 0);
    if (shift) event(KEY_LEFTSHIFT, 0);
  }
  void send() {
    // Cut where no event ends: the reader must not mind.
    for (std::size_t at = 0; at < bytes_.size(); at += 17) {
      const std::size_t count = std::min<std::size_t>(17, bytes_.size() - at);
      REQUIRE(::write(write_end_, bytes_.data() + at, count) == static_cast<ssize_t>(count));
    }
    bytes_.clear();
  }
  void pull() {
    if (write_end_ >= 0) ::close(write_end_);
    write_end_ = -1;
  }

 private:
  void event(std::uint16_t code, int value) {
    for (const auto& [type, what, how] :
         {std::tuple<int, int, int>{EV_MSC, MSC_SCAN, 7}, {EV_KEY, code, value}, {EV_SYN, SYN_REPORT, 0}}) {
      input_event made{};
      made.type = static_cast<std::uint16_t>(type);
      made.code = static_cast<std::uint16_t>(what);
      made.value = how;
      std::array<char, sizeof made> raw{};
      std::memcpy(raw.data(), &made, sizeof made);
      bytes_.insert(bytes_.end(), raw.begin(), raw.end());
    }
  }
  int read_end_{-1};
  int write_end_{-1};
  std::vector<char> bytes_;
};

TEST_CASE("a code that is typed is a scan") {
  Keyboard keyboard;
  HandLoop loop(keyboard.device(KeyLayout::de), brisk("hid:test"));
  keyboard.type(KEY_L, true);
  keyboard.type(KEY_1);
  keyboard.type(KEY_DOT, true);
  keyboard.type(KEY_Y);
  keyboard.type(KEY_ENTER);
  keyboard.send();
  const auto scan = loop.wait_scan(kHandPatience);
  REQUIRE(scan);
  CHECK(scan->code.text == "L1:z");
  CHECK(scan->source == "hid:test");
}

TEST_CASE("a typed code with a key that is no character is refused whole") {
  Keyboard keyboard;
  HandLoop loop(keyboard.device(KeyLayout::us), brisk("hid:test"));
  for (const std::uint16_t key :
       std::vector<std::uint16_t>{KEY_A, KEY_F2, KEY_B, KEY_ENTER, KEY_C, KEY_ENTER})
    keyboard.type(key);
  keyboard.send();
  const auto scan = loop.wait_scan(kHandPatience);
  REQUIRE(scan);
  CHECK(scan->code.text == "c");
  CHECK(loop.status().refused == 1);
  keyboard.pull();
  CHECK(comes_to(loop, HandState::lost));
}

}  // namespace
}  // namespace lanyard::scanner
