// The sync daemon's process beside a kiosk: the one file that knows how a Daemon is driven. Another lane next
// to it is another Lane, with a loop of its own.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "sync/syncd.hpp"
#include "tests/simulation/fiber.hpp"
#include "tests/simulation/network.hpp"

namespace lanyard::simulation {

class Lane {
 public:
  Lane(World& world, Network& network, Machine& machine, std::string kiosk, sync::SyncdConfig config);
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;
  ~Lane() { kill(); }

  void start();
  void kill();  // wherever it is
  [[nodiscard]] bool runs() const { return fiber_ && !fiber_->done(); }
  void news();  // the kiosk has written something
  void fill_disk(bool full);
  // Called when it has died of itself.
  std::function<void()> on_death;

 private:
  void live();
  void serve();
  void wait_until(const sync::Daemon& daemon, sync::SteadyTime until);
  void sleep(Ms time);
  sync::Expected<sync::HttpAnswer> carry(const sync::HttpRequest& request);
  void seam() const;  // throws what has struck the process
  void resume(std::uint64_t turn);

  World& world_;
  Network& network_;
  Machine& machine_;
  std::string kiosk_;
  sync::SyncdConfig config_;
  Tap tap_;
  std::unique_ptr<Fiber> fiber_;
  std::shared_ptr<Trip> trip_;
  std::uint64_t turn_{0};  // of the fiber's pauses: a wake-up is for one of them
  bool waiting_{false};    // for news
  bool killed_{false};
  bool full_{false};
};

}  // namespace lanyard::simulation
