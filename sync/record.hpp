// The records: plain values, known and done. No I/O, no clock, no database, no JSON.
// Threads: values; copy them freely.
#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lanyard::sync {

// UTC wall time. For people and for windows; never for the order of events (see Hlc).
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

// From `from` up to, but not including, `until`.
struct Interval {
  Timestamp from{};
  Timestamp until{};
  friend bool operator==(const Interval&, const Interval&) = default;
};

// One text in several languages: BCP 47 tag -> UTF-8.
using LocalText = std::map<std::string, std::string, std::less<>>;
// The text in the language, else in its base language ("zh" for "zh-Hans"), else in English, else any; "" if
// none.
[[nodiscard]] std::string_view text_in(const LocalText& text, std::string_view language);

// Named limits of what outsiders feed; the importer, the wire and the store all keep to them.
inline constexpr std::size_t kMaxIdBytes = 32;     // attendee, checkpoint, device, category, zone, delegation
inline constexpr std::size_t kMaxTextBytes = 300;  // names, titles, organisations
inline constexpr std::size_t kMaxListItems = 32;   // zones, languages, access needs of one attendee
inline constexpr std::size_t kMaxLanguages = 32;   // of one LocalText
inline constexpr std::size_t kMaxDetailBytes = 512;  // JournalRow::detail
inline constexpr std::size_t kMaxRosterRecords = 200'000;
inline constexpr std::size_t kMaxBatchRows = 500;  // journal rows in one body

// And of the numbers in a row: what is read back, added to and compared must not run over on any machine.
inline constexpr std::uint32_t kMaxGeneration = 65'535;  // as many as a badge has room for
inline constexpr std::uint32_t kMaxHlcCounter = 4'294'967'294;
// A clock that lost its battery begins at 1970, and its rows are true all the same.
inline constexpr std::chrono::milliseconds kMaxClockOffset = std::chrono::years(100);
// What RFC 3339 can write.
inline constexpr Timestamp kFirstTime = std::chrono::sys_days(std::chrono::year(0) / 1 / 1);
inline constexpr Timestamp kLastTime = std::chrono::sys_days(std::chrono::year(9999) / 12 / 31) +
                                       std::chrono::hours(24) - std::chrono::milliseconds(1);

// Letters, digits, '.', '_' and '-', 1 to kMaxIdBytes bytes: an id is safe in a URL, a file name and a log.
[[nodiscard]] bool is_id(std::string_view text);

// As BCP 47 spells one: letters, digits and '-', at most 35 bytes (RFC 5646 §4.4.1).
[[nodiscard]] bool is_language(std::string_view tag);

enum class Status : std::uint8_t { approved, pending, blocked, withdrawn };

struct Attendee {
  std::string id;
  std::string name;         // as it is to be shown
  std::string name_native;  // in the person's own script, where it differs
  std::string name_sort;    // "Family, Given"
  std::string title;
  std::string organisation;
  std::string delegation;  // id, for quotas
  std::string category;    // id of a Category
  std::vector<std::string> zones;
  std::vector<std::string> languages;     // BCP 47, the preferred first
  std::vector<std::string> access_needs;  // "wheelchair", "large-text", "audio", "high-contrast"
  std::string companion_of;               // id of the principal, or ""
  Status status{Status::pending};
  std::optional<Timestamp> valid_from;
  std::optional<Timestamp> valid_until;
  friend bool operator==(const Attendee&, const Attendee&) = default;
};

struct Category {
  std::string id;
  LocalText name;
  std::uint32_t colour_rgb{0};  // 0xRRGGBB
  friend bool operator==(const Category&, const Category&) = default;
};

struct Zone {
  std::string id;
  LocalText name;
  friend bool operator==(const Zone&, const Zone&) = default;
};

// Which categories may pass, and when. The first rule that lists a category governs it.
struct AccessRule {
  std::string id;                       // stable; it names the decision in the journal
  std::vector<std::string> categories;  // ids, or the one entry "*"
  std::vector<Interval> windows;        // none = always
  friend bool operator==(const AccessRule&, const AccessRule&) = default;
};

enum class Direction : std::uint8_t { entry, exit };
enum class Mode : std::uint8_t { once, once_a_day, entry_and_exit, unlimited };
enum class BadgePolicy : std::uint8_t { none, on_first_entry };
enum class CompanionPolicy : std::uint8_t { any, with_principal };

