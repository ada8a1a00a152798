#include "tests/simulation/lane.hpp"

#include <exception>
#include <utility>

#include "sync/hub/uplink.hpp"

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
    stood_ = "starting";
    not_before_ = {};
    work_(*this);
  } catch (const Crash&) {                  // NOLINT(bugprone-empty-catch): it has happened
  } catch (const std::exception& thrown) {  // none of the product's may get here
    in_.world.accuse("", in_.name + ": its daemon throws " + thrown.what());
  }
  tap_.forget();
  if (!killed_ && on_end) on_end();
}

void Lane::begin_step() {
  tap_.crash_at(Tap::Point::none);
  if (!in_.world.faults.happens(in_.crash, 0.0005)) return;
  tap_.crash_at(in_.machine.dice().one_in(2) ? Tap::Point::before_commit : Tap::Point::after_commit);
}

void Lane::tell_roster(std::int64_t version) {
  if (in_.roster_told == version) return;
  in_.roster_told = version;
  if (on_told) on_told();
}

bool Lane::end_step(const Expected<std::optional<sync::SteadyTime>>& until, const std::string& standing) {
  seam();
  if (in_.on_step) in_.on_step();
  if (standing != stood_) in_.world.note(in_.name, "", "syncd: " + standing);
  stood_ = standing;
  if (!until) {
    in_.world.accuse("", in_.name + ": syncd gives up: " + until.error().message);
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
    if (faults.happens(in_.crash, 0.0005)) throw Crash{};
    if (in_.machine.steady() < not_before_)
      in_.world.accuse("", in_.name + ": syncd comes back before the time for which the hub has asked");
    trip_ = std::make_shared<Trip>();
    trip_->wake = [this, turn = ++turn_] { resume(turn); };
    in_.network.send(in_.name, request, patience, trip_);
    fiber_->pause();
    seam();
    auto outcome = std::move(*trip_->outcome);
    trip_.reset();
    // Longer than some minutes is nobody's to ask (plan.cpp).
    if (outcome && outcome->retry_after)
      not_before_ = in_.machine.steady() + std::min(*outcome->retry_after, std::chrono::seconds(60));
    if (faults.happens(in_.crash, 0.0005)) throw Crash{};
    return outcome;
  };
}

TwoLanes::TwoLanes(LaneProcess process, Lane::Work carry, Lane::Work follow)
    : process_(std::move(process)),
      carrier_(process_, Lane::Kind::carrier, std::move(carry)),
      follower_(process_, Lane::Kind::follower, std::move(follow)) {
  carrier_.on_end = follower_.on_end = [this] { process_.world.after(Ms(0), [this] { die(); }); };
  follower_.on_told = [this] { carrier_.news(); };
}

void TwoLanes::start() {
  if (runs()) return;
  process_.roster_told = 0;
  process_.world.note(process_.name, "", "syncd starts");
  carrier_.start();
  follower_.start();
}

void TwoLanes::kill() {
  carrier_.kill();
  follower_.kill();
}

// One lane has ended, and takes the other with it.
void TwoLanes::die() {
  if (runs()) return;  // another process by now
  kill();
  process_.world.note(process_.name, "", "syncd dies");
  if (on_death) on_death();
}

void TwoLanes::fill_disk(bool full) {
  carrier_.fill_disk(full);
  follower_.fill_disk(full);
}

namespace {

// Nothing that happens here makes a true row one that the hub does not want, not for a moment either.
void look_at_verdicts(Lane& lane, sync::Store& store) {
  if (lane.struck()) return;
  const auto count = store.unsent_count();
  if (count && count->rejected > 0)
    lane.process().world.accuse("", lane.process().name + ": a row is taken for rejected");
}

}  // namespace

void carry_for_kiosk(Lane& lane) {
  LaneProcess& in = lane.process();
  auto store = lane.open([&] { return sync::Store::open(in.config.store); });
  if (!store) return;
  sync::Carrier carrier(*store, in.config, lane.transport(), lane.clock(), [&in] {
    std::array<std::uint8_t, 32> seed{};
    in.machine.dice().fill(seed);
    return seed;
  });
  for (;;) {
    lane.begin_step();
    (void)carrier.hear_roster(in.roster_told);
    const auto until = carrier.step();
    look_at_verdicts(lane, *store);
    if (!lane.end_step(until, carrier.standing())) return;
  }
}

void follow_for_kiosk(Lane& lane) {
  LaneProcess& in = lane.process();
  auto store = lane.open([&] { return sync::Store::open(in.config.store); });
  if (!store) return;
  sync::Follower follower(*store, in.config, lane.transport(), lane.clock());
  for (;;) {
    lane.begin_step();
    const auto until = follower.step();
    lane.tell_roster(follower.roster_told());
    if (!lane.end_step(until, follower.standing())) return;
  }
}

Lane::Work carry_for_venue(std::filesystem::path folder) {
  return [folder = std::move(folder)](Lane& lane) {
    LaneProcess& in = lane.process();
    auto store = lane.open([&] { return sync::hub::open_sqlite_store(folder); });
    if (!store) return;
    sync::hub::UplinkCarrier carrier(**store, in.name, in.config, lane.transport(), lane.clock());
    for (;;) {
      lane.begin_step();
      (void)carrier.hear_roster(in.roster_told);
      const auto until = carrier.step();
      if (!lane.end_step(until, carrier.standing())) return;
    }
  };
}

Lane::Work follow_for_venue(std::filesystem::path folder) {
  return [folder = std::move(folder)](Lane& lane) {
    LaneProcess& in = lane.process();
    auto store = lane.open([&] { return sync::hub::open_sqlite_store(folder); });
    if (!store) return;
    sync::Follower follower(sync::hub::feed_from_centre(**store, lane.clock()), in.config,
                            sync::hub::uplink_line(**store, in.config, lane.transport(), lane.clock(),
                                                   "uplink, the others' rows"));
    for (;;) {
      lane.begin_step();
      const auto until = follower.step();
      lane.tell_roster(follower.roster_told());
      if (!lane.end_step(until, follower.standing())) return;
    }
  };
}

}  // namespace lanyard::simulation
