// What a device is told with its heartbeat: its orders, and the notices that are for it; and what becomes of
// them. Threads: that of the store.
#pragma once

#include <functional>
#include <string_view>

#include "sync/hub/hub_store.hpp"

namespace lanyard::sync::hub {

// What is wanted of it, here and above. The notices of the centre and our own are in turn, so that neither
// keeps the other off a screen: of a kiosk, those for its checkpoint, at most kMaxNotices; of a venue's hub,
// all that are not over, for its kiosks, at most kMaxNoticeRecords.
[[nodiscard]] Expected<Orders> orders_of(const Device& device, HubStore& store, Timestamp now);

// Of a device that is to enrol anew: a code that grew too old before it was used, since the device was off,
// is good again, for the key that it is bound to if it is. For no longer than a device that is here needs: it
// asks again as long as it has not enrolled. True if so: it is to be told once more, as it may have tried the
// code when it was too old. In a transaction of its own.
inline constexpr std::chrono::hours kToldCodeLife{1};
[[nodiscard]] Expected<bool> renew_code(const Device& device, HubStore& store, Timestamp now);

// Of a device that has forgotten all: it is here no more. Its tokens end, and what it was told to do is done.
// In a transaction of its own.
[[nodiscard]] Expected<void> see_off(const Device& device, HubStore& store);

// In a transaction: what is wanted of a device from now on, as `change` makes it of what was. It is shown the
// device as it is then, and what others want meanwhile is not lost. Nothing of a device that is not there.
[[nodiscard]] Expected<void> change_orders(
    HubStore& store, std::string_view device,
    const std::function<Expected<void>(const Device&, Orders&)>& change);

}  // namespace lanyard::sync::hub
