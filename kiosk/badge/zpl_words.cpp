#include "kiosk/badge/zpl_words.hpp"

#include <algorithm>
#include <array>

namespace lanyard::kiosk {

namespace {

constexpr char kZplStx = '\x02';
constexpr char kZplEtx = '\x03';

// ZG p. 160, ^GF: b and c are at most 99999 bytes. A taller picture goes in bands.
constexpr std::size_t kZplMostBytes = 99'999;

using ZplFields = std::vector<std::string_view>;

ZplFields zpl_split(std::string_view text) {
  ZplFields fields;
  for (;;) {
    const std::size_t comma = text.find(',');
    fields.push_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return fields;
    text.remove_prefix(comma + 1);
  }
}

// Takes <STX>...<ETX><CR><LF> off its front. Behind the last string CR and LF may still be under way.
std::optional<std::string_view> zpl_take_string(std::string_view& answer) {
  if (!answer.starts_with(kZplStx)) return std::nullopt;
  const std::size_t end = answer.find(kZplEtx);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view inside = answer.substr(1, end - 1);
  answer.remove_prefix(end + 1);
  if (answer.starts_with("\r\n"))
    answer.remove_prefix(2);
  else if (!answer.empty() && answer != "\r")
    return std::nullopt;
  return inside;
}

bool zpl_digits(std::string_view field, std::size_t most = 8) {
  return !field.empty() && field.size() <= most &&
         std::ranges::all_of(field, [](char c) { return c >= '0' && c <= '9'; });
}

bool zpl_is_flag(std::string_view field) {
  return field == "0" || field == "1";
}

std::uint32_t zpl_number(std::string_view digits) {
  std::uint32_t number = 0;
  for (const char digit : digits) number = number * 10 + static_cast<std::uint32_t>(digit - '0');
  return number;
}

std::size_t zpl_ends(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count(text, kZplEtx));
}

// ZG vol. 2, "Alternative Data Compression Scheme for ~DG and ~DB Commands": G-Y stand for 1-19 of what
// follows, g-z for 20-400 in steps of 20.
void zpl_append_run(std::string& to, char digit, std::size_t count) {
  for (; count > 400; count -= 400) {
    to += 'z';
    to += digit;
  }
  if (count <= 2) {
    to.append(count, digit);
    return;
  }
  if (count >= 20) to += static_cast<char>('g' + static_cast<int>(count / 20) - 1);
  if (count % 20 != 0) to += static_cast<char>('G' + static_cast<int>(count % 20) - 1);
  to += digit;
}

std::string zpl_hex(std::string_view row) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string hex;
  hex.reserve(row.size() * 2);
  for (const char byte : row) {
    const auto value = static_cast<unsigned char>(byte);
    hex += kDigits[value >> 4U];
    hex += kDigits[value & 15U];
  }
  return hex;
}

// The same chapter: a comma fills the row with 0, an exclamation mark with 1; before it stands an even number
// of digits.
void zpl_append_row(std::string& to, std::string_view row) {
  std::string hex = zpl_hex(row);
  char fill = 0;
  if (hex.back() == '0') fill = ',';
  if (hex.back() == 'F') fill = '!';
  if (fill != 0) {
    std::size_t keep = hex.find_last_not_of(hex.back()) + 1;  // npos + 1 = 0
    keep += keep % 2;
    if (keep == hex.size()) fill = 0;  // behind a full row it would be a row of its own
    hex.resize(keep);
  }
  for (std::size_t at = 0; at < hex.size();) {
    const std::size_t end = std::min(hex.find_first_not_of(hex[at], at), hex.size());
    zpl_append_run(to, hex[at], end - at);
    at = end;
  }
  if (fill != 0) to += fill;
}

// ZG p. 160. A colon repeats the row before.
void zpl_append_band(std::string& to, std::string_view rows, std::size_t row_bytes, std::size_t top) {
  const std::string bytes = std::to_string(rows.size());
  to += "^FO0," + std::to_string(top) + "^GFA," + bytes + "," + bytes + "," + std::to_string(row_bytes) + ",";
  std::string_view before;
  for (std::size_t at = 0; at < rows.size(); at += row_bytes) {
    const std::string_view row = rows.substr(at, row_bytes);
    if (row == before)
      to += ':';
    else
      zpl_append_row(to, row);
    before = row;
  }
  to += "^FS\r\n";
}

}  // namespace

