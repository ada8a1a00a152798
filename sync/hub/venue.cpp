#include "sync/hub/venue.hpp"

#include <algorithm>
#include <map>

namespace lanyard::sync::hub {

namespace {

constexpr char kUnder = '.';

// Keys by who signs with them: of each device its own one.
std::map<std::string, PublicKey, std::less<>> keys_by_issuer(const Ring& ring) {
  std::map<std::string, PublicKey, std::less<>> keys;
  for (const RingKey& key : ring.keys) {
    if (key.key.kind == KeyKind::lanyard) keys.emplace(key.key.issuer, key.key.key);
  }
  return keys;
}

class Telling {
 public:
  Telling(const Device& venue, HubStore& store, Timestamp now) : venue_(venue), store_(store), now_(now) {}

  Expected<DevicesAnswer> take(const DevicesRequest& told) {
    // Whoever changes the ring holds the roster first; to look at it before would be to look too early.
    if (auto held = store_.hold_roster(); !held) return tl::make_unexpected(held.error());
    const auto ring = store_.ring();
    if (!ring) return tl::make_unexpected(ring.error());
    keys_ = keys_by_issuer(*ring);
    DevicesAnswer answer;
    for (const ToldDevice& device : told.devices) {
      auto standing = take_one(device);
      if (!standing) return tl::make_unexpected(standing.error());
      answer.devices.push_back(std::move(*standing));
    }
    if (!change_.added.empty() || !change_.dropped.empty()) {
      if (auto changed = store_.change_ring(change_, now_); !changed)
        return tl::make_unexpected(changed.error());
    }
    return answer;
  }

 private:
  Expected<DeviceStanding> take_one(const ToldDevice& told) {
    if (told.id == venue_.id || !is_under(told.id, venue_.id)) {
      return fail(Error::Kind::refused, told.id + " is no kiosk of " + venue_.id);
    }
    const auto known = store_.device(told.id);
    if (!known) return tl::make_unexpected(known.error());
    const Device* device = *known ? &**known : nullptr;
    if (device == nullptr || device->name != told.name || device->checkpoint != told.checkpoint) {
      if (auto put = store_.put_device(told.id, told.name, told.checkpoint); !put)
        return tl::make_unexpected(put.error());
    }
    if (told.hub && (device == nullptr || !device->is_hub)) {
      if (auto marked = store_.mark_as_hub(told.id); !marked) return tl::make_unexpected(marked.error());
    }
    const bool was_revoked = device != nullptr && device->revoked;
    if (told.revoked && !was_revoked) {
      if (auto revoked = store_.revoke(told.id, false, now_); !revoked)
        return tl::make_unexpected(revoked.error());
    }
    const auto held = keys_.find(told.id);
    const bool has_key = held != keys_.end();
    // Shut out here, and the venue does not know yet: its word on the key comes too late.
    const bool is_behind = was_revoked && !told.revoked;
    if (has_key && (told.key ? *told.key != held->second : true) && !is_behind)
      change_.dropped.push_back(held->second);
    if (told.key && (!has_key || *told.key != held->second) && !was_revoked)
      change_.added.push_back({*told.key, told.id, KeyKind::lanyard});
    DeviceStanding standing{told.id, 0, was_revoked || told.revoked, was_revoked && !has_key};
    if (device != nullptr)
      standing.orders = from_above(with_those_from_above(device->orders, device->centre_orders));
    return standing;
  }

  const Device& venue_;
  HubStore& store_;
  Timestamp now_;
  std::map<std::string, PublicKey, std::less<>> keys_;
  RingChange change_;
};

}  // namespace

bool is_under(std::string_view device, std::string_view hub) {
  return device.starts_with(hub) && (device.size() == hub.size() || device[hub.size()] == kUnder);
}

std::optional<std::string_view> brought_by(std::string_view device, std::string_view self) {
  if (device == self) return "";
  if (self != kHubDevice) {
    if (!is_under(device, self)) return std::nullopt;
    device.remove_prefix(self.size() + 1);
  }
  const auto end = device.find(kUnder);
  return end == std::string_view::npos ? std::string_view() : device.substr(0, end);
}

bool is_ours_to_say(std::string_view one, std::string_view other, std::string_view self) {
  const auto first = brought_by(one, self);
  const auto second = brought_by(other, self);
  if (!first || !second) return false;
  return first->empty() || *first != *second;
}

Expected<DevicesAnswer> take_devices(const DevicesRequest& told, const Device& venue, HubStore& store,
                                     Timestamp now) {
  DevicesAnswer answer;
  const auto done = store.transact([&]() -> Expected<void> {
    auto taken = Telling(venue, store, now).take(told);
    if (!taken) return tl::make_unexpected(taken.error());
    answer = std::move(*taken);
    return {};
  });
  if (!done) return tl::make_unexpected(done.error());
  // Behind the transaction: within one, each chain that is looked at is held until the end.
  const auto own = store.chain_end(venue.id);
  if (!own) return tl::make_unexpected(own.error());
  answer.known_to = own->seq;
  for (DeviceStanding& standing : answer.devices) {
    const auto end = store.chain_end(standing.id);
    if (!end) return tl::make_unexpected(end.error());
    standing.known_to = end->seq;
  }
  return answer;
}

}  // namespace lanyard::sync::hub
