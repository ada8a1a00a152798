#include "kiosk/badge/snmp_get.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace lanyard::kiosk {

namespace {

using sync::Error;
using sync::Expected;
using sync::fail;
using SnmpClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Tags of X.690 and RFC 1157.
constexpr std::uint8_t kSnmpInteger = 0x02;
constexpr std::uint8_t kSnmpOctets = 0x04;
constexpr std::uint8_t kSnmpObject = 0x06;
constexpr std::uint8_t kSnmpSequence = 0x30;
constexpr std::uint8_t kSnmpGet = 0xA0;
constexpr std::uint8_t kSnmpResponse = 0xA2;

constexpr milliseconds kSnmpAgainAfter{400};

std::string snmp_wrap(std::uint8_t tag, std::string_view inside) {
  std::string whole;
  whole += static_cast<char>(tag);
  whole += static_cast<char>(inside.size());  // questions are shorter than 128 bytes
  whole += inside;
  return whole;
}

// Takes one element of `tag` off the front of `rest`: its contents.
std::optional<std::string_view> snmp_take(std::string_view& rest, std::uint8_t tag) {
  if (rest.size() < 2 || static_cast<std::uint8_t>(rest[0]) != tag) return std::nullopt;
  std::size_t length = static_cast<std::uint8_t>(rest[1]);
  std::size_t begin = 2;
  if (length >= 0x80) {
    const std::size_t digits = length - 0x80;
    if (digits < 1 || digits > 2 || rest.size() < 2 + digits) return std::nullopt;
    length = 0;
    for (std::size_t i = 0; i < digits; ++i) length = length * 256 + static_cast<std::uint8_t>(rest[2 + i]);
    begin += digits;
  }
  if (rest.size() - begin < length) return std::nullopt;
  const std::string_view inside = rest.substr(begin, length);
  rest.remove_prefix(begin + length);
  return inside;
}

bool snmp_is_number(std::optional<std::string_view> element, std::uint8_t number) {
  return element && !element->empty() && static_cast<std::uint8_t>(element->back()) == number &&
         std::all_of(element->begin(), element->end() - 1, [](char c) { return c == 0; });
}

struct FreeSnmpAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

class SnmpSocket {
 public:
  explicit SnmpSocket(int fd) : fd_(fd) {}
  SnmpSocket(const SnmpSocket&) = delete;
  SnmpSocket& operator=(const SnmpSocket&) = delete;
  ~SnmpSocket() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

std::optional<std::string> snmp_ask(int fd, std::string_view object, SnmpClock::time_point deadline) {
  for (std::uint8_t id = 1; id < 100 && SnmpClock::now() < deadline; ++id) {
    const std::string question = snmp_question(object, id);
    if (::send(fd, question.data(), question.size(), MSG_NOSIGNAL) < 0) return std::nullopt;
    const auto again = std::min(deadline, SnmpClock::now() + kSnmpAgainAfter);
    for (;;) {
      const auto left = std::chrono::ceil<milliseconds>(again - SnmpClock::now());
      pollfd asked{fd, POLLIN, 0};
      if (left.count() <= 0 || ::poll(&asked, 1, static_cast<int>(left.count())) <= 0) break;
      std::array<char, 1500> packet;
      const ssize_t size = ::recv(fd, packet.data(), packet.size(), MSG_DONTWAIT);
      if (size < 0) return std::nullopt;  // nobody listens there
      // Whichever question it answers.
      for (std::uint8_t of = 1; of <= id; ++of) {
        auto value = parse_snmp_answer({packet.data(), static_cast<std::size_t>(size)}, object, of);
        if (value) return value;
      }
    }
  }
  return std::nullopt;
}

}  // namespace

std::string snmp_question(std::string_view object, std::uint8_t id) {
  const std::string zero = snmp_wrap(kSnmpInteger, std::string_view("\0", 1));
  const std::string number = snmp_wrap(kSnmpInteger, std::string(1, static_cast<char>(id)));
  const std::string null("\x05\x00", 2);
  const std::string binding = snmp_wrap(kSnmpSequence, snmp_wrap(kSnmpObject, object) + null);
  const std::string get = snmp_wrap(kSnmpGet, number + zero + zero + snmp_wrap(kSnmpSequence, binding));
  return snmp_wrap(kSnmpSequence, zero + snmp_wrap(kSnmpOctets, "public") + get);
}

std::optional<std::string> parse_snmp_answer(std::string_view packet, std::string_view object,
                                             std::uint8_t id) {
  auto message = snmp_take(packet, kSnmpSequence);
  if (!message || !snmp_is_number(snmp_take(*message, kSnmpInteger), 0) || !snmp_take(*message, kSnmpOctets))
    return std::nullopt;
  auto response = snmp_take(*message, kSnmpResponse);
  if (!response || !snmp_is_number(snmp_take(*response, kSnmpInteger), id) ||
      !snmp_is_number(snmp_take(*response, kSnmpInteger), 0) || !snmp_take(*response, kSnmpInteger))
    return std::nullopt;
  auto bindings = snmp_take(*response, kSnmpSequence);
  if (!bindings) return std::nullopt;
  auto binding = snmp_take(*bindings, kSnmpSequence);
  if (!binding || snmp_take(*binding, kSnmpObject) != object) return std::nullopt;
  const auto value = snmp_take(*binding, kSnmpOctets);
  if (!value) return std::nullopt;
  return std::string(*value);
}

Expected<std::string> snmp_get(const std::string& host, std::uint16_t port, std::string_view object,
                               milliseconds patience) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_DGRAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const auto silent = fail(Error::Kind::unavailable, "the printer does not say how it is, at " + host);
  if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) return silent;
  const std::unique_ptr<addrinfo, FreeSnmpAddresses> list(found);
  std::ptrdiff_t untried = 0;
  for (const addrinfo* one = list.get(); one != nullptr; one = one->ai_next) ++untried;
  const auto deadline = SnmpClock::now() + patience;
  for (const addrinfo* one = list.get(); one != nullptr; one = one->ai_next, --untried) {
    const SnmpSocket socket(::socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC, one->ai_protocol));
    // Connected, so that only its answers are taken.
    if (socket.fd() < 0 || ::connect(socket.fd(), one->ai_addr, one->ai_addrlen) != 0) continue;
    const auto now = SnmpClock::now();
    if (auto value = snmp_ask(socket.fd(), object, now + (deadline - now) / untried)) return *value;
  }
  return silent;
}

}  // namespace lanyard::kiosk
