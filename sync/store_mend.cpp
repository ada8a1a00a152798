// What goes from a damaged store into a new one, and how rows get their places behind those that the hub has.
#include "sync/store_mend.hpp"

#include <algorithm>

#include <sys/stat.h>

#include "sync/chain.hpp"
#include "sync/store_inside.hpp"

namespace lanyard::sync {

namespace {

std::string sound(SQLite::Database& db) {
  SQLite::Statement get(db, "PRAGMA quick_check(1)");
  return get.executeStep() ? get.getColumn(0).getString() : "nothing was said";
}

const std::string* text_of(const SqliteValue& value) {
  return std::get_if<std::string>(&value);
}
const SqliteBlob* digest_of(const SqliteValue& value) {
  const auto* blob = std::get_if<SqliteBlob>(&value);
  return blob != nullptr && blob->bytes.size() == sizeof(Digest) ? blob : nullptr;
}

void put(Store::Inside& in, const char* sql, const SqliteBlob& first, const std::vector<std::string>& rest) {
  SQLite::Statement& statement = in.use(sql);
  statement.bind(1, first.bytes.data(), static_cast<int>(first.bytes.size()));
  for (std::size_t i = 0; i < rest.size(); ++i) statement.bind(static_cast<int>(i) + 2, rest[i]);
  statement.exec();
}

// What the hub does not tell again: keys and people that were dropped, and how was decided. All else of the
// roster comes with its next pull.
void take_other(Store::Inside& in, const SqliteRecord& record) {
  if (record.size() == 1) {
    if (const auto* key = digest_of(record[0]))
      put(in, "INSERT OR IGNORE INTO dropped_key (public_key) VALUES (?)", *key, {});
    const auto* gone = text_of(record[0]);
    if (gone == nullptr || gone->empty() || printable(*gone, kMaxTextBytes) != *gone) return;
    SQLite::Statement& note = in.use("INSERT OR IGNORE INTO taken_off (attendee) VALUES (?)");
    note.bind(1, *gone);
    note.exec();
  } else if (record.size() == 2 && text_of(record[0]) != nullptr && text_of(record[1]) != nullptr) {
    if (policy_id(*text_of(record[1])) != *text_of(record[0])) return;
    SQLite::Statement& keep = in.use("INSERT OR IGNORE INTO policy (id, record) VALUES (?, ?)");
    keep.bind(1, *text_of(record[0]));
    keep.bind(2, *text_of(record[1]));
    keep.exec();
  } else if (record.size() == 3 && digest_of(record[0]) != nullptr && text_of(record[1]) != nullptr &&
             text_of(record[2]) != nullptr && key_kind_named(*text_of(record[2]))) {
    put(in, "INSERT OR IGNORE INTO issuer_key (public_key, issuer, kind) VALUES (?, ?, ?)",
        *digest_of(record[0]), {*text_of(record[1]), *text_of(record[2])});
  }
}

// Own rows are sent again, as nobody can tell whether the hub's answer to them was read right: it knows those
// that it has. But not what an erasure has left, which it had before.
void take_row(Store::Inside& in, const FoundRow& found, const std::string& device) {
  const bool is_own = found.row.device == device;
  const bool is_at_hub = found.hub_seq.value_or(0) > 0 && (!is_own || found.row.erased);
  insert_row(in, found.row, is_at_hub ? found.hub_seq : std::nullopt);
}

std::vector<JournalRow> rows_of(Store::Inside& in, const std::string& device, std::uint64_t after) {
  static const std::string sql =
      std::string("SELECT ") + kRowColumns + " FROM journal WHERE device = ? AND seq > ? ORDER BY seq";
  SQLite::Statement& get = in.use(sql.c_str());
  get.bind(1, device);
  get.bind(2, static_cast<std::int64_t>(after));
  return read_rows(get);
}

std::optional<Digest> hash_at(Store::Inside& in, const std::string& device, std::uint64_t seq) {
  if (seq == 0) return Digest{};
  SQLite::Statement& get = in.use("SELECT hash FROM journal WHERE device = ? AND seq = ?");
  get.bind(1, device);
  get.bind(2, static_cast<std::int64_t>(seq));
  std::optional<Digest> hash;
  if (get.executeStep()) hash = bytes_of<32>(get.getColumn(0));
  get.reset();
  return hash;
}

// To the places behind `known_to`, in their order. No row comes to a later place than it had, so that each
// place is free; the hub has none of them.
void move_rows(Store::Inside& in, std::uint64_t known_to, std::optional<Digest> before,
               std::vector<JournalRow>& rows) {
  constexpr const char* kTrigger = "journal_keeps_contents";
  std::string trigger;
  {
    SQLite::Statement get(*in.db, "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = ?");
    get.bind(1, kTrigger);
    if (get.executeStep()) trigger = get.getColumn(0).getString();
  }
  in.prepared.clear();
  in.db->exec(std::string("DROP TRIGGER ") + kTrigger);
  std::uint64_t seq = known_to;
  for (JournalRow& row : rows) {
    const bool stays = row.seq == ++seq && (!before || row.prev_hash == *before);
    if (!stays) {
      row.seq = seq;
      row.prev_hash = before.value_or(Digest{});
      row.hash = chain_hash(row);
      SQLite::Statement& move =
          in.use("UPDATE journal SET seq = ?, prev_hash = ?, hash = ?, standing = 0 WHERE id = ?");
      move.bind(1, static_cast<std::int64_t>(row.seq));
      move.bind(2, row.prev_hash.data(), static_cast<int>(row.prev_hash.size()));
      move.bind(3, row.hash.data(), static_cast<int>(row.hash.size()));
      move.bind(4, row.id);
      move.exec();
    }
    before = row.hash;
  }
  in.prepared.clear();
  in.db->exec(trigger);
}

std::string counts_of(const MendNote& note, std::uint64_t at_hub_alone, std::uint64_t lost) {
  std::string text = "the store was damaged: " + std::to_string(note.read) + " rows were read, " +
                     std::to_string(at_hub_alone) + " are at the hub alone, " + std::to_string(lost) +
                     " are lost";
  if (note.unverifiable > 0)
    text += ", " + std::to_string(note.unverifiable) + " cannot be trusted and are set aside";
  return text;
}

}  // namespace

FileId id_of_file(const std::filesystem::path& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) return {};
  return {found.st_dev, found.st_ino};
}

