// What the hub keeps, behind one door: SQLite on one machine, PostgreSQL where one is outgrown
// (docs/scaling.md). Every operation is in terms of the domain, so that a store may cut its tables as it
// likes.
//
// Threads: a HubStore belongs to one thread. Several processes may have the same data open (the server, and a
// command beside it; with PostgreSQL several servers): nothing may be remembered across calls that another
// process can change.
// Errors: Error::Kind::storage for what the disk or the database says, corrupt for what cannot be understood.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sync/credential.hpp"
#include "sync/error.hpp"
#include "sync/facts.hpp"
#include "sync/merge.hpp"
#include "sync/record.hpp"
#include "sync/wire.hpp"

namespace lanyard::sync::hub {

inline constexpr std::size_t kMaxDevices = 10'000;
inline constexpr std::size_t kMaxFrameBytes = 1024UL * 1024;  // event and checkpoints, as JSON
// Of the records in a page of the roster, where the frame comes on top, or of the feed. The one that passes
// it still goes along. A thousand kiosks that come back at once ask for one each.
inline constexpr std::size_t kMaxPageBytes = 256UL * 1024;
inline constexpr std::size_t kMaxCredentialsEach = 16;  // of one attendee in a roster page
inline constexpr std::size_t kMaxAttendeesAtOnce = 25;  // whose rows are held in memory together
inline constexpr std::string_view kHubDevice = "hub";   // who writes the hub's own rows
inline constexpr std::size_t kMaxOwnKeys = 16;          // that the hub can sign with: the current, the next
inline constexpr std::string_view kPretixIssuer = "pretix";

// What init made; it never changes, but for the key that the hub signs with.
struct Founding {
  std::string epoch;
  SecretKey signing_key{};  // the current one: made by init, later another by use_key
  FingerprintKey fingerprint_key{};
  // Who the hub is in its ring and in its chain; of one that has joined another, its id there (Uplink).
  std::string name{kHubDevice};
};

// What the hub speaks TLS by, as PEM.
struct TlsIdentity {
  std::string certificate;  // the hub's own first, then those that vouch for it
  std::string key;          // secret
};

struct Device {
  std::string id;
  std::string name;                       // as staff know it
  std::string checkpoint;                 // id
  std::optional<Digest> token_hash;       // once enrolled, and of a revoked one still: it is told so. Of one
                                          // that was heard of, none: it has forgotten all, as was ordered
  std::optional<Digest> next_token_hash;  // of another that it was given, until it uses that
  std::optional<Timestamp> token_since;  // when the one in use was first used; nullopt: before that was noted
  bool revoked{false};
  bool is_hub{false};                     // of a venue: it brings the rows of its own kiosks (venue.hpp)
  Orders orders;                          // its own; without notices, which are for many
  Orders centre_orders{};                 // of a hub above, for this one
  std::optional<Timestamp> last_contact;  // and the last heartbeat
  Heartbeat beat;
};

// Codes that are none, which were tried within some time.
struct WrongCodes {
  std::uint64_t of_peer{0};
  std::uint64_t of_all{0};
};

struct RingKey {
  IssuerKey key;
  bool is_own{false};      // the hub can sign with it
  bool is_current{false};  // and does
};
struct Ring {
  std::vector<RingKey> keys;       // the hub's own first, then pretix's, then the kiosks'
  std::int64_t version{0};         // RosterPage::keys_version
  std::int64_t roster_version{0};  // at which it last changed
};
// First those that go, then those that come.
struct RingChange {
  std::vector<PublicKey> dropped;
  std::vector<IssuerKey> added;
  std::vector<SecretKey> own;          // new keys of the hub's: the public halves join the ring
  std::string own_issuer{kHubDevice};  // ... under this name
};

// Where a device's chain stands: every row up to `seq` is here, taken or set aside.
struct ChainEnd {
  std::uint64_t seq{0};
  std::optional<Digest> hash{
      Digest{}};  // of that row; zero before the first; nullopt if it could not be read
};

// A row that the hub has dealt with.
struct KnownRow {
  std::int64_t hub_seq{0};  // 0 for a row set aside
  std::optional<Digest> hash;
  std::string why;  // it was set aside
};

// A row that could not be taken, kept for people to look at.
struct SetAside {
  std::string device;
  std::uint64_t seq{0};
  std::optional<Digest> hash;
  std::string why;
  std::string record;  // its JSON, "" where it could not be read
};

// What uploads have to know of people who are to be forgotten.
struct Forgetting {
  bool has_erased{false};  // somebody
  bool was_purged{false};  // everybody
};

// Up to where a reader knows who is on the roster and in the journal.
struct PeopleMark {
  std::int64_t row{0};      // hub_seq, of feed_head
  std::int64_t version{0};  // of the roster
};

// Of a purged event, where a device's chain stood.
struct PurgedChain {
  std::string device;
  ChainEnd end;
};
struct Purge {
  Timestamp at{};
  std::string report;  // JSON
};

// How the way to the centre is, for people to see: written by the hub that goes it.
struct UplinkStanding {
  std::string words;                 // "online", or what is wrong
  std::optional<Timestamp> contact;  // when the centre last answered
  std::uint64_t waiting{0};          // rows that are not there yet, as far as this hub knows
};

// Of a hub that has joined another, the centre: who it is there, and what it has heard from it.
struct Uplink {
  std::string hub;  // its address; normal_hub_url
  std::string pin;  // the key that it must have, or "" (enrolment_code.hpp)
  std::string
      device;         // this hub's id there: that of its own chain, and what the ids of its kiosks begin with
  std::string token;  // secret
  std::string
      token_before;  // that was good until it came, and still is for a centre that was restored; or ""
  std::string roster_epoch;
  std::int64_t roster_version{0};
  std::int64_t keys_version{0};
  FeedCursor feed;
  UplinkStanding standing;
  bool has_traces{false};        // of somebody whom the centre has erased: overwrite_deleted is due
  std::int64_t page_version{0};  // RosterPage::version of the page that roster_version is of
};

// What the centre has for the screens of a venue's kiosks, as it said last, and the version that it gave
// that.
struct CentreNotices {
  std::vector<Notice> notices;
  std::string version;
};

// A row that is new, with its JSON: written by whoever had time for it.
struct NewRow {
  const JournalRow* row;
  std::string_view record;
};

class HubStore {
 public:
  HubStore() = default;
  HubStore(const HubStore&) = delete;
  HubStore& operator=(const HubStore&) = delete;
  virtual ~HubStore() = default;

