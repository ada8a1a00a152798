#include "sync/merge.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "sync/presence.hpp"

namespace lanyard::sync {

namespace {

std::string clock_text(Timestamp at, const Calendar& calendar) {
  const auto local = at + utc_offset_at(at, calendar);
  const std::chrono::hh_mm_ss day(
      std::chrono::floor<std::chrono::seconds>(local - std::chrono::floor<std::chrono::days>(local)));
  const auto two = [](long n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return two(day.hours().count()) + ":" + two(day.minutes().count()) + ":" + two(day.seconds().count());
}

bool lists(const std::vector<std::string>& zones, const std::string& zone) {
  return std::ranges::find(zones, zone) != zones.end();
}

// Whether the later entry contradicts the earlier, with no exit between them.
bool enters_twice(const PlacedRow& earlier, const PlacedRow& later, const EntryRules& rules) {
  const std::string& zone = later.row.zone;
  if (earlier.row.device == later.row.device || lists(rules.unlimited_zones, zone)) return false;
  return lists(rules.once_zones, zone) ||
         venue_day(earlier.at, rules.calendar) == venue_day(later.at, rules.calendar);
}

// Whoever enters a zone has left those that it says.
void leave_behind(std::map<std::string, const PlacedRow*, std::less<>>& inside, const std::string& entered,
                  const EntryRules& rules) {
  const auto zone = std::ranges::find(rules.zones, entered, &Zone::id);
  if (zone == rules.zones.end()) return;
  for (const std::string& left : zone->leaves) inside.erase(left);
}

// The union by (device, seq), the first's row of each.
std::vector<JournalRow> unite(std::span<const JournalRow> a, std::span<const JournalRow> b) {
  std::map<std::pair<std::string, std::uint64_t>, const JournalRow*> by_key;
  for (const JournalRow& row : a) by_key.emplace(std::pair(row.device, row.seq), &row);
  for (const JournalRow& row : b) by_key.emplace(std::pair(row.device, row.seq), &row);
  std::vector<JournalRow> rows;
  rows.reserve(by_key.size());
  for (const auto& [key, row] : by_key) rows.push_back(*row);
  return rows;
}

}  // namespace

std::string_view to_name(Conflict::Kind kind) {
  switch (kind) {
    case Conflict::Kind::double_entry:
      return "double_entry";
    case Conflict::Kind::double_reissue:
      return "double_reissue";
    case Conflict::Kind::stale_admission:
      return "stale_admission";
  }
  return "?";
}

std::vector<JournalRow> merge(std::span<const JournalRow> a, std::span<const JournalRow> b) {
  std::vector<JournalRow> rows;
  for (PlacedRow& placed : in_order(unite(a, b), {})) rows.push_back(std::move(placed.row));
  return rows;
}

std::vector<Conflict> find_conflicts(std::span<const JournalRow> rows_of_attendee, const EntryRules& rules) {
  const std::vector<PlacedRow> rows = in_order(unite(rows_of_attendee, {}), {});
  std::vector<Conflict> conflicts;
  std::set<std::string_view> annulled;
  for (const PlacedRow& placed : rows) {
    if (placed.row.kind == RowKind::annulled) annulled.insert(placed.row.target);
  }
  std::map<std::string, const PlacedRow*, std::less<>> inside;  // zone -> the entry that holds
  std::map<std::uint32_t, const PlacedRow*> issued;             // generation -> first reissue
  const PlacedRow* newest_end = nullptr;                        // of all generations below its own
  for (const PlacedRow& placed : rows) {
    const JournalRow& row = placed.row;
    if (annulled.contains(row.id)) continue;
    switch (row.kind) {
      case RowKind::admitted: {
        leave_behind(inside, row.zone, rules);
        const PlacedRow*& entry = inside[row.zone];
        if (entry != nullptr && enters_twice(*entry, placed, rules)) {
          conflicts.push_back({Conflict::Kind::double_entry, *entry, placed});
        }
        if (newest_end != nullptr && newest_end->row.device != row.device && row.generation != 0 &&
            row.generation < newest_end->row.generation) {
          conflicts.push_back({Conflict::Kind::stale_admission, *newest_end, placed});
        }
        entry = &placed;
        break;
      }
      case RowKind::exited:
        for (const std::string& zone : zones_within(row.zone, rules.zones)) inside.erase(zone);
        break;
      case RowKind::reissued: {
        const auto [first, is_new] = issued.emplace(row.generation, &placed);
        if (!is_new && first->second->row.device != row.device) {
          conflicts.push_back({Conflict::Kind::double_reissue, *first->second, placed});
        }
        if (newest_end == nullptr || row.generation > newest_end->row.generation) newest_end = &placed;
        break;
      }
      case RowKind::stopped:  // puts no badge in the place of those that it ends: two of them agree
        if (newest_end == nullptr || row.generation > newest_end->row.generation) newest_end = &placed;
        break;
      default:
        break;
    }
  }
  return conflicts;
}

std::string describe(const Conflict& conflict, const Calendar& calendar) {
  const auto place = [&](const PlacedRow& placed) {
    const JournalRow& row = placed.row;
    return (row.checkpoint.empty() ? "" : row.checkpoint + " ") + "(" + row.device + ") " +
           clock_text(placed.at, calendar);
  };
  const std::string both = place(conflict.earlier) + " and " + place(conflict.later);
  const JournalRow& later = conflict.later.row;
  const std::string& who = later.attendee;
  switch (conflict.kind) {
    case Conflict::Kind::double_entry:
      return who + " was admitted twice to " + later.zone + ": " + both;
    case Conflict::Kind::double_reissue:
      return "Two badges of generation " + std::to_string(later.generation) + " were issued for " + who +
             ": " + both;
    case Conflict::Kind::stale_admission: {
      const std::string ended = conflict.earlier.row.kind == RowKind::stopped ? "stopped" : "replaced";
      return who + " was admitted on a badge that had been " + ended + ": " + ended + " " + both;
    }
  }
  return who;
}

}  // namespace lanyard::sync
