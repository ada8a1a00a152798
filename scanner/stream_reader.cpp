#include "scanner/stream_reader.hpp"

#include <array>
#include <utility>

namespace lanyard::scanner {
namespace {

using enum Pass::By;
constexpr auto whole = Pass::Where::whole;
constexpr auto regions = Pass::Where::regions;
constexpr auto sighting = Pass::Where::sighting;

// Cheap enough for every frame, the likeliest first.
constexpr std::array kEachFrame{
    Pass{"last seen", sighting, 0, false, own},
    Pass{"sharp region 320", regions, 320, true, own},
};
// One of these a frame, in turn.
constexpr std::array kInTurn{
    Pass{"whole 320", whole, 320, false, own},    Pass{"zxing sharp region 320", regions, 320, true, engine},
    Pass{"sharp whole", whole, 0, true, own},     Pass{"bent region 480", regions, 480, false, own_bent},
    Pass{"zxing 640", whole, 640, false, engine}, Pass{"sharp whole 960", whole, 960, true, own},
};
// With nothing like a code in sight the dear ones may wait.
constexpr int kDearEachFramesWhenEmpty = 4;
constexpr int kFindersOfACode = 2;
constexpr double kLikeACode = 0.4;

}  // namespace

// Something like a code is there, or it is time to make sure.
bool StreamReader::dear_pass_is_due() {
  const Sighting& seen = pipeline_.sighting();
  const bool like_a_code = seen.finders >= kFindersOfACode || seen.likeness >= kLikeACode;
  if (!like_a_code && ++frames_since_dear_ < kDearEachFramesWhenEmpty) return false;
  frames_since_dear_ = 0;
  return true;
}

FrameReading StreamReader::read(GrayView frame) {
  FrameReading reading;
  if (frame.empty() || !fits_frame(frame.width, frame.height)) return reading;
  const auto begun = options_.now();
  pipeline_.begin(frame, options_.max_symbols, options_.symbologies, last_);
  const auto late = [&] { return options_.now() - begun >= options_.budget; };
  const auto reads = [&](const Pass& pass) {
    if (!pipeline_.run(pass) || pipeline_.found().empty()) return false;
    reading.pass = pass.name;
    return true;
  };
  bool done = false;
  for (const Pass& pass : kEachFrame) {
    reading.given_up = late();
    done = reading.given_up || reads(pass);
    if (done) break;
  }
  if (!done && dear_pass_is_due()) {
    reading.given_up = late();
    if (!reading.given_up) (void)reads(kInTurn[std::exchange(next_dear_, (next_dear_ + 1) % kInTurn.size())]);
  }
  reading.symbols = pipeline_.take_in_reading_order();
  reading.sighting = pipeline_.sighting();
  last_ = reading.sighting.likeness >= kLikeACode ? reading.sighting : Sighting{};
  reading.took = std::chrono::duration_cast<std::chrono::microseconds>(options_.now() - begun);
  return reading;
}

}  // namespace lanyard::scanner
