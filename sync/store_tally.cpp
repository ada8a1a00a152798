// How the day is going, what a person should look at, and what waits for the hub. Reads alone: everything
// here may be asked every few seconds, while somebody looks at it.
#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "sync/order.hpp"
#include "sync/store_inside.hpp"

namespace lanyard::sync {

namespace {

enum class Deed : std::uint8_t { admitted, refused, printed, failed };

// One row, as far as it is counted.
struct Counted {
  Deed deed{Deed::admitted};
  Timestamp at{};
  Hlc hlc;
  bool here{false};
  bool own{false};
  std::string_view attendee;  // for as long as the statement stands on the row
  std::string_view id;
  bool is_unsent{false};
};

std::string_view text_of(const SQLite::Column& column) {
  return {column.getText(), static_cast<std::size_t>(column.getBytes())};
}

std::unordered_set<std::string> annulled_rows(Store::Inside& in) {
  std::unordered_set<std::string> targets;
  SQLite::Statement& get = in.use("SELECT target FROM journal WHERE target <> '' AND kind = 'annulled'");
  while (get.executeStep()) targets.insert(get.getColumn(0).getString());
  get.reset();
  return targets;
}

// Rows that did not know the hub's time stand where another one of their boot leads to, as in order.hpp.
class Boots {
 public:
  explicit Boots(Store::Inside& in) : in_(in) {}

  std::int64_t placed_ms(const std::string& device, const std::string& boot, std::int64_t monotonic_ms,
                         std::int64_t hlc_wall_ms) {
    if (boot.empty()) return hlc_wall_ms;
    const auto [place, is_new] = known_.try_emplace({device, boot});
    if (is_new) place->second = look_up(device, boot);
    return place->second ? *place->second + monotonic_ms : hlc_wall_ms;
  }

 private:
  std::optional<std::int64_t> look_up(const std::string& device, const std::string& boot) {
    SQLite::Statement& get = in_.use(
        "SELECT wall + clock_offset - monotonic FROM journal WHERE device = ? AND boot_id = ?"
        " AND clock_offset IS NOT NULL ORDER BY seq LIMIT 1");
    get.bind(1, device);
    get.bind(2, boot);
    std::optional<std::int64_t> found;
    if (get.executeStep()) found = get.getColumn(0).getInt64();
    get.reset();
    return found;
  }

  Store::Inside& in_;
  std::map<std::pair<std::string, std::string>, std::optional<std::int64_t>> known_;
};

class Tallying {
 public:
  Tallying(Store::Inside& in, Timestamp from, Timestamp until) : in_(in), annulled_(annulled_rows(in)) {
    tally_.from = from;
    tally_.until = until;
    const auto length = std::max(until - from, Timestamp::duration::zero());
    tally_.slots.resize(
        static_cast<std::size_t>((length + kTallySlot - Timestamp::duration(1)) / kTallySlot));
  }

  void add(const Counted& row) {
    if (row.at < tally_.from || row.at >= tally_.until) return;
    switch (row.deed) {
      case Deed::admitted:
        return add_admission(row);
      case Deed::refused:
        tally_.here.refused += row.here ? 1 : 0;
        ++tally_.everywhere.refused;
        return;
      case Deed::printed:
        tally_.here.badges += row.here ? 1 : 0;
        ++tally_.everywhere.badges;
        break;
      case Deed::failed:
        if (!row.own) return;
        break;
    }
    Outcome& last = outcomes_[person(row)];
    if (row.hlc >= last.hlc) last = {row.hlc, row.deed == Deed::failed};
  }

  DayTally done() {
    tally_.here.people = static_cast<std::uint32_t>(here_.size());
    tally_.everywhere.people = static_cast<std::uint32_t>(everywhere_.size());
    tally_.badges_owed = static_cast<std::uint32_t>(
        std::ranges::count_if(outcomes_, [](const auto& one) { return one.second.is_owed; }));
    return std::move(tally_);
  }

 private:
  struct Outcome {
    Hlc hlc;
    bool is_owed{false};
  };

  void add_admission(const Counted& row) {
    if (!annulled_.empty() && annulled_.contains(std::string(row.id))) return;
    const auto slot = static_cast<std::size_t>((row.at - tally_.from) / kTallySlot);
    ++tally_.everywhere.admissions;
    ++tally_.slots[slot].everywhere;
    if (row.here) {
      ++tally_.here.admissions;
      ++tally_.slots[slot].here;
    }
    std::string who = person(row);
    if (row.here) here_.insert(who);
    everywhere_.insert(std::move(who));
  }

