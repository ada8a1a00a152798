#include "sync/event_toml.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>

#include "sync/chain.hpp"
#include "sync/rule.hpp"
#include "sync/time_zone.hpp"
#include "sync/toml_reader.hpp"

namespace lanyard::sync {

namespace {

using std::chrono::minutes;

constexpr minutes kDay{24 * 60};
constexpr minutes kMostOffset{14 * 60};

// "+08:00", "-03:30", "Z".
std::optional<minutes> parse_offset(std::string_view text) {
  if (text == "Z") return minutes(0);
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const auto size = parse_clock(text.substr(1));
  if (!size || *size > kMostOffset) return std::nullopt;
  return text[0] == '-' ? -*size : *size;
}

// How many whole days to take off the venue's offsets, so that they are still those of some place's clocks.
minutes whole_days_of(minutes offset) {
  minutes left = offset % kDay;
  if (left > kDay / 2) left -= kDay;
  if (left <= -kDay / 2) left += kDay;
  return offset - left;
}

// The programme moved by `shift`, and the venue's clocks with it.
Calendar shifted(Calendar calendar, minutes shift) {
  const minutes by = shift + whole_days_of(calendar.utc_offset - shift);
  calendar.utc_offset -= by;
  for (OffsetChange& change : calendar.changes) {
    change.from += shift;
    change.utc_offset -= by;
  }
  return calendar;
}

// How far before and after the event its clocks are known: attendees may be valid for a year.
constexpr std::chrono::days kAround{400};

struct Window {
  std::int64_t day{1};
  minutes from{0};  // since that day's midnight
  minutes until{0};
};

class EventReader {
 public:
  EventReader(minutes shift, TomlTrouble& trouble) : shift_(shift), trouble_(trouble) {}

  EventFile read(const toml::table& document) {
    TomlTable root(document, "", trouble_);
    if (auto event = root.table("event")) {
      read_event(*event);
    } else {
      root.wrong("event", "is missing");
    }
    for (TomlTable& table : root.tables("category", kMaxCategories)) read_category(table);
    std::vector<TomlTable> zones = root.tables("zone", kMaxZones);
    for (TomlTable& table : zones) read_zone(table);
    for (std::size_t i = 0; i < zones.size(); ++i) relate_zone(zones[i], file_.event.zones[i]);
    for (TomlTable& table : root.tables("role", kMaxRoles)) read_role(table);
    for (TomlTable& table : root.tables("ticket_item", kMaxTicketItems)) read_ticket_item(table);
    for (TomlTable& table : root.tables("session", kMaxSessions)) read_session(table);
    for (TomlTable& table : root.tables("checkpoint", kMaxCheckpoints)) read_checkpoint(table);
    if (file_.event.categories.empty()) root.wrong("category", "there must be one at least");
    if (file_.event.zones.empty()) root.wrong("zone", "there must be one at least");
    if (file_.checkpoints.empty()) root.wrong("checkpoint", "there must be one at least");
    root.no_other_keys();
    return std::move(file_);
  }

 private:
  void read_event(TomlTable& table) {
    EventInfo& event = file_.event;
    event.id = table.id("id");
    event.name = table.local_text("name");
    event.help_desk = table.local_text("help_desk");
    event.protocol_desk = table.local_text("protocol_desk");
    if (table.has("accreditation_desk")) event.accreditation_desk = table.local_text("accreditation_desk");
    event.test = table.flag("test", false);
    if (table.has("undo_within_minutes"))
      event.undo_within = minutes(table.number("undo_within_minutes", 1, kMaxUndo.count()));
    event.reprints = read_count(table, "reprints");
    event.badge_preview = table.flag("badge_preview", false);
    if (table.has("forget_after_hours"))
      event.forget_after = std::chrono::hours(table.number("forget_after_hours", 1, kMaxForgetAfter.count()));
    days_ = table.number("days", 1, kMaxEventDays);
    const auto date = table.date("first_day");
    if (date) {
      first_day_ = std::chrono::sys_days(std::chrono::year_month_day(
          std::chrono::year(date->year), std::chrono::month(date->month), std::chrono::day(date->day)));
    }
    clocks_ = read_clocks(table);
    if (table.has("day_begins")) clocks_.day_begins = read_clock(table, "day_begins");
    if (clocks_.day_begins > kMaxDayBegins) table.wrong("day_begins", "must be in the morning");
    event.runs.from = moment(1, minutes(0), Edge::opening);
    event.runs.until = moment(days_ + 1, minutes(0), Edge::opening);
    // A day's room: a window may end on the day after the last.
    if (event.runs.from < kFirstTime + kDay || event.runs.until > kLastTime - 2 * kDay) {
      table.wrong("first_day", "is not within the years 0000 to 9999 of UTC");
    }
    event.calendar = shifted(clocks_, shift_);
    table.no_other_keys();
  }

