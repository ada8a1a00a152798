// The PostgreSQL store: devices, their tokens and codes.
#include <utility>

#include "sync/hub/postgres_store.hpp"

namespace lanyard::sync::hub {

namespace {

constexpr const char* kDeviceOfId =
    "SELECT id, name, checkpoint, token_hash, revoked, last_contact, software, last_seq, unsent, rejected,"
    " roster_version, clock_ahead_ms, orders, token_since, next_token_hash, is_hub, centre_orders FROM "
    "device WHERE event = "
    "$1 AND "
    "id = $2";
constexpr const char* kHeldDeviceOfId =
    "SELECT id, name, checkpoint, token_hash, revoked, last_contact, software, last_seq, unsent, rejected,"
    " roster_version, clock_ahead_ms, orders, token_since, next_token_hash, is_hub, centre_orders FROM "
    "device WHERE event = "
    "$1 AND "
    "id = $2 FOR UPDATE";
constexpr const char* kAllDevices =
    "SELECT id, name, checkpoint, token_hash, revoked, last_contact, software, last_seq, unsent, rejected,"
    " roster_version, clock_ahead_ms, orders, token_since, next_token_hash, is_hub, centre_orders FROM "
    "device WHERE event = "
    "$1 "
    "ORDER BY id";
constexpr const char* kDeviceOfCode =
    "SELECT id, name, checkpoint, token_hash, revoked, last_contact, software, last_seq, unsent, rejected,"
    " roster_version, clock_ahead_ms, orders, token_since, next_token_hash, is_hub, centre_orders FROM device"
    " WHERE event = $1 AND code_hash = $2 AND code_until > $3 AND revoked = 0";
// Two processes that are told one code at once: the second waits, looks again, and finds the code spent.
constexpr const char* kHeldDeviceOfCode =
    "SELECT id, name, checkpoint, token_hash, revoked, last_contact, software, last_seq, unsent, rejected,"
    " roster_version, clock_ahead_ms, orders, token_since, next_token_hash, is_hub, centre_orders FROM device"
    " WHERE event = $1 AND code_hash = $2 AND code_until > $3 AND revoked = 0 FOR UPDATE";

}  // namespace

Device PostgresStore::read_device(const PostgresAnswer& from, std::size_t row) {
  Device device;
  device.id = from.text(row, 0);
  device.name = from.text(row, 1);
  device.checkpoint = from.text(row, 2);
  device.revoked = from.number(row, 4) != 0;
  if (!from.is_null(row, 3)) device.token_hash = from.bytes<32>(row, 3);
  if (!from.is_null(row, 5)) {
    device.last_contact = time_of(from.number(row, 5));
    device.beat.device_now = *device.last_contact + std::chrono::milliseconds(from.number(row, 11));
  }
  device.beat.software = from.text(row, 6);
  device.beat.last_seq = static_cast<std::uint64_t>(from.number(row, 7));
  device.beat.unsent = static_cast<std::uint64_t>(from.number(row, 8));
  device.beat.rejected = static_cast<std::uint64_t>(from.number(row, 9));
  device.beat.roster_version = from.number(row, 10);
  device.orders = orders_in(from.text(row, 12));
  if (!from.is_null(row, 13)) device.token_since = time_of(from.number(row, 13));
  if (!from.is_null(row, 14)) device.next_token_hash = from.bytes<32>(row, 14);
  device.is_hub = from.number(row, 15) != 0;
  device.centre_orders = orders_in(from.text(row, 16));
  return device;
}

Expected<std::optional<Device>> PostgresStore::device(std::string_view id) {
  return reading("reading a device", [&]() -> Expected<std::optional<Device>> {
    const PostgresAnswer get = query(kDeviceOfId, id);
    if (get.empty()) return std::nullopt;
    return read_device(get, 0);
  });
}

Expected<std::optional<Device>> PostgresStore::hold_device(std::string_view id) {
  return reading("reading a device", [&]() -> Expected<std::optional<Device>> {
    const PostgresAnswer get = query(link_.in_transaction() ? kHeldDeviceOfId : kDeviceOfId, id);
    if (get.empty()) return std::nullopt;
    return read_device(get, 0);
  });
}

Expected<std::vector<Device>> PostgresStore::devices() {
  return reading("reading the devices", [&]() -> Expected<std::vector<Device>> {
    std::vector<Device> list;
    const PostgresAnswer get = query(kAllDevices);
    for (std::size_t i = 0; i < get.size(); ++i) list.push_back(read_device(get, i));
    return list;
  });
}

Expected<void> PostgresStore::put_device(std::string_view id, std::string_view name,
                                         std::string_view checkpoint) {
  return writing("writing a device", [&]() -> Expected<void> {
    const PostgresAnswer count = query("SELECT count(*) FROM device WHERE event = $1 AND id <> $2", id);
    if (std::cmp_greater_equal(count.number(0, 0), kMaxDevices)) {
      return fail(Error::Kind::invalid, "there are " + std::to_string(kMaxDevices) + " devices already");
    }
    (void)query(
        "INSERT INTO device (event, id, name, checkpoint) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (event, id) DO UPDATE SET name = excluded.name, checkpoint = excluded.checkpoint",
        id, name, checkpoint);
    return {};
  });
}

Expected<void> PostgresStore::mark_as_hub(std::string_view device) {
  return writing("writing a device", [&]() -> Expected<void> {
    (void)query("UPDATE device SET is_hub = 1 WHERE event = $1 AND id = $2", device);
    return {};
  });
}

Expected<void> PostgresStore::set_code(std::string_view device, const Digest& code_hash, Timestamp until) {
  return writing("writing a code", [&]() -> Expected<void> {
    (void)query("UPDATE device SET code_hash = $3, code_until = $4 WHERE event = $1 AND id = $2", device,
                code_hash, ms_of(until));
    return {};
  });
}

Expected<std::optional<Device>> PostgresStore::device_of_code(const Digest& code_hash, Timestamp now) {
  return reading("looking up a code", [&]() -> Expected<std::optional<Device>> {
    const PostgresAnswer get =
        query(link_.in_transaction() ? kHeldDeviceOfCode : kDeviceOfCode, code_hash, ms_of(now));
    if (get.empty()) return std::nullopt;
    return read_device(get, 0);
  });
}

Expected<void> PostgresStore::enrol(std::string_view device, const Digest& token_hash, const PublicKey& key,
                                    Timestamp now) {
  return writing("enrolling", [&]() -> Expected<void> {
    (void)query(
        "UPDATE device SET token_hash = $3, token_since = $4, next_token_hash = NULL, code_hash = NULL,"
        " code_until = NULL WHERE event = $1 AND id = $2",
        device, token_hash, ms_of(now));
    RingChange change;
    change.dropped = keys_of_device(device);
    change.added = {{key, std::string(device), KeyKind::lanyard}};
    return change_ring(change, now);
  });
}

Expected<void> PostgresStore::revoke(std::string_view device, bool drop_key, Timestamp now) {
  return writing("revoking a device", [&]() -> Expected<void> {
    (void)query(
        "UPDATE device SET revoked = 1, code_hash = NULL, code_until = NULL WHERE event = $1 AND id = $2",
        device);
    if (!drop_key) return {};
    RingChange change;
    change.dropped = keys_of_device(device);
    if (change.dropped.empty()) return {};
    return change_ring(change, now);
  });
}

Expected<void> PostgresStore::offer_token(std::string_view device, const Digest& token_hash) {
  return writing("noting another token", [&]() -> Expected<void> {
    (void)query("UPDATE device SET next_token_hash = $3 WHERE event = $1 AND id = $2", device, token_hash);
    return {};
  });
}

Expected<void> PostgresStore::take_token(std::string_view device, const Digest& token_hash, Timestamp now) {
  return writing("changing a token", [&]() -> Expected<void> {
    (void)query(
        "UPDATE device SET token_hash = next_token_hash, next_token_hash = NULL, token_since = $3,"
        " code_hash = NULL, code_until = NULL WHERE event = $1 AND id = $2 AND next_token_hash = $4",
        device, ms_of(now), token_hash);
    return {};
  });
}

Expected<void> PostgresStore::end_tokens(std::string_view device) {
  return writing("ending tokens", [&]() -> Expected<void> {
    (void)query(
        "UPDATE device SET token_hash = NULL, next_token_hash = NULL, token_since = NULL, code_hash = NULL,"
        " code_until = NULL WHERE event = $1 AND id = $2",
        device);
    return {};
  });
}

Expected<void> PostgresStore::set_orders(std::string_view device, const Orders& orders) {
  return writing("writing orders", [&]() -> Expected<void> {
    (void)query("UPDATE device SET orders = $3 WHERE event = $1 AND id = $2", device, orders_record(orders));
    return {};
  });
}

Expected<std::vector<Notice>> PostgresStore::notices() {
  return reading("reading the notices", [&]() -> Expected<std::vector<Notice>> {
    std::vector<Notice> list;
    const PostgresAnswer get = query("SELECT record FROM notice WHERE event = $1 ORDER BY id");
    for (std::size_t i = 0; i < get.size(); ++i) {
      auto notice = readable(parse_notice(get.text(i, 0)));
      if (!notice) return tl::make_unexpected(notice.error());
      list.push_back(std::move(*notice));
    }
    return list;
  });
}

Expected<void> PostgresStore::put_notice(const Notice& notice) {
  return writing("writing a notice", [&]() -> Expected<void> {
    const PostgresAnswer count =
        query("SELECT count(*) FROM notice WHERE event = $1 AND id <> $2", notice.id);
    if (std::cmp_greater_equal(count.number(0, 0), kMaxNoticeRecords)) return too_many_notices();
    (void)query(
        "INSERT INTO notice (event, id, record) VALUES ($1, $2, $3)"
        " ON CONFLICT (event, id) DO UPDATE SET record = excluded.record",
        notice.id, to_json(notice));
    return {};
  });
}

Expected<void> PostgresStore::remove_notice(std::string_view id) {
  return writing("removing a notice", [&]() -> Expected<void> {
    (void)query("DELETE FROM notice WHERE event = $1 AND id = $2", id);
    return {};
  });
}

Expected<void> PostgresStore::note_heartbeat(std::string_view device, const Heartbeat& beat, Timestamp now) {
  return writing("noting a heartbeat", [&]() -> Expected<void> {
    (void)query(
        "UPDATE device SET last_contact = $3, software = $4, last_seq = $5, unsent = $6, rejected = $7,"
        " roster_version = $8, clock_ahead_ms = $9 WHERE event = $1 AND id = $2",
        device, ms_of(now), beat.software, static_cast<std::int64_t>(beat.last_seq),
        static_cast<std::int64_t>(beat.unsent), static_cast<std::int64_t>(beat.rejected), beat.roster_version,
        std::int64_t{(beat.device_now - now).count()});
    return {};
  });
}

Expected<void> PostgresStore::note_wrong_code(std::string_view peer, Timestamp now) {
  return writing("noting a wrong code", [&]() -> Expected<void> {
    (void)query("DELETE FROM wrong_code WHERE event = $1 AND at NOT BETWEEN $2 AND $3",
                ms_of(now - kWrongCodesKept), ms_of(now + kWrongCodesKept));
    (void)query("INSERT INTO wrong_code (event, at, peer) VALUES ($1, $2, $3)", ms_of(now), peer);
    return {};
  });
}

Expected<WrongCodes> PostgresStore::wrong_codes(std::string_view peer, Timestamp from, Timestamp to) {
  return reading("counting wrong codes", [&]() -> Expected<WrongCodes> {
    const PostgresAnswer get = query(
        "SELECT count(*) FILTER (WHERE peer = $2), count(*) FROM wrong_code"
        " WHERE event = $1 AND at BETWEEN $3 AND $4",
        peer, ms_of(from), ms_of(to));
    return WrongCodes{static_cast<std::uint64_t>(get.number(0, 0)),
                      static_cast<std::uint64_t>(get.number(0, 1))};
  });
}

}  // namespace lanyard::sync::hub
