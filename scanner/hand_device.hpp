// A hand scanner's cable: a serial line (USB-CDC, or a USB adapter), or a keyboard that is grabbed.
// Threads: a device belongs to the one thread that calls it.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "scanner/hid_keys.hpp"

namespace lanyard::scanner {

// A plug put back is found within this and the time that the system takes to make the device.
inline constexpr std::chrono::milliseconds kLongestHandPause{1000};

class HandDevice {
 public:
  HandDevice() = default;
  HandDevice(const HandDevice&) = delete;
  HandDevice& operator=(const HandDevice&) = delete;
  virtual ~HandDevice() = default;

  // What was scanned within `patience`, appended to `into` as it was sent; often nothing. An error, one line
  // of English that names the device: it is away, or cannot be used. It is looked for again, with pauses,
  // by further calls. After an error, and before the first byte, it may have been another one.
  [[nodiscard]] virtual tl::expected<void, std::string> read(std::string& into,
                                                             std::chrono::milliseconds patience) = 0;
};

struct HandOptions {
  int baud{9600};                   // of a serial line; USB-CDC has no use for it
  KeyLayout layout{KeyLayout::us};  // for which the scanner is set, of a keyboard
};

// Opened by its first read(). Of "serial:PATH", raw and for itself alone; of "hid:PATH" or "hid:NAME OF THE
// DEVICE", grabbed, so that no window sees its keys. An error: it is none of these, or the speed is odd.
[[nodiscard]] tl::expected<std::unique_ptr<HandDevice>, std::string> open_hand_device(
    std::string_view spec, const HandOptions& options);

// Speeds of a serial line that there are.
[[nodiscard]] bool is_baud(int baud);

// For tests: as "hid:...", from a descriptor that `open` gives, or an error as it is to be said. Each is
// closed when it has ended.
[[nodiscard]] std::unique_ptr<HandDevice> open_key_stream(
    std::function<tl::expected<int, std::string>()> open, KeyLayout layout);

}  // namespace lanyard::scanner
