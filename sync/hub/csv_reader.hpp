// RFC 4180 text -> records, one at a time. Quotes, CR LF or LF, a UTF-8 byte order mark; strict UTF-8.
// PURE. Threads: a reader belongs to one thread. The text must outlive it.
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
  explicit CsvReader(std::string_view text);

  // The next record, or the next bad line; nullopt at the end. Empty lines are passed over.
  [[nodiscard]] std::optional<tl::expected<CsvRecord, CsvBadLine>> next();

 private:
  void skip_line();  // to behind the next line end

  std::string_view rest_;
  std::size_t line_{1};
};

// A field as RFC 4180 writes it: quoted where it must be.
[[nodiscard]] std::string csv_field(std::string_view text);

}  // namespace lanyard::sync::hub
