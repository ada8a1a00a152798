#include "scanner/hand_device.hpp"

#include "scanner/hand_readers.hpp"

namespace lanyard::scanner {

tl::expected<std::unique_ptr<HandDevice>, std::string> open_hand_device(std::string_view spec,
                                                                        const HandOptions& options) {
  const auto colon = spec.find(':');
  const std::string where(colon == std::string_view::npos ? std::string_view{} : spec.substr(colon + 1));
  const std::string_view kind = spec.substr(0, colon);
  if (!where.empty() && kind == "hid") return open_hid(where, options.layout);
  if (!where.empty() && kind == "serial") {
    if (is_baud(options.baud)) return open_serial(where, options.baud);
    return tl::make_unexpected(std::to_string(options.baud) + " is not a speed of serial lines");
  }
  return tl::make_unexpected("hand scanner \"" + std::string(spec.substr(0, 200)) +
                             "\" is none of serial:DEVICE, hid:DEVICE, hid:NAME");
}

}  // namespace lanyard::scanner
