#include "sync/hub/orders_told.hpp"

#include <algorithm>

#include "sync/chain.hpp"
#include "sync/hub/secrets.hpp"

namespace lanyard::sync::hub {

namespace {

// Those that a device shows, or hands on if it is a venue's hub.
std::vector<Notice> notices_for(const Device& device, std::vector<Notice> notices, Timestamp now) {
  std::erase_if(notices, [&](const Notice& notice) {
    const std::vector<std::string>& where = notice.checkpoints;
    const bool is_there =
        device.is_hub || where.empty() || std::ranges::find(where, device.checkpoint) != where.end();
    return !is_there || (notice.until && *notice.until <= now);
  });
  if (!device.is_hub) {
    for (Notice& notice : notices) notice.checkpoints.clear();
  }
  return notices;
}

// As the store has the code of a device's orders, however old: as it was made or, once somebody has asked
// with it, bound to their key, which is in the ring since. nullopt: it is spent.
Expected<std::optional<Digest>> unspent_code(const Device& device, HubStore& store) {
  const std::string code = normal_code(device.orders.enrol_code);
  const auto is_there = [&](const Digest& hash) {
    return store.device_of_code(hash, Timestamp{}).map([&](const std::optional<Device>& whose) {
      return whose && whose->id == device.id;
    });
  };
  const Digest free = hash_code(code);
  const auto is_free = is_there(free);
  if (!is_free) return tl::make_unexpected(is_free.error());
  if (*is_free) return free;
  const auto ring = store.ring();
  if (!ring) return tl::make_unexpected(ring.error());
  for (const RingKey& one : ring->keys) {
    if (one.key.issuer != device.id || one.key.kind != KeyKind::lanyard) continue;
    const Digest bound = hash_code(code + hex(one.key.key));
    const auto is_bound = is_there(bound);
    if (!is_bound) return tl::make_unexpected(is_bound.error());
    if (*is_bound) return bound;
  }
  return std::nullopt;
}

}  // namespace

Expected<bool> renew_code(const Device& device, HubStore& store, Timestamp now) {
  bool renewed = false;
  if (device.orders.enrol_code.empty()) return renewed;
  const auto done = store.transact([&]() -> Expected<void> {
    // Before the ring, as who enrols holds it.
    const auto held = store.hold_device(device.id);
    if (!held) return tl::make_unexpected(held.error());
    if (!*held || (*held)->orders.enrol_code.empty()) return {};
    const auto code = unspent_code(**held, store);
    if (!code) return tl::make_unexpected(code.error());
    if (!*code) return {};
    const auto is_good = store.device_of_code(**code, now);
    if (!is_good) return tl::make_unexpected(is_good.error());
    if (*is_good) return {};
    renewed = true;
    return store.set_code(device.id, **code, now + kToldCodeLife);
  });
  if (!done) return tl::make_unexpected(done.error());
  return renewed;
}

Expected<Orders> orders_of(const Device& device, HubStore& store, Timestamp now) {
  auto given = store.notices();
  if (!given) return tl::make_unexpected(given.error());
  auto heard = store.centre_notices();
  if (!heard) return tl::make_unexpected(heard.error());
  const std::vector<Notice> own = notices_for(device, std::move(*given), now);
  const std::vector<Notice> above = notices_for(device, std::move(heard->notices), now);
  Orders orders = with_those_from_above(device.orders, device.centre_orders);
  for (std::size_t i = 0; i < std::max(own.size(), above.size()); ++i) {
    if (i < above.size()) orders.notices.push_back(above[i]);
    if (i < own.size()) orders.notices.push_back(own[i]);
  }
  const std::size_t most = device.is_hub ? kMaxNoticeRecords : kMaxNotices;
  if (orders.notices.size() > most) orders.notices.resize(most);
  return orders;
}

Expected<void> change_orders(HubStore& store, std::string_view device,
                             const std::function<Expected<void>(const Device&, Orders&)>& change) {
  const auto held = store.hold_device(device);
  if (!held) return tl::make_unexpected(held.error());
  if (!*held) return {};
  Orders orders = (*held)->orders;
  if (auto changed = change(**held, orders); !changed) return changed;
  return store.set_orders(device, orders);
}

Expected<void> see_off(const Device& device, HubStore& store) {
  return store.transact([&] {
    return change_orders(store, device.id, [&](const Device&, Orders& orders) -> Expected<void> {
      orders.wipe = false;
      orders.enrol_code.clear();
      return store.end_tokens(device.id);
    });
  });
}

}  // namespace lanyard::sync::hub
