// The hub's key ring as people change it: the next key, the current one, the end of one, and pretix's.
// Each is one transaction. Threads: that of the store. Errors: invalid for what must not be done, in words
// for the operator. No secret key leaves the store.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "sync/hub/hub_store.hpp"
#include "sync/hub/secrets.hpp"

namespace lanyard::sync::hub {

// As `key list` prints it and the operator names it: the hexadecimal of key_id.
[[nodiscard]] std::string key_name(const PublicKey& key);

// A new key pair of the hub's. Its public half is published now; nothing is signed with it until `use_key`,
// so that the kiosks know it by then.
[[nodiscard]] Expected<PublicKey> add_next_key(HubStore& store, const Random& random, Timestamp now);

// `name`: a key_name, or a whole public key in hexadecimal (two keys may share the short one).
// From here on the hub signs with that key, which must be one of its own.
[[nodiscard]] Expected<PublicKey> use_key(HubStore& store, std::string_view name);
// The key leaves the ring, and what it has signed opens nothing any more. Not the current one, nor a kiosk's,
// which `device revoke` shuts out as a whole.
[[nodiscard]] Expected<PublicKey> retire_key(HubStore& store, std::string_view name, Timestamp now);

// How many of them are new to the ring; all of them, or an error and none.
[[nodiscard]] Expected<std::size_t> add_pretix_keys(HubStore& store, std::span<const PublicKey> keys,
                                                    Timestamp now);

// Kiosks at work that have not said yet that they know the ring as it is now.
[[nodiscard]] Expected<std::size_t> devices_behind_ring(HubStore& store);

}  // namespace lanyard::sync::hub
