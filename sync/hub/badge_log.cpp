#include "sync/hub/badge_log.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace lanyard::sync::hub {

namespace {

constexpr std::size_t kBadgeRowsAtOnce = 500;

// "badge.again" -> "again"
std::string behind_the_dot(std::string_view rule) {
  return std::string(rule.substr(std::min(rule.size(), rule.find('.') + 1)));
}

struct Gathered {
  std::vector<BadgeLine> lines;
  std::map<std::string, std::size_t> by_row;                              // of lines
  std::map<std::pair<std::string, std::uint32_t>, std::string> reissued;  // attendee and generation -> reason

  void take(const JournalRow& row, Timestamp when) {
    switch (row.kind) {
      case RowKind::reissued:
        reissued[{row.attendee, row.generation}] = behind_the_dot(row.rule);
        break;
      case RowKind::badge_requested: {
        BadgeLine line;
        line.when = when;
        line.row = row.id;
        line.attendee = row.attendee;
        line.kind = behind_the_dot(row.rule);
        line.generation = row.generation;
        line.operator_id = row.operator_id;
        line.device = row.device;
        line.checkpoint = row.checkpoint;
        by_row[row.id] = lines.size();
        lines.push_back(std::move(line));
        break;
      }
      case RowKind::badge_printed:
      case RowKind::badge_failed:
        if (const auto of = by_row.find(row.target); of != by_row.end()) {
          BadgeLine& line = lines[of->second];
          line.outcome = row.kind == RowKind::badge_printed ? "printed" : "failed";
          line.detail = row.detail;
        }
        break;
      default:
        break;
    }
  }
};

}  // namespace

Expected<std::vector<BadgeLine>> badge_log(HubStore& store) {
  std::map<std::string, std::string> names;
  const auto roster = store.each_attendee([&](const Attendee& attendee) -> Expected<void> {
    names[attendee.id] = attendee.name;
    return {};
  });
  if (!roster) return tl::make_unexpected(roster.error());
  Gathered gathered;
  FeedCursor after;
  for (bool more = true; more;) {
    const auto page = store.feed(after, "", kBadgeRowsAtOnce);
    if (!page) return tl::make_unexpected(page.error());
    std::vector<std::string> ids;
    for (const FeedRow& feed : page->rows) ids.push_back(feed.row.id);
    const auto times = store.corrected_times(ids);
    if (!times) return tl::make_unexpected(times.error());
    for (std::size_t i = 0; i < page->rows.size(); ++i)
      gathered.take(page->rows[i].row, (*times)[i].value_or(page->rows[i].row.wall));
    more = page->more;
    after = page->next;
  }
  for (BadgeLine& line : gathered.lines) {
    if (line.kind == "again") line.reason = "misprint";
    const auto reason = gathered.reissued.find({line.attendee, line.generation});
    if (line.kind == "reprint" && reason != gathered.reissued.end()) line.reason = reason->second;
    if (const auto name = names.find(line.attendee); name != names.end()) line.name = name->second;
  }
  std::ranges::stable_sort(gathered.lines, {}, &BadgeLine::when);
  return std::move(gathered.lines);
}

}  // namespace lanyard::sync::hub
