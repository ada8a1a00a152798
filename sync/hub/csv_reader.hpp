// RFC 4180 text -> records, one at a time. Quotes, CR LF or LF, a UTF-8 byte order mark; strict UTF-8.
// Between fields ',', or what else spreadsheets write in countries where that is the decimal sign. PURE.
// Threads: a reader belongs to one thread. The text must outlive it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace lanyard::sync::hub {

inline constexpr std::size_t kMaxLineBytes = 64UL * 1024;  // of one record
inline constexpr std::size_t kMaxColumns = 64;

struct CsvRecord {
  std::size_t line{0};  // where it begins
  std::vector<std::string> fields;
};

// A line that is no record; the reader goes on behind it.
struct CsvBadLine {
  std::size_t line{0};
  std::string what;  // never quotes the line
};

class CsvReader {
 public:
  explicit CsvReader(std::string_view text, char separator = ',');

  // The next record, or the next bad line; nullopt at the end. Empty lines are passed over.
  [[nodiscard]] std::optional<tl::expected<CsvRecord, CsvBadLine>> next();

 private:
  void skip_line();  // to behind the next line end

  std::string_view rest_;
  char separator_;
  std::size_t line_{1};
};

// ',', ';' or a tab: what the first line says by "sep=;", as Excel writes and reads it, or else whichever
// stands there most often outside of quotes.
[[nodiscard]] char separator_of(std::string_view text);
// "sep=;" names the separator and no column.
[[nodiscard]] bool names_separator(const CsvRecord& record);

// A field as RFC 4180 writes it: quoted where it must be.
[[nodiscard]] std::string csv_field(std::string_view text);

// The same for people who open the file with a spreadsheet, which would run a text that begins as a formula
// does (CWE-1236; OWASP, "CSV Injection"): an apostrophe stands before =, +, -, @, a tab, a line break, and
// the wide forms of those signs; within a text too, behind a ';', a tab or a line break and any blanks, where
// a spreadsheet that separates by those begins a cell. One more before apostrophes that stand so themselves,
// so that from_spreadsheet has every text back. Not for numbers of ours, which may well be negative.
[[nodiscard]] std::string spreadsheet_field(std::string_view text);
[[nodiscard]] std::string from_spreadsheet(std::string_view cell);

}  // namespace lanyard::sync::hub
