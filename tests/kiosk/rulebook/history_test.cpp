// Whole days at one door and at two, over a hundred thousand histories each: what must hold however people
// come and go.
#include <algorithm>
#include <map>
#include <set>

#include "sync/presence.hpp"
#include "tests/catch.hpp"
#include "tests/kiosk/rulebook/generated.hpp"

namespace lanyard::kiosk::rulebook {
namespace {

using namespace std::chrono_literals;
using sync::JournalRow;
using sync::RowKind;

constexpr std::uint64_t kHistories = 100'000;
constexpr int kSteps = 14;
constexpr int kPeople = 6;
const Timestamp kMorning = Timestamp(std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} + 6h);

// A kiosk whose journal is a list: facts are counted from the rows anew for each decision, naively.
class Door {
 public:
  Door(std::string device, Policy policy, std::vector<sync::Attendee> people)
      : device_(std::move(device)), policy_(std::move(policy)), people_(std::move(people)) {}

  Decision show(std::size_t who, std::uint32_t generation, Timestamp now) {
    Facts facts;
    facts.event = "forum";
    facts.attendee = people_[who];
    facts.credential_generation = generation;
    facts.living_generation = living(people_[who].id);
    facts.presence = presence(people_[who].id);
    for (const sync::Attendee& other : people_) {
      if (!inside_on(other.id, now)) continue;
      ++facts.inside;
      if (other.delegation == people_[who].delegation) ++facts.delegation_inside;
      if (other.organisation == people_[who].organisation) ++facts.organisation_inside;
    }
    const Decision decision = decide(sync::Credential(sync::OpaqueCredential{"X"}), facts, policy_, now);
    if (decision.verdict == Verdict::admitted || decision.verdict == Verdict::refused) {
      JournalRow row = row_of(people_[who].id, now);
      row.kind = decision.verdict == Verdict::admitted ? RowKind::admitted : RowKind::refused;
      row.generation = generation;
      rows_.push_back(row);
    }
    return decision;
  }
  void leave(std::size_t who, Timestamp now) {
    JournalRow row = row_of(people_[who].id, now);
    row.kind = RowKind::exited;
    rows_.push_back(row);
  }
  void reissue(std::size_t who, Timestamp now) {
    JournalRow row = row_of(people_[who].id, now);
    row.kind = RowKind::reissued;
    row.generation = living(people_[who].id) + 1;
    rows_.push_back(row);
  }
  void hear(const Door& other) {
    for (const JournalRow& row : other.rows_) {
      const auto same = [&](const JournalRow& one) { return one.device == row.device && one.seq == row.seq; };
      if (std::ranges::none_of(rows_, same)) rows_.push_back(row);
    }
  }

  [[nodiscard]] std::uint32_t living(const std::string& id) const {
    std::uint32_t highest = 1;
    for (const JournalRow& row : rows_) {
      if (row.attendee == id) highest = std::max(highest, row.generation);
    }
    return highest;
  }
  [[nodiscard]] sync::Presence presence(const std::string& id) const {
    std::vector<JournalRow> theirs;
    std::ranges::copy_if(rows_, std::back_inserter(theirs),
                         [&](const JournalRow& row) { return row.attendee == id; });
    return sync::presence_of(std::move(theirs), {}, {})[policy_.checkpoint.zone];
  }
  [[nodiscard]] bool inside_on(const std::string& id, Timestamp now) const {
    const sync::Presence seen = presence(id);
    return seen.inside && seen.last_entry &&
           sync::venue_day(*seen.last_entry, policy_.calendar) == sync::venue_day(now, policy_.calendar);
  }
  [[nodiscard]] std::vector<JournalRow> rows() const { return rows_; }
  sync::Attendee& person(std::size_t who) { return people_[who]; }

 private:
  JournalRow row_of(const std::string& id, Timestamp now) {
    JournalRow row;
    row.device = device_;
    row.seq = ++seq_;
    row.id = device_ + "-" + std::to_string(seq_);
    row.attendee = id;
    row.zone = policy_.checkpoint.zone;
    row.checkpoint = policy_.checkpoint.id;
    row.wall = now;
    row.offset_ms = 0;
    row.hlc.wall_ms = now.time_since_epoch().count();
    return row;
  }