  // A ticket's rows are its holder's. Of somebody who was erased, rows that the hub has yet to answer for
  // still stand under their id, and the others under the pseudonym.
  std::string person(const Counted& row) {
    std::string name(row.attendee);
    return row.is_unsent || ticket_of(name) ? holder_of(in_, name) : name;
  }

  Store::Inside& in_;
  const std::unordered_set<std::string> annulled_;
  DayTally tally_;
  std::unordered_set<std::string> here_;
  std::unordered_set<std::string> everywhere_;
  std::unordered_map<std::string, Outcome> outcomes_;  // of badges, by person
};

Deed deed_named(std::string_view kind) {
  return kind == "admitted"        ? Deed::admitted
         : kind == "refused"       ? Deed::refused
         : kind == "badge_printed" ? Deed::printed
                                   : Deed::failed;
}

// Of the rows that a day is counted from: those that a clause picks.
std::string counted_rows(const std::string& clause) {
  return "SELECT kind, hlc_wall, hlc_counter, wall + clock_offset, checkpoint, device, attendee, id, "
         "standing,"
         " boot_id, monotonic FROM journal INDEXED BY " +
         clause + " AND kind IN ('admitted', 'refused', 'badge_printed', 'badge_failed')";
}

}  // namespace

Expected<DayTally> Store::tally(std::string_view checkpoint, Timestamp from, Timestamp until) {
  return guarded("counting the day", [&]() -> Expected<DayTally> {
    // A row whose device knew the hub's time never stands behind its hybrid clock, so that those of the day
    // are at the end of that index.
    static const std::string placed_rows =
        counted_rows("journal_by_hlc WHERE hlc_wall >= ? AND clock_offset IS NOT NULL");
    static const std::string guessed_rows = counted_rows("journal_guessed WHERE clock_offset IS NULL");
    const std::string device = in_->setting("device").value_or("");
    Tallying tallying(*in_, from, until);
    Boots boots(*in_);
    const auto add_all = [&](SQLite::Statement& get) {
      while (get.executeStep()) {
        Counted row;
        row.deed = deed_named(text_of(get.getColumn(0)));
        row.hlc = {get.getColumn(1).getInt64(), get.getColumn(2).getUInt()};
        row.at = time_of(get.getColumn(3).isNull()
                             ? boots.placed_ms(get.getColumn(5).getString(), get.getColumn(9).getString(),
                                               get.getColumn(10).getInt64(), row.hlc.wall_ms)
                             : get.getColumn(3).getInt64());
        row.here = text_of(get.getColumn(4)) == checkpoint;
        row.own = text_of(get.getColumn(5)) == device;
        row.attendee = text_of(get.getColumn(6));
        row.id = text_of(get.getColumn(7));
        row.is_unsent = get.getColumn(8).getInt() != 1;
        tallying.add(row);
      }
      get.reset();
    };
    SQLite::Statement& placed = in_->use(placed_rows.c_str());
    placed.bind(1, ms_of(from));
    add_all(placed);
    add_all(in_->use(guessed_rows.c_str()));
    return tallying.done();
  });
}

Expected<std::vector<JournalRow>> Store::newest_alerts(std::size_t most) {
  return guarded("reading the alerts", [&]() -> Expected<std::vector<JournalRow>> {
    // The index of attendees has the kind beside them, and is read alone: the rows themselves are long.
    static const std::string sql = std::string("SELECT ") + kRowColumns +
                                   " FROM journal WHERE rowid IN (SELECT rowid FROM journal INDEXED BY"
                                   " journal_by_attendee WHERE kind = 'alert')"
                                   " ORDER BY hlc_wall DESC, hlc_counter DESC LIMIT ?";
    SQLite::Statement& get = in_->use(sql.c_str());
    get.bind(1, static_cast<std::int64_t>(most));
    return read_rows(get);
  });
}

Expected<std::optional<Timestamp>> Store::oldest_unsent() {
  return guarded("looking for the oldest that is unsent", [&]() -> Expected<std::optional<Timestamp>> {
    SQLite::Statement& get = in_->use(
        "SELECT wall FROM journal WHERE standing <> 1 AND standing = 0 AND device = (SELECT CAST(value AS "
        "TEXT)"
        " FROM setting WHERE name = 'device') ORDER BY seq LIMIT 1");
    std::optional<Timestamp> oldest;
    if (get.executeStep()) oldest = time_of(get.getColumn(0).getInt64());
    get.reset();
    return oldest;
  });
}

}  // namespace lanyard::sync
