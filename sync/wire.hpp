// Both ends of the protocol between kiosks and hub: JSON bodies <-> values. sync/openapi.yaml describes the
// same. PURE: no sockets, no clock. Threads: reentrant.
//
// Version history (path prefix /v1; a field that a reader does not know is ignored):
//   1  enrol, roster by cursor, journal upload with an answer per row, feed by cursor, heartbeat
//   2  the event's calendar in place of one offset; richer policies, roles and staff; rows carry related,
//      target and basis (of up to 12 KiB: see kMaxBasisBytes); keys of the ring have a kind (absent: lanyard;
//      a key of an unknown kind is passed over), and the ring has a version (absent: 0, lower than any)
//   3  the feed by long poll (wait, roster); its cursor has a mark; a page of it tells the roster's version;
//      bodies carry a Content-Digest (absent: not compared)
//   4  heartbeats know of orders (orders_version) and are answered with others, and with renew_token; token;
//      a revoked kiosk is told so (403, revoked) while others whose token is wrong are not (401); a row of
//      the feed may be erased (absent: it is not); photos; bodies by zstd to whom it takes them; a hub may be
//      a device of another: an enrolment says that it is one (hub), it tells of its kiosks (devices), and
//      uploads name of which of them they are (device=ID) and carry what was set aside; it hears of all
//      notices and, as devices stand, of orders that were given above for one of its kiosks
//   5  a page of the roster tells of people who were erased (a reader of 4 keeps them: update the kiosks and
//      the venues' hubs first, then the hub); a row of an upload may be what an erasure has left of it
//   6  a heartbeat may say that the kiosk has forgotten all, as it was told to (forgotten)
//   7  an upload says which version its sender speaks (wire; absent: 0). Names of a later version than the
//      reader's are no error any more. A hub leaves a row that it cannot read, or whose hash it cannot
//      follow, with a sender of a later version until the hub is updated, and takes those before it. A kiosk
//      passes over rows of the feed of a kind unknown to it, keeps its checkpoints where those of a page have
//      names unknown to it, and takes whoever has an unknown status as blocked; once it speaks another
//      version it reads all of that again (Store::read_by). A venue's hub is to its kiosks the one, and to
//      its centre the other. An enum without such a reading stays an error: a new name for one is a new path
//      prefix. A page of the roster says which version the roster had when it was made (version), and who
//      goes on from its cursor says so too: see RosterPage
//   8  the event has sessions, and attendees have seats
//
// Every parser checks types, ids, lengths and counts against the limits named in record.hpp and here, and
// answers Error::Kind::invalid with the path of the first thing wrong ("attendees[3].status: unknown name
// 'vip'"). Bytes that are not UTF-8 are refused. Times are RFC 3339 in UTC with milliseconds; digests and
// keys are hexadecimal.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sync/credential.hpp"
#include "sync/error.hpp"
#include "sync/orders.hpp"
#include "sync/record.hpp"