  // Runs `work` in one transaction: committed and on the disk when this returns without error. After an error
  // it is undone, or, if the connection to a database was lost over the commit, in doubt: whoever sends the
  // same again is told what is known. `work` runs once, never again, as it may write files and count; another
  // process that is in its way makes an error of kind storage of it. Not reentrant.
  [[nodiscard]] virtual Expected<void> transact(const std::function<Expected<void>()>& work) = 0;
  // Runs `all`, which calls transact (each undone for itself) and writes beside it. What it all did is
  // committed at once: it is on the disk when this returns without error, and undone otherwise. Only where
  // commits_together() says so; elsewhere each commits for itself. Not reentrant.
  [[nodiscard]] virtual Expected<void> together(const std::function<void()>& all) {
    all();
    return {};
  }
  [[nodiscard]] virtual bool commits_together() const { return false; }

  // --- the centre, of a hub that has joined one
  // --------------------------------------------------------------
  [[nodiscard]] virtual Expected<std::optional<Uplink>> uplink() = 0;
  // Once, when it joins, or anew with another address or token: the one that there was is the one before.
  // What was heard stays.
  [[nodiscard]] virtual Expected<void> set_uplink(const Uplink&) = 0;
  // Another token, and the one that was good until now.
  [[nodiscard]] virtual Expected<void> set_uplink_token(std::string_view token, std::string_view before) = 0;
  // From now on the centre's answers are read by this version of the protocol: as Store::read_by.
  [[nodiscard]] virtual Expected<void> read_uplink_by(int wire) = 0;
  // None of a hub that has not joined another.
  [[nodiscard]] virtual Expected<CentreNotices> centre_notices() = 0;
  [[nodiscard]] virtual Expected<void> note_centre_notices(const CentreNotices&) = 0;
  [[nodiscard]] virtual Expected<void> note_centre_orders(std::string_view device, const Orders&) = 0;
  [[nodiscard]] virtual Expected<void> note_uplink_roster(std::string_view epoch, std::int64_t version,
                                                          std::int64_t keys_version,
                                                          std::int64_t page_version) = 0;
  [[nodiscard]] virtual Expected<void> note_uplink_feed(const FeedCursor& heard) = 0;
  [[nodiscard]] virtual Expected<void> note_uplink_standing(const UplinkStanding&) = 0;
  [[nodiscard]] virtual Expected<void> note_uplink_traces(bool are_left) = 0;

