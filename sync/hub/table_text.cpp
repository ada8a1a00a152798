#include "sync/hub/table_text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "sync/wire.hpp"

namespace lanyard::sync::hub {

namespace {

constexpr std::string_view kHowToSave =
    ": save it from Excel as \"CSV UTF-8 (comma delimited)\" or as a workbook (.xlsx), from LibreOffice as "
    "CSV"
    " with the character set \"Unicode (UTF-8)\"";

void put_utf8(std::string& out, std::uint32_t c) {
  const auto byte = [&](std::uint32_t bits) { out += static_cast<char>(bits); };
  if (c < 0x80) {
    byte(c);
  } else if (c < 0x800) {
    byte(0xC0U | c >> 6U);
    byte(0x80U | (c & 0x3FU));
  } else if (c < 0x10000) {
    byte(0xE0U | c >> 12U);
    byte(0x80U | (c >> 6U & 0x3FU));
    byte(0x80U | (c & 0x3FU));
  } else {
    byte(0xF0U | c >> 18U);
    byte(0x80U | (c >> 12U & 0x3FU));
    byte(0x80U | (c >> 6U & 0x3FU));
    byte(0x80U | (c & 0x3FU));
  }
}

bool is_high(std::uint32_t unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}
bool is_low(std::uint32_t unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

// Without its mark.
Expected<std::string> from_utf16(std::string_view bytes, bool big_endian) {
  const auto unit = [&](std::size_t at) {
    const auto one = static_cast<std::uint8_t>(bytes[at]);
    const auto other = static_cast<std::uint8_t>(bytes[at + 1]);
    return big_endian ? one * 256U + other : other * 256U + one;
  };
  std::string out;
  out.reserve(bytes.size());
  std::size_t line = 1;
  const auto broken = [&] {
    return fail(Error::Kind::invalid, "line " + std::to_string(line) +
                                          " is not UTF-16, as which the file begins" +
                                          std::string(kHowToSave));
  };
  std::size_t at = 0;
  for (; at + 1 < bytes.size(); at += 2) {
    std::uint32_t c = unit(at);
    if (c == '\n') ++line;
    if (is_low(c)) return broken();
    if (is_high(c)) {
      if (at + 3 >= bytes.size() || !is_low(unit(at + 2))) return broken();
      c = 0x10000 + ((c - 0xD800) << 10U) + (unit(at + 2) - 0xDC00);
      at += 2;
    }
    put_utf8(out, c);
  }
  if (at != bytes.size()) return broken();
  return out;
}

std::size_t first_bad_line(std::string_view text) {
  std::size_t line = 1;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (!is_utf8(text.substr(0, end))) return line;
    text.remove_prefix(std::min(end + 1, text.size()));
    ++line;
  }
  return line;
}

}  // namespace

Expected<std::string> utf8_of_table(std::string bytes) {
  const std::string_view text = bytes;
  if (text.starts_with("\xFF\xFE")) return from_utf16(text.substr(2), false);
  if (text.starts_with("\xFE\xFF")) return from_utf16(text.substr(2), true);
  // Text of people has none, and UTF-16 without a mark has one in every other place.
  if (text.find('\0') != std::string_view::npos) {
    return fail(Error::Kind::invalid, "this is no text in UTF-8" + std::string(kHowToSave));
  }
  if (!is_utf8(text)) {
    return fail(Error::Kind::invalid, "line " + std::to_string(first_bad_line(text)) +
                                          " is in neither UTF-8 nor UTF-16" + std::string(kHowToSave));
  }
  return bytes;
}

}  // namespace lanyard::sync::hub
