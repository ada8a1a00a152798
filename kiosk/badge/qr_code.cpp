#include "kiosk/badge/qr_code.hpp"

#include <array>
#include <cmath>
#include <memory>
#include <string>
#include <utility>

#include <qrencode.h>

namespace lanyard::kiosk {

namespace {

struct FreeCode {
  void operator()(QRcode* code) const { QRcode_free(code); }
};
using CodePtr = std::unique_ptr<QRcode, FreeCode>;

CodePtr encode_at(const std::string& text, QRecLevel level) {
  return CodePtr(QRcode_encodeString8bit(text.c_str(), 0, level));
}

// Base45 fits the alphanumeric mode, which needs two thirds of the room of bytes.
CodePtr encode_best(const std::string& text, QRecLevel level) {
  CodePtr mixed(QRcode_encodeString(text.c_str(), 0, level, QR_MODE_8, 1));
  return mixed ? std::move(mixed) : encode_at(text, level);
}

QrCode squares_of(const QRcode& code) {
  QrCode out;
  out.side = code.width;
  const int modules = code.width * code.width;
  out.dark.reserve(static_cast<std::size_t>(modules));
  for (int i = 0; i < modules; ++i) out.dark.push_back(static_cast<std::uint8_t>(code.data[i] & 1U));
  return out;
}

bool can_be_said(std::string_view text) {
  return !text.empty() && text.find('\0') == std::string_view::npos;
}

}  // namespace

sync::Expected<QrCode> encode_qr(std::string_view text) {
  if (!can_be_said(text)) return sync::fail(sync::Error::Kind::invalid, "a code cannot say this text");
  const std::string copy(text);
  CodePtr code = encode_best(copy, QR_ECLEVEL_M);
  if (!code) return sync::fail(sync::Error::Kind::invalid, "the text is too long for a QR code");
  for (const QRecLevel level : {QR_ECLEVEL_H, QR_ECLEVEL_Q}) {
    CodePtr stronger = encode_best(copy, level);
    if (stronger && stronger->version == code->version) {
      code = std::move(stronger);
      break;
    }
  }
  return squares_of(*code);
}

sync::Expected<QrCode> encode_for(std::string_view text, double slot_mm, int dpi) {
  if (!can_be_said(text)) return sync::fail(sync::Error::Kind::invalid, "a code cannot say this text");
  const std::string copy(text);
  QrCode best;
  int best_dots = 0;
  bool said = false;
  for (const QRecLevel level : {QR_ECLEVEL_H, QR_ECLEVEL_Q, QR_ECLEVEL_M, QR_ECLEVEL_L}) {
    // A crease costs what level L cannot mend: only where the modules would else be lost themselves.
    if (level == QR_ECLEVEL_L && best_dots * 25.4 / dpi >= kLeastModuleMm) break;
    const CodePtr code = encode_best(copy, level);
    if (!code) continue;
    said = true;
    QrCode squares = squares_of(*code);
    const int dots = dots_per_module(squares, slot_mm, dpi);
    if (dots <= best_dots) continue;
    best_dots = dots;
    best = std::move(squares);
    if (dots * 25.4 / dpi >= kGoodModuleMm) break;
  }
  if (!said) return sync::fail(sync::Error::Kind::invalid, "the text is too long for a QR code");
  if (best_dots < 1) return sync::fail(sync::Error::Kind::invalid, "the code is too fine for its place");
  return best;
}

int dots_per_module(const QrCode& code, double slot_mm, int dpi) {
  const double dots = slot_mm / 25.4 * dpi;
  return static_cast<int>(std::floor(dots / (code.side + 2 * kQuietModules)));
}

std::string drawn_in_blocks(const QrCode& code) {
  constexpr std::string_view kBlackOnWhite = "\x1b[38;5;16;48;5;231m";
  constexpr std::string_view kReset = "\x1b[0m\n";
  constexpr std::array<std::string_view, 4> kBlocks{" ", "\u2580", "\u2584",
                                                    "\u2588"};  // none, upper, lower, both
  const auto is_dark = [&](int x, int y) {
    return x >= 0 && y >= 0 && x < code.side && y < code.side && code.is_dark(x, y);
  };
  std::string text;
  for (int y = -kQuietModules; y < code.side + kQuietModules; y += 2) {
    text += kBlackOnWhite;
    for (int x = -kQuietModules; x < code.side + kQuietModules; ++x) {
      text += kBlocks.at((is_dark(x, y) ? 1U : 0U) + (is_dark(x, y + 1) ? 2U : 0U));
    }
    text += kReset;
  }
  return text;
}

}  // namespace lanyard::kiosk