  // --- what init made
  // ----------------------------------------------------------------------------------------
  [[nodiscard]] virtual Expected<std::optional<Founding>> founding() = 0;
  [[nodiscard]] virtual Expected<void> found(const Founding&, Timestamp now) = 0;

  // --- the key of its own that the hub speaks TLS by, and that kiosks pin (tls_identity.hpp)
  // ------------------------------------------------------------------------------------------
  [[nodiscard]] virtual Expected<std::optional<TlsIdentity>> tls_identity() = 0;
  // Nothing if there is one already: of several hubs on one database that begin at once, all have the first.
  [[nodiscard]] virtual Expected<void> add_tls_identity(const TlsIdentity&) = 0;
  [[nodiscard]] virtual Expected<void> drop_tls_identity() = 0;

  // --- the key ring
  // ------------------------------------------------------------------------------------------
  [[nodiscard]] virtual Expected<Ring> ring() = 0;
  // The one way in which the ring changes; enrolment and revocation go through it as well. Its version
  // becomes the unix seconds of `now`, or one more than it was if that is higher. Error::Kind::invalid, with
  // the caller's transaction to be undone, for a key that is there already or one too many.
  [[nodiscard]] virtual Expected<void> change_ring(const RingChange&, Timestamp now) = 0;
  // All that the hub can sign with, and what was sealed for any of them can be opened with.
  [[nodiscard]] virtual Expected<std::vector<SecretKey>> own_keys() = 0;
  // The hub signs with this key of its own from now on. The ring stays as it is.
  [[nodiscard]] virtual Expected<void> use_key(const PublicKey&) = 0;

  // --- the roster; every change takes the next version
  // -------------------------------------------------------
  // In a transaction that reads the roster in order to change it: nobody else changes it until the end. A
  // store that has one writer at a time has nothing to do.
  [[nodiscard]] virtual Expected<void> hold_roster() { return {}; }
  [[nodiscard]] virtual Expected<std::int64_t> roster_version() = 0;
  [[nodiscard]] virtual Expected<std::optional<EventInfo>> event() = 0;
  [[nodiscard]] virtual Expected<std::vector<Checkpoint>> checkpoints() = 0;
  // By which rows contradict each other, as the event and its checkpoints are now. Read anew only where the
  // roster's version is another: each change of them has one of its own. Valid until the next call.
  [[nodiscard]] Expected<const EntryRules*> entry_rules();
  // Keeps each checkpoint's policy under its policy_id. Error::Kind::invalid if it is larger than
  // kMaxFrameBytes.
  [[nodiscard]] virtual Expected<void> set_event(const EventInfo&, const std::vector<Checkpoint>&) = 0;
  // One that was in force some time.
  [[nodiscard]] virtual Expected<std::optional<Policy>> policy(std::string_view id) = 0;
  [[nodiscard]] virtual Expected<std::optional<Attendee>> attendee(std::string_view id) = 0;
  // Those of these ids who are on the roster.
  [[nodiscard]] virtual Expected<std::vector<Attendee>> attendees_of(const std::vector<std::string>& ids);
  // In order of id, those after `after_id`.
  [[nodiscard]] virtual Expected<std::vector<Attendee>> attendees(std::string_view after_id,
                                                                  std::size_t most) = 0;
  // All of them, in order of id, a page at a time; the first error of `visit` ends it. It may change or
  // remove the one that it is shown.
  [[nodiscard]] Expected<void> each_attendee(const std::function<Expected<void>(const Attendee&)>& visit);
  [[nodiscard]] virtual Expected<std::uint64_t> attendee_count() = 0;
  [[nodiscard]] virtual Expected<void> put_attendee(const Attendee&) = 0;
  [[nodiscard]] virtual Expected<void> remove_attendee(std::string_view id) = 0;
  // One who is erased: not even the id stays. Readers hear of it by put_pseudonym.
  [[nodiscard]] virtual Expected<void> forget_attendee(std::string_view id) = 0;
  // The attendee with all credentials that there are of it: others that were its are gone. False if it was
  // just so already, and nothing has changed.
  [[nodiscard]] virtual Expected<bool> put_whole_attendee(const Attendee&,
                                                          const std::vector<CredentialRecord>&) = 0;
  [[nodiscard]] virtual Expected<std::optional<CredentialRecord>> credential(const Fingerprint&) = 0;
  // Portraits, as JPEG by their hash (photo.hpp).
  [[nodiscard]] virtual Expected<std::optional<std::string>> photo(std::string_view hash) = 0;
  [[nodiscard]] virtual Expected<std::vector<std::string>> photo_hashes() = 0;
  [[nodiscard]] virtual Expected<void> put_photo(std::string_view hash, std::string_view bytes) = 0;
  [[nodiscard]] virtual Expected<void> remove_photo(std::string_view hash) = 0;
  // In their order those behind `after` that somebody's record names and that are not here, at most `most`.
  [[nodiscard]] virtual Expected<std::vector<std::string>> missing_photos(std::string_view after,
                                                                          std::size_t most) = 0;
  // Those that nobody's record names any more are gone.
  [[nodiscard]] virtual Expected<void> drop_unused_photos() = 0;
  // The attendee under whose id somebody's rows are counted: of a ticket whose order has come since
  // (credential.hpp, ticket_of), its holder; else the id itself.
  [[nodiscard]] virtual Expected<std::string> holder(std::string_view attendee) = 0;
  [[nodiscard]] virtual Expected<bool> has_credential(std::string_view attendee) = 0;
  // A change of the attendee. The attendee is known.
  [[nodiscard]] virtual Expected<void> put_credential(const CredentialRecord&) = 0;
  // The generation that is alive: the highest of the credentials and of the journal, 1 at least.
  [[nodiscard]] virtual Expected<std::uint32_t> generation(std::string_view attendee) = 0;
  // The page of wire.hpp. `after` of another epoch, 0, or one that this store never gave begins a whole
  // roster; so does a `version` (RosterPage::version, of the page that `after` is of) that it never had.
  [[nodiscard]] virtual Expected<RosterPage> roster_page(std::int64_t after, std::string_view epoch,
                                                         std::size_t most, std::int64_t version) = 0;
  [[nodiscard]] Expected<RosterPage> roster_page(std::int64_t after, std::string_view epoch,
                                                 std::size_t most) {
    return roster_page(after, epoch, most, 0);
  }

