// The records as JSON. What is empty is left out; what is unknown is ignored.
#include <algorithm>
#include <cstdio>

#include "sync/chain.hpp"
#include "sync/wire_json.hpp"

namespace lanyard::sync {
namespace wire {

namespace {

constexpr std::int64_t kMaxInteger = std::numeric_limits<std::int64_t>::max();
constexpr std::uint64_t kMaxSeq = std::numeric_limits<std::int64_t>::max();  // SQLite's integers
constexpr std::int64_t kFirstMs = kFirstTime.time_since_epoch().count();
constexpr std::int64_t kLastMs = kLastTime.time_since_epoch().count();
constexpr std::int64_t kMaxOffsetMs = kMaxClockOffset.count();
constexpr std::size_t kMaxBootIdBytes = 64;
constexpr std::int64_t kMaxOffsetMinutes = 2 * 24 * 60;  // of a rehearsal, which wraps by whole days
constexpr std::size_t kMaxZoneNameBytes = 64;

void put_text(Json& json, const char* key, const std::string& text) {
  if (!text.empty()) json[key] = text;
}

template <class T>
void put_list(Json& json, const char* key, const std::vector<T>& list) {
  if (!list.empty()) json[key] = list;
}

Json json_of(const Interval& interval) {
  return {{"from", to_rfc3339(interval.from)}, {"until", to_rfc3339(interval.until)}};
}

Interval read_interval(const Field& field) {
  const Interval interval{field.at("from").time(), field.at("until").time()};
  field.must(interval.from <= interval.until, "ends before it begins");
  return interval;
}

void put_flag(Json& json, const char* key, bool flag) {
  if (flag) json[key] = true;
}

std::vector<std::string> read_ids(const Field& field, std::size_t most = kMaxListItems) {
  return field.list_or_empty(most, [](const Field& item) { return item.id(); });
}

std::chrono::minutes read_minutes(const Field& field, std::chrono::minutes otherwise,
                                  std::chrono::minutes most) {
  if (!field.present()) return otherwise;
  return std::chrono::minutes(field.number<std::int64_t>(0, most.count()));
}

std::vector<std::string> read_texts(const Field& field) {
  return field.list_or_empty(kMaxListItems, [](const Field& item) { return item.text(64); });
}

std::string colour_text(std::uint32_t rgb) {
  std::array<char, 8> text{};
  (void)std::snprintf(text.data(), text.size(), "#%06x", rgb & 0xFFFFFFU);
  return text.data();
}

std::uint32_t read_colour(const Field& field) {
  const std::string text = field.text(7);
  std::array<std::uint8_t, 3> rgb{};
  if (text.size() != 7 || text[0] != '#' || !unhex(std::string_view(text).substr(1), rgb)) {
    field.wrong("must be a colour as #rrggbb");
  }
  return static_cast<std::uint32_t>(rgb[0]) << 16U | static_cast<std::uint32_t>(rgb[1]) << 8U | rgb[2];
}

Json json_of(const AccessRule& rule) {
  Json json{{"id", rule.id}, {"categories", rule.categories}};
  for (const Interval& window : rule.windows) json["windows"].push_back(json_of(window));
  put_list(json, "needs_tags", rule.needs_tags);
  put_list(json, "bars_tags", rule.bars_tags);
  put_list(json, "escorts", rule.escorts);
  put_flag(json, "escort_of_delegation", rule.escort_of_delegation);
  put_flag(json, "reserve", rule.reserve);
  return json;
}

AccessRule read_rule(const Field& field) {
  AccessRule rule;
  rule.id = field.at("id").id();
  rule.categories = field.at("categories").list(kMaxCategories, [](const Field& item) {
    std::string category = item.text(kMaxIdBytes);
    item.must(category == "*" || is_id(category), "is neither an id nor '*'");
    return category;
  });
  rule.windows = field.at("windows").list_or_empty(kMaxWindows, read_interval);
  rule.needs_tags = read_ids(field.at("needs_tags"));
  rule.bars_tags = read_ids(field.at("bars_tags"));
  rule.escorts = read_ids(field.at("escorts"), kMaxCategories);
  rule.escort_of_delegation = field.at("escort_of_delegation").flag_or_false();
  rule.reserve = field.at("reserve").flag_or_false();
  return rule;
}

std::optional<std::uint32_t> read_count(const Field& field) {
  if (!field.present()) return std::nullopt;
  return field.number<std::uint32_t>(0, kMaxCount);
}

}  // namespace

Json json_of(const Calendar& calendar) {
  Json json{{"utc_offset_minutes", calendar.utc_offset.count()}};
  put_text(json, "time_zone", calendar.time_zone);
  if (calendar.day_begins.count() != 0) json["day_begins_minutes"] = calendar.day_begins.count();
  for (const OffsetChange& change : calendar.changes) {
    json["changes"].push_back(
        {{"from", to_rfc3339(change.from)}, {"utc_offset_minutes", change.utc_offset.count()}});
  }
  return json;
}

Calendar read_calendar(const Field& field) {
  const auto offset = [](const Field& of) {
    return std::chrono::minutes(
        of.at("utc_offset_minutes").number<std::int64_t>(-kMaxOffsetMinutes, kMaxOffsetMinutes));
  };
  Calendar calendar;
  calendar.utc_offset = offset(field);
  calendar.time_zone = field.at("time_zone").text_or_empty(kMaxZoneNameBytes);
  calendar.day_begins = read_minutes(field.at("day_begins_minutes"), {}, kMaxDayBegins);
  calendar.changes = field.at("changes").list_or_empty(kMaxOffsetChanges, [&](const Field& item) {
    return OffsetChange{item.at("from").time(), offset(item)};
  });
  field.must(std::ranges::is_sorted(calendar.changes, {}, &OffsetChange::from),
             "its changes are not in order");
  return calendar;
}

namespace {

Json json_of(const Seat& seat) {
  Json json = Json::object();
  put_text(json, "session", seat.session);
  put_text(json, "place", seat.place);
  return json;
}

Seat read_seat(const Field& field) {
  return {field.at("session").id_or_empty(), field.at("place").text_or_empty(kMaxSeatBytes)};
}

}  // namespace

Json json_of(const Attendee& attendee) {
  Json json{{"id", attendee.id},
            {"name", attendee.name},
            {"category", attendee.category},
            {"status", to_name(attendee.status)}};
  put_text(json, "name_native", attendee.name_native);
  put_text(json, "name_sort", attendee.name_sort);
  put_text(json, "title", attendee.title);
  put_text(json, "organisation", attendee.organisation);
  put_text(json, "delegation", attendee.delegation);
  put_text(json, "companion_of", attendee.companion_of);
  put_text(json, "role", attendee.role);
  put_text(json, "pin_hash", attendee.pin_hash);
  put_text(json, "photo", attendee.photo);
  put_list(json, "badge_names", attendee.badge_names);
  put_list(json, "other_categories", attendee.other_categories);
  put_list(json, "tags", attendee.tags);
  put_list(json, "zones", attendee.zones);
  put_list(json, "languages", attendee.languages);
  put_list(json, "access_needs", attendee.access_needs);
  for (const Seat& seat : attendee.seats) json["seats"].push_back(json_of(seat));
  if (attendee.valid_from) json["valid_from"] = to_rfc3339(*attendee.valid_from);
  if (attendee.valid_until) json["valid_until"] = to_rfc3339(*attendee.valid_until);
  return json;
}

Attendee read_attendee(const Field& field) {
  Attendee attendee;
  attendee.id = field.at("id").id();
  attendee.name = field.at("name").text();
  attendee.name_native = field.at("name_native").text_or_empty();
  attendee.name_sort = field.at("name_sort").text_or_empty();
  attendee.badge_names =
      field.at("badge_names").list_or_empty(kMaxBadgeNames, [](const Field& name) { return name.text(); });
  attendee.title = field.at("title").text_or_empty();
  attendee.organisation = field.at("organisation").text_or_empty();
  attendee.delegation = field.at("delegation").id_or_empty();
  attendee.category = field.at("category").id();
  attendee.other_categories = read_ids(field.at("other_categories"));
  attendee.tags = read_ids(field.at("tags"));
  attendee.role = field.at("role").id_or_empty();
  attendee.pin_hash = field.at("pin_hash").text_or_empty(kMaxPinHashBytes);
  if (const Field photo = field.at("photo"); photo.present()) {
    attendee.photo = photo.text(kPhotoHashDigits);
    photo.must(is_photo_hash(attendee.photo), "must be 64 lower-case hexadecimal digits");
  }
  attendee.zones = read_ids(field.at("zones"));
  attendee.languages = read_texts(field.at("languages"));
  attendee.access_needs = read_texts(field.at("access_needs"));
  attendee.companion_of = field.at("companion_of").id_or_empty();
  attendee.seats = field.at("seats").list_or_empty(kMaxListItems, read_seat);
  // Whoever is something that is not known here is asked to the desk.
  attendee.status = field.at("status").named_or(status_named, Status::blocked);
  attendee.valid_from = field.at("valid_from").time_if_present();
  attendee.valid_until = field.at("valid_until").time_if_present();
  return attendee;
}

Json json_of(const Checkpoint& checkpoint) {
  Json rules = Json::array();
  for (const AccessRule& rule : checkpoint.access) rules.push_back(json_of(rule));
  Json json{{"id", checkpoint.id},
            {"name", checkpoint.name},
            {"zone", checkpoint.zone},
            {"direction", to_name(checkpoint.direction)},
            {"mode", to_name(checkpoint.mode)},
            {"reentry", checkpoint.reentry},
            {"access", std::move(rules)},
            {"badge", to_name(checkpoint.badge)},
            {"companion", to_name(checkpoint.companion)}};
  if (checkpoint.capacity) json["capacity"] = *checkpoint.capacity;
  if (checkpoint.reserve > 0) json["reserve"] = checkpoint.reserve;
  if (checkpoint.delegation_quota) json["delegation_quota"] = *checkpoint.delegation_quota;
  if (!checkpoint.delegation_quotas.empty()) json["delegation_quotas"] = checkpoint.delegation_quotas;
  if (checkpoint.organisation_quota) json["organisation_quota"] = *checkpoint.organisation_quota;
  if (checkpoint.companions_each) json["companions_each"] = *checkpoint.companions_each;
  if (checkpoint.grace.count() > 0) json["grace_minutes"] = checkpoint.grace.count();
  if (checkpoint.provisional > 0) json["provisional"] = checkpoint.provisional;
  if (checkpoint.badge_prints != 1) json["badge_prints"] = checkpoint.badge_prints;
  return json;
}

Checkpoint read_checkpoint(const Field& field) {
  Checkpoint checkpoint;
  checkpoint.id = field.at("id").id();
  checkpoint.name = field.at("name").local_text();
  checkpoint.zone = field.at("zone").id();
  checkpoint.direction = field.at("direction").named(direction_named);
  checkpoint.mode = field.at("mode").named(mode_named);
  checkpoint.reentry = field.at("reentry").flag();
  checkpoint.access = field.at("access").list(kMaxRules, read_rule);
  checkpoint.capacity = read_count(field.at("capacity"));
  checkpoint.reserve = read_count(field.at("reserve")).value_or(0);
  checkpoint.delegation_quota = read_count(field.at("delegation_quota"));
  checkpoint.delegation_quotas = field.at("delegation_quotas").counts_or_empty(kMaxQuotas);
  checkpoint.organisation_quota = read_count(field.at("organisation_quota"));
  checkpoint.companions_each = read_count(field.at("companions_each"));
  checkpoint.grace = read_minutes(field.at("grace_minutes"), {}, kMaxGrace);
  checkpoint.provisional = read_count(field.at("provisional")).value_or(0);
  checkpoint.badge = field.at("badge").named(badge_policy_named);
  checkpoint.badge_prints = read_count(field.at("badge_prints")).value_or(1);
  checkpoint.companion = field.at("companion").named(companion_policy_named);
  return checkpoint;
}

namespace {

Json json_of(const Category& category) {
  Json json{{"id", category.id}, {"name", category.name}, {"colour", colour_text(category.colour_rgb)}};
  put_flag(json, "transferable", category.transferable);
  return json;
}

Category read_category(const Field& field) {
  return {field.at("id").id(), field.at("name").local_text(), read_colour(field.at("colour")),
          field.at("transferable").flag_or_false()};
}

Json json_of(const Zone& zone) {
  Json json{{"id", zone.id}, {"name", zone.name}};
  put_text(json, "within", zone.within);
  put_list(json, "leaves", zone.leaves);
  return json;
}

Zone read_zone(const Field& field) {
  return {field.at("id").id(), field.at("name").local_text(), field.at("within").id_or_empty(),
          read_ids(field.at("leaves"), kMaxZones)};
}

Json json_of(const Role& role) {
  Json json{{"id", role.id}, {"name", role.name}};
  for (const StaffAction action : role.may) json["may"].push_back(to_name(action));
  put_list(json, "overrides", role.overrides);
  return json;
}

Role read_role(const Field& field) {
  Role role{field.at("id").id(), field.at("name").local_text(), {}, {}};
  // What a later version lets staff do is not known here, and so not allowed.
  for (const std::string& name : read_texts(field.at("may"))) {
    if (const auto action = staff_action_named(name)) role.may.push_back(*action);
  }
  role.overrides = read_texts(field.at("overrides"));
  return role;
}

Json json_of(const TicketItem& item) {
  Json json{{"item", item.item}, {"variation", item.variation}, {"category", item.category}};
  put_list(json, "zones", item.zones);
  return json;
}

TicketItem read_ticket_item(const Field& field) {
  return {field.at("item").number<std::int64_t>(0, kMaxInteger),
          field.at("variation").number<std::int64_t>(0, kMaxInteger), field.at("category").id(),
          read_ids(field.at("zones"), kMaxZones)};
}

Json json_of(const Session& session) {
  Json json{{"id", session.id}, {"name", session.name}, {"time", json_of(session.time)}};
  if (!session.room.empty()) json["room"] = session.room;
  put_text(json, "zone", session.zone);
  put_list(json, "categories", session.categories);
  put_flag(json, "seated", session.seated);
  put_flag(json, "signed_up", session.signed_up);
  return json;
}

Session read_session(const Field& field) {
  Session session;
  session.id = field.at("id").id();
  session.name = field.at("name").local_text();
  if (const Field room = field.at("room"); room.present()) session.room = room.local_text();
  session.zone = field.at("zone").id_or_empty();
  session.time = read_interval(field.at("time"));
  session.categories = read_ids(field.at("categories"), kMaxCategories);
  session.seated = field.at("seated").flag_or_false();
  session.signed_up = field.at("signed_up").flag_or_false();
  return session;
}

}  // namespace

Json json_of(const EventInfo& event) {
  Json json{{"id", event.id},
            {"name", event.name},
            {"calendar", json_of(event.calendar)},
            {"runs", json_of(event.runs)},
            {"help_desk", event.help_desk},
            {"protocol_desk", event.protocol_desk},
            {"undo_within_minutes", event.undo_within.count()},
            {"forget_after_hours", event.forget_after.count()},
            {"categories", Json::array()},
            {"zones", Json::array()}};
  put_flag(json, "test", event.test);
  put_flag(json, "badge_preview", event.badge_preview);
  if (event.reprints) json["reprints"] = *event.reprints;
  if (!event.accreditation_desk.empty()) json["accreditation_desk"] = event.accreditation_desk;
  for (const Category& category : event.categories) json["categories"].push_back(json_of(category));
  for (const Zone& zone : event.zones) json["zones"].push_back(json_of(zone));
  for (const Role& role : event.roles) json["roles"].push_back(json_of(role));
  for (const TicketItem& item : event.ticket_items) json["ticket_items"].push_back(json_of(item));
  for (const Session& session : event.sessions) json["sessions"].push_back(json_of(session));
  return json;
}

EventInfo read_event(const Field& field) {
  EventInfo event;
  event.id = field.at("id").id();
  event.name = field.at("name").local_text();
  event.test = field.at("test").flag_or_false();
  // Version 1 knew one offset.
  event.calendar = read_calendar(field.at("calendar").present() ? field.at("calendar") : field);
  event.runs = read_interval(field.at("runs"));
  event.help_desk = field.at("help_desk").local_text();
  event.protocol_desk = field.at("protocol_desk").local_text();
  if (const Field desk = field.at("accreditation_desk"); desk.present())
    event.accreditation_desk = desk.local_text();
  event.undo_within = read_minutes(field.at("undo_within_minutes"), event.undo_within, kMaxUndo);
  event.reprints = read_count(field.at("reprints"));
  event.badge_preview = field.at("badge_preview").flag_or_false();
  if (const Field hours = field.at("forget_after_hours"); hours.present())
    event.forget_after = std::chrono::hours(hours.number<std::int64_t>(1, kMaxForgetAfter.count()));
  event.categories = field.at("categories").list(kMaxCategories, read_category);
  event.zones = field.at("zones").list(kMaxZones, read_zone);
  event.roles = field.at("roles").list_or_empty(kMaxRoles, read_role);
  event.ticket_items = field.at("ticket_items").list_or_empty(kMaxTicketItems, read_ticket_item);
  event.sessions = field.at("sessions").list_or_empty(kMaxSessions, read_session);
  return event;
}

JournalRow read_row(const Field& field) {
  JournalRow row;
  row.id = field.at("id").uuid();
  row.device = field.at("device").id();
  row.seq = field.at("seq").number<std::uint64_t>(1, kMaxSeq);
  row.hlc.wall_ms = field.at("hlc").at("wall_ms").number<std::int64_t>(kFirstMs, kLastMs);
  row.hlc.counter = field.at("hlc").at("counter").number<std::uint32_t>(0, kMaxHlcCounter);
  row.boot_id = field.at("boot_id").text_or_empty(kMaxBootIdBytes);
  row.monotonic_ms = field.at("monotonic_ms").number<std::int64_t>(-kMaxOffsetMs, kMaxOffsetMs);
  row.wall = field.at("wall").time();
  if (field.at("offset_ms").present()) {
    row.offset_ms = field.at("offset_ms").number<std::int64_t>(-kMaxOffsetMs, kMaxOffsetMs);
  }
  row.kind = field.at("kind").named(row_kind_named);
  row.attendee = field.at("attendee").id_or_empty();
  row.checkpoint = field.at("checkpoint").id_or_empty();
  row.zone = field.at("zone").id_or_empty();
  row.operator_id = field.at("operator").id_or_empty();
  row.roster_version = field.at("roster_version").number<std::int64_t>(0, kMaxInteger);
  row.rule = field.at("rule").text_or_empty();
  row.generation = field.at("generation").number<std::uint32_t>(0, kMaxGeneration);
  row.detail = field.at("detail").text_or_empty(kMaxDetailBytes);
  row.related = field.at("related").id_or_empty();
  if (const Field target = field.at("target"); target.present()) row.target = target.uuid();
  row.basis = field.at("basis").text_or_empty(kMaxBasisBytes);
  row.erased = field.at("erased").flag_or_false();
  field.at("prev_hash").hexadecimal(row.prev_hash);
  field.at("hash").hexadecimal(row.hash);
  return row;
}

}  // namespace wire

std::string to_json(const Attendee& attendee) {
  return wire::write_json(wire::json_of(attendee));
}
std::string to_json(const Checkpoint& checkpoint) {
  return wire::write_json(wire::json_of(checkpoint));
}
std::string to_json(const EventInfo& event) {
  return wire::write_json(wire::json_of(event));
}
// Rows go over the wire by the thousand: written without a tree, the names in order as in all bodies.
std::string to_json(const JournalRow& row) {
  wire::ObjectWriter json(512 + row.basis.size() + row.basis.size() / 4);
  json.text_unless_empty("attendee", row.attendee);
  json.text_unless_empty("basis", row.basis);
  json.text_unless_empty("boot_id", row.boot_id);
  json.text_unless_empty("checkpoint", row.checkpoint);
  json.text_unless_empty("detail", row.detail);
  json.text("device", row.device);
  if (row.erased) json.raw("erased", "true");
  json.number("generation", row.generation);
  json.text("hash", hex(row.hash));
  json.raw("hlc", R"({"counter":)" + std::to_string(row.hlc.counter) + R"(,"wall_ms":)" +
                      std::to_string(row.hlc.wall_ms) + "}");
  json.text("id", row.id);
  json.text("kind", to_name(row.kind));
  json.number("monotonic_ms", row.monotonic_ms);
  if (row.offset_ms) json.number("offset_ms", *row.offset_ms);
  json.text_unless_empty("operator", row.operator_id);
  json.text("prev_hash", hex(row.prev_hash));
  json.text_unless_empty("related", row.related);
  json.number("roster_version", row.roster_version);
  json.text_unless_empty("rule", row.rule);
  json.number("seq", row.seq);
  json.text_unless_empty("target", row.target);
  json.text("wall", to_rfc3339(row.wall));
  json.text_unless_empty("zone", row.zone);
  return json.finish();
}
Expected<Attendee> parse_attendee(std::string_view json) {
  return wire::parse_as(json, "", wire::read_attendee);
}
Expected<Checkpoint> parse_checkpoint(std::string_view json) {
  return wire::parse_as(json, "", wire::read_checkpoint);
}
Expected<EventInfo> parse_event(std::string_view json) {
  return wire::parse_as(json, "", wire::read_event);
}
Expected<JournalRow> parse_row(std::string_view json) {
  return wire::parse_as(json, "", wire::read_row);
}

}  // namespace lanyard::sync
