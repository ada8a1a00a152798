#include "tests/simulation/machine.hpp"

namespace lanyard::simulation {

Machine::Machine(World& world, const std::string& name)
    : world_(world),
      name_(name),
      dice_(world.root.branch("machine " + name)),
      synchronised_(dice_.one_in(4)),
      wall_drift_ppm_(synchronised_ ? 0 : dice_.between(-100, 100)),
      steady_drift_ppm_(dice_.between(-50, 50)),
      skew_(synchronised_ ? dice_.between(-40, 40) : dice_.between(-90'000, 90'000)),
      began_(world.now()) {
  boot();
}

void Machine::boot() {
  boot_id_ = name_ + "-boot-" + std::to_string(++boots_);
  booted_ = world_.now() - Ms(dice_.between(5'000, 60'000));
}

Timestamp Machine::wall() const {
  const Ms passed = world_.now() - began_;
  return world_.now() + skew_ + jumped_ + passed * wall_drift_ppm_ / 1'000'000;
}

std::int64_t Machine::since_boot_ms() const {
  const Ms passed = world_.now() - booted_;
  return (passed + passed * steady_drift_ppm_ / 1'000'000).count();
}

}  // namespace lanyard::simulation
