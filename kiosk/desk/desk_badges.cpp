// The way of a badge: requested, sent, and how it ended, each a row.
#include <algorithm>

#include "kiosk/desk/admit.hpp"

namespace lanyard::kiosk {

namespace {

using sync::Error;
using sync::Expected;
using sync::fail;
using sync::JournalRow;
using sync::RowKind;

constexpr std::string_view kFirst = "badge.first";
constexpr std::string_view kAtStation = "badge.station";
constexpr std::string_view kAgain = "badge.again";
constexpr std::string_view kReprint = "badge.reprint";
constexpr std::string_view kForTheDay = "badge.day";

std::string_view rule_of(const BadgeOrder& order) {
  if (order.for_today) return kForTheDay;
  if (order.again) return kAgain;
  return order.reprint ? kReprint : order.at_station ? kAtStation : kFirst;
}

JournalRow row_of(const BadgeOrder& order, RowKind kind, std::string checkpoint) {
  JournalRow row;
  row.kind = kind;
  row.attendee = order.attendee.id;
  row.checkpoint = std::move(checkpoint);
  row.operator_id = order.operator_id;
  row.rule = rule_of(order);
  row.generation = order.generation;
  row.target = order.id;
  return row;
}

// Whether the roster lets them be called that on a badge.
bool permits(const sync::Attendee& attendee, std::string_view name) {
  return name == attendee.name || std::ranges::find(attendee.badge_names, name) != attendee.badge_names.end();
}

Expected<sync::Attendee> on_roster(sync::Store& store, std::string_view attendee_id) {
  auto attendee = store.attendee(attendee_id);
  if (!attendee) return tl::make_unexpected(attendee.error());
  if (!*attendee) return fail(Error::Kind::invalid, "no such attendee: " + std::string(attendee_id));
  return std::move(**attendee);
}

// Instead of the roster's.
void call(BadgeOrder& order, std::string name) {
  if (name.empty() || name == order.attendee.name || !permits(order.attendee, name)) return;
  order.attendee.name = name;
  order.named = std::move(name);
}

}  // namespace

std::chrono::year_month_day calendar_day(Timestamp when, const sync::Calendar& calendar) {
  return std::chrono::sys_days(std::chrono::days(sync::venue_day(when, calendar)));
}

Expected<BadgeOrder> Desk::order_for(const sync::Attendee& attendee, const Venue& venue, std::uint32_t later,
                                     std::string_view named) {
  const auto living = store_.generation(attendee.id);
  if (!living) return tl::make_unexpected(living.error());
  const std::uint32_t generation = *living + later;
  if (generation > sync::kMaxGeneration)
    return fail(Error::Kind::invalid, "too many badges were issued for " + attendee.id);
  sync::SignedCredential fields;
  fields.event = sync::event_tag(venue.event.id);
  fields.attendee = attendee.id;
  fields.generation = static_cast<std::uint16_t>(generation);
  fields.valid_from = attendee.valid_from ? attendee.valid_from : std::optional(venue.event.runs.from);
  fields.valid_until = attendee.valid_until ? attendee.valid_until : std::optional(venue.event.runs.until);
  BadgeOrder order;
  order.attendee = attendee;
  order.credential = sync::mint(fields, venue.identity.signing_key);
  order.generation = generation;
  if (auto done = name_badge(order, named); !done) return tl::make_unexpected(done.error());
  return order;
}

Expected<void> Desk::name_badge(BadgeOrder& order, std::string_view chosen) {
  if (!chosen.empty()) {
    call(order, std::string(chosen));
    return {};
  }
  auto last = store_.badge_name(order.attendee.id);
  if (!last) return tl::make_unexpected(last.error());
  call(order, std::move(*last));
  return {};
}

Expected<void> Desk::request(BadgeOrder& order, const Venue& venue, const sync::RowStamp& stamp) {
  JournalRow row = row_of(order, RowKind::badge_requested, venue.checkpoint.id);
  row.detail = order.named;
  auto written = store_.append(std::move(row), stamp);
  if (!written) return tl::make_unexpected(written.error());
  order.id = written->id;
  return {};
}

Expected<BadgeOrder> Desk::preview_badge(std::string_view attendee_id, std::string_view name) {
  const auto where = venue_or_error();
  if (!where) return tl::make_unexpected(where.error());
  auto attendee = on_roster(store_, attendee_id);
  if (!attendee) return tl::make_unexpected(attendee.error());
  BadgeOrder order;
  order.attendee = std::move(*attendee);
  order.credential = sync::mint_specimen((*where)->event, order.attendee.id);
  if (auto named = name_badge(order, name); !named) return tl::make_unexpected(named.error());
  return order;
}

Expected<BadgeOrder> Desk::order_badge(std::string_view attendee_id, const sync::RowStamp& stamp,
                                       std::string_view name) {
  auto transaction = store_.begin();
  if (!transaction) return tl::make_unexpected(transaction.error());
  const auto where = venue_or_error();
  if (!where) return tl::make_unexpected(where.error());
  const auto attendee = on_roster(store_, attendee_id);
  if (!attendee) return tl::make_unexpected(attendee.error());
  // Decided a moment ago; a row of another kiosk may have come since.
  const auto presence = store_.presence(attendee_id, (*where)->checkpoint.zone);
  const auto under_way = store_.badge_under_way(attendee_id, hub_now(stamp) - kBadgeUnderWayFor);
  if (!presence) return tl::make_unexpected(presence.error());
  if (!under_way) return tl::make_unexpected(under_way.error());
  const sync::Checkpoint& here = (*where)->checkpoint;
  const bool at_station = here.badge == sync::BadgePolicy::station;
  const bool had = at_station ? presence->badges_taken >= here.badge_prints : presence->badge_printed;
  if (had || *under_way) return fail(Error::Kind::invalid, "this badge was printed, or begun, elsewhere");
  if (!name.empty() && !permits(*attendee, name))
    return fail(Error::Kind::invalid, "the roster does not permit that name on the badge of " + attendee->id);
  auto order = order_for(*attendee, **where, 0, name);
  if (!order) return order;
  order->at_station = at_station;
  if (auto requested = request(*order, **where, stamp); !requested)
    return tl::make_unexpected(requested.error());
  if (auto committed = transaction->commit(); !committed) return tl::make_unexpected(committed.error());
  printing_[order->id] = order->attendee.id;
  return order;
}

bool Desk::is_printing(std::string_view attendee_id) const {
  return std::ranges::any_of(printing_, [&](const auto& one) { return one.second == attendee_id; });
}

// It may have waited in a queue, or for people, or for a start of this kiosk, while others went on.
Expected<std::string> Desk::why_unwanted(const BadgeOrder& order, bool begins) {
  const auto attendee = store_.attendee(order.attendee.id);
  const auto living = store_.generation(order.attendee.id);
  const auto presence = store_.presence(order.attendee.id, "");
  if (!attendee) return tl::make_unexpected(attendee.error());
  if (!living) return tl::make_unexpected(living.error());
  if (!presence) return tl::make_unexpected(presence.error());
  if (!*attendee) return std::string("the attendee is no longer on the roster");
  if (*living != order.generation) return std::string("a newer badge has taken its place");
  if (begins && rule_of(order) == kFirst && presence->badge_printed)
    return std::string("it was printed elsewhere");
  return std::string();
}

Expected<void> Desk::badge_sent(const BadgeOrder& order, const SentPiece& sent, const sync::RowStamp& stamp) {
  auto transaction = store_.begin();
  if (!transaction) return tl::make_unexpected(transaction.error());
  const auto requested = store_.row(order.id);
  if (!requested) return tl::make_unexpected(requested.error());
  if (!*requested) return fail(Error::Kind::invalid, "the attendee is no longer on the roster");
  const auto why = why_unwanted(order, sent.begins);
  if (!why) return tl::make_unexpected(why.error());
  if (!why->empty()) return fail(Error::Kind::invalid, *why);
  JournalRow row = row_of(order, RowKind::badge_sent, venue_ ? venue_->checkpoint.id : "");
  row.rule = sent.piece;
  row.detail = sent.where;
  if (auto written = store_.append(std::move(row), stamp); !written)
    return tl::make_unexpected(written.error());
  return transaction->commit();
}

Expected<void> Desk::badge_done(const BadgeOrder& order, bool printed, std::string_view detail,
                                const sync::RowStamp& stamp) {
  if (!order.id.empty()) {
    const auto requested = store_.row(order.id);
    if (!requested) return tl::make_unexpected(requested.error());
    if (!*requested) {  // of a journal that was given up since, with all that it knew
      printing_.erase(order.id);
      return {};
    }
  }
  JournalRow row = row_of(order, printed ? RowKind::badge_printed : RowKind::badge_failed,
                          venue_ ? venue_->checkpoint.id : "");
  row.detail = detail;
  auto written = store_.append(std::move(row), stamp);
  if (!written) return tl::make_unexpected(written.error());  // asked again: no second badge meanwhile
  printing_.erase(order.id);
  return {};
}

Expected<std::vector<OpenOrder>> Desk::resume_badges(std::uint64_t up_to, const sync::RowStamp& stamp) {
  const auto where = venue_or_error();
  if (!where) return tl::make_unexpected(where.error());
  const auto open = store_.open_badges(up_to);
  if (!open) return tl::make_unexpected(open.error());
  std::vector<OpenOrder> resumed;
  for (const sync::Store::OpenBadge& one : *open) {
    auto order = resume_one(one, **where, stamp);
    // One that cannot be taken up is owed after a while, as that of a kiosk that never comes back.
    if (!order || !*order) continue;
    const BadgeOrder& taken_up = (*order)->order;
    if (!taken_up.for_today) printing_[taken_up.id] = taken_up.attendee.id;
    resumed.push_back(std::move(**order));
  }
  return resumed;
}

Expected<std::optional<OpenOrder>> Desk::resume_one(const sync::Store::OpenBadge& open, const Venue& venue,
                                                    const sync::RowStamp& stamp) {
  const JournalRow& row = open.requested;
  BadgeOrder order;
  order.attendee.id = row.attendee;
  order.generation = row.generation;
  order.operator_id = row.operator_id;
  order.reprint = row.rule == kReprint || row.rule == kAgain;
  order.again = row.rule == kAgain;
  order.at_station = row.rule == kAtStation;
  order.for_today = row.rule == kForTheDay;
  order.id = row.id;
  const auto attendee = store_.attendee(row.attendee);
  const auto unwanted = why_unwanted(order, true);
  if (!attendee) return tl::make_unexpected(attendee.error());
  if (!unwanted) return tl::make_unexpected(unwanted.error());
  OpenOrder found{std::move(order), {}, false};
  for (const JournalRow& sent : open.sent) found.sent.push_back({sent.rule, sent.detail});

  std::string why = *unwanted;
  const Timestamp asked{std::chrono::milliseconds(row.hlc.wall_ms)};
  if (hub_now(stamp) - asked > kBadgeResumedWithin) why = "the kiosk was off, and nobody waits for it";
  found.late = !why.empty();
  if (found.late && found.sent.empty()) {
    auto failed = badge_done(found.order, false, why, stamp);
    if (!failed) return tl::make_unexpected(failed.error());
    return std::nullopt;
  }
  if (!*attendee) return found;  // asked after by its name alone
  sync::Attendee whose = **attendee;
  if (found.order.for_today) {
    whose.valid_from = sync::venue_day_start(asked, venue.event.calendar);
    whose.valid_until = sync::venue_day_end(asked, venue.event.calendar);
    found.order.day = calendar_day(asked, venue.event.calendar);
  }
  auto minted = order_for(whose, venue, 0);
  if (!minted) return tl::make_unexpected(minted.error());
  found.order.attendee = **attendee;
  call(found.order, row.detail);
  found.order.credential = std::move(minted->credential);
  return found;
}

}  // namespace lanyard::kiosk
