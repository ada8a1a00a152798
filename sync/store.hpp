// The kiosk's store: one SQLite file (WAL, synchronous=FULL) that lanyard-kiosk and lanyard-syncd share. It
// holds the roster as last heard, the journal of this device and of the others, and where each stands with
// the hub.
//
// Threads: a Store is one database handle and belongs to one thread; open one a thread. Processes wait for
// each other's writes for up to kBusyPatience. Errors: Error::Kind::storage for what the disk says, corrupt
// for what cannot be understood.
#pragma once

#include <array>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sync/credential.hpp"
#include "sync/error.hpp"
#include "sync/facts.hpp"
#include "sync/hub_clock.hpp"
#include "sync/orders.hpp"
#include "sync/record.hpp"
#include "sync/tally.hpp"
#include "sync/wire.hpp"

namespace lanyard::sync {

inline constexpr std::chrono::milliseconds kBusyPatience{3000};
inline constexpr std::size_t kMaxSearchHits = 50;
inline constexpr std::size_t kMaxStaff = 1000;

// Who this kiosk is: written once, by enrolment.
struct Identity {
  std::string device;
  std::string name;
  std::string event;
  std::string checkpoint;
  FingerprintKey fingerprint_key{};
  SecretKey signing_key{};
  friend bool operator==(const Identity&, const Identity&) = default;
};

// Where the hub is, as the enrolment code said; settings go before it.
struct HubPlace {
  std::string url;  // "" = nobody said
  std::string pin;  // see enrolment_code.hpp; or ""
};

// How fresh what is known is.
struct Standing {
  std::string epoch;
  std::int64_t roster_version{0};  // the cursor
  std::int64_t page_version{0};    // RosterPage::version of the page that the cursor is of
  FeedCursor feed;
  std::int64_t keys_version{0};           // of the key ring
  std::optional<Timestamp> roster_as_of;  // when the hub last confirmed the roster, by this device's clock
  std::optional<Timestamp> hub_contact;   // when the hub last answered at all
  std::optional<ClockMeasure> clock;      // the hub's against ours, when last measured
  std::optional<Timestamp> known_time;    // the hub's, the last time that it was no guess
};

// Who took whose place, as the journal says now.
struct Substitution {
  std::string replaced_by;    // id of the one who has taken the attendee's place, or ""
  std::string stands_in_for;  // id of the one whose place the attendee has taken, or ""
};

// By what people inside are counted.
enum class Group : std::uint8_t { delegation, organisation, companions };

// One who is inside, for the evacuation list.
struct InsideNow {
  std::string attendee;
  std::string zone;
  std::optional<Timestamp> since;
  std::string checkpoint;
};

// What the office wants of this kiosk, as last heard.
struct OrdersHeld {
  Orders orders;
  std::string version;                 // by which the hub names them
  std::optional<Timestamp> restarted;  // the last Orders::restart that was obeyed
};

// Why a kiosk has forgotten all that it knew.
enum class Withdrawal : std::uint8_t {
  revoked,    // the hub shut it out
  ordered,    // the office had it go, once all its rows were delivered
  forgotten,  // the event is over, and no hub answers any more
};
[[nodiscard]] std::string_view to_name(Withdrawal);
[[nodiscard]] std::optional<Withdrawal> withdrawal_named(std::string_view);

// Which file of the disk it is, whatever has its name by now.
struct FileId {
  std::uint64_t device{0};
  std::uint64_t number{0};
  friend bool operator==(const FileId&, const FileId&) = default;
};

// What a mended store says of it until the hub has told how far it has this kiosk's rows.
struct MendNote {
  std::uint64_t highest{0};       // seq of this device that the damaged store spoke of
  std::uint64_t read{0};          // rows of the journal that hold, the others' among them
  std::uint64_t unverifiable{0};  // rows that are there and do not hold
  friend bool operator==(const MendNote&, const MendNote&) = default;
};

// Rule of the alert by which a kiosk tells that its store was damaged, with what was read and what is lost.
inline constexpr std::string_view kStoreMended = "store.mended";

struct UnsentCount {
  std::uint64_t unsent{0};
  std::uint64_t rejected{0};
  std::uint64_t last_seq{0};
};

class Store {
 public:
  struct Inside;  // sync/store_inside.hpp, for the store's own files alone
  // Creates the file, brings its schema up to date, refuses one that a later version wrote.
  // Error::Kind::corrupt of this or any other function: close all handles, and call mend_store (mend.hpp).
  [[nodiscard]] static Expected<Store> open(const std::filesystem::path& file);
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  // --- one transaction; commit is explicit, the destructor undoes
  // -------------------------------------------
  class Transaction {
   public:
    Transaction(Transaction&&) noexcept;
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();
    [[nodiscard]] Expected<void> commit();  // on success the rows are on the disk
   private:
    friend class Store;
    explicit Transaction(Store&);
    Store* store_;
  };
  [[nodiscard]] Expected<Transaction> begin();  // BEGIN IMMEDIATE

