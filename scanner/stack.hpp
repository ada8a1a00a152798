// Frames laid one upon the other: what noise hides in each of them shows in their mean. One part of the frame
// at a time is followed by whole pixels, so that the drift of a hand does not smear it: where a code was
// sighted, or else, in turn, where the picture looks like one once its noise has settled.
// No file is touched, and no memory asked for in the steady state. Threads: a Stack belongs to one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "scanner/passes.hpp"

namespace lanyard::scanner {

// Deviation of the noise in grey levels, from the second differences of some thousand pixels: of most
// pictures most parts are smooth. Too much of a picture that is fine texture all over, and nothing of one of
// which more than half is black or blown out.
[[nodiscard]] double noise_of(GrayView frame);

class Stack {
 public:
  // Below this a frame says by itself what it has to say: where a code was sighted, or something is followed
  // already, and where there is only a guess that may be worth the time.
  static constexpr double kLeastNoise = 4;
  static constexpr double kLeastNoiseUnsighted = 7;
  // Frames after which it begins anew: what is held up changes.
  static constexpr int kMostDepth = 16;

  // The next frame that was not read, its smaller copy in which regions are sought, and where something like
  // a code was sighted in it or before it (no width: nowhere).
  void add(GrayView frame, GrayView small, const Region& sighted);
  // As if no frame had been seen.
  void clear();
  // Another part of the frame next, unless a code is sighted: this one has been looked at enough.
  void give_up();

  // Frames that the mean is of; 0: there is none.
  [[nodiscard]] int depth() const { return depth_; }
  // What is followed: pixel (0, 0) of the view is at (x, y) of the last frame, and `factor` of its pixels are
  // one of the view, in each direction. The view is valid until the next call.
  struct Mean {
    GrayView view;
    int x{0};
    int y{0};
    int factor{1};
  };
  [[nodiscard]] Mean mean() const;

 private:
  void settle(GrayView small);
  void choose(GrayView frame, const Region& sighted);
  void follow_next(GrayView frame);
  void follow(const Region& part, GrayView frame);
  [[nodiscard]] GrayView part_at(GrayView frame, const Region& part, Sheet& memory) const;
  [[nodiscard]] bool find(GrayView frame);
  void lay(GrayView part);

  // The small copy as its noise settles, in 1/128 of a grey level.
  std::vector<std::uint16_t> settling_;
  Sheet settled_;
  RegionFinder finder_;
  // What was followed before, in vain: not at once again.
  static constexpr std::size_t kRemembered = 4;
  std::array<Region, kRemembered> before_{};
  std::size_t next_before_{0};
  bool faint_next_{false};  // those of strong edges and those of any take turns
  int rests_{0};            // frames until regions are sought again
  Region aside_;            // sighted in the frame before, but not in what is followed

  Region place_;   // of what is followed, in the frame
  int factor_{1};  // by which it is made smaller
  int depth_{0};
  std::vector<std::uint16_t> sums_;
  Sheet mean_;
  Sheet around_, small_mean_, small_around_;
};

}  // namespace lanyard::scanner
