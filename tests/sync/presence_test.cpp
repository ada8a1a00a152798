// Who is inside, from the rows alone; and that the store's tables say the same.
#include "sync/presence.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>

#include "sync/merge.hpp"
#include "tests/sync/store_fixture.hpp"

namespace lanyard::sync {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kHistories = 100'000;
constexpr std::uint64_t kStoreHistories = 150;

std::uint64_t seed_for(const char* what) {
  const char* given = std::getenv("LANYARD_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : 20261123;
  std::cout << what << ": LANYARD_SEED=" << seed << "\n";
  return seed;
}

const std::vector<Zone> kZones{
    {"site", {}}, {"hall", {}, "site", {"fair"}}, {"fair", {}, "site", {"hall"}}, {"stage", {}, "hall", {}}};

// Rows as two or three kiosks and their clocks make them: some know the hub's time, some come to know it
// later.
class History {
 public:
  explicit History(std::mt19937_64& random) : random_(random) {}

  std::vector<JournalRow> rows(std::size_t count, int people) {
    std::vector<JournalRow> made;
    for (std::size_t i = 0; i < count; ++i) {
      const auto device = below(3);
      clock_[device] += std::chrono::minutes(1 + below(90));
      JournalRow row;
      row.device = "d" + std::to_string(device);
      row.seq = ++seq_[device];
      std::array<std::uint8_t, 10> bytes{};
      for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random_());
      row.id = uuid7(clock_[device], bytes);
      row.attendee = "A" + std::to_string(below(static_cast<std::uint64_t>(people)));
      row.boot_id = "boot-" + std::to_string(device) + "-" + std::to_string(row.seq / 4);
      row.monotonic_ms = (clock_[device] - kMorning).count();
      row.wall = clock_[device] + (below(4) == 0 ? 3h : 0h);
      if (below(3) != 0) row.offset_ms = (clock_[device] - row.wall).count();
      row.hlc = {row.wall.time_since_epoch().count(), static_cast<std::uint32_t>(below(2))};
      row.zone = kZones[below(kZones.size())].id;
      row.checkpoint = "c-" + row.zone;
      row.kind = below(3) == 0 ? RowKind::exited : RowKind::admitted;
      if (!made.empty() && below(7) == 0) {
        const JournalRow& target = made[below(made.size())];
        row.kind = RowKind::annulled;
        row.target = target.id;
        row.attendee = target.attendee;
        row.zone = target.zone;
      }
      made.push_back(row);
    }
    return made;
  }
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  void shuffle(std::vector<JournalRow>& rows) { std::ranges::shuffle(rows, random_); }

 private:
  std::mt19937_64& random_;
  std::array<Timestamp, 3> clock_{kMorning, kMorning, kMorning};
  std::array<std::uint64_t, 3> seq_{};
};

TEST_CASE("the order in which rows arrive does not change who is inside") {
  std::mt19937_64 random(seed_for("arrival"));
  for (std::uint64_t n = 0; n < kHistories; ++n) {
    History history(random);
    std::vector<JournalRow> rows = history.rows(8, 1);
    const PresenceByZone told = presence_of(rows, {}, kZones);
    history.shuffle(rows);
    REQUIRE(presence_of(rows, {}, kZones) == told);
  }
}

TEST_CASE("merging journals is commutative, associative and idempotent") {
  std::mt19937_64 random(seed_for("merge"));
  for (std::uint64_t n = 0; n < kHistories; ++n) {
    History history(random);
    const std::vector<JournalRow> all = history.rows(9, 2);
    std::array<std::vector<JournalRow>, 3> parts;
    for (const JournalRow& row : all) {
      for (auto& part : parts) {
        if (history.below(2) == 0) part.push_back(row);
      }
    }
    const auto& [a, b, c] = parts;
    const auto ab = merge(a, b);
    REQUIRE(ab == merge(b, a));
    REQUIRE(merge(ab, c) == merge(a, merge(b, c)));
    REQUIRE(merge(ab, ab) == ab);
    REQUIRE(merge(ab, a) == ab);
  }
}

TEST_CASE("entering a zone leaves those that it says, and leaving one leaves all within") {
  hub::RowWriter gate("gate-1");
  const auto inside = [](const std::vector<JournalRow>& rows, const char* zone) {
    PresenceByZone all = presence_of(rows, {}, kZones);
    return all[zone].inside;
  };
  std::vector<JournalRow> rows{gate.write(RowKind::admitted, "A1", kMorning, "site"),
                               gate.write(RowKind::admitted, "A1", kMorning + 1min, "hall"),
                               gate.write(RowKind::admitted, "A1", kMorning + 2min, "stage")};
  CHECK(inside(rows, "stage"));
  rows.push_back(gate.write(RowKind::admitted, "A1", kMorning + 3min, "fair"));
  CHECK_FALSE(inside(rows, "hall"));
  CHECK(inside(rows, "site"));
  rows.push_back(gate.write(RowKind::exited, "A1", kMorning + 4min, "site"));
  for (const Zone& zone : kZones) CHECK_FALSE(inside(rows, zone.id.c_str()));
}

TEST_CASE("zones that lie within each other in a circle are gone round once") {
  const std::vector<Zone> circle{{"a", {}, "b", {}}, {"b", {}, "a", {}}};
  CHECK(zones_within("a", circle) == std::vector<std::string>{"a", "b"});
}

const std::vector<std::string> kTickets{ticket_subject({1}), ticket_subject({2})};

// The order of a ticket comes, goes to another attendee, and is gone again.
void add_orders(History& history, RosterPage& page) {
  for (std::uint8_t ticket = 1; ticket <= kTickets.size(); ++ticket) {
    const auto holder = history.below(page.attendees.size() + 1);
    if (holder < page.attendees.size()) page.credentials.push_back({{ticket}, page.attendees[holder].id, 1});
  }
}

std::string holder_in(const RosterPage& roster, const std::string& attendee) {
  const auto ticket = ticket_of(attendee);
  for (const CredentialRecord& credential : roster.credentials) {
    if (credential.fingerprint == ticket) return credential.attendee;
  }
  return attendee;
}

RosterPage roster_of(History& history, std::int64_t version) {
  RosterPage page = whole("e1", version, {});
  page.event = hub::small_event().event;
  page.event->zones = kZones;
  for (int i = 0; i < 5; ++i) {
    Attendee one;
    one.id = "A" + std::to_string(i);
    one.name = "Somebody";
    one.category = "delegate";
    one.delegation = history.below(2) == 0 ? "kenya" : "china";
    one.organisation = history.below(2) == 0 ? "Acme" : "";
    one.companion_of = history.below(3) == 0 ? "A0" : "";
    one.status = Status::approved;
    if (history.below(6) != 0) page.attendees.push_back(one);
  }
  add_orders(history, page);
  return page;
}

// Counts by hand what the store keeps counted.
void check_counts(Store& store, const std::vector<JournalRow>& rows, const RosterPage& roster) {
  std::map<std::string, std::vector<JournalRow>> by_attendee;
  for (const JournalRow& row : rows) by_attendee[holder_in(roster, row.attendee)].push_back(row);
  for (const std::string& ticket : kTickets) {
    if (by_attendee.contains(ticket)) continue;  // its order has not come
    for (const Zone& zone : kZones) CHECK(store.presence(ticket, zone.id).value() == Presence{});
  }
  struct Counts {
    std::uint32_t all{0}, kenya{0}, acme{0}, companions{0};
  };
  std::map<std::pair<std::string, std::int64_t>, Counts> counts;
  for (const auto& [id, theirs] : by_attendee) {
    for (const auto& [zone, held] : presence_of(theirs, rows, kZones)) {
      const Presence kept = store.presence(id, zone).value();
      CHECK(kept.inside == held.inside);
      CHECK(kept.entries == held.entries);
      CHECK((kept.last_entry == held.last_entry));
      if (!held.inside) continue;
      Counts& here = counts[{zone, venue_day(*held.last_entry, roster.event->calendar)}];
      ++here.all;
      const auto who = std::ranges::find(roster.attendees, id, &Attendee::id);
      if (who == roster.attendees.end()) continue;
      if (who->delegation == "kenya") ++here.kenya;
      if (who->organisation == "Acme") ++here.acme;
      if (who->companion_of == "A0") ++here.companions;
    }
  }
  for (const Zone& zone : kZones) {
    const std::int64_t first = venue_day(kMorning, roster.event->calendar) - 1;
    for (std::int64_t day = first; day < first + 4; ++day) {
      const Counts& expected = counts[{zone.id, day}];
      CHECK(store.inside_count(zone.id, day).value() == expected.all);
      CHECK(store.inside_count(zone.id, day, Group::delegation, "kenya").value() == expected.kenya);
      CHECK(store.inside_count(zone.id, day, Group::organisation, "Acme").value() == expected.acme);
      CHECK(store.inside_count(zone.id, day, Group::companions, "A0").value() == expected.companions);
    }
  }
}

TEST_CASE(
    "the store's counts are those of the rows, whatever comes first, whoever joins which delegation and "
    "holds "
    "which ticket") {
  std::mt19937_64 random(seed_for("store"));
  for (std::uint64_t n = 0; n < kStoreHistories; ++n) {
    INFO("history " << n);
    History history(random);
    std::vector<JournalRow> rows = history.rows(16, 5);
    std::map<std::string, std::string> by_ticket;  // and who undoes such a row names the ticket as well
    for (JournalRow& row : rows) {
      if (row.target.empty() && history.below(3) == 0) by_ticket[row.id] = kTickets[history.below(2)];
      const auto found = by_ticket.find(row.target.empty() ? row.id : row.target);
      if (found != by_ticket.end()) row.attendee = found->second;
    }
    const std::vector<JournalRow> in_their_order = rows;
    history.shuffle(rows);
    Kept kept;
    RosterPage roster = roster_of(history, 1);
    std::int64_t version = 1;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (i % 5 == 2) {
        roster = roster_of(history, ++version);
        REQUIRE(kept.store().apply(roster, kMorning).has_value());
      }
      REQUIRE(kept.store().apply(feed_of({rows[i]})).has_value());
    }
    check_counts(kept.store(), in_their_order, roster);
  }
}

