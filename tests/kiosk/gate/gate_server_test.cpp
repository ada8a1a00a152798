#include "kiosk/gate/gate_server.hpp"

#include <span>

#include "tests/kiosk/gate/gate_stand.hpp"

namespace lanyard::gate {
namespace {

using std::chrono::milliseconds;

constexpr Switched kOff{};

// A kiosk's end, without a kiosk.
class Peer {
 public:
  explicit Peer(const GateStand& gate) : fd_(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)) {
    const sockaddr_un address = address_of(gate.socket());
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the way of the socket's interface
    REQUIRE(::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    const timeval patience{5, 0};
    REQUIRE(::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0);
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer() { leave(); }
  void leave() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  void send(std::span<const std::uint8_t> bytes) const {
    REQUIRE(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
  }
  void say(Light light) const { send(to_bytes(Word{Word::Kind::light, light, 0, now()})); }
  void ask(std::uint32_t number, milliseconds ago = milliseconds{0}) const {
    send(to_bytes(Word{Word::Kind::let_through, Light::off, number, now() - ago}));
  }
  // nullopt: the gate has ended it.
  [[nodiscard]] std::optional<Answer> hear() const {
    Bytes bytes{};
    const ssize_t got = ::recv(fd_, bytes.data(), bytes.size(), 0);
    if (got == 0 || (got < 0 && errno == ECONNRESET)) return std::nullopt;
    REQUIRE(got == static_cast<ssize_t>(bytes.size()));
    return answer_from(bytes);
  }
  // In whole milliseconds, as a word has them.
  static Moment now() { return std::chrono::floor<milliseconds>(std::chrono::steady_clock::now()); }

 private:
  int fd_;
};

TEST_CASE("what is said is driven: the lamp, and a pulse that ends by itself") {
  FakeChip chip;
  const GateStand gate(chip, {milliseconds{60}, milliseconds{10}});
  const Peer peer(gate);
  peer.say(Light::ready);
  CHECK(peer.hear() == Answer{Answer::Kind::health, true, 0, {}});
  CHECK(chip.now() == Switched{false, true, false, false});
  peer.ask(1);
  CHECK(peer.hear() == Answer{Answer::Kind::given, false, 1, {}});
  CHECK(chip.pulses() == 1);
  CHECK(comes([&] { return !chip.now()[0]; }));
}

TEST_CASE("a pulse is no shorter than it is to be, at a chip that takes its time") {
  FakeChip chip;
  constexpr milliseconds kPulse{60};
  chip.dawdle(milliseconds{40});
  const GateStand gate(chip, {kPulse, milliseconds{10}});
  const Peer peer(gate);
  peer.ask(1);
  CHECK(peer.hear() == Answer{Answer::Kind::given, false, 1, {}});
  CHECK(comes([&] { return !chip.now()[0]; }));
  CHECK(chip.last_pulse() >= kPulse);
}

TEST_CASE("a kiosk that goes leaves everything off, in the middle of a pulse too") {
  FakeChip chip;
  const GateStand gate(chip, {milliseconds{10'000}, milliseconds{10}});
  Peer peer(gate);
  peer.say(Light::ready);
  static_cast<void>(peer.hear());
  peer.ask(1);
  CHECK(peer.hear() == Answer{Answer::Kind::given, false, 1, {}});
  CHECK(chip.now()[0]);
  peer.leave();
  CHECK(comes([&] { return chip.now() == kOff; }));
}

TEST_CASE("the gate that is asked to end leaves everything off") {
  FakeChip chip;
  GateStand gate(chip, {milliseconds{10'000}, milliseconds{10}});
  const Peer peer(gate);
  peer.say(Light::stop);
  static_cast<void>(peer.hear());
  peer.ask(1);
  static_cast<void>(peer.hear());
  CHECK(chip.now() == Switched{true, false, false, true});
  gate.end();
  CHECK(chip.now() == kOff);
}

TEST_CASE("what was said before the gate was there opens nothing") {
  FakeChip chip;
  GateStand gate(chip, {milliseconds{50}, milliseconds{10}});
  gate.end();
  const Peer peer(gate);  // systemd's socket takes it all the same
  peer.ask(1, milliseconds{1100});
  peer.say(Light::ready);
  gate.begin();
  CHECK(peer.hear() == Answer{Answer::Kind::not_given, false, 1, NotGiven::too_old});
  CHECK(peer.hear() == Answer{Answer::Kind::health, true, 0, {}});
  CHECK(chip.pulses() == 0);
}

TEST_CASE("a second kiosk is turned away while the first is there, and is welcome then") {
  FakeChip chip;
  const GateStand gate(chip);
  Peer first(gate);
  first.say(Light::ready);
  static_cast<void>(first.hear());
  const Peer second(gate);
  CHECK_FALSE(second.hear());
  CHECK(chip.now() == Switched{false, true, false, false});
  first.leave();
  CHECK(comes([&] { return chip.now() == kOff; }));
  const Peer third(gate);
  third.say(Light::busy);
  CHECK(third.hear() == Answer{Answer::Kind::health, true, 0, {}});
}

TEST_CASE("who says what is no word is not listened to any more") {
  FakeChip chip;
  const GateStand gate(chip);
  const Peer peer(gate);
  peer.say(Light::ready);
  static_cast<void>(peer.hear());
  SECTION("of another length") {
    peer.send(std::vector<std::uint8_t>(17, 'L'));
  }
  SECTION("of another kind") {
    peer.send(std::vector<std::uint8_t>(16, 'L'));
  }
  CHECK_FALSE(peer.hear());
  CHECK(comes([&] { return chip.now() == kOff; }));
}

TEST_CASE("a chip that is pulled out is noticed within seconds, and taken again when it is back") {
  FakeChip chip;
  const GateStand gate(chip, {milliseconds{50}, milliseconds{10}});
  const Peer peer(gate);
  peer.say(Light::ready);
  CHECK(peer.hear() == Answer{Answer::Kind::health, true, 0, {}});
  chip.pull_out(true);
  peer.ask(1);
  CHECK(peer.hear() == Answer{Answer::Kind::not_given, false, 1, NotGiven::no_lines});
  peer.say(Light::ready);
  CHECK(peer.hear() == Answer{Answer::Kind::health, false, 0, {}});
  chip.pull_out(false);
  CHECK(comes([&] {
    peer.say(Light::ready);
    return peer.hear() == Answer{Answer::Kind::health, true, 0, {}};
  }));
  CHECK(chip.now() == Switched{false, true, false, false});
  peer.ask(2);
  CHECK(peer.hear() == Answer{Answer::Kind::given, false, 2, {}});
}

}  // namespace
}  // namespace lanyard::gate
