#include "kiosk/desk/admit.hpp"

#include <algorithm>

namespace lanyard::kiosk {

namespace {

using sync::Error;
using sync::Expected;
using sync::fail;
using sync::JournalRow;
using sync::RowKind;

// At most this many at once: a look around is not to hold up a badge.
constexpr std::size_t kReconciledAtOnce = 20;

}  // namespace

Expected<const Desk::Venue*> Desk::venue() {
  auto identity = store_.identity();
  if (!identity) return tl::make_unexpected(identity.error());
  auto standing = store_.standing();
  if (!standing) return tl::make_unexpected(standing.error());
  standing_ = *standing;
  if (!*identity || !standing->roster_as_of) {
    venue_.reset();
    return nullptr;
  }
  // The keys, too: a kiosk enrolled anew may keep its name and its place.
  if (venue_ && venue_version_ == standing->roster_version && venue_epoch_ == standing->epoch &&
      venue_->identity == **identity) {
    return &*venue_;
  }
  venue_.reset();
  auto event = store_.event();
  if (!event) return tl::make_unexpected(event.error());
  auto checkpoint = store_.checkpoint((*identity)->checkpoint);
  if (!checkpoint) return tl::make_unexpected(checkpoint.error());
  auto keys = store_.keys();
  if (!keys) return tl::make_unexpected(keys.error());
  // The hub wins; what it does not say, the kiosk's own file may.
  if (own_ && !*event) *event = own_->event;
  if (own_ && !*checkpoint) {
    const auto found = std::ranges::find(own_->checkpoints, (*identity)->checkpoint, &sync::Checkpoint::id);
    if (found != own_->checkpoints.end()) *checkpoint = *found;
  }
  if (!*event || !*checkpoint) return nullptr;
  Policy policy = sync::policy_of(**event, **checkpoint);
  std::string id = sync::policy_id(sync::to_json(policy));
  venue_ = Venue{std::move(**identity), std::move(**event), std::move(**checkpoint),
                 std::move(*keys),      std::move(policy),  std::move(id)};
  venue_version_ = standing->roster_version;
  venue_epoch_ = standing->epoch;
  return &*venue_;
}

Expected<const Desk::Venue*> Desk::venue_or_error() {
  auto where = venue();
  if (where && *where == nullptr) return fail(Error::Kind::invalid, "this kiosk has no roster yet");
  return where;
}

Expected<Judged> Desk::consider(std::string_view symbol, const sync::RowStamp& stamp) {
  const auto where = venue_or_error();
  if (!where) return tl::make_unexpected(where.error());
  const Venue& venue = **where;
  const Timestamp now = hub_now(stamp);

  Judged judged;
  judged.basis = {venue.policy_id,
                  sync::read_credential(symbol, venue.keys, sync::event_tag(venue.event.id)),
                  {},
                  {},
                  now};
  auto facts = facts_of(judged.basis.presented, venue, now);
  if (!facts) return tl::make_unexpected(facts.error());
  judged.basis.facts = std::move(*facts);
  judged.decision = decide(judged.basis.presented, judged.basis.facts, venue.policy, now);
  return judged;
}

Expected<Decision> Desk::admit(std::string_view symbol, const sync::RowStamp& stamp) {
  auto transaction = store_.begin();
  if (!transaction) return tl::make_unexpected(transaction.error());
  auto judged = consider(symbol, stamp);
  if (!judged) return tl::make_unexpected(judged.error());
  return conclude(std::move(*judged), {}, *transaction, *venue_, stamp);
}

// The row of a decision, and the commit. `row` has what else is to stand in it.
Expected<Decision> Desk::conclude(Judged judged, JournalRow row, sync::Store::Transaction& transaction,
                                  const Venue& venue, const sync::RowStamp& stamp) {
  Decision& decision = judged.decision;
  const auto kind = row_kind_of(decision.verdict);
  if (!kind) return std::move(decision);
  if (kept_policy_ != venue.policy_id) {
    if (auto kept = store_.keep(venue.policy); !kept) return tl::make_unexpected(kept.error());
  }
  row.kind = *kind;
  row.attendee = decision.attendee ? decision.attendee->id : "";
  row.checkpoint = venue.checkpoint.id;
  row.zone = venue.checkpoint.zone;
  row.rule = decision.rule_id;
  row.generation = decision.generation;
  row.basis = sync::to_basis_json(judged.basis, venue.checkpoint.zone);
  auto written = store_.append(std::move(row), stamp);
  if (!written) return tl::make_unexpected(written.error());
  decision.row = written->id;
  if (auto committed = transaction.commit(); !committed) return tl::make_unexpected(committed.error());
  kept_policy_ = venue.policy_id;
  return std::move(decision);
}

Expected<void> Desk::staff_entered(std::string_view operator_id, const sync::RowStamp& stamp) {
  JournalRow row;
  row.kind = RowKind::staff_entered;
  row.operator_id = operator_id;
  row.checkpoint = venue_ ? venue_->checkpoint.id : "";
  row.rule = "staff.pin";
  return store_.append(std::move(row), stamp).map([](const JournalRow&) {});
}

Expected<void> Desk::alert(std::string_view rule, std::string_view detail, const sync::RowStamp& stamp,
                           std::string_view attendee, std::string_view operator_id) {
  JournalRow row;
  row.kind = RowKind::alert;
  row.checkpoint = venue_ ? venue_->checkpoint.id : "";
  row.rule = rule;
  row.detail = detail;
  row.attendee = attendee;
  row.operator_id = operator_id;
  return store_.append(std::move(row), stamp).map([](const JournalRow&) {});
}

Expected<std::size_t> Desk::reconcile(const sync::RowStamp& stamp) {
  const auto where = venue();
  if (!where) return tl::make_unexpected(where.error());
  if (*where == nullptr) return 0;
  const auto waiting = store_.unreconciled(kReconciledAtOnce);
  if (!waiting) return tl::make_unexpected(waiting.error());
  std::size_t done = 0;
  for (const JournalRow& row : *waiting) {
    auto transaction = store_.begin();
    if (!transaction) return tl::make_unexpected(transaction.error());
    if (auto one = reconcile_one(row, **where, stamp, done); !one) return tl::make_unexpected(one.error());
    if (auto committed = transaction->commit(); !committed) return tl::make_unexpected(committed.error());
  }
  return done;
}

// Decides anew for the moment of the row, now that the roster knows the attendee. Their presence is not asked
// again: it holds the row itself.
Expected<void> Desk::reconcile_one(const JournalRow& row, const Venue& venue, const sync::RowStamp& stamp,
                                   std::size_t& done) {
  auto basis = sync::parse_basis(row.basis);
  // Its hash holds: another version wrote it so.
  if (!basis) return fail(Error::Kind::invalid, basis.error().message);
  std::string who = row.attendee;
  if (const auto ticket = sync::ticket_of(who)) {
    const auto known = store_.credential(*ticket);
    if (!known) return tl::make_unexpected(known.error());
    if (!*known) return {};
    who = (*known)->attendee;
    basis->facts.credential_generation = (*known)->generation;
  }
  const auto attendee = store_.attendee(who);
  if (!attendee) return tl::make_unexpected(attendee.error());
  if (!*attendee) return {};
  basis->facts.attendee = **attendee;
  basis->facts.provisional = false;
  // A badge that was replaced since was alive then.
  const auto living = store_.generation(who, row.hlc);
  if (!living) return tl::make_unexpected(living.error());
  basis->facts.living_generation = *living;
  const auto policy_then = store_.policy(basis->policy);
  if (!policy_then) return tl::make_unexpected(policy_then.error());
  const Policy& policy = *policy_then ? **policy_then : venue.policy;
  if (auto added = add_place(who, basis->facts); !added) return added;
  if (auto added = add_company(row.zone, basis->facts, policy, basis->now); !added) return added;
  const Decision now_known = decide(basis->presented, basis->facts, policy, basis->now);
  const auto about = [&](RowKind kind, std::string rule) {
    JournalRow made;
    made.kind = kind;
    made.attendee = who;
    made.checkpoint = row.checkpoint;
    made.zone = row.zone;
    made.target = row.id;
    made.rule = std::move(rule);
    return made;
  };
  auto noted = store_.append(about(RowKind::reconciled, now_known.rule_id), stamp);
  if (!noted) return tl::make_unexpected(noted.error());
  ++done;
  if (now_known.verdict != Verdict::refused) return {};
  JournalRow alert = about(RowKind::alert, "provisional.refused");
  alert.detail = who + " was let in before the roster knew them; it would have said " + now_known.rule_id;
  return store_.append(std::move(alert), stamp).map([](const JournalRow&) {});
}

Expected<std::optional<Record>> Desk::record(std::string_view attendee_id) {
  auto attendee = store_.attendee(attendee_id);
  if (!attendee) return tl::make_unexpected(attendee.error());
  if (!*attendee) return std::nullopt;
  const auto where = venue();
  if (!where) return tl::make_unexpected(where.error());
  auto presence = store_.presence(attendee_id, *where == nullptr ? "" : (*where)->checkpoint.zone);
  const auto generation = store_.generation(attendee_id);
  auto history = store_.history(attendee_id, kHistoryRows);
  if (!presence) return tl::make_unexpected(presence.error());
  if (!generation) return tl::make_unexpected(generation.error());
  if (!history) return tl::make_unexpected(history.error());
  return Record{std::move(**attendee), std::move(*presence), *generation, std::move(*history)};
}

}  // namespace lanyard::kiosk
