// The SQLite store: the key ring, and the key of TLS.
#include <utility>

#include "sync/hub/sqlite_store.hpp"

namespace lanyard::sync::hub {

namespace {

constexpr const char* kWholeRing =
    "SELECT k.public_key, k.issuer, k.kind, o.secret_key IS NOT NULL, o.secret_key IS h.signing_key"
    " FROM hub h, issuer_key k LEFT JOIN own_key o USING (public_key)"
    " ORDER BY o.secret_key IS NULL, k.kind = 'lanyard', k.issuer, k.public_key";

}  // namespace

std::vector<RingKey> SqliteStore::read_ring() {
  std::vector<RingKey> keys;
  Query get = query(kWholeRing);
  while (get.next()) {
    const auto kind = key_kind_named(get.text(2));
    if (!kind) continue;  // never written by this version, nor by an earlier one
    const bool is_own = get.number(3) != 0;
    keys.push_back({{get.bytes<32>(0), get.text(1), *kind}, is_own, is_own && get.number(4) != 0});
  }
  return keys;
}

Expected<Ring> SqliteStore::ring() {
  return guarded("reading the keys", [&]() -> Expected<Ring> {
    Ring ring{read_ring(), 0, 0};
    Query get = query("SELECT keys_version, (SELECT version FROM frame WHERE part = 'keys') FROM hub");
    if (get.next()) {
      ring.version = get.number(0);
      ring.roster_version = get.number(1);
    }
    return ring;
  });
}

Expected<void> SqliteStore::change_ring(const RingChange& change, Timestamp now) {
  return guarded("changing the keys", [&]() -> Expected<void> {
    for (const PublicKey& key : change.dropped) {
      query("DELETE FROM issuer_key WHERE public_key = ?", key).run();
      query("DELETE FROM own_key WHERE public_key = ?", key).run();
    }
    std::vector<IssuerKey> added = change.added;
    for (const SecretKey& key : change.own) {
      added.push_back({public_half(key), change.own_issuer, KeyKind::lanyard});
      query("INSERT INTO own_key (public_key, secret_key) VALUES (?, ?)", public_half(key), key).run();
    }
    for (const IssuerKey& key : added) {
      if (query("SELECT 1 FROM issuer_key WHERE public_key = ?", key.key).next()) {
        return fail(Error::Kind::invalid, "this key is in the ring already");
      }
      query("INSERT INTO issuer_key (public_key, issuer, kind) VALUES (?, ?, ?)", key.key, key.issuer,
            to_name(key.kind))
          .run();
    }
    if (auto sound = ring_fits(read_ring()); !sound) return sound;
    // By the clock, so that a hub that was restored from a backup passes what the kiosks have seen.
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    query("UPDATE hub SET keys_version = max(keys_version + 1, ?)", std::int64_t{seconds}).run();
    touch_frame("keys", "");
    return {};
  });
}

Expected<std::vector<SecretKey>> SqliteStore::own_keys() {
  return guarded("reading the hub's keys", [&]() -> Expected<std::vector<SecretKey>> {
    std::vector<SecretKey> keys;
    Query get = query("SELECT secret_key FROM own_key");
    while (get.next()) keys.push_back(get.bytes<std::tuple_size_v<SecretKey>>(0));
    return keys;
  });
}

Expected<void> SqliteStore::use_key(const PublicKey& key) {
  return guarded("changing the signing key", [&]() -> Expected<void> {
    const int changed =
        query(
            "UPDATE hub SET signing_key = (SELECT secret_key FROM own_key WHERE public_key = ?1)"
            " WHERE EXISTS (SELECT 1 FROM own_key WHERE public_key = ?1)",
            key)
            .run();
    if (changed == 0) return fail(Error::Kind::invalid, "the hub cannot sign with this key");
    return {};
  });
}

Expected<std::optional<TlsIdentity>> SqliteStore::tls_identity() {
  return guarded("reading the key of TLS", [&]() -> Expected<std::optional<TlsIdentity>> {
    Query get = query("SELECT certificate, secret_key FROM tls_identity");
    if (!get.next()) return std::nullopt;
    return TlsIdentity{get.text(0), get.text(1)};
  });
}

Expected<void> SqliteStore::add_tls_identity(const TlsIdentity& identity) {
  return guarded("keeping the key of TLS", [&]() -> Expected<void> {
    query("INSERT OR IGNORE INTO tls_identity (only, certificate, secret_key) VALUES (1, ?, ?)",
          identity.certificate, identity.key)
        .run();
    return {};
  });
}

Expected<void> SqliteStore::drop_tls_identity() {
  return guarded("dropping the key of TLS", [&]() -> Expected<void> {
    query("DELETE FROM tls_identity").run();
    return {};
  });
}

std::vector<PublicKey> SqliteStore::keys_of_device(std::string_view device) {
  std::vector<PublicKey> keys;
  Query get = query("SELECT public_key FROM issuer_key WHERE issuer = ? AND kind = 'lanyard'", device);
  while (get.next()) keys.push_back(get.bytes<32>(0));
  return keys;
}

}  // namespace lanyard::sync::hub
