// The sync daemon's process beside a kiosk: the one file that knows how its two lanes are driven.
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
struct Syncd {
  World& world;
  Network& network;
  Machine& machine;
  std::string kiosk;
  sync::SyncdConfig config;
  std::int64_t roster_told{0};  // by the follower, to the carrier
};

// One thread of the process, with a store of its own.
class Lane {
 public:
  enum class Kind : std::uint8_t { carrier, follower };
  Lane(Syncd& process, Kind kind) : in_(process), kind_(kind) {}
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

 private:
  void live();
  void serve();
  void carry(sync::Store& store);
  void follow(sync::Store& store);
  void begin_step();
  // Until the next step; false where there is none any more.
  bool end_step(const sync::Expected<std::optional<sync::SteadyTime>>& until, const std::string& standing);
  void sleep(Ms time);
  sync::Transport transport();
  sync::Clock clock();
  void look_at_verdicts(sync::Store& store) const;
  void seam() const;  // throws what has struck the process
  void resume(std::uint64_t turn);

  Syncd& in_;
  Kind kind_;
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
class SyncdHost {
 public:
  SyncdHost(World& world, Network& network, Machine& machine, const std::string& kiosk,
            const sync::SyncdConfig& config);

  void start();
  void kill();
  [[nodiscard]] bool runs() const { return carrier_.runs() && follower_.runs(); }
  void news() { carrier_.news(); }
  void fill_disk(bool full);
  std::function<void()> on_death;  // of itself

 private:
  void die();

  Syncd process_;
  Lane carrier_;
  Lane follower_;
};

}  // namespace lanyard::simulation
