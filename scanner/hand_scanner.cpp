#include "scanner/hand_scanner.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace lanyard::scanner {
namespace {

// ISO/IEC 15424: a symbology's letter, and the modifiers by which ECI marks are announced.
struct Symbology {
  char letter;
  const char* name;
  std::string_view with_eci;
};
constexpr std::array kSymbologies{
    Symbology{'Q', "QRCode", "246"}, Symbology{'d', "DataMatrix", "456"}, Symbology{'z', "Aztec", "3459AB"},
    Symbology{'L', "PDF417", "1"},   Symbology{'U', "MaxiCode", "23"},    Symbology{'h', "HanXin", "1"},
    Symbology{'C', "Code128", ""},   Symbology{'A', "Code39", ""},        Symbology{'G', "Code93", ""},
    Symbology{'F', "Codabar", ""},   Symbology{'I', "ITF", ""},           Symbology{'E', "EAN", ""},
    Symbology{'e', "DataBar", ""},
};

constexpr std::size_t kIdentifierBytes = 3;
constexpr std::size_t kEciDigits = 6;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_identifier(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  return text.size() >= kIdentifierBytes && text[0] == ']' && letter(text[1]) &&
         (letter(text[2]) || is_digit(text[2]));
}

const Symbology* symbology_of(char letter) {
  const auto found = std::find_if(kSymbologies.begin(), kSymbologies.end(),
                                  [letter](const Symbology& known) { return known.letter == letter; });
  return found == kSymbologies.end() ? nullptr : &*found;
}

// How the bytes behind an ECI mark are to be understood, as far as that is known here.
enum class Letters : std::uint8_t { as_they_are, latin1, ascii_only };

Letters letters_of(int eci) {
  switch (eci) {
    case 26:   // UTF-8
    case 899:  // bytes
      return Letters::as_they_are;
    case 1:
    case 3:  // ISO/IEC 8859-1
      return Letters::latin1;
    default:  // of most character sets ASCII is a part, and of many a badge nothing else is used
      return Letters::ascii_only;
  }
}

// False: a byte that these letters do not have.
bool append(char byte, Letters letters, std::string& text) {
  const auto value = static_cast<unsigned char>(byte);
  if (value < 0x80 || letters == Letters::as_they_are) {
    text.push_back(byte);
    return true;
  }
  if (letters != Letters::latin1) return false;
  text.push_back(static_cast<char>(0xC0U | (value >> 6U)));
  text.push_back(static_cast<char>(0x80U | (value & 0x3FU)));
  return true;
}

// nullopt: not as ISO/IEC 15424 sends it.
std::optional<std::string> without_eci(std::string_view sent) {
  std::string text;
  Letters letters = Letters::as_they_are;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    if (sent[i] != '\\') {
      if (!append(sent[i], letters, text)) return std::nullopt;
      continue;
    }
    const std::string_view after = sent.substr(i + 1);
    if (!after.empty() && after[0] == '\\') {
      text.push_back('\\');
      ++i;
      continue;
    }
    const std::string_view digits = after.substr(0, kEciDigits);
    if (digits.size() < kEciDigits || !std::all_of(digits.begin(), digits.end(), is_digit))
      return std::nullopt;
    int eci = 0;
    for (const char digit : digits) eci = eci * 10 + (digit - '0');
    letters = letters_of(eci);
    i += kEciDigits;
  }
  return text;
}

}  // namespace

std::optional<CodeEnd> code_end_named(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, CodeEnd>, 7> kNames{{{"line", CodeEnd::line},
                                                                        {"cr", CodeEnd::cr},
                                                                        {"lf", CodeEnd::lf},
                                                                        {"crlf", CodeEnd::crlf},
                                                                        {"tab", CodeEnd::tab},
                                                                        {"etx", CodeEnd::etx},
                                                                        {"pause", CodeEnd::pause}}};
  for (const auto& [known, end] : kNames) {
    if (known == name) return end;
  }
  return std::nullopt;
}

const char* reason_of(HandRefusal refusal) {
  switch (refusal) {
    case HandRefusal::partial:
      return "it broke off";
    case HandRefusal::too_long:
      return "it is too long";
    case HandRefusal::no_prefix:
      return "it lacks the prefix of the settings";
    case HandRefusal::no_identifier:
      return "it lacks the symbology identifier (]Q1 and the like) of the settings";
    case HandRefusal::bad_eci:
      return "its ECI marks cannot be read";
    case HandRefusal::control:
      return "it holds control characters, or keys that are none";
    case HandRefusal::configuration:
      return "it is meant to set up a scanner";
    case HandRefusal::repeated:
      return "it is the last one again";
  }
  return "?";
}

bool holds_stray_control(std::string_view text) {
  constexpr std::string_view kOfUse = "\t\n\r\x04\x1c\x1d\x1e\x1f";
  return std::any_of(text.begin(), text.end(), [&](char c) {
    const auto value = static_cast<unsigned char>(c);
    return value == 0x7F || (value < 0x20 && kOfUse.find(c) == std::string_view::npos);
  });
}

