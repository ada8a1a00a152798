#include "kiosk/face/safe_text.hpp"

#include <cstdint>

namespace lanyard::kiosk {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

// One character off the front; kReplacement for what is not UTF-8 (overlong forms and surrogates included).
char32_t next_character(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(0);
  std::size_t length = 1;
  char32_t c = first;
  if (first >= 0xF0 && first <= 0xF4) {
    length = 4;
    c = first & 0x07U;
  } else if (first >= 0xE0) {
    length = 3;
    c = first & 0x0FU;
  } else if (first >= 0xC2 && first < 0xE0) {
    length = 2;
    c = first & 0x1FU;
  }
  const bool lone = first >= 0x80 && (first < 0xC2 || first > 0xF4);
  bool good = !lone && text.size() >= length;
  for (std::size_t i = 1; good && i < length; ++i) {
    good = (byte(i) & 0xC0U) == 0x80;
    c = (c << 6U) | (byte(i) & 0x3FU);
  }
  if (good && length == 3) good = c >= 0x800 && (c < 0xD800 || c > 0xDFFF);
  if (good && length == 4) good = c >= 0x10000 && c <= 0x10FFFF;
  text.remove_prefix(good ? length : 1);
  return good ? c : kReplacement;
}

void append(std::string& out, char32_t c) {
  const auto put = [&](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0U | (c >> 6U));
    put(0x80U | (c & 0x3FU));
  } else if (c < 0x10000) {
    put(0xE0U | (c >> 12U));
    put(0x80U | ((c >> 6U) & 0x3FU));
    put(0x80U | (c & 0x3FU));
  } else {
    put(0xF0U | (c >> 18U));
    put(0x80U | ((c >> 12U) & 0x3FU));
    put(0x80U | ((c >> 6U) & 0x3FU));
    put(0x80U | (c & 0x3FU));
  }
}

bool is_isolate_start(char32_t c) {
  return c >= 0x2066 && c <= 0x2068;
}
bool is_isolate_end(char32_t c) {
  return c == 0x2069;
}

// Overrides and embeddings, marks of direction, tags and other characters that are there to be unseen. The
// two joiners stay: Persian and several Indic names are misspelt without them.
bool is_unwanted(char32_t c) {
  return (c >= 0x202A && c <= 0x202E) || c == 0x200E || c == 0x200F || c == 0x061C || c == 0x200B ||
         c == 0x2060 || (c >= 0x2061 && c <= 0x2064) || (c >= 0x206A && c <= 0x206F) || c == 0xFEFF ||
         (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE0FFF) || c == 0x00AD ||
         (c >= 0xFFFE && c <= 0xFFFF) || (c >= 0xFDD0 && c <= 0xFDEF);
}

bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029;
}

// The blocks of marks that stack without end when someone plays with them; marks of living scripts outside
// these blocks are bounded by kMaxShownBytes alone.
bool is_stacking_mark(char32_t c) {
  return (c >= 0x0300 && c <= 0x036F) || (c >= 0x0483 && c <= 0x0489) || (c >= 0x1AB0 && c <= 0x1AFF) ||
         (c >= 0x1DC0 && c <= 0x1DFF) || (c >= 0x20D0 && c <= 0x20FF) || (c >= 0xFE20 && c <= 0xFE2F);
}

bool has_paired_isolates(std::string_view text) {
  int open = 0;
  while (!text.empty()) {
    const char32_t c = next_character(text);
    if (is_isolate_start(c)) ++open;
    if (is_isolate_end(c) && --open < 0) return false;
  }
  return open == 0;
}

std::string safe(std::string_view text, bool keep_isolates) {
  std::string out;
  out.reserve(text.size());
  int marks = 0;
  bool blank = true;  // nothing but spaces so far: neither leading nor double spaces are kept
  while (!text.empty() && out.size() < kMaxShownBytes) {
    char32_t c = next_character(text);
    if (is_control(c) || c == 0x3000) c = U' ';
    if (is_unwanted(c)) continue;
    if ((is_isolate_start(c) || is_isolate_end(c)) && !keep_isolates) continue;
    marks = is_stacking_mark(c) ? marks + 1 : 0;
    if (marks > kMaxMarksPerLetter) continue;
    if (c == U' ' && blank) continue;
    blank = c == U' ';
    append(out, c);
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

}  // namespace

std::string safe_part(std::string_view text) {
  return safe(text, false);
}

std::string safe_whole(std::string_view text) {
  // What would be cut off anyway is not even looked at: 3 KB of marks cost no more than 600 bytes.
  const std::string_view bounded = text.substr(0, 4 * kMaxShownBytes);
  return safe(bounded, has_paired_isolates(bounded));
}

}  // namespace lanyard::kiosk
