// What people do: they come to the kiosks, lose their badges, are let in by hand, are taken back; and the
// office blocks, adds and removes some of them meanwhile.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "tests/simulation/event.hpp"
#include "tests/simulation/kiosk_host.hpp"

namespace lanyard::simulation {

using Kiosks = std::vector<std::unique_ptr<KioskHost>>;

class Crowd {
 public:
  Crowd(World& world, HubHost& hub, Kiosks& kiosks, std::vector<Person> people);

  // Somebody comes to some kiosk.
  void arrive();
  // The office does something. What it could not write stays undone.
  void office();
  [[nodiscard]] const std::vector<Person>& people() const { return people_; }
  [[nodiscard]] std::uint64_t arrivals() const { return arrivals_; }

 private:
  void enlist();
  Person& somebody();
  KioskHost* some_kiosk();
  void show(KioskHost& kiosk, Person& person);
  void print(KioskHost& kiosk, Person& person, const kiosk::BadgeOrder& order);
  void staff(KioskHost& kiosk, Person& person);
  void reissue(KioskHost& kiosk, Person& person);
  void undo(KioskHost& kiosk, Person& person);
  void check_limits(KioskHost& kiosk, const kiosk::Decision& decision);
  void check_explanation(KioskHost& kiosk, const std::string& row, const std::string& who);
  bool put(const Person& person);

  World& world_;
  HubHost& hub_;
  Kiosks& kiosks_;
  std::vector<Person> people_;
  Dice dice_;
  std::deque<std::size_t> recent_;  // indices of people
  std::uint64_t arrivals_{0};
};

}  // namespace lanyard::simulation
