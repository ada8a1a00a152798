#include "kiosk/badge/byte_line.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace lanyard::kiosk {

namespace {

using sync::Error;
using sync::Expected;
using sync::fail;
using LineClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// A usblp device answers a read with 0 bytes whenever the printer has nothing to say.
constexpr milliseconds kLinePause{10};
constexpr std::size_t kLineLongestHost = 253;
constexpr std::size_t kLineMostStale = 65'536;  // who says more never stops

milliseconds line_left(LineClock::time_point deadline) {
  const auto left = std::chrono::ceil<milliseconds>(deadline - LineClock::now());
  return std::max(left, milliseconds{0});
}

// What poll(2) says, 0 once the time is up.
int line_wait(int fd, short events, LineClock::time_point deadline) {
  for (;;) {
    pollfd asked{fd, events, 0};
    const auto left = std::min(line_left(deadline), milliseconds{60'000});
    const int ready = ::poll(&asked, 1, static_cast<int>(left.count()));
    if (ready > 0) return asked.revents;
    if (ready == 0 && line_left(deadline).count() == 0) return 0;
    if (ready < 0 && errno != EINTR) return POLLERR;
  }
}

struct FreeLineAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

// A connected socket, or -1.
int line_connect(const addrinfo& to, LineClock::time_point deadline) {
  const int fd = ::socket(to.ai_family, to.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, to.ai_protocol);
  if (fd < 0) return -1;
  bool connected = ::connect(fd, to.ai_addr, to.ai_addrlen) == 0;
  if (!connected && (errno == EINPROGRESS || errno == EINTR) && line_wait(fd, POLLOUT, deadline) != 0) {
    int error = 0;
    socklen_t size = sizeof error;
    connected = ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
  }
  if (!connected) {
    ::close(fd);
    return -1;
  }
  // What was written is soon at the printer, and not for long in a buffer that dies with this program.
  const int small = 32 * 1024;
  (void)::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  const int on = 1;  // questions are short, and wait for their answer
  (void)::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

Expected<int> line_to_host(const LinePlace& place, milliseconds patience) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  int error = ::getaddrinfo(place.host.c_str(), place.port.c_str(), &hints, &found);
  if (error != 0) {
    // AI_ADDRCONFIG hides ::1 and 127.0.0.1 where only the loopback is up.
    hints.ai_flags = AI_NUMERICSERV;
    error = ::getaddrinfo(place.host.c_str(), place.port.c_str(), &hints, &found);
  }
  if (error != 0) {
    return fail(Error::Kind::unavailable, "the printer's name is not known: " + place.host);
  }
  const std::unique_ptr<addrinfo, FreeLineAddresses> list(found);
  std::ptrdiff_t untried = 0;
  for (const addrinfo* one = list.get(); one != nullptr; one = one->ai_next) ++untried;
  const auto deadline = LineClock::now() + patience;
  for (const addrinfo* one = list.get(); one != nullptr; one = one->ai_next, --untried) {
    // An address that swallows everything leaves the others their share.
    const int fd = line_connect(*one, LineClock::now() + line_left(deadline) / untried);
    if (fd >= 0) return fd;
  }
  return fail(Error::Kind::unavailable, "the printer does not answer at " + place.said());
}

Expected<int> line_to_device(const LinePlace& place) {
  const int fd = ::open(place.device.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) {
    std::string why = "there is no printer at ";
    if (errno == EACCES || errno == EPERM) why = "this program may not use the printer at ";
    if (errno == EBUSY) why = "another program has the printer at ";  // usblp: one at a time
    return fail(Error::Kind::unavailable, why + place.device);
  }
  return fd;
}

bool line_is_port(std::string_view digits) {
  if (digits.empty() || digits.size() > 5) return false;
  int port = 0;
  for (const char digit : digits) {
    if (digit < '0' || digit > '9') return false;
    port = port * 10 + (digit - '0');
  }
  return port > 0 && port < 65536;
}

bool line_is_host(std::string_view host) {
  return !host.empty() && host.size() <= kLineLongestHost &&
         std::ranges::all_of(host, [](char c) { return c > ' ' && c < 0x7f && c != '/' && c != '@'; });
}

}  // namespace

std::string LinePlace::said() const {
  if (!is_host()) return device;
  const bool address6 = host.find(':') != std::string::npos;
  return (address6 ? "[" + host + "]" : host) + ":" + port;
}

Expected<LinePlace> host_place(std::string_view host_and_port, std::string_view usual_port) {
  const std::string whole(host_and_port);
  std::string_view text = host_and_port;
  if (text.ends_with('/')) text.remove_suffix(1);
  LinePlace place;
  std::string_view rest;
  bool bracketed = false;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    bracketed = end != std::string_view::npos;
    place.host = bracketed ? text.substr(1, end - 1) : std::string_view{};
    rest = bracketed ? text.substr(end + 1) : std::string_view{};
  } else {
    const std::size_t colon = text.find(':');
    place.host = text.substr(0, colon);
    rest = colon == std::string_view::npos ? std::string_view{} : text.substr(colon);
  }
  place.port = rest.empty() ? usual_port : rest.substr(1);
  if (!line_is_host(place.host) || (!rest.empty() && rest.front() != ':') || !line_is_port(place.port)) {
    return fail(Error::Kind::invalid, "\"" + whole + "\" is no host or host:port");
  }
  return place;
}

Expected<LinePlace> device_place(std::string_view path) {
  if (!path.starts_with('/') || path.find('\0') != std::string_view::npos) {
    return fail(Error::Kind::invalid, "\"" + std::string(path) + "\" is no device, such as /dev/usb/lp0");
  }
  LinePlace place;
  place.device = path;
  return place;
}

Expected<ByteLine> ByteLine::open(const LinePlace& place, Patience patience) {
  auto fd = place.is_host() ? line_to_host(place, patience) : line_to_device(place);
  if (!fd) return tl::make_unexpected(fd.error());
  return ByteLine(*fd, place.is_host(), place.said());
}

ByteLine::ByteLine(ByteLine&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), socket_(other.socket_), said_(std::move(other.said_)) {}

ByteLine& ByteLine::operator=(ByteLine&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = std::exchange(other.fd_, -1);
    socket_ = other.socket_;
    said_ = std::move(other.said_);
  }
  return *this;
}