struct Checkpoint {
  std::string id;
  LocalText name;
  std::string zone;
  Direction direction{Direction::entry};
  Mode mode{Mode::entry_and_exit};
  bool reentry{true};  // entry after an exit, in the mode entry_and_exit
  std::vector<AccessRule> access;
  std::optional<std::uint32_t> capacity;          // people inside the zone
  std::optional<std::uint32_t> delegation_quota;  // people of one delegation inside the zone
  BadgePolicy badge{BadgePolicy::none};
  CompanionPolicy companion{CompanionPolicy::any};
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

struct EventInfo {
  std::string id;
  LocalText name;
  std::chrono::minutes utc_offset{0};  // of the venue's clocks, where a day begins at midnight
  Interval runs;                       // first day's midnight to the last day's
  LocalText help_desk;                 // where a refused delegate is sent
  LocalText protocol_desk;             // where one is sent whose reason is private
  std::vector<Category> categories;
  std::vector<Zone> zones;
  friend bool operator==(const EventInfo&, const EventInfo&) = default;
};

[[nodiscard]] const Category* find_category(const EventInfo& event, std::string_view id);
[[nodiscard]] const Zone* find_zone(const EventInfo& event, std::string_view id);

// The days since 1970 of the venue's calendar: two timestamps are of one day if their numbers are equal.
[[nodiscard]] std::int64_t venue_day(Timestamp when, std::chrono::minutes utc_offset);

// When the venue's day of `when` began.
[[nodiscard]] Timestamp venue_midnight(Timestamp when, std::chrono::minutes utc_offset);

// Hybrid logical clock: milliseconds that never go back, and a counter within one. See order.hpp for what it
// decides. (Kulkarni et al., "Logical Physical Clocks", 2014.)
struct Hlc {
  std::int64_t wall_ms{0};
  std::uint32_t counter{0};
  friend auto operator<=>(const Hlc&, const Hlc&) = default;  // NOLINT(modernize-use-nullptr): sees its own 0
};
[[nodiscard]] Hlc hlc_next(Hlc last, Timestamp now);

enum class RowKind : std::uint8_t {
  admitted,
  refused,
  exited,
  badge_printed,
  badge_failed,
  reissued,       // a new generation of the attendee's credential; the older ones are dead
  annulled,       // an admission that did not take place
  staff_entered,  // a staff member opened staff mode
  alert,          // something a person should look at; see `detail`
};

using Digest = std::array<std::uint8_t, 32>;

// One thing that happened. Append-only; keyed by (device, seq).
struct JournalRow {
  std::string id;        // UUIDv7
  std::string device;    // who wrote it; "hub" for the hub's own alerts
  std::uint64_t seq{0};  // 1, 2, 3 … of that device, without gaps
  Hlc hlc;
  std::string boot_id;  // of the machine, so that monotonic times compare only within one boot
  std::int64_t monotonic_ms{0};
  Timestamp wall{};                       // what the device's own clock said
  std::optional<std::int64_t> offset_ms;  // hub's clock minus this device's, if known in this boot
  RowKind kind{RowKind::alert};
  std::string attendee;     // id, or "" (an unknown code)
  std::string checkpoint;   // id, or ""
  std::string zone;         // of the checkpoint as it was then
  std::string operator_id;  // staff, or "" (self-service)
  std::int64_t roster_version{0};
  std::string rule;             // the rule that decided; the reason of a reissue or a failure
  std::uint32_t generation{0};  // of the credential shown, or newly issued
  std::string detail;           // one line for staff, at most kMaxDetailBytes
  Digest prev_hash{};           // of the row (device, seq - 1); zero for seq 1
  Digest hash{};                // over all the above, see chain.hpp
  friend bool operator==(const JournalRow&, const JournalRow&) = default;
};

// A row as the hub passes it on.
struct FeedRow {
  std::int64_t hub_seq{0};
  JournalRow row;
  friend bool operator==(const FeedRow&, const FeedRow&) = default;
};

// UUIDv7 (RFC 9562 §5.7) of a time and 10 random bytes.
[[nodiscard]] std::string uuid7(Timestamp now, const std::array<std::uint8_t, 10>& random);

// Names as the journal export, the wire and the store write them; nullopt for an unknown name.
[[nodiscard]] std::string_view to_name(Status);
[[nodiscard]] std::string_view to_name(Direction);
[[nodiscard]] std::string_view to_name(Mode);
[[nodiscard]] std::string_view to_name(BadgePolicy);
[[nodiscard]] std::string_view to_name(CompanionPolicy);
[[nodiscard]] std::string_view to_name(RowKind);
[[nodiscard]] std::optional<Status> status_named(std::string_view);
[[nodiscard]] std::optional<Direction> direction_named(std::string_view);
[[nodiscard]] std::optional<Mode> mode_named(std::string_view);
[[nodiscard]] std::optional<BadgePolicy> badge_policy_named(std::string_view);
[[nodiscard]] std::optional<CompanionPolicy> companion_policy_named(std::string_view);
[[nodiscard]] std::optional<RowKind> row_kind_named(std::string_view);

}  // namespace lanyard::sync
