// Who comes when, and what they hold up: the files that the program reads. PURE. Threads: reentrant.
//
// Plan, in order of arrival:       kiosk,attendee[,kind]     kind: badge (default), phone, phone-dark, paper,
//                                                            text:RAW, b64:BASE64 of RAW
// Credentials, as the hub issues:  id,text                   the last one of an id counts
//
// Both are CSV of RFC 4180, with or without a line that names these columns. RAW is shown on a phone, and its
// attendee need not be on the roster.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sync/error.hpp"

namespace lanyard::arrivals {

// 60 frames at most each, for a replay's 100,000 pictures.
inline constexpr std::size_t kMaxArrivals = 10'000;

enum class Kind : std::uint8_t { badge, phone, phone_dark, paper, raw };
[[nodiscard]] std::string_view to_name(Kind kind);

struct Arrival {
  std::string kiosk;     // an id, and so a folder's name
  std::string attendee;  // an id, and so a part of a file's name
  Kind kind{Kind::badge};
  std::string raw;  // of Kind::raw: what the code says; any bytes
};

using Credentials = std::map<std::string, std::string, std::less<>>;  // attendee -> the code's text

// Errors: invalid, "line 7: ...", the first of them.
[[nodiscard]] sync::Expected<std::vector<Arrival>> parse_plan(std::string_view csv);
[[nodiscard]] sync::Expected<Credentials> parse_credentials(std::string_view csv);

}  // namespace lanyard::arrivals
