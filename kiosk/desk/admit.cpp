#include "kiosk/desk/admit.hpp"

#include <algorithm>

namespace lanyard::kiosk {

namespace {

using sync::Error;
using sync::Expected;
using sync::fail;
using sync::JournalRow;
using sync::RowKind;

JournalRow row_of(const Decision& decision, const sync::Checkpoint& checkpoint) {
  JournalRow row;
  row.kind = decision.verdict == Verdict::admitted ? RowKind::admitted
             : decision.verdict == Verdict::exited ? RowKind::exited
                                                   : RowKind::refused;
  row.attendee = decision.attendee ? decision.attendee->id : "";
  row.checkpoint = checkpoint.id;
  row.zone = checkpoint.zone;
  row.rule = decision.rule_id;
  row.generation = decision.generation;
  return row;
}

Expected<BadgeOrder> mint_for(const sync::Attendee& attendee, std::uint32_t generation,
                              const Desk::Venue& venue) {
  if (generation > sync::kMaxGeneration)
    return fail(Error::Kind::invalid, "too many badges were issued for " + attendee.id);
  sync::SignedCredential fields;
  fields.event = sync::event_tag(venue.event.id);
  fields.attendee = attendee.id;
  fields.generation = static_cast<std::uint16_t>(generation);
  fields.valid_from = attendee.valid_from ? attendee.valid_from : std::optional(venue.event.runs.from);
  fields.valid_until = attendee.valid_until ? attendee.valid_until : std::optional(venue.event.runs.until);
  return BadgeOrder{attendee, sync::mint(fields, venue.identity.signing_key), generation, false, {}};
}

}  // namespace

Expected<const Desk::Venue*> Desk::venue() {
  auto identity = store_.identity();
  if (!identity) return tl::make_unexpected(identity.error());
  auto standing = store_.standing();
  if (!standing) return tl::make_unexpected(standing.error());
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
  if (!*event || !*checkpoint) return nullptr;
  venue_ = Venue{std::move(**identity), std::move(**event), std::move(**checkpoint), std::move(*keys)};
  venue_version_ = standing->roster_version;
  venue_epoch_ = standing->epoch;
  return &*venue_;
}

Expected<Facts> Desk::facts_of(const Presented& presented, const Venue& venue, Timestamp now) {
  Facts facts;
  const auto standing = store_.standing();
  if (!standing) return tl::make_unexpected(standing.error());
  facts.as_of = standing->roster_as_of;
  facts.roster_version = standing->roster_version;
  facts.event = venue.event.id;
  if (!presented) return facts;

  std::string who;
  if (const auto* card = std::get_if<sync::SignedCredential>(&*presented)) {
    who = card->attendee;
    facts.credential_generation = card->generation;
  } else {
    const auto* ticket = std::get_if<sync::PretixCredential>(&*presented);
    const std::string& text =
        ticket != nullptr ? ticket->text : std::get<sync::OpaqueCredential>(*presented).text;
    auto known = store_.credential(sync::fingerprint(text, venue.identity.fingerprint_key));
    if (!known) return tl::make_unexpected(known.error());
    if (!*known) return facts;
    who = (*known)->attendee;
    facts.credential_generation = (*known)->generation;
  }

  auto attendee = store_.attendee(who);
  if (!attendee) return tl::make_unexpected(attendee.error());
  facts.attendee = std::move(*attendee);
  if (!facts.attendee) return facts;

  const std::string& zone = venue.checkpoint.zone;
  const Timestamp midnight = sync::venue_midnight(now, venue.event.utc_offset);
  const auto living = store_.generation(who);
  auto presence = store_.presence(who, zone);
  const auto inside = store_.inside_count(zone, midnight);
  const auto delegation = store_.inside_count(zone, facts.attendee->delegation, midnight);
  if (!living) return tl::make_unexpected(living.error());
  if (!presence) return tl::make_unexpected(presence.error());
  if (!inside) return tl::make_unexpected(inside.error());
  if (!delegation) return tl::make_unexpected(delegation.error());
  facts.living_generation = *living;
  facts.presence = std::move(*presence);
  facts.presence.badge_printed = facts.presence.badge_printed || printing_.contains(who);
  facts.inside = *inside;
  facts.delegation_inside = *delegation;
  if (!facts.attendee->companion_of.empty()) {
    const auto principal = store_.presence(facts.attendee->companion_of, zone);
    if (!principal) return tl::make_unexpected(principal.error());
    facts.principal_inside = principal->inside && principal->last_entry && *principal->last_entry >= midnight;
  }
  return facts;
}

Expected<Decision> Desk::admit(std::string_view symbol, const sync::RowStamp& stamp) {
  auto transaction = store_.begin();
  if (!transaction) return tl::make_unexpected(transaction.error());
  const auto where = venue();
  if (!where) return tl::make_unexpected(where.error());
  if (*where == nullptr) return fail(Error::Kind::invalid, "this kiosk has no roster yet");
  const Venue& venue = **where;
  const auto standing = store_.standing();
  if (!standing) return tl::make_unexpected(standing.error());
  const Timestamp now = sync::hub_time(standing->clock, stamp).now;  // the hub's clock is the event's

  const Presented presented = sync::read_credential(symbol, venue.keys, sync::event_tag(venue.event.id));
  const auto facts = facts_of(presented, venue, now);
  if (!facts) return tl::make_unexpected(facts.error());
  Decision decision = decide(presented, *facts, {venue.checkpoint, venue.event.utc_offset}, now);
  if (decision.verdict != Verdict::badge) {
    auto row = store_.append(row_of(decision, venue.checkpoint), stamp);
    if (!row) return tl::make_unexpected(row.error());
  }
  if (auto committed = transaction->commit(); !committed) return tl::make_unexpected(committed.error());
  return decision;
}

Expected<BadgeOrder> Desk::order_badge(std::string_view attendee_id, const sync::RowStamp&) {
  const auto where = venue();
  if (!where) return tl::make_unexpected(where.error());
  const auto attendee = store_.attendee(attendee_id);
  if (!attendee) return tl::make_unexpected(attendee.error());
  if (*where == nullptr || !*attendee)
    return fail(Error::Kind::invalid, "no such attendee: " + std::string(attendee_id));
  const auto generation = store_.generation(attendee_id);
  if (!generation) return tl::make_unexpected(generation.error());
  auto order = mint_for(**attendee, *generation, **where);
  if (order) printing_.insert(order->attendee.id);
  return order;
}

Expected<BadgeOrder> Desk::reissue(std::string_view attendee_id, std::string_view operator_id,
                                   ReprintReason reason, const sync::RowStamp& stamp) {
  auto transaction = store_.begin();
  if (!transaction) return tl::make_unexpected(transaction.error());
  const auto where = venue();
  if (!where) return tl::make_unexpected(where.error());
  const auto attendee = store_.attendee(attendee_id);
  if (!attendee) return tl::make_unexpected(attendee.error());
  if (*where == nullptr || !*attendee)
    return fail(Error::Kind::invalid, "no such attendee: " + std::string(attendee_id));
  const auto generation = store_.generation(attendee_id);
  if (!generation) return tl::make_unexpected(generation.error());
  auto order = mint_for(**attendee, *generation + 1, **where);
  if (!order) return order;
  order->reprint = true;
  order->operator_id = operator_id;

  JournalRow row;
  row.kind = RowKind::reissued;
  row.attendee = order->attendee.id;
  row.checkpoint = (*where)->checkpoint.id;
  row.operator_id = operator_id;
  row.rule = "reprint." + std::string(to_name(reason));
  row.generation = order->generation;
  if (auto appended = store_.append(std::move(row), stamp); !appended)
    return tl::make_unexpected(appended.error());
  if (auto committed = transaction->commit(); !committed) return tl::make_unexpected(committed.error());
  printing_.insert(order->attendee.id);
  return order;
}

Expected<void> Desk::badge_done(const BadgeOrder& order, bool printed, std::string_view detail,
                                const sync::RowStamp& stamp) {
  JournalRow row;
  row.kind = printed ? RowKind::badge_printed : RowKind::badge_failed;
  row.attendee = order.attendee.id;
  row.checkpoint = venue_ ? venue_->checkpoint.id : "";
  row.operator_id = order.operator_id;
  row.rule = order.reprint ? "badge.reprint" : "badge.first";
  row.generation = order.generation;
  row.detail = detail;
  auto written = store_.append(std::move(row), stamp);
  if (!written) return tl::make_unexpected(written.error());  // asked again: no second badge meanwhile
  printing_.erase(order.attendee.id);
  return {};
}

Expected<void> Desk::staff_entered(std::string_view operator_id, const sync::RowStamp& stamp) {
  JournalRow row;
  row.kind = RowKind::staff_entered;
  row.operator_id = operator_id;
  row.checkpoint = venue_ ? venue_->checkpoint.id : "";
  row.rule = "staff.pin";
  return store_.append(std::move(row), stamp).map([](const JournalRow&) {});
}

Expected<void> Desk::alert(std::string_view rule, std::string_view detail, const sync::RowStamp& stamp) {
  JournalRow row;
  row.kind = RowKind::alert;
  row.checkpoint = venue_ ? venue_->checkpoint.id : "";
  row.rule = rule;
  row.detail = detail;
  return store_.append(std::move(row), stamp).map([](const JournalRow&) {});
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
