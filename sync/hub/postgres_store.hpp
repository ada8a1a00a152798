// The PostgreSQL store's insides, shared by its files: opening, roster, devices, keys, journal, forgetting.
//
// Several processes use one database at once. What SQLite's single writer settles is settled here by locks
// that last until the transaction ends, each taken by the operation that needs it:
//   a device's chain      chain_end; of the hub's own also claim_alert      an advisory lock
//   who somebody is       those_with_several_rows: contradictions are       an advisory lock each,
//                         looked for among rows of which none is still      beside one that all share; of
//                         under way                                         very many people that one alone
//   the roster's version  hold_roster, and the first change                 the event's row in `hub`
//   the key ring          ring and change_ring                              the same
//   nobody is forgotten   forgetting (shared) and hold_rows                 an advisory lock
//   an enrolment code     device_of_code                                    the device's row
//   a device's orders     hold_device                                       the same
// Outside of a transaction nothing is locked. Of the order in which rows are heard see journal_head in
// sync/schema/hub-postgres: a feed stops short of numbers that are still under way.
#pragma once

#include "sync/hub/hub_store.hpp"
#include "sync/hub/postgres_link.hpp"
#include "sync/hub/store_values.hpp"

namespace lanyard::sync::hub {

class PostgresStore final : public HubStore {
 public:
  PostgresStore(const std::string& url, std::string event) : link_(url), event_(std::move(event)) {}

  // Connects, migrates, and finds out which event is meant if none was named.
  Expected<void> open();

  Expected<void> transact(const std::function<Expected<void>()>& work) override;
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

  Expected<void> hold_roster() override;
  Expected<std::int64_t> roster_version() override;
  Expected<std::optional<EventInfo>> event() override;
  Expected<std::vector<Checkpoint>> checkpoints() override;
  Expected<void> set_event(const EventInfo& event, const std::vector<Checkpoint>& checkpoints) override;
  Expected<std::optional<Policy>> policy(std::string_view id) override;
  Expected<std::optional<Attendee>> attendee(std::string_view id) override;
  Expected<std::vector<Attendee>> attendees_of(const std::vector<std::string>& ids) override;
  Expected<std::vector<Attendee>> attendees(std::string_view after_id, std::size_t most) override;
  Expected<std::uint64_t> attendee_count() override;
  Expected<void> put_attendee(const Attendee& attendee) override;
  Expected<void> remove_attendee(std::string_view id) override;
  Expected<void> forget_attendee(std::string_view id) override;
  Expected<bool> put_whole_attendee(const Attendee& attendee,
                                    const std::vector<CredentialRecord>& credentials) override;
  Expected<std::optional<CredentialRecord>> credential(const Fingerprint& fingerprint) override;
  Expected<std::string> holder(std::string_view attendee) override;
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
  Expected<std::optional<Device>> hold_device(std::string_view id) override;
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
  Expected<std::vector<JournalRow>> rows_of_attendee(std::string_view attendee, std::size_t most) override;
  Expected<std::vector<std::string>> those_with_several_rows(
      const std::vector<std::string>& attendees) override;
  Expected<std::vector<std::vector<JournalRow>>> rows_of_attendees(const std::vector<std::string>& attendees,
                                                                   std::size_t most) override;
  Expected<std::optional<JournalRow>> row(std::string_view name) override;
  Expected<std::vector<std::optional<Timestamp>>> corrected_times(
      const std::vector<std::string>& row_ids) override;
  Expected<std::vector<JournalRow>> moves_since(Timestamp when) override;
  Expected<std::vector<FeedRow>> alerts(std::int64_t after, std::size_t most) override;
  Expected<bool> claim_alert(std::string_view subject) override;

