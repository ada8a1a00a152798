// People whom the hub has erased: what this kiosk keeps of them.
//
// The hub names nobody: it tells the keyed fingerprints of their ids, and whoever has rows under such an id
// finds it among those that it knows. A row is rewritten once the hub has given its verdict on it. Before
// that it is the only one of its kind, and the hub can tell by the whole row alone that it is as it was
// written; the hub then keeps it without the person, and so does the kiosk when it hears of that.
#include <algorithm>

#include "sync/chain.hpp"
#include "sync/erasure.hpp"
#include "sync/store_inside.hpp"

namespace lanyard::sync {

namespace {

constexpr const char* kTraces = "traces";   // a setting: something is still to be written over
constexpr std::size_t kLeastWordBytes = 3;  // of a name; shorter ones stand in too many rows

std::optional<FingerprintKey> fingerprint_key(Store::Inside& in) {
  FingerprintKey key{};
  const auto text = in.setting("fingerprint_key");
  if (!text || !unhex(*text, key)) return std::nullopt;
  return key;
}

bool has_erased(Store::Inside& in) {
  SQLite::Statement& get = in.use("SELECT 1 FROM erased_id LIMIT 1");
  const bool any = get.executeStep();
  get.reset();
  return any;
}

std::string pseudonym_of_print(Store::Inside& in, const Fingerprint& print) {
  SQLite::Statement& get = in.use("SELECT pseudonym FROM erased_id WHERE subject = ?");
  get.bind(1, print.data(), static_cast<int>(print.size()));
  std::string pseudonym = get.executeStep() ? get.getColumn(0).getString() : "";
  get.reset();
  return pseudonym;
}

std::vector<std::string> read_ids(SQLite::Statement& get) {
  std::vector<std::string> ids;
  while (get.executeStep()) ids.push_back(get.getColumn(0).getString());
  get.reset();
  std::erase(ids, "");
  return ids;
}

// Under which rows behind `after` speak of somebody.
std::vector<std::string> ids_in_rows(Store::Inside& in, std::int64_t after) {
  SQLite::Statement& get = in.use(
      "SELECT attendee FROM journal WHERE rowid > ?1 UNION SELECT related FROM journal WHERE rowid > ?1"
      " UNION SELECT operator FROM journal WHERE rowid > ?1");
  get.bind(1, after);
  return read_ids(get);
}

std::vector<std::string> ids_on_roster(Store::Inside& in) {
  return read_ids(in.use("SELECT id FROM attendee UNION SELECT attendee FROM taken_off"));
}

std::int64_t last_row(Store::Inside& in) {
  SQLite::Statement& get = in.use("SELECT coalesce(max(rowid), 0) FROM journal");
  get.executeStep();
  const std::int64_t last = get.getColumn(0).getInt64();
  get.reset();
  return last;
}

// Rows behind `after` that may say something of them.
void find_rows(Store::Inside& in, const std::string& word, std::int64_t after, std::set<std::int64_t>& rows) {
  SQLite::Statement& get = in.use(
      "SELECT rowid FROM journal WHERE rowid > ?2 AND (attendee = ?1 OR related = ?1 OR operator = ?1"
      " OR instr(detail, ?1) > 0 OR instr(basis, ?1) > 0 OR instr(rule, ?1) > 0)");
  get.bind(1, word);
  get.bind(2, after);
  while (get.executeStep()) rows.insert(get.getColumn(0).getInt64());
  get.reset();
}

// Adds what is known of those of `prints` whose ids are among these.
void learn(Store::Inside& in, const std::vector<std::string>& ids, Erasing& erasing) {
  for (const std::string& id : ids) {
    const auto whose = erasing.prints.find(fingerprint(id, erasing.key));
    if (whose == erasing.prints.end()) continue;
    Erasing::Person& person = erasing.people[whose->second];
    person.who.pseudonym = whose->second;
    if (std::ranges::find(person.who.ids, id) != person.who.ids.end()) continue;
    person.who.ids.push_back(id);
    SQLite::Statement& get = in.use("SELECT record FROM attendee WHERE id = ?");
    get.bind(1, id);
    const auto known = get.executeStep() ? parse_attendee(get.getColumn(0).getString())
                                         : Expected<Attendee>(fail(Error::Kind::invalid, ""));
    get.reset();
    if (!known) continue;
    for (const std::string* name : {&known->name, &known->name_native, &known->name_sort}) {
      if (name->size() >= kLeastWordBytes) person.who.names.push_back(*name);
    }
  }
}

void find_rows_of(Store::Inside& in, std::int64_t after, Erasing& erasing) {
  for (auto& [pseudonym, person] : erasing.people) {
    for (const std::string& id : person.who.ids) find_rows(in, id, after, person.rows);
    for (const std::string& name : person.who.names) find_rows(in, name, after, person.rows);
  }
}

void write_left(Store::Inside& in, const JournalRow& left) {
  SQLite::Statement& put = in.use(
      "UPDATE journal SET attendee = ?, related = ?, operator = ?, rule = ?, detail = '', basis = '', erased "
      "= 1"
      " WHERE device = ? AND seq = ?");
  put.bind(1, left.attendee);
  put.bind(2, left.related);
  put.bind(3, left.operator_id);
  put.bind(4, left.rule);
  put.bind(5, left.device);
  put.bind(6, static_cast<std::int64_t>(left.seq));
  put.exec();
  in.set(kTraces, "1");
}

void rewrite(Store::Inside& in, const Erasing::Person& person) {
  static const std::string sql =
      std::string("SELECT ") + kRowColumns + " FROM journal WHERE rowid = ? AND standing <> 0";
  for (const std::int64_t place : person.rows) {
    SQLite::Statement& get = in.use(sql.c_str());
    get.bind(1, place);
    for (const JournalRow& row : read_rows(get)) {
      if (const auto left = without(row, person.who)) write_left(in, *left);
    }
  }
}

void forget_on_roster(Store::Inside& in, const std::string& id) {
  for (const char* sql :
       {"DELETE FROM search_word WHERE attendee = ?", "DELETE FROM credential WHERE attendee = ?",
        "DELETE FROM attendee WHERE id = ?", "DELETE FROM taken_off WHERE attendee = ?"}) {
    SQLite::Statement& forget = in.use(sql);
    forget.bind(1, id);
    forget.exec();
  }
  // That their ticket was theirs.
  if (const auto ticket = ticket_of(id)) {
    SQLite::Statement& forget = in.use("DELETE FROM credential WHERE fingerprint = ?");
    forget.bind(1, ticket->data(), static_cast<int>(ticket->size()));
    forget.exec();
  }
}

}  // namespace

std::string known_as(Store::Inside& in, const std::string& id) {
  if (id.empty() || !has_erased(in)) return id;
  const auto key = fingerprint_key(in);
  if (!key) return id;
  std::string pseudonym = pseudonym_of_print(in, fingerprint(id, *key));
  return pseudonym.empty() ? id : pseudonym;
}

std::vector<std::string> unsent_names_of(Store::Inside& in, const std::string& pseudonym) {
  if (!is_pseudonym(pseudonym)) return {};
  std::vector<std::string> names;
  SQLite::Statement& get =
      in.use("SELECT DISTINCT attendee FROM journal WHERE standing <> 1 AND attendee <> ''");
  while (get.executeStep()) names.push_back(get.getColumn(0).getString());
  get.reset();
  std::erase_if(
      names, [&](const std::string& name) { return name == pseudonym || known_as(in, name) != pseudonym; });
  return names;
}

std::optional<JournalRow> as_left(Store::Inside& in, const JournalRow& row) {
  if (!has_erased(in)) return std::nullopt;
  std::map<std::string, std::string> pseudonyms;
  for (const std::string& id : people_in(row)) {
    if (std::string name = known_as(in, id); name != id) pseudonyms.emplace(id, std::move(name));
  }
  return pseudonyms.empty() ? std::nullopt : as_kept(row, pseudonyms);
}

bool forget_in_delivered(Store::Inside& in, std::span<const RowAnswer> answers) {
  if (!has_erased(in)) return false;
  bool any = false;
  static const std::string sql = std::string("SELECT ") + kRowColumns +
                                 " FROM journal WHERE standing <> 0 AND seq = ? AND device ="
                                 " (SELECT CAST(value AS TEXT) FROM setting WHERE name = 'device')";
  for (const RowAnswer& answer : answers) {
    SQLite::Statement& get = in.use(sql.c_str());
    get.bind(1, static_cast<std::int64_t>(answer.seq));
    // Presence has them under the pseudonym already.
    for (const JournalRow& row : read_rows(get)) {
      const auto left = row.erased ? std::nullopt : as_left(in, row);
      if (!left) continue;
      write_left(in, *left);
      any = true;
    }
  }
  return any;
}

Erasing begin_erasing(Store::Inside& in, const std::vector<ErasedId>& erased) {
  Erasing erasing;
  const auto key = fingerprint_key(in);
  if (!key) return erasing;
  erasing.key = *key;
  for (const ErasedId& one : erased) {
    if (pseudonym_of_print(in, one.subject) != one.pseudonym)
      erasing.prints.emplace(one.subject, one.pseudonym);
  }
  if (erasing.prints.empty()) return erasing;
  erasing.looked_until = last_row(in);
  learn(in, ids_on_roster(in), erasing);
  learn(in, ids_in_rows(in, 0), erasing);
  find_rows_of(in, 0, erasing);
  return erasing;
}

void finish_erasing(Store::Inside& in, Erasing& erasing) {
  if (erasing.prints.empty()) return;
  for (const auto& [subject, pseudonym] : erasing.prints) {
    SQLite::Statement& put = in.use("INSERT OR REPLACE INTO erased_id (subject, pseudonym) VALUES (?, ?)");
    put.bind(1, subject.data(), static_cast<int>(subject.size()));
    put.bind(2, pseudonym);
    put.exec();
  }
  // What has come since.
  learn(in, ids_in_rows(in, erasing.looked_until), erasing);
  find_rows_of(in, erasing.looked_until, erasing);
  for (const auto& [pseudonym, person] : erasing.people) {
    rewrite(in, person);
    for (const std::string& id : person.who.ids) forget_on_roster(in, id);
    move_presence(in, person.who.ids, pseudonym);
    in.set(kTraces, "1");
  }
}

void try_to_empty_log(Store::Inside& in) {
  if (!in.in_transaction) (void)in.db->tryExec("PRAGMA wal_checkpoint(TRUNCATE)");
}

Expected<bool> Store::has_traces() {
  return guarded("looking for traces", [&]() -> Expected<bool> { return in_->setting(kTraces).has_value(); });
}

Expected<bool> Store::is_larger_than(std::uint64_t bytes) {
  return guarded("looking at the file", [&]() -> Expected<bool> {
    const auto number = [&](const char* pragma) {
      SQLite::Statement get(*in_->db, pragma);
      return get.executeStep() ? static_cast<std::uint64_t>(get.getColumn(0).getInt64()) : 0;
    };
    return number("PRAGMA page_count") * number("PRAGMA page_size") > bytes;
  });
}

// What is deleted becomes zeros (secure_delete); but where SQLite has moved rows from page to page before,
// copies of them may lie in what is free of a page: the file is written anew. The log's old pages go with its
// length.
Expected<void> Store::clear_traces() {
  return guarded("clearing what was forgotten", [&]() -> Expected<void> {
    in_->prepared.clear();
    in_->db->exec("VACUUM");
    {
      SQLite::Statement checkpoint(*in_->db, "PRAGMA wal_checkpoint(TRUNCATE)");
      if (checkpoint.executeStep() && checkpoint.getColumn(0).getInt() != 0)
        return fail(Error::Kind::storage, "another program still reads what is to be forgotten");
    }
    if (in_->setting(kTraces)) in_->clear(kTraces);
    return {};
  });
}

}  // namespace lanyard::sync
