#include "sync/hub/json_text.hpp"

#include <array>
#include <cstdio>

#include "sync/wire.hpp"

namespace lanyard::sync::hub {

std::string json_string(std::string_view text) {
  const std::string safe = is_utf8(text) ? std::string(text) : printable(text, text.size());
  std::string out = "\"";
  for (const char c : safe) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      std::array<char, 8> code{};
      (void)std::snprintf(code.data(), code.size(), "\\u%04x", static_cast<unsigned>(c));
      out += code.data();
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace lanyard::sync::hub
