#include "kiosk/gate_line.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "sync/log.hpp"

namespace lanyard::kiosk {

namespace {

// Answers taken at a time: more than a gate gives in between.
constexpr int kMaxAnswers = 64;

}  // namespace

gate::Light light_of(const State& state) {
  using gate::Light;
  const Screen& screen = state.screen;
  if (std::holds_alternative<Idle>(screen) || std::holds_alternative<Admitted>(screen)) return Light::ready;
  const bool stops = std::holds_alternative<Refused>(screen) || std::holds_alternative<Paused>(screen) ||
                     std::holds_alternative<OutOfOrder>(screen) || std::holds_alternative<SetUp>(screen);
  return stops ? Light::stop : Light::busy;
}

GateLine::GateLine(std::filesystem::path socket) : socket_(std::move(socket)) {}

GateLine::~GateLine() {
  if (fd_ >= 0) ::close(fd_);
}

void GateLine::tend(gate::Light light, Moment now) {
  if (socket_.empty()) return;
  if (!failed_ && !works_) failed_ = now;  // since it is looked for
  if (fd_ < 0 && now >= connect_at_) connect(now);
  if (fd_ >= 0) hear(now);
  if (fd_ >= 0 && now - heard_at_ >= kGateAnswers) lose("it does not answer", now);
  if (fd_ >= 0 && (said_ != light || now >= say_at_)) say(light, now);
  give_up_pulses(now - kPulseAnswered, "it did not say whether it opened");
  if (!failed_ || is_missed_ || now - *failed_ < kGateMissed) return;
  is_missed_ = true;
  news_.push_back({News::Kind::away, why_});
}

void GateLine::connect(Moment now) {
  const int fd = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  socket_.native().copy(static_cast<char*>(address.sun_path), kMaxSocketPathBytes);
  fd_ = fd;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the way of the socket's interface
  if (fd < 0 || ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return lose(std::string("it cannot be reached: ") + std::strerror(errno), now);
  heard_at_ = now;
  said_.reset();
  number_ = 0;
}

void GateLine::hear(Moment now) {
  for (int heard = 0; heard < kMaxAnswers; ++heard) {
    gate::Bytes bytes{};
    const ssize_t got = ::recv(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_TRUNC);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) return lose("it has ended the connection", now);
    const auto answer = got == static_cast<ssize_t>(bytes.size()) ? gate::answer_from(bytes) : std::nullopt;
    if (!answer) return lose("it is of another version", now);
    take(*answer, now);
  }
}

void GateLine::take(const gate::Answer& answer, Moment now) {
  heard_at_ = now;
  if (answer.kind == gate::Answer::Kind::health) {
    again_ = kGateAgainLeast;
    return judge(answer.works, "its lines cannot be driven", now);
  }
  const auto asked = std::ranges::find(asked_, answer.number, &Asked::number);
  if (asked == asked_.end()) return;  // it has been given up
  asked_.erase(asked);
  if (answer.kind == gate::Answer::Kind::not_given)
    news_.push_back({News::Kind::stayed_shut, std::string(gate::to_text(answer.why))});
}

void GateLine::say(gate::Light light, Moment now) {
  // One that cannot be sent is said again in a second; a gate that takes none does not answer either.
  if (send({gate::Word::Kind::light, light, 0, now})) said_ = light;
  say_at_ = now + kSayLightEvery;
}

bool GateLine::send(const gate::Word& word) const {
  const gate::Bytes bytes = gate::to_bytes(word);
  const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  return sent == static_cast<ssize_t>(bytes.size());
}

void GateLine::let_through(Moment now) {
  if (socket_.empty()) return;
  const auto shut = [this](const std::string& why) { news_.push_back({News::Kind::stayed_shut, why}); };
  if (fd_ < 0) return shut(why_.empty() ? "it is not there yet" : why_);
  if (asked_.size() >= kMaxPulsesAsked) return shut("it does not answer");
  ++number_;
  if (!send({gate::Word::Kind::let_through, gate::Light::off, number_, now}))
    return shut("it does not listen");
  asked_.push_back({number_, now});
}

void GateLine::give_up_pulses(Moment asked_before, const std::string& why) {
  while (!asked_.empty() && asked_.front().at <= asked_before) {
    news_.push_back({News::Kind::stayed_shut, why});
    asked_.pop_front();
  }
}

void GateLine::lose(std::string why, Moment now) {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  connect_at_ = now + again_;
  again_ = std::min(again_ * 2, kGateAgainMost);
  give_up_pulses(now, why);
  judge(false, std::move(why), now);
}

void GateLine::judge(bool works, std::string why, Moment now) {
  if (works) {
    if (works_ != true) log::info("the gate can be opened");
    works_ = true;
    failed_.reset();
    is_missed_ = false;
    return;
  }
  if (works_ != false || why != why_) log::error("the gate: {}", why);  // once a change
  works_ = false;
  why_ = std::move(why);
  if (!failed_) failed_ = now;
}

std::optional<Moment> GateLine::wake_at() const {
  if (socket_.empty()) return std::nullopt;
  if (fd_ < 0) return connect_at_;
  Moment wake = std::min(say_at_, heard_at_ + kGateAnswers);
  if (!asked_.empty()) wake = std::min(wake, asked_.front().at + kPulseAnswered);
  return wake;
}

GateNow GateLine::state() const {
  if (socket_.empty()) return GateNow::none;
  if (!works_) return GateNow::starting;
  return *works_ ? GateNow::works : GateNow::away;
}

std::vector<GateLine::News> GateLine::take_news() {
  return std::exchange(news_, {});
}

}  // namespace lanyard::kiosk