  // --- enrolment
  // ---------------------------------------------------------------------------------------------
  [[nodiscard]] Expected<std::optional<Identity>> identity();
  // With that of another hub, whose fingerprint key is another, the keys of the earlier one are gone.
  [[nodiscard]] Expected<void> set_identity(const Identity&);
  // The seed of the key pair that a code is spent for: `fresh` when it is first asked for, and the same from
  // then on, until another code comes. The hub binds a code to the first key that it hears of.
  [[nodiscard]] Expected<std::array<std::uint8_t, 32>> next_seed(std::string_view code,
                                                                 const std::array<std::uint8_t, 32>& fresh);
  [[nodiscard]] Expected<void> set_checkpoint(std::string_view id);
  [[nodiscard]] Expected<HubPlace> hub();
  [[nodiscard]] Expected<void> set_hub(const HubPlace&);

  // --- the roster
  // --------------------------------------------------------------------------------------------
  [[nodiscard]] Expected<Standing> standing();
  // One transaction: the page and its cursor together. A key ring of a lower version than was seen of this
  // hub is passed over, whatever its epoch: it may hold keys that were revoked since. Of people who were
  // erased nothing stays but, under their pseudonym, what moves them, and rows that the hub has yet to answer
  // for; no roster names them again. A page that was `asked` for from elsewhere than where the store stands
  // by now (nullopt: from wherever that is) is dropped, as Error::Kind::unavailable: another process has
  // taken one, and a roster that began twice would sweep away what had come with the first.
  [[nodiscard]] Expected<void> apply(const RosterPage&, Timestamp now,
                                     const std::optional<RosterCursor>& asked = {});
  [[nodiscard]] Expected<void> note_contact(Timestamp now, const std::optional<ClockMeasure>&);
  [[nodiscard]] Expected<std::optional<EventInfo>> event();
  [[nodiscard]] Expected<std::optional<Checkpoint>> checkpoint(std::string_view id);
  [[nodiscard]] Expected<std::vector<Checkpoint>> checkpoints();
  [[nodiscard]] Expected<KeyRing> keys();
  [[nodiscard]] Expected<std::optional<Attendee>> attendee(std::string_view id);
  [[nodiscard]] Expected<std::optional<CredentialRecord>> credential(const Fingerprint&);
  // The generation that is alive: the highest of the roster and of every journal row of the attendee.
  // `until`: of the rows, those that stand no later.
  [[nodiscard]] Expected<std::uint32_t> generation(std::string_view attendee,
                                                   std::optional<Hlc> until = std::nullopt);
  // Of names in any script, organisations and ids, by the beginnings of words in any order, by ear and with a
  // typo; the best first (name_index.hpp). The first of a process reads all words: some tenths of a second
  // with 100,000 attendees.
  [[nodiscard]] Expected<std::vector<Attendee>> search(std::string_view query,
                                                       std::size_t most = kMaxSearchHits);
  // What a search has in memory, as the roster is now: forgets who is gone. Now and then, by a process that
  // searches.
  Expected<void> keep_search_current();
  [[nodiscard]] Expected<std::uint64_t> attendee_count();
  // Named by the roster once, and no longer, or erased: an attendee's id, or that of a ticket
  // (ticket_subject).
  [[nodiscard]] Expected<bool> taken_off(std::string_view who);
  // A JPEG; nullopt while it has not come.
  [[nodiscard]] Expected<std::optional<std::string>> photo(std::string_view hash);
  [[nodiscard]] Expected<void> put_photo(std::string_view bytes);  // under its own hash
  // That somebody's record names, and that are not here, in order behind `after`.
  [[nodiscard]] Expected<std::vector<std::string>> missing_photos(std::string_view after, std::size_t most);
  // All of them: what they took of the file is free for rows. They come again by missing_photos.
  [[nodiscard]] Expected<void> drop_photos();
  // By id, behind `after`: a roster page by page.
  [[nodiscard]] Expected<std::vector<Attendee>> attendees_after(std::string_view after, std::size_t most);
  // Those with a role.
  [[nodiscard]] Expected<std::vector<Attendee>> staff();
  // The approved of a delegation whose badge has not come out of any printer, nor been handed over; by id.
  [[nodiscard]] Expected<std::vector<Attendee>> without_badge(std::string_view delegation, std::size_t most);
  // Badges that this device was asked for by its row `up_to`, and of which it has not written how they ended;
  // in order.
  struct OpenBadge {
    JournalRow requested;
    std::vector<JournalRow> sent;  // in order
  };
  [[nodiscard]] Expected<std::vector<OpenBadge>> open_badges(std::uint64_t up_to);
  // Of an attendee, at all devices, as far as is known here.
  [[nodiscard]] Expected<std::uint32_t> reprint_count(std::string_view attendee);
  // What was to stand on the last badge requested of theirs in place of the roster's name; "": that name.
  [[nodiscard]] Expected<std::string> badge_name(std::string_view attendee);
  // Pieces sent to the printer that `badge_sent` rows name so since this kiosk wrote of a new roll
  // (kNewRoll), and whether it has warned since that the roll ends (kRollLow); nullopt: it never wrote of
  // one. Of people who were erased since, the pages are no longer known.
  struct RollUse {
    std::uint32_t sent{0};
    bool warned{false};
  };
  enum class SentBy : std::uint8_t { this_kiosk, any };
  [[nodiscard]] Expected<std::optional<RollUse>> roll_use(std::string_view printer, SentBy whose);
  // Whether one of theirs was requested since, at any device, and has not ended as far as is known here.
  [[nodiscard]] Expected<bool> badge_under_way(std::string_view attendee, Timestamp since);
  // Under policy_id. Those of the roster's checkpoints are kept as they come.
  [[nodiscard]] Expected<void> keep(const Policy&);
  [[nodiscard]] Expected<std::optional<Policy>> policy(std::string_view id);

