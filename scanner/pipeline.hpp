// The ways to look at one frame, each of them a pass with a name, a place, a size and a reader; and the bench
// on which they are done, which makes each smaller copy of a frame once and keeps all memory for the next
// frame. Threads: a Pipeline belongs to one thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/frame.hpp"
#include "scanner/passes.hpp"
#include "scanner/qr/reader.hpp"
#include "scanner/stack.hpp"
#include "scanner/symbol.hpp"

namespace lanyard::scanner {

struct Pass {
  enum class Where : std::uint8_t {
    whole,          // the frame
    regions,        // where it looks like a code; the strongest two
    faint_regions,  // the same, where faint edges count as much as strong ones
    sighting,       // around where a code was last seen
    stack           // the mean of several frames, if there is one
  };
  enum class By : std::uint8_t {
    own,            // qr::SymbolReader, dark on light and light on dark in one
    own_bent,       // the same, and the paper may be bent
    engine,         // ZXing
    engine_turned,  // ZXing on an inverted copy
    engine_even,    // ZXing with one threshold for all of the picture
    engine_scales,  // ZXing with smaller copies of its own making, both ways round
  };
  std::string_view name;
  Where where{Where::whole};
  int side{0};        // the longer side is brought to about this many pixels; 0: as it is
  bool sharp{false};  // sharpened first
  By by{By::own};
};

// The upright box around a symbol, as far as it lies in the frame.
[[nodiscard]] Region box_of(const Symbol& symbol, GrayView frame);

// The likeness from which what was seen is taken for a code: attention is kept, and advice given.
inline constexpr double kLikeACode = 0.5;

// Something like a code, whether it could be read or not.
struct Sighting {
  double likeness{0};              // of its known patterns to a symbol's: 1 all, 0 as in noise
  Region place;                    // in the frame
  std::array<Point, 4> corners{};  // in the frame, or beyond its border; clockwise from the symbol's top left
  double module_pixels{0};
  int dimension{0};  // modules; 0: nothing was seen
  int finders{0};    // finder patterns that some pass saw, at most
};

// A part of the frame that is full of edges, whatever it is.
struct Dense {
  Region place;  // with a margin; no width: there was none, or none was looked for
  Region peak;   // the densest of it, a few cells that may reach beyond the frame
};

// First those of strong edges, then those where faint ones count as much.
inline constexpr std::size_t kStrongDense = 3;
inline constexpr std::size_t kDense = 5;

class Pipeline {
 public:
  // The frame that the passes are about; it must live as long as they are run. `last`: what was seen in the
  // frame before, for Where::sighting.
  void begin(GrayView frame, int max_symbols, const Symbologies& symbologies, const Region& last = {});
  // For Where::stack, until the next frame begins; its view must live as long.
  void lay(const Stack::Mean& stacked) { stacked_ = stacked; }
  // False if there was nothing to look at: no region, or too small a picture.
  bool run(const Pass& pass);
  // The frame's copy in which regions are sought; empty if the frame is too small for any.
  [[nodiscard]] GrayView small();

  [[nodiscard]] const std::vector<Symbol>& found() const { return found_; }
  [[nodiscard]] GrayView frame() const { return frame_; }
  [[nodiscard]] bool full() const { return static_cast<int>(found_.size()) >= max_symbols_; }
  // From top to bottom, and what is level with the first of a row from left to right.
  [[nodiscard]] std::vector<Symbol> take_in_reading_order();
  // By the last pass of the own reader.
  [[nodiscard]] int finders_seen_last() const { return reader_.sight().finders; }
  // The best of the passes so far.
  [[nodiscard]] const Sighting& sighting() const { return sighting_; }
  // Of faint edges: as of the last frame in which they were looked for.
  [[nodiscard]] const std::array<Dense, kDense>& dense() const { return dense_; }

 private:
  // Where the pixels of a pass lie in the frame: frame = offset + pass * mul / div.
  struct Placement {
    int x{0};
    int y{0};
    int mul{1};
    int div{1};
    [[nodiscard]] Point in_frame(double pass_x, double pass_y) const;
  };
  void look(const Region& part, const Pass& pass);
  void look_at(GrayView view, Placement place, const Pass& pass, bool is_whole);
  bool look_at_regions(const Pass& pass);
  [[nodiscard]] GrayView whole_at(int factor);
  void read_by_own(GrayView view, const Placement& place, bool bent);
  void read_by_engine(GrayView view, const Placement& place, Pass::By by);
  [[nodiscard]] std::optional<std::string> text_of_seen(const qr::Symbol& symbol);
  void note_sight(const Placement& place);
  void add(Symbol symbol);

  GrayView frame_;
  int max_symbols_{1};
  Symbologies symbologies_;
  Region last_;
  Stack::Mean stacked_;
  Sighting sighting_;
  std::array<Dense, kDense> dense_{};
  std::vector<Symbol> found_;

  qr::SymbolReader reader_;
  // What is held up is read frame by frame: the modules that were understood last, and their text.
  std::vector<std::uint8_t> understood_;
  std::string text_;
  RegionFinder region_finder_;
  struct Regions {
    bool known{false};
    std::vector<Region> places;
  };
  Regions strong_;
  Regions faint_;
  // Smaller copies of the whole frame, by the factor.
  struct Copy {
    int factor{0};
    Sheet sheet;
  };
  static constexpr std::size_t kCopies = 6;  // as many as the passes have sizes, and the search for regions
  std::array<Copy, kCopies> copies_;
  Sheet sized_, soft_, sharp_, turned_;
};

// For a single picture, what reads most at the least cost first. Chosen on photographs by what each pass adds
// a millisecond: `lanyard-scan --report` shows it.
[[nodiscard]] std::span<const Pass> picture_passes();
// How many of these are for a reader in a hurry; the rest is dear.
[[nodiscard]] std::size_t quick_picture_passes();

}  // namespace lanyard::scanner
