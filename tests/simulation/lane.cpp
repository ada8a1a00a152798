#include "tests/simulation/lane.hpp"

#include <exception>

namespace lanyard::simulation {

namespace {

using sync::Expected;
using sync::HttpAnswer;
using sync::HttpRequest;

constexpr Ms kLooksAgain{100};  // as lanyard-syncd does, for news

}  // namespace

void Lane::start() {
  if (runs()) return;
  killed_ = false;
  fiber_ = std::make_unique<Fiber>([this] { live(); });
  in_.world.after(Ms(1), [this, turn = ++turn_] { resume(turn); });
}

void Lane::kill() {
  if (trip_) trip_->wake = nullptr;
  killed_ = true;
  ++turn_;
  if (runs()) fiber_->resume();  // to its end: each of its pauses throws now
  trip_.reset();
}

void Lane::fill_disk(bool full) {
  full_ = full;
  tap_.fill_disk(full);
}

void Lane::live() {
  if (killed_) return;
  try {
    serve();
  } catch (const Crash&) {                  // NOLINT(bugprone-empty-catch): it has happened
  } catch (const std::exception& thrown) {  // none of the product's may get here
    in_.world.accuse("", in_.kiosk + ": syncd throws " + thrown.what());
  }
  tap_.forget();
  if (!killed_ && on_end) on_end();
}

void Lane::serve() {
  auto store = tap_.watch([&] { return sync::Store::open(in_.config.store); });
  if (!store) return;
  if (full_) tap_.fill_disk(true);
  stood_ = "starting";
  not_before_ = {};
  kind_ == Kind::carrier ? carry(*store) : follow(*store);
}

void Lane::carry(sync::Store& store) {
  sync::Carrier carrier(store, in_.config, transport(), clock(), [this] {
    std::array<std::uint8_t, 32> seed{};
    in_.machine.dice().fill(seed);
    return seed;
  });
  for (;;) {
    begin_step();
    (void)carrier.hear_roster(in_.roster_told);
    const auto until = carrier.step();
    look_at_verdicts(store);
    if (!end_step(until, carrier.standing())) return;
  }
}

// Nothing that happens here makes a true row one that the hub does not want, not for a moment either.
void Lane::look_at_verdicts(sync::Store& store) const {
  if (killed_ || tap_.doomed()) return;
  const auto count = store.unsent_count();
  if (count && count->rejected > 0) in_.world.accuse("", in_.kiosk + ": a row is taken for rejected");
}

void Lane::follow(sync::Store& store) {
  sync::Follower follower(store, in_.config, transport(), clock());
  for (;;) {
    begin_step();
    const auto until = follower.step();
    if (in_.roster_told != follower.roster_told()) {
      in_.roster_told = follower.roster_told();
      if (on_told) on_told();
    }
    if (!end_step(until, follower.standing())) return;
  }
}

void Lane::begin_step() {
  tap_.crash_at(Tap::Point::none);
  if (!in_.world.faults.happens(Fault::syncd_crash, 0.0005)) return;
  tap_.crash_at(in_.machine.dice().one_in(2) ? Tap::Point::before_commit : Tap::Point::after_commit);
}

bool Lane::end_step(const Expected<std::optional<sync::SteadyTime>>& until, const std::string& standing) {
  seam();
  if (standing != stood_) in_.world.note(in_.kiosk, "", "syncd: " + standing);
  stood_ = standing;
  if (!until) {
    in_.world.accuse("", in_.kiosk + ": syncd gives up: " + until.error().message);
    return false;
  }
  waiting_ = until->has_value();
  const Ms left = *until ? std::chrono::ceil<Ms>(**until - in_.machine.steady()) + Ms(1)
                         : Ms(in_.machine.dice().between(1, 4));
  sleep(std::max(Ms(1), left));
  waiting_ = false;
  return true;
}

void Lane::seam() const {
  if (killed_ || tap_.doomed()) throw Crash{};
}

void Lane::resume(std::uint64_t turn) {
  if (turn == turn_ && runs()) fiber_->resume();
}

void Lane::sleep(Ms time) {
  in_.world.after(time, [this, turn = ++turn_] { resume(turn); });
  fiber_->pause();
  seam();
}

void Lane::news() {
  if (!waiting_ || !runs()) return;
  waiting_ = false;
  in_.world.after(kLooksAgain, [this, turn = ++turn_] { resume(turn); });
}

sync::Clock Lane::clock() {
  return [this] {
    seam();
    const Machine& machine = in_.machine;
    return sync::Moment{machine.steady(), machine.wall(), in_.machine.dice().fraction(),
                        machine.since_boot_ms(), machine.boot_id()};
  };
}

sync::Transport Lane::transport() {
  const Ms patience =
      sync::HttpPatience{}.total + (kind_ == Kind::follower ? in_.config.pace.listen_for : Ms(0));
  return [this, patience](const HttpRequest& request) -> Expected<HttpAnswer> {
    seam();
    Faults& faults = in_.world.faults;
    if (faults.happens(Fault::syncd_crash, 0.0005)) throw Crash{};
    if (in_.machine.steady() < not_before_)
      in_.world.accuse("", in_.kiosk + ": syncd comes back before the time for which the hub has asked");
    trip_ = std::make_shared<Trip>();
    trip_->wake = [this, turn = ++turn_] { resume(turn); };
    in_.network.send(in_.kiosk, request, patience, trip_);
    fiber_->pause();
    seam();
    auto outcome = std::move(*trip_->outcome);
    trip_.reset();
    // Longer than some minutes is nobody's to ask (plan.cpp).
    if (outcome && outcome->retry_after)
      not_before_ = in_.machine.steady() + std::min(*outcome->retry_after, std::chrono::seconds(60));
    if (faults.happens(Fault::syncd_crash, 0.0005)) throw Crash{};
    return outcome;
  };
}

SyncdHost::SyncdHost(World& world, Network& network, Machine& machine, const std::string& kiosk,
                     const sync::SyncdConfig& config)
    : process_{world, network, machine, kiosk, config},
      carrier_(process_, Lane::Kind::carrier),
      follower_(process_, Lane::Kind::follower) {
  carrier_.on_end = follower_.on_end = [this] { process_.world.after(Ms(0), [this] { die(); }); };
  follower_.on_told = [this] { carrier_.news(); };
}

void SyncdHost::start() {
  if (runs()) return;
  process_.roster_told = 0;
  process_.world.note(process_.kiosk, "", "syncd starts");
  carrier_.start();
  follower_.start();
}

void SyncdHost::kill() {
  carrier_.kill();
  follower_.kill();
}

// One lane has ended, and takes the other with it.
void SyncdHost::die() {
  if (runs()) return;  // another process by now
  kill();
  process_.world.note(process_.kiosk, "", "syncd dies");
  if (on_death) on_death();
}

void SyncdHost::fill_disk(bool full) {
  carrier_.fill_disk(full);
  follower_.fill_disk(full);
}

}  // namespace lanyard::simulation
