#include "tests/simulation/lane.hpp"

#include <exception>

namespace lanyard::simulation {

namespace {

using sync::Daemon;
using sync::Expected;
using sync::HttpAnswer;
using sync::HttpRequest;

constexpr Ms kLooksAgain{100};  // as lanyard-syncd does, for news in its store

}  // namespace

Lane::Lane(World& world, Network& network, Machine& machine, std::string kiosk, sync::SyncdConfig config)
    : world_(world),
      network_(network),
      machine_(machine),
      kiosk_(std::move(kiosk)),
      config_(std::move(config)) {}

void Lane::start() {
  if (runs()) return;
  killed_ = false;
  fiber_ = std::make_unique<Fiber>([this] { live(); });
  world_.note(kiosk_, "", "syncd starts");
  world_.after(Ms(1), [this, turn = ++turn_] { resume(turn); });
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
  bool of_itself = false;
  try {
    serve();
    of_itself = true;
  } catch (const Crash&) {
    of_itself = !killed_;
  } catch (const std::exception& thrown) {  // none of the product's may get here
    world_.accuse("", kiosk_ + ": syncd throws " + thrown.what());
  }
  tap_.forget();
  if (!of_itself) return;
  world_.note(kiosk_, "", "syncd dies");
  if (on_death) on_death();
}

void Lane::serve() {
  auto store = tap_.watch([&] { return sync::Store::open(config_.store); });
  if (!store) return;
  if (full_) tap_.fill_disk(true);
  Daemon daemon(
      *store, config_, [this](const HttpRequest& request) { return carry(request); },
      [this] {
        seam();
        return Daemon::Moment{machine_.steady(), machine_.wall(), machine_.dice().fraction(),
                              machine_.since_boot_ms(), machine_.boot_id()};
      });
  for (;;) {
    tap_.crash_at(Tap::Point::none);
    if (world_.faults.happens(Fault::syncd_crash, 0.001)) {
      tap_.crash_at(machine_.dice().one_in(2) ? Tap::Point::before_commit : Tap::Point::after_commit);
    }
    const std::string stood = daemon.standing();
    const auto until = daemon.step();
    seam();
    if (daemon.standing() != stood) world_.note(kiosk_, "", "syncd: " + daemon.standing());
    if (!until) {
      world_.accuse("", kiosk_ + ": syncd gives up: " + until.error().message);
      return;
    }
    if (*until) {
      wait_until(daemon, **until);
    } else {
      sleep(Ms(machine_.dice().between(1, 4)));
    }
  }
}

void Lane::seam() const {
  if (killed_ || tap_.doomed()) throw Crash{};
}

void Lane::resume(std::uint64_t turn) {
  if (turn == turn_ && runs()) fiber_->resume();
}

void Lane::sleep(Ms time) {
  world_.after(time, [this, turn = ++turn_] { resume(turn); });
  fiber_->pause();
  seam();
}

void Lane::wait_until(const Daemon&, sync::SteadyTime until) {
  const auto left = std::chrono::ceil<Ms>(until - machine_.steady());
  waiting_ = true;
  sleep(std::max(Ms(1), left + Ms(1)));
  waiting_ = false;
}

void Lane::news() {
  if (!waiting_ || !runs()) return;
  waiting_ = false;
  world_.after(kLooksAgain, [this, turn = ++turn_] { resume(turn); });
}

Expected<HttpAnswer> Lane::carry(const HttpRequest& request) {
  seam();
  Faults& faults = world_.faults;
  if (faults.happens(Fault::syncd_crash, 0.001)) throw Crash{};
  trip_ = std::make_shared<Trip>();
  trip_->wake = [this, turn = ++turn_] { resume(turn); };
  network_.send(kiosk_, request, trip_);
  fiber_->pause();
  seam();
  auto outcome = std::move(*trip_->outcome);
  trip_.reset();
  if (faults.happens(Fault::syncd_crash, 0.001)) throw Crash{};
  return outcome;
}

}  // namespace lanyard::simulation
