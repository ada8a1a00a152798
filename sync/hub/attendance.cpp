#include "sync/hub/attendance.hpp"

#include <algorithm>

#include "sync/presence.hpp"

namespace lanyard::sync::hub {

namespace {

constexpr std::size_t kReadAtOnce = 500;

// An admission or a departure; what else happened leaves no more than a mark on its person.
struct Move {
  std::string row;  // id, by which it may be annulled
  std::string who;
  Timestamp at{};
  std::string checkpoint;
  std::string zone;
  bool in{false};
};

class Counting {
 public:
  Counting(HubStore& store, EventInfo event, const AttendanceFilter& filter)
      : store_(store), event_(std::move(event)), filter_(filter) {
    if (!filter.zone.empty()) zones_ = zones_within(filter.zone, event_.zones);
  }

  Expected<Attendance> run() {
    for (const auto step : {&Counting::read_roster, &Counting::read_journal}) {
      if (auto done = (this->*step)(); !done) return tl::make_unexpected(done.error());
    }
    for (const Move& move : moves_) {
      if (!annulled_.contains(move.row)) take(move);
    }
    Attendance all;
    for (auto& [id, line] : lines_) {
      count(line, all.totals);
      all.lines.push_back(std::move(line));
    }
    return all;
  }

 private:
  Expected<void> read_roster() {
    const auto read = store_.each_attendee([&](const Attendee& attendee) -> Expected<void> {
      lines_[attendee.id] = {attendee, true, {}, {}, 0, {}, {}, false};
      return {};
    });
    if (!read) return read;
    const auto erased = store_.pseudonyms();
    if (!erased) return tl::make_unexpected(erased.error());
    erased_ = *erased;
    return {};
  }

  Expected<void> read_journal() {
    FeedCursor after;
    for (;;) {
      const auto page = store_.feed(after, "", kReadAtOnce);
      if (!page) return tl::make_unexpected(page.error());
      std::vector<std::string> ids;
      std::vector<const JournalRow*> counted;
      for (const FeedRow& feed : page->rows) {
        if (feed.row.kind == RowKind::annulled) annulled_.insert(feed.row.target);
        if (!counts(feed.row)) continue;
        ids.push_back(feed.row.id);
        counted.push_back(&feed.row);
      }
      const auto times = store_.corrected_times(ids);
      if (!times) return tl::make_unexpected(times.error());
      for (std::size_t i = 0; i < counted.size(); ++i) {
        if (auto taken = read(*counted[i], (*times)[i].value_or(counted[i]->wall)); !taken) return taken;
      }
      if (!page->more) return {};
      after = page->next;
    }
  }

  static bool moves(const JournalRow& row) {
    return row.kind == RowKind::admitted || row.kind == RowKind::exited;
  }

  bool counts(const JournalRow& row) const {
    if ((!moves(row) && row.kind != RowKind::badge_printed) || row.attendee.empty()) return false;
    return zones_.empty() || std::ranges::find(zones_, row.zone) != zones_.end();
  }

  Expected<void> read(const JournalRow& row, Timestamp when) {
    if (filter_.day && venue_day(when, event_.calendar) != *filter_.day) return {};
    const auto who = store_.holder(row.attendee);
    if (!who) return tl::make_unexpected(who.error());
    if (moves(row)) {
      moves_.push_back({row.id, *who, when, row.checkpoint, row.zone, row.kind == RowKind::admitted});
    } else {
      AttendanceLine& line = line_of(*who);
      line.badge_printed = true;
      see(line, when);
    }
    return {};
  }

  AttendanceLine& line_of(const std::string& id) {
    const auto [found, is_new] = lines_.try_emplace(id);
    if (is_new) {
      found->second.attendee.id = id;
      if (const auto erased = erased_.find(id); erased != erased_.end())
        found->second.attendee.category = erased->second;
    }
    return found->second;
  }

  static void see(AttendanceLine& line, Timestamp when) {
    line.last_seen = std::max(line.last_seen.value_or(when), when);
  }

  void take(const Move& move) {
    AttendanceLine& line = line_of(move.who);
    see(line, move.at);
    if (!move.in) return;
    const std::int64_t day = venue_day(move.at, event_.calendar);
    line.first_admitted = std::min(line.first_admitted.value_or(move.at), move.at);
    ++line.entries;
    line.days.insert(day);
    line.checkpoints.insert(move.checkpoint);
    ++entries_[move.who][{day, move.checkpoint}];
  }

  void count(const AttendanceLine& line, AttendanceTotals& totals) {
    const Attendee& who = line.attendee;
    if (line.on_roster && who.status == Status::approved) ++totals.expected;
    if (line.entries == 0) return;
    ++totals.came;
    std::map<AttendanceTotals::Key, std::uint64_t> theirs;
    for (const auto& [where, entries] : entries_[who.id]) {
      const auto& [day, checkpoint] = where;
      for (const std::optional<std::int64_t>& of : {std::optional(day), std::optional<std::int64_t>()}) {
        theirs[{of, "all", ""}] += entries;
        theirs[{of, "category", who.category}] += entries;
        theirs[{of, "organisation", who.organisation}] += entries;
        theirs[{of, "checkpoint", checkpoint}] += entries;
      }
    }
    for (const auto& [key, entries] : theirs) {
      AttendanceCount& count = totals.counts[key];
      ++count.people;
      count.entries += entries;
    }
  }

  HubStore& store_;
  EventInfo event_;
  const AttendanceFilter& filter_;
  std::vector<std::string> zones_;
  std::map<std::string, AttendanceLine> lines_;
  std::map<std::string, std::string> erased_;
  std::vector<Move> moves_;
  std::set<std::string> annulled_;
  std::map<std::string, std::map<std::pair<std::int64_t, std::string>, std::uint64_t>>
      entries_;  // of whom, when, where
};

}  // namespace

Expected<Attendance> attendance(HubStore& store, const AttendanceFilter& filter) {
  const auto event = store.event();
  if (!event) return tl::make_unexpected(event.error());
  if (!*event) return fail(Error::Kind::invalid, "the hub has no event yet");
  return Counting(store, **event, filter).run();
}

std::string day_text(std::int64_t day) {
  return to_rfc3339(Timestamp(std::chrono::days(day))).substr(0, 10);
}

std::optional<std::int64_t> day_named(std::string_view text) {
  constexpr std::size_t kDateBytes = 10;
  if (text.size() != kDateBytes) return std::nullopt;
  const auto midnight = parse_rfc3339(std::string(text) + "T00:00:00Z");
  if (!midnight) return std::nullopt;
  return std::chrono::floor<std::chrono::days>(*midnight).time_since_epoch().count();
}

std::string venue_time(Timestamp when, const Calendar& calendar) {
  std::string text = to_rfc3339(when + utc_offset_at(when, calendar)).substr(0, 19);
  text[10] = ' ';
  return text;
}

}  // namespace lanyard::sync::hub
