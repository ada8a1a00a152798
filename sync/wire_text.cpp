// The wire's texts: times, and what may be quoted of what others sent.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "sync/wire.hpp"

namespace lanyard::sync {

namespace {

// The length of the UTF-8 character at the front, 0 where there is none (Unicode 15, table 3-7).
std::size_t character_bytes(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return byte(i) >= low && byte(i) <= high;
  };
  if (text.empty()) return 0;
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return follows(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool second = follows(1, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF);
    return second && follows(2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool second = follows(1, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF);
    return second && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

// Of one UTF-8 character.
bool is_control(std::string_view character) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(character[i]); };
  if (character.size() == 1) return byte(0) < 0x20 || byte(0) == 0x7F;
  if (character.size() == 2) return byte(0) == 0xC2 && byte(1) < 0xA0;
  if (character.size() != 3 || byte(0) != 0xE2) return false;
  const bool turns_or_breaks = byte(1) == 0x80 && byte(2) >= 0xA8 && byte(2) <= 0xAE;  // U+2028 to U+202E
  const bool isolates = byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9;         // U+2066 to U+2069
  return turns_or_breaks || isolates;
}

// Takes exactly `digits` decimal digits off the front.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, std::string_view one_of) {
  if (text.empty() || one_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::chrono::milliseconds> take_fraction(std::string_view& text) {
  if (!take(text, ".")) return std::chrono::milliseconds(0);
  int ms = 0;
  std::size_t digits = 0;
  for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; ++digits) {
    if (digits < 3) ms = ms * 10 + (text.front() - '0');
    text.remove_prefix(1);
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 3; ++digits) ms *= 10;
  return std::chrono::milliseconds(ms);
}

std::optional<std::chrono::minutes> take_offset(std::string_view& text) {
  if (take(text, "Zz")) return std::chrono::minutes(0);
  const bool minus = !text.empty() && text.front() == '-';
  if (!take(text, "+-")) return std::nullopt;
  const auto hours = take_number(text, 2);
  if (!hours || *hours > 23 || !take(text, ":")) return std::nullopt;
  const auto minutes = take_number(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  const std::chrono::minutes offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return minus ? -offset : offset;
}

}  // namespace

std::string to_rfc3339(Timestamp when) {
  using namespace std::chrono;
  // Four digits are all the format has; a clock outside of them is wrong anyway.
  when = std::clamp(when, kFirstTime, kLastTime);
  const auto day = floor<days>(when);
  const year_month_day date(day);
  const hh_mm_ss time(when - day);
  std::array<char, 40> text{};
  const int size = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
      static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
  return {text.data(), static_cast<std::size_t>(size)};
}

std::optional<Timestamp> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  const auto year_ = take_number(text, 4);
  if (!year_ || !take(text, "-")) return std::nullopt;
  const auto month_ = take_number(text, 2);
  if (!month_ || !take(text, "-")) return std::nullopt;
  const auto day_ = take_number(text, 2);
  if (!day_ || !take(text, "Tt ")) return std::nullopt;
  const auto hour_ = take_number(text, 2);
  if (!hour_ || *hour_ > 23 || !take(text, ":")) return std::nullopt;
  const auto minute_ = take_number(text, 2);
  if (!minute_ || *minute_ > 59 || !take(text, ":")) return std::nullopt;
  const auto second_ = take_number(text, 2);
  if (!second_ || *second_ > 60) return std::nullopt;  // 60: a leap second, which counts as the next one
  const auto fraction = take_fraction(text);
  const auto offset = fraction ? take_offset(text) : std::nullopt;
  if (!offset || !text.empty()) return std::nullopt;
  const year_month_day date(year(*year_), month(static_cast<unsigned>(*month_)),
                            day(static_cast<unsigned>(*day_)));
  if (!date.ok()) return std::nullopt;
  const Timestamp when =
      sys_days(date) + hours(*hour_) + minutes(*minute_) + seconds(*second_) + *fraction - *offset;
  // The offset of a first or last day may lead to a year that could not be written again.
  if (when < kFirstTime || when > kLastTime) return std::nullopt;
  return when;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t bytes = character_bytes(text);
    if (bytes == 0) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

bool has_control(std::string_view text) {
  while (!text.empty()) {
    const std::size_t bytes = std::max<std::size_t>(character_bytes(text), 1);
    if (is_control(text.substr(0, bytes))) return true;
    text.remove_prefix(bytes);
  }
  return false;
}

std::string printable(std::string_view text, std::size_t most_bytes) {
  std::string out;
  while (!text.empty()) {
    const std::size_t bytes = character_bytes(text);
    const bool hidden = bytes == 0 || is_control(text.substr(0, bytes));
    const std::string_view shown = hidden ? std::string_view("?") : text.substr(0, bytes);
    if (out.size() + shown.size() > most_bytes) break;
    out += shown;
    text.remove_prefix(bytes == 0 ? 1 : bytes);
  }
  return out;
}

}  // namespace lanyard::sync
