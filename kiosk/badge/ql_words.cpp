#include "kiosk/badge/ql_words.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace lanyard::kiosk {

namespace {

using sync::Error;
using sync::Expected;
using sync::fail;

constexpr char kQlEsc = '\x1b';
constexpr std::size_t kQlResetBytes = 400;

// [720] 2.3.3: continuous tape is fed by 3 mm at least before and behind the picture.
constexpr int kQlTapeMargin = 35;

// No pin reaches the outermost 1.5 mm of a label, nor of a die-cut one the first and last 3 mm. A badge that
// is drawn as large as the label loses just these.
constexpr int kQlMostSide = 23;  // dots, 2 mm
constexpr int kQlMostEnd = 37;   // dots, 3.1 mm

constexpr std::uint8_t kQlTape = 0x0A;
constexpr std::uint8_t kQlDieCut = 0x0B;

// [720] p. 21 and its like in the other manuals: offset 4.
struct QlModel {
  std::uint8_t code;
  const char* name;
  bool wide;  // 1296 pins
};
constexpr std::uint8_t kQl700 = 0x35;
constexpr std::array<QlModel, 10> kQlModels{{{kQl700, "QL-700", false},
                                             {0x36, "QL-710W", false},
                                             {0x37, "QL-720NW", false},
                                             {0x38, "QL-800", false},
                                             {0x39, "QL-810W", false},
                                             {0x41, "QL-820NWB", false},
                                             {0x43, "QL-1100", true},
                                             {0x44, "QL-1110NWB", true},
                                             {0x45, "QL-1115NWB", true},
                                             {0x47, "QL-600", false}}};

// [720] 2.3.2 "Page size" and 2.3.5 "Raster line": print area in dots, and offset pins on the right.
constexpr std::array<QlRoll, 16> kQlRolls{{{12, 0, 106, 29, 0},
                                           {29, 0, 306, 6, 0},
                                           {38, 0, 413, 12, 0},
                                           {50, 0, 554, 12, 0},
                                           {54, 0, 590, 0, 0},
                                           {62, 0, 696, 12, 0},
                                           {17, 54, 165, 0, 566},
                                           {17, 87, 165, 0, 956},
                                           {23, 23, 202, 42, 202},
                                           {29, 42, 306, 6, 425},
                                           {29, 90, 306, 6, 991},
                                           {38, 90, 413, 12, 991},
                                           {39, 48, 425, 6, 495},
                                           {52, 29, 578, 0, 271},
                                           {62, 29, 696, 12, 271},
                                           {62, 100, 696, 12, 1109}}};

std::uint8_t ql_byte(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

std::string ql_size(const QlRoll& roll) {
  std::string size = std::to_string(roll.width_mm);
  if (roll.length_mm != 0) size += " x " + std::to_string(roll.length_mm);
  return size + " mm";
}

// Where a picture of `size` dots lies on `room` dots: in the middle, and cut evenly if it is larger.
struct QlFit {
  int skip;   // of the picture
  int begin;  // on the label
  int count;
};
QlFit ql_fit(int size, int room) {
  if (size > room) return {(size - room) / 2, 0, room};
  return {0, (room - size) / 2, size};
}

void ql_append_line(std::string& to, std::string_view row, const QlFit& across, const QlRoll& roll) {
  std::array<unsigned char, kQlPins / 8> pins{};
  for (int i = 0; i < across.count; ++i) {
    const auto dot = static_cast<std::size_t>(across.skip + i);
    if ((static_cast<unsigned char>(row[dot / 8]) & (0x80U >> (dot % 8))) == 0) continue;
    // [720] p. 31 and 2.3.5: pin 0, the first byte's highest bit, is on the right.
    const auto pin = static_cast<std::size_t>(roll.first_pin + roll.pins - 1 - across.begin - i);
    pins[pin / 8] = static_cast<unsigned char>(pins[pin / 8] | (0x80U >> (pin % 8)));
  }
  // [1100] p. 31, g: 0x67, 0, number of bytes.
  to += 'g';
  to += '\0';
  to += static_cast<char>(pins.size());
  to.append(reinterpret_cast<const char*>(pins.data()), pins.size());
}

}  // namespace

std::optional<QlStatus> parse_ql_status(std::string_view bytes) {
  // [720] p. 21: 0x80, size 0x20, "B".
  if (bytes.size() != kQlStatusSize || ql_byte(bytes, 0) != 0x80 || ql_byte(bytes, 1) != 0x20 ||
      bytes[2] != 'B')
    return std::nullopt;
  const std::uint8_t type = ql_byte(bytes, 18);
  if (type > 6 || type == 3) return std::nullopt;
  QlStatus status;
  status.model = ql_byte(bytes, 4);
  status.error1 = ql_byte(bytes, 8);
  status.error2 = ql_byte(bytes, 9);
  status.width_mm = ql_byte(bytes, 10);
  status.media = ql_byte(bytes, 11);
  status.length_mm = ql_byte(bytes, 17);
  status.type = static_cast<QlStatus::Type>(type);
  status.printing = ql_byte(bytes, 19) == 1;
  status.notice = ql_byte(bytes, 22);
  return status;
}

std::string ql_model(const QlStatus& status) {
  const auto* const known = std::ranges::find(kQlModels, status.model, &QlModel::code);
  return std::string("Brother ") + (known == kQlModels.end() ? "label printer" : known->name);
}

std::vector<std::string> ql_reasons(const QlStatus& status) {
  std::vector<std::string> reasons;
  const auto add = [&reasons](bool is, const char* reason) {
    if (is && std::ranges::find(reasons, reason) == reasons.end()) reasons.emplace_back(reason);
  };
  const auto one = [&status](unsigned mask) { return (status.error1 & mask) != 0; };
  const auto two = [&status](unsigned mask) { return (status.error2 & mask) != 0; };
  // An open cover hides which roll is in it.
  add(two(0x10), "the cover is open");
  add(one(0x01) || one(0x02), "out of paper");
  add(status.width_mm == 0 && !two(0x10), "out of paper");
  add(one(0x04), "the cutter is jammed");
  add(one(0x10), "busy");
  add(one(0x20) || status.type == QlStatus::Type::off, "switched off");
  add(one(0x80), "its fan has failed");
  add(two(0x01), "the wrong labels are in it");
  add(two(0x02), "its memory is full");
  add(two(0x04) || two(0x08), "it did not understand the badge");
  add(two(0x40), "paper is jammed");
  add(two(0x80), "it has failed");
  if (reasons.empty() && status.held_up()) reasons.emplace_back("it has failed");
  return reasons;
}

Expected<QlRoll> ql_roll(const QlStatus& status) {
  const auto* const model = std::ranges::find(kQlModels, status.model, &QlModel::code);
  if (model != kQlModels.end() && model->wide)
    return fail(Error::Kind::invalid, "a " + ql_model(status) + " is wider than what is known here");
  QlRoll in_it;
  in_it.width_mm = status.width_mm;
  // Table (3): 0x0A a tape, 0x0B die-cut. Some printers set higher bits besides.
  const bool die_cut = (status.media & 0x0FU) == kQlDieCut;
  in_it.length_mm = die_cut ? status.length_mm : 0;
  for (const QlRoll& roll : kQlRolls) {
    if (roll.width_mm == in_it.width_mm && roll.length_mm == in_it.length_mm) return roll;
  }
  return fail(Error::Kind::invalid, "labels of " + ql_size(in_it) + " are not known here");
}

std::optional<Error> ql_misfit(const PrintPage& page, const QlRoll& roll) {
  const auto misfit = [](std::string text) { return Error{Error::Kind::invalid, std::move(text)}; };
  const auto mm = [](double length) { return std::to_string(std::lround(length)); };
  // As large as the label, or as what of it is printed; a millimetre for rounding.
  const auto suits = [](double badge, int label, int dots) {
    return badge <= label + 1 && badge >= dots * 25.4 / kQlDpi - 1;
  };
  if (!suits(page.width_mm, roll.width_mm, roll.pins) || page.width_px > roll.pins + 2 * kQlMostSide) {
    return misfit((roll.rows == 0 ? "the tape is " : "the labels are ") + std::to_string(roll.width_mm) +
                  " mm wide, the badge " + mm(page.width_mm) + " mm");
  }
  if (roll.rows != 0 &&
      (!suits(page.height_mm, roll.length_mm, roll.rows) || page.height_px > roll.rows + 2 * kQlMostEnd)) {
    return misfit("the labels are " + std::to_string(roll.length_mm) + " mm long, the badge " +
                  mm(page.height_mm) + " mm");
  }
  // [720] 2.3.4: 12.7 mm to 1 m.
  if (roll.rows == 0 && (page.height_px < 150 || page.height_px > 11'811))
    return misfit("a label of " + mm(page.height_mm) + " mm cannot be cut off the tape");
  return std::nullopt;
}

std::string ql_reset() {
  return std::string(kQlResetBytes, '\0') + kQlEsc + '@';
}

std::string ql_label(const PrintPage& page, std::string_view dots, const QlRoll& roll, std::uint8_t model,
                     QlPlace place) {
  const bool tape = roll.rows == 0;
  const QlFit across = ql_fit(page.width_px, roll.pins);
  const QlFit along = ql_fit(page.height_px, tape ? page.height_px : roll.rows);
  const auto rows = static_cast<std::uint32_t>(tape ? page.height_px : roll.rows);
  const auto byte = [](std::uint32_t value) { return static_cast<char>(value & 0xFFU); };
  std::string label;
  const auto command = [&label](std::initializer_list<char> rest) {
    label += kQlEsc;
    label.append(rest.begin(), rest.size());
  };
  // The commands of a page, in the order of [720] p. 5. Those that [700] p. 4 keeps from a QL-700 (the switch
  // to raster mode) are not sent to one. M, the compression, stays as ESC @ leaves it: none.
  if (model != kQl700) command({'i', 'a', 1});
  // [720] p. 29: quality before speed (0x40), recovery on (0x80), and what of the media is to be as said.
  command({'i', 'z', byte(tape ? 0xC6 : 0xCE), byte(tape ? kQlTape : kQlDieCut),
           byte(static_cast<std::uint32_t>(roll.width_mm)), byte(static_cast<std::uint32_t>(roll.length_mm)),
           byte(rows), byte(rows >> 8U), byte(rows >> 16U), byte(rows >> 24U), byte(place.first ? 0 : 1), 0});
  command({'i', 'M', 0x40});  // [1100] p. 36: cuts by itself
  command({'i', 'A', 1});     // [720] p. 31: each label
  command({'i', 'K', 0x08});  // [1100] p. 36: and the last
  command({'i', 'd', byte(tape ? kQlTapeMargin : 0), 0});
  const std::size_t row_bytes = (static_cast<std::size_t>(page.width_px) + 7) / 8;
  const std::string blank(row_bytes, '\0');
  for (int y = 0; y < static_cast<int>(rows); ++y) {
    const int from = along.skip + y - along.begin;
    const bool drawn = y >= along.begin && y < along.begin + along.count;
    const auto at = static_cast<std::size_t>(drawn ? from : 0) * row_bytes;
    ql_append_line(label, drawn ? dots.substr(at, row_bytes) : std::string_view(blank), across, roll);
  }
  label += place.last ? '\x1a' : '\x0c';  // [1100] p. 32: Control-Z feeds it out, FF goes on
  return label;
}

}  // namespace lanyard::kiosk