  // --- facts
  // -------------------------------------------------------------------------------------------------
  [[nodiscard]] Expected<Presence> presence(std::string_view attendee, std::string_view zone);
  // People inside who came in on this day of the venue: a missed exit does not outlast a day. Both look one
  // row up.
  [[nodiscard]] Expected<std::uint32_t> inside_count(std::string_view zone, std::int64_t day);
  [[nodiscard]] Expected<std::uint32_t> inside_count(std::string_view zone, std::int64_t day, Group,
                                                     std::string_view who);
  // All who came in on this day or later and are inside one of the zones, by attendee.
  [[nodiscard]] Expected<std::vector<InsideNow>> inside_now(const std::vector<std::string>& zones,
                                                            std::int64_t day);
  [[nodiscard]] Expected<Substitution> substitution(std::string_view attendee);
  // Rows of this device that let somebody in unknown, that nothing has reconciled, and whose attendee (or the
  // holder of whose ticket) the roster knows by now; of the first kMaxBatchRows that wait.
  [[nodiscard]] Expected<std::vector<JournalRow>> unreconciled(std::size_t most);
  // People whom this device let in unknown, and whom nothing has reconciled.
  [[nodiscard]] Expected<std::uint32_t> provisional_count(std::string_view besides);

  // --- the journal
  // ------------------------------------------------------------------------------------------- Completes
  // `row` (id, device, seq, hlc, boot, times, offset, roster version, hashes) and appends it. Call inside a
  // transaction, and show nothing before its commit.
  [[nodiscard]] Expected<JournalRow> append(JournalRow row, const RowStamp&);
  // Of a store that is an old copy: the hub has rows of this device up to `known_to`, which are not here. The
  // row comes behind them, and all later ones behind it. Nothing, if this store has a row of that seq by now.
  // A transaction of its own.
  [[nodiscard]] Expected<void> go_on_behind(std::uint64_t known_to, JournalRow row, const RowStamp&);
  // --- after it was mended (store_mend.cpp)
  // -------------------------------------------------------------------------------------------------
  // The file that this handle has open.
  [[nodiscard]] const FileId& file_id() const;
  // What there is to be told of it, until place_rows. Rows that are appended meanwhile have no place yet
  // (kUnplacedSeq), and none of this device's is to be sent.
  [[nodiscard]] Expected<std::optional<MendNote>> mend_note();
  // The hub has this device's rows up to `known_to`. All that are here and not there get their places behind
  // those, without gaps, and then `report`, with the counts as its detail. Where the hub's last row is not
  // here and no row that follows it, one like `report` comes first: the hub sets it aside, as it cannot
  // follow. A transaction of its own; nothing, if there is no note.
  [[nodiscard]] Expected<void> place_rows(std::uint64_t known_to, const JournalRow& report, const RowStamp&);
  // The newest first, those of their tickets among them (credential.hpp, ticket_subject).
  [[nodiscard]] Expected<std::vector<JournalRow>> history(std::string_view attendee, std::size_t most);
  [[nodiscard]] Expected<std::vector<JournalRow>> own_rows(std::uint64_t after_seq, std::size_t most);
  // The newest first.
  [[nodiscard]] Expected<std::vector<JournalRow>> newest_own_rows(std::size_t most);
  [[nodiscard]] Expected<std::optional<JournalRow>> row(std::string_view id);
  // Whether another row says that this one did not happen.
  [[nodiscard]] Expected<bool> annulled(std::string_view id);
  [[nodiscard]] Expected<std::uint64_t> row_count();

