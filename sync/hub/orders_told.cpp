#include "sync/hub/orders_told.hpp"

#include <algorithm>

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

}  // namespace

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

}  // namespace lanyard::sync::hub