  // As the venue reads them, before any shift.
  Calendar read_clocks(TomlTable& table) {
    Calendar clocks;
    if (table.has("time_zone")) {
      if (table.has("utc_offset")) table.wrong("utc_offset", "the time zone says it already");
      const std::string name = table.text("time_zone", kMaxIdBytes * 2);
      const Timestamp first = first_day_;
      auto found = calendar_of(name, first - kAround, first + days_ * kDay + kAround);
      if (!found) {
        if (!name.empty()) table.wrong("time_zone", printable(found.error(), kMaxTextBytes));
        return clocks;
      }
      return std::move(*found);
    }
    const std::string text = table.text("utc_offset");
    const auto offset = parse_offset(text);
    if (!offset && !text.empty()) table.wrong("utc_offset", "must be as \"+08:00\"");
    clocks.utc_offset = offset.value_or(minutes(0));
    return clocks;
  }

  // A time of day of the programme, as it is (perhaps) moved.
  [[nodiscard]] Timestamp moment(std::int64_t day, minutes clock, Edge edge) const {
    return at_clock(first_day_ + std::chrono::days(day - 1), clock, clocks_, edge) + shift_;
  }

  void read_category(TomlTable& table) {
    Category category{table.id("id"), table.local_text("name"), 0, table.flag("transferable", false)};
    const std::string colour = table.text("colour");
    std::array<std::uint8_t, 3> rgb{};
    if (!colour.empty() && (colour[0] != '#' || !unhex(std::string_view(colour).substr(1), rgb))) {
      table.wrong("colour", "must be as \"#1a2b3c\"");
    }
    category.colour_rgb =
        static_cast<std::uint32_t>(rgb[0]) << 16U | static_cast<std::uint32_t>(rgb[1]) << 8U | rgb[2];
    if (find_category(file_.event, category.id) != nullptr) table.wrong("id", "is the second of that id");
    file_.event.categories.push_back(std::move(category));
    table.no_other_keys();
  }

  void read_zone(TomlTable& table) {
    Zone zone{table.id("id"), table.local_text("name"), {}, {}};
    if (find_zone(file_.event, zone.id) != nullptr) table.wrong("id", "is the second of that id");
    if (table.has("within")) zone.within = table.id("within");
    if (table.has("leaves")) zone.leaves = table.texts("leaves", kMaxZones);
    file_.event.zones.push_back(std::move(zone));
    table.no_other_keys();
  }

  // Once all zones are known.
  void relate_zone(TomlTable& table, const Zone& zone) const {
    must_be_zone(table, "within", zone.within);
    for (const std::string& left : zone.leaves) {
      must_be_zone(table, "leaves", left);
      if (left == zone.id) table.wrong("leaves", "a zone cannot leave itself");
    }
    std::set<std::string> around{zone.id};
    for (const Zone* at = &zone; at != nullptr && !at->within.empty();
         at = find_zone(file_.event, at->within)) {
      if (!around.insert(at->within).second) {
        table.wrong("within", "goes round in a circle");
        break;
      }
    }
  }

  void must_be_zone(TomlTable& table, const char* key, const std::string& zone) const {
    if (!zone.empty() && find_zone(file_.event, zone) == nullptr)
      table.wrong(key, "there is no zone '" + printable(zone, 40) + "'");
  }

  void must_be_category(TomlTable& table, const char* key, const std::string& category) const {
    if (!category.empty() && find_category(file_.event, category) == nullptr)
      table.wrong(key, "there is no category '" + printable(category, 40) + "'");
  }