namespace lanyard::sync {

inline constexpr int kWireVersion = 9;

// Of rows, kMaxBatchRows with the largest basis do not fit in: who writes a body of rows heeds both.
inline constexpr std::size_t kMaxBodyBytes = 4UL * 1024 * 1024;
inline constexpr std::size_t kMaxRosterPageRecords = 1000;
// What a kiosk asks for at once: taking a page over holds up the badges for some milliseconds.
inline constexpr std::size_t kRosterPageAsked = 150;
inline constexpr int kMaxJsonDepth = 16;
inline constexpr std::size_t kMaxCheckpoints = 1000;
inline constexpr std::size_t kMaxCategories = 200;
inline constexpr std::size_t kMaxZones = 200;
inline constexpr std::size_t kMaxRules = 200;              // of one checkpoint
inline constexpr std::size_t kMaxWindows = 100;            // of one rule
inline constexpr std::size_t kMaxQuotas = 500;             // of one checkpoint: delegations with another
inline constexpr std::uint32_t kMaxCount = 1'000'000'000;  // of people, in a policy and in facts
inline constexpr std::size_t kMaxRoles = 32;
inline constexpr std::size_t kMaxTicketItems = 200;
inline constexpr std::size_t kMaxSessions = 500;
inline constexpr std::chrono::minutes kMaxGrace{4 * 60};
inline constexpr std::chrono::minutes kMaxUndo{24 * 60};
inline constexpr std::size_t kMaxSoftwareBytes = 64;
inline constexpr std::size_t kMaxTokenBytes = 256;
inline constexpr std::size_t kMaxProblemBytes = 200;  // of what is quoted of an error body

// POST /v1/enrol, without a token: a one-time code against a device token.
struct EnrolRequest {
  std::string code;
  PublicKey public_key{};  // of the device's own signing key: its reprinted badges are verified with it
  std::string software;    // "lanyard-syncd 0.1.0"
  bool hub{false};         // a venue's hub, and no kiosk: the code must be for what it is
};
struct EnrolAnswer {
  std::string device;
  std::string name;                  // as staff know the kiosk
  std::string token;                 // secret: "Authorization: Bearer ..." from now on
  std::string checkpoint;            // id
  std::string event;                 // id
  FingerprintKey fingerprint_key{};  // secret
};

// Where the reader of a roster stands: the next page is asked for with it.
struct RosterCursor {
  std::string epoch;
  std::int64_t version{0};       // RosterPage::next of the page before; 0 to begin
  std::int64_t page_version{0};  // and RosterPage::version of it
};
// GET /v1/roster?after=CURSOR&epoch=EPOCH&version=VERSION: what changed since, oldest change first.
[[nodiscard]] std::string roster_path(const RosterCursor&);
struct CredentialRecord {
  Fingerprint fingerprint{};
  std::string attendee;
  std::uint32_t generation{1};
  friend bool operator==(const CredentialRecord&, const CredentialRecord&) = default;
};
// Somebody who was erased, by the keyed fingerprint of an id of theirs: the attendee's own, or a ticket's
// (credential.hpp, ticket_subject). Whoever has rows under that id finds it; nobody else hears of it.
struct ErasedId {
  Fingerprint subject{};
  std::string pseudonym;  // erasure.hpp: in the place of the id
  friend bool operator==(const ErasedId&, const ErasedId&) = default;
};
struct RosterPage {
  std::string epoch;       // of the hub's database: another epoch than the reader's means start again at 0
  bool from_start{false};  // this page begins a whole roster: what it and its followers do not name is gone
  std::int64_t next{0};    // the cursor to ask with next; also the roster version once `more` is false
  bool more{false};
  // The roster's when the page was made; 0 = it does not say. Whoever changes moves behind all cursors: a
  // reader in the midst of the pages of a hub that was then restored from a backup would miss them out. By
  // this a hub knows that the cursor is of a roster which it has lost.
  std::int64_t version{0};
  std::optional<EventInfo> event;  // on a page that starts a roster, or when it changed
  // All of them, when any changed; else empty, and also where one has a name that the reader does not know.
  std::vector<Checkpoint> checkpoints;
  bool checkpoints_unknown{false};  // read, never written: that was so
  std::optional<KeyRing> keys;      // the whole ring, when it changed
  std::int64_t keys_version{0};     // of `keys`; a reader that has seen a higher one keeps what it has
  std::vector<Attendee> attendees;
  std::vector<std::string> removed;  // attendee ids
  std::vector<ErasedId> erased;      // for good: whatever a roster says later
  // All of each attendee in `attendees`: what the reader has of them and is not here is gone.
  std::vector<CredentialRecord> credentials;
};

// POST /v1/journal: rows of the sender, in order of seq. Sending one again is harmless. With ?device=ID, from
// a venue's hub: rows of that kiosk of its own.
// Of the record of a row that a venue has set aside. No record is longer: of its texts JSON may write each
// byte as six, and all else has room in the rest.
inline constexpr std::size_t kMaxAsideBytes =
    6 * (kMaxBasisBytes + kMaxDetailBytes + kMaxTextBytes) + 8UL * 1024;
// A row that a venue's hub could not take, and has told of: its chain goes on behind it.
struct AsideRow {
  std::uint64_t seq{0};
  std::optional<Digest> hash;  // as the row claims it; nullopt where that could not be read
  std::string why;
  std::string record;  // its JSON, "" where it could not be read
  friend bool operator==(const AsideRow&, const AsideRow&) = default;
};
struct UploadRequest {
  std::vector<JournalRow> rows;
  std::vector<AsideRow> set_aside{};  // of a venue's hub alone
  int wire{kWireVersion};             // what the sender speaks
};
enum class RowAnswerKind : std::uint8_t { accepted, known, rejected };  // `known`: had it already, a success
struct RowAnswer {
  std::uint64_t seq{0};
  RowAnswerKind kind{RowAnswerKind::rejected};
  std::int64_t hub_seq{0};  // of an accepted or known row
  std::string why;          // of a rejected one
  friend bool operator==(const RowAnswer&, const RowAnswer&) = default;
};
struct UploadAnswer {
  std::vector<RowAnswer> answers;
  // Every row of the device up to this seq is with the hub, taken or rejected for good. An answer for a later
  // row is no verdict on it: send again from known_to + 1, even what was acknowledged before (the hub may
  // have been restored from a backup).
  std::uint64_t known_to{0};
};

// GET /v1/journal?after=HUB_SEQ&mark=MARK[&wait=SECONDS&roster=VERSION]: rows of all other devices, and of
// the hub itself, in the hub's order; to a venue's hub its own too, so that one that was restored from a
// backup has again what it had sent. With `wait`, an answer without rows is kept back for so long, until
// there is one, or a roster of another version than `roster`.
struct FeedCursor {
  std::int64_t seq{0};  // of the newest row that the reader has heard of; 0 to begin
  // Names that row (mark_of). A hub that has another there was restored from a backup, and begins anew.
  std::string mark;
  friend bool operator==(const FeedCursor&, const FeedCursor&) = default;
};
struct FeedPage {
  std::vector<FeedRow> rows;
  FeedCursor next;
  bool more{false};
  std::int64_t roster_version{0};  // the hub's, when it answered; 0 = it does not say
  // Read, never written: rows that came, too, of a kind that the reader does not know.
  std::size_t passed_over{0};
};
inline constexpr std::chrono::seconds kMaxFeedWait{60};
// 16 hexadecimal digits of a row's hash; of no row, nothing.
[[nodiscard]] std::string mark_of(const Digest& row_hash);
[[nodiscard]] bool is_mark(std::string_view text);

// GET /v1/photos/HASH: a portrait, as a JPEG. The hash is that of its bytes: it never changes.
inline constexpr std::string_view kPhotoType = "image/jpeg";
[[nodiscard]] bool is_photo_hash(std::string_view text);
// Whether these bytes are those of the hash, and no more than may be kept.
[[nodiscard]] bool is_photo(std::string_view bytes, std::string_view hash);

// POST /v1/heartbeat.
struct Heartbeat {
  std::string software;
  std::uint64_t last_seq{0};  // newest row that the device wrote
  std::uint64_t unsent{0};
  std::uint64_t rejected{0};
  std::int64_t roster_version{0};
  Timestamp device_now{};
  std::string orders_version{};  // of those that it obeys (orders.hpp)
  // The last of a kiosk that was told to forget all (Orders::wipe), and has: the hub ends its tokens.
  bool forgotten{false};
};
struct HeartbeatAnswer {
  Timestamp hub_now{};
  std::string checkpoint;  // the device may have been moved
  std::int64_t roster_version{0};
  std::uint64_t known_to{0};  // as in UploadAnswer
  // Where the device knows others. A venue's hub gets all notices, each with its checkpoints, for its kiosks.
  std::optional<Orders> orders{};
  // What to say next time: the sender's, since a reader need not understand all that was ordered.
  std::string orders_version{};
  bool renew_token{false};  // it has served for long enough: POST /v1/token
};

// POST /v1/devices, from a venue's hub: some of its kiosks, and how they stand here.
inline constexpr std::size_t kMaxDevicesTold = 500;
struct ToldDevice {
  std::string id;  // begins with the sender's own and '.'
  std::string name;
  std::string checkpoint;        // id
  std::optional<PublicKey> key;  // that it signs badges with; none: such badges are dead
  bool revoked{false};
  bool hub{false};  // of a venue within the sender's
  friend bool operator==(const ToldDevice&, const ToldDevice&) = default;
};
struct DevicesRequest {
  std::vector<ToldDevice> devices;
};
struct DeviceStanding {
  std::string id;
  std::uint64_t known_to{0};  // as in UploadAnswer
  bool revoked{false};        // here: its own hub is to shut it out too
  bool badges_dead{false};    // and with it the badges that it signed
  Orders orders{};            // that were given here: from_above
  friend bool operator==(const DeviceStanding&, const DeviceStanding&) = default;
};
struct DevicesAnswer {
  std::uint64_t known_to{0};  // of the sender's own chain
  std::vector<DeviceStanding> devices;
};

// POST /v1/token: another token for the caller. The one that it called with is good until the new one has
// been used, so that an answer that is lost does no harm.
struct TokenAnswer {
  std::string token;  // secret
};

// An error body: application/problem+json (RFC 9457).
struct Problem {
  int status{500};
  std::string title;
  std::string detail;
  // The caller's token was good, and the device has been shut out since: it is to forget what it knows.
  bool revoked{false};
};

[[nodiscard]] std::string to_body(const EnrolRequest&);
[[nodiscard]] std::string to_body(const EnrolAnswer&);
[[nodiscard]] std::string to_body(const RosterPage&);
[[nodiscard]] std::string to_body(const UploadRequest&);
[[nodiscard]] std::string to_body(const UploadAnswer&);
[[nodiscard]] std::string to_body(const FeedPage&);
// The same in two steps, so that a row for many readers is written once.
[[nodiscard]] std::string feed_item(const FeedRow&);
[[nodiscard]] std::string feed_body(std::span<const std::string> items, const FeedCursor& next, bool more,
                                    std::int64_t roster_version);
[[nodiscard]] std::string to_body(const Heartbeat&);
[[nodiscard]] std::string to_body(const HeartbeatAnswer&);
[[nodiscard]] std::string to_body(const TokenAnswer&);
[[nodiscard]] std::string to_body(const DevicesRequest&);
[[nodiscard]] std::string to_body(const DevicesAnswer&);
[[nodiscard]] std::string to_body(const Problem&);

[[nodiscard]] Expected<EnrolRequest> parse_enrol_request(std::string_view body);
[[nodiscard]] Expected<EnrolAnswer> parse_enrol_answer(std::string_view body);
[[nodiscard]] Expected<RosterPage> parse_roster_page(std::string_view body);
// A hub whose pages never come to an end would be asked without a pause: Error::Kind::invalid for such a
// page.
[[nodiscard]] Expected<void> check_progress(const RosterPage& page, std::int64_t asked_after);
// A row that is malformed is an answer of its own, not an error of the batch: it lands in `bad` with its seq
// where that could be read, and the others are taken.
struct ParsedUpload {
  std::vector<JournalRow> rows;
  std::vector<RowAnswer> bad;
  std::vector<AsideRow> set_aside{};
  int wire{0};
};
[[nodiscard]] Expected<ParsedUpload> parse_upload_request(std::string_view body);
[[nodiscard]] Expected<UploadAnswer> parse_upload_answer(std::string_view body);
[[nodiscard]] Expected<FeedPage> parse_feed_page(std::string_view body);
[[nodiscard]] Expected<Heartbeat> parse_heartbeat(std::string_view body);
// `most_notices`: kMaxNoticeRecords in what is said to a venue's hub.
[[nodiscard]] Expected<HeartbeatAnswer> parse_heartbeat_answer(std::string_view body,
                                                               std::size_t most_notices = kMaxNotices);
[[nodiscard]] Expected<TokenAnswer> parse_token_answer(std::string_view body);
[[nodiscard]] Expected<DevicesRequest> parse_devices_request(std::string_view body);
[[nodiscard]] Expected<DevicesAnswer> parse_devices_answer(std::string_view body);
// Of an error body: Problem::revoked.
[[nodiscard]] bool tells_of_revocation(std::string_view body);
// Of any error body: its detail, or the start of what it says, at most 200 bytes, made printable.
[[nodiscard]] std::string problem_text(std::string_view body);

// Single records, as the stores keep them.
[[nodiscard]] std::string to_json(const Attendee&);
[[nodiscard]] std::string to_json(const Checkpoint&);
[[nodiscard]] std::string to_json(const EventInfo&);
[[nodiscard]] std::string to_json(const JournalRow&);  // for `journal export`
[[nodiscard]] Expected<Attendee> parse_attendee(std::string_view json);
[[nodiscard]] Expected<Checkpoint> parse_checkpoint(std::string_view json);
[[nodiscard]] Expected<EventInfo> parse_event(std::string_view json);
[[nodiscard]] Expected<JournalRow> parse_row(std::string_view json);

// Strict UTF-8: no overlong form, no surrogate, nothing past U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text);
// Whether the UTF-8 text holds a character that is none to be shown: C0, DEL and C1, separators of lines and
// paragraphs, and what turns the direction of the text about it (embeddings, overrides, isolates). Joiners
// (U+200C, U+200D) and marks (U+200E, U+200F, U+061C) are spelling in some scripts, and are none.
[[nodiscard]] bool has_control(std::string_view text);
// What a message may quote of a stranger's text: such characters and bytes that are not UTF-8 become '?'.
[[nodiscard]] std::string printable(std::string_view text, std::size_t most_bytes);

// "2026-11-23T08:30:00.000Z"; parse takes any RFC 3339 offset and fraction.
[[nodiscard]] std::string to_rfc3339(Timestamp);
[[nodiscard]] std::optional<Timestamp> parse_rfc3339(std::string_view);

}  // namespace lanyard::sync
