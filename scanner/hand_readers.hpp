// The two kinds of HandDevice, as hand_device.hpp's open_hand_device has them.
#pragma once

#include <memory>
#include <string>

#include "scanner/hand_device.hpp"

namespace lanyard::scanner {

[[nodiscard]] std::unique_ptr<HandDevice> open_serial(std::string path, int baud);
// `where` is a path, or else the name that the device gives itself.
[[nodiscard]] std::unique_ptr<HandDevice> open_hid(std::string where, KeyLayout layout);

}  // namespace lanyard::scanner
