// The SQLite store: the way to the centre.
#include "sync/hub/sqlite_store.hpp"

namespace lanyard::sync::hub {

Expected<std::optional<Uplink>> SqliteStore::uplink() {
  return guarded("reading the uplink", [&]() -> Expected<std::optional<Uplink>> {
    Query get = query(
        "SELECT hub, pin, device, token, roster_epoch, roster_version, keys_version, feed_seq, feed_mark,"
        " standing, contact, waiting, token_before, traces, page_version FROM uplink");
    if (!get.next()) return std::nullopt;
    Uplink uplink{get.text(0),
                  get.text(1),
                  get.text(2),
                  get.text(3),
                  get.text(12),
                  get.text(4),
                  get.number(5),
                  get.number(6),
                  {get.number(7), get.text(8)},
                  {get.text(9), std::nullopt, static_cast<std::uint64_t>(get.number(11))},
                  get.number(13) != 0,
                  get.number(14)};
    if (!get.column(10).isNull()) uplink.standing.contact = time_of(get.number(10));
    return uplink;
  });
}

Expected<void> SqliteStore::set_uplink(const Uplink& uplink) {
  return guarded("writing the uplink", [&]() -> Expected<void> {
    query(
        "INSERT INTO uplink (only, hub, pin, device, token) VALUES (1, ?, ?, ?, ?) ON CONFLICT (only) DO"
        " UPDATE SET hub = excluded.hub, pin = excluded.pin, device = excluded.device,"
        " token = excluded.token, token_before = uplink.token",
        uplink.hub, uplink.pin, uplink.device, uplink.token)
        .run();
    return {};
  });
}

Expected<void> SqliteStore::set_uplink_token(std::string_view token, std::string_view before) {
  return guarded("changing the token for the centre", [&]() -> Expected<void> {
    query("UPDATE uplink SET token = ?, token_before = ?", token, before).run();
    return {};
  });
}

Expected<void> SqliteStore::read_uplink_by(int wire) {
  return guarded("looking by which version the centre was read", [&]() -> Expected<void> {
    query(
        "UPDATE uplink SET wire = ?1, roster_epoch = '', roster_version = 0, feed_seq = 0, feed_mark = ''"
        " WHERE wire <> ?1",
        std::int64_t{wire})
        .run();
    return {};
  });
}

Expected<CentreNotices> SqliteStore::centre_notices() {
  return guarded("reading the centre's notices", [&]() -> Expected<CentreNotices> {
    Query get = query("SELECT notices, notices_version FROM uplink");
    if (!get.next()) return CentreNotices{};
    return centre_notices_in(get.text(0), get.text(1));
  });
}

Expected<void> SqliteStore::note_centre_notices(const CentreNotices& told) {
  return guarded("noting the centre's notices", [&]() -> Expected<void> {
    query("UPDATE uplink SET notices = ?, notices_version = ?", to_json(told.notices), told.version).run();
    return {};
  });
}

Expected<void> SqliteStore::note_centre_orders(std::string_view device, const Orders& orders) {
  return guarded("noting the centre's orders", [&]() -> Expected<void> {
    query("UPDATE device SET centre_orders = ? WHERE id = ?", orders_record(orders), device).run();
    return {};
  });
}

Expected<void> SqliteStore::note_uplink_roster(std::string_view epoch, std::int64_t version,
                                               std::int64_t keys_version, std::int64_t page_version) {
  return guarded("noting the centre's roster", [&]() -> Expected<void> {
    query("UPDATE uplink SET roster_epoch = ?, roster_version = ?, keys_version = ?, page_version = ?", epoch,
          version, keys_version, page_version)
        .run();
    return {};
  });
}

Expected<void> SqliteStore::note_uplink_feed(const FeedCursor& heard) {
  return guarded("noting what the centre told", [&]() -> Expected<void> {
    query("UPDATE uplink SET feed_seq = ?, feed_mark = ?", heard.seq, heard.mark).run();
    return {};
  });
}

Expected<void> SqliteStore::note_uplink_standing(const UplinkStanding& standing) {
  return guarded("noting how the uplink is", [&]() -> Expected<void> {
    query("UPDATE uplink SET standing = ?, contact = nullif(?, 0), waiting = ?", standing.words,
          standing.contact ? ms_of(*standing.contact) : 0, static_cast<std::int64_t>(standing.waiting))
        .run();
    return {};
  });
}

Expected<void> SqliteStore::note_uplink_traces(bool are_left) {
  return guarded("noting what an erasure has left", [&]() -> Expected<void> {
    query("UPDATE uplink SET traces = ?", std::int64_t{are_left ? 1 : 0}).run();
    return {};
  });
}

}  // namespace lanyard::sync::hub