  // --- devices
  // -----------------------------------------------------------------------------------------------
  [[nodiscard]] virtual Expected<std::optional<Device>> device(std::string_view id) = 0;
  // The same in a transaction that reads the device in order to change it: nobody else does until the end.
  [[nodiscard]] virtual Expected<std::optional<Device>> hold_device(std::string_view id) {
    return device(id);
  }
  [[nodiscard]] virtual Expected<std::vector<Device>> devices() = 0;
  // Adds the device, or gives the known one this name and checkpoint.
  [[nodiscard]] virtual Expected<void> put_device(std::string_view id, std::string_view name,
                                                  std::string_view checkpoint) = 0;
  // The device is a venue's hub from now on.
  [[nodiscard]] virtual Expected<void> mark_as_hub(std::string_view device) = 0;
  [[nodiscard]] virtual Expected<void> set_code(std::string_view device, const Digest& code_hash,
                                                Timestamp until) = 0;
  // The device that the code is for, if it is still good.
  [[nodiscard]] virtual Expected<std::optional<Device>> device_of_code(const Digest& code_hash,
                                                                       Timestamp now) = 0;
  // Spends the code: the token counts from now on, and `key` joins the ring in place of the device's earlier
  // one.
  [[nodiscard]] virtual Expected<void> enrol(std::string_view device, const Digest& token_hash,
                                             const PublicKey& key, Timestamp now) = 0;
  // Another token, which counts beside the one in use until it is used: then take_token, which also spends a
  // code that it may have come by. Nothing if another has been offered meanwhile.
  [[nodiscard]] virtual Expected<void> offer_token(std::string_view device, const Digest& token_hash) = 0;
  [[nodiscard]] virtual Expected<void> take_token(std::string_view device, const Digest& token_hash,
                                                  Timestamp now) = 0;
  // No token of the device's is good any more, nor a code.
  [[nodiscard]] virtual Expected<void> end_tokens(std::string_view device) = 0;
  [[nodiscard]] virtual Expected<void> set_orders(std::string_view device, const Orders&) = 0;
  // In order of id; those that are over too.
  [[nodiscard]] virtual Expected<std::vector<Notice>> notices() = 0;
  // Error::Kind::invalid for one too many.
  [[nodiscard]] virtual Expected<void> put_notice(const Notice&) = 0;
  [[nodiscard]] virtual Expected<void> remove_notice(std::string_view id) = 0;
  // The token dies; with `drop_key`, so do the badges that the device has signed.
  [[nodiscard]] virtual Expected<void> revoke(std::string_view device, bool drop_key, Timestamp now) = 0;
  [[nodiscard]] virtual Expected<void> note_heartbeat(std::string_view device, const Heartbeat&,
                                                      Timestamp now) = 0;
  // Forgets those of long ago, and those of the future, from before the clock was set right.
  [[nodiscard]] virtual Expected<void> note_wrong_code(std::string_view peer, Timestamp now) = 0;
  [[nodiscard]] virtual Expected<WrongCodes> wrong_codes(std::string_view peer, Timestamp from,
                                                         Timestamp to) = 0;

