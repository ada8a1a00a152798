#include "scanner/stream_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace lanyard::scanner {
namespace {

using enum Pass::By;
constexpr auto whole = Pass::Where::whole;
constexpr auto regions = Pass::Where::regions;
constexpr auto faint_regions = Pass::Where::faint_regions;
constexpr auto sighting = Pass::Where::sighting;

// Cheap enough for every frame, the likeliest first.
constexpr std::array kEachFrame{
    Pass{"last seen", sighting, 320, false, own},
    Pass{"sharp region 320", regions, 320, true, own},
};
// Where other symbologies than QR are looked for, which are the engine's alone.
constexpr std::array kEachFrameOther{
    Pass{"zxing region 480", regions, 480, false, engine},
    Pass{"zxing 640", whole, 640, false, engine},
};
// One of these a frame, in turn.
constexpr std::array kInTurn{
    Pass{"faint region 320", faint_regions, 320, true, own},
    Pass{"whole 640", whole, 640, false, own},
    Pass{"zxing sharp region 320", regions, 320, true, engine},
    Pass{"sharp region 480", regions, 480, true, own},
    Pass{"faint region 320", faint_regions, 320, true, own},
    Pass{"whole 320", whole, 320, false, own},
    Pass{"sharp region", regions, 0, true, own},
    Pass{"bent region 480", regions, 480, false, own_bent},
    Pass{"zxing sharp 640", whole, 640, true, engine},
    Pass{"sharp whole 960", whole, 960, true, own},
};
// With nothing like a code in sight, of every second frame.
constexpr std::array kInTurnWhenEmpty{
    Pass{"faint region 320", faint_regions, 320, true, own},
    Pass{"whole 640", whole, 640, false, own},
    Pass{"faint region 320", faint_regions, 320, true, own},
    Pass{"zxing sharp 640", whole, 640, true, engine},
    Pass{"faint region 320", faint_regions, 320, true, own},
    Pass{"whole 320", whole, 320, false, own},
};
// Of the mean of several frames, by how many those are.
struct AtDepth {
  int depth;
  Pass pass;
};
constexpr std::array kStacked{
    AtDepth{4, {"stacked 320", Pass::Where::stack, 320, true, own}},
    AtDepth{6, {"stacked 640", Pass::Where::stack, 640, true, own}},
    AtDepth{8, {"zxing stacked 320", Pass::Where::stack, 320, true, engine}},
    AtDepth{10, {"stacked bent 480", Pass::Where::stack, 480, false, own_bent}},
    AtDepth{12, {"zxing stacked", Pass::Where::stack, 0, true, engine}},
};
constexpr int kFindersOfACode = 2;
constexpr double kPerhapsACode = 0.4;  // of likeness: worth a dear pass, and another look at its place

}  // namespace

std::vector<Pass> stream_passes() {
  std::vector<Pass> passes(kEachFrame.begin(), kEachFrame.end());
  for (const Pass& pass : kInTurn) {
    const bool known =
        std::any_of(passes.begin(), passes.end(), [&](const Pass& other) { return other.name == pass.name; });
    if (!known) passes.push_back(pass);
  }
  return passes;
}

// The next of those that are not for each frame; null if this frame needs none.
const Pass* StreamReader::pass_in_turn() {
  const Sighting& seen = pipeline_.sighting();
  if (seen.finders >= kFindersOfACode || seen.likeness >= kPerhapsACode) {
    return &kInTurn[next_dear_++ % kInTurn.size()];
  }
  const std::size_t turn = next_when_empty_++;
  return turn % 2 == 0 ? nullptr : &kInTurnWhenEmpty[turn / 2 % kInTurnWhenEmpty.size()];
}

// Null if this frame added nothing, or has its turn with another pass.
const Pass* StreamReader::pass_of_stack() {
  stack_.add(pipeline_.frame(), pipeline_.small(), last_);
  if (stack_.depth() <= 1) stack_promises_ = false;
  for (const AtDepth& stacked : kStacked) {
    if (stacked.depth != stack_.depth()) continue;
    pipeline_.lay(stack_.mean());
    return &stacked.pass;
  }
  // Looked at in all these ways; or in two of them, and there was nothing like a code.
  const int depth = stack_.depth();
  const bool is_hopeless = depth > kStacked[1].depth && !stack_promises_ && last_.width == 0;
  if (depth > kStacked.back().depth || is_hopeless) stack_.give_up();
  return nullptr;
}

bool StreamReader::run(const Pass& pass, FrameReading& reading) {
  const std::size_t before = pipeline_.found().size();
  if (!pipeline_.run(pass)) return false;
  if (before == 0 && !pipeline_.found().empty()) reading.pass = pass.name;
  // What was seen before is read again in passing; whether something new is beside it, the next pass shows.
  return pass.where != sighting && !pipeline_.found().empty();
}

void StreamReader::remember(const FrameReading& reading) {
  if (!reading.symbols.empty()) stack_.clear();
  const GrayView frame = pipeline_.frame();
  const Symbol* meant = nearest_to_middle(reading.symbols, frame.width, frame.height);
  if (meant != nullptr) {
    last_ = box_of(*meant, frame);
  } else {
    last_ = reading.sighting.likeness >= kPerhapsACode ? reading.sighting.place : Region{};
  }
}

FrameReading StreamReader::read(GrayView frame) {
  FrameReading reading;
  if (frame.empty() || !fits_frame(frame.width, frame.height)) return reading;
  const auto begun = options_.now();
  pipeline_.begin(frame, options_.max_symbols, options_.symbologies, last_);
  const auto late = [&] { return options_.now() - begun >= options_.budget; };
  bool done = false;
  for (const Pass& pass : kEachFrame) {
    reading.given_up = late();
    done = reading.given_up || run(pass, reading);
    if (done) break;
  }
  if (!options_.symbologies.qr_alone()) {
    for (const Pass& pass : kEachFrameOther) done = done || run(pass, reading);
  }
  const bool is_read = done || !pipeline_.found().empty();
  const Pass* in_turn = is_read ? nullptr : pass_of_stack();
  if (!is_read && in_turn == nullptr) in_turn = pass_in_turn();
  if (in_turn != nullptr) {
    reading.given_up = late();
    if (!reading.given_up) run(*in_turn, reading);
    if (in_turn->where == Pass::Where::stack && pipeline_.finders_seen_last() > 0) stack_promises_ = true;
  }
  reading.symbols = pipeline_.take_in_reading_order();
  reading.sighting = pipeline_.sighting();
  reading.dense = pipeline_.dense();
  remember(reading);
  reading.took = std::chrono::duration_cast<std::chrono::microseconds>(options_.now() - begun);
  return reading;
}

}  // namespace lanyard::scanner
