// The PostgreSQL store: devices, their tokens and codes.
#include <utility>

#include "sync/hub/postgres_store.hpp"

namespace lanyard::sync::hub {

namespace {

constexpr const char* kDeviceOfId =
    "SELECT id, name, checkpoint, token_hash, revoked, last_contact, software, last_seq, unsent, rejected,"
    " roster_version, clock_ahead_ms FROM device WHERE event = $1 AND id = $2";
constexpr const char* kAllDevices =
    "SELECT id, name, checkpoint, token_hash, revoked, last_contact, software, last_seq, unsent, rejected,"
    " roster_version, clock_ahead_ms FROM device WHERE event = $1 ORDER BY id";
constexpr const char* kDeviceOfCode =
    "SELECT id, name, checkpoint, token_hash, revoked, last_contact, software, last_seq, unsent, rejected,"
    " roster_version, clock_ahead_ms FROM device"
    " WHERE event = $1 AND code_hash = $2 AND code_until > $3 AND revoked = 0";
// Two processes that are told one code at once: the second waits, looks again, and finds the code spent.
constexpr const char* kHeldDeviceOfCode =
    "SELECT id, name, checkpoint, token_hash, revoked, last_contact, software, last_seq, unsent, rejected,"
    " roster_version, clock_ahead_ms FROM device"
    " WHERE event = $1 AND code_hash = $2 AND code_until > $3 AND revoked = 0 FOR UPDATE";

}  // namespace

Device PostgresStore::read_device(const PostgresAnswer& from, std::size_t row) {
  Device device{from.text(row, 0),
                from.text(row, 1),
                from.text(row, 2),
                std::nullopt,
                from.number(row, 4) != 0,
                std::nullopt,
                {}};
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
  return device;
}

Expected<std::optional<Device>> PostgresStore::device(std::string_view id) {
  return reading("reading a device", [&]() -> Expected<std::optional<Device>> {
    const PostgresAnswer get = query(kDeviceOfId, id);
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
        "UPDATE device SET token_hash = $3, code_hash = NULL, code_until = NULL"
        " WHERE event = $1 AND id = $2",
        device, token_hash);
    RingChange change;
    change.dropped = keys_of_device(device);
    change.added = {{key, std::string(device), KeyKind::lanyard}};
    return change_ring(change, now);
  });
}

Expected<void> PostgresStore::revoke(std::string_view device, bool drop_key, Timestamp now) {
  return writing("revoking a device", [&]() -> Expected<void> {
    (void)query(
        "UPDATE device SET revoked = 1, token_hash = NULL, code_hash = NULL, code_until = NULL"
        " WHERE event = $1 AND id = $2",
        device);
    if (!drop_key) return {};
    RingChange change;
    change.dropped = keys_of_device(device);
    if (change.dropped.empty()) return {};
    return change_ring(change, now);
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

Expected<void> PostgresStore::note_wrong_code(Timestamp now) {
  return writing("noting a wrong code", [&]() -> Expected<void> {
    (void)query("DELETE FROM wrong_code WHERE event = $1 AND at < $2", ms_of(now - kWrongCodesKept));
    (void)query("INSERT INTO wrong_code (event, at) VALUES ($1, $2)", ms_of(now));
    return {};
  });
}

Expected<std::uint64_t> PostgresStore::wrong_codes_since(Timestamp when) {
  return reading("counting wrong codes", [&]() -> Expected<std::uint64_t> {
    return static_cast<std::uint64_t>(
        query("SELECT count(*) FROM wrong_code WHERE event = $1 AND at >= $2", ms_of(when)).number(0, 0));
  });
}

}  // namespace lanyard::sync::hub
