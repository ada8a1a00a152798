// The symbols of a stream, frame by frame. A frame that cannot be read at once is no loss: the next comes in
// 33 ms, and is looked at in another way. So each frame gets the cheap passes and one of the dear ones in
// turn, and a badge that is held still meets all of them within half a second or little more, while no frame
// is late. Where frames are noisy, several are laid upon each other (stack.hpp), and their mean has its turn.
// Threads: a StreamReader belongs to one thread.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <string_view>
#include <vector>

#include "scanner/pipeline.hpp"

namespace lanyard::scanner {

struct StreamOptions {
  int max_symbols{4};  // of a frame, 1..kMaxSymbolsPerFrame
  Symbologies symbologies{};
  // What is left of a frame's passes after this long is given up: the next frame is fresher.
  std::chrono::microseconds budget{12'000};
  std::chrono::steady_clock::time_point (*now)(){std::chrono::steady_clock::now};
};

struct FrameReading {
  std::vector<Symbol> symbols;  // in reading order
  std::string_view pass;        // the one that read them; empty if none did
  std::chrono::microseconds took{0};
  bool given_up{false};               // the budget was used up before the passes were
  Sighting sighting;                  // the most code-like thing in the frame
  std::array<Dense, kDense> dense{};  // as Pipeline's
};

// What a frame may get by itself when QR codes are looked for, those for each frame first: for those who
// measure them.
[[nodiscard]] std::vector<Pass> stream_passes();

class StreamReader {
 public:
  explicit StreamReader(const StreamOptions& options = {}) : options_(options) {}

  // An empty view, or one with a side above kMaxFrameSidePixels, has no symbols. Never throws.
  [[nodiscard]] FrameReading read(GrayView frame);

 private:
  [[nodiscard]] const Pass* pass_in_turn();
  [[nodiscard]] const Pass* pass_of_stack();
  // True once the frame needs no further pass.
  bool run(const Pass& pass, FrameReading& reading);
  void remember(const FrameReading& reading);

  StreamOptions options_;
  Pipeline pipeline_;
  Region last_;  // where a code was seen in the frame before
  Stack stack_;
  bool stack_promises_{false};  // a finder pattern was seen in its mean
  std::size_t next_dear_{0};
  std::size_t next_when_empty_{0};
};

}  // namespace lanyard::scanner
