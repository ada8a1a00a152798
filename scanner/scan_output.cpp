#include "scanner/scan_output.hpp"

#include <ostream>

namespace lanyard::scanner {

std::string on_one_line(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string line;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      line += "\\n";
    } else if (c == '\t') {
      line += "\\t";
    } else if (c == '\\') {
      line += "\\\\";
    } else if (byte < 0x20 || byte == 0x7F) {
      line += "\\x";
      line += kHex[byte >> 4U];
      line += kHex[byte & 0x0FU];
    } else {
      line += c;
    }
  }
  return line;
}

std::string dumped(const nlohmann::json& object) {
  return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void StatusNews::tell(const ScanLoopStatus& status, std::ostream& errors) {
  if (status.message == told_) return;
  told_ = status.message;
  if (!told_.empty()) errors << "lanyard-scan: " << on_one_line(told_) << '\n';
}

}  // namespace lanyard::scanner