bool is_scanner_configuration(std::string_view text) {
  // Opticon's menu codes; Newland's "enter setup" and "factory defaults". Others are begun by control
  // characters (Honeywell: SYN M CR; Metrologic: STX), or are set in an alphabet that no scanner passes on.
  constexpr std::array<std::string_view, 3> kBegin{"@MENU_OPTO@", "@SETUPE", "@FACDEF"};
  if (std::any_of(kBegin.begin(), kBegin.end(),
                  [&](std::string_view begin) { return text.starts_with(begin); })) {
    return true;
  }
  // CipherLab: #@ and the six digits of a parameter, alone.
  return text.size() == 8 && text.starts_with("#@") && std::all_of(text.begin() + 2, text.end(), is_digit);
}

std::string_view HandScanner::suffix_of(CodeEnd end) {
  switch (end) {
    case CodeEnd::cr:
      return "\r";
    case CodeEnd::lf:
      return "\n";
    case CodeEnd::crlf:
      return "\r\n";
    case CodeEnd::tab:
      return "\t";
    case CodeEnd::etx:
      return "\x03";
    case CodeEnd::line:
    case CodeEnd::pause:
      break;
  }
  return {};
}

std::vector<HandReading> HandScanner::take(std::string_view bytes, TimePoint now) {
  std::vector<HandReading> readings = take_pause(now);
  for (const char byte : bytes) take_byte(byte, now, readings);
  if (!bytes.empty()) last_byte_ = now;
  return readings;
}

std::vector<HandReading> HandScanner::take_pause(TimePoint now) {
  std::vector<HandReading> readings;
  const auto wake = wake_at();
  if (!wake || now < *wake) return readings;
  if (format_.end == CodeEnd::pause) {
    finish(now, readings);
  } else if (!skipping_) {
    readings.emplace_back(tl::make_unexpected(HandRefusal::partial));
  }
  restart();
  return readings;
}

std::optional<HandScanner::TimePoint> HandScanner::wake_at() const {
  if (begun_.empty() && !skipping_) return std::nullopt;
  return last_byte_ + format_.idle;
}

void HandScanner::restart() {
  begun_.clear();
  skipping_ = false;
}

bool HandScanner::at_end() const {
  if (format_.end == CodeEnd::pause) return false;
  if (format_.end == CodeEnd::line) return begun_.back() == '\r' || begun_.back() == '\n';
  return begun_.ends_with(suffix_);
}

void HandScanner::take_byte(char byte, TimePoint now, std::vector<HandReading>& readings) {
  begun_.push_back(byte);
  if (at_end()) {
    begun_.resize(begun_.size() - std::max<std::size_t>(suffix_.size(), 1));
    finish(now, readings);
    return;
  }
  if (skipping_) {
    // As much of it as the end may have begun in.
    if (begun_.size() > suffix_.size()) begun_.erase(0, begun_.size() - suffix_.size());
  } else if (begun_.size() > kMaxHandCodeBytes + suffix_.size()) {
    readings.emplace_back(tl::make_unexpected(HandRefusal::too_long));
    skipping_ = true;
  }
}

void HandScanner::finish(TimePoint now, std::vector<HandReading>& readings) {
  const std::string text = std::exchange(begun_, {});
  if (std::exchange(skipping_, false) || text.empty() || text == format_.prefix) return;
  HandReading reading =
      text.size() > kMaxHandCodeBytes ? tl::make_unexpected(HandRefusal::too_long) : read(text, now);
  if (!reading || !reading->text.empty()) readings.push_back(std::move(reading));
}

HandReading HandScanner::read(std::string_view text, TimePoint now) {
  if (!text.starts_with(format_.prefix)) return tl::make_unexpected(HandRefusal::no_prefix);
  text.remove_prefix(format_.prefix.size());
  HandCode code;
  bool eci = format_.eci;
  if (format_.aim) {
    if (!is_identifier(text)) return tl::make_unexpected(HandRefusal::no_identifier);
    if (const Symbology* known = symbology_of(text[1])) {
      code.format = known->name;
      eci = eci || known->with_eci.find(text[2]) != std::string_view::npos;
    }
    text.remove_prefix(kIdentifierBytes);
  }
  // Judged as they came: no later step may make a control character, or hide one.
  if (holds_stray_control(text)) return tl::make_unexpected(HandRefusal::control);
  if (eci) {
    auto read = without_eci(text);
    if (!read) return tl::make_unexpected(HandRefusal::bad_eci);
    code.text = std::move(*read);
  } else {
    code.text = std::string(text);
  }
  if (is_scanner_configuration(code.text)) return tl::make_unexpected(HandRefusal::configuration);
  if (!code.text.empty() && !recent_.offer(code.text, now)) return tl::make_unexpected(HandRefusal::repeated);
  return code;
}

}  // namespace lanyard::scanner
