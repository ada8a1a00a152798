// A printer's line: bytes to and fro, over TCP or by a device file, and never for longer than it is given.
//
// Threads: a line belongs to one. Errors: unavailable, in words for staff; after one the line is of no use.
// Sources: connect(2), poll(2), getaddrinfo(3), tcp(7); drivers/usb/class/usblp.c for /dev/usb/lp*.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "sync/error.hpp"

namespace lanyard::kiosk {

struct LinePlace {
  std::string host;    // a name or an address; empty: `device`
  std::string port;    // in digits
  std::string device;  // the path of a device file

  [[nodiscard]] bool is_host() const { return !host.empty(); }
  // "printer.local:9100", "[::1]:9100", "/dev/usb/lp0".
  [[nodiscard]] std::string said() const;
};

// "host", "host:port", "[::1]:port", with an optional "/" behind. Error: invalid.
[[nodiscard]] sync::Expected<LinePlace> host_place(std::string_view host_and_port,
                                                   std::string_view usual_port);
// An absolute path, of a printer's own device: a serial line is taken as it is set. Error: invalid.
[[nodiscard]] sync::Expected<LinePlace> device_place(std::string_view path);

class ByteLine {
 public:
  using Patience = std::chrono::milliseconds;

  // A name is looked up by getaddrinfo, which keeps its own time (resolv.conf(5): timeout, attempts).
  [[nodiscard]] static sync::Expected<ByteLine> open(const LinePlace&, Patience);

  ByteLine(ByteLine&& other) noexcept;
  ByteLine& operator=(ByteLine&& other) noexcept;
  ByteLine(const ByteLine&) = delete;
  ByteLine& operator=(const ByteLine&) = delete;
  ~ByteLine();

  // All of it within `patience`, or an error; then part of it may have gone.
  [[nodiscard]] sync::Expected<void> write_all(std::string_view bytes, Patience patience);

  // At most `most` bytes behind `into`: their number, 0 if none came in time.
  [[nodiscard]] sync::Expected<std::size_t> read_some(std::string& into, std::size_t most, Patience patience);

  // Throws away what came before anything was asked: a device keeps it from one program to the next.
  void discard();

  // Reads on until `enough` is content with all that came. Errors too: silence, half an answer, more than
  // `most`.
  using Enough = bool (*)(std::string_view);
  [[nodiscard]] sync::Expected<std::string> read_answer(Enough enough, std::size_t most, Patience patience);

  // To host: says that nothing follows, and waits for the other side to have it all. A line that is closed
  // with bytes unread would otherwise take back what is still under way (RFC 1122 4.2.2.13).
  void finish(Patience patience);

 private:
  ByteLine(int fd, bool socket, std::string said) : fd_(fd), socket_(socket), said_(std::move(said)) {}
  [[nodiscard]] tl::unexpected<sync::Error> lost() const;

  int fd_{-1};
  bool socket_{false};
  std::string said_;
};

}  // namespace lanyard::kiosk