  void read_role(TomlTable& table) {
    Role role{table.id("id"), table.local_text("name"), {}, {}};
    if (find_role(file_.event, role.id) != nullptr) table.wrong("id", "is the second of that id");
    for (const std::string& name : table.texts("may", kStaffActionCount)) {
      const auto action = staff_action_named(name);
      if (!action) table.wrong("may", "there is no action '" + printable(name, 40) + "'");
      if (action) role.may.push_back(*action);
    }
    if (table.has("overrides")) role.overrides = table.texts("overrides", kMaxListItems);
    for (const std::string& pattern : role.overrides) {
      bool known = false;
      for (int i = 0; i < kRuleCount && !known; ++i) known = matches(pattern, static_cast<Rule>(i));
      if (!known)
        table.wrong("overrides", "no rule that may be set aside is '" + printable(pattern, 40) + "'");
    }
    if (!role.overrides.empty() && !may(role, StaffAction::admit))
      table.wrong("overrides", "are without effect, since this role may not \"admit\"");
    file_.event.roles.push_back(std::move(role));
    table.no_other_keys();
  }

  void read_ticket_item(TomlTable& table) {
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
    TicketItem item{table.number("item", 0, kMost), 0, table.id("category"), table.texts("zones", kMaxZones)};
    if (table.has("variation")) item.variation = table.number("variation", 0, kMost);
    must_be_category(table, "category", item.category);
    for (const std::string& zone : item.zones) must_be_zone(table, "zones", zone);
    for (const TicketItem& other : file_.event.ticket_items) {
      const bool hidden = (other.item == 0 || other.item == item.item) &&
                          (other.variation == 0 || other.variation == item.variation);
      if (hidden) table.wrong("item", "this one is never reached: one before it has all of its tickets");
    }
    file_.event.ticket_items.push_back(std::move(item));
    table.no_other_keys();
  }

  void read_session(TomlTable& table) {
    Session session;
    session.id = table.id("id");
    session.name = table.local_text("name");
    if (table.has("room")) session.room = table.local_text("room");
    if (table.has("zone")) session.zone = table.id("zone");
    must_be_zone(table, "zone", session.zone);
    session.time = interval_of(table, read_window(table, table.number("day", 1, days_)));
    if (table.has("categories")) session.categories = table.texts("categories", kMaxCategories);
    for (const std::string& category : session.categories) must_be_category(table, "categories", category);
    session.seated = table.flag("seated", false);
    session.signed_up = table.flag("signed_up", false);
    if (session.signed_up && !session.categories.empty())
      table.wrong("categories", "are without effect: this session is for those alone who signed up");
    if (find_session(file_.event, session.id) != nullptr) table.wrong("id", "is the second of that id");
    file_.event.sessions.push_back(std::move(session));
    table.no_other_keys();
  }

  static std::optional<std::uint32_t> read_count(TomlTable& table, const char* key) {
    if (!table.has(key)) return std::nullopt;
    return static_cast<std::uint32_t>(table.number(key, 1, kMaxCount));
  }

  void read_checkpoint(TomlTable& table) {
    Checkpoint checkpoint;
    checkpoint.id = table.id("id");
    checkpoint.name = table.local_text("name");
    checkpoint.zone = table.id("zone");
    checkpoint.direction = table.named("direction", direction_named);
    checkpoint.mode = table.named("mode", mode_named);
    checkpoint.reentry = table.flag("reentry", true);
    read_numbers(table, checkpoint);
    if (table.has("badge")) checkpoint.badge = table.named("badge", badge_policy_named);
    checkpoint.badge_prints = read_count(table, "badge_prints").value_or(1);
    const bool station = checkpoint.badge == BadgePolicy::station;
    if (table.has("badge_prints") && !station)
      table.wrong("badge_prints", "is of a place with badge = \"station\": an entrance prints one");
    if (station && checkpoint.direction == Direction::exit)
      table.wrong("badge", "a way out gives out no badges");
    if (table.has("companion")) checkpoint.companion = table.named("companion", companion_policy_named);
    must_be_zone(table, "zone", checkpoint.zone);
    if (std::ranges::find(file_.checkpoints, checkpoint.id, &Checkpoint::id) != file_.checkpoints.end()) {
      table.wrong("id", "is the second of that id");
    }
    std::set<std::string> governed;
    for (TomlTable& rule : table.tables("access", kMaxRules)) read_rule(rule, checkpoint, governed);
    if (checkpoint.access.empty() && checkpoint.direction == Direction::entry) {
      table.wrong("access", "without a rule nobody can pass");
    }
    if (checkpoint.reserve > 0 && std::ranges::none_of(checkpoint.access, &AccessRule::reserve)) {
      table.wrong("reserve", "no access rule may take it: say `reserve = true` in one");
    }
    file_.checkpoints.push_back(std::move(checkpoint));
    table.no_other_keys();
  }

