// What store.cpp (journal, hub), store_erasure.cpp (who is erased), store_identity.cpp (who we are, keys),
// store_presence.cpp (who is inside) and store_roster.cpp share behind the door of store.hpp.
#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>

#include "sync/erasure.hpp"
#include "sync/file_lock.hpp"
#include "sync/name_index.hpp"
#include "sync/presence.hpp"
#include "sync/search_key.hpp"
#include "sync/sqlite_file.hpp"
#include "sync/store.hpp"

namespace lanyard::sync {

struct Store::Inside {
  explicit Inside(std::unique_ptr<SQLite::Database> opened) : db(std::move(opened)) {}

  // Prepared once, then reset: keyed by the address of the literal.
  SQLite::Statement& use(const char* sql) {
    auto found = prepared.find(sql);
    if (found == prepared.end()) {
      found = prepared.emplace(sql, std::make_unique<SQLite::Statement>(*db, sql)).first;
    }
    // Not reset(): of a statement that failed the last time, it would throw that failure once more.
    found->second->tryReset();
    found->second->clearBindings();
    return *found->second;
  }

  [[nodiscard]] std::optional<std::string> setting(const char* name);
  // All but the large ones, in one statement: a decision asks for many.
  [[nodiscard]] std::map<std::string, std::string, std::less<>> settings();
  void set(const char* name, const std::string& value);
  void clear(const char* name);

  std::optional<FileLock> users;  // shared; before `db`, which is closed first
  FileId file;
  std::unique_ptr<SQLite::Database> db;
  std::unordered_map<const char*, std::unique_ptr<SQLite::Statement>> prepared;
  std::unique_ptr<SearchFolding> folding;  // made at the first search or import: some milliseconds
  // What is searched: read at the first search, and then as far as it has changed.
  struct Search {
    NameIndex index;
    std::int64_t stamp{0};  // search_state, as of when it was read
    std::int64_t removals{0};
    bool loaded{false};
  };
  Search search;
  bool in_transaction{false};

  // By what presence is counted, parsed once a change.
  struct Plan {
    std::string of;  // the event's record
    std::vector<Zone> zones;
    Calendar calendar;
  };
  Plan plan;
};

inline std::int64_t ms_of(Timestamp when) {
  return when.time_since_epoch().count();
}
inline Timestamp time_of(std::int64_t ms) {
  return Timestamp(std::chrono::milliseconds(ms));
}

// Of a setting; 0 if there is none.
[[nodiscard]] std::int64_t number_in(const std::optional<std::string>& text);
// Zeros, if the column is of another length.
template <std::size_t N>
[[nodiscard]] std::array<std::uint8_t, N> bytes_of(const SQLite::Column& column) {
  std::array<std::uint8_t, N> out{};
  if (column.getBytes() == static_cast<int>(N)) {
    const auto* data = static_cast<const std::uint8_t*>(column.getBlob());
    std::copy_n(data, N, out.begin());
  }
  return out;
}

inline constexpr const char* kRowColumns =
    "device, seq, id, hlc_wall, hlc_counter, boot_id, monotonic, wall, clock_offset, kind, attendee, "
    "checkpoint,"
    " zone, operator, roster_version, rule, generation, detail, prev_hash, hash, related, target, basis,"
    " erased";

// All rows of a statement that selects kRowColumns.
[[nodiscard]] std::vector<JournalRow> read_rows(SQLite::Statement& get);

// At its place; `hub_seq`: at the hub, too. What hangs on the journal is the caller's to bring up to it.
void insert_row(Store::Inside& in, const JournalRow& row, std::optional<std::int64_t> hub_seq);

// Under what the attendee is found.
[[nodiscard]] std::set<SearchWord> fold(Store::Inside& in, const Attendee& attendee);
// Their words, in place of those they had. In a transaction.
void put_words(Store::Inside& in, const std::string& attendee, const std::set<SearchWord>& words);

// The whole ring, but for keys that an earlier one of this hub has dropped.
void put_keys(Store::Inside& in, const KeyRing& ring);

// The id under which somebody's rows are counted: of a ticket that the roster knows by now, its holder's; of
// somebody who was erased, the pseudonym.
[[nodiscard]] std::string holder_of(Store::Inside& in, const std::string& attendee);
// The ids under which rows about an attendee may stand: their own, and those of their tickets.
[[nodiscard]] std::vector<std::string> names_of(Store::Inside& in, const std::string& attendee);

// Whose the tickets of the journal are. The roster that is about to change may tell otherwise: hand what it
// said before to follow_tickets afterwards, in the same transaction, and presence follows.
using TicketHolders = std::map<std::string, std::string>;
[[nodiscard]] TicketHolders ticket_holders(Store::Inside& in);
void follow_tickets(Store::Inside& in, const TicketHolders& before);

// People whom a page of the roster says are erased, and of whom this kiosk has something: it is looked for
// before the transaction, since badges wait for the lock meanwhile.
struct Erasing {
  struct Person {
    Forgotten who;
    std::set<std::int64_t> rows;  // of the journal, that may speak of them
  };
  FingerprintKey key{};
  std::map<Fingerprint, std::string> prints;  // and their pseudonyms: those that are new here
  std::map<std::string, Person> people;       // by pseudonym
  std::int64_t looked_until{0};
};
[[nodiscard]] Erasing begin_erasing(Store::Inside& in, const std::vector<ErasedId>& erased);
// Within the transaction, before anything else is taken from the page.
void finish_erasing(Store::Inside& in, Erasing& erasing);
// The pseudonym of an id that was erased; else the id.
[[nodiscard]] std::string known_as(Store::Inside& in, const std::string& id);
// Ids in the place of which the pseudonym is to be, of rows that the hub has given no verdict on yet.
[[nodiscard]] std::vector<std::string> unsent_names_of(Store::Inside& in, const std::string& pseudonym);
// Of a row that comes late: as it is to be kept; nullopt if it speaks of nobody who was erased.
[[nodiscard]] std::optional<JournalRow> as_left(Store::Inside& in, const JournalRow& row);
// Own rows that the hub has answered for: nobody is in need of the whole row any more. True if there was one.
[[nodiscard]] bool forget_in_delivered(Store::Inside& in, std::span<const RowAnswer> answers);
// Behind the transaction: what was rewritten leaves the log, unless another program reads at this moment.
void try_to_empty_log(Store::Inside& in);
// Presence of these is the pseudonym's.
void move_presence(Store::Inside& in, const std::vector<std::string>& ids, const std::string& pseudonym);

// Those of nobody on the roster.
void forget_unused_photos(Store::Inside& in);

// Presence follows the journal, to which these have just been added: each person is counted once.
void follow_presence(Store::Inside& in, std::span<const JournalRow* const> rows);
// Counts everybody anew if the event's zones or clocks are not those by which presence was counted. Within a
// transaction.
void renew_presence(Store::Inside& in);

// A write of our own that nests in the caller's transaction where there is one.
class WriteScope {
 public:
  explicit WriteScope(Store::Inside& in);
  WriteScope(const WriteScope&) = delete;
  WriteScope& operator=(const WriteScope&) = delete;
  ~WriteScope();
  void commit();

 private:
  Store::Inside* own_{nullptr};  // whose transaction is to end; nullptr: the caller's, or it has ended
};

}  // namespace lanyard::sync
