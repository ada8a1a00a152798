#include "sync/hub/http_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

#include "sync/http_word.hpp"
#include "sync/percent.hpp"

namespace lanyard::sync::hub {

namespace {

constexpr std::size_t kMaxQueryItems = 16;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Letters, digits, and what else RFC 3986 §3.2.2 has in a name.
bool is_in_name(char c) {
  constexpr std::string_view kBeside = "-._~%!$&'()*+,;=";
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         kBeside.find(c) != std::string_view::npos;
}

bool is_in_literal(char c) {
  return hex_digit(c) >= 0 || c == ':' || c == '.';
}

// Without "http://HOST", where it begins so; nullopt where that cannot be a host.
std::optional<std::string_view> origin_form(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!same_word(target.substr(0, scheme.size()), scheme)) continue;
    target.remove_prefix(scheme.size());
    const std::string_view authority = target.substr(0, target.find_first_of("/?"));
    if (authority.empty() || authority.starts_with(':') || !is_authority(authority)) return std::nullopt;
    return target.substr(authority.size());
  }
  return target;
}

}  // namespace

bool is_authority(std::string_view text) {
  std::string_view port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos || end == 1) return false;
    if (!std::ranges::all_of(text.substr(1, end - 1), is_in_literal)) return false;
    port = text.substr(end + 1);
  } else {
    const std::string_view name = text.substr(0, text.find(':'));
    if (!std::ranges::all_of(name, is_in_name)) return false;
    port = text.substr(name.size());
  }
  return port.empty() || (port.front() == ':' && std::ranges::all_of(port.substr(1), is_digit));
}

bool read_target(std::string_view target, Request& request) {
  const auto origin = origin_form(target);
  if (!origin) return false;
  target = *origin;
  const auto mark = target.find('?');
  request.path = target.empty() || mark == 0 ? "/" : target.substr(0, mark);
  std::string_view query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
  while (!query.empty()) {
    const std::string_view item = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(item.size() + 1, query.size()));
    const auto equals = item.find('=');
    const auto name = percent_decoded(item.substr(0, equals));
    const auto value =
        percent_decoded(equals == std::string_view::npos ? std::string_view() : item.substr(equals + 1));
    if (!name || !value || request.query.size() == kMaxQueryItems) return false;
    request.query[*name] = *value;
  }
  return true;
}

std::string bearer_of(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  const bool is_bearer =
      authorization.size() > kScheme.size() && same_word(authorization.substr(0, kScheme.size()), kScheme);
  return is_bearer ? std::string(authorization.substr(kScheme.size())) : std::string();
}

std::string_view last_of_list(std::string_view list) {
  constexpr std::string_view kBlanks = " \t";
  list.remove_prefix(list.rfind(',') + 1);  // 0 where there is no comma
  const auto first = list.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return list.substr(first, list.find_last_not_of(kBlanks) + 1 - first);
}

bool is_chunked(std::string_view encoding) {
  return same_word(encoding, "chunked");
}

bool is_length(std::string_view length) {
  return !length.empty() && std::ranges::all_of(length, is_digit);
}

std::string http_date(std::time_t now) {
  std::tm utc{};
  gmtime_r(&now, &utc);
  // Names by hand: strftime's follow the locale.
  static constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::array<char, 64> text{};
  (void)std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                      kDays[static_cast<std::size_t>(utc.tm_wday) % kDays.size()], utc.tm_mday,
                      kMonths[static_cast<std::size_t>(utc.tm_mon) % kMonths.size()], utc.tm_year + 1900,
                      utc.tm_hour, utc.tm_min, utc.tm_sec);
  return text.data();
}

}  // namespace lanyard::sync::hub
