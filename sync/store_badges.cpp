// The way of a badge, as the journal has it.
#include "sync/store_inside.hpp"

namespace lanyard::sync {

Expected<std::vector<Store::OpenBadge>> Store::open_badges(std::uint64_t up_to) {
  return guarded("reading the badges under way", [&]() -> Expected<std::vector<OpenBadge>> {
    static const std::string requested =
        std::string("SELECT ") + kRowColumns +
        " FROM journal j WHERE device = ? AND seq <= ? AND kind = 'badge_requested' AND NOT EXISTS (SELECT 1 "
        "FROM journal "
        "e"
        " WHERE e.target = j.id AND e.target <> '' AND e.kind IN ('badge_printed', 'badge_failed'))"
        " ORDER BY seq";
    static const std::string sent =
        std::string("SELECT ") + kRowColumns +
        " FROM journal WHERE target = ? AND target <> '' AND kind = 'badge_sent' ORDER BY seq";
    SQLite::Statement& get = in_->use(requested.c_str());
    get.bind(1, in_->setting("device").value_or(""));
    get.bind(2, static_cast<std::int64_t>(up_to));
    std::vector<OpenBadge> open;
    for (JournalRow& row : read_rows(get)) open.push_back({std::move(row), {}});
    for (OpenBadge& one : open) {
      SQLite::Statement& rows = in_->use(sent.c_str());
      rows.bind(1, one.requested.id);
      one.sent = read_rows(rows);
    }
    return open;
  });
}

Expected<std::uint32_t> Store::reprint_count(std::string_view attendee) {
  return guarded("counting reprints", [&]() -> Expected<std::uint32_t> {
    // Before version 9, a reprint was its reissue alone.
    SQLite::Statement& get = in_->use(
        "SELECT count(*) FROM journal WHERE attendee = ? AND (kind = 'reissued' OR (kind = 'badge_requested' "
        "AND"
        " rule = 'badge.again'))");
    get.bind(1, known_as(*in_, std::string(attendee)));
    get.executeStep();
    const std::uint32_t count = get.getColumn(0).getUInt();
    get.reset();
    return count;
  });
}

Expected<std::string> Store::badge_name(std::string_view attendee) {
  return guarded("reading a badge's name", [&]() -> Expected<std::string> {
    SQLite::Statement& get = in_->use(
        "SELECT detail FROM journal WHERE attendee = ? AND kind = 'badge_requested'"
        " ORDER BY hlc_wall DESC, hlc_counter DESC LIMIT 1");
    get.bind(1, known_as(*in_, std::string(attendee)));
    std::string name = get.executeStep() ? get.getColumn(0).getString() : std::string();
    get.reset();
    return name;
  });
}

Expected<std::optional<Store::RollUse>> Store::roll_use(std::string_view printer, SentBy whose) {
  return guarded("counting what was printed", [&]() -> Expected<std::optional<RollUse>> {
    const std::string device = in_->setting("device").value_or("");
    const auto newest = [&](std::string_view rule) -> std::optional<Hlc> {
      // The index of attendees has the kind beside them, and is read alone: the rows themselves are long.
      SQLite::Statement& get = in_->use(
          "SELECT hlc_wall, hlc_counter FROM journal WHERE rowid IN (SELECT rowid FROM journal INDEXED BY"
          " journal_by_attendee WHERE kind = 'alert') AND device = ? AND rule = ? ORDER BY seq DESC LIMIT 1");
      get.bind(1, device);
      get.bind(2, std::string(rule));
      std::optional<Hlc> at;
      if (get.executeStep()) at = Hlc{get.getColumn(0).getInt64(), get.getColumn(1).getUInt()};
      get.reset();
      return at;
    };
    const auto begun = newest(kNewRoll);
    if (!begun) return std::optional<RollUse>();
    const auto warned = newest(kRollLow);
    SQLite::Statement& count = in_->use(
        "SELECT count(*) FROM journal WHERE rowid IN (SELECT rowid FROM journal INDEXED BY "
        "journal_by_attendee"
        " WHERE kind = 'badge_sent') AND substr(detail, 1, length(?1)) = ?1"
        " AND (hlc_wall, hlc_counter) > (?2, ?3) AND (?4 = '' OR device = ?4)");
    count.bind(1, std::string(printer) + ", ");
    count.bind(2, begun->wall_ms);
    count.bind(3, std::int64_t{begun->counter});
    count.bind(4, whose == SentBy::any ? std::string() : device);
    count.executeStep();
    RollUse use;
    use.sent = count.getColumn(0).getUInt();
    use.warned = warned && *warned > *begun;
    count.reset();
    return std::optional(use);
  });
}

Expected<bool> Store::badge_under_way(std::string_view attendee, Timestamp since) {
  return guarded("reading a badge under way", [&]() -> Expected<bool> {
    SQLite::Statement& get = in_->use(
        "SELECT 1 FROM journal j WHERE attendee = ? AND kind = 'badge_requested' AND hlc_wall >= ?"
        " AND rule <> 'badge.day' AND NOT EXISTS (SELECT 1 FROM journal e WHERE e.target = j.id AND e.target "
        "<> ''"
        " AND e.kind IN ('badge_printed', 'badge_failed')) LIMIT 1");
    get.bind(1, known_as(*in_, std::string(attendee)));
    get.bind(2, since.time_since_epoch().count());
    const bool found = get.executeStep();
    get.reset();
    return found;
  });
}

}  // namespace lanyard::sync
