// The PostgreSQL store: portraits.
#include "sync/hub/postgres_store.hpp"

namespace lanyard::sync::hub {

Expected<std::optional<std::string>> PostgresStore::photo(std::string_view hash) {
  return reading("reading a photo", [&]() -> Expected<std::optional<std::string>> {
    const PostgresAnswer get = query("SELECT bytes FROM photo WHERE event = $1 AND hash = $2", hash);
    if (get.empty()) return std::nullopt;
    const std::string text = get.text(0, 0);  // "\x" and two digits a byte
    std::string bytes(text.size() / 2 - 1, '\0');
    if (!read_bytea(text, reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()))
      return fail(Error::Kind::corrupt, "a photo cannot be read");
    return bytes;
  });
}

Expected<std::vector<std::string>> PostgresStore::photo_hashes() {
  return reading("reading the photos", [&]() -> Expected<std::vector<std::string>> {
    std::vector<std::string> hashes;
    const PostgresAnswer get = query("SELECT hash FROM photo WHERE event = $1 ORDER BY hash");
    for (std::size_t i = 0; i < get.size(); ++i) hashes.push_back(get.text(i, 0));
    return hashes;
  });
}

Expected<void> PostgresStore::put_photo(std::string_view hash, std::string_view bytes) {
  return writing("keeping a photo", [&]() -> Expected<void> {
    const auto text = bytea_text(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    (void)query("INSERT INTO photo (event, hash, bytes) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", hash,
                text);
    return {};
  });
}

Expected<void> PostgresStore::remove_photo(std::string_view hash) {
  return writing("removing a photo", [&]() -> Expected<void> {
    (void)query("DELETE FROM photo WHERE event = $1 AND hash = $2", hash);
    return {};
  });
}

Expected<std::vector<std::string>> PostgresStore::missing_photos(std::string_view after, std::size_t most) {
  return reading("looking for missing photos", [&]() -> Expected<std::vector<std::string>> {
    std::vector<std::string> hashes;
    const PostgresAnswer get = query(
        "SELECT DISTINCT photo FROM attendee a WHERE event = $1 AND photo IS NOT NULL AND photo > $2"
        " AND NOT EXISTS (SELECT 1 FROM photo p WHERE p.event = $1 AND p.hash = a.photo)"
        " ORDER BY photo LIMIT $3",
        after, static_cast<std::int64_t>(most));
    for (std::size_t i = 0; i < get.size(); ++i) hashes.push_back(get.text(i, 0));
    return hashes;
  });
}

Expected<void> PostgresStore::drop_unused_photos() {
  return writing("removing photos", [&]() -> Expected<void> {
    (void)query(
        "DELETE FROM photo WHERE event = $1 AND NOT EXISTS"
        " (SELECT 1 FROM attendee a WHERE a.event = $1 AND a.photo = photo.hash)");
    return {};
  });
}

}  // namespace lanyard::sync::hub
