// What the desk knows of whoever stands before it.
#include <algorithm>
#include <set>

#include "kiosk/desk/admit.hpp"

namespace lanyard::kiosk {

namespace {

using sync::Attendee;
using sync::Expected;
using sync::JournalRow;
using sync::RowKind;

// Of this kiosk, among which an escort is looked for: two minutes at thirty people a minute, a badge each.
constexpr std::size_t kEscortRows = 120;
// A row's hybrid clock may run ahead of the moment that was decided for, and hardly behind it.
constexpr auto kEscortRowSlack = std::chrono::minutes(1);

// Somebody in order who held up a badge: let in, or in already.
bool shows_escort(const JournalRow& row, const sync::Checkpoint& checkpoint) {
  if (row.checkpoint != checkpoint.id || row.attendee.empty()) return false;
  return row.kind == RowKind::admitted || (row.kind == RowKind::refused && row.rule.starts_with("presence."));
}

// The categories that escort somebody here.
std::set<std::string, std::less<>> escorts_named(const sync::Checkpoint& checkpoint) {
  std::set<std::string, std::less<>> named;
  for (const sync::AccessRule& rule : checkpoint.access)
    named.insert(rule.escorts.begin(), rule.escorts.end());
  return named;
}

// What the first of the event's ticket items that fits says of a ticket whose order has not come.
void give_rights_of(const sync::PretixSecret& ticket, const sync::EventInfo& event, Attendee& attendee) {
  const auto fits = [&](const sync::TicketItem& item) {
    return (item.item == 0 || item.item == ticket.item) &&
           (item.variation == 0 || item.variation == ticket.variation);
  };
  const auto found = std::ranges::find_if(event.ticket_items, fits);
  if (found == event.ticket_items.end()) return;
  attendee.category = found->category;
  attendee.zones = found->zones;
}

}  // namespace

Facts Desk::facts_here(const Venue& venue) const {
  Facts facts;
  facts.as_of = standing_.roster_as_of;
  facts.roster_version = standing_.roster_version;
  facts.event = venue.event.id;
  return facts;
}

Expected<Facts> Desk::facts_of(const Presented& presented, const Venue& venue, Timestamp now) {
  Facts facts = facts_here(venue);
  if (!presented) return facts;
  const auto who = attendee_of(presented, venue, facts);
  if (!who) return tl::make_unexpected(who.error());
  if (who->empty()) return facts;
  facts.provisional = !std::holds_alternative<sync::OpaqueCredential>(*presented);
  if (auto added = add_person(*who, venue, facts, now); !added) return tl::make_unexpected(added.error());
  const auto* ticket = std::get_if<sync::PretixCredential>(&*presented);
  if (facts.provisional && ticket != nullptr) give_rights_of(ticket->secret, venue.event, *facts.attendee);
  return facts;
}

// Whose credential it is: an id, or "" of a code that the roster does not have.
Expected<std::string> Desk::attendee_of(const Presented& presented, const Venue& venue, Facts& facts) {
  if (const auto* card = std::get_if<sync::SignedCredential>(&*presented)) {
    facts.credential_generation = card->generation;
    return card->attendee;
  }
  const auto* ticket = std::get_if<sync::PretixCredential>(&*presented);
  const std::string& text =
      ticket != nullptr ? ticket->text : std::get<sync::OpaqueCredential>(*presented).text;
  const sync::Fingerprint print = sync::fingerprint(text, venue.identity.fingerprint_key);
  const auto known = store_.credential(print);
  if (!known) return tl::make_unexpected(known.error());
  if (!*known) return ticket != nullptr ? sync::ticket_subject(print) : std::string();
  facts.credential_generation = (*known)->generation;
  return (*known)->attendee;
}

// `facts.provisional`: a signature speaks for them, should the roster not.
Expected<void> Desk::add_person(const std::string& who, const Venue& venue, Facts& facts, Timestamp now) {
  auto attendee = store_.attendee(who);
  if (!attendee) return tl::make_unexpected(attendee.error());
  facts.attendee = std::move(*attendee);
  facts.provisional = facts.provisional && !facts.attendee;
  if (!facts.attendee && !facts.provisional) return {};
  if (facts.provisional) {
    if (auto added = add_stranger(who, venue, facts); !added) return added;
  }
  const auto living = store_.generation(who);
  if (!living) return tl::make_unexpected(living.error());
  facts.living_generation = *living;
  auto presence = store_.presence(who, venue.checkpoint.zone);
  if (!presence) return tl::make_unexpected(presence.error());
  facts.presence = std::move(*presence);
  const auto under_way = store_.badge_under_way(who, now - kBadgeUnderWayFor);
  if (!under_way) return tl::make_unexpected(under_way.error());
  const bool comes = *under_way || is_printing(who);
  facts.presence.badge_printed = facts.presence.badge_printed || comes;
  facts.presence.badges_taken += comes ? 1U : 0U;

  if (auto added = add_place(who, facts); !added) return added;
  if (auto added = add_company(venue.checkpoint.zone, facts, venue.policy, now); !added) return added;
  if (auto added = add_escorts(venue, facts, now); !added) return added;
  return add_counts(venue, facts, sync::venue_day(now, venue.event.calendar));
}

// Signed, and not on the roster: late, or gone. Whoever is gone may still leave.
Expected<void> Desk::add_stranger(const std::string& who, const Venue& venue, Facts& facts) {
  const auto taken_off = store_.taken_off(who);
  if (!taken_off) return tl::make_unexpected(taken_off.error());
  facts.provisional = !*taken_off;
  facts.attendee = Attendee{};
  facts.attendee->id = who;
  facts.attendee->status = *taken_off ? sync::Status::withdrawn : sync::Status::approved;
  facts.attendee->zones = {venue.checkpoint.zone};
  if (*taken_off) return {};
  return store_.provisional_count(who).map([&](std::uint32_t others) { facts.provisional_here = others; });
}

// Whose place they have, and who has theirs. Where two kiosks gave one place away, the last of them did.
Expected<void> Desk::add_place(const std::string& who, Facts& facts) {
  const auto places = store_.substitution(who);
  if (!places) return tl::make_unexpected(places.error());
  facts.replaced_by = places->replaced_by;
  if (places->stands_in_for.empty()) return {};
  const auto other = store_.substitution(places->stands_in_for);
  if (!other) return tl::make_unexpected(other.error());
  if (other->replaced_by != who) return {};
  auto place = store_.attendee(places->stands_in_for);
  if (!place) return tl::make_unexpected(place.error());
  facts.stands_in_for = std::move(*place);
  return {};
}

Expected<void> Desk::add_counts(const Venue& venue, Facts& facts, std::int64_t day) {
  const sync::Checkpoint& checkpoint = venue.checkpoint;
  const auto inside = store_.inside_count(checkpoint.zone, day);
  if (!inside) return tl::make_unexpected(inside.error());
  facts.inside = *inside;
  const Attendee& place = facts.stands_in_for ? *facts.stands_in_for : *facts.attendee;
  const auto of_group = [&](sync::Group group, const std::string& who, std::uint32_t& count) {
    if (who.empty()) return Expected<void>();
    return store_.inside_count(checkpoint.zone, day, group, who).map([&](std::uint32_t n) { count = n; });
  };
  auto counted = of_group(sync::Group::delegation, place.delegation, facts.delegation_inside);
  if (counted)
    counted = of_group(sync::Group::organisation, facts.attendee->organisation, facts.organisation_inside);
  if (counted) counted = of_group(sync::Group::companions, place.companion_of, facts.companions_inside);
  return counted;
}

Expected<void> Desk::add_company(const std::string& zone, Facts& facts, const Policy& policy, Timestamp now) {
  const Attendee& place = facts.stands_in_for ? *facts.stands_in_for : *facts.attendee;
  if (place.companion_of.empty()) return {};
  const auto principal = store_.presence(place.companion_of, zone);
  if (!principal) return tl::make_unexpected(principal.error());
  const bool today = principal->last_entry && sync::venue_day(*principal->last_entry, policy.calendar) ==
                                                  sync::venue_day(now, policy.calendar);
  facts.principal_inside = principal->inside && today;
  facts.principal_entered = principal->entries > 0 && today;
  return {};
}

Expected<void> Desk::add_escorts(const Venue& venue, Facts& facts, Timestamp now) {
  const std::set<std::string, std::less<>> wanted = escorts_named(venue.checkpoint);
  if (wanted.empty()) return {};
  const auto rows = store_.newest_own_rows(kEscortRows);
  if (!rows) return tl::make_unexpected(rows.error());
  for (const JournalRow& row : *rows) {
    if (now - Timestamp(std::chrono::milliseconds(row.hlc.wall_ms)) > sync::kEscortFor + kEscortRowSlack)
      break;
    if (!shows_escort(row, venue.checkpoint) || row.attendee == facts.attendee->id) continue;
    const auto undone = store_.annulled(row.id);
    if (!undone) return tl::make_unexpected(undone.error());
    if (*undone) continue;
    const auto basis = sync::parse_basis(row.basis);
    if (!basis) continue;  // by hand, of an earlier version: it holds no door open
    const Timestamp seen = basis->now;
    if (now - seen > sync::kEscortFor) break;
    const auto escort = store_.attendee(row.attendee);
    if (!escort) return tl::make_unexpected(escort.error());
    if (!*escort) continue;
    std::vector<std::string> categories = (*escort)->other_categories;
    categories.insert(categories.begin(), (*escort)->category);
    for (const std::string& category : categories) {
      const auto same = [&](const Facts::Escort& one) {
        return one.category == category && one.delegation == (*escort)->delegation;
      };
      const bool news = wanted.contains(category) && std::ranges::none_of(facts.escorts, same);
      if (news && facts.escorts.size() < sync::kMaxEscorts)
        facts.escorts.push_back({category, (*escort)->delegation, seen});
    }
  }
  return {};
}

}  // namespace lanyard::kiosk
