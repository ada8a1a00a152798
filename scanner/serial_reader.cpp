// A hand scanner on a serial line, as bytes. Source: termios(3), ioctl_tty(2).
#include <array>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "scanner/errno_text.hpp"
#include "scanner/hand_port.hpp"
#include "scanner/hand_readers.hpp"

namespace lanyard::scanner {
namespace {

std::optional<speed_t> speed_of(int baud) {
  constexpr std::array<std::pair<int, speed_t>, 9> kSpeeds{{{1200, B1200},
                                                            {2400, B2400},
                                                            {4800, B4800},
                                                            {9600, B9600},
                                                            {19200, B19200},
                                                            {38400, B38400},
                                                            {57600, B57600},
                                                            {115200, B115200},
                                                            {230400, B230400}}};
  for (const auto& [known, speed] : kSpeeds) {
    if (known == baud) return speed;
  }
  return std::nullopt;
}

class SerialPort final : public HandPort {
 public:
  SerialPort(std::string path, speed_t speed) : HandPort(path), path_(std::move(path)), speed_(speed) {}
  ~SerialPort() override { close(); }

 protected:
  tl::expected<int, std::string> open() override {
    const int fd = ::open(path_.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return tl::make_unexpected(because("cannot be opened"));
    if (auto why = set_up(fd)) {
      ::close(fd);
      return tl::make_unexpected(*why);
    }
    return fd;
  }
  // Or nobody could open the line again while another program still has it.
  void release(int fd) override { ::ioctl(fd, TIOCNXCL); }
  void translate(std::span<const std::byte> bytes, std::string& into) override {
    into.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }

 private:
  std::optional<std::string> set_up(int fd) const {
    termios line{};
    if (::tcgetattr(fd, &line) != 0) return because("is not a serial line");
    if (::ioctl(fd, TIOCEXCL) != 0) return because("cannot be had alone");
    ::cfmakeraw(&line);
    line.c_cflag |= CLOCAL | CREAD;
    line.c_cflag &= ~CRTSCTS;
    ::cfsetispeed(&line, speed_);
    ::cfsetospeed(&line, speed_);
    if (::tcsetattr(fd, TCSANOW, &line) != 0) return because("cannot be set up");
    // What was scanned while nobody listened is nobody's any more.
    ::tcflush(fd, TCIOFLUSH);
    return std::nullopt;
  }

  std::string path_;
  speed_t speed_;
};

}  // namespace

bool is_baud(int baud) {
  return speed_of(baud).has_value();
}

std::unique_ptr<HandDevice> open_serial(std::string path, int baud) {
  return std::make_unique<SerialPort>(std::move(path), speed_of(baud).value_or(B9600));
}

}  // namespace lanyard::scanner
