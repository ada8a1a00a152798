// Lanyard's.
#include <chrono>

#include "scanner/decode.hpp"
#include "tests/bench/scan/measure.hpp"

#if __has_include("scanner/stream_reader.hpp")
#include "scanner/stream_reader.hpp"
#define LANYARD_HAS_STREAM_READER 1
#endif

namespace lanyard::bench {
namespace {

std::vector<std::string> texts_of(const std::vector<scanner::Symbol>& symbols) {
  std::vector<std::string> texts;
  for (const scanner::Symbol& symbol : symbols) texts.push_back(symbol.text);
  return texts;
}

}  // namespace

std::vector<Reader> own_readers() {
  std::vector<Reader> readers;
  readers.push_back({"decode",
                     []() -> Read {
                       return [](scanner::GrayView view) -> Answer {
                         return {texts_of(scanner::decode(view)), ""};
                       };
                     },
                     true});
#ifdef LANYARD_HAS_STREAM_READER
  readers.push_back({"stream",
                     []() -> Read {
                       // The budget counts what the work takes, however busy the machine is with other
                       // things.
                       scanner::StreamOptions options;
                       options.now = [] {
                         const std::chrono::duration<double, std::milli> spent(cpu_ms());
                         using Clock = std::chrono::steady_clock;
                         return Clock::time_point(std::chrono::duration_cast<Clock::duration>(spent));
                       };
                       auto stream = std::make_shared<scanner::StreamReader>(options);
                       return [stream](scanner::GrayView view) -> Answer {
                         const scanner::FrameReading reading = stream->read(view);
                         return {texts_of(reading.symbols), std::string(reading.pass)};
                       };
                     },
                     true});
#endif
  return readers;
}

}  // namespace lanyard::bench
