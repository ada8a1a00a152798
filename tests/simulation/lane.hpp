// A process that stays in touch with a hub by two lanes, the sync daemon beside a kiosk or the uplink of a
// venue's hub: the one file that knows how lanes are driven.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "sync/carrier.hpp"
#include "sync/follower.hpp"
#include "tests/simulation/fiber.hpp"
#include "tests/simulation/network.hpp"

namespace lanyard::simulation {

// What the lanes of one process share.
struct LaneProcess {
  World& world;
  Network& network;
  Machine& machine;
  std::string name;  // as the hub knows it
  sync::SyncdConfig config;
  Fault crash{Fault::syncd_crash};
  std::function<void()> on_step{};  // one of its lanes has done something
  std::int64_t roster_told{0};      // by the follower, to the carrier
};

// One thread of the process, with a store of its own.
class Lane {
 public:
  enum class Kind : std::uint8_t { carrier, follower };
  // What runs in it, from the start of the process to its end: it opens a store by open(), and takes steps
  // between begin_step() and end_step() until that says no.
  using Work = std::function<void(Lane&)>;
  Lane(LaneProcess& process, Kind kind, Work work) : in_(process), kind_(kind), work_(std::move(work)) {}
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;
  ~Lane() { kill(); }

  void start();
  void kill();  // wherever it is
  [[nodiscard]] bool runs() const { return fiber_ && !fiber_->done(); }
  void news();  // something has been written, or told, that it may be waiting for
  void fill_disk(bool full);
  std::function<void()> on_end;   // it has ended of itself, and the process with it
  std::function<void()> on_told;  // the follower has heard of another roster

  // For its work.
  template <class Open>
  auto open(Open&& open_store) {
    auto store = tap_.watch(std::forward<Open>(open_store));
    if (store && full_) tap_.fill_disk(true);
    return store;
  }
  void begin_step();
  // Until the next step; false where there is none any more.
  bool end_step(const sync::Expected<std::optional<sync::SteadyTime>>& until, const std::string& standing);
  sync::Transport transport();
  sync::Clock clock();
  [[nodiscard]] bool struck() const { return killed_ || tap_.doomed(); }
  void tell_roster(std::int64_t version);
  LaneProcess& process() { return in_; }

 private:
  void live();
  void sleep(Ms time);
  void seam() const;  // throws what has struck the process
  void resume(std::uint64_t turn);

  LaneProcess& in_;
  Kind kind_;
  Work work_;
  Tap tap_;
  std::unique_ptr<Fiber> fiber_;
  std::shared_ptr<Trip> trip_;
  std::string stood_;
  sync::SteadyTime not_before_{};  // the hub has asked to be left alone until then
  std::uint64_t turn_{0};          // of the fiber's pauses: a wake-up is for one of them
  bool waiting_{false};            // for news
  bool killed_{false};
  bool full_{false};
};

// The process: it lives and dies with both of its lanes.
class TwoLanes {
 public:
  TwoLanes(LaneProcess process, Lane::Work carry, Lane::Work follow);

  void start();
  void kill();
  [[nodiscard]] bool runs() const { return carrier_.runs() && follower_.runs(); }
  void news() { carrier_.news(); }
  void fill_disk(bool full);
  std::function<void()> on_death;  // of itself

 private:
  void die();

  LaneProcess process_;
  Lane carrier_;
  Lane follower_;
};

// The work of lanyard-syncd's lanes.
void carry_for_kiosk(Lane& lane);
void follow_for_kiosk(Lane& lane);
// And of the lanes by which the hub in this folder, which has joined, stays in touch with its centre.
[[nodiscard]] Lane::Work carry_for_venue(std::filesystem::path folder);
[[nodiscard]] Lane::Work follow_for_venue(std::filesystem::path folder);

}  // namespace lanyard::simulation
