#include "kiosk/gate/gate_server.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <poll.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "sync/log.hpp"

namespace lanyard::gate {

namespace {

using std::chrono::milliseconds;

// Words taken at a time, before lines and deadlines are looked at again.
constexpr int kMaxWords = 16;

Moment now() {
  return std::chrono::steady_clock::now();
}

}  // namespace

GateServer::GateServer(int listener, int stop, Rules rules, std::function<OpenedLines()> open)
    : listener_(listener), stop_(stop), rules_(rules), open_(std::move(open)) {}

GateServer::~GateServer() {
  if (peer_ >= 0) ::close(peer_);
}

sync::Expected<void> GateServer::run() {
  for (;;) {
    apply(event::Tick{});
    tend_lines();
    sd_notify(0, lines_ ? "WATCHDOG=1\nSTATUS=The lines can be driven"
                        : "WATCHDOG=1\nSTATUS=The lines cannot be driven");
    std::array<pollfd, 3> waits{{{stop_, POLLIN, 0}, {listener_, POLLIN, 0}, {peer_, POLLIN, 0}}};
    if (::poll(waits.data(), waits.size(), patience_ms()) < 0 && errno != EINTR) {
      drop_peer();
      return sync::fail(sync::Error::Kind::unavailable, std::string("cannot wait: ") + std::strerror(errno));
    }
    if (waits[0].revents != 0) break;
    // The peer first: one that has gone makes room for the one that waits.
    if (waits[2].revents != 0) hear_peer();
    if (waits[1].revents != 0) take_peer();
  }
  drop_peer();
  lines_.reset();
  return {};
}

// What the lines are to be comes before what is said of it: an answer is true when it is given.
void GateServer::apply(const Event& event) {
  Step done = step(state_, event, rules_, now());
  state_ = done.next;
  const bool is_driven = lines_ && (levels(state_) == driven_ || drive().has_value());
  for (Answer& answer : done.answers) {
    if (answer.kind == Answer::Kind::given && !is_driven)
      answer = {Answer::Kind::not_given, false, answer.number, NotGiven::no_lines};
    if (answer.kind == Answer::Kind::not_given)
      log::warn("pulse {} was not given: {}", answer.number, to_text(answer.why));
    tell(answer);
  }
}

sync::Expected<void> GateServer::drive() {
  const Levels wanted = levels(state_);
  auto done = lines_->drive(switched(wanted));
  if (!done) {
    lose_lines(done.error());
    return done;
  }
  const bool opens = wanted.open && !driven_.open;
  driven_ = wanted;
  driven_at_ = now();
  if (opens) state_ = step(state_, event::Opened{}, rules_, driven_at_).next;
  return {};
}

void GateServer::lose_lines(const sync::Error& why) {
  lines_.reset();
  driven_ = {};
  try_at_ = now() + kTryAgain;
  if (trouble_ != why.message) log::error("{}", why.message);  // once a change, not every two seconds
  trouble_ = why.message;
  apply(event::LinesJudged{false});
}

void GateServer::tend_lines() {
  if (lines_) {
    if (now() - driven_at_ >= kDriveAgain) static_cast<void>(drive());  // what is wrong has been said
    return;
  }
  if (now() < try_at_) return;
  auto opened = open_();
  if (!opened) return lose_lines(opened.error());
  lines_ = std::move(*opened);
  trouble_.clear();
  driven_ = {};
  log::info("{}: its lines are ours", lines_->chip());
  if (drive()) apply(event::LinesJudged{true});
}

int GateServer::patience_ms() const {
  const Moment at = now();
  Moment until = lines_ ? driven_at_ + kDriveAgain : try_at_;
  if (const auto wake = wake_at(state_)) until = std::min(until, *wake);
  // Up to the millisecond that it comes in: one that is too short is one round more.
  const auto left = std::chrono::ceil<milliseconds>(until - at).count();
  return static_cast<int>(std::clamp<long long>(left, 0, milliseconds(kDriveAgain).count()));
}

void GateServer::take_peer() {
  const int peer = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (peer < 0) return;  // it has gone again
  if (peer_ >= 0) {
    log::warn("another kiosk would speak to this gate, and is turned away");
    ::close(peer);
    return;
  }
  peer_ = peer;
  log::info("the kiosk is here");
  apply(event::Connected{});
}

void GateServer::hear_peer() {
  for (int heard = 0; heard < kMaxWords && peer_ >= 0; ++heard) {
    Bytes bytes{};
    // MSG_TRUNC: the length that it had, so that a longer one shows.
    const ssize_t got = ::recv(peer_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_TRUNC);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) return drop_peer();
    const auto word = got == static_cast<ssize_t>(bytes.size()) ? word_from(bytes) : std::nullopt;
    if (!word) {
      log::error("what the kiosk says is no word: it is of another version, or none");
      return drop_peer();
    }
    apply(event::Said{*word});
  }
}

void GateServer::drop_peer() {
  if (peer_ < 0) return;
  apply(event::Gone{});
  ::close(peer_);
  peer_ = -1;
  log::info("the kiosk has gone");
}

// One who does not read is not waited for.
void GateServer::tell(const Answer& answer) const {
  if (peer_ < 0) return;
  const Bytes bytes = to_bytes(answer);
  static_cast<void>(::send(peer_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
}

}  // namespace lanyard::gate
