// What a hand scanner sends, as codes: where one ends, what stands around it, what must not come through.
// PURE: time is an argument. Threads: a value of one owner.
//
// Formats: symbology identifiers and ECI marks after ISO/IEC 15424; separators inside a code after
// ISO/IEC 15434 and the GS1 General Specifications. Everything else is the habit of the makers' manuals.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "scanner/debounce.hpp"

namespace lanyard::scanner {

// The largest QR code holds 7089 digits; ECI marks and doubled backslashes come on top.
inline constexpr std::size_t kMaxHandCodeBytes = 8192;
inline constexpr std::size_t kMaxHandPrefixBytes = 16;

// What stands behind each code. `line` takes CR, LF or both of them; `pause` is for scanners that send
// nothing.
enum class CodeEnd : std::uint8_t { line, cr, lf, crlf, tab, etx, pause };
[[nodiscard]] std::optional<CodeEnd> code_end_named(std::string_view name);

struct HandFormat {
  CodeEnd end{CodeEnd::line};
  std::string prefix;  // taken off; a code without it is refused. Empty: none is sent
  // ]Q1 and the like stand before each code. It is taken off; a code without one is refused, since with it
  // its beginning is missing.
  bool aim{false};
  // ECI marks (\000026) and doubled backslashes are sent even where no symbology identifier says so.
  bool eci{false};
  // Without a further byte for so long a code is over: complete with CodeEnd::pause, else given up.
  std::chrono::milliseconds idle{200};
  // The same code again within this time is a trigger held too long.
  std::chrono::milliseconds repeat{1500};
};

struct HandCode {
  std::string text;    // any bytes; UTF-8 where an ECI mark said what they are
  std::string format;  // "QRCode", "DataMatrix", ...; empty: the scanner did not say
  friend bool operator==(const HandCode&, const HandCode&) = default;
};

enum class HandRefusal : std::uint8_t {
  partial,        // it broke off, and the rest never came
  too_long,       // more than kMaxHandCodeBytes
  no_prefix,      // not begun as all are to begin
  no_identifier,  // as above, without a symbology identifier
  bad_eci,        // a backslash that neither doubles nor marks, or letters of a kind that is unknown here
  control,        // it holds a control character that no code has a use for
  configuration,  // it is meant for a scanner, to change its settings
  repeated,       // the same again, too soon
};
// In plain English, for a log.
[[nodiscard]] const char* reason_of(HandRefusal refusal);

using HandReading = tl::expected<HandCode, HandRefusal>;

// A code that holds control characters is refused whole, but for those that codes are made with: TAB, LF and
// CR (texts of several lines), FS, GS, RS, US and EOT (separators of ISO/IEC 15434; GS stands for FNC1).
[[nodiscard]] bool holds_stray_control(std::string_view text);

// Texts by which makers let their scanners be set up. A scanner that is set up well keeps them to itself.
[[nodiscard]] bool is_scanner_configuration(std::string_view text);

class HandScanner {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit HandScanner(HandFormat format)
      : format_(std::move(format)), suffix_(suffix_of(format_.end)), recent_(format_.repeat) {}

  // Bytes that came at `now`, after all that came before. What they completed, in order; an empty code is
  // nothing. Two halves with a pause between are never one code.
  [[nodiscard]] std::vector<HandReading> take(std::string_view bytes, TimePoint now);
  // Nothing came until `now`.
  [[nodiscard]] std::vector<HandReading> take_pause(TimePoint now);
  // When take_pause will have something to say; nullopt: not without a further byte.
  [[nodiscard]] std::optional<TimePoint> wake_at() const;

  // The next code counts, even if it is the last one again.
  void forget() { recent_ = Debounce(format_.repeat); }
  // The line is cut: what has begun will not go on.
  void restart();

 private:
  static std::string_view suffix_of(CodeEnd end);
  void take_byte(char byte, TimePoint now, std::vector<HandReading>& readings);
  void finish(TimePoint now, std::vector<HandReading>& readings);
  [[nodiscard]] bool at_end() const;
  [[nodiscard]] HandReading read(std::string_view text, TimePoint now);

  HandFormat format_;
  std::string_view suffix_;  // of static texts
  Debounce recent_;
  std::string begun_;
  bool skipping_{false};  // the rest of a code that is too long
  TimePoint last_byte_{};
};

}  // namespace lanyard::scanner
