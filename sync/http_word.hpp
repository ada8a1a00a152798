// Names and tokens of HTTP, which mean the same in either case (RFC 9110 §5.1, §5.6.2). PURE. Threads:
// reentrant.
#pragma once

#include <algorithm>
#include <string_view>

namespace lanyard::sync {

// `lower` in lower case. Of ASCII alone, whatever the locale says.
[[nodiscard]] inline bool same_word(std::string_view given, std::string_view lower) {
  return std::ranges::equal(given, lower, [](char c, char small) {
    return c == small || (c >= 'A' && c <= 'Z' && c - 'A' + 'a' == small);
  });
}

}  // namespace lanyard::sync
