// Policies and the basis of decisions as JSON, as stores and journal rows keep them. What is empty or usual
// is left out: there is a basis in every row of a decision.
#include <algorithm>

#include <sodium.h>

#include "sync/chain.hpp"
#include "sync/facts.hpp"
#include "sync/wire_json.hpp"

namespace lanyard::sync {

namespace {

using wire::Field;
using wire::Json;

constexpr std::int64_t kMaxInteger = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kFirstMs = kFirstTime.time_since_epoch().count();
constexpr std::int64_t kLastMs = kLastTime.time_since_epoch().count();
constexpr std::size_t kPolicyIdBytes = 8;
constexpr std::size_t kMaxWaived = 64;

template <class T>
void put(Json& json, const char* key, const T& value, const T& usual) {
  if (value != usual) json[key] = value;
}

void put_time(Json& json, const char* key, const std::optional<Timestamp>& when) {
  if (when) json[key] = when->time_since_epoch().count();
}

Timestamp read_time(const Field& field) {
  return Timestamp(std::chrono::milliseconds(field.number<std::int64_t>(kFirstMs, kLastMs)));
}

std::optional<Timestamp> read_time_if_present(const Field& field) {
  if (!field.present()) return std::nullopt;
  return read_time(field);
}

std::uint32_t read_count_or(const Field& field, std::uint32_t usual) {
  return field.present() ? field.number<std::uint32_t>(0, std::numeric_limits<std::uint32_t>::max()) : usual;
}

std::vector<std::string> read_ids(const Field& field, std::size_t most = kMaxListItems) {
  return field.list_or_empty(most, [](const Field& item) { return item.id(); });
}

// Of an attendee, what rules look at.
Json json_of_judged(const Attendee& attendee, std::string_view zone) {
  Json json{{"id", attendee.id}, {"status", to_name(attendee.status)}};
  put(json, "category", attendee.category, {});
  put(json, "other_categories", attendee.other_categories, {});
  put(json, "tags", attendee.tags, {});
  put(json, "delegation", attendee.delegation, {});
  put(json, "companion_of", attendee.companion_of, {});
  put(json, "in_zone", std::ranges::find(attendee.zones, zone) != attendee.zones.end(), false);
  put(json, "has_organisation", !attendee.organisation.empty(), false);
  put_time(json, "valid_from", attendee.valid_from);
  put_time(json, "valid_until", attendee.valid_until);
  return json;
}

Attendee read_judged(const Field& field, const std::string& zone) {
  Attendee attendee;
  attendee.id = field.at("id").id();
  attendee.status = field.at("status").named(status_named);
  attendee.category = field.at("category").id_or_empty();
  attendee.other_categories = read_ids(field.at("other_categories"));
  attendee.tags = read_ids(field.at("tags"));
  attendee.delegation = field.at("delegation").id_or_empty();
  attendee.companion_of = field.at("companion_of").id_or_empty();
  if (field.at("in_zone").flag_or_false()) attendee.zones.push_back(zone);
  if (field.at("has_organisation").flag_or_false()) attendee.organisation = "?";
  attendee.valid_from = read_time_if_present(field.at("valid_from"));
  attendee.valid_until = read_time_if_present(field.at("valid_until"));
  return attendee;
}

Json json_of(const Presented& presented) {
  if (!presented) return {{"unreadable", to_name(presented.error())}};
  if (const auto* ticket = std::get_if<PretixCredential>(&*presented)) {
    Json json{{"pretix", true}};
    put_time(json, "valid_from", ticket->secret.valid_from);
    put_time(json, "valid_until", ticket->secret.valid_until);
    return json;
  }
  const auto* card = std::get_if<SignedCredential>(&*presented);
  if (card == nullptr) return {{"opaque", true}};
  Json json{{"event", hex(card->event)}, {"attendee", card->attendee}, {"generation", card->generation}};
  put_time(json, "valid_from", card->valid_from);
  put_time(json, "valid_until", card->valid_until);
  return json;
}

Presented read_presented(const Field& field) {
  if (field.at("unreadable").present())
    return tl::make_unexpected(field.at("unreadable").named(unreadable_named));
  if (field.at("opaque").present()) return Credential(OpaqueCredential{});
  if (field.at("pretix").present()) {
    PretixCredential ticket;
    ticket.secret.valid_from = read_time_if_present(field.at("valid_from"));
    ticket.secret.valid_until = read_time_if_present(field.at("valid_until"));
    return Credential(ticket);
  }
  SignedCredential card;
  field.at("event").hexadecimal(card.event);
  card.attendee = field.at("attendee").id();
  card.generation = field.at("generation").number<std::uint16_t>(0, kMaxGeneration);
  card.valid_from = read_time_if_present(field.at("valid_from"));
  card.valid_until = read_time_if_present(field.at("valid_until"));
  return Credential(card);
}

Json json_of(const Presence& presence) {
  Json json = Json::object();
  put(json, "inside", presence.inside, false);
  put(json, "entries", presence.entries, 0U);
  put(json, "badge_printed", presence.badge_printed, false);
  put(json, "badges_taken", presence.badges_taken, 0U);
  put(json, "at", presence.entry_checkpoint, {});
  put_time(json, "last_entry", presence.last_entry);
  put_time(json, "last_exit", presence.last_exit);
  return json;
}

Presence read_presence(const Field& field) {
  Presence presence;
  presence.inside = field.at("inside").flag_or_false();
  presence.entries = read_count_or(field.at("entries"), 0);
  presence.badge_printed = field.at("badge_printed").flag_or_false();
  presence.badges_taken = read_count_or(field.at("badges_taken"), 0);
  presence.entry_checkpoint = field.at("at").id_or_empty();
  presence.last_entry = read_time_if_present(field.at("last_entry"));
  presence.last_exit = read_time_if_present(field.at("last_exit"));
  return presence;
}

Json json_of(const Facts& facts, std::string_view zone) {
  Json json{{"roster", facts.roster_version}, {"event", facts.event}};
  put_time(json, "as_of", facts.as_of);
  if (facts.attendee) json["attendee"] = json_of_judged(*facts.attendee, zone);
  if (facts.stands_in_for) json["stands_in_for"] = json_of_judged(*facts.stands_in_for, zone);
  put(json, "provisional", facts.provisional, false);
  put(json, "provisional_here", facts.provisional_here, 0U);
  put(json, "replaced_by", facts.replaced_by, {});
  put(json, "generation", facts.credential_generation, 1U);
  put(json, "living", facts.living_generation, 1U);
  if (facts.presence != Presence{}) json["presence"] = json_of(facts.presence);
  put(json, "principal_inside", facts.principal_inside, false);
  put(json, "principal_entered", facts.principal_entered, false);
  put(json, "companions_inside", facts.companions_inside, 0U);
  put(json, "inside", facts.inside, 0U);
  put(json, "delegation_inside", facts.delegation_inside, 0U);
  put(json, "organisation_inside", facts.organisation_inside, 0U);
  for (const Facts::Escort& escort : facts.escorts) {
    Json one{{"category", escort.category}, {"seen", escort.seen.time_since_epoch().count()}};
    put(one, "delegation", escort.delegation, {});
    json["escorts"].push_back(std::move(one));
  }
  return json;
}

Facts read_facts(const Field& field, const std::string& zone) {
  Facts facts;
  facts.roster_version = field.at("roster").number<std::int64_t>(0, kMaxInteger);
  facts.event = field.at("event").id();
  facts.as_of = read_time_if_present(field.at("as_of"));
  if (const Field who = field.at("attendee"); who.present()) facts.attendee = read_judged(who, zone);
  if (const Field who = field.at("stands_in_for"); who.present())
    facts.stands_in_for = read_judged(who, zone);
  facts.provisional = field.at("provisional").flag_or_false();
  facts.provisional_here = read_count_or(field.at("provisional_here"), 0);
  facts.replaced_by = field.at("replaced_by").id_or_empty();
  facts.credential_generation = read_count_or(field.at("generation"), 1);
  facts.living_generation = read_count_or(field.at("living"), 1);
  if (const Field presence = field.at("presence"); presence.present())
    facts.presence = read_presence(presence);
  facts.principal_inside = field.at("principal_inside").flag_or_false();
  facts.principal_entered = field.at("principal_entered").flag_or_false();
  facts.companions_inside = read_count_or(field.at("companions_inside"), 0);
  facts.inside = read_count_or(field.at("inside"), 0);
  facts.delegation_inside = read_count_or(field.at("delegation_inside"), 0);
  facts.organisation_inside = read_count_or(field.at("organisation_inside"), 0);
  facts.escorts = field.at("escorts").list_or_empty(kMaxEscorts, [](const Field& item) {
    return Facts::Escort{item.at("category").id(), item.at("delegation").id_or_empty(),
                         read_time(item.at("seen"))};
  });
  return facts;
}

Json json_of(const Policy& policy) {
  Json json{{"checkpoint", wire::json_of(policy.checkpoint)}, {"calendar", wire::json_of(policy.calendar)}};
  put(json, "test", policy.test, false);
  put(json, "transferable", policy.transferable, {});
  return json;
}

}  // namespace

Policy policy_of(const EventInfo& event, const Checkpoint& checkpoint) {
  Policy policy{checkpoint, event.calendar, event.test, {}};
  for (const Category& category : event.categories) {
    if (category.transferable) policy.transferable.push_back(category.id);
  }
  return policy;
}

std::string to_json(const Policy& policy) {
  return wire::write_json(json_of(policy));
}

Expected<Policy> parse_policy(std::string_view json) {
  return wire::parse_as(json, "", [](const Field& field) {
    return Policy{wire::read_checkpoint(field.at("checkpoint")), wire::read_calendar(field.at("calendar")),
                  field.at("test").flag_or_false(), read_ids(field.at("transferable"), kMaxCategories)};
  });
}

std::string policy_id(std::string_view json) {
  std::array<std::uint8_t, crypto_generichash_BYTES_MIN> digest{};
  crypto_generichash(digest.data(), digest.size(), reinterpret_cast<const unsigned char*>(json.data()),
                     json.size(), nullptr, 0);
  return hex(std::span(digest).first(kPolicyIdBytes));
}

std::string to_basis_json(const Basis& basis, std::string_view zone) {
  Json json{{"policy", basis.policy},
            {"zone", zone},
            {"presented", json_of(basis.presented)},
            {"facts", json_of(basis.facts, zone)},
            {"now", basis.now.time_since_epoch().count()}};
  put(json, "waived", basis.waived, {});
  return wire::write_json(json);
}

Expected<Basis> parse_basis(std::string_view json) {
  return wire::parse_as(json, "", [](const Field& field) {
    const std::string zone = field.at("zone").id();
    Basis basis;
    basis.policy = field.at("policy").text(2 * kPolicyIdBytes);
    basis.presented = read_presented(field.at("presented"));
    basis.facts = read_facts(field.at("facts"), zone);
    basis.waived =
        field.at("waived").list_or_empty(kMaxWaived, [](const Field& item) { return item.text(64); });
    basis.now = read_time(field.at("now"));
    return basis;
  });
}

}  // namespace lanyard::sync
