#include "tests/simulation/model.hpp"

#include <algorithm>
#include <tuple>

namespace lanyard::simulation {

namespace {

using sync::JournalRow;
using sync::RowKind;

std::set<std::string> annulled_among(const std::vector<const JournalRow*>& rows) {
  std::set<std::string> ids;
  for (const JournalRow* row : rows) {
    if (row->kind == RowKind::annulled) ids.insert(row->target);
  }
  return ids;
}

// Whether `inner` is the zone or lies within it.
bool lies_in(std::string inner, const std::string& zone, const std::vector<sync::Zone>& zones) {
  for (std::size_t steps = 0; steps <= zones.size(); ++steps) {
    if (inner == zone) return true;
    const auto found = std::ranges::find(zones, inner, &sync::Zone::id);
    if (found == zones.end() || found->within.empty()) return false;
    inner = found->within;
  }
  return false;
}

// Whether going into `entered` is leaving `zone`.
bool is_left_for(const std::string& zone, const std::string& entered, const std::vector<sync::Zone>& zones) {
  const auto found = std::ranges::find(zones, entered, &sync::Zone::id);
  return found != zones.end() && std::ranges::find(found->leaves, zone) != found->leaves.end();
}

std::string key_of(const JournalRow& row) {
  return row.device + ":" + std::to_string(row.seq);
}

}  // namespace

bool Times::learn(const JournalRow& row) {
  if (!row.offset_ms || row.boot_id.empty()) return false;
  const First first{row.seq, (row.wall.time_since_epoch().count() + *row.offset_ms) - row.monotonic_ms};
  const auto [known, is_new] = boots_.emplace(std::pair(row.device, row.boot_id), first);
  if (!is_new && first.seq < known->second.seq) known->second = first;
  return is_new;
}

Timestamp Times::time_of(const JournalRow& row) const {
  using std::chrono::milliseconds;
  if (row.offset_ms) return row.wall + milliseconds(*row.offset_ms);
  const auto boot = boots_.find(std::pair(row.device, row.boot_id));
  if (boot == boots_.end()) return Timestamp(milliseconds(row.hlc.wall_ms));
  return Timestamp(milliseconds(boot->second.hub_at_boot_ms + row.monotonic_ms));
}

std::vector<Placed> Times::in_order(const std::vector<const JournalRow*>& rows) const {
  std::vector<Placed> placed;
  for (const JournalRow* row : rows) {
    Placed one{time_of(*row), row};
    for (const JournalRow* later : rows) {
      if (later->device == row->device && later->seq > row->seq) one.at = std::min(one.at, time_of(*later));
    }
    placed.push_back(one);
  }
  std::ranges::sort(placed, [](const Placed& a, const Placed& b) {
    return std::tie(a.at, a.row->hlc, a.row->device, a.row->seq) <
           std::tie(b.at, b.row->hlc, b.row->device, b.row->seq);
  });
  return placed;
}

std::map<std::string, Stay> stays_of(const std::vector<const JournalRow*>& rows, const Times& times,
                                     const std::vector<sync::Zone>& zones) {
  std::vector<const JournalRow*> moving;
  std::ranges::copy_if(rows, std::back_inserter(moving), [](const JournalRow* row) {
    return row->kind == RowKind::admitted || row->kind == RowKind::exited || row->kind == RowKind::annulled;
  });
  const std::set<std::string> annulled = annulled_among(moving);
  std::map<std::string, Stay> stays;
  for (const Placed& placed : times.in_order(moving)) {
    const JournalRow& row = *placed.row;
    if (annulled.contains(row.id) || row.kind == RowKind::annulled || row.zone.empty()) continue;
    const bool enters = row.kind == RowKind::admitted;
    for (auto& [zone, stay] : stays) {
      if (enters ? is_left_for(zone, row.zone, zones) : lies_in(zone, row.zone, zones)) stay.inside = false;
    }
    Stay& here = stays[row.zone];
    here.inside = enters;
    if (!enters) {
      here.last_exit = placed.at;
      continue;
    }
    ++here.entries;
    here.last_entry = placed.at;
    here.entry_checkpoint = row.checkpoint;
    here.entry_device = row.device;
  }
  return stays;
}

std::uint32_t living_generation(const std::vector<const JournalRow*>& rows) {
  std::uint32_t highest = 1;
  for (const JournalRow* row : rows) highest = std::max(highest, row->generation);
  return highest;
}

Watch::Watch(sync::EventInfo event, const std::vector<sync::Checkpoint>& checkpoints)
    : event_(std::move(event)) {
  for (const sync::Checkpoint& checkpoint : checkpoints) {
    if (checkpoint.direction != sync::Direction::entry) continue;
    if (checkpoint.mode == sync::Mode::unlimited) unlimited_.insert(checkpoint.zone);
    if (checkpoint.mode == sync::Mode::once) once_.insert(checkpoint.zone);
  }
}

std::vector<const JournalRow*> Watch::rows_of(const std::string& attendee) const {
  std::vector<const JournalRow*> rows;
  const auto found = of_attendee_.find(attendee);
  if (found == of_attendee_.end()) return rows;
  for (const std::size_t index : found->second) rows.push_back(&rows_[index]);
  return rows;
}

void Watch::hear(std::vector<JournalRow> rows) {
  std::set<std::string> concerned;
  for (JournalRow& row : rows) {
    const std::pair boot(row.device, row.boot_id);
    if (times_.learn(row)) concerned.merge(std::set<std::string>(guests_of_boot_[boot]));
    if (!row.attendee.empty()) {
      concerned.insert(row.attendee);
      if (!row.offset_ms) guests_of_boot_[boot].insert(row.attendee);
      of_attendee_[row.attendee].push_back(rows_.size());
    }
    rows_.push_back(std::move(row));
  }
  for (const std::string& attendee : concerned) look_at(attendee);
}

bool Watch::contradict(const Placed& earlier, const Placed& later) const {
  if (earlier.row->device == later.row->device || unlimited_.contains(later.row->zone)) return false;
  return once_.contains(later.row->zone) ||
         sync::venue_day(earlier.at, event_.calendar) == sync::venue_day(later.at, event_.calendar);
}

// For each admission: the last thing before it that put them into the zone, or out of it.
void Watch::look_at(const std::string& attendee) {
  const std::vector<const JournalRow*> rows = rows_of(attendee);
  const std::set<std::string> annulled = annulled_among(rows);
  std::vector<Placed> placed = times_.in_order(rows);
  std::erase_if(placed, [&](const Placed& one) { return annulled.contains(one.row->id); });
  for (std::size_t later = 0; later < placed.size(); ++later) {
    const JournalRow& row = *placed[later].row;
    if (row.kind != RowKind::admitted) continue;
    for (std::size_t i = later; i-- > 0;) {
      const JournalRow& before = *placed[i].row;
      if (before.kind == RowKind::exited && lies_in(row.zone, before.zone, event_.zones)) break;
      if (before.kind != RowKind::admitted) continue;
      if (before.zone == row.zone) {
        if (contradict(placed[i], placed[later])) {
          const auto [one, other] = std::minmax({key_of(before), key_of(row)});
          double_entries_.insert("double_entry:" + one + ":" + other);
        }
        break;
      }
      if (is_left_for(row.zone, before.zone, event_.zones)) break;
    }
  }
}

}  // namespace lanyard::simulation