std::optional<ZplStatus> parse_zpl_status(std::string_view answer) {
  std::array<ZplFields, 3> strings;
  for (ZplFields& fields : strings) {
    const auto inside = zpl_take_string(answer);
    if (!inside) return std::nullopt;
    fields = zpl_split(*inside);
    // The print mode is a letter in some printers (ZG p. 172, r).
    if (!std::ranges::all_of(fields, [](std::string_view f) { return !f.empty() && f.size() <= 8; }))
      return std::nullopt;
  }
  const auto& [one, two, three] = strings;
  if (one.size() != 12 || two.size() != 11 || three.size() != 2 || !(answer.empty() || answer == "\r"))
    return std::nullopt;
  for (const std::size_t at : {1U, 2U, 5U, 6U, 7U, 9U, 10U, 11U}) {
    if (!zpl_is_flag(one[at])) return std::nullopt;
  }
  for (const std::size_t at : {2U, 3U, 4U, 7U}) {
    if (!zpl_is_flag(two[at])) return std::nullopt;
  }
  if (!zpl_digits(one[0]) || !zpl_digits(one[3]) || !zpl_digits(one[4]) || !zpl_digits(two[8]))
    return std::nullopt;
  const auto flag = [](std::string_view field) { return field == "1"; };
  ZplStatus now;
  now.paper_out = flag(one[1]);
  now.paused = flag(one[2]);
  now.formats = zpl_number(one[4]);
  now.buffer_full = flag(one[5]);
  now.diagnostics = flag(one[6]);
  now.partial_format = flag(one[7]);
  now.corrupt_memory = flag(one[9]);
  now.too_cold = flag(one[10]);
  now.too_hot = flag(one[11]);
  now.head_up = flag(two[2]);
  now.ribbon_out = flag(two[3]);
  now.label_waits = flag(two[7]);
  now.labels_remaining = zpl_number(two[8]);
  return now;
}

bool zpl_status_complete(std::string_view so_far) {
  return zpl_ends(so_far) >= 3;
}

std::optional<ZplIdentity> parse_zpl_identity(std::string_view answer) {
  const auto inside = zpl_take_string(answer);
  if (!inside || !(answer.empty() || answer == "\r")) return std::nullopt;
  const ZplFields fields = zpl_split(*inside);
  const auto printable = [](char c) { return c >= ' ' && c < 0x7f; };
  if (fields.size() < 4 || fields[0].empty() || fields[0].size() > 60 ||
      !std::ranges::all_of(fields[0], printable))
    return std::nullopt;
  ZplIdentity said;
  said.model = fields[0];
  // ZG p. 169: 6, 8, 12 or 24 dots/mm, which are sold as 152, 203, 300 and 600 dpi.
  if (fields[2] == "6") said.dpi = 152;
  if (fields[2] == "8") said.dpi = 203;
  if (fields[2] == "12") said.dpi = 300;
  if (fields[2] == "24") said.dpi = 600;
  return said;
}

bool zpl_identity_complete(std::string_view so_far) {
  return zpl_ends(so_far) >= 1;
}

std::optional<std::uint64_t> parse_zpl_count(std::string_view answer) {
  while (answer.ends_with('\n') || answer.ends_with('\r')) answer.remove_suffix(1);
  if (answer.size() < 3 || !answer.starts_with('"') || !answer.ends_with('"')) return std::nullopt;
  answer = answer.substr(1, answer.size() - 2);
  if (!zpl_digits(answer, 18)) return std::nullopt;
  std::uint64_t count = 0;
  for (const char digit : answer) count = count * 10 + static_cast<std::uint64_t>(digit - '0');
  return count;
}

bool zpl_count_complete(std::string_view so_far) {
  return std::ranges::count(so_far, '"') >= 2;
}

std::vector<std::string> zpl_reasons(const ZplStatus& now) {
  std::vector<std::string> reasons;
  const auto add = [&reasons](bool is, const char* reason) {
    if (is) reasons.emplace_back(reason);
  };
  add(now.paper_out, "out of paper");
  add(now.head_up, "the cover is open");
  add(now.ribbon_out, "out of ink or ribbon");
  add(now.paused, "paused");
  add(now.diagnostics, "printing its diagnostics");
  add(now.too_hot, "too hot");
  add(now.too_cold, "too cold");
  add(now.corrupt_memory, "its settings are lost");
  add(now.buffer_full, "its memory is full");
  add(now.label_waits, "a label waits to be taken");
  return reasons;
}

bool zpl_held_up(const ZplStatus& now) {
  return now.paper_out || now.head_up || now.ribbon_out || now.paused || now.diagnostics;
}

std::string zpl_label(std::string_view job, const PrintPage& page, std::string_view dots) {
  const auto height = static_cast<std::size_t>(page.height_px);
  const std::size_t row_bytes = (static_cast<std::size_t>(page.width_px) + 7) / 8;
  // ^LH, ^LS, ^PO, ^PM and ^LR outlast a format (ZG, each command's "Comments"): whatever another program
  // left would shift, turn, mirror or invert the badge.
  std::string label = "^XA\r\n^FX " + std::string(job) + "\r\n^LH0,0^LS0^PON^PMN^LRN^PW" +
                      std::to_string(page.width_px) + "^LL" + std::to_string(page.height_px) + "\r\n";
  const std::size_t band_rows = std::max<std::size_t>(kZplMostBytes / row_bytes, 1);
  for (std::size_t top = 0; top < height; top += band_rows) {
    const std::size_t rows = std::min(band_rows, height - top);
    zpl_append_band(label, dots.substr(top * row_bytes, rows * row_bytes), row_bytes, top);
  }
  return label + "^PQ1,0,0,N\r\n^XZ\r\n";
}

}  // namespace lanyard::kiosk
