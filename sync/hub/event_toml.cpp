#include "sync/hub/event_toml.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "sync/chain.hpp"
#include "sync/toml_reader.hpp"

namespace lanyard::sync::hub {

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

// Within half a day of UTC, so that it is still the offset of some place's clocks.
minutes wrapped(minutes offset) {
  offset %= kDay;
  if (offset > kDay / 2) offset -= kDay;
  if (offset <= -kDay / 2) offset += kDay;
  return offset;
}

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
    for (TomlTable& table : root.tables("zone", kMaxZones)) read_zone(table);
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
    days_ = table.number("days", 1, kMaxEventDays);
    const std::string offset_text = table.text("utc_offset");
    const auto offset = parse_offset(offset_text);
    if (!offset && !offset_text.empty()) table.wrong("utc_offset", "must be as \"+08:00\"");
    if (const auto date = table.date("first_day")) {
      const std::chrono::year_month_day day(std::chrono::year(date->year), std::chrono::month(date->month),
                                            std::chrono::day(date->day));
      event.runs.from = std::chrono::sys_days(day) - offset.value_or(minutes(0)) + shift_;
      event.runs.until = event.runs.from + days_ * kDay;
      if (event.runs.from < kFirstTime || event.runs.until > kLastTime) {
        table.wrong("first_day", "is not within the years 0000 to 9999 of UTC");
      }
    }
    event.utc_offset = wrapped(offset.value_or(minutes(0)) - shift_);
    table.no_other_keys();
  }

  void read_category(TomlTable& table) {
    Category category{table.id("id"), table.local_text("name"), 0};
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
    Zone zone{table.id("id"), table.local_text("name")};
    if (find_zone(file_.event, zone.id) != nullptr) table.wrong("id", "is the second of that id");
    file_.event.zones.push_back(std::move(zone));
    table.no_other_keys();
  }

  static std::optional<std::uint32_t> read_count(TomlTable& table, const char* key) {
    if (!table.has(key)) return std::nullopt;
    return static_cast<std::uint32_t>(table.number(key, 1, 1'000'000'000));
  }

  void read_checkpoint(TomlTable& table) {
    Checkpoint checkpoint;
    checkpoint.id = table.id("id");
    checkpoint.name = table.local_text("name");
    checkpoint.zone = table.id("zone");
    checkpoint.direction = table.named("direction", direction_named);
    checkpoint.mode = table.named("mode", mode_named);
    checkpoint.reentry = table.flag("reentry", true);
    checkpoint.capacity = read_count(table, "capacity");
    checkpoint.delegation_quota = read_count(table, "delegation_quota");
    if (table.has("badge")) checkpoint.badge = table.named("badge", badge_policy_named);
    if (table.has("companion")) checkpoint.companion = table.named("companion", companion_policy_named);
    if (!checkpoint.zone.empty() && find_zone(file_.event, checkpoint.zone) == nullptr) {
      table.wrong("zone", "there is no zone '" + checkpoint.zone + "'");
    }
    if (std::ranges::find(file_.checkpoints, checkpoint.id, &Checkpoint::id) != file_.checkpoints.end()) {
      table.wrong("id", "is the second of that id");
    }
    std::set<std::string> governed;
    for (TomlTable& rule : table.tables("access", kMaxRules)) read_rule(rule, checkpoint, governed);
    if (checkpoint.access.empty() && checkpoint.direction == Direction::entry) {
      table.wrong("access", "without a rule nobody can pass");
    }
    file_.checkpoints.push_back(std::move(checkpoint));
    table.no_other_keys();
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
    read_windows(table, rule);
    checkpoint.access.push_back(std::move(rule));
    table.no_other_keys();
  }

  void read_windows(TomlTable& table, AccessRule& rule) const {
    for (TomlTable& item : table.tables("windows", kMaxWindows)) {
      Window window;
      window.day = item.number("day", 1, days_);
      window.from = read_clock(item, "from");
      window.until = read_clock(item, "until");
      if (window.until <= window.from) item.wrong("until", "is not after 'from'");
      item.no_other_keys();
      const Timestamp midnight = file_.event.runs.from + (window.day - 1) * kDay;
      const Interval interval{midnight + window.from, midnight + window.until};
      for (const Interval& other : rule.windows) {
        if (interval.from < other.until && other.from < interval.until) {
          item.wrong("from", "this window overlaps another of its rule");
          break;
        }
      }
      rule.windows.push_back(interval);
    }
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

}  // namespace lanyard::sync::hub
