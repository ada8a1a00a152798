#include "tests/simulation/kiosk_host.hpp"

#include <stdexcept>

#include "tests/simulation/disk.hpp"

namespace lanyard::simulation {

namespace {

using sync::Error;

sync::SyncdConfig config_in(const std::filesystem::path& folder, const sync::Pace& pace) {
  sync::SyncdConfig config;
  config.store = folder / "store.db";
  config.hub = "https://hub";
  config.tokens = {folder / "token", folder};
  config.pace = pace;
  return config;
}

}  // namespace

KioskHost::KioskHost(World& world, Network& network, HubHost& hub, const std::string& name,
                     const std::string& checkpoint, std::filesystem::path folder, const sync::Pace& pace)
    : world_(world),
      network_(network),
      hub_(hub),
      machine_(world, name),
      name_(name),
      folder_(std::move(folder)),
      syncd_({world, network, machine_, name, config_in(folder_, pace)}, carry_for_kiosk, follow_for_kiosk) {
  std::filesystem::create_directories(folder_);
  syncd_.on_death = [this] {
    world_.after(Ms(machine_.dice().between(100, 10'000)), [this] {
      if (powered_) syncd_.start();
    });
  };
  start();
  if (!desk_) throw std::runtime_error("the kiosk " + name + " does not start");
  std::array<std::uint8_t, 32> seed{};
  machine_.dice().fill(seed);
  const std::string code = hub.code_for(name, checkpoint);
  const auto enrolled =
      sync::enrol(desk_->store(), config_in(folder_, pace), code, seed,
                  [&](const sync::HttpRequest& request) -> sync::Expected<sync::HttpAnswer> {
                    auto answer = hub.take(request);
                    if (!answer) return sync::fail(Error::Kind::unavailable, "the hub is down");
                    return std::move(answer->http);
                  });
  if (!enrolled) throw std::runtime_error("enrolling " + name + ": " + enrolled.error().message);
  syncd_.start();
}

sync::RowStamp KioskHost::stamp() {
  sync::RowStamp stamp{
      machine_.wall(), machine_.boot_id(), machine_.since_boot_ms(), {}, machine_.synchronised()};
  machine_.dice().fill(stamp.random);
  return stamp;
}

void KioskHost::start() {
  if (desk_ || !powered_) return;
  auto store = tap_.watch([&] { return sync::Store::open(folder_ / "store.db"); });
  if (!store) {
    judge(store.error());
    tap_.forget();
    return world_.after(Ms(5'000), [this] { start(); });
  }
  desk_ = std::make_unique<kiosk::Desk>(std::move(*store));
  if (full_) tap_.fill_disk(true);
  world_.note(name_, "", "starts");
}

void KioskHost::crash() {
  if (!desk_) return;
  desk_.reset();
  tap_.forget();
  world_.note(name_, "", "dies");
  world_.after(Ms(machine_.dice().between(1'000, 15'000)), [this] { start(); });
}

void KioskHost::switch_off(Ms time) {
  dark_until_ = std::max(dark_until_, world_.now() + time);
  if (!powered_) return;
  powered_ = false;
  desk_.reset();
  tap_.forget();
  syncd_.kill();
  disk::lose_power(folder_, machine_.dice());
  world_.note(name_, "", "loses its power");
  world_.at(dark_until_, [this] { switch_on(); });
}

void KioskHost::switch_on() {
  if (world_.now() < dark_until_) return world_.at(dark_until_, [this] { switch_on(); });
  powered_ = true;
  machine_.boot();
  start();
  syncd_.start();
}

void KioskHost::fill_disk(bool full) {
  full_ = full;
  if (desk_) tap_.fill_disk(full);
  syncd_.fill_disk(full);
  world_.note(name_, "", full ? "has no room on its disk" : "has room on its disk again");
}

void KioskHost::arm_crash() {
  dies_after_ = false;
  if (!world_.faults.happens(Fault::kiosk_crash, 0.004)) return;
  switch (machine_.dice().below(3)) {
    case 0:
      tap_.crash_at(Tap::Point::before_commit);
      break;
    case 1:
      tap_.crash_at(Tap::Point::after_commit);
      break;
    default:
      dies_after_ = true;
  }
}

bool KioskHost::struck() {
  if (!tap_.doomed() && !dies_after_) {
    tap_.crash_at(Tap::Point::none);
    return false;
  }
  crash();
  return true;
}

void KioskHost::judge(const Error& error) {
  world_.note(name_, "", "cannot: " + error.message);
  // A disk that is full, and the other process writing; nothing else that a store says is an excuse.
  const bool of_disk =
      error.kind == Error::Kind::storage && (full_ || error.message.find("locked") != std::string::npos);
  const bool excused = of_disk || error.message.ends_with("no roster yet");
  if (!excused) world_.accuse("", name_ + " fails: " + error.message);
}

void KioskHost::acknowledge() {
  auto rows = desk_->store().own_rows(acknowledged_.size(), sync::kMaxBatchRows);
  if (!rows) return;
  for (sync::JournalRow& row : *rows) {
    if (row.seq != acknowledged_.size() + 1) world_.accuse(row.attendee, name_ + " skips a row");
    world_.note(name_, row.attendee,
                "row " + std::to_string(row.seq) + " " + std::string(sync::to_name(row.kind)) + " " +
                    row.rule + " generation " + std::to_string(row.generation) + " in " + row.zone);
    acknowledged_.push_back(std::move(row));
    acknowledged_at_.push_back(world_.now());
  }
}

}  // namespace lanyard::simulation
