// Where the modules of a symbol lie in a picture, and how light they are. Three finder patterns give a first
// guess; then the grid is moved until what is known beforehand of a symbol (finder, timing and alignment
// patterns) fits best, and where the paper is bent, until each part of it falls on the middles of its
// modules. PURE. Threads: reentrant.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "scanner/qr/finder.hpp"
#include "scanner/qr/mend.hpp"

namespace lanyard::scanner::qr {

struct Spot {
  float x{0};  // pixels; a pixel's middle lies at .5
  float y{0};
};

// Three finder patterns that may be one symbol's.
struct Triple {
  Finder corner;  // top left, as the symbol is drawn
  Finder right;
  Finder below;
  float cost{0};  // how far they are from a symbol seen from its front
};

inline constexpr int kMaxTriples = 24;
// The likeliest first. `triples` keeps its memory from picture to picture.
void find_triples(const std::vector<Finder>& finders, std::vector<Triple>& triples);

// From modules, the symbol's top left corner at (0, 0), to pixels: a plane seen in perspective, and bent.
class Grid {
 public:
  // The middles of the four corners' finder patterns (there is none at the bottom right, but a place).
  using Middles = std::array<Spot, 4>;  // top left, top right, bottom left, bottom right
  Grid(const Middles& middles, int dimension);

  [[nodiscard]] int dimension() const { return dimension_; }
  [[nodiscard]] const Middles& middles() const { return middles_; }
  [[nodiscard]] Spot at(float x, float y) const;
  // Side of a module in pixels, about the middle of the symbol.
  [[nodiscard]] float module_pixels() const;

 private:
  Middles middles_;
  int dimension_;
  std::array<float, 8> h_{};
};

struct Fitted {
  Grid grid;
  double likeness{0};  // as mend.hpp's, of the known patterns
};
// The grid that fits best, whatever the number of modules. Nullopt if the three are not a symbol's.
[[nodiscard]] std::optional<Fitted> fit(const Contrast& picture, const Triple& triple);
// The grid moved on, to where all its modules, and not the known ones alone, are clearly light or dark: of
// small symbols little is known beforehand about the lower right.
[[nodiscard]] Grid fit_all(const Contrast& picture, const Grid& grid, bool light_on_dark);

// How light the modules are, by their own surroundings.
enum class Sampling : std::uint8_t {
  plain,
  sharp,  // what neighbours lend each other in a blurred picture is taken back
};
// A grid, or the same grid bent; then sampled.
class Sampler {
 public:
  Sampler(const Contrast& picture, const Grid& grid, bool light_on_dark);
  // Lets each part of the grid slip to where its modules differ most from each other.
  void bend();
  [[nodiscard]] SeenModules sample(Sampling sampling) const;
  [[nodiscard]] Spot at(float x, float y) const;

 private:
  struct Node {
    float dx{0};
    float dy{0};
  };
  [[nodiscard]] Node bent_by(float x, float y) const;
  [[nodiscard]] float clearness(int column, int row) const;
  [[nodiscard]] Node expected(int column, int row) const;
  void settle(int column, int row, Node from);
  void measure();

  const Contrast* picture_;
  Grid grid_;
  float sign_;
  int nodes_{0};  // along a side; 0 while it is flat
  std::vector<Node> bend_;
  std::vector<std::int8_t> known_;  // by module: 1 light, -1 dark, 0 not known beforehand
  std::vector<float> gray_;         // by module
};

}  // namespace lanyard::scanner::qr
