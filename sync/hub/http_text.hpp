// The texts of HTTP's first lines: addresses, tokens, dates. PURE. Threads: reentrant.
#pragma once

#include <ctime>
#include <string>
#include <string_view>

#include "sync/hub/hub.hpp"

namespace lanyard::sync::hub {

// What stands behind "http://", and in Host: a name or an address, and a port (RFC 3986 §3.2); or nothing. A
// name and password before it are none (RFC 9110 §4.2.4).
[[nodiscard]] bool is_authority(std::string_view text);
// "/v1/roster?after=0" into path and query (RFC 3986 §2.1); also behind "http://HOST", as a proxy is asked
// (RFC 9112 §3.2.2), of which nothing is left. False if it cannot be read.
[[nodiscard]] bool read_target(std::string_view target, Request& request);
// The token of "Bearer TOKEN" (RFC 6750 §2.1), or "".
[[nodiscard]] std::string bearer_of(std::string_view authorization);
// Of a Transfer-Encoding: "chunked" in any case, and nothing besides.
[[nodiscard]] bool is_chunked(std::string_view encoding);
// Of a Content-Length: digits, and nothing besides.
[[nodiscard]] bool is_length(std::string_view length);
// Of a list with commas (RFC 9110 §5.6.1) what stands last.
[[nodiscard]] std::string_view last_of_list(std::string_view list);
// "Mon, 23 Nov 2026 01:00:00 GMT" (RFC 9110 §5.6.7).
[[nodiscard]] std::string http_date(std::time_t now);

}  // namespace lanyard::sync::hub
