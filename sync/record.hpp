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

#include "sync/calendar.hpp"

namespace lanyard::sync {

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
inline constexpr std::size_t kMaxListItems = 32;   // zones, languages, access needs, tags of one attendee
inline constexpr std::size_t kMaxBadgeNames = 5;   // beside the name itself: a screen has room for six
inline constexpr std::size_t kMaxLanguages = 32;   // of one LocalText
inline constexpr std::size_t kMaxDetailBytes = 512;    // JournalRow::detail
inline constexpr std::size_t kMaxBasisBytes = 12'288;  // JournalRow::basis
inline constexpr std::size_t kMaxPinHashBytes = 128;
inline constexpr std::size_t kMaxSeatBytes = 120;           // "Row 4, seat 12"
inline constexpr std::size_t kMaxPhotoBytes = 64UL * 1024;  // a JPEG
inline constexpr std::size_t kPhotoHashDigits = 64;         // SHA-256, hexadecimal
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

// A place that is kept for somebody. It is for people to read, and no rule looks at it.
struct Seat {
  std::string session;  // id, or "": in every session whose seats are numbered, but those with one of its own
  std::string place;    // "Row 4, seat 12"; "": signed up for the session, and no place of one's own
  friend bool operator==(const Seat&, const Seat&) = default;
};

struct Attendee {
  std::string id;
  std::string name;         // as it is to be shown
  std::string name_native;  // in the person's own script, where it differs
  std::string name_sort;    // "Family, Given"
  // What the badge may say in place of `name`, if they like: another spelling, what they go by.
  std::vector<std::string> badge_names;
  std::string title;
  std::string organisation;
  std::string delegation;                     // id, for quotas
  std::string category;                       // id of a Category
  std::vector<std::string> other_categories;  // of one person with two: each may open a door
  std::vector<std::string> zones;
  std::vector<std::string> tags;          // what rules ask for or bar: "editor-letter", "minor"; and kTestTag
  std::vector<std::string> languages;     // BCP 47, the preferred first
  std::vector<std::string> access_needs;  // "wheelchair", "large-text", "audio", "high-contrast"
  std::string companion_of;               // id of the principal, or ""
  std::string role;                       // of staff: id of a Role, or ""
  std::string pin_hash;                   // of staff: Argon2id, or ""
  std::string photo;                      // by its hash, or ""
  std::vector<Seat> seats;                // one of a session
  Status status{Status::pending};
  std::optional<Timestamp> valid_from;
  std::optional<Timestamp> valid_until;
  friend bool operator==(const Attendee&, const Attendee&) = default;
};

// Marks attendees of a rehearsal: a live event refuses them.
inline constexpr std::string_view kTestTag = "test";

struct Category {
  std::string id;
  LocalText name;
  std::uint32_t colour_rgb{0};  // 0xRRGGBB
  // A card without a person, which goes from hand to hand and counts against its delegation.
  bool transferable{false};
  friend bool operator==(const Category&, const Category&) = default;
};

struct Zone {
  std::string id;
  LocalText name;
  std::string within{};               // the zone around it, or "": who leaves that one has left this one
  std::vector<std::string> leaves{};  // whoever enters this zone has left these
  friend bool operator==(const Zone&, const Zone&) = default;
};

// Which categories may pass, and when. The first rule that lists a category governs it.
struct AccessRule {
  std::string id;                         // stable; it names the decision in the journal
  std::vector<std::string> categories;    // ids, or the one entry "*"
  std::vector<Interval> windows;          // none = always
  std::vector<std::string> needs_tags{};  // all of them
  std::vector<std::string> bars_tags{};   // none of them
  // Categories of which one must have been shown at the same kiosk shortly before; none = nobody.
  std::vector<std::string> escorts{};
  bool escort_of_delegation{false};  // ... and of the same delegation
  bool reserve{false};               // may take the places that the checkpoint keeps back
  friend bool operator==(const AccessRule&, const AccessRule&) = default;
};

enum class Direction : std::uint8_t { entry, exit };
enum class Mode : std::uint8_t { once, once_a_day, entry_and_exit, unlimited };
enum class BadgePolicy : std::uint8_t {
  none,
  on_first_entry,
  station,  // badges are all that is given out here: nobody is let in, or counted
};
// A plus-one: at any time; once the principal has come in, on the same day; or while the principal is inside.
enum class CompanionPolicy : std::uint8_t { any, after_principal, with_principal };

inline constexpr std::chrono::minutes kEscortFor{2};  // how long an escort's badge holds the door open

struct Checkpoint {
  std::string id;
  LocalText name;
  std::string zone;
  Direction direction{Direction::entry};
  Mode mode{Mode::entry_and_exit};
  bool reentry{true};  // entry after an exit, in the mode entry_and_exit
  std::vector<AccessRule> access;
  std::chrono::minutes grace{0};                  // before a window's opening and after its closing
  std::optional<std::uint32_t> capacity;          // people inside the zone
  std::uint32_t reserve{0};                       // of the capacity: for the rules that may take it
  std::optional<std::uint32_t> delegation_quota;  // people of one delegation inside the zone
  std::map<std::string, std::uint32_t, std::less<>> delegation_quotas;  // of those that have another
  std::optional<std::uint32_t> organisation_quota;  // people of one organisation inside the zone
  std::optional<std::uint32_t> companions_each;     // companions of one principal inside the zone
  BadgePolicy badge{BadgePolicy::none};
  std::uint32_t badge_prints{1};  // of a station: for one person; more are staff's to give
  CompanionPolicy companion{CompanionPolicy::any};
  // Of people with a signed credential whom the roster here does not know yet: so many may be let in by one
  // kiosk before it hears of them; 0 = none.
  std::uint32_t provisional{0};
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

// What staff may do beside finding people and reading their record.
enum class StaffAction : std::uint8_t {
  admit,         // by hand, with a reason, against the rules in Role::overrides
  undo,          // an entry or exit that did not take place
  reprint,       // a badge anew; the older ones die
  stop,          // kill a badge that was lost or is in other hands, without a new one
  day_badge,     // for today, and the badge that was left at the hotel stays alive
  hand_over,     // a badge to its owner's proxy, or many to a liaison
  substitute,    // somebody else of the roster in the place of one who does not come
  evacuate,      // the list of who is inside
  reprint_more,  // reprints beyond the event's number for one person
};
inline constexpr int kStaffActionCount = static_cast<int>(StaffAction::reprint_more) + 1;

struct Role {
  std::string id;
  LocalText name;
  std::vector<StaffAction> may;
  // Rules of the decision that an admission by hand may set aside: "presence.inside", "window.*".
  std::vector<std::string> overrides;
  friend bool operator==(const Role&, const Role&) = default;
};
[[nodiscard]] bool may(const Role& role, StaffAction action);

// What a pretix ticket of this item (0 = any) and variation (0 = any) is worth, before its order has come.
struct TicketItem {
  std::int64_t item{0};
  std::int64_t variation{0};
  std::string category;
  std::vector<std::string> zones;
  friend bool operator==(const TicketItem&, const TicketItem&) = default;
};

// What is on: people are told where to go next. No rule looks at it; who may enter is a checkpoint's to say.
struct Session {
  std::string id;
  LocalText name;
  LocalText room{};  // as signs at the venue call it
  std::string zone;  // in which it is: whoever may not enter that is not sent there
  Interval time;
  std::vector<std::string> categories{};  // who is expected; none = everybody
  bool seated{false};                     // with numbered seats
  bool signed_up{false};                  // for those alone who have a Seat in it
  friend bool operator==(const Session&, const Session&) = default;
};

inline constexpr std::chrono::hours kForgetAfter{7 * 24};
inline constexpr std::chrono::hours kMaxForgetAfter{365 * 24};

struct EventInfo {
  std::string id;
  LocalText name;
  bool test{false};                      // a rehearsal: attendees marked kTestTag are let in too
  Calendar calendar;                     // of the venue's clocks
  Interval runs;                         // first day's midnight to the last day's
  LocalText help_desk;                   // where a refused delegate is sent
  LocalText protocol_desk;               // where one is sent whose reason is private
  LocalText accreditation_desk;          // where papers are checked and badges made; "" = the help desk
  std::chrono::minutes undo_within{10};  // how long staff may take an entry back
  std::optional<std::uint32_t>
      reprints;               // of one person's badge, by staff who may not do more; none: no limit
  bool badge_preview{false};  // whoever gets a badge of a kiosk sees it first, and may choose its name
  // So long after the end, without the hub, a kiosk forgets whom it knew.
  std::chrono::hours forget_after{kForgetAfter};
  std::vector<Category> categories;
  std::vector<Zone> zones;
  std::vector<Role> roles;
  std::vector<TicketItem> ticket_items;
  std::vector<Session> sessions;
  friend bool operator==(const EventInfo&, const EventInfo&) = default;
};

[[nodiscard]] const Category* find_category(const EventInfo& event, std::string_view id);
[[nodiscard]] const Zone* find_zone(const EventInfo& event, std::string_view id);
[[nodiscard]] const Role* find_role(const EventInfo& event, std::string_view id);
[[nodiscard]] const Session* find_session(const EventInfo& event, std::string_view id);

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
  annulled,       // the row `target` did not take place
  staff_entered,  // a staff member opened staff mode
  alert,          // something a person should look at; see `detail`
  stopped,        // as reissued, with no badge in its place
  day_badge,      // a badge for the day was issued; the others stay alive
  handed_over,    // the attendee's badge was given to `related`, a proxy or a liaison; `rule` says which
  substituted,    // the attendee takes the place of `related`
  reconciled,     // the roster has come to know whom `target` let in; `rule` is what it would have said
  // The way of a badge: requested, then sent, then badge_printed or badge_failed; all name the first as their
  // `target`. Whoever finds no outcome asks the printer that `detail` names.
  badge_requested,
  badge_sent,  // is about to be: `rule` is the piece of paper, `detail` the printer and its mark of the job
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
  std::string related;          // another attendee that it is about, or ""
  std::string target;           // id of the row that it is about, or ""
  std::string basis;            // what a decision was based on (facts.hpp), or ""
  Digest prev_hash{};           // of the row (device, seq - 1); zero for seq 1
  Digest hash{};                // over all the above, see chain.hpp
  // What it said of a person was taken out (erasure.hpp): the hash is of what it said before.
  bool erased{false};
  friend bool operator==(const JournalRow&, const JournalRow&) = default;
};

// A row as the hub passes it on.
struct FeedRow {
  std::int64_t hub_seq{0};
  JournalRow row;
  friend bool operator==(const FeedRow&, const FeedRow&) = default;
};

// Rules of alert rows that are read again: the printer has a new roll of labels, and it is nearly used up.
inline constexpr std::string_view kNewRoll = "printer.new_roll";
inline constexpr std::string_view kRollLow = "printer.roll_low";

// UUIDv7 (RFC 9562 §5.7) of a time and 10 random bytes.
[[nodiscard]] std::string uuid7(Timestamp now, const std::array<std::uint8_t, 10>& random);

// Names as the journal export, the wire and the store write them; nullopt for an unknown name.
[[nodiscard]] std::string_view to_name(Status);
[[nodiscard]] std::string_view to_name(Direction);
[[nodiscard]] std::string_view to_name(Mode);
[[nodiscard]] std::string_view to_name(BadgePolicy);
[[nodiscard]] std::string_view to_name(CompanionPolicy);
[[nodiscard]] std::string_view to_name(RowKind);
[[nodiscard]] std::string_view to_name(StaffAction);
[[nodiscard]] std::optional<Status> status_named(std::string_view);
[[nodiscard]] std::optional<Direction> direction_named(std::string_view);
[[nodiscard]] std::optional<Mode> mode_named(std::string_view);
[[nodiscard]] std::optional<BadgePolicy> badge_policy_named(std::string_view);
[[nodiscard]] std::optional<CompanionPolicy> companion_policy_named(std::string_view);
[[nodiscard]] std::optional<RowKind> row_kind_named(std::string_view);
[[nodiscard]] std::optional<StaffAction> staff_action_named(std::string_view);

}  // namespace lanyard::sync
