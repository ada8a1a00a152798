// A second opinion on what rows say, written from what the headers promise (order, presence, merge) and
// without a look at how they keep it: slow, plain, and of all rows at once. PURE. Threads: values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sync/record.hpp"

namespace lanyard::simulation {

using sync::Timestamp;

struct Placed {
  Timestamp at{};
  const sync::JournalRow* row{nullptr};
};

// What is known of when rows were: the first row of each boot that knew the hub's time.
class Times {
 public:
  // True if rows of that boot are placed otherwise from now on.
  bool learn(const sync::JournalRow& row);
  // In the order in which they happened.
  [[nodiscard]] std::vector<Placed> in_order(const std::vector<const sync::JournalRow*>& rows) const;

 private:
  struct First {
    std::uint64_t seq{0};
    std::int64_t hub_at_boot_ms{0};
  };
  [[nodiscard]] Timestamp time_of(const sync::JournalRow& row) const;
  std::map<std::pair<std::string, std::string>, First> boots_;
};

struct Stay {
  bool inside{false};
  std::uint32_t entries{0};
  std::optional<Timestamp> last_entry, last_exit;
  std::string entry_checkpoint, entry_device;
};

// Of one attendee, by zone.
[[nodiscard]] std::map<std::string, Stay> stays_of(const std::vector<const sync::JournalRow*>& rows,
                                                   const Times& times, const std::vector<sync::Zone>& zones);

// The highest generation of the rows, 1 at least.
[[nodiscard]] std::uint32_t living_generation(const std::vector<const sync::JournalRow*>& rows);

// The rows that the hub has, and the double admissions that it could see each time when rows came.
class Watch {
 public:
  Watch(sync::EventInfo event, const std::vector<sync::Checkpoint>& checkpoints);

  void hear(std::vector<sync::JournalRow> rows);
  // As the hub names what an alert is about: "double_entry:north-1:4:south-1:9".
  [[nodiscard]] const std::set<std::string>& double_entries() const { return double_entries_; }
  [[nodiscard]] const std::vector<sync::JournalRow>& rows() const { return rows_; }
  [[nodiscard]] std::vector<const sync::JournalRow*> rows_of(const std::string& attendee) const;
  [[nodiscard]] const Times& times() const { return times_; }

 private:
  void look_at(const std::string& attendee);
  [[nodiscard]] bool contradict(const Placed& earlier, const Placed& later) const;

  sync::EventInfo event_;
  std::set<std::string> unlimited_, once_;  // zones
  std::vector<sync::JournalRow> rows_;
  std::map<std::string, std::vector<std::size_t>> of_attendee_;
  std::map<std::pair<std::string, std::string>, std::set<std::string>> guests_of_boot_;
  Times times_;
  std::set<std::string> double_entries_;
};

}  // namespace lanyard::simulation