  static void read_numbers(TomlTable& table, Checkpoint& checkpoint) {
    checkpoint.capacity = read_count(table, "capacity");
    checkpoint.reserve = read_count(table, "reserve").value_or(0);
    if (checkpoint.reserve > 0 && checkpoint.reserve > checkpoint.capacity.value_or(0))
      table.wrong("reserve", "is more than the capacity");
    checkpoint.delegation_quota = read_count(table, "delegation_quota");
    if (table.has("delegation_quotas"))
      checkpoint.delegation_quotas = table.counts("delegation_quotas", kMaxCount, kMaxQuotas);
    checkpoint.organisation_quota = read_count(table, "organisation_quota");
    checkpoint.companions_each = read_count(table, "companions_each");
    checkpoint.provisional = read_count(table, "provisional").value_or(0);
    if (table.has("grace_minutes"))
      checkpoint.grace = minutes(table.number("grace_minutes", 0, kMaxGrace.count()));
  }

  void read_rule(TomlTable& table, Checkpoint& checkpoint, std::set<std::string>& governed) const {
    AccessRule rule;
    rule.id = table.id("id");
    rule.categories = table.texts("categories", kMaxCategories);
    if (std::ranges::find(checkpoint.access, rule.id, &AccessRule::id) != checkpoint.access.end()) {
      table.wrong("id", "is the second of that id at this checkpoint");
    }
    const bool everyone = std::ranges::find(rule.categories, "*") != rule.categories.end();
    if (everyone && rule.categories.size() > 1) table.wrong("categories", "'*' stands alone");
    if (rule.categories.empty()) table.wrong("categories", "is empty");
    // The first rule that lists a category governs it: what is listed again is never looked at.
    if (governed.contains("*")) table.wrong("id", "this rule is never reached: a rule before it is for '*'");
    for (const std::string& category : rule.categories) {
      if (category != "*" && find_category(file_.event, category) == nullptr) {
        table.wrong("categories", "there is no category '" + printable(category, 40) + "'");
      } else if (!governed.insert(category).second) {
        table.wrong("categories", "'" + category + "' is governed by a rule before this one");
      }
    }
    read_conditions(table, rule);
    read_windows(table, rule);
    checkpoint.access.push_back(std::move(rule));
    table.no_other_keys();
  }

  void read_conditions(TomlTable& table, AccessRule& rule) const {
    rule.reserve = table.flag("reserve", false);
    if (table.has("needs_tags")) rule.needs_tags = table.texts("needs_tags", kMaxListItems);
    if (table.has("bars_tags")) rule.bars_tags = table.texts("bars_tags", kMaxListItems);
    for (const auto& [key, tags] :
         {std::pair("needs_tags", &rule.needs_tags), {"bars_tags", &rule.bars_tags}}) {
      for (const std::string& tag : *tags) {
        if (!is_id(tag)) table.wrong(key, "'" + printable(tag, 40) + "' is not an id");
      }
    }
    for (const std::string& tag : rule.needs_tags) {
      if (std::ranges::find(rule.bars_tags, tag) != rule.bars_tags.end())
        table.wrong("bars_tags", "nobody can pass: '" + printable(tag, 40) + "' is asked for and barred");
    }
    if (table.has("escorts")) rule.escorts = table.texts("escorts", kMaxCategories);
    for (const std::string& category : rule.escorts) must_be_category(table, "escorts", category);
    if (table.has("escort_of")) {
      const std::string whose = table.text("escort_of");
      rule.escort_of_delegation = whose == "delegation";
      if (whose != "delegation" && whose != "anyone")
        table.wrong("escort_of", R"(must be "anyone" or "delegation")");
      if (rule.escorts.empty()) table.wrong("escort_of", "is without effect: no `escorts` are named");
    }
  }

