#include "tests/kiosk/label_printer_fakes.hpp"

#include <cmath>
#include <cstdlib>
#include <random>
#include <stdexcept>

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

namespace lanyard::kiosk::testing {

namespace {

constexpr int kFakeTickMs = 5;

void fake_require(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}

// A socket bound to a free port of this machine, and that port.
std::pair<int, std::uint16_t> fake_socket(int type) {
  const int fd = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  fake_require(fd >= 0 && ::bind(fd, any, size) == 0 && ::getsockname(fd, any, &size) == 0, "no socket");
  return {fd, ntohs(address.sin_port)};
}

bool fake_readable(int fd) {
  pollfd asked{fd, POLLIN, 0};
  return ::poll(&asked, 1, kFakeTickMs) > 0;
}

int fake_number(std::string_view format, std::string_view command) {
  const std::size_t at = format.find(command);
  return at == std::string_view::npos ? -1
                                      : std::atoi(std::string(format.substr(at + command.size())).c_str());
}

int fake_hex(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

// Guide, volume two, "Alternative Data Compression Scheme": to digits, row after row.
std::string fake_expanded(std::string_view data, std::size_t row_digits, std::size_t rows) {
  std::string all;
  std::string before(row_digits, '?');
  std::string row;
  std::size_t repeat = 0;
  for (const char c : data) {
    if (c == '\r' || c == '\n') continue;
    if (c >= 'G' && c <= 'Y') {
      repeat += static_cast<std::size_t>(c - 'G' + 1);
      continue;
    }
    if (c >= 'g' && c <= 'z') {
      repeat += static_cast<std::size_t>(c - 'g' + 1) * 20;
      continue;
    }
    if (c == ',' || c == '!') {
      fake_require(row.size() % 2 == 0 && row.size() < row_digits, "a fill in the middle of a byte");
      row.resize(row_digits, c == ',' ? '0' : 'F');
    } else if (c == ':') {
      fake_require(row.empty() && before.front() != '?', "a repeat of nothing");
      row = before;
    } else {
      fake_require(fake_hex(c) >= 0, "no digit");
      row.append(std::max<std::size_t>(repeat, 1), c);
    }
    repeat = 0;
    fake_require(row.size() <= row_digits, "a row too long");
    if (row.size() < row_digits) continue;
    all += row;
    before = row;
    row.clear();
  }
  fake_require(row.empty() && all.size() == row_digits * rows, "not the rows it says");
  return all;
}

}  // namespace

PrintPage patterned_page(int dpi, double width_mm, double height_mm, std::size_t labels) {
  PrintPage page;
  page.form = PageForm::dots;
  page.dpi = dpi;
  page.width_mm = width_mm;
  page.height_mm = height_mm;
  page.width_px = static_cast<int>(std::lround(width_mm * dpi / 25.4));
  page.height_px = static_cast<int>(std::lround(height_mm * dpi / 25.4));
  const auto row_bytes = static_cast<std::size_t>((page.width_px + 7) / 8);
  std::mt19937 random(7);
  for (std::size_t label = 0; label < labels; ++label) {
    std::string dots;
    std::string row(row_bytes, '\0');
    for (int y = 0; y < page.height_px; ++y) {
      if (y % 3 == 0) {
        const unsigned kind = static_cast<unsigned>(random()) % 5;
        for (char& byte : row) {
          if (kind == 1) byte = static_cast<char>(0xFF);
          if (kind == 2) byte = static_cast<char>(random());
          if (kind == 0) byte = 0;
        }
        if (kind == 3) row[random() % row_bytes] = static_cast<char>(random());
        if (kind == 4) row.replace(row_bytes / 2, row_bytes, row_bytes - row_bytes / 2, '\x5a');
        row.back() = static_cast<char>(static_cast<unsigned char>(row.back()) &
                                       (0xFFU << (row_bytes * 8 - static_cast<std::size_t>(page.width_px))));
      }
      dots += row;
    }
    page.files.push_back(dots);
  }
  return page;
}

FakeLine::FakeLine(Kind kind) : kind_(kind) {
  if (kind_ == Kind::tcp) {
    const auto [fd, port] = fake_socket(SOCK_STREAM);
    listener_ = fd;
    const int small = 4096;  // so that a page does not all go under way at once
    ::setsockopt(listener_, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    fake_require(::listen(listener_, 8) == 0, "cannot listen");
    place_ = "127.0.0.1:" + std::to_string(port);
    return;
  }
  line_ = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  fake_require(line_ >= 0 && ::grantpt(line_) == 0 && ::unlockpt(line_) == 0, "no pty");
  std::array<char, 64> name{};
  fake_require(::ptsname_r(line_, name.data(), name.size()) == 0, "no pty's name");
  place_ = name.data();
  other_end_ = ::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  termios raw{};
  fake_require(other_end_ >= 0 && ::tcgetattr(other_end_, &raw) == 0, "no pty's other end");
  ::cfmakeraw(&raw);
  ::tcsetattr(other_end_, TCSANOW, &raw);
}

FakeLine::~FakeLine() {
  for (const int fd : {listener_, line_, other_end_}) {
    if (fd >= 0) ::close(fd);
  }
}

void FakeLine::start() {
  thread_ = std::thread([this] { run(); });
}

void FakeLine::stop() {
  ends_ = true;
  if (thread_.joinable()) thread_.join();
}

void FakeLine::run() {
  while (!ends_) {
    if (kind_ == Kind::tcp && line_ < 0) {
      if (!fake_readable(listener_)) continue;
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      const std::lock_guard hold(lock_);
      line_ = fd;
      if (manners_ == Manners::hangs_up) hang_up();
      continue;
    }
    if (line_ < 0 || stalls_) {
      std::this_thread::sleep_for(std::chrono::milliseconds(kFakeTickMs));
      continue;
    }
    serve(line_);
  }
}

void FakeLine::serve(int fd) {
  const bool ready = fake_readable(fd);
  if (hang_up_after_ == 0) {
    const std::lock_guard hold(lock_);
    hang_up_after_ = SIZE_MAX;
    return hang_up();
  }
  if (!ready) return;
  std::array<char, 4096> bytes;
  const ssize_t count = ::read(fd, bytes.data(), bytes.size());
  const std::lock_guard hold(lock_);
  if (count <= 0) {
    if (kind_ == Kind::tcp) hang_up();
    return;
  }
  taken_ += static_cast<std::size_t>(count);
  if (taken_ >= hang_up_after_) {
    hang_up_after_ = SIZE_MAX;
    taken_ = 0;
    hang_up();
    return;
  }
  take({bytes.data(), static_cast<std::size_t>(count)});
}

void FakeLine::hang_up() {
  if (line_ >= 0) ::close(line_);
  line_ = -1;
}

void FakeLine::answer(const std::string& bytes) {
  switch (manners_.load()) {
    case Manners::proper:
      return say(bytes);
    case Manners::garbage:
      return say(std::string(2000, '?'));
    case Manners::half:
      return say(bytes.substr(0, bytes.size() / 2));
    case Manners::silent:
    case Manners::hangs_up:
      return;
  }
}

void FakeLine::say(const std::string& bytes) {
  std::string_view rest = bytes;
  while (line_ >= 0 && !rest.empty()) {
    const ssize_t count = kind_ == Kind::tcp ? ::send(line_, rest.data(), rest.size(), MSG_NOSIGNAL)
                                             : ::write(line_, rest.data(), rest.size());
    if (count <= 0) return;
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
}

void FakeZebra::set(char flag, bool on) {
  const std::lock_guard hold(lock_);
  flags_[flag] = on;
  work();
}

void FakeZebra::set_identity(std::string identity) {
  const std::lock_guard hold(lock_);
  identity_ = std::move(identity);
}

void FakeZebra::set_count(std::string count) {
  const std::lock_guard hold(lock_);
  counts_ = false;
  count_text_ = std::move(count);
}

void FakeZebra::print_others(std::uint64_t labels) {
  const std::lock_guard hold(lock_);
  count_ += labels;
}

void FakeZebra::print_waiting() {
  const std::lock_guard hold(lock_);
  flags_.clear();
  work();
}

void FakeZebra::forget_waiting() {
  const std::lock_guard hold(lock_);
  waiting_.clear();
  buffer_.clear();
}

std::vector<std::string> FakeZebra::printed() {
  const std::lock_guard hold(lock_);
  return printed_;
}

std::size_t FakeZebra::waiting() {
  const std::lock_guard hold(lock_);
  return waiting_.size();
}

std::string FakeZebra::heard() {
  const std::lock_guard hold(lock_);
  return heard_;
}

bool FakeZebra::stands() const {
  for (const char flag : {'b', 'c', 'o', 'p'}) {
    if (const auto found = flags_.find(flag); found != flags_.end() && found->second) return true;
  }
  return false;
}

void FakeZebra::work() {
  while (!stands() && !waiting_.empty()) {
    draw(waiting_.front());
    waiting_.erase(waiting_.begin());
    ++count_;
  }
}

std::string FakeZebra::host_status() const {
  const auto flag = [this](char letter) {
    const auto found = flags_.find(letter);
    return std::string(found != flags_.end() && found->second ? "1" : "0");
  };
  std::string formats = std::to_string(waiting_.size());
  formats.insert(0, 3 - formats.size(), '0');
  const bool partial = buffer_.find("^XA") != std::string::npos;
  return "\x02"
         "030," +
         flag('b') + "," + flag('c') + ",1245," + formats + "," + flag('f') + "," + flag('g') +
         (partial ? ",1" : ",0") + ",000," + flag('j') + "," + flag('k') + "," + flag('l') +
         "\x03\r\n\x02"
         "001,0," +
         flag('o') + "," + flag('p') + ",1,2,6," + flag('t') +
         ",00000000,1,000\x03\r\n\x02"
         "1234,0\x03\r\n";
}

bool FakeZebra::take_command(std::string_view command) {
  if (command == "~HS") answer(host_status());
  if (command == "~HI") answer("\x02" + identity_ + "\x03\r\n");
  if (command == "~JA") {
    waiting_.clear();
    buffer_.clear();
  }
  if (command == "~JX") buffer_.clear();
  return command == "~HS" || command == "~HI" || command == "~JA" || command == "~JX";
}

void FakeZebra::take(std::string_view bytes) {
  constexpr std::string_view kGetCount = "! U1 getvar \"odometer.total_label_count\"\r\n";
  heard_ += bytes;
  buffer_ += bytes;
  for (bool on = true; on;) {
    on = false;
    // Commands with a tilde act at once, wherever they stand.
    if (const std::size_t at = buffer_.find('~'); at != std::string::npos && buffer_.size() >= at + 3) {
      const std::string command = buffer_.substr(at, 3);
      buffer_.erase(at, buffer_.compare(at + 3, 2, "\r\n") == 0 ? 5 : 3);
      fake_require(take_command(command), "a command that the fake does not know");
      on = true;
    } else if (const std::size_t get = buffer_.find(kGetCount); get != std::string::npos) {
      buffer_.erase(get, kGetCount.size());
      const std::string text = counts_ ? std::to_string(count_) : count_text_;
      if (!text.empty()) answer("\"" + text + "\"");
      on = true;
    } else if (const std::size_t end = buffer_.find("^XZ"); end != std::string::npos) {
      const std::size_t begin = buffer_.find("^XA");
      fake_require(begin < end, "a format without a beginning");
      waiting_.push_back(buffer_.substr(begin, end + 3 - begin));
      buffer_.erase(0, end + 3);
      on = true;
    }
  }
  work();
}

void FakeZebra::draw(std::string_view format) {
  const int width = fake_number(format, "^PW");
  const int height = fake_number(format, "^LL");
  fake_require(width > 1 && height > 0 && fake_number(format, "^PQ") == 1, "a label without its size");
  const auto row_bytes = static_cast<std::size_t>((width + 7) / 8);
  std::string dots(row_bytes * static_cast<std::size_t>(height), '\0');
  for (std::size_t at = format.find("^FO0,"); at != std::string_view::npos;
       at = format.find("^FO0,", at + 1)) {
    const auto top = static_cast<std::size_t>(fake_number(format.substr(at), "^FO0,"));
    const std::size_t graphic = format.find("^GFA,", at) + 5;
    std::array<std::size_t, 3> numbers{};
    std::size_t next = graphic;
    for (std::size_t& number : numbers) {
      number = static_cast<std::size_t>(std::atol(std::string(format.substr(next, 8)).c_str()));
      next = format.find(',', next) + 1;
    }
    fake_require(numbers[0] == numbers[1] && numbers[0] <= 99'999 && numbers[2] == row_bytes,
                 "bad counts of ^GF");
    const std::string_view data = format.substr(next, format.find('^', next) - next);
    const std::string digits = fake_expanded(data, row_bytes * 2, numbers[0] / row_bytes);
    for (std::size_t i = 0; i < digits.size(); i += 2)
      dots.at(top * row_bytes + i / 2) =
          static_cast<char>(fake_hex(digits[i]) * 16 + fake_hex(digits[i + 1]));
  }
  printed_.push_back(dots);
}

}  // namespace lanyard::kiosk::testing
