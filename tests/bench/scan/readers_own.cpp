// Lanyard's.
#include <chrono>

#include "scanner/decode.hpp"
#include "scanner/stream_reader.hpp"
#include "tests/bench/scan/measure.hpp"

namespace lanyard::bench {
namespace {

std::vector<std::string> texts_of(const std::vector<scanner::Symbol>& symbols) {
  std::vector<std::string> texts;
  for (const scanner::Symbol& symbol : symbols) texts.push_back(symbol.text);
  return texts;
}

Read whole_frames(scanner::Effort effort) {
  return [effort](scanner::GrayView view) -> Answer {
    return {texts_of(scanner::decode(view, {.effort = effort})), ""};
  };
}

// What the work itself has taken, however busy the machine is with other things: a frame's budget is told by
// it.
std::chrono::steady_clock::time_point own_time() {
  using Clock = std::chrono::steady_clock;
  return Clock::time_point(
      std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double, std::milli>(cpu_ms())));
}

Read stream() {
  scanner::StreamOptions options;
  options.now = own_time;
  return [reader = std::make_shared<scanner::StreamReader>(options)](scanner::GrayView view) -> Answer {
    const scanner::FrameReading reading = reader->read(view);
    return {texts_of(reading.symbols), std::string(reading.pass)};
  };
}

}  // namespace

std::vector<Reader> own_readers() {
  std::vector<Reader> readers;
  // Whatever there is to be read, at any cost: how much sooner it might have been.
  readers.push_back({.name = "thorough",
                     .begin_stream = [] { return whole_frames(scanner::Effort::thorough); },
                     .on_request = true,
                     .dear = true});
  readers.push_back(
      {.name = "decode", .begin_stream = [] { return whole_frames(scanner::Effort::quick); }, .own = true});
  readers.push_back({.name = "stream", .begin_stream = stream, .own = true});
  return readers;
}

}  // namespace lanyard::bench
