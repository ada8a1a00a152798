// The SQLite store's insides, shared by its files: roster, keys, devices, journal, forgetting.
#pragma once

#include <map>

#include "sync/hub/hub_store.hpp"
#include "sync/hub/store_values.hpp"
#include "sync/sqlite_file.hpp"

namespace lanyard::sync::hub {

class SqliteStore final : public HubStore {
 public:
  // By its index, as SQLite would rather go through the whole journal than sort what it finds; public, as a
  // test looks at how SQLite goes about it.
  static constexpr const char* kMovesSince =
      "SELECT record, corrected FROM journal INDEXED BY journal_moves"
      " WHERE kind IN ('admitted', 'exited', 'annulled') AND corrected >= ? ORDER BY hub_seq";

  explicit SqliteStore(std::unique_ptr<SQLite::Database> db) : db_(std::move(db)) {}

  Expected<void> transact(const std::function<Expected<void>()>& work) override;
  Expected<void> together(const std::function<void()>& all) override;
  [[nodiscard]] bool commits_together() const override { return true; }
  Expected<std::optional<Uplink>> uplink() override;
  Expected<void> set_uplink(const Uplink& uplink) override;
  Expected<void> set_uplink_token(std::string_view token, std::string_view before) override;
  Expected<void> read_uplink_by(int wire) override;
  Expected<CentreNotices> centre_notices() override;
  Expected<void> note_centre_notices(const CentreNotices& told) override;
  Expected<void> note_centre_orders(std::string_view device, const Orders& orders) override;
  Expected<void> note_uplink_roster(std::string_view epoch, std::int64_t version, std::int64_t keys_version,
                                    std::int64_t page_version) override;
  Expected<void> note_uplink_feed(const FeedCursor& heard) override;
  Expected<void> note_uplink_standing(const UplinkStanding& standing) override;
  Expected<void> note_uplink_traces(bool are_left) override;
  Expected<std::optional<Founding>> founding() override;
  Expected<void> found(const Founding& founding, Timestamp now) override;
  Expected<std::optional<TlsIdentity>> tls_identity() override;
  Expected<void> add_tls_identity(const TlsIdentity& identity) override;
  Expected<void> drop_tls_identity() override;

  Expected<Ring> ring() override;
  Expected<void> change_ring(const RingChange& change, Timestamp now) override;
  Expected<std::vector<SecretKey>> own_keys() override;
  Expected<void> use_key(const PublicKey& key) override;

  Expected<std::int64_t> roster_version() override;
  Expected<std::optional<EventInfo>> event() override;
  Expected<std::vector<Checkpoint>> checkpoints() override;
  Expected<void> set_event(const EventInfo& event, const std::vector<Checkpoint>& checkpoints) override;
  Expected<std::optional<Policy>> policy(std::string_view id) override;
  Expected<std::optional<Attendee>> attendee(std::string_view id) override;
  Expected<std::vector<Attendee>> attendees(std::string_view after_id, std::size_t most) override;
  Expected<std::uint64_t> attendee_count() override;
  Expected<void> put_attendee(const Attendee& attendee) override;
  Expected<void> remove_attendee(std::string_view id) override;
  Expected<void> forget_attendee(std::string_view id) override;
  Expected<bool> put_whole_attendee(const Attendee& attendee,
                                    const std::vector<CredentialRecord>& credentials) override;
  Expected<std::optional<CredentialRecord>> credential(const Fingerprint& fingerprint) override;
  Expected<std::optional<std::string>> photo(std::string_view hash) override;
  Expected<std::vector<std::string>> photo_hashes() override;
  Expected<void> put_photo(std::string_view hash, std::string_view bytes) override;
  Expected<void> remove_photo(std::string_view hash) override;
  Expected<std::vector<std::string>> missing_photos(std::string_view after, std::size_t most) override;
  Expected<void> drop_unused_photos() override;
  Expected<bool> has_credential(std::string_view attendee) override;
  Expected<void> put_credential(const CredentialRecord& record) override;
  Expected<std::uint32_t> generation(std::string_view attendee) override;
  Expected<RosterPage> roster_page(std::int64_t after, std::string_view epoch, std::size_t most,
                                   std::int64_t version) override;
  using HubStore::roster_page;