  std::string device_;
  Policy policy_;
  std::vector<sync::Attendee> people_;
  std::vector<JournalRow> rows_;
  std::uint64_t seq_{0};
};

std::vector<sync::Attendee> crowd(Generator& generator) {
  std::vector<sync::Attendee> people;
  for (int i = 0; i < kPeople; ++i) {
    sync::Attendee one;
    one.id = "P" + std::to_string(i);
    one.category = generator.one_in(3) ? "minister" : "delegate";
    one.delegation = generator.one_in(2) ? "kenya" : "china";
    one.organisation = generator.one_in(2) ? "Acme" : "Bolt";
    one.zones = {"hall"};
    one.status = sync::Status::approved;
    people.push_back(one);
  }
  return people;
}

Policy narrow_door(Generator& generator) {
  Policy policy;
  sync::Checkpoint& at = policy.checkpoint;
  at.id = "door";
  at.zone = "hall";
  at.mode = generator.one_in(4) ? sync::Mode::unlimited : sync::Mode::entry_and_exit;
  at.capacity = 1 + static_cast<std::uint32_t>(generator.below(4));
  at.reserve = static_cast<std::uint32_t>(generator.below(*at.capacity));
  at.delegation_quota = 1 + static_cast<std::uint32_t>(generator.below(3));
  if (generator.one_in(3)) at.delegation_quotas["china"] = static_cast<std::uint32_t>(generator.below(3));
  at.organisation_quota = 1 + static_cast<std::uint32_t>(generator.below(3));
  sync::AccessRule high;
  high.id = "high";
  high.categories = {"minister"};
  high.reserve = true;
  sync::AccessRule all;
  all.id = "all";
  all.categories = {"*"};
  at.access = {high, all};
  policy.calendar.utc_offset = 8h;
  policy.calendar.day_begins = generator.one_in(2) ? 4h : 0h;
  return policy;
}

TEST_CASE("one kiosk's own decisions never exceed capacity or quota", "[history]") {
  Generator generator(seed_for("capacity"));
  for (std::uint64_t n = 0, histories = cases_or(kHistories); n < histories; ++n) {
    const Policy policy = narrow_door(generator);
    const std::vector<sync::Attendee> people = crowd(generator);
    Door door("d", policy, people);
    Timestamp now = kMorning;
    for (int step = 0; step < kSteps; ++step) {
      now += std::chrono::minutes(1 + generator.below(generator.one_in(6) ? 900 : 30));
      const std::size_t who = generator.below(kPeople);
      if (generator.one_in(3)) {
        door.leave(who, now);
        continue;
      }
      const bool was_inside = door.inside_on(people[who].id, now);
      const Decision decision = door.show(who, 1, now);
      if (decision.verdict != Verdict::admitted || was_inside) continue;
      std::uint32_t inside = 0;
      std::map<std::string, std::uint32_t> of_delegation;
      std::map<std::string, std::uint32_t> of_organisation;
      for (const sync::Attendee& one : people) {
        if (!door.inside_on(one.id, now)) continue;
        ++inside;
        ++of_delegation[one.delegation];
        ++of_organisation[one.organisation];
      }
      const sync::Checkpoint& at = policy.checkpoint;
      REQUIRE(inside <= *at.capacity);
      if (people[who].category != "minister") REQUIRE(inside <= *at.capacity - at.reserve);
      const auto own = at.delegation_quotas.find(people[who].delegation);
      const std::uint32_t quota = own == at.delegation_quotas.end() ? *at.delegation_quota : own->second;
      REQUIRE(of_delegation[people[who].delegation] <= quota);
      REQUIRE(of_organisation[people[who].organisation] <= *at.organisation_quota);
    }
  }
}

TEST_CASE("an older badge never passes at a kiosk that knows of a newer one, and a blocked person never",
          "[history]") {
  Generator generator(seed_for("badges"));
  for (std::uint64_t n = 0, histories = cases_or(kHistories); n < histories; ++n) {
    const Policy policy = narrow_door(generator);
    const std::vector<sync::Attendee> people = crowd(generator);
    Door north("n", policy, people);
    Door south("s", policy, people);
    std::set<std::size_t> blocked;
    Timestamp now = kMorning;
    for (int step = 0; step < kSteps; ++step) {
      now += std::chrono::minutes(1 + generator.below(60));
      Door& door = generator.one_in(2) ? north : south;
      const std::size_t who = generator.below(kPeople);
      switch (generator.below(6)) {
        case 0:
          door.reissue(who, now);
          break;
        case 1:
          north.hear(south);
          break;
        case 2:
          south.hear(north);
          break;
        case 3:
          blocked.insert(who);
          for (Door* at : {&north, &south}) at->person(who).status = sync::Status::blocked;
          break;
        default: {
          const std::uint32_t generation = 1 + static_cast<std::uint32_t>(generator.below(3));
          const std::uint32_t known = door.living(people[who].id);
          const Decision decision = door.show(who, generation, now);
          if (generation < known) REQUIRE(decision.rule == Rule::replaced);
          if (blocked.contains(who)) REQUIRE(decision.verdict == Verdict::refused);
          break;
        }
      }
    }
  }
}

TEST_CASE("two kiosks that have heard of each other agree on who is inside, whoever heard first",
          "[history]") {
  Generator generator(seed_for("agreement"));
  for (std::uint64_t n = 0, histories = cases_or(kHistories); n < histories; ++n) {
    const Policy policy = narrow_door(generator);
    const std::vector<sync::Attendee> people = crowd(generator);
    Door north("n", policy, people);
    Door south("s", policy, people);
    Timestamp now = kMorning;
    for (int step = 0; step < kSteps; ++step) {
      now += std::chrono::minutes(generator.below(60));
      Door& door = generator.one_in(2) ? north : south;
      if (generator.one_in(8)) (generator.one_in(2) ? north : south).hear(&door == &north ? south : north);
      const std::size_t who = generator.below(kPeople);
      if (generator.one_in(3)) {
        door.leave(who, now);
      } else {
        (void)door.show(who, 1, now);
      }
    }
    north.hear(south);
    south.hear(north);
    for (const sync::Attendee& one : people) REQUIRE(north.presence(one.id) == south.presence(one.id));
  }
}

}  // namespace
}  // namespace lanyard::kiosk::rulebook