ByteLine::~ByteLine() {
  if (fd_ >= 0) ::close(fd_);
}

tl::unexpected<Error> ByteLine::lost() const {
  return fail(Error::Kind::unavailable, "the printer broke off at " + said_);
}

Expected<void> ByteLine::write_all(std::string_view bytes, Patience patience) {
  const auto deadline = LineClock::now() + patience;
  while (!bytes.empty()) {
    const ssize_t count = socket_ ? ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL)
                                  : ::write(fd_, bytes.data(), bytes.size());
    if (count > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
      continue;
    }
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK) return lost();
    const int ready = line_wait(fd_, POLLOUT, deadline);
    if (ready == 0) return fail(Error::Kind::unavailable, "the printer takes no more data at " + said_);
    if ((ready & POLLOUT) == 0) return lost();
    // A device may be ready, and take nothing all the same.
    if (count == 0) std::this_thread::sleep_for(kLinePause);
    if (line_left(deadline).count() == 0)
      return fail(Error::Kind::unavailable, "the printer takes no more data at " + said_);
  }
  return {};
}

Expected<std::size_t> ByteLine::read_some(std::string& into, std::size_t most, Patience patience) {
  const auto deadline = LineClock::now() + patience;
  std::array<char, 4096> bytes;
  most = std::min(most, bytes.size());
  if (most == 0) return std::size_t{0};
  for (;;) {
    const int ready = line_wait(fd_, POLLIN, deadline);
    if (ready == 0) return std::size_t{0};
    const ssize_t count = ::read(fd_, bytes.data(), most);
    if (count > 0) {
      into.append(bytes.data(), static_cast<std::size_t>(count));
      return static_cast<std::size_t>(count);
    }
    if (count < 0 && errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK) return lost();
    if (count == 0 && (socket_ || (ready & (POLLHUP | POLLERR)) != 0)) return lost();
    if (count <= 0 && (ready & POLLIN) == 0 && (ready & (POLLHUP | POLLERR | POLLNVAL)) != 0) return lost();
    if (line_left(deadline).count() == 0) return std::size_t{0};
    std::this_thread::sleep_for(std::min(kLinePause, line_left(deadline)));
  }
}

void ByteLine::discard() {
  std::string stale;
  while (stale.size() < kLineMostStale) {
    const auto count = read_some(stale, kLineMostStale - stale.size(), Patience{0});
    if (!count || *count == 0) return;
  }
}

Expected<std::string> ByteLine::read_answer(Enough enough, std::size_t most, Patience patience) {
  const auto deadline = LineClock::now() + patience;
  std::string answer;
  while (!enough(answer)) {
    if (answer.size() >= most) {
      return fail(Error::Kind::unavailable, "what is at " + said_ + " talks nonsense");
    }
    const auto count = read_some(answer, most - answer.size(), line_left(deadline));
    if (!count) return tl::make_unexpected(count.error());
    if (*count > 0) continue;
    return fail(Error::Kind::unavailable, answer.empty()
                                              ? "the printer does not answer at " + said_
                                              : "the printer stops in the middle of its answer at " + said_);
  }
  return answer;
}

void ByteLine::finish(Patience patience) {
  if (!socket_ || ::shutdown(fd_, SHUT_WR) != 0) return;
  const auto deadline = LineClock::now() + patience;
  std::string unread;
  for (;;) {
    unread.clear();
    const auto count = read_some(unread, 4096, line_left(deadline));
    if (!count || *count == 0 || line_left(deadline).count() == 0) return;
  }
}

}  // namespace lanyard::kiosk