bool can_be_opened(const std::filesystem::path& file) {
  return guarded("looking at the database",
                 [&]() -> Expected<bool> {
                   auto db = open_sqlite(file, kiosk_migrations(), kBusyPatience);
                   if (!db) return db.error().kind != Error::Kind::corrupt;
                   return sound(**db) == "ok";
                 })
      .value_or(false);
}

Expected<Salvaged> write_salvaged(const std::filesystem::path& file, const SqlitePages& pages) {
  return guarded("making a new database", [&]() -> Expected<Salvaged> {
    auto db = open_sqlite(file, kiosk_migrations(), kBusyPatience);
    if (!db) return tl::make_unexpected(db.error());
    Store::Inside in(std::move(*db));
    Salvaged salvaged;
    {
      WriteScope write(in);
      std::string device;
      SalvageTaker taker;
      taker.settings = [&](const Settings& settings) {
        if (const auto own = settings.find("device"); own != settings.end()) device = own->second;
      };
      taker.row = [&](const FoundRow& found) { take_row(in, found, device); };
      taker.other = [&](const SqliteRecord& record) { take_other(in, record); };
      salvaged = salvage(pages, taker);
      for (const auto& [name, value] : salvaged.settings) in.set(name.c_str(), value);
      if (!device.empty()) in.set("mended", to_text(salvaged.note));
      write.commit();
    }
    in.prepared.clear();
    in.db->exec("PRAGMA wal_checkpoint(TRUNCATE)");
    return salvaged;
  });
}

const FileId& Store::file_id() const {
  return in_->file;
}

Expected<std::optional<MendNote>> Store::mend_note() {
  return guarded("reading how it was mended", [&]() -> Expected<std::optional<MendNote>> {
    const auto text = in_->setting("mended");
    if (!text) return std::nullopt;
    return mend_note_of(*text).value_or(MendNote{});
  });
}

Expected<void> Store::place_rows(std::uint64_t known_to, const JournalRow& report, const RowStamp& stamp) {
  return guarded("placing rows behind the hub's", [&]() -> Expected<void> {
    auto transaction = begin();
    if (!transaction) return tl::make_unexpected(transaction.error());
    const auto note = mend_note();
    const auto device = in_->setting("device");
    if (!note) return tl::make_unexpected(note.error());
    if (!*note || !device) return {};
    std::vector<JournalRow> rows = rows_of(*in_, *device, known_to);
    const auto before = hash_at(*in_, *device, known_to);
    const auto is_old = [&](const JournalRow& row) { return row.seq <= (*note)->highest; };
    const auto here_behind = static_cast<std::uint64_t>(std::ranges::count_if(rows, is_old));
    const std::uint64_t behind = (*note)->highest > known_to ? (*note)->highest - known_to : 0;
    const std::uint64_t here_before = rows_of(*in_, *device, 0).size() - rows.size();
    in_->clear("mended");
    // Its own stamp, and its own id.
    const auto add = [&]() -> Expected<JournalRow> {
      JournalRow row = report;
      row.detail = counts_of(**note, known_to - std::min(known_to, here_before),
                             behind - std::min(behind, here_behind));
      return append_at(known_to + 1, std::move(row), stamp);
    };
    const bool goes_on = before || (!rows.empty() && rows.front().seq == known_to + 1);
    if (!goes_on) {
      auto first = add();
      if (!first) return tl::make_unexpected(first.error());
      rows.insert(rows.begin(), std::move(*first));
    }
    auto last = add();
    if (!last) return tl::make_unexpected(last.error());
    rows.push_back(std::move(*last));
    move_rows(*in_, known_to, before, rows);
    return transaction->commit();
  });
}

}  // namespace lanyard::sync
