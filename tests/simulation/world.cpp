#include "tests/simulation/world.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace lanyard::simulation {

namespace {

constexpr std::size_t kMaxViolations = 20;
// From calm days to such as nobody has had.
constexpr std::array<double, 4> kIntensities{0.2, 0.6, 1.0, 2.5};
constexpr Timestamp kBeginning = std::chrono::sys_days(std::chrono::year(2026) / 11 / 24);

}  // namespace

std::string_view to_name(Fault fault) {
  constexpr std::array<std::string_view, kFaultCount> names{
      "request-lost", "answer-lost", "delayed",     "duplicated",   "request-torn", "answer-torn",
      "partition",    "kiosk-crash", "syncd-crash", "hub-crash",    "power-cycle",  "kiosk-clock",
      "hub-clock",    "kiosk-disk",  "hub-disk",    "hub-restored", "roster-fails"};
  return names[static_cast<std::size_t>(fault)];
}

Options usual_options() {
  Options options;
  options.faults.fill(true);
  return options;
}

Faults::Faults(const Options& options, Dice dice)
    : dice_(dice), intensity_(kIntensities[dice_.below(kIntensities.size())]), allowed_(options.faults) {}

bool Faults::happens(Fault kind, double probability) {
  const bool drawn = dice_.chance(probability * intensity_);
  if (!drawn || !may(kind)) return false;
  count(kind);
  return true;
}

World::World(const Options& chosen)
    : options(chosen),
      root(chosen.seed * 0x9e3779b97f4a7c15ULL),
      faults(chosen, root.branch("faults")),
      now_(kBeginning) {}

void World::at(Timestamp when, std::function<void()> what) {
  events_.push_back({std::max(when, now_), ++order_, std::move(what)});
  std::push_heap(events_.begin(), events_.end());
}

void World::run_until(Timestamp when) {
  while (!events_.empty() && events_.front().when <= when) {
    std::pop_heap(events_.begin(), events_.end());
    Event next = std::move(events_.back());
    events_.pop_back();
    now_ = next.when;
    next.what();
  }
  now_ = std::max(now_, when);
}

void World::note(std::string_view where, std::string_view who, std::string_view what) {
  if (!options.trace) return;
  trace_.push_back({now_, std::string(where), std::string(who), std::string(what)});
}

void World::accuse(std::string_view who, std::string what) {
  note("", who, "VIOLATION: " + what);
  if (violations_.size() < kMaxViolations) violations_.push_back({std::string(who), std::move(what)});
}

}  // namespace lanyard::simulation
