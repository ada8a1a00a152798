#include "sync/hub/csv_reader.hpp"

#include <algorithm>

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

Scan scan_record(std::string_view text) {
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
      if (at < text.size() && text[at] != ',' && text[at] != '\n' && text.substr(at, 2) != "\r\n") {
        return stop("text behind a closing quote");
      }
    }
    while (at < text.size() && text[at] != ',' && text[at] != '\n' && text.substr(at, 2) != "\r\n") {
      if (at > kMaxLineBytes) return stop("is longer than " + std::to_string(kMaxLineBytes) + " bytes");
      if (text[at] == '"') return stop("a quote within a field that does not begin with one");
      field += text[at++];
    }
    scan.fields.push_back(std::move(field));
    field.clear();
    if (scan.fields.size() > kMaxColumns)
      return stop("has more than " + std::to_string(kMaxColumns) + " fields");
    if (at == text.size()) break;
    if (text[at] == ',') {
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

}  // namespace

CsvReader::CsvReader(std::string_view text) : rest_(text) {
  if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
}

void CsvReader::skip_line() {
  const std::size_t end = rest_.find('\n');
  rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
  ++line_;
}

std::optional<tl::expected<CsvRecord, CsvBadLine>> CsvReader::next() {
  while (!rest_.empty() && (rest_.front() == '\n' || rest_.starts_with("\r\n"))) skip_line();
  if (rest_.empty()) return std::nullopt;
  const std::size_t line = line_;
  Scan scan = scan_record(rest_);
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
