#include <stdexcept>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/kiosk/label_printer_fakes.hpp"

namespace lanyard::kiosk::testing {

namespace {

constexpr int kFakeReply = 0;
constexpr int kFakePrinted = 1;
constexpr int kFakeErrorOccurred = 2;
constexpr int kFakePhaseChange = 6;

}  // namespace

void FakeQl::load(int width_mm, int length_mm) {
  const std::lock_guard hold(lock_);
  width_ = width_mm;
  length_ = length_mm;
}

void FakeQl::set_errors(int error1, int error2) {
  const std::lock_guard hold(lock_);
  errors_ = {error1, error2};
}

void FakeQl::fail_at_print(int error1, int error2) {
  const std::lock_guard hold(lock_);
  next_errors_ = {error1, error2};
}

void FakeQl::recover(bool prints_it) {
  const std::lock_guard hold(lock_);
  errors_ = {};
  if (!prints_it) {
    page_waits_ = false;
    prints_ = false;
    lines_.clear();
    tell(kFakePhaseChange, 0);
    return;
  }
  if (page_waits_) finish_page();
}

void FakeQl::be_quiet(bool quiet) {
  const std::lock_guard hold(lock_);
  quiet_ = quiet;
}

void FakeQl::dawdle(bool dawdles) {
  const std::lock_guard hold(lock_);
  dawdles_ = dawdles;
}

void FakeQl::print_waiting() {
  const std::lock_guard hold(lock_);
  if (page_waits_) finish_page();
}

void FakeQl::see_printing(bool prints) {
  const std::lock_guard hold(lock_);
  prints_ = prints;
}

std::vector<std::vector<std::string>> FakeQl::printed() {
  const std::lock_guard hold(lock_);
  return printed_;
}

std::vector<std::string> FakeQl::pages_info() {
  const std::lock_guard hold(lock_);
  return infos_;
}

std::string FakeQl::status() {
  const std::lock_guard hold(lock_);
  return status_of(errors_[0] != 0 || errors_[1] != 0 ? kFakeErrorOccurred : kFakeReply, prints_ ? 1 : 0);
}

std::string FakeQl::status_of(int type, int phase) const {
  // A QL-820NWB: "4", "A", "0".
  std::string bytes("\x80\x20\x42\x34\x41\x30\x04", 7);
  bytes.resize(32, '\0');
  const bool hidden = (errors_[1] & 0x10) != 0 || width_ == 0;  // an open cover hides the roll
  bytes[8] = static_cast<char>(errors_[0]);
  bytes[9] = static_cast<char>(errors_[1]);
  bytes[10] = static_cast<char>(hidden ? 0 : width_);
  bytes[11] = static_cast<char>(hidden ? 0 : (length_ == 0 ? 0x0A : 0x0B));
  bytes[17] = static_cast<char>(hidden ? 0 : length_);
  bytes[18] = static_cast<char>(type);
  bytes[19] = static_cast<char>(phase);
  return bytes;
}

void FakeQl::tell(int type, int phase) {
  if (!quiet_) say(status_of(type, phase));
}

void FakeQl::take(std::string_view bytes) {
  buffer_ += bytes;
  for (;;) {
    const std::size_t used = take_one();
    if (used == 0) return;
    buffer_.erase(0, used);
  }
}

// The bytes of the command at the buffer's front, or 0 if it is not all there.
std::size_t FakeQl::take_one() {
  if (buffer_.empty()) return 0;
  switch (buffer_.front()) {
    case '\0':
      return 1;
    case '\x1b':
      return take_escape();
    case 'g': {
      if (buffer_.size() < 3 || buffer_.size() < 3 + static_cast<std::size_t>(buffer_[2])) return 0;
      const auto count = static_cast<std::size_t>(buffer_[2]);
      if (buffer_[1] != 0 || count != 90) throw std::runtime_error("a raster line not of 90 bytes");
      lines_.push_back(buffer_.substr(3, count));
      return 3 + count;
    }
    case '\x0c':
    case '\x1a':
      print();
      return 1;
    default:
      throw std::runtime_error("a command that the fake does not know");
  }
}

std::size_t FakeQl::take_escape() {
  if (buffer_.size() < 2) return 0;
  if (buffer_[1] == '@') {  // all of a job goes, and so do its errors, unless they are still there
    lines_.clear();
    page_waits_ = prints_ = false;
    return 2;
  }
  if (buffer_.size() < 3) return 0;
  if (buffer_[1] != 'i') throw std::runtime_error("an escape that the fake does not know");
  const char command = buffer_[2];
  if (command == 'S') {
    if (!quiet_)
      answer(
          status_of(errors_[0] != 0 || errors_[1] != 0 ? kFakeErrorOccurred : kFakeReply, prints_ ? 1 : 0));
    return 3;
  }
  std::size_t parameters = 1;
  if (command == 'z') parameters = 10;
  if (command == 'd') parameters = 2;
  if (buffer_.size() < 3 + parameters) return 0;
  if (command == 'z') info_ = buffer_.substr(3, 10);
  if (std::string_view("azdMAK").find(command) == std::string_view::npos)
    throw std::runtime_error("an ESC i that the fake does not know");
  return 3 + parameters;
}

void FakeQl::print() {
  page_waits_ = true;
  prints_ = true;
  tell(kFakePhaseChange, 1);
  if (next_errors_[0] != 0 || next_errors_[1] != 0) {
    errors_ = next_errors_;
    next_errors_ = {};
    tell(kFakeErrorOccurred, 1);
    return;
  }
  if (!dawdles_) finish_page();
}

void FakeQl::finish_page() {
  printed_.push_back(lines_);
  infos_.push_back(info_);
  lines_.clear();
  page_waits_ = false;
  prints_ = false;
  tell(kFakePrinted, 0);
  tell(kFakePhaseChange, 0);
}

FakeSnmp::FakeSnmp(FakeQl& printer) : printer_(printer) {
  socket_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (socket_ < 0 || ::bind(socket_, any, size) != 0 || ::getsockname(socket_, any, &size) != 0)
    throw std::runtime_error("no socket");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

FakeSnmp::~FakeSnmp() {
  ends_ = true;
  thread_.join();
  ::close(socket_);
}

void FakeSnmp::run() {
  // As captured of a QL-820NWB's answer to a get of 1.3.6.1.4.1.2435.3.3.9.1.6.1.0.
  const std::string head(
      "\x30\x4C\x02\x01\x00\x04\x06\x70\x75\x62\x6C\x69\x63\xA2\x3F\x02\x01\x01\x02\x01\x00\x02\x01\x00\x30"
      "\x34"
      "\x30\x32\x06\x0E\x2B\x06\x01\x04\x01\x93\x03\x03\x03\x09\x01\x06\x01\x00\x04\x20",
      46);
  while (!ends_) {
    pollfd asked{socket_, POLLIN, 0};
    if (::poll(&asked, 1, 5) <= 0) continue;
    std::array<char, 1500> packet;
    sockaddr_in from{};
    socklen_t size = sizeof from;
    auto* const any = reinterpret_cast<sockaddr*>(&from);
    const ssize_t count = ::recvfrom(socket_, packet.data(), packet.size(), 0, any, &size);
    const std::string question(packet.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    // A get (0xA0) has the same head, but for its lengths, and a null at its end.
    if (silent_ || question.size() != 46 || question.substr(28, 16) != head.substr(28, 16)) continue;
    std::string answer = head + printer_.status();
    answer[17] = question[17];  // the question's number
    (void)::sendto(socket_, answer.data(), answer.size(), 0, any, size);
  }
}

}  // namespace lanyard::kiosk::testing
