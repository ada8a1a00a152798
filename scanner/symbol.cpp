#include "scanner/symbol.hpp"

namespace lanyard::scanner {
namespace {

double squared_from_middle(const Symbol& symbol, int width, int height) {
  double x = 0;
  double y = 0;
  for (const Point& corner : symbol.corners) {
    x += corner.x / 4.0;
    y += corner.y / 4.0;
  }
  const double dx = x - width / 2.0;
  const double dy = y - height / 2.0;
  return dx * dx + dy * dy;
}

}  // namespace

const Symbol* nearest_to_middle(std::span<const Symbol> symbols, int frame_width, int frame_height) {
  const Symbol* nearest = nullptr;
  for (const Symbol& symbol : symbols) {
    if (nearest == nullptr || squared_from_middle(symbol, frame_width, frame_height) <
                                  squared_from_middle(*nearest, frame_width, frame_height)) {
      nearest = &symbol;
    }
  }
  return nearest;
}

}  // namespace lanyard::scanner
