// What lanyard-scan prints, however it came by it. Threads: reentrant, but for StatusNews, a value of one
// owner.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "scanner/scan_loop.hpp"

namespace lanyard::scanner {

// Newline, tab and backslash as \n, \t and \\, other control bytes as \xNN: a code must neither forge a
// second line nor steer a terminal.
[[nodiscard]] std::string on_one_line(std::string_view text);

// Bytes that are no UTF-8 become U+FFFD, since JSON has no other place for them.
[[nodiscard]] std::string dumped(const nlohmann::json& object);

template <class Corners>
[[nodiscard]] nlohmann::json corners_of(const Corners& corners) {
  nlohmann::json list = nlohmann::json::array();
  for (const auto& corner : corners) list.push_back(nlohmann::json::array({corner.x, corner.y}));
  return list;
}

// Says what is wrong with a camera when that changes.
class StatusNews {
 public:
  void tell(const ScanLoopStatus& status, std::ostream& errors);

 private:
  std::string told_;
};

}  // namespace lanyard::scanner
