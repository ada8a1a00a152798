#include "tests/simulation/check.hpp"

#include <algorithm>
#include <tuple>

#include "sync/chain.hpp"

namespace lanyard::simulation {

namespace {

using sync::JournalRow;
using sync::RowKind;

// What a journal says of itself: who wrote which row, by its hash.
using Digests = std::map<std::pair<std::string, std::int64_t>, std::string>;  // -> id and hash

Digests digests_of(Tap& tap) {
  Digests found;
  for (auto& row : tap.read("SELECT device, CAST(seq AS TEXT), id, hex(hash) FROM journal"))
    found[{row[0], std::stoll(row[1])}] = row[2] + " " + row[3];
  return found;
}

std::string first_difference(const Digests& a, const Digests& b) {
  for (const auto& [key, what] : a) {
    const auto found = b.find(key);
    const std::string name = key.first + ":" + std::to_string(key.second);
    if (found == b.end()) return name + " is missing";
    if (found->second != what) return name + " is another";
  }
  return {};
}

class Check {
 public:
  Check(World& world, HubHost& hub, const std::vector<HubHost*>& venues, const Kiosks& kiosks,
        const Crowd& crowd, const Plan& plan)
      : world_(world),
        hub_(hub),
        venues_(venues),
        kiosks_(kiosks),
        crowd_(crowd),
        plan_(plan),
        rows_(hub.watch()) {
    for (const Person& person : crowd.people()) {
      const auto attendee = hub.store().attendee(person.attendee.id);
      if (attendee && *attendee) roster_[person.attendee.id] = **attendee;
      stays_[person.attendee.id] = stays_of(rows_.rows_of(person.attendee.id), rows_.times(), zones());
    }
  }

  void all() {
    nothing_is_lost();
    chains_hold();
    all_have_the_same_rows();
    venues_.empty() ? alerts_name_what_they_should() : some_alert_names_each();
    for (const auto& kiosk : kiosks_) {
      people_stand_alike(*kiosk);
      counts_are_alike(*kiosk);
      dead_badges_stay_dead(*kiosk);
    }
    contents_are_whole(*kiosks_.front());
  }

 private:
  [[nodiscard]] const std::vector<sync::Zone>& zones() const { return plan_.event.zones; }

  void nothing_is_lost() {
    nothing_is_lost_at(hub_, "");
    for (HubHost* venue : venues_) nothing_is_lost_at(*venue, venue->name() + ".");
  }

  // Of the kiosks whose names begin so.
  void nothing_is_lost_at(HubHost& hub, const std::string& prefix) {
    const Digests at_hub = digests_of(hub.tap());
    for (const auto& kiosk : kiosks_) {
      if (!kiosk->name().starts_with(prefix)) continue;
      const auto aside = hub.store().rows_set_aside(kiosk->name());
      const auto rejected = kiosk->tap().read("SELECT CAST(seq AS TEXT) FROM journal WHERE standing = 2");
      for (const JournalRow& row : kiosk->acknowledged()) {
        const std::pair key(kiosk->name(), static_cast<std::int64_t>(row.seq));
        const auto found = at_hub.find(key);
        std::string wanted = row.id + " " + sync::hex(row.hash);
        std::ranges::transform(wanted, wanted.begin(), ::toupper);
        std::string got = found == at_hub.end() ? "" : found->second;
        std::ranges::transform(got, got.begin(), ::toupper);
        if (got == wanted) continue;
        const bool kept = std::ranges::any_of(*aside, [&](const auto& one) { return one.seq == row.seq; });
        const bool told =
            std::ranges::any_of(rejected, [&](const auto& one) { return one[0] == std::to_string(row.seq); });
        // Nothing that the simulation does makes a true row one to be rejected.
        world_.accuse(row.attendee, kiosk->name() + ": row " + std::to_string(row.seq) +
                                        (kept && told ? " was rejected" : " is lost") + " at " + hub.name());
      }
    }
  }

  void chains_hold() {
    std::map<std::string, std::vector<JournalRow>> chains;
    std::set<std::string> ids;
    for (const JournalRow& row : rows_.rows()) {
      chains[row.device].push_back(row);
      if (!ids.insert(row.id).second) world_.accuse(row.attendee, "the id " + row.id + " stands twice");
    }
    for (auto& [device, chain] : chains) {
      std::ranges::sort(chain, {}, &JournalRow::seq);
      if (const auto broken = sync::find_break(chain, {}))
        world_.accuse(
            "", "the chain of " + device + " breaks at " + std::to_string(broken->seq) + ": " + broken->why);
    }
  }