  // --- the journal
  // -------------------------------------------------------------------------------------------
  [[nodiscard]] virtual Expected<ChainEnd> chain_end(std::string_view device) = 0;
  [[nodiscard]] virtual Expected<std::optional<KnownRow>> known_row(std::string_view device,
                                                                    std::uint64_t seq) = 0;
  // The rows' places in the hub's order. They are of one device, in order of seq, and their keys must be new.
  [[nodiscard]] virtual Expected<std::vector<std::int64_t>> append_all(std::span<const NewRow>,
                                                                       Timestamp received) = 0;
  [[nodiscard]] Expected<std::int64_t> append(const JournalRow&, Timestamp received);
  [[nodiscard]] virtual Expected<void> set_aside(const SetAside&, Timestamp received) = 0;
  [[nodiscard]] virtual Expected<std::vector<SetAside>> rows_set_aside(std::string_view device) = 0;
  // Rows of all devices but `without` ("" = of all), after the cursor; `next` moves past those left out. At
  // most `most`, and fewer where they are large. A cursor whose mark is not that of the row there, or that
  // lies ahead, is of a journal that was lost: it begins anew. Without a mark, it is taken at its number.
  [[nodiscard]] virtual Expected<FeedPage> feed(const FeedCursor& after, std::string_view without,
                                                std::size_t most) = 0;
  // Where a reader stands who has heard of everything.
  [[nodiscard]] virtual Expected<FeedCursor> feed_head() = 0;
  [[nodiscard]] virtual Expected<std::vector<JournalRow>> rows_of_device(std::string_view device,
                                                                         std::uint64_t after_seq,
                                                                         std::size_t most) = 0;
  // The newest `most` under each of their names (holder), each in the hub's order; offset_ms filled in as by
  // moves_since.
  [[nodiscard]] virtual Expected<std::vector<JournalRow>> rows_of_attendee(std::string_view attendee,
                                                                           std::size_t most) = 0;
  // Those of these people, in their order, who have more than one row: of the others there is nothing to
  // contradict. In a transaction they are to come in the order of their ids, and once for all of them: what
  // is still under way of other transactions' rows of them is waited for.
  [[nodiscard]] virtual Expected<std::vector<std::string>> those_with_several_rows(
      const std::vector<std::string>& attendees) = 0;
  // rows_of_attendee of several, in their order, at most kMaxAttendeesAtOnce; in a transaction of such as
  // those_with_several_rows was asked about.
  [[nodiscard]] virtual Expected<std::vector<std::vector<JournalRow>>> rows_of_attendees(
      const std::vector<std::string>& attendees, std::size_t most);
  // By id, or as "DEVICE:SEQ".
  [[nodiscard]] virtual Expected<std::optional<JournalRow>> row(std::string_view name) = 0;
  // When each was by the hub's clock, as far as is known by now, in the order asked; nullopt of a row that is
  // not here.
  [[nodiscard]] virtual Expected<std::vector<std::optional<Timestamp>>> corrected_times(
      const std::vector<std::string>& row_ids) = 0;
  // All rows of people coming and going since then, by corrected time, in the order of hearing. To be put in
  // order (order.hpp) without references: an offset_ms that the row itself does not have is filled in from
  // its corrected time. So their hashes do not hold, and they are not equal to the rows as they came.
  [[nodiscard]] virtual Expected<std::vector<JournalRow>> moves_since(Timestamp when) = 0;
  [[nodiscard]] virtual Expected<std::vector<FeedRow>> alerts(std::int64_t after, std::size_t most) = 0;
  // True the first time only.
  [[nodiscard]] virtual Expected<bool> claim_alert(std::string_view subject) = 0;

