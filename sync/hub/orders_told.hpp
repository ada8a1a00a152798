// What a device is told with its heartbeat: its orders, and the notices that are for it. Threads: that of the
// store.
#pragma once

#include "sync/hub/hub_store.hpp"

namespace lanyard::sync::hub {

// What is wanted of it, here and above. The notices of the centre and our own are in turn, so that neither
// keeps the other off a screen: of a kiosk, those for its checkpoint, at most kMaxNotices; of a venue's hub,
// all that are not over, for its kiosks, at most kMaxNoticeRecords.
[[nodiscard]] Expected<Orders> orders_of(const Device& device, HubStore& store, Timestamp now);

}  // namespace lanyard::sync::hub