  Expected<std::optional<Device>> device(std::string_view id) override;
  Expected<std::vector<Device>> devices() override;
  Expected<void> put_device(std::string_view id, std::string_view name, std::string_view checkpoint) override;
  Expected<void> mark_as_hub(std::string_view device) override;
  Expected<void> set_code(std::string_view device, const Digest& code_hash, Timestamp until) override;
  Expected<std::optional<Device>> device_of_code(const Digest& code_hash, Timestamp now) override;
  Expected<void> enrol(std::string_view device, const Digest& token_hash, const PublicKey& key,
                       Timestamp now) override;
  Expected<void> offer_token(std::string_view device, const Digest& token_hash) override;
  Expected<void> take_token(std::string_view device, const Digest& token_hash, Timestamp now) override;
  Expected<void> end_tokens(std::string_view device) override;
  Expected<void> set_orders(std::string_view device, const Orders& orders) override;
  Expected<std::vector<Notice>> notices() override;
  Expected<void> put_notice(const Notice& notice) override;
  Expected<void> remove_notice(std::string_view id) override;
  Expected<void> revoke(std::string_view device, bool drop_key, Timestamp now) override;
  Expected<void> note_heartbeat(std::string_view device, const Heartbeat& beat, Timestamp now) override;
  Expected<void> note_wrong_code(std::string_view peer, Timestamp now) override;
  Expected<WrongCodes> wrong_codes(std::string_view peer, Timestamp from, Timestamp to) override;

  Expected<ChainEnd> chain_end(std::string_view device) override;
  Expected<std::optional<KnownRow>> known_row(std::string_view device, std::uint64_t seq) override;
  Expected<std::vector<std::int64_t>> append_all(std::span<const NewRow> rows, Timestamp received) override;
  Expected<void> set_aside(const SetAside& row, Timestamp received) override;
  Expected<std::vector<SetAside>> rows_set_aside(std::string_view device) override;
  Expected<FeedPage> feed(const FeedCursor& after, std::string_view without, std::size_t most) override;
  Expected<FeedCursor> feed_head() override;
  Expected<std::vector<JournalRow>> rows_of_device(std::string_view device, std::uint64_t after_seq,
                                                   std::size_t most) override;
  Expected<std::string> holder(std::string_view attendee) override;
  Expected<std::vector<JournalRow>> rows_of_attendee(std::string_view attendee, std::size_t most) override;
  Expected<std::vector<std::string>> those_with_several_rows(
      const std::vector<std::string>& attendees) override;
  Expected<std::optional<JournalRow>> row(std::string_view name) override;
  Expected<std::vector<std::optional<Timestamp>>> corrected_times(
      const std::vector<std::string>& row_ids) override;
  Expected<std::vector<JournalRow>> moves_since(Timestamp when) override;
  Expected<std::vector<FeedRow>> alerts(std::int64_t after, std::size_t most) override;
  Expected<bool> claim_alert(std::string_view subject) override;

  Expected<Forgetting> forgetting() override;
  Expected<std::vector<Fingerprint>> credentials_of(std::string_view attendee) override;
  Expected<std::optional<std::string>> pseudonym(const Fingerprint& of_id) override;
  Expected<void> put_pseudonym(const Fingerprint& of_id, std::string_view pseudonym,
                               std::string_view category) override;
  Expected<std::vector<std::string>> ids_of_people(const PeopleMark& since) override;
  Expected<std::map<std::string, std::string>> pseudonyms() override;
  Expected<std::vector<FeedRow>> rows_saying(std::string_view text, std::int64_t after,
                                             std::size_t most) override;
  Expected<void> mark_erased(std::string_view device, std::uint64_t seq, std::uint64_t erasure) override;
  Expected<std::optional<std::uint64_t>> erasure_of(std::string_view device, std::uint64_t seq) override;
  Expected<void> replace_row(const JournalRow& left) override;
  Expected<std::vector<std::uint64_t>> erasures() override;
  Expected<std::vector<JournalRow>> rows_erased_by(std::uint64_t erasure) override;
  Expected<void> clear_set_aside(std::string_view device, std::uint64_t seq) override;
  Expected<void> purge(const Purge& purge, const std::vector<PurgedChain>& chains, std::string_view epoch,
                       const FingerprintKey& key) override;
  Expected<std::optional<Purge>> purged() override;
  Expected<void> overwrite_deleted(bool all) override;

 private:
  // A prepared statement with its values bound; reset when it goes out of scope, so that no read stays open.
  class Query {
   public:
    explicit Query(SQLite::Statement& statement) : statement_(&statement) {}
    Query(Query&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;
    Query& operator=(Query&&) = delete;
    ~Query() {
      if (statement_ != nullptr) (void)statement_->tryReset();
    }
    bool next() { return statement_->executeStep(); }
    int run() { return statement_->exec(); }
    [[nodiscard]] SQLite::Column column(int index) const { return statement_->getColumn(index); }
    [[nodiscard]] std::string text(int index) const { return column(index).getString(); }
    [[nodiscard]] std::int64_t number(int index) const { return column(index).getInt64(); }
    template <std::size_t N>
    [[nodiscard]] std::array<std::uint8_t, N> bytes(int index) const {
      std::array<std::uint8_t, N> out{};
      const SQLite::Column blob = column(index);
      if (blob.getBytes() == static_cast<int>(N)) {
        std::copy_n(static_cast<const std::uint8_t*>(blob.getBlob()), N, out.begin());
      }
      return out;
    }

   private:
    SQLite::Statement* statement_;
  };

