// What all of a run share: the time that it really is, what is to happen when, the faults, and the record of
// what has happened. Threads: one.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sync/record.hpp"
#include "tests/simulation/dice.hpp"

namespace lanyard::simulation {

using sync::Timestamp;
using Ms = std::chrono::milliseconds;

enum class Fault : std::uint8_t {
  request_lost,
  answer_lost,
  delayed,
  duplicated,
  request_torn,
  answer_torn,
  partition,
  kiosk_crash,
  syncd_crash,
  hub_crash,
  power_cycle,
  kiosk_clock,
  hub_clock,
  kiosk_disk,
  hub_disk,
  hub_restored,
  roster_fails,
};
inline constexpr int kFaultCount = static_cast<int>(Fault::roster_fails) + 1;
[[nodiscard]] std::string_view to_name(Fault);

struct Options {
  std::uint64_t seed{1};
  std::uint64_t arrivals{2000};
  std::uint64_t kiosks{8};
  std::uint64_t venues{0};                 // with hubs of their own, under that of the centre
  std::array<bool, kFaultCount> faults{};  // those that may happen
  bool trace{false};
};
[[nodiscard]] Options usual_options();

// Decides which faults happen. It draws even for those that are turned off, so that turning one off leaves
// the others where they were, as far as that goes.
class Faults {
 public:
  Faults(const Options& options, Dice dice);

  bool happens(Fault kind, double probability);
  // One that is not drawn for here.
  void count(Fault kind) { ++counts_[static_cast<std::size_t>(kind)]; }
  [[nodiscard]] bool may(Fault kind) const { return active_ && allowed_[static_cast<std::size_t>(kind)]; }
  Dice& dice() { return dice_; }
  void begin() { active_ = true; }
  void stop() { active_ = false; }
  [[nodiscard]] const std::array<std::uint64_t, kFaultCount>& counts() const { return counts_; }

 private:
  Dice dice_;
  double intensity_;
  bool active_{false};
  std::array<bool, kFaultCount> allowed_{};
  std::array<std::uint64_t, kFaultCount> counts_{};
};

class World {
 public:
  explicit World(const Options& options);

  [[nodiscard]] Timestamp now() const { return now_; }
  void at(Timestamp when, std::function<void()> what);
  void after(Ms wait, std::function<void()> what) { at(now_ + wait, std::move(what)); }
  // Lets happen what is to happen up to then.
  void run_until(Timestamp when);

  // Somebody (an attendee's id, or "") and what became of them; `where` is a machine.
  void note(std::string_view where, std::string_view who, std::string_view what);
  struct Entry {
    Timestamp at{};
    std::string where, who, what;
  };
  [[nodiscard]] const std::deque<Entry>& trace() const { return trace_; }

  // What must not be: an invariant that does not hold. `who`: whom the trace should tell about.
  void accuse(std::string_view who, std::string what);
  struct Violation {
    std::string who, what;
  };
  [[nodiscard]] const std::vector<Violation>& violations() const { return violations_; }

  const Options options;
  const Dice root;
  Faults faults;

 private:
  struct Event {
    Timestamp when{};
    std::uint64_t order{0};
    std::function<void()> what;
    bool operator<(const Event& other) const {
      return when != other.when ? when > other.when : order > other.order;
    }
  };
  Timestamp now_;
  std::uint64_t order_{0};
  std::vector<Event> events_;  // a heap, the next one first
  std::deque<Entry> trace_;
  std::vector<Violation> violations_;
};

}  // namespace lanyard::simulation
