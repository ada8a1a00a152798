// The SQLite store: devices, their tokens and codes.
#include <utility>

#include "sync/hub/sqlite_store.hpp"

namespace lanyard::sync::hub {

namespace {

constexpr const char* kDeviceOfId =
    "SELECT id, name, checkpoint, token_hash, revoked, last_contact, software, last_seq, unsent, rejected,"
    " roster_version, clock_ahead_ms, orders, token_since, next_token_hash, is_hub, centre_orders FROM "
    "device WHERE id = ?";
constexpr const char* kDeviceOfCode =
    "SELECT id, name, checkpoint, token_hash, revoked, last_contact, software, last_seq, unsent, rejected,"
    " roster_version, clock_ahead_ms, orders, token_since, next_token_hash, is_hub, centre_orders FROM "
    "device WHERE "
    "code_hash = ? "
    "AND code_until > ? AND revoked = 0";
constexpr const char* kAllDevices =
    "SELECT id, name, checkpoint, token_hash, revoked, last_contact, software, last_seq, unsent, rejected,"
    " roster_version, clock_ahead_ms, orders, token_since, next_token_hash, is_hub, centre_orders FROM "
    "device ORDER BY id";

}  // namespace

Device SqliteStore::read_device(const Query& from) {
  Device device;
  device.id = from.text(0);
  device.name = from.text(1);
  device.checkpoint = from.text(2);
  device.revoked = from.number(4) != 0;
  if (!from.column(3).isNull()) device.token_hash = from.bytes<32>(3);
  if (!from.column(5).isNull()) {
    device.last_contact = time_of(from.number(5));
    device.beat.device_now = *device.last_contact + std::chrono::milliseconds(from.number(11));
  }
  device.beat.software = from.text(6);
  device.beat.last_seq = static_cast<std::uint64_t>(from.number(7));
  device.beat.unsent = static_cast<std::uint64_t>(from.number(8));
  device.beat.rejected = static_cast<std::uint64_t>(from.number(9));
  device.beat.roster_version = from.number(10);
  device.orders = orders_in(from.text(12));
  if (!from.column(13).isNull()) device.token_since = time_of(from.number(13));
  if (!from.column(14).isNull()) device.next_token_hash = from.bytes<32>(14);
  device.is_hub = from.number(15) != 0;
  device.centre_orders = orders_in(from.text(16));
  return device;
}

Expected<std::optional<Device>> SqliteStore::device(std::string_view id) {
  return guarded("reading a device", [&]() -> Expected<std::optional<Device>> {
    Query get = query(kDeviceOfId, id);
    if (!get.next()) return std::nullopt;
    return read_device(get);
  });
}

Expected<std::vector<Device>> SqliteStore::devices() {
  return guarded("reading the devices", [&]() -> Expected<std::vector<Device>> {
    std::vector<Device> list;
    Query get = query(kAllDevices);
    while (get.next()) list.push_back(read_device(get));
    return list;
  });
}

Expected<void> SqliteStore::put_device(std::string_view id, std::string_view name,
                                       std::string_view checkpoint) {
  return guarded("writing a device", [&]() -> Expected<void> {
    {
      Query count = query("SELECT count(*) FROM device WHERE id <> ?", id);
      if (count.next() && std::cmp_greater_equal(count.number(0), kMaxDevices)) {
        return fail(Error::Kind::invalid, "there are " + std::to_string(kMaxDevices) + " devices already");
      }
    }
    query(
        "INSERT INTO device (id, name, checkpoint) VALUES (?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, checkpoint = excluded.checkpoint",
        id, name, checkpoint)
        .run();
    return {};
  });
}

Expected<void> SqliteStore::mark_as_hub(std::string_view device) {
  return guarded("writing a device", [&]() -> Expected<void> {
    query("UPDATE device SET is_hub = 1 WHERE id = ?", device).run();
    return {};
  });
}

Expected<void> SqliteStore::set_code(std::string_view device, const Digest& code_hash, Timestamp until) {
  return guarded("writing a code", [&]() -> Expected<void> {
    query("UPDATE device SET code_hash = ?, code_until = ? WHERE id = ?", code_hash, ms_of(until), device)
        .run();
    return {};
  });
}

Expected<std::optional<Device>> SqliteStore::device_of_code(const Digest& code_hash, Timestamp now) {
  return guarded("looking up a code", [&]() -> Expected<std::optional<Device>> {
    Query get = query(kDeviceOfCode, code_hash, ms_of(now));
    if (!get.next()) return std::nullopt;
    return read_device(get);
  });
}

Expected<void> SqliteStore::enrol(std::string_view device, const Digest& token_hash, const PublicKey& key,
                                  Timestamp now) {
  return guarded("enrolling", [&]() -> Expected<void> {
    query(
        "UPDATE device SET token_hash = ?, token_since = ?, next_token_hash = NULL, code_hash = NULL,"
        " code_until = NULL WHERE id = ?",
        token_hash, ms_of(now), device)
        .run();
    RingChange change;
    change.dropped = keys_of_device(device);
    change.added = {{key, std::string(device), KeyKind::lanyard}};
    return change_ring(change, now);
  });
}

Expected<void> SqliteStore::revoke(std::string_view device, bool drop_key, Timestamp now) {
  return guarded("revoking a device", [&]() -> Expected<void> {
    query("UPDATE device SET revoked = 1, code_hash = NULL, code_until = NULL WHERE id = ?", device).run();
    if (!drop_key) return {};
    RingChange change;
    change.dropped = keys_of_device(device);
    if (change.dropped.empty()) return {};
    return change_ring(change, now);
  });
}

Expected<void> SqliteStore::offer_token(std::string_view device, const Digest& token_hash) {
  return guarded("noting another token", [&]() -> Expected<void> {
    query("UPDATE device SET next_token_hash = ? WHERE id = ?", token_hash, device).run();
    return {};
  });
}

Expected<void> SqliteStore::take_token(std::string_view device, const Digest& token_hash, Timestamp now) {
  return guarded("changing a token", [&]() -> Expected<void> {
    query(
        "UPDATE device SET token_hash = next_token_hash, next_token_hash = NULL, token_since = ?,"
        " code_hash = NULL, code_until = NULL WHERE id = ? AND next_token_hash = ?",
        ms_of(now), device, token_hash)
        .run();
    return {};
  });
}

Expected<void> SqliteStore::end_tokens(std::string_view device) {
  return guarded("ending tokens", [&]() -> Expected<void> {
    query(
        "UPDATE device SET token_hash = NULL, next_token_hash = NULL, token_since = NULL, code_hash = NULL,"
        " code_until = NULL WHERE id = ?",
        device)
        .run();
    return {};
  });
}

Expected<void> SqliteStore::set_orders(std::string_view device, const Orders& orders) {
  return guarded("writing orders", [&]() -> Expected<void> {
    query("UPDATE device SET orders = ? WHERE id = ?", orders_record(orders), device).run();
    return {};
  });
}

Expected<std::vector<Notice>> SqliteStore::notices() {
  return guarded("reading the notices", [&]() -> Expected<std::vector<Notice>> {
    std::vector<Notice> list;
    Query get = query("SELECT record FROM notice ORDER BY id");
    while (get.next()) {
      auto notice = readable(parse_notice(get.text(0)));
      if (!notice) return tl::make_unexpected(notice.error());
      list.push_back(std::move(*notice));
    }
    return list;
  });
}

Expected<void> SqliteStore::put_notice(const Notice& notice) {
  return guarded("writing a notice", [&]() -> Expected<void> {
    {
      Query count = query("SELECT count(*) FROM notice WHERE id <> ?", notice.id);
      if (count.next() && std::cmp_greater_equal(count.number(0), kMaxNoticeRecords))
        return too_many_notices();
    }
    query(
        "INSERT INTO notice (id, record) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET record = "
        "excluded.record",
        notice.id, to_json(notice))
        .run();
    return {};
  });
}

Expected<void> SqliteStore::remove_notice(std::string_view id) {
  return guarded("removing a notice", [&]() -> Expected<void> {
    query("DELETE FROM notice WHERE id = ?", id).run();
    return {};
  });
}

Expected<void> SqliteStore::note_heartbeat(std::string_view device, const Heartbeat& beat, Timestamp now) {
  return guarded("noting a heartbeat", [&]() -> Expected<void> {
    query(
        "UPDATE device SET last_contact = ?, software = ?, last_seq = ?, unsent = ?, rejected = ?,"
        " roster_version = ?, clock_ahead_ms = ? WHERE id = ?",
        ms_of(now), beat.software, static_cast<std::int64_t>(beat.last_seq),
        static_cast<std::int64_t>(beat.unsent), static_cast<std::int64_t>(beat.rejected), beat.roster_version,
        (beat.device_now - now).count(), device)
        .run();
    return {};
  });
}

Expected<void> SqliteStore::note_wrong_code(std::string_view peer, Timestamp now) {
  return guarded("noting a wrong code", [&]() -> Expected<void> {
    query("DELETE FROM wrong_code WHERE at NOT BETWEEN ? AND ?", ms_of(now - kWrongCodesKept),
          ms_of(now + kWrongCodesKept))
        .run();
    query("INSERT INTO wrong_code (at, peer) VALUES (?, ?)", ms_of(now), peer).run();
    return {};
  });
}

Expected<WrongCodes> SqliteStore::wrong_codes(std::string_view peer, Timestamp from, Timestamp to) {
  return guarded("counting wrong codes", [&]() -> Expected<WrongCodes> {
    Query get =
        query("SELECT count(*) FILTER (WHERE peer = ?), count(*) FROM wrong_code WHERE at BETWEEN ? AND ?",
              peer, ms_of(from), ms_of(to));
    if (!get.next()) return WrongCodes{};
    return WrongCodes{static_cast<std::uint64_t>(get.number(0)), static_cast<std::uint64_t>(get.number(1))};
  });
}

}  // namespace lanyard::sync::hub