  // Within a transaction: throws where SQLite has undone it by itself, as for a full disk. What comes behind
  // that would be committed alone, and its caller told that it was not.
  void stay_within();

  // A transaction, or a part of the one that is under way; undone unless it is kept.
  class Nested {
   public:
    explicit Nested(SqliteStore& store) : db_(store.db_.get()) {
      store.stay_within();
      db_->exec("SAVEPOINT nested");
    }
    Nested(const Nested&) = delete;
    Nested& operator=(const Nested&) = delete;
    ~Nested() {
      if (kept_) return;
      (void)db_->tryExec("ROLLBACK TO nested");
      (void)db_->tryExec("RELEASE nested");
    }
    void keep() {
      db_->exec("RELEASE nested");
      kept_ = true;
    }

   private:
    SQLite::Database* db_;
    bool kept_{false};
  };

  // `sql` is a literal: the statement is prepared once and kept by its address.
  template <class... Values>
  Query query(const char* sql, const Values&... values) {
    stay_within();
    auto found = prepared_.find(sql);
    if (found == prepared_.end()) {
      found = prepared_.emplace(sql, std::make_unique<SQLite::Statement>(*db_, sql)).first;
    }
    SQLite::Statement& statement = *found->second;
    (void)statement.tryReset();
    statement.clearBindings();
    int index = 0;
    (bind(statement, ++index, values), ...);
    return Query(statement);
  }
  static void bind(SQLite::Statement& to, int index, std::int64_t value) { to.bind(index, value); }
  static void bind(SQLite::Statement& to, int index, std::string_view value) {
    to.bind(index, std::string(value));
  }
  template <std::size_t N>
  static void bind(SQLite::Statement& to, int index, const std::array<std::uint8_t, N>& value) {
    to.bind(index, value.data(), static_cast<int>(N));
  }
  static void bind(SQLite::Statement& to, int index, const std::optional<Digest>& value) {
    if (value) bind(to, index, *value);
  }

  // Before the first change of this process: its versions are none that another has given.
  void begin_stretch();
  // Whether there ever was this version of the roster; false of one that was given by a process of which a
  // backup knows nothing. (Of the journal, FeedCursor::mark says as much.)
  bool version_was_given(std::int64_t version);
  std::int64_t next_version();
  void touch_attendee(std::string_view id);
  void add_credentials(RosterPage& page, const std::string& attendee);
  void touch_frame(const char* part, std::string_view record);
  std::vector<RingKey> read_ring();
  std::vector<PublicKey> keys_of_device(std::string_view device);
  void fill_frame(RosterPage& page, std::int64_t after);
  void keep_policies(const EventInfo& event, const std::vector<Checkpoint>& checkpoints);
  std::vector<JournalRow> references_of(const JournalRow& row);
  void correct_earlier(const JournalRow& reference);
  static Device read_device(const Query& from);
  static Expected<std::vector<JournalRow>> read_rows(Query& from);
  // Of a record and `corrected`: see HubStore::moves_since.
  static Expected<std::vector<JournalRow>> read_placed_rows(Query& from);
  static Expected<std::vector<FeedRow>> read_feed(Query& from);
  FeedCursor newest_row();
  bool has_row_of(const FeedCursor& cursor);

  std::int64_t append_one(const NewRow& fresh, Timestamp received);
  bool has_several_rows(const std::vector<std::string>& names);
  // All names under which rows of an attendee stand.
  Expected<std::vector<std::string>> names_of(std::string_view attendee);

  // The row that this transaction appended last, if any: of a batch, each comes right behind the one before.
  struct Appended {
    std::string device;
    std::uint64_t seq{0};
    std::string boot_id;
    bool timed{false};    // it knows the hub's time
    bool guessed{false};  // it does not, and no row of its boot before it did
  };
  std::optional<Appended> appended_;
  bool within_{false};    // a transaction
  bool together_{false};  // ... of several callers

  std::unique_ptr<SQLite::Database> db_;
  std::string writer_;  // of `stretch`; "" until something is written
  std::map<const char*, std::unique_ptr<SQLite::Statement>> prepared_;
};

}  // namespace lanyard::sync::hub
