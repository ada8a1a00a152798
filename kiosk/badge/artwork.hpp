// A badge template as a designer draws it, read: its sides, what the program writes on them, and the artwork
// around. assets/badges/README.md is the designer's side of this. PURE. Threads: reentrant.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kiosk/badge/badge_content.hpp"
#include "kiosk/badge/text_slot.hpp"
#include "sync/error.hpp"

namespace lanyard::kiosk {

inline constexpr std::size_t kMaxTemplateBytes = 8UL * 1024 * 1024;
inline constexpr std::size_t kMaxSides = 8;

// One side of one piece of paper.
struct BadgeSide {
  std::string piece;  // "badge", "card": what is cut, folded or handed out by itself, and printed as one job
  bool back{false};
  double width_mm{0};
  double height_mm{0};
  std::string condition{};  // of this side; "": always
};

// One side, filled in for somebody.
struct FilledSide {
  std::string svg;  // the artwork, without what is written on it
  std::vector<TextPlace> texts;
  std::vector<Box> codes;
  std::vector<std::string> slots;  // the ids of all that stand on it, a photo's too
  bool photo_missing{false};       // it has a place for one, and they have none
};

class Artwork {
 public:
  // Errors: invalid, naming what is wrong: not SVG, a size that is not in mm, something that would be
  // fetched, an unknown field, a slot that is turned or off its side, no place for the code.
  [[nodiscard]] static sync::Expected<Artwork> read(std::string svg);

  // Fronts and backs of a piece follow each other.
  [[nodiscard]] const std::vector<BadgeSide>& sides() const { return sides_; }
  // Font families that it asks for, each once.
  [[nodiscard]] const std::vector<std::string>& fonts() const { return fonts_; }
  // `side`: an index of `sides`.
  [[nodiscard]] sync::Expected<FilledSide> fill(std::size_t side, const BadgeContent&) const;

 private:
  std::string svg_;
  std::vector<BadgeSide> sides_;
  std::vector<Placing> placings_;  // of the sides
  std::vector<std::string> fonts_;
};

}  // namespace lanyard::kiosk
