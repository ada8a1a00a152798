#include "sync/merge.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace lanyard::sync {

namespace {

auto order_of(const JournalRow& row) {
  return std::tie(row.hlc, row.device, row.seq);
}
bool before(const JournalRow& a, const JournalRow& b) {
  return order_of(a) < order_of(b);
}

Timestamp corrected_wall(const JournalRow& row) {
  return row.wall + std::chrono::milliseconds(row.offset_ms.value_or(0));
}

std::string clock_text(const JournalRow& row, std::chrono::minutes utc_offset) {
  const auto corrected = corrected_wall(row) + utc_offset;
  const std::chrono::hh_mm_ss day(
      std::chrono::floor<std::chrono::seconds>(corrected - std::chrono::floor<std::chrono::days>(corrected)));
  const auto two = [](long n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return two(day.hours().count()) + ":" + two(day.minutes().count()) + ":" + two(day.seconds().count());
}

bool lists(const std::vector<std::string>& zones, const std::string& zone) {
  return std::ranges::find(zones, zone) != zones.end();
}

// Whether the later entry contradicts the earlier, with no exit between them.
bool enters_twice(const JournalRow& earlier, const JournalRow& later, const EntryRules& rules) {
  if (earlier.device == later.device || lists(rules.unlimited_zones, later.zone)) return false;
  return lists(rules.once_zones, later.zone) || venue_day(corrected_wall(earlier), rules.utc_offset) ==
                                                    venue_day(corrected_wall(later), rules.utc_offset);
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
  std::map<std::pair<std::string, std::uint64_t>, const JournalRow*> by_key;
  for (const JournalRow& row : a) by_key.emplace(std::pair(row.device, row.seq), &row);
  for (const JournalRow& row : b) by_key.emplace(std::pair(row.device, row.seq), &row);
  std::vector<JournalRow> rows;
  rows.reserve(by_key.size());
  for (const auto& [key, row] : by_key) rows.push_back(*row);
  std::ranges::sort(rows, before);
  return rows;
}

std::vector<Conflict> find_conflicts(std::span<const JournalRow> rows_of_attendee, const EntryRules& rules) {
  std::vector<JournalRow> rows = merge(rows_of_attendee, {});
  std::vector<Conflict> conflicts;
  std::map<std::string, const JournalRow*, std::less<>> inside;  // zone -> the entry that holds
  std::map<std::uint32_t, const JournalRow*> issued;             // generation -> first reissue
  const JournalRow* newest_reissue = nullptr;
  for (const JournalRow& row : rows) {
    switch (row.kind) {
      case RowKind::admitted: {
        const JournalRow*& entry = inside[row.zone];
        if (entry != nullptr && enters_twice(*entry, row, rules)) {
          conflicts.push_back({Conflict::Kind::double_entry, *entry, row});
        }
        if (newest_reissue != nullptr && newest_reissue->device != row.device && row.generation != 0 &&
            row.generation < newest_reissue->generation) {
          conflicts.push_back({Conflict::Kind::stale_admission, *newest_reissue, row});
        }
        entry = &row;
        break;
      }
      case RowKind::exited:
      case RowKind::annulled:
        inside.erase(row.zone);
        break;
      case RowKind::reissued: {
        const auto [first, is_new] = issued.emplace(row.generation, &row);
        if (!is_new && first->second->device != row.device) {
          conflicts.push_back({Conflict::Kind::double_reissue, *first->second, row});
        }
        if (newest_reissue == nullptr || row.generation > newest_reissue->generation) newest_reissue = &row;
        break;
      }
      default:
        break;
    }
  }
  return conflicts;
}

std::string describe(const Conflict& conflict, std::chrono::minutes utc_offset) {
  const auto place = [&](const JournalRow& row) {
    return (row.checkpoint.empty() ? "" : row.checkpoint + " ") + "(" + row.device + ") " +
           clock_text(row, utc_offset);
  };
  const std::string both = place(conflict.earlier) + " and " + place(conflict.later);
  const std::string& who = conflict.later.attendee;
  switch (conflict.kind) {
    case Conflict::Kind::double_entry:
      return who + " was admitted twice to " + conflict.later.zone + ": " + both;
    case Conflict::Kind::double_reissue:
      return "Two badges of generation " + std::to_string(conflict.later.generation) + " were issued for " +
             who + ": " + both;
    case Conflict::Kind::stale_admission:
      return who + " was admitted on a badge that had been replaced: replaced " + both;
  }
  return who;
}

}  // namespace lanyard::sync
