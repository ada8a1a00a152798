#include "sync/hub/csv_reader.hpp"

#include <algorithm>
#include <array>

#include "sync/wire.hpp"

namespace lanyard::sync::hub {

namespace {

// One record at the front of `text`, or what is wrong with it.
struct Scan {
  std::size_t bytes{0};  // with its line end
  std::size_t lines{0};  // line ends within and at the end
  std::vector<std::string> fields;
  std::string wrong;
};

// A quoted field from its opening quote on; `at` ends behind its closing quote. "" if all is well.
std::string scan_quoted(std::string_view text, std::size_t& at, std::size_t& lines, std::string& field) {
  for (++at; at < text.size(); ++at) {
    if (at > kMaxLineBytes) return "is longer than " + std::to_string(kMaxLineBytes) + " bytes";
    if (text[at] == '"') {
      if (at + 1 == text.size() || text[at + 1] != '"') {
        ++at;
        return {};
      }
      ++at;
    }
    if (text[at] == '\n') ++lines;
    field += text[at];
  }
  return "a quote is never closed";
}

Scan scan_record(std::string_view text, char separator) {
  Scan scan;
  std::size_t at = 0;
  std::string field;
  const auto stop = [&](std::string wrong) {
    scan.wrong = std::move(wrong);
    return scan;
  };
  for (;;) {
    if (at < text.size() && text[at] == '"') {
      if (std::string wrong = scan_quoted(text, at, scan.lines, field); !wrong.empty()) return stop(wrong);
      if (at < text.size() && text[at] != separator && text[at] != '\n' && text.substr(at, 2) != "\r\n") {
        return stop("text behind a closing quote");
      }
    }
    while (at < text.size() && text[at] != separator && text[at] != '\n' && text.substr(at, 2) != "\r\n") {
      if (at > kMaxLineBytes) return stop("is longer than " + std::to_string(kMaxLineBytes) + " bytes");
      if (text[at] == '"') return stop("a quote within a field that does not begin with one");
      field += text[at++];
    }
    scan.fields.push_back(std::move(field));
    field.clear();
    if (scan.fields.size() > kMaxColumns)
      return stop("has more than " + std::to_string(kMaxColumns) + " fields");
    if (at == text.size()) break;
    if (text[at] == separator) {
      ++at;
      continue;
    }
    at += text[at] == '\r' ? 2U : 1U;
    ++scan.lines;
    break;
  }
  scan.bytes = at;
  if (at > kMaxLineBytes) return stop("is longer than " + std::to_string(kMaxLineBytes) + " bytes");
  return scan;
}

std::string_view without_mark(std::string_view text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  return text.starts_with(kMark) ? text.substr(kMark.size()) : text;
}

constexpr std::string_view kSeparators = ",;\t";
constexpr std::string_view kNamesSeparator = "sep=";

// Where a spreadsheet that separates by something else than we do, as the comma's countries and others do,
// begins another cell.
constexpr std::string_view kCellEnds = ";\t\r\n";

// Behind any apostrophes, and blanks where it is no cell's beginning of ours; a spreadsheet would take it for
// a formula.
bool begins_as_formula(std::string_view text, bool within) {
  constexpr std::array<std::string_view, 4> kWide{"\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D",
                                                  "\xEF\xBC\xA0"};  // U+FF1D = U+FF0B + U+FF0D - U+FF20 @
  const auto first = text.find_first_not_of('\'');
  if (first == std::string_view::npos) return false;
  text.remove_prefix(first);
  if (within) text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  if (text.empty()) return false;
  if (std::string_view("=+-@\t\r\n").find(text.front()) != std::string_view::npos) return true;
  return std::ranges::any_of(kWide, [&](std::string_view sign) { return text.starts_with(sign); });
}

}  // namespace

CsvReader::CsvReader(std::string_view text, char separator)
    : rest_(without_mark(text)), separator_(separator) {}

void CsvReader::skip_line() {
  const std::size_t end = rest_.find('\n');
  rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
  ++line_;
}

std::optional<tl::expected<CsvRecord, CsvBadLine>> CsvReader::next() {
  while (!rest_.empty() && (rest_.front() == '\n' || rest_.starts_with("\r\n"))) skip_line();
  if (rest_.empty()) return std::nullopt;
  const std::size_t line = line_;
  Scan scan = scan_record(rest_, separator_);
  if (!scan.wrong.empty()) {
    // What a stray quote swallowed is read again, line by line: each bad line is named, not the first alone.
    skip_line();
    return tl::make_unexpected(CsvBadLine{line, std::move(scan.wrong)});
  }
  const std::string_view record = rest_.substr(0, scan.bytes);
  rest_.remove_prefix(scan.bytes);
  line_ += std::max<std::size_t>(scan.lines, 1);
  if (!is_utf8(record)) return tl::make_unexpected(CsvBadLine{line, "is not UTF-8"});
  return CsvRecord{line, std::move(scan.fields)};
}

char separator_of(std::string_view text) {
  text = without_mark(text);
  if (text.size() > kNamesSeparator.size() && text.starts_with(kNamesSeparator)) {
    const char named = text[kNamesSeparator.size()];
    if (kSeparators.find(named) != std::string_view::npos) return named;
  }
  std::array<std::size_t, kSeparators.size()> counts{};
  bool quoted = false;
  for (const char c : text.substr(0, kMaxLineBytes)) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '\n') break;
    if (const auto which = kSeparators.find(c); which != std::string_view::npos) ++counts[which];
  }
  return kSeparators[static_cast<std::size_t>(std::ranges::max_element(counts) - counts.begin())];
}

bool names_separator(const CsvRecord& record) {
  return record.line == 1 && record.fields.size() == 2 && record.fields[0] == kNamesSeparator &&
         record.fields[1].empty();
}

std::string spreadsheet_field(std::string_view text) {
  std::string harmless;
  bool begins = true;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (begins && begins_as_formula(text.substr(at), at > 0)) harmless += '\'';
    harmless += text[at];
    begins = kCellEnds.find(text[at]) != std::string_view::npos;
  }
  return csv_field(harmless);
}

std::string from_spreadsheet(std::string_view cell) {
  std::string text;
  bool begins = true;
  for (std::size_t at = 0; at < cell.size(); ++at) {
    const bool is_ours = begins && cell[at] == '\'' && begins_as_formula(cell.substr(at), at > 0);
    begins = kCellEnds.find(cell[at]) != std::string_view::npos;
    if (!is_ours) text += cell[at];
  }
  return text;
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace lanyard::sync::hub