  // --- how it goes (store_tally.cpp): for whoever looks at this kiosk. Nothing is written.
  // -------------------------------------------------------------------------------------------------
  // Of the rows that stand between the two times by the hub's clock, as in order.hpp: at the checkpoint, and
  // at all.
  [[nodiscard]] Expected<DayTally> tally(std::string_view checkpoint, Timestamp from, Timestamp until);
  // Of this device and of all that it has heard of; the newest first.
  [[nodiscard]] Expected<std::vector<JournalRow>> newest_alerts(std::size_t most);
  // When the oldest of this device's rows was written that the hub has not heard of yet, by its own clock.
  [[nodiscard]] Expected<std::optional<Timestamp>> oldest_unsent();

  // --- with the hub
  // ------------------------------------------------------------------------------------------
  [[nodiscard]] Expected<std::vector<JournalRow>> unsent(std::size_t most = kMaxBatchRows);
  [[nodiscard]] Expected<UnsentCount> unsent_count();
  [[nodiscard]] Expected<void> apply(std::span<const RowAnswer>);
  // Rows and cursor in one transaction; known rows are skipped. The cursor moves only from `asked`, with
  // which the page was asked for (nullopt: from wherever it is): another lane may have set it back meanwhile.
  // From now on the hub's answers are read by this version of the protocol (wire.hpp). What another one read
  // is asked for again, since it passed over what it did not know.
  [[nodiscard]] Expected<void> read_by(int wire);
  [[nodiscard]] Expected<void> apply(const FeedPage&, const std::optional<FeedCursor>& asked = {});
  [[nodiscard]] Expected<OrdersHeld> orders();
  [[nodiscard]] Expected<void> take_orders(const Orders&, std::string_view version);
  [[nodiscard]] Expected<void> note_restart(Timestamp ordered);
  // Everything is gone from the file: people, journal, keys, who we are; all that stays is why. Rows that the
  // hub does not have are lost but for what `before` keeps of them (sealed_rows.hpp): it is called while
  // nobody else can write, so that no row comes in between, and its error undoes all. Error::Kind::storage
  // also where it is done but for the traces in the file, while another process reads: to be done again.
  [[nodiscard]] Expected<void> wipe(Withdrawal why, const std::function<Expected<void>()>& before = {});
  // What was deleted leaves no trace in the file: the end of wipe, for one that was cut off there, and of
  // erasures. The file is written anew, and nobody else can write meanwhile.
  [[nodiscard]] Expected<void> clear_traces();
  // Whether somebody was erased since.
  [[nodiscard]] Expected<bool> has_traces();
  [[nodiscard]] Expected<bool> is_larger_than(std::uint64_t bytes);
  // Until the next enrolment.
  [[nodiscard]] Expected<std::optional<Withdrawal>> withdrawn();
  // Rows written here that the hub has not taken, in order of device and seq behind that row: those that it
  // rejected among them, and those of an earlier identity of this store.
  [[nodiscard]] Expected<std::vector<JournalRow>> undelivered(std::string_view device, std::uint64_t seq,
                                                              std::size_t most);
  // Changes whenever another handle has committed: a cheap way to see new rows (PRAGMA data_version).
  [[nodiscard]] Expected<std::int64_t> data_version();
  [[nodiscard]] Expected<void> check_integrity();
  // Without a look at the indexes: a second for 100,000 attendees, where the other takes ten.
  [[nodiscard]] Expected<void> check_quickly();
  // Writes and commits something of no meaning: does the disk take rows again?
  [[nodiscard]] Expected<void> probe_writing();

 private:
  explicit Store(std::unique_ptr<Inside>);
  Expected<JournalRow> append_at(std::uint64_t least_seq, JournalRow row, const RowStamp& stamp);
  std::unique_ptr<Inside> in_;
};

}  // namespace lanyard::sync
