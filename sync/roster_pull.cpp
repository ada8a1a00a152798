#include "sync/roster_pull.hpp"

namespace lanyard::sync {

Expected<std::optional<RosterPage>> ask_for_roster(HubLine& line, const RosterCursor& cursor,
                                                   std::size_t& records) {
  const auto body = line.ask("GET", roster_path(cursor) + "&limit=" + std::to_string(records), "");
  records = next_size(records, records, kRosterPageAsked, line.took());
  if (!body) return std::nullopt;
  auto page = parse_roster_page(*body);
  if (!page) return tl::make_unexpected(page.error());
  if (page->checkpoints_unknown)
    line.warn("the checkpoints' rules are of a later version: those from before hold until this is updated");
  return std::optional(std::move(*page));
}

}  // namespace lanyard::sync