TEST_CASE("who is inside is counted anew when the venue's day comes to turn at another hour") {
  Kept kept;
  RosterPage roster = whole("e1", 1, {"A1"});
  roster.event = hub::small_event().event;
  roster.event->calendar = {};
  REQUIRE(kept.store().apply(roster, kMorning).has_value());
  hub::RowWriter gate("gate-1");
  const Timestamp night = kMorning + 16h;  // 17:00 UTC, at an offset of 0
  REQUIRE(kept.store().apply(feed_of({gate.write(RowKind::admitted, "A1", night)})).has_value());
  const std::int64_t day = venue_day(night, roster.event->calendar);
  CHECK(kept.store().inside_count("site", day).value() == 1);
  roster.next = 2;
  roster.event->calendar.utc_offset = 12h;
  REQUIRE(kept.store().apply(roster, kMorning).has_value());
  CHECK(kept.store().inside_count("site", day).value() == 0);
  CHECK(kept.store().inside_count("site", day + 1).value() == 1);
}

TEST_CASE("the list of who is inside names each person once, where they were seen last") {
  Kept kept;
  REQUIRE(kept.store().apply(whole("e1", 1, {"A1", "A2"}), kMorning).has_value());
  hub::RowWriter gate("gate-1");
  REQUIRE(kept.store()
              .apply(feed_of({gate.write(RowKind::admitted, "A1", kMorning, "site"),
                              gate.write(RowKind::admitted, "A1", kMorning + 1h, "lounge"),
                              gate.write(RowKind::admitted, "A2", kMorning, "site"),
                              gate.write(RowKind::exited, "A2", kMorning + 2h, "site")}))
              .has_value());
  const auto inside = kept.store().inside_now({"site", "lounge"}, venue_day(kMorning, Calendar{})).value();
  REQUIRE(inside.size() == 1);
  CHECK(inside[0].attendee == "A1");
  CHECK(inside[0].zone == "lounge");
  CHECK(inside[0].since == kMorning + 1h);
}

}  // namespace
}  // namespace lanyard::sync