  // --- forgetting people: by erase.hpp and purge.hpp alone, which keep these together
  // --------------------------------------------------------------------------------------------------------
  // In a transaction that takes rows: none is erased, and no event purged, until it ends.
  [[nodiscard]] virtual Expected<Forgetting> forgetting() = 0;
  // In a transaction that forgets: no row is taken until it ends, and none is on its way.
  [[nodiscard]] virtual Expected<void> hold_rows() { return {}; }
  [[nodiscard]] virtual Expected<std::vector<Fingerprint>> credentials_of(std::string_view attendee) = 0;
  // By the fingerprint of an id; nullopt of somebody who was not erased.
  [[nodiscard]] virtual Expected<std::optional<std::string>> pseudonym(const Fingerprint& of_id) = 0;
  // The same of several; those who were not erased are not among them.
  [[nodiscard]] virtual Expected<std::map<Fingerprint, std::string>> pseudonyms_of(
      const std::vector<Fingerprint>& ids);
  // A change of the roster, by which readers hear of the erasure.
  [[nodiscard]] virtual Expected<void> put_pseudonym(const Fingerprint& of_id, std::string_view pseudonym,
                                                     std::string_view category) = 0;
  // All ids under which the roster names somebody, or did, or a row does: of what has come since the mark,
  // and for {} of everything, which is a look at every row.
  [[nodiscard]] virtual Expected<std::vector<std::string>> ids_of_people(const PeopleMark& since) = 0;
  // Each pseudonym's category, whichever of its person's ids has it: a venue may hear of a ticket's alone.
  [[nodiscard]] virtual Expected<std::map<std::string, std::string>> pseudonyms() = 0;
  // Rows whose record has this text somewhere, in the hub's order. A look at every row.
  [[nodiscard]] virtual Expected<std::vector<FeedRow>> rows_saying(std::string_view text, std::int64_t after,
                                                                   std::size_t most) = 0;
  // The row may be replaced from now on; `erasure`, a row of the hub's own, vouches for it, in place of
  // another.
  [[nodiscard]] virtual Expected<void> mark_erased(std::string_view device, std::uint64_t seq,
                                                   std::uint64_t erasure) = 0;
  [[nodiscard]] virtual Expected<std::optional<std::uint64_t>> erasure_of(std::string_view device,
                                                                          std::uint64_t seq) = 0;
  // A row that is marked, as it is left.
  [[nodiscard]] virtual Expected<void> replace_row(const JournalRow& left) = 0;
  [[nodiscard]] virtual Expected<std::vector<std::uint64_t>> erasures() = 0;
  // In order of device and seq.
  [[nodiscard]] virtual Expected<std::vector<JournalRow>> rows_erased_by(std::uint64_t erasure) = 0;
  // Of a row set aside, what it said; its place, its hash and why stay.
  [[nodiscard]] virtual Expected<void> clear_set_aside(std::string_view device, std::uint64_t seq) = 0;
  // Everything that tells of people, and the keys of their credentials' fingerprints; the chains go on from
  // where they are said to stand. Of the key ring see change_ring. Another epoch: kiosks begin a roster of
  // nobody.
  [[nodiscard]] virtual Expected<void> purge(const Purge&, const std::vector<PurgedChain>&,
                                             std::string_view epoch, const FingerprintKey& key) = 0;
  [[nodiscard]] virtual Expected<std::optional<Purge>> purged() = 0;
  // Outside of a transaction. What was deleted and replaced is no longer in the files, as far as that is the
  // store's to do: `all` writes them anew as a whole. Errors: storage, also if another program is at the
  // files.
  [[nodiscard]] virtual Expected<void> overwrite_deleted(bool all) = 0;

 private:
  std::optional<std::int64_t> rules_version_;  // of the roster
  EntryRules rules_;
};

// The file hub.db in `data`, which must exist.
[[nodiscard]] Expected<std::unique_ptr<HubStore>> open_sqlite_store(const std::filesystem::path& data);

// The event of this id in the database; "" is the one that is there, if it is the only one. An event that is
// not there is one that `found` will make. `url` as libpq takes it, "postgresql://USER@HOST/DATABASE"; no
// message names its password. Connects, and brings the schema up to date. Errors: storage if there is no
// connection; invalid if a later version of Lanyard made the schema, for a database that is not in UTF-8, and
// if there are several events and none is named.
[[nodiscard]] Expected<std::unique_ptr<HubStore>> open_postgres_store(const std::string& url,
                                                                      std::string_view event);

}  // namespace lanyard::sync::hub
