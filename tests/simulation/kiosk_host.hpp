// A kiosk: the real desk over the real store, and the sync daemon beside it, on one machine.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "kiosk/desk/admit.hpp"
#include "tests/simulation/lane.hpp"

namespace lanyard::simulation {

class KioskHost {
 public:
  KioskHost(World& world, Network& network, HubHost& hub, const std::string& name,
            const std::string& checkpoint, std::filesystem::path folder, const sync::Pace& pace);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] bool up() const { return desk_ != nullptr; }
  [[nodiscard]] sync::RowStamp stamp();

  // What somebody does at the kiosk. nullopt: they saw no answer, since the kiosk is down, or could not
  // write, or died over it. Rows of what was answered are acknowledged.
  template <class Answer>
  std::optional<Answer> perform(
      const std::function<sync::Expected<Answer>(kiosk::Desk&, const sync::RowStamp&)>& work) {
    if (!desk_) return std::nullopt;
    arm_crash();
    auto answer = work(*desk_, stamp());
    if (struck()) return std::nullopt;
    if (!answer) {
      judge(answer.error());
      return std::nullopt;
    }
    acknowledge();
    syncd_.news();
    return std::move(*answer);
  }

  void crash();              // of the kiosk's process alone
  void switch_off(Ms time);  // the whole machine, and on again after a while
  void fill_disk(bool full);
  void start();
  void start_syncd() { syncd_.start(); }

  [[nodiscard]] kiosk::Desk& desk() { return *desk_; }
  Tap& tap() { return tap_; }
  Machine& machine() { return machine_; }
  // Its hub, and the way there.
  HubHost& hub() { return hub_; }
  Network& network() { return network_; }
  // All of its rows that were answered, by seq from 1 on.
  [[nodiscard]] const std::vector<sync::JournalRow>& acknowledged() const { return acknowledged_; }
  [[nodiscard]] const std::vector<Timestamp>& acknowledged_at() const { return acknowledged_at_; }
  void acknowledge();
  [[nodiscard]] bool syncd_runs() const { return syncd_.runs(); }

 private:
  void switch_on();
  void arm_crash();
  [[nodiscard]] bool struck();
  void judge(const sync::Error& error);

  World& world_;
  Network& network_;
  HubHost& hub_;
  Machine machine_;
  std::string name_;
  std::filesystem::path folder_;
  Tap tap_;
  std::unique_ptr<kiosk::Desk> desk_;
  TwoLanes syncd_;
  std::vector<sync::JournalRow> acknowledged_;
  std::vector<Timestamp> acknowledged_at_;
  bool dies_after_{false};
  bool powered_{true};
  Timestamp dark_until_{};
  bool full_{false};
};

}  // namespace lanyard::simulation
