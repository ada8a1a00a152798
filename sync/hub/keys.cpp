#include "sync/hub/keys.hpp"

#include <algorithm>

#include "sync/chain.hpp"

namespace lanyard::sync::hub {

namespace {

Expected<RingKey> key_named(const Ring& ring, std::string_view name) {
  const std::string quoted = "'" + printable(name, 64) + "'";
  PublicKey whole{};
  KeyId id{};
  const bool is_whole = unhex(name, whole);
  if (!is_whole && !unhex(name, id)) {
    return fail(Error::Kind::invalid, quoted + " is no key's id; see: key list");
  }
  const auto is_meant = [&](const RingKey& key) {
    return is_whole ? key.key.key == whole : key_id(key.key.key) == id;
  };
  const auto found = std::ranges::find_if(ring.keys, is_meant);
  if (found == ring.keys.end()) {
    return fail(Error::Kind::invalid, "there is no key " + quoted + " in the ring; see: key list");
  }
  if (std::find_if(std::next(found), ring.keys.end(), is_meant) != ring.keys.end()) {
    return fail(Error::Kind::invalid, "more than one key has the id " + quoted + ": name its public key");
  }
  return *found;
}

// Finds the key that is meant, and does something with it in the same transaction.
template <class Work>
Expected<PublicKey> with_key(HubStore& store, std::string_view name, Work&& work) {
  PublicKey meant{};
  const auto done = store.transact([&]() -> Expected<void> {
    const auto ring = store.ring();
    if (!ring) return tl::make_unexpected(ring.error());
    const auto key = key_named(*ring, name);
    if (!key) return tl::make_unexpected(key.error());
    meant = key->key.key;
    return work(*key);
  });
  if (!done) return tl::make_unexpected(done.error());
  return meant;
}

}  // namespace

std::string key_name(const PublicKey& key) {
  return hex(key_id(key));
}

Expected<PublicKey> add_next_key(HubStore& store, const Random& random, Timestamp now) {
  std::array<std::uint8_t, 32> seed{};
  random(seed);
  const KeyPair pair = key_pair(seed);
  RingChange change;
  change.own = {pair.secret_key};
  const auto done = store.transact([&] { return store.change_ring(change, now); });
  if (!done) return tl::make_unexpected(done.error());
  return pair.public_key;
}

Expected<PublicKey> use_key(HubStore& store, std::string_view name) {
  return with_key(store, name, [&](const RingKey& key) -> Expected<void> {
    if (!key.is_own) {
      return fail(Error::Kind::invalid, "the hub cannot sign with this key: it is that of " + key.key.issuer);
    }
    return store.use_key(key.key.key);
  });
}

Expected<PublicKey> retire_key(HubStore& store, std::string_view name, Timestamp now) {
  return with_key(store, name, [&](const RingKey& key) -> Expected<void> {
    if (key.is_current) {
      return fail(Error::Kind::invalid,
                  "the hub signs with this key: first make another the current one"
                  " (key next, key use)");
    }
    if (!key.is_own && key.key.kind == KeyKind::lanyard) {
      return fail(Error::Kind::invalid, "this key is that of the kiosk " + key.key.issuer +
                                            ": see device revoke " + key.key.issuer);
    }
    RingChange change;
    change.dropped = {key.key.key};
    return store.change_ring(change, now);
  });
}

Expected<std::size_t> add_pretix_keys(HubStore& store, std::span<const PublicKey> keys, Timestamp now) {
  RingChange change;
  const auto done = store.transact([&]() -> Expected<void> {
    const auto ring = store.ring();
    if (!ring) return tl::make_unexpected(ring.error());
    for (const PublicKey& key : keys) {
      const IssuerKey wanted{key, std::string(kPretixIssuer), KeyKind::pretix_sig1};
      const bool known = std::ranges::find(ring->keys, wanted, &RingKey::key) != ring->keys.end();
      const bool twice = std::ranges::find(change.added, wanted) != change.added.end();
      if (!known && !twice) change.added.push_back(wanted);
    }
    if (change.added.empty()) return {};
    return store.change_ring(change, now);
  });
  if (!done) return tl::make_unexpected(done.error());
  return change.added.size();
}

Expected<std::size_t> devices_behind_ring(HubStore& store) {
  const auto ring = store.ring();
  if (!ring) return tl::make_unexpected(ring.error());
  const auto devices = store.devices();
  if (!devices) return tl::make_unexpected(devices.error());
  return static_cast<std::size_t>(std::ranges::count_if(*devices, [&](const Device& device) {
    return device.token_hash && !device.revoked && device.beat.roster_version < ring->roster_version;
  }));
}

}  // namespace lanyard::sync::hub
