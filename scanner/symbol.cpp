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

tl::expected<Symbologies, std::string> parse_symbologies(std::span<const std::string> names) {
  Symbologies symbologies;
  for (const std::string& name : names) {
    if (name == "micro-qr") {
      symbologies.micro_qr = true;
    } else if (name == "data-matrix") {
      symbologies.data_matrix = true;
    } else if (name == "aztec") {
      symbologies.aztec = true;
    } else if (name == "pdf417") {
      symbologies.pdf417 = true;
    } else if (name != "qr") {
      return tl::make_unexpected("unknown symbology '" + name +
                                 "'; there are qr, micro-qr, data-matrix, aztec and pdf417");
    }
  }
  return symbologies;
}

}  // namespace lanyard::scanner
