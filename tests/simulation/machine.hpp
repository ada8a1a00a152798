// The clocks of one machine: a wall clock that drifts and is set wrong, and a monotonic one of each boot.
#pragma once

#include <string>

#include "sync/plan.hpp"
#include "tests/simulation/world.hpp"

namespace lanyard::simulation {

class Machine {
 public:
  Machine(World& world, const std::string& name);

  void boot();  // another boot id, and the monotonic clock starts anew
  [[nodiscard]] Timestamp wall() const;
  [[nodiscard]] std::int64_t since_boot_ms() const;
  [[nodiscard]] sync::SteadyTime steady() const {
    return sync::SteadyTime(std::chrono::milliseconds(since_boot_ms()));
  }
  [[nodiscard]] const std::string& boot_id() const { return boot_id_; }
  // Somebody disciplines it: never far off, and it knows that.
  [[nodiscard]] bool synchronised() const { return synchronised_; }
  void jump(Ms by) { jumped_ += by; }
  void set_right() { jumped_ = skew_ = Ms(0); }
  Dice& dice() { return dice_; }

 private:
  World& world_;
  std::string name_;
  Dice dice_;
  bool synchronised_;
  std::int64_t wall_drift_ppm_;
  std::int64_t steady_drift_ppm_;
  Ms skew_;
  Ms jumped_{0};
  int boots_{0};
  Timestamp began_{}, booted_{};
  std::string boot_id_;
};

}  // namespace lanyard::simulation
