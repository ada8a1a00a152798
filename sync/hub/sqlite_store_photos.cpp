// The SQLite store: portraits.
#include "sync/hub/sqlite_store.hpp"

namespace lanyard::sync::hub {

Expected<std::optional<std::string>> SqliteStore::photo(std::string_view hash) {
  return guarded("reading a photo", [&]() -> Expected<std::optional<std::string>> {
    Query get = query("SELECT bytes FROM photo WHERE hash = ?", hash);
    if (!get.next()) return std::nullopt;
    return get.text(0);
  });
}

Expected<std::vector<std::string>> SqliteStore::photo_hashes() {
  return guarded("reading the photos", [&]() -> Expected<std::vector<std::string>> {
    std::vector<std::string> hashes;
    Query get = query("SELECT hash FROM photo ORDER BY hash");
    while (get.next()) hashes.push_back(get.text(0));
    return hashes;
  });
}

Expected<void> SqliteStore::put_photo(std::string_view hash, std::string_view bytes) {
  return guarded("keeping a photo", [&]() -> Expected<void> {
    query("INSERT OR IGNORE INTO photo (hash, bytes) VALUES (?, CAST(? AS BLOB))", hash, bytes).run();
    return {};
  });
}

Expected<void> SqliteStore::remove_photo(std::string_view hash) {
  return guarded("removing a photo", [&]() -> Expected<void> {
    query("DELETE FROM photo WHERE hash = ?", hash).run();
    return {};
  });
}

Expected<std::vector<std::string>> SqliteStore::missing_photos(std::string_view after, std::size_t most) {
  return guarded("looking for missing photos", [&]() -> Expected<std::vector<std::string>> {
    std::vector<std::string> hashes;
    Query get = query(
        "SELECT DISTINCT photo FROM attendee a WHERE photo <> '' AND photo > ?"
        " AND NOT EXISTS (SELECT 1 FROM photo p WHERE p.hash = a.photo) ORDER BY photo LIMIT ?",
        after, static_cast<std::int64_t>(most));
    while (get.next()) hashes.push_back(get.text(0));
    return hashes;
  });
}

Expected<void> SqliteStore::drop_unused_photos() {
  return guarded("removing photos", [&]() -> Expected<void> {
    query(
        "DELETE FROM photo WHERE NOT EXISTS (SELECT 1 FROM attendee a WHERE a.photo <> '' AND a.photo = "
        "photo.hash)")
        .run();
    return {};
  });
}

}  // namespace lanyard::sync::hub
