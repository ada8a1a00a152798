// The kiosk's clocks and randomness, for rows: the one place of the kiosk that reads them.
#pragma once

#include "sync/store.hpp"

namespace lanyard::kiosk {

// Wall time, boot id, milliseconds since boot (suspend included), and random bytes for the row's id.
[[nodiscard]] sync::RowStamp stamp_now();

}  // namespace lanyard::kiosk
