// Portraits of those on the roster.
#include "sync/content_digest.hpp"
#include "sync/store_inside.hpp"

namespace lanyard::sync {

Expected<std::optional<std::string>> Store::photo(std::string_view hash) {
  return guarded("reading a photo", [&]() -> Expected<std::optional<std::string>> {
    SQLite::Statement& get = in_->use("SELECT bytes FROM photo WHERE hash = ?");
    get.bind(1, std::string(hash));
    std::optional<std::string> bytes;
    if (get.executeStep()) bytes = get.getColumn(0).getString();
    get.reset();
    return bytes;
  });
}

Expected<void> Store::put_photo(std::string_view bytes) {
  return guarded("keeping a photo", [&]() -> Expected<void> {
    SQLite::Statement& put = in_->use("INSERT OR IGNORE INTO photo (hash, bytes) VALUES (?, ?)");
    put.bind(1, sha256_hex(bytes));
    put.bind(2, bytes.data(), static_cast<int>(bytes.size()));
    put.exec();
    return {};
  });
}

Expected<std::vector<std::string>> Store::missing_photos(std::string_view after, std::size_t most) {
  return guarded("looking for missing photos", [&]() -> Expected<std::vector<std::string>> {
    SQLite::Statement& get = in_->use(
        "SELECT DISTINCT photo FROM attendee a WHERE photo <> '' AND photo > ?"
        " AND NOT EXISTS (SELECT 1 FROM photo p WHERE p.hash = a.photo) ORDER BY photo LIMIT ?");
    get.bind(1, std::string(after));
    get.bind(2, static_cast<std::int64_t>(most));
    std::vector<std::string> hashes;
    while (get.executeStep()) hashes.push_back(get.getColumn(0).getString());
    get.reset();
    return hashes;
  });
}

Expected<void> Store::drop_photos() {
  return guarded("dropping photos", [&]() -> Expected<void> {
    // A few at a time: each deletion is written to the log first, and that takes room, too.
    constexpr const char* kDropSome = "DELETE FROM photo WHERE hash IN (SELECT hash FROM photo LIMIT 8)";
    while (in_->use(kDropSome).exec() > 0) try_to_empty_log(*in_);
    return {};
  });
}

void forget_unused_photos(Store::Inside& in) {
  in.use(
        "DELETE FROM photo WHERE NOT EXISTS (SELECT 1 FROM attendee a WHERE a.photo = photo.hash AND a.photo "
        "<> '')")
      .exec();
}

}  // namespace lanyard::sync