  Expected<Forgetting> forgetting() override;
  Expected<void> hold_rows() override;
  Expected<std::vector<Fingerprint>> credentials_of(std::string_view attendee) override;
  Expected<std::optional<std::string>> pseudonym(const Fingerprint& of_id) override;
  Expected<std::map<Fingerprint, std::string>> pseudonyms_of(const std::vector<Fingerprint>& ids) override;
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
  // Values as the link takes them.
  static PostgresText text_of(std::string_view value) { return std::string(value); }
  static PostgresText text_of(std::int64_t value) { return std::to_string(value); }
  template <std::size_t N>
  static PostgresText text_of(const std::array<std::uint8_t, N>& value) {
    return bytea_text(value.data(), N);
  }
  static PostgresText text_of(const std::optional<Digest>& value) {
    return value ? text_of(*value) : std::nullopt;
  }
  // Arrays.
  static PostgresText text_of(const std::vector<std::string_view>& texts);
  static PostgresText text_of(const std::vector<std::string>& texts);
  static PostgresText text_of(const std::vector<std::int64_t>& numbers);
  // `sql` is a literal whose $1 is the event; the values are $2 and so on.
  template <class... Values>
  PostgresAnswer query(const char* sql, const Values&... values) {
    return link_.run(sql, {event_, text_of(values)...});
  }

  // `work` reads: outside of a transaction it is tried once more on a new connection.
  template <class Work>
  auto reading(const char* doing, Work&& work) -> decltype(work()) {
    return guarded_by_link(doing, [&]() -> decltype(work()) {
      try {
        return work();
      } catch (const PostgresError& thrown) {
        if (thrown.kind() != PostgresError::What::lost || link_.in_transaction()) throw;
        return work();
      }
    });
  }
  // `work` changes something by one or more statements: a transaction of its own outside of one.
  template <class Work>
  auto writing(const char* doing, Work&& work) -> decltype(work()) {
    return guarded_by_link(doing, [&]() -> decltype(work()) {
      if (link_.in_transaction()) return work();
      Open transaction(*this, PostgresLink::Sees::latest);
      auto done = work();
      if (done) transaction.commit();
      return done;
    });
  }

  // A transaction: undone unless it was committed.
  class Open {
   public:
    Open(PostgresStore& store, PostgresLink::Sees sees);
    Open(const Open&) = delete;
    Open& operator=(const Open&) = delete;
    ~Open();
    void commit();

   private:
    PostgresStore& store_;
  };

  // Of this transaction, under its locks; forgotten at its end.
  struct UnderWay {
    std::optional<std::int64_t> version;  // the roster's, of the row in `hub` that is held
    bool has_changed_version{false};
    bool takes_numbers{false};
  };

  void migrate();
  std::optional<int> schema_version();
  // The event's number in this database, which names its sequence; 0 before it is founded.
  std::int64_t number();
  std::string numbers();
  // Until the transaction ends; nothing outside of one.
  void lock(std::string_view what, std::string_view whose);
  std::int64_t next_version();
  // Before the first change of this process: see SqliteStore.
  void begin_stretch();
  bool version_was_given(std::int64_t version);
  void touch_attendee(std::string_view id);
  void touch_frame(const char* part, std::string_view record);
  void keep_policies(const EventInfo& event, const std::vector<Checkpoint>& checkpoints);
  std::vector<CredentialRecord> credentials_between(std::int64_t after, std::int64_t until);
  void fill_frame(RosterPage& page, std::int64_t after);
  std::vector<RingKey> read_ring();
  std::vector<PublicKey> keys_of_device(std::string_view device);
  static Device read_device(const PostgresAnswer& from, std::size_t row);
  std::int64_t head();
  // The last row up to a number below which nothing is under way.
  FeedCursor newest_row(std::int64_t head);
  bool has_row_of(const FeedCursor& cursor);
  std::int64_t last_number();  // of a row, with rows under way behind it or not
  // When each of them was, by what it and those of its boot say now (order.hpp).
  std::vector<std::int64_t> times_of_arrival(std::span<const NewRow> rows);
  // `one_before` is the record of the device's row before it, if there is one.
  void correct_earlier(const JournalRow& reference, const PostgresText& one_before);

  // All names under which rows of people stand, each one's behind each other.
  struct Names {
    std::vector<std::string> names;
    std::vector<std::string> places;  // whose they are: indices of `attendees`
  };
  enum class Hold { no, until_the_end };  // of the transaction
  Expected<Names> names_of(const std::vector<std::string>& attendees, Hold hold);

  PostgresLink link_;
  std::string event_;
  std::int64_t number_{0};  // never changes once it is known
  UnderWay under_way_;
  std::string writer_;  // of `stretch`; "" until something is changed
};

}  // namespace lanyard::sync::hub