  void all_have_the_same_rows() {
    Digests wanted = digests_of(hub_.tap());
    // A hub that was restored has forgotten alerts of its own, and writes others in their place.
    std::set<std::string> forked;
    if (hub_.restored() > 0) forked.insert(hub_.name());
    for (const HubHost* venue : venues_) {
      if (venue->restored() > 0) forked.insert(venue->name());
    }
    const auto is_forked = [&](const auto& one) { return forked.contains(one.first.first); };
    std::erase_if(wanted, is_forked);
    const auto compare = [&](const std::string& where, Digests got) {
      std::erase_if(got, is_forked);
      if (const auto missing = first_difference(wanted, got); !missing.empty())
        world_.accuse("", "at " + where + " " + missing);
      if (const auto more = first_difference(got, wanted); !more.empty())
        world_.accuse("", "at the hub, and not at " + where + ", " + more);
    };
    for (HubHost* venue : venues_) compare(venue->name(), digests_of(venue->tap()));
    for (const auto& kiosk : kiosks_) compare(kiosk->name(), digests_of(kiosk->tap()));
  }

  // Rows that came over the wire are those that were written.
  void contents_are_whole(KioskHost& kiosk) {
    for (const Person& person : crowd_.people()) {
      const auto rows = kiosk.desk().store().history(person.attendee.id, 100'000);
      for (const JournalRow& row : rows.value()) {
        if (row.hash != sync::chain_hash(row))
          world_.accuse(person.attendee.id, kiosk.name() + " has a row that is not what was written");
      }
    }
  }

  void alerts_name_what_they_should() {
    std::set<std::string> raised;
    for (const auto& row :
         hub_.tap().read("SELECT subject FROM alert_raised WHERE subject LIKE 'double!_entry:%' ESCAPE '!'"))
      raised.insert(row[0]);
    const std::set<std::string>& wanted = rows_.double_entries();
    for (const std::string& one : wanted) {
      if (!raised.contains(one)) world_.accuse(whom(one), "no alert names " + one);
    }
    for (const std::string& one : raised) {
      if (!wanted.contains(one)) world_.accuse(whom(one), "an alert names " + one + ", which was none");
    }
    const auto written = hub_.tap().read(
        "SELECT CAST(count(*) AS TEXT) FROM journal WHERE device = 'hub' AND"
        " json_extract(record, '$.rule') = 'double_entry'");
    if (written.at(0).at(0) != std::to_string(raised.size()))
      world_.accuse("", "of " + std::to_string(raised.size()) + " alerts " + written[0][0] + " were written");
  }

  // Of several hubs each says what it is the lowest to know, at a time of its own: here it is asked only
  // whether what is a double admission by all rows was named, and by one of them.
  void some_alert_names_each() {
    std::map<std::string, std::string> named_by;
    std::vector<HubHost*> hubs = venues_;
    hubs.push_back(&hub_);
    bool restored = false;  // then it may have forgotten what it had named
    for (HubHost* hub : hubs) {
      restored = restored || hub->restored() > 0;
      for (const auto& row : hub->tap().read(
               "SELECT subject FROM alert_raised WHERE subject LIKE 'double!_entry:%' ESCAPE '!'")) {
        const auto [first, is_new] = named_by.emplace(row[0], hub->name());
        if (!is_new)
          world_.accuse(whom(row[0]), row[0] + " is named by " + first->second + " and by " + hub->name());
      }
    }
    if (restored) return;
    Watch at_once(plan_.event, plan_.checkpoints);
    at_once.hear(rows_.rows());
    for (const std::string& one : at_once.double_entries()) {
      if (!named_by.contains(one)) world_.accuse(whom(one), "no alert of any hub names " + one);
    }
  }

  // Whom "double_entry:k1:4:k2:9" is about.
  [[nodiscard]] std::string whom(const std::string& subject) const {
    for (const JournalRow& row : rows_.rows()) {
      if (subject.ends_with(":" + row.device + ":" + std::to_string(row.seq))) return row.attendee;
    }
    return {};
  }

  void people_stand_alike(KioskHost& kiosk) {
    sync::Store& store = kiosk.desk().store();
    for (const Person& person : crowd_.people()) {
      const auto known = roster_.find(person.attendee.id);
      if (store.attendee(person.attendee.id).value() !=
          (known == roster_.end() ? std::nullopt : std::optional(known->second)))
        world_.accuse(person.attendee.id, kiosk.name() + " has another " + person.attendee.id);
    }
    for (const auto& [id, stays] : stays_) {
      for (const sync::Zone& zone : zones()) {
        const auto found = stays.find(zone.id);
        const Stay wanted = found == stays.end() ? Stay{} : found->second;
        const sync::Presence got = store.presence(id, zone.id).value();
        const bool same = std::tie(wanted.inside, wanted.entries, wanted.last_entry, wanted.last_exit,
                                   wanted.entry_checkpoint, wanted.entry_device) ==
                          std::tie(got.inside, got.entries, got.last_entry, got.last_exit,
                                   got.entry_checkpoint, got.entry_device);
        if (!same) world_.accuse(id, kiosk.name() + " places " + id + " otherwise in " + zone.id);
      }
      const auto living = store.generation(id).value();
      if (living != living_generation(rows_.rows_of(id)))
        world_.accuse(id, kiosk.name() + " takes generation " + std::to_string(living) + " for alive");
    }
  }

  // Whose place somebody has, as the last of the substitutions says; "" if their own.
  [[nodiscard]] std::string place_of(const std::string& id) const {
    const auto last = [&](auto&& about) -> const JournalRow* {
      std::set<std::string> annulled;
      std::vector<const JournalRow*> found;
      for (const JournalRow& row : rows_.rows()) {
        if (row.kind == RowKind::annulled) annulled.insert(row.target);
        if (row.kind == RowKind::substituted && about(row)) found.push_back(&row);
      }
      std::erase_if(found, [&](const JournalRow* row) { return annulled.contains(row->id); });
      const auto placed = rows_.times().in_order(found);
      return placed.empty() ? nullptr : placed.back().row;
    };
    const JournalRow* taken = last([&](const JournalRow& row) { return row.attendee == id; });
    if (taken == nullptr) return {};
    const JournalRow* given = last([&](const JournalRow& row) { return row.related == taken->related; });
    return given->attendee == id ? taken->related : std::string();
  }

  void count_everybody() {
    if (!counted_.empty()) return;
    for (const auto& [id, stays] : stays_) {
      for (const auto& [zone, stay] : stays) {
        if (!stay.inside) continue;
        const std::int64_t day = sync::venue_day(*stay.last_entry, plan_.event.calendar);
        ++counted_[{zone, day, "all", ""}];
        const auto known = roster_.find(id);
        if (known == roster_.end()) continue;
        const auto place = roster_.find(place_of(id));
        const sync::Attendee& counts_as = place == roster_.end() ? known->second : place->second;
        ++counted_[{zone, day, "delegation", counts_as.delegation}];
        ++counted_[{zone, day, "organisation", known->second.organisation}];
      }
    }
  }

  void counts_are_alike(KioskHost& kiosk) {
    count_everybody();
    sync::Store& store = kiosk.desk().store();
    // Where nobody is left too: a count that was not taken back stands there for ever.
    std::set<std::pair<std::string, std::int64_t>> places;
    for (const auto& [id, stays] : stays_) {
      for (const auto& [zone, stay] : stays) {
        if (stay.last_entry) places.emplace(zone, sync::venue_day(*stay.last_entry, plan_.event.calendar));
      }
    }
    const auto compare = [&](const auto& key, std::uint32_t got) {
      const auto found = counted_.find(key);
      const std::uint32_t wanted = found == counted_.end() ? 0 : found->second;
      if (got != wanted)
        world_.accuse("", kiosk.name() + " counts " + std::to_string(got) + " of " + std::get<2>(key) + " " +
                              std::get<3>(key) + " in " + std::get<0>(key) + ", and it is " +
                              std::to_string(wanted));
    };
    for (const auto& [zone, day] : places) {
      compare(Group{zone, day, "all", ""}, store.inside_count(zone, day).value());
      for (int i = 0; i < 6; ++i) {
        const std::string who = "D" + std::to_string(i);
        compare(Group{zone, day, "delegation", who},
                store.inside_count(zone, day, sync::Group::delegation, who).value());
      }
      for (int i = 0; i < 8; ++i) {
        const std::string who = "O" + std::to_string(i);
        compare(Group{zone, day, "organisation", who},
                store.inside_count(zone, day, sync::Group::organisation, who).value());
      }
    }
  }

  // Badges that were replaced, and people who are blocked, are really shown.
  void dead_badges_stay_dead(KioskHost& kiosk) {
    const auto place = kiosk.desk().venue();
    const bool is_exit = (*place)->checkpoint.direction == sync::Direction::exit;
    const auto shown = [&](const std::string& symbol) {
      return kiosk.desk().consider(symbol, kiosk.stamp()).value().decision;
    };
    for (const Person& person : crowd_.people()) {
      const std::string& id = person.attendee.id;
      const std::uint32_t living = living_generation(rows_.rows_of(id));
      for (std::size_t i = 0; i < person.badges.size(); ++i) {
        // Each at one of the kiosks, and the last of them at all: to verify a signature takes its time.
        const bool newest = i + 1 == person.badges.size() || person.generations[i + 1] >= living;
        const bool here = &kiosk == kiosks_[i % kiosks_.size()].get();
        if (person.generations[i] >= living || !(newest || here)) continue;
        if (shown(person.badges[i]).rule != kiosk::Rule::replaced)
          world_.accuse(id, "a badge of generation " + std::to_string(person.generations[i]) + " lives at " +
                                kiosk.name());
      }
      const auto known = roster_.find(id);
      const bool blocked = known != roster_.end() && known->second.status == sync::Status::blocked;
      if (!blocked || is_exit || person.generations.back() < living) continue;
      if (shown(person.badges.back()).rule != kiosk::Rule::blocked)
        world_.accuse(id, "who is blocked passes at " + kiosk.name());
    }
  }

  using Group = std::tuple<std::string, std::int64_t, std::string, std::string>;

  World& world_;
  HubHost& hub_;
  const std::vector<HubHost*>& venues_;
  const Kiosks& kiosks_;
  const Crowd& crowd_;
  const Plan& plan_;
  const Watch& rows_;
  std::map<std::string, sync::Attendee> roster_;  // as the hub has it in the end
  std::map<std::string, std::map<std::string, Stay>> stays_;
  std::map<Group, std::uint32_t> counted_;
};

}  // namespace

namespace {

// Whether all that the venue has is at the centre, and the other way round.
std::string unsettled_venue(HubHost& venue, HubHost& centre, const Kiosks& kiosks) {
  if (!venue.up()) return venue.name() + " is down";
  venue.notice();
  const auto uplink = venue.store().uplink().value().value();
  if (uplink.roster_epoch != centre.founding().epoch ||
      uplink.roster_version != centre.store().roster_version().value())
    return venue.name() + " has another roster";
  if (uplink.feed.seq != centre.newest()) return venue.name() + " has not heard of all rows";
  std::vector<std::string> chains;
  if (venue.restored() == 0) chains.push_back(venue.name());
  for (const auto& kiosk : kiosks) {
    if (&kiosk->hub() == &venue) chains.push_back(kiosk->name());
  }
  for (const std::string& chain : chains) {
    if (centre.store().chain_end(chain).value().seq != venue.store().chain_end(chain).value().seq)
      return "the centre lacks rows of " + chain;
  }
  return {};
}

}  // namespace

std::string unsettled(HubHost& centre, const std::vector<HubHost*>& venues, const Kiosks& kiosks) {
  if (!centre.up()) return "the hub is down";
  for (HubHost* venue : venues) {
    if (auto why = unsettled_venue(*venue, centre, kiosks); !why.empty()) return why;
  }
  for (const auto& kiosk : kiosks) {
    HubHost& hub = kiosk->hub();
    const std::int64_t version = hub.store().roster_version().value();
    const std::int64_t newest = hub.newest();
    if (!kiosk->up()) return kiosk->name() + " is down";
    sync::Store& store = kiosk->desk().store();
    const auto count = store.unsent_count().value();
    const auto standing = store.standing().value();
    if (count.unsent > 0) return kiosk->name() + " has rows unsent";
    if (hub.store().chain_end(kiosk->name()).value().seq != count.last_seq)
      return "the hub lacks rows of " + kiosk->name();
    if (standing.epoch != hub.founding().epoch || standing.roster_version != version)
      return kiosk->name() + " has another roster";
    if (standing.feed.seq != newest) return kiosk->name() + " has not heard of all rows";
  }
  return {};
}

void check_all(World& world, HubHost& centre, const std::vector<HubHost*>& venues, const Kiosks& kiosks,
               const Crowd& crowd, const Plan& plan) {
  Check(world, centre, venues, kiosks, crowd, plan).all();
}

void check_erased(World& world, HubHost& hub, const std::vector<HubHost*>& venues, const Kiosks& kiosks,
                  const std::map<std::string, std::string>& erased, const Plan& plan) {
  // But for the hubs' own chains, which fork where one was restored.
  std::string hubs = "'" + hub.name() + "'";
  for (const HubHost* venue : venues) hubs += ", '" + venue->name() + "'";
  const std::string rows = "SELECT device, CAST(seq AS TEXT), attendee FROM journal WHERE device NOT IN (" +
                           hubs + ") ORDER BY device, seq";
  const auto at_hub = hub.tap().read(rows);
  for (HubHost* venue : venues) {
    if (venue->tap().read(rows) != at_hub)
      world.accuse("", venue->name() + " has rows of others than the hub");
  }
  for (const auto& kiosk : kiosks) {
    sync::Store& store = kiosk->desk().store();
    if (kiosk->tap().read(rows) != at_hub)
      world.accuse("", kiosk->name() + " has rows of others than the hub");
    const auto chain = store.own_rows(0, 100'000).value();
    if (const auto broken = sync::find_break(chain, {}))
      world.accuse("", "the chain of " + kiosk->name() + " breaks at " + std::to_string(broken->seq) + ": " +
                           broken->why);
    if (store.unsent_count().value().rejected > 0) world.accuse("", kiosk->name() + " has rows rejected");
    for (const auto& [id, pseudonym] : erased) {
      if (store.attendee(id).value()) world.accuse(id, kiosk->name() + " has them on its roster");
      if (!store.taken_off(id).value()) world.accuse(id, kiosk->name() + " would take them for somebody new");
      for (const char* place :
           {"SELECT id FROM journal WHERE '%' IN (attendee, related, operator) OR instr(basis, '\"%\"') > 0",
            "SELECT attendee FROM presence WHERE attendee = '%'",
            "SELECT word FROM search_word WHERE attendee = '%'",
            "SELECT attendee FROM taken_off WHERE attendee = '%'",
            "SELECT attendee FROM credential WHERE attendee = '%'"}) {
        std::string sql = place;
        for (std::size_t at = sql.find('%'); at != std::string::npos; at = sql.find('%'))
          sql.replace(at, 1, id);
        if (!kiosk->tap().read(sql).empty()) world.accuse(id, kiosk->name() + " still has them: " + sql);
      }
    }
    sync::Store& other = kiosks.front()->desk().store();
    for (const sync::Zone& zone : plan.event.zones) {
      for (const auto& [id, pseudonym] : erased) {
        if (store.presence(pseudonym, zone.id).value() != other.presence(pseudonym, zone.id).value() ||
            store.presence(id, zone.id).value() != store.presence(pseudonym, zone.id).value())
          world.accuse(id, kiosk->name() + " places " + pseudonym + " otherwise in " + zone.id);
      }
      const std::int64_t day = sync::venue_day(world.now(), plan.event.calendar);
      const auto inside = store.inside_now({zone.id}, day).value();
      if (inside.size() != other.inside_now({zone.id}, day).value().size())
        world.accuse("", kiosk->name() + " has other people inside " + zone.id);
      std::uint32_t today = 0;
      for (const sync::InsideNow& one : inside)
        today += one.since && sync::venue_day(*one.since, plan.event.calendar) == day ? 1U : 0U;
      if (store.inside_count(zone.id, day).value() != today)
        world.accuse("", kiosk->name() + " counts otherwise than it lists in " + zone.id);
    }
  }
}

}  // namespace lanyard::simulation