  void read_windows(TomlTable& table, AccessRule& rule) const {
    for (TomlTable& item : table.tables("windows", kMaxWindows)) {
      std::vector<std::int64_t> days;
      if (item.has("days")) {
        days = item.numbers("days", 1, days_, kMaxEventDays);
        if (item.has("day")) item.wrong("day", "`days` says it already");
      } else {
        days.push_back(item.number("day", 1, days_));
      }
      Window window = read_window(item, 1);
      item.no_other_keys();
      for (const std::int64_t day : days) {
        window.day = day;
        add_window(item, rule, window);
      }
    }
    if (rule.windows.size() > kMaxWindows)
      table.wrong("windows", "are more than " + std::to_string(kMaxWindows));
  }

  void add_window(TomlTable& item, AccessRule& rule, const Window& window) const {
    const Interval interval = interval_of(item, window);
    for (const Interval& other : rule.windows) {
      if (interval.from < other.until && other.from < interval.until) {
        item.wrong("from", "this window overlaps another of its rule");
        break;
      }
    }
    rule.windows.push_back(interval);
  }

  static Window read_window(TomlTable& table, std::int64_t day) {
    Window window{day, read_clock(table, "from"), read_clock(table, "until")};
    if (window.until == window.from) table.wrong("until", "is the same as 'from'");
    if (window.until < window.from) window.until += kDay;  // over midnight
    return window;
  }

  [[nodiscard]] Interval interval_of(TomlTable& table, const Window& window) const {
    const Interval interval{moment(window.day, window.from, Edge::opening),
                            moment(window.day, window.until, Edge::closing)};
    // Clocks that go forward may leave nothing of a short night's hours.
    if (interval.until <= interval.from) table.wrong("until", "the clocks leave out all of this time");
    return interval;
  }

  static minutes read_clock(TomlTable& table, const char* key) {
    const std::string text = table.text(key);
    const auto clock = parse_clock(text);
    if (!clock && !text.empty()) table.wrong(key, "must be a time of day as \"07:30\"");
    return clock.value_or(minutes(0));
  }

  minutes shift_;
  TomlTrouble& trouble_;
  EventFile file_;
  std::int64_t days_{1};
  std::chrono::sys_days first_day_{};
  Calendar clocks_;
};

}  // namespace

tl::expected<EventFile, Problems> parse_event_toml(std::string_view text, const std::string& file,
                                                   minutes shift) {
  TomlTrouble trouble(file);
  const auto document = parse_toml(text, trouble);
  if (!document) return tl::make_unexpected(trouble.problems());
  EventFile read = EventReader(shift, trouble).read(*document);
  if (trouble.any()) return tl::make_unexpected(trouble.problems());
  return read;
}

std::optional<minutes> parse_clock(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (const std::size_t i : {0U, 1U, 3U, 4U}) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
  }
  const minutes clock((text[0] - '0') * 600 + (text[1] - '0') * 60 + (text[3] - '0') * 10 + (text[4] - '0'));
  if (text[3] > '5' || clock > kDay) return std::nullopt;
  return clock;
}

std::optional<minutes> parse_day_clock(std::string_view text, std::int64_t days) {
  constexpr std::string_view kDayWord = "day ";
  if (!text.starts_with(kDayWord)) return std::nullopt;
  text.remove_prefix(kDayWord.size());
  std::int64_t day = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), day);
  if (error != std::errc() || day < 1 || day > days) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!text.starts_with(' ')) return std::nullopt;
  const auto clock = parse_clock(text.substr(1));
  if (!clock) return std::nullopt;
  return (day - 1) * kDay + *clock;
}

}  // namespace lanyard::sync
