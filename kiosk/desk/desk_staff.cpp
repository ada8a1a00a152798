// What staff do at the desk: each a row, or several in one transaction.
#include <algorithm>

#include "kiosk/desk/admit.hpp"
#include "sync/presence.hpp"

namespace lanyard::kiosk {

namespace {

using sync::Error;
using sync::Expected;
using sync::fail;
using sync::JournalRow;
using sync::RowKind;
using sync::StaffAction;

JournalRow row_by(const Operator& who, RowKind kind, const sync::Checkpoint& checkpoint, std::string rule) {
  JournalRow row;
  row.kind = kind;
  row.checkpoint = checkpoint.id;
  row.operator_id = who.id;
  row.rule = std::move(rule);
  return row;
}

// The zone that nothing is around.
std::string outermost(std::string zone, const std::vector<sync::Zone>& zones) {
  for (std::size_t i = 0; i < zones.size(); ++i) {  // no more steps than zones: a circle ends too
    const auto found = std::ranges::find(zones, zone, &sync::Zone::id);
    if (found == zones.end() || found->within.empty()) break;
    zone = found->within;
  }
  return zone;
}

}  // namespace

Expected<Desk::StaffTurn> Desk::begin_turn(const Operator& who, StaffAction action,
                                           const sync::RowStamp& stamp) {
  auto transaction = store_.begin();
  if (!transaction) return tl::make_unexpected(transaction.error());
  const auto where = venue_or_error();
  if (!where) return tl::make_unexpected(where.error());
  StaffTurn turn{*where, std::move(*transaction), {}};
  if (sync::may(who.role, action)) return turn;
  JournalRow row = row_by(who, RowKind::alert, turn.venue->checkpoint, "staff.not_allowed");
  row.detail = who.id + " (" + who.role.id + ") may not " + std::string(sync::to_name(action));
  auto noted = end_turn(turn, std::move(row), stamp);
  if (!noted) return tl::make_unexpected(noted.error());
  turn.denied = Outcome::not_allowed;
  return turn;
}

Expected<Outcome> Desk::end_turn(StaffTurn& turn, JournalRow row, const sync::RowStamp& stamp,
                                 BadgeOrder* order) {
  if (auto written = store_.append(std::move(row), stamp); !written)
    return tl::make_unexpected(written.error());
  if (order != nullptr) {
    if (auto requested = request(*order, *turn.venue, stamp); !requested)
      return tl::make_unexpected(requested.error());
  }
  return turn.transaction.commit().map([] { return Outcome::done; });
}

Expected<Judged> Desk::judge_person(const std::string& who, const Venue& venue, Timestamp now,
                                    std::vector<std::string> waived) {
  Judged judged;
  judged.basis = {venue.policy_id, by_hand(), facts_here(venue), std::move(waived), now};
  Facts& facts = judged.basis.facts;
  if (auto added = add_person(who, venue, facts, now); !added) return tl::make_unexpected(added.error());
  facts.credential_generation = facts.living_generation;  // no badge is shown, and none is dead
  judged.decision = decide(judged.basis.presented, facts, venue.policy, now, judged.basis.waived);
  return judged;
}

Expected<std::optional<Decision>> Desk::judge(std::string_view attendee_id, const sync::RowStamp& stamp) {
  const auto where = venue_or_error();
  if (!where) return tl::make_unexpected(where.error());
  const Timestamp now = hub_now(stamp);
  auto judged = judge_person(std::string(attendee_id), **where, now, {});
  if (!judged) return tl::make_unexpected(judged.error());
  if (!judged->decision.attendee) return std::nullopt;
  return std::move(judged->decision);
}

Expected<std::optional<Decision>> Desk::admit_by_hand(std::string_view attendee_id, const Operator& who,
                                                      AdmitReason reason, const sync::RowStamp& stamp) {
  auto turn = begin_turn(who, StaffAction::admit, stamp);
  if (!turn) return tl::make_unexpected(turn.error());
  if (turn->denied) return std::nullopt;
  auto judged = judge_person(std::string(attendee_id), *turn->venue, hub_now(stamp), who.role.overrides);
  if (!judged) return tl::make_unexpected(judged.error());
  if (!judged->decision.attendee) return std::nullopt;
  JournalRow row;
  row.operator_id = who.id;
  row.detail = to_name(reason);
  auto decision = conclude(std::move(*judged), std::move(row), turn->transaction, *turn->venue, stamp);
  if (!decision) return tl::make_unexpected(decision.error());
  return std::move(*decision);
}

Expected<StaffResult> Desk::reissue(std::string_view attendee_id, const Operator& who, ReprintReason reason,
                                    const sync::RowStamp& stamp) {
  auto turn = begin_turn(who, StaffAction::reprint, stamp);
  if (!turn) return tl::make_unexpected(turn.error());
  if (turn->denied) return StaffResult{*turn->denied, {}, {}};
  const auto attendee = store_.attendee(attendee_id);
  const auto had = store_.reprint_count(attendee_id);
  if (!attendee) return tl::make_unexpected(attendee.error());
  if (!had) return tl::make_unexpected(had.error());
  if (!*attendee) return StaffResult{Outcome::unknown, {}, {}};
  const auto& most = turn->venue->event.reprints;
  if (most && *had >= *most && !sync::may(who.role, StaffAction::reprint_more)) {
    JournalRow row = row_by(who, RowKind::alert, turn->venue->checkpoint, "reprint.limit");
    row.detail = who.id + " (" + who.role.id + ") asked for reprint " + std::to_string(*had + 1) + " of " +
                 (*attendee)->id;
    if (auto noted = end_turn(*turn, std::move(row), stamp); !noted)
      return tl::make_unexpected(noted.error());
    return StaffResult{Outcome::no_more, {}, {}};
  }
  const bool same_code = keeps_code(reason);
  auto order = order_for(**attendee, *turn->venue, same_code ? 0 : 1);
  if (!order) return tl::make_unexpected(order.error());
  order->reprint = true;
  order->again = same_code;
  order->operator_id = who.id;
  if (same_code) {
    if (auto requested = request(*order, *turn->venue, stamp); !requested)
      return tl::make_unexpected(requested.error());
    if (auto done = turn->transaction.commit(); !done) return tl::make_unexpected(done.error());
  } else {
    JournalRow row =
        row_by(who, RowKind::reissued, turn->venue->checkpoint, "reprint." + std::string(to_name(reason)));
    row.attendee = order->attendee.id;
    row.generation = order->generation;
    if (auto done = end_turn(*turn, std::move(row), stamp, &*order); !done)
      return tl::make_unexpected(done.error());
  }
  printing_[order->id] = order->attendee.id;
  return StaffResult{Outcome::done, {std::move(*order)}, {}};
}

Expected<Outcome> Desk::undo(std::string_view row_id, const Operator& who, const sync::RowStamp& stamp) {
  auto turn = begin_turn(who, StaffAction::undo, stamp);
  if (!turn) return tl::make_unexpected(turn.error());
  if (turn->denied) return *turn->denied;
  const auto target = store_.row(row_id);
  const auto annulled = store_.annulled(row_id);
  const Timestamp now = hub_now(stamp);
  if (!target) return tl::make_unexpected(target.error());
  if (!annulled) return tl::make_unexpected(annulled.error());
  const bool moves = *target && ((*target)->kind == RowKind::admitted || (*target)->kind == RowKind::exited);
  if (!moves) return Outcome::unknown;
  if (*annulled) return Outcome::done_before;
  const auto basis = sync::parse_basis((*target)->basis);
  const Timestamp then = basis ? basis->now : (*target)->wall;
  if (now - then > turn->venue->event.undo_within || then - now > turn->venue->event.undo_within)
    return Outcome::too_late;
  JournalRow row = row_by(who, RowKind::annulled, turn->venue->checkpoint, "staff.undo");
  row.attendee = (*target)->attendee;
  row.zone = (*target)->zone;
  row.target = (*target)->id;
  return end_turn(*turn, std::move(row), stamp);
}

Expected<Outcome> Desk::stop(std::string_view attendee_id, const Operator& who, StopReason reason,
                             const sync::RowStamp& stamp) {
  auto turn = begin_turn(who, StaffAction::stop, stamp);
  if (!turn) return tl::make_unexpected(turn.error());
  if (turn->denied) return *turn->denied;
  const auto attendee = store_.attendee(attendee_id);
  const auto living = store_.generation(attendee_id);
  if (!attendee) return tl::make_unexpected(attendee.error());
  if (!living) return tl::make_unexpected(living.error());
  if (!*attendee) return Outcome::unknown;
  if (*living >= sync::kMaxGeneration)
    return fail(Error::Kind::invalid, "too many badges were issued for " + (*attendee)->id);
  JournalRow row =
      row_by(who, RowKind::stopped, turn->venue->checkpoint, "stop." + std::string(to_name(reason)));
  row.attendee = (*attendee)->id;
  row.generation = *living + 1;
  return end_turn(*turn, std::move(row), stamp);
}

Expected<StaffResult> Desk::day_badge(std::string_view attendee_id, const Operator& who,
                                      const sync::RowStamp& stamp) {
  auto turn = begin_turn(who, StaffAction::day_badge, stamp);
  if (!turn) return tl::make_unexpected(turn.error());
  if (turn->denied) return StaffResult{*turn->denied, {}, {}};
  auto attendee = store_.attendee(attendee_id);
  const Timestamp now = hub_now(stamp);
  if (!attendee) return tl::make_unexpected(attendee.error());
  if (!*attendee) return StaffResult{Outcome::unknown, {}, {}};
  const sync::Calendar& calendar = turn->venue->event.calendar;
  sync::Attendee for_today = **attendee;
  for_today.valid_from = sync::venue_day_start(now, calendar);
  for_today.valid_until = sync::venue_day_end(now, calendar);
  auto order = order_for(for_today, *turn->venue, 0);
  if (!order) return tl::make_unexpected(order.error());
  order->attendee = std::move(**attendee);
  order->for_today = true;
  order->day = calendar_day(now, calendar);
  order->operator_id = who.id;
  JournalRow row = row_by(who, RowKind::day_badge, turn->venue->checkpoint, "badge.day");
  row.attendee = order->attendee.id;
  row.generation = order->generation;
  if (auto done = end_turn(*turn, std::move(row), stamp, &*order); !done)
    return tl::make_unexpected(done.error());
  return StaffResult{Outcome::done, {std::move(*order)}, {}};
}

Expected<StaffResult> Desk::hand_over(std::span<const std::string> attendee_ids, std::string_view to,
                                      HandOver how, const Operator& who, const sync::RowStamp& stamp) {
  auto turn = begin_turn(who, StaffAction::hand_over, stamp);
  if (!turn) return tl::make_unexpected(turn.error());
  if (turn->denied) return StaffResult{*turn->denied, {}, {}};
  if (attendee_ids.empty() || attendee_ids.size() > kMaxHandedOver)
    return StaffResult{Outcome::unknown, {}, {}};
  StaffResult result;
  result.receipt.to = to;
  for (const std::string& id : attendee_ids) {
    auto attendee = store_.attendee(id);
    if (!attendee) return tl::make_unexpected(attendee.error());
    if (!*attendee) return StaffResult{Outcome::unknown, {}, {}};
    if ((*attendee)->status != sync::Status::approved) return StaffResult{Outcome::unfit, {}, {}};
    auto order = order_for(**attendee, *turn->venue, 0);
    if (!order) return tl::make_unexpected(order.error());
    order->operator_id = who.id;
    JournalRow row =
        row_by(who, RowKind::handed_over, turn->venue->checkpoint, "collect." + std::string(to_name(how)));
    row.attendee = id;
    row.related = to;
    row.generation = order->generation;
    if (result.receipt.number.empty()) {
      const auto standing = store_.unsent_count();
      if (!standing) return tl::make_unexpected(standing.error());
      result.receipt.number =
          "R-" + turn->venue->identity.device + "-" + std::to_string(standing->last_seq + 1);
    }
    row.detail = result.receipt.number;
    if (auto written = store_.append(std::move(row), stamp); !written)
      return tl::make_unexpected(written.error());
    if (auto requested = request(*order, *turn->venue, stamp); !requested)
      return tl::make_unexpected(requested.error());
    result.receipt.badges.push_back(id);
    result.badges.push_back(std::move(*order));
  }
  if (auto committed = turn->transaction.commit(); !committed) return tl::make_unexpected(committed.error());
  for (const BadgeOrder& order : result.badges) printing_[order.id] = order.attendee.id;
  return result;
}

Expected<Outcome> Desk::substitute(std::string_view arrived, std::string_view absent, const Operator& who,
                                   const sync::RowStamp& stamp) {
  auto turn = begin_turn(who, StaffAction::substitute, stamp);
  if (!turn) return tl::make_unexpected(turn.error());
  if (turn->denied) return *turn->denied;
  const auto comes = store_.attendee(arrived);
  const auto stays_away = store_.attendee(absent);
  if (!comes) return tl::make_unexpected(comes.error());
  if (!stays_away) return tl::make_unexpected(stays_away.error());
  if (!*comes || !*stays_away || arrived == absent) return Outcome::unknown;
  const auto barred = [](const sync::Attendee& one) {
    return one.status == sync::Status::blocked || one.status == sync::Status::withdrawn;
  };
  if (barred(**comes) || (*stays_away)->status != sync::Status::approved) return Outcome::unfit;
  const auto taken = store_.substitution(absent);
  const auto has = store_.substitution(arrived);
  if (!taken) return tl::make_unexpected(taken.error());
  if (!has) return tl::make_unexpected(has.error());
  if (!taken->replaced_by.empty() || !has->stands_in_for.empty()) return Outcome::done_before;
  JournalRow row = row_by(who, RowKind::substituted, turn->venue->checkpoint, "staff.substitute");
  row.attendee = arrived;
  row.related = absent;
  return end_turn(*turn, std::move(row), stamp);
}

Expected<std::vector<Evacuee>> Desk::evacuation(const sync::RowStamp& stamp) {
  const auto where = venue_or_error();
  if (!where) return tl::make_unexpected(where.error());
  const Timestamp now = hub_now(stamp);
  const sync::EventInfo& event = (*where)->event;
  const auto zones = sync::zones_within(outermost((*where)->checkpoint.zone, event.zones), event.zones);
  auto inside = store_.inside_now(zones, sync::venue_day(now, event.calendar));
  if (!inside) return tl::make_unexpected(inside.error());
  std::vector<Evacuee> list;
  list.reserve(inside->size());
  for (sync::InsideNow& one : *inside) {
    auto attendee = store_.attendee(one.attendee);
    if (!attendee) return tl::make_unexpected(attendee.error());
    list.push_back({std::move(one), std::move(*attendee)});
  }
  const auto sorted_by = [](const Evacuee& one) -> const std::string& {
    if (!one.attendee) return one.where.attendee;
    return one.attendee->name_sort.empty() ? one.attendee->name : one.attendee->name_sort;
  };
  std::ranges::stable_sort(list, {}, sorted_by);
  return list;
}

Expected<std::vector<sync::Attendee>> Desk::uncollected(std::string_view delegation) {
  auto people = store_.without_badge(delegation, kMaxHandedOver);
  if (people) std::erase_if(*people, [&](const sync::Attendee& one) { return is_printing(one.id); });
  return people;
}

Expected<Explanation> Desk::explain(std::string_view row_id) {
  const auto row = store_.row(row_id);
  if (!row) return tl::make_unexpected(row.error());
  if (!*row) return fail(Error::Kind::invalid, "there is no such row");
  return explain(**row);
}

Explanation Desk::explain(const JournalRow& row) {
  return kiosk::explain(row, [&](std::string_view id) -> std::optional<Policy> {
    auto policy = store_.policy(id);
    return policy ? std::move(*policy) : std::nullopt;
  });
}

}  // namespace lanyard::kiosk
