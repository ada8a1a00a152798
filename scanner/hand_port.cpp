#include "scanner/hand_port.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <thread>

#include <poll.h>
#include <unistd.h>

#include "scanner/errno_text.hpp"

namespace lanyard::scanner {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kReadBytes = 1024;

}  // namespace

HandPort::~HandPort() {
  if (fd_ >= 0) ::close(fd_);
}

void HandPort::close() {
  if (fd_ < 0) return;
  release(fd_);
  ::close(fd_);
  fd_ = -1;
}

tl::unexpected<std::string> HandPort::lose(const std::string& why) {
  close();
  why_lost_ = name_ + ": " + why;
  pause_.begin(Clock::now());
  return tl::make_unexpected(why_lost_);
}

tl::expected<void, std::string> HandPort::open_again(Clock::time_point deadline) {
  if (Clock::now() < pause_.until()) std::this_thread::sleep_until(std::min(deadline, pause_.until()));
  if (Clock::now() < pause_.until()) return tl::make_unexpected(why_lost_);
  auto opened = open();
  if (!opened) return lose(opened.error());
  fd_ = *opened;
  pause_.reset();
  return {};
}

tl::expected<void, std::string> HandPort::read(std::string& into, milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  if (fd_ < 0) {
    if (auto opened = open_again(deadline); !opened) return opened;
  }
  const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
  pollfd asked{fd_, POLLIN, 0};
  const int count = ::poll(&asked, 1, static_cast<int>(std::max(milliseconds{0}, left).count()));
  if (count == 0 || (count < 0 && errno == EINTR)) return {};
  if (count < 0) return lose(because("it cannot be waited for"));
  // What came before the plug was pulled is still to be read: POLLHUP alone ends it.
  if ((asked.revents & POLLIN) == 0) return lose("it went away");
  std::array<std::byte, kReadBytes> bytes{};
  const ssize_t got = ::read(fd_, bytes.data(), bytes.size());
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return {};
  if (got < 0) return lose(because("it went away"));
  if (got == 0) return lose("it went away");
  translate(std::span(bytes).first(static_cast<std::size_t>(got)), into);
  return {};
}

}  // namespace lanyard::scanner
