// The roster as the hub told it: attendees, credentials, policies, search.

#include <algorithm>
#include <functional>
#include <set>

#include "sync/store_inside.hpp"

namespace lanyard::sync {

namespace {

// Of a statement that selects records: those that are wanted, `most` at most.
Expected<std::vector<Attendee>> read_attendees(
    SQLite::Statement& get, std::size_t most,
    const std::function<bool(const Attendee&)>& wanted = [](const Attendee&) { return true; }) {
  std::vector<Attendee> all;
  while (all.size() < most && get.executeStep()) {
    auto one = parse_attendee(get.getColumn(0).getString());
    if (!one) return tl::make_unexpected(one.error());
    if (wanted(*one)) all.push_back(std::move(*one));
  }
  get.reset();
  return all;
}

// What is to be written of an attendee. Made before the transaction, since serialising and folding take long
// and badges wait for the lock meanwhile.
struct Prepared {
  const Attendee* attendee{nullptr};
  std::string record;
  std::optional<std::set<SearchWord>> words;  // nullopt: as they are
};

std::vector<Prepared> prepare(Store::Inside& in, const std::vector<Attendee>& attendees) {
  std::vector<Prepared> list;
  list.reserve(attendees.size());
  for (const Attendee& attendee : attendees) {
    Prepared one{&attendee, to_json(attendee), std::nullopt};
    // Nobody else writes attendees, so that what is read here still holds in the transaction.
    SQLite::Statement& old = in.use("SELECT record FROM attendee WHERE id = ?");
    old.bind(1, attendee.id);
    const bool same = old.executeStep() && old.getColumn(0).getString() == one.record;
    old.reset();
    if (!same) one.words = fold(in, attendee);
    list.push_back(std::move(one));
  }
  return list;
}

void put_attendee(Store::Inside& in, const Prepared& prepared, std::int64_t pass) {
  const Attendee& attendee = *prepared.attendee;
  SQLite::Statement& put = in.use(
      "INSERT INTO attendee (id, delegation, organisation, companion_of, role, record, pass, photo)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
      " ON CONFLICT (id) DO UPDATE SET delegation = excluded.delegation, organisation = "
      "excluded.organisation,"
      " companion_of = excluded.companion_of, role = excluded.role, record = excluded.record,"
      " pass = excluded.pass, photo = excluded.photo");
  put.bind(1, attendee.id);
  put.bind(2, attendee.delegation);
  put.bind(3, attendee.organisation);
  put.bind(4, attendee.companion_of);
  put.bind(5, attendee.role);
  put.bind(6, prepared.record);
  put.bind(7, pass);
  put.bind(8, attendee.photo);
  put.exec();
  // The page has all that are theirs still.
  for (const char* sql : {"UPDATE credential SET attendee = '' WHERE attendee = ?",
                          "DELETE FROM taken_off WHERE attendee = ?"}) {
    SQLite::Statement& forget = in.use(sql);
    forget.bind(1, attendee.id);
    forget.exec();
  }
  if (prepared.words) put_words(in, attendee.id, *prepared.words);
}

void keep_policy(Store::Inside& in, const std::string& record) {
  SQLite::Statement& put = in.use("INSERT OR IGNORE INTO policy (id, record) VALUES (?, ?)");
  put.bind(1, policy_id(record));
  put.bind(2, record);
  put.exec();
}

void put_credential(Store::Inside& in, const CredentialRecord& credential, std::int64_t pass) {
  SQLite::Statement& put = in.use(
      "INSERT OR REPLACE INTO credential (fingerprint, attendee, generation, pass) VALUES (?, ?, ?, ?)");
  put.bind(1, credential.fingerprint.data(), static_cast<int>(credential.fingerprint.size()));
  put.bind(2, credential.attendee);
  put.bind(3, credential.generation);
  put.bind(4, pass);
  put.exec();
}

void remove_attendee(Store::Inside& in, const std::string& id) {
  for (const char* sql :
       {"DELETE FROM search_word WHERE attendee = ?",
        "UPDATE credential SET attendee = '' WHERE attendee = ?", "DELETE FROM attendee WHERE id = ?",
        "INSERT OR IGNORE INTO taken_off (attendee) VALUES (?)"}) {
    SQLite::Statement& forget = in.use(sql);
    forget.bind(1, id);
    forget.exec();
  }
}

void keep_policies(Store::Inside& in) {
  const auto record = in.setting("event_record");
  const auto event = record ? parse_event(*record) : fail(Error::Kind::invalid, "");
  if (!event) return;
  SQLite::Statement get(*in.db, "SELECT record FROM checkpoint");
  while (get.executeStep()) {
    const auto checkpoint = parse_checkpoint(get.getColumn(0).getString());
    if (checkpoint) keep_policy(in, to_json(policy_of(*event, *checkpoint)));
  }
}

void put_frame(Store::Inside& in, const RosterPage& page) {
  if (page.event) {
    in.set("event_record", to_json(*page.event));
    renew_presence(in);
  }
  if (!page.checkpoints.empty()) {
    in.use("DELETE FROM checkpoint").exec();
    for (const Checkpoint& checkpoint : page.checkpoints) {
      SQLite::Statement& put = in.use("INSERT OR REPLACE INTO checkpoint (id, record) VALUES (?, ?)");
      put.bind(1, checkpoint.id);
      put.bind(2, to_json(checkpoint));
      put.exec();
    }
  }
  if (page.event || !page.checkpoints.empty()) keep_policies(in);
  if (page.keys && page.keys_version >= number_in(in.setting("keys_version"))) {
    put_keys(in, *page.keys);
    in.set("keys_version", std::to_string(page.keys_version));
  }
}

// Whom a whole roster did not name is gone, from its last page on.
void sweep(Store::Inside& in, std::int64_t pass) {
  for (const char* sql :
       {"DELETE FROM search_word WHERE attendee IN (SELECT id FROM attendee WHERE pass <> ?)",
        "DELETE FROM attendee WHERE pass <> ?",
        "UPDATE credential SET attendee = '' WHERE pass <> ? AND attendee <> ''"}) {
    SQLite::Statement& forget = in.use(sql);
    forget.bind(1, pass);
    forget.exec();
  }
}

}  // namespace

std::string holder_of(Store::Inside& in, const std::string& attendee) {
  const auto ticket = ticket_of(attendee);
  if (!ticket) return known_as(in, attendee);
  SQLite::Statement& get = in.use("SELECT attendee FROM credential WHERE fingerprint = ? AND attendee <> ''");
  get.bind(1, ticket->data(), static_cast<int>(ticket->size()));
  std::string holder = get.executeStep() ? get.getColumn(0).getString() : attendee;
  get.reset();
  return known_as(in, holder);
}

std::vector<std::string> names_of(Store::Inside& in, const std::string& attendee) {
  std::vector<std::string> names{attendee};
  SQLite::Statement& get = in.use("SELECT fingerprint FROM credential WHERE attendee = ?");
  get.bind(1, attendee);
  while (get.executeStep()) names.push_back(ticket_subject(bytes_of<16>(get.getColumn(0))));
  get.reset();
  return names;
}

Expected<void> Store::apply(const RosterPage& page, Timestamp now, const std::optional<RosterCursor>& asked) {
  return guarded("taking over the roster", [&]() -> Expected<void> {
    Erasing erasing = begin_erasing(*in_, page.erased);
    const std::vector<Prepared> prepared = prepare(*in_, page.attendees);
    WriteScope write(*in_);
    if (in_->setting("withdrawn")) return fail(Error::Kind::invalid, "this kiosk has forgotten all");
    if (asked && (number_in(in_->setting("roster_version")) != asked->version ||
                  in_->setting("epoch").value_or("") != asked->epoch)) {
      return fail(Error::Kind::unavailable, "the roster has moved on since this page of it was asked for");
    }
    const TicketHolders holders = ticket_holders(*in_);
    std::int64_t pass = number_in(in_->setting("roster_pass"));
    if (page.from_start) {
      in_->set("roster_pass", std::to_string(++pass));
      in_->set("sweeping", "1");
      // Another database at the hub counts its rows anew: the feed is read from its start, and known rows are
      // skipped.
      if (in_->setting("epoch").value_or("") != page.epoch) {
        in_->clear("feed_cursor");
        in_->clear("feed_mark");
      }
      in_->set("epoch", page.epoch);
    } else if (in_->setting("epoch").value_or("") != page.epoch) {
      return fail(Error::Kind::invalid, "a page of another epoch, that does not begin a roster");
    }
    finish_erasing(*in_, erasing);
    put_frame(*in_, page);
    // Whoever is erased stays so: a hub that was restored from a backup since has them on its roster again.
    const auto is_erased = [&](const std::string& id) { return known_as(*in_, id) != id; };
    for (const Prepared& one : prepared) {
      if (!is_erased(one.attendee->id)) put_attendee(*in_, one, pass);
    }
    for (const std::string& id : page.removed) {
      if (!is_erased(id)) remove_attendee(*in_, id);
    }
    for (const CredentialRecord& credential : page.credentials) {
      if (!is_erased(credential.attendee)) put_credential(*in_, credential, pass);
    }
    in_->set("roster_version", std::to_string(page.next));
    in_->set("page_version", std::to_string(page.version));
    if (!page.more) {
      if (in_->setting("sweeping")) {
        sweep(*in_, pass);
        in_->clear("sweeping");
      }
      forget_unused_photos(*in_);
      in_->set("roster_as_of", std::to_string(ms_of(now)));
    }
    follow_tickets(*in_, holders);
    write.commit();
    if (!erasing.people.empty()) try_to_empty_log(*in_);
    return {};
  });
}

Expected<void> Store::read_by(int wire) {
  return guarded("looking by which version the roster was read", [&]() -> Expected<void> {
    const std::string version = std::to_string(wire);
    if (in_->setting("wire") == version) return {};
    WriteScope write(*in_);
    if (in_->setting("withdrawn")) return {};
    in_->set("wire", version);
    for (const char* name : {"epoch", "feed_cursor", "feed_mark"}) in_->clear(name);
    write.commit();
    return {};
  });
}

Expected<std::optional<EventInfo>> Store::event() {
  return guarded("reading the event", [&]() -> Expected<std::optional<EventInfo>> {
    const auto record = in_->setting("event_record");
    if (!record) return std::nullopt;
    return parse_event(*record).map([](EventInfo event) { return std::optional(std::move(event)); });
  });
}

Expected<std::optional<Checkpoint>> Store::checkpoint(std::string_view id) {
  return guarded("reading a checkpoint", [&]() -> Expected<std::optional<Checkpoint>> {
    SQLite::Statement& get = in_->use("SELECT record FROM checkpoint WHERE id = ?");
    get.bind(1, std::string(id));
    std::optional<std::string> record;
    if (get.executeStep()) record = get.getColumn(0).getString();
    get.reset();
    if (!record) return std::nullopt;
    return parse_checkpoint(*record).map([](Checkpoint found) { return std::optional(std::move(found)); });
  });
}

Expected<std::vector<Checkpoint>> Store::checkpoints() {
  return guarded("reading the checkpoints", [&]() -> Expected<std::vector<Checkpoint>> {
    std::vector<Checkpoint> all;
    SQLite::Statement get(*in_->db, "SELECT record FROM checkpoint ORDER BY id");
    while (get.executeStep()) {
      auto one = parse_checkpoint(get.getColumn(0).getString());
      if (!one) return tl::make_unexpected(one.error());
      all.push_back(std::move(*one));
    }
    return all;
  });
}

Expected<std::optional<Attendee>> Store::attendee(std::string_view id) {
  return guarded("reading an attendee", [&]() -> Expected<std::optional<Attendee>> {
    SQLite::Statement& get = in_->use("SELECT record FROM attendee WHERE id = ?");
    get.bind(1, std::string(id));
    std::optional<std::string> record;
    if (get.executeStep()) record = get.getColumn(0).getString();
    get.reset();
    if (!record) return std::nullopt;
    return parse_attendee(*record).map([](Attendee found) { return std::optional(std::move(found)); });
  });
}

Expected<std::optional<CredentialRecord>> Store::credential(const Fingerprint& wanted) {
  return guarded("looking up a credential", [&]() -> Expected<std::optional<CredentialRecord>> {
    SQLite::Statement& get =
        in_->use("SELECT attendee, generation FROM credential WHERE fingerprint = ? AND attendee <> ''");
    get.bind(1, wanted.data(), static_cast<int>(wanted.size()));
    std::optional<CredentialRecord> found;
    if (get.executeStep()) {
      found = CredentialRecord{wanted, get.getColumn(0).getString(), get.getColumn(1).getUInt()};
    }
    get.reset();
    return found;
  });
}

Expected<bool> Store::taken_off(std::string_view who) {
  return guarded("looking for somebody taken off the roster", [&]() -> Expected<bool> {
    if (known_as(*in_, std::string(who)) != who) return true;
    const auto ticket = ticket_of(who);
    SQLite::Statement& get =
        in_->use(ticket ? "SELECT 1 FROM credential WHERE fingerprint = ? AND attendee = ''"
                        : "SELECT 1 FROM taken_off WHERE attendee = ?");
    if (ticket) {
      get.bind(1, ticket->data(), static_cast<int>(ticket->size()));
    } else {
      get.bind(1, std::string(who));
    }
    const bool found = get.executeStep();
    get.reset();
    return found;
  });
}

Expected<std::vector<Attendee>> Store::attendees_after(std::string_view after, std::size_t most) {
  return guarded("reading the roster", [&]() -> Expected<std::vector<Attendee>> {
    SQLite::Statement& get = in_->use("SELECT record FROM attendee WHERE id > ? ORDER BY id LIMIT ?");
    get.bind(1, std::string(after));
    get.bind(2, static_cast<std::int64_t>(most));
    return read_attendees(get, kMaxRosterRecords);
  });
}

Expected<std::vector<Attendee>> Store::staff() {
  return guarded("reading the staff", [&]() -> Expected<std::vector<Attendee>> {
    SQLite::Statement& get = in_->use("SELECT record FROM attendee WHERE role <> '' ORDER BY id LIMIT ?");
    get.bind(1, static_cast<std::int64_t>(kMaxStaff));
    return read_attendees(get, kMaxRosterRecords);
  });
}

Expected<std::vector<Attendee>> Store::without_badge(std::string_view delegation, std::size_t most) {
  return guarded("reading a delegation", [&]() -> Expected<std::vector<Attendee>> {
    SQLite::Statement& get = in_->use(
        "SELECT record FROM attendee a WHERE delegation = ? AND delegation <> '' AND NOT EXISTS (SELECT 1 "
        "FROM"
        " journal WHERE attendee = a.id AND kind = 'badge_printed' AND rule <> 'badge.day')"
        " ORDER BY id LIMIT ?");
    get.bind(1, std::string(delegation));
    get.bind(2, static_cast<std::int64_t>(kMaxRosterRecords));
    return read_attendees(get, most, [](const Attendee& one) { return one.status == Status::approved; });
  });
}

Expected<void> Store::keep(const Policy& policy) {
  return guarded("keeping a policy", [&]() -> Expected<void> {
    keep_policy(*in_, to_json(policy));
    return {};
  });
}

Expected<std::optional<Policy>> Store::policy(std::string_view id) {
  return guarded("reading a policy", [&]() -> Expected<std::optional<Policy>> {
    SQLite::Statement& get = in_->use("SELECT record FROM policy WHERE id = ?");
    get.bind(1, std::string(id));
    std::optional<std::string> record;
    if (get.executeStep()) record = get.getColumn(0).getString();
    get.reset();
    if (!record) return std::nullopt;
    return parse_policy(*record).map([](Policy found) { return std::optional(std::move(found)); });
  });
}

Expected<std::uint64_t> Store::attendee_count() {
  return guarded("counting attendees", [&]() -> Expected<std::uint64_t> {
    SQLite::Statement& get = in_->use("SELECT count(*) FROM attendee");
    get.executeStep();
    const auto count = static_cast<std::uint64_t>(get.getColumn(0).getInt64());
    get.reset();
    return count;
  });
}

}  // namespace lanyard::sync
