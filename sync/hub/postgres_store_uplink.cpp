// The PostgreSQL store: the way to the centre.
#include "sync/hub/postgres_store.hpp"

namespace lanyard::sync::hub {

Expected<std::optional<Uplink>> PostgresStore::uplink() {
  return reading("reading the uplink", [&]() -> Expected<std::optional<Uplink>> {
    const PostgresAnswer get = query(
        "SELECT hub, pin, device, token, roster_epoch, roster_version, keys_version, feed_seq, feed_mark,"
        " standing, contact, waiting, token_before, traces, page_version FROM uplink WHERE event = $1");
    if (get.empty()) return std::nullopt;
    Uplink uplink{get.text(0, 0),
                  get.text(0, 1),
                  get.text(0, 2),
                  get.text(0, 3),
                  get.text(0, 12),
                  get.text(0, 4),
                  get.number(0, 5),
                  get.number(0, 6),
                  {get.number(0, 7), get.text(0, 8)},
                  {get.text(0, 9), std::nullopt, static_cast<std::uint64_t>(get.number(0, 11))},
                  get.number(0, 13) != 0,
                  get.number(0, 14)};
    if (!get.is_null(0, 10)) uplink.standing.contact = time_of(get.number(0, 10));
    return uplink;
  });
}

Expected<void> PostgresStore::set_uplink(const Uplink& uplink) {
  return writing("writing the uplink", [&]() -> Expected<void> {
    (void)query(
        "INSERT INTO uplink (event, hub, pin, device, token) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (event) DO UPDATE SET hub = excluded.hub, pin = excluded.pin,"
        " device = excluded.device, token = excluded.token, token_before = uplink.token",
        uplink.hub, uplink.pin, uplink.device, uplink.token);
    return {};
  });
}

Expected<void> PostgresStore::set_uplink_token(std::string_view token, std::string_view before) {
  return writing("changing the token for the centre", [&]() -> Expected<void> {
    (void)query("UPDATE uplink SET token = $2, token_before = $3 WHERE event = $1", token, before);
    return {};
  });
}

Expected<void> PostgresStore::read_uplink_by(int wire) {
  return writing("looking by which version the centre was read", [&]() -> Expected<void> {
    (void)query(
        "UPDATE uplink SET wire = $2, roster_epoch = '', roster_version = 0, feed_seq = 0, feed_mark = ''"
        " WHERE event = $1 AND wire <> $2",
        std::int64_t{wire});
    return {};
  });
}

Expected<CentreNotices> PostgresStore::centre_notices() {
  return reading("reading the centre's notices", [&]() -> Expected<CentreNotices> {
    const PostgresAnswer get = query("SELECT notices, notices_version FROM uplink WHERE event = $1");
    if (get.empty()) return CentreNotices{};
    return centre_notices_in(get.text(0, 0), get.text(0, 1));
  });
}

Expected<void> PostgresStore::note_centre_notices(const CentreNotices& told) {
  return writing("noting the centre's notices", [&]() -> Expected<void> {
    (void)query("UPDATE uplink SET notices = $2, notices_version = $3 WHERE event = $1",
                to_json(told.notices), told.version);
    return {};
  });
}

Expected<void> PostgresStore::note_centre_orders(std::string_view device, const Orders& orders) {
  return writing("noting the centre's orders", [&]() -> Expected<void> {
    (void)query("UPDATE device SET centre_orders = $3 WHERE event = $1 AND id = $2", device,
                orders_record(orders));
    return {};
  });
}

Expected<void> PostgresStore::note_uplink_roster(std::string_view epoch, std::int64_t version,
                                                 std::int64_t keys_version, std::int64_t page_version) {
  return writing("noting the centre's roster", [&]() -> Expected<void> {
    (void)query(
        "UPDATE uplink SET roster_epoch = $2, roster_version = $3, keys_version = $4, page_version = $5"
        " WHERE event = $1",
        epoch, version, keys_version, page_version);
    return {};
  });
}

Expected<void> PostgresStore::note_uplink_feed(const FeedCursor& heard) {
  return writing("noting what the centre told", [&]() -> Expected<void> {
    (void)query("UPDATE uplink SET feed_seq = $2, feed_mark = $3 WHERE event = $1", heard.seq, heard.mark);
    return {};
  });
}

Expected<void> PostgresStore::note_uplink_standing(const UplinkStanding& standing) {
  return writing("noting how the uplink is", [&]() -> Expected<void> {
    (void)query(
        "UPDATE uplink SET standing = $2, contact = nullif($3::bigint, 0), waiting = $4 WHERE event = $1",
        standing.words, standing.contact ? ms_of(*standing.contact) : 0,
        static_cast<std::int64_t>(standing.waiting));
    return {};
  });
}

Expected<void> PostgresStore::note_uplink_traces(bool are_left) {
  return writing("noting what an erasure has left", [&]() -> Expected<void> {
    (void)query("UPDATE uplink SET traces = $2 WHERE event = $1", std::int64_t{are_left ? 1 : 0});
    return {};
  });
}

}  // namespace lanyard::sync::hub
