#include "tests/simulation/crowd.hpp"

#include <algorithm>

namespace lanyard::simulation {

namespace {

using kiosk::BadgeOrder;
using kiosk::Decision;
using kiosk::Desk;
using kiosk::Outcome;
using kiosk::StaffResult;
using kiosk::Verdict;
using sync::Expected;
using sync::RowStamp;
using sync::Status;

constexpr std::size_t kRecent = 12;

kiosk::Operator steward() {
  return {"steward-1", kiosk::local_role()};
}

}  // namespace

Crowd::Crowd(World& world, HubHost& hub, Kiosks& kiosks, std::vector<Person> people)
    : world_(world),
      hub_(hub),
      kiosks_(kiosks),
      people_(std::move(people)),
      dice_(world.root.branch("crowd")) {
  enlist();
}

bool Crowd::put(const Person& person) {
  return hub_.change([&](sync::hub::HubStore& store) -> Expected<void> {
    if (auto done = store.put_attendee(person.attendee); !done) return done;
    if (person.code.empty()) return {};
    const auto print = sync::fingerprint(person.code, hub_.founding().fingerprint_key);
    return store.put_credential({print, person.attendee.id, 1});
  });
}

// Everybody has a badge by post; those who are not listed yet as well.
void Crowd::enlist() {
  for (Person& person : people_) {
    sync::SignedCredential fields;
    fields.event = sync::event_tag("forum");
    fields.attendee = person.attendee.id;
    person.badges.push_back(sync::mint(fields, hub_.founding().signing_key));
    person.generations.push_back(1);
    if (person.listed) (void)put(person);
  }
}

// Often one who was seen a moment ago, elsewhere.
Person& Crowd::somebody() {
  const bool again = !recent_.empty() && dice_.one_in(4);
  const auto index = again ? dice_.pick(recent_) : static_cast<std::size_t>(dice_.below(people_.size()));
  recent_.push_back(index);
  if (recent_.size() > kRecent) recent_.pop_front();
  return people_[index];
}

// Whoever finds a kiosk dark goes to the next.
KioskHost* Crowd::some_kiosk() {
  const auto first = static_cast<std::size_t>(dice_.below(kiosks_.size()));
  for (std::size_t i = 0; i < kiosks_.size(); ++i) {
    KioskHost& kiosk = *kiosks_[(first + i) % kiosks_.size()];
    if (kiosk.up()) return &kiosk;
  }
  return nullptr;
}

void Crowd::arrive() {
  ++arrivals_;
  Person& person = somebody();
  KioskHost* kiosk = some_kiosk();
  if (kiosk == nullptr) return;
  if (dice_.chance(0.06)) {
    staff(*kiosk, person);
  } else {
    show(*kiosk, person);
  }
}

void Crowd::show(KioskHost& kiosk, Person& person) {
  std::string symbol = person.badges.back();
  if (person.badges.size() > 1 && dice_.one_in(10)) symbol = dice_.pick(person.badges);
  if (!person.code.empty() && person.badges.size() == 1 && dice_.one_in(3)) symbol = person.code;
  if (dice_.one_in(200)) symbol = "a code of another fair";
  const auto decision =
      kiosk.perform<Decision>([&](Desk& desk, const RowStamp& stamp) { return desk.admit(symbol, stamp); });
  if (!decision) return;
  if (decision->verdict == Verdict::admitted) check_limits(kiosk, *decision);
  if (!decision->row.empty() && dice_.one_in(25)) check_explanation(kiosk, decision->row, person.attendee.id);
  if (decision->badge_owed) {
    const auto order = kiosk.perform<BadgeOrder>(
        [&](Desk& desk, const RowStamp& stamp) { return desk.order_badge(person.attendee.id, stamp); });
    if (order) print(kiosk, person, *order);
  } else if (decision->rule == kiosk::Rule::replaced && dice_.one_in(2)) {
    reissue(kiosk, person);
  }
}

// The badge comes out some seconds later, if the kiosk lives to see it.
void Crowd::print(KioskHost& kiosk, Person& person, const BadgeOrder& order) {
  world_.after(Ms(dice_.between(1'500, 8'000)), [this, &kiosk, &person, order] {
    const bool comes_out = !dice_.one_in(20);
    const auto done = kiosk.perform<bool>([&](Desk& desk, const RowStamp& stamp) {
      return desk.badge_done(order, comes_out, "", stamp).map([] { return true; });
    });
    if (!done || !comes_out) return;
    person.badges.push_back(order.credential);
    person.generations.push_back(order.generation);
  });
}

void Crowd::reissue(KioskHost& kiosk, Person& person) {
  const auto result = kiosk.perform<StaffResult>([&](Desk& desk, const RowStamp& stamp) {
    return desk.reissue(person.attendee.id, steward(), kiosk::ReprintReason::lost, stamp);
  });
  if (result && result->outcome == Outcome::done) print(kiosk, person, result->badges.at(0));
}

void Crowd::undo(KioskHost& kiosk, Person& person) {
  const auto history = kiosk.desk().store().history(person.attendee.id, kiosk::kHistoryRows);
  if (!history) return;
  const sync::JournalRow* row = kiosk::undoable(*history);
  if (row == nullptr) return;
  (void)kiosk.perform<Outcome>(
      [&](Desk& desk, const RowStamp& stamp) { return desk.undo(row->id, steward(), stamp); });
}

void Crowd::staff(KioskHost& kiosk, Person& person) {
  const std::string& id = person.attendee.id;
  const auto ask = [&](auto&& work) { (void)kiosk.perform<Outcome>(work); };
  const std::uint64_t what = dice_.below(20);
  if (what < 7) return reissue(kiosk, person);
  if (what < 13) return undo(kiosk, person);
  if (what < 15) {
    const std::string absent = dice_.pick(people_).attendee.id;
    return ask(
        [&](Desk& desk, const RowStamp& stamp) { return desk.substitute(id, absent, steward(), stamp); });
  }
  if (what < 16) {
    return ask([&](Desk& desk, const RowStamp& stamp) {
      return desk.stop(id, steward(), kiosk::StopReason::lost, stamp);
    });
  }
  if (what < 17) {
    const auto result = kiosk.perform<StaffResult>(
        [&](Desk& desk, const RowStamp& stamp) { return desk.day_badge(id, steward(), stamp); });
    if (result && result->outcome == Outcome::done) print(kiosk, person, result->badges.at(0));
    return;
  }
  (void)kiosk.perform<std::optional<Decision>>([&](Desk& desk, const RowStamp& stamp) {
    return desk.admit_by_hand(id, steward(), kiosk::AdmitReason::known_by_sight, stamp);
  });
}

// By what the kiosk knew, nobody is let in beyond a limit.
void Crowd::check_limits(KioskHost& kiosk, const Decision& decision) {
  if (!dice_.one_in(4)) return;
  Desk& desk = kiosk.desk();
  const auto row = desk.store().row(decision.row);
  const auto basis = row && *row ? sync::parse_basis((*row)->basis)
                                 : Expected<sync::Basis>(sync::fail(sync::Error::Kind::invalid, ""));
  if (!basis) return world_.accuse("", kiosk.name() + ": a row that was acknowledged has no basis");
  const auto policy = desk.store().policy(basis->policy);
  if (!policy || !*policy) return world_.accuse("", kiosk.name() + " has lost the policy of a decision");
  const sync::Facts& facts = basis->facts;
  const auto& calendar = (*policy)->calendar;
  const bool was_in =
      facts.presence.inside && facts.presence.last_entry &&
      sync::venue_day(*facts.presence.last_entry, calendar) == sync::venue_day(basis->now, calendar);
  if (was_in || !decision.waived.empty()) return;
  const sync::Checkpoint& at = (*policy)->checkpoint;
  const sync::Attendee& place = facts.stands_in_for ? *facts.stands_in_for : *facts.attendee;
  const auto own = at.delegation_quotas.find(place.delegation);
  const auto quota = own != at.delegation_quotas.end() ? std::optional(own->second) : at.delegation_quota;
  const bool over = (at.capacity && facts.inside >= *at.capacity) ||
                    (quota && !place.delegation.empty() && facts.delegation_inside >= *quota) ||
                    (at.organisation_quota && !facts.attendee->organisation.empty() &&
                     facts.organisation_inside >= *at.organisation_quota);
  if (over) world_.accuse((*row)->attendee, kiosk.name() + " admits beyond a limit at " + at.id);
}

void Crowd::check_explanation(KioskHost& kiosk, const std::string& row, const std::string& who) {
  const auto explained = kiosk.desk().explain(row);
  if (!explained) return world_.accuse(who, kiosk.name() + " cannot explain: " + explained.error().message);
  if (explained->finding != kiosk::Explanation::Finding::same)
    world_.accuse(who, kiosk.name() + " explains otherwise than it decided: " + explained->why);
}

void Crowd::office() {
  Person changed = dice_.pick(people_);
  const auto found =
      std::ranges::find(people_, changed.attendee.id, [](const Person& one) { return one.attendee.id; });
  const std::string& id = changed.attendee.id;
  bool done = false;
  if (!changed.listed) {
    changed.listed = true;
    done = put(changed);
  } else if (dice_.one_in(6)) {
    changed.listed = false;
    done = hub_.change([&](sync::hub::HubStore& store) { return store.remove_attendee(id); });
  } else {
    Status& status = changed.attendee.status;
    status = status != Status::approved ? Status::approved
             : dice_.one_in(3)          ? Status::withdrawn
                                        : Status::blocked;
    if (dice_.one_in(3)) changed.attendee.delegation = "D" + std::to_string(dice_.below(6));
    done = put(changed);
  }
  if (!done) return;
  *found = changed;
  world_.note("hub", id,
              changed.listed ? "the office: " + std::string(sync::to_name(changed.attendee.status))
                             : std::string("the office: taken off the roster"));
}

}  // namespace lanyard::simulation
