// What a frame costs, part by part: each pass, the JPEG before it, and a kiosk at rest.
#include <array>
#include <chrono>
#include <cstdio>
#include <string>

// jpeglib.h uses FILE without saying where it comes from.
#include <jpeglib.h>

#include "scanner/picture_jpeg.hpp"
#include "scanner/presence.hpp"
#include "scanner/stream_reader.hpp"
#include "tests/bench/scan/allocations.hpp"
#include "tests/bench/scan/measure.hpp"
#include "tests/bench/scan/runs.hpp"
#include "tests/e2e/arrivals/clutter.hpp"
#include "tests/e2e/arrivals/jpeg.hpp"
#include "tests/e2e/arrivals/props.hpp"
#include "tests/e2e/arrivals/random.hpp"

namespace lanyard::bench {
namespace {

using namespace arrivals;
using Bytes = std::vector<std::uint8_t>;

constexpr int kJpegQuality = 85;
constexpr int kFramesPerSecond = 30;

std::vector<Picture> frames_with_code(Size frame, int count, std::uint64_t seed) {
  std::vector<Picture> frames;
  for (int i = 0; i < count; ++i) {
    const std::uint64_t own = seed_of(seed, static_cast<std::uint64_t>(i));
    const auto code = kiosk::encode_qr("HK1." + std::string(60, static_cast<char>('a' + i % 26)));
    if (!code) continue;
    const Hall hall(frame, own);
    const Thing card = card_thing(*code, own);
    frames.push_back(compose(held_up(card, hall, {.clean = false, .seed = own}), own));
  }
  return frames;
}

std::vector<Picture> frames_without_code(Size frame, int count, std::uint64_t seed) {
  std::vector<Picture> frames;
  for (int i = 0; i < count; ++i) {
    const std::uint64_t own = seed_of(seed, static_cast<std::uint64_t>(i));
    const auto kind = static_cast<ClutterKind>(i % kClutterKinds);
    const Hall hall(frame, own);
    const Thing thing = clutter_thing(kind, own);
    frames.push_back(compose(cluttered(kind, thing, hall, own), own));
  }
  return frames;
}

struct PassCost {
  Sample ms;
  int read{0};
  std::size_t allocated{0};
};

PassCost cost_of(scanner::Pipeline& pipeline, const scanner::Pass& pass, const std::vector<Picture>& frames) {
  PassCost cost;
  const auto run = [&](const Picture& frame) {
    pipeline.begin(frame.view(), 1, {},
                   {frame.width() / 4, frame.height() / 4, frame.height() / 2, frame.height() / 2});
    pipeline.run(pass);
  };
  for (const Picture& frame : frames) run(frame);  // the memory that is kept grows to what it will be
  for (const Picture& frame : frames) {
    const std::size_t before = allocations();
    const double begun = cpu_ms();
    run(frame);
    cost.ms.add(cpu_ms() - begun);
    cost.allocated += allocations() - before;
    cost.read += pipeline.found().empty() ? 0 : 1;
  }
  return cost;
}

Table passes_table(Size size, const std::vector<Picture>& with, const std::vector<Picture>& without) {
  Table table{"passes " + std::to_string(size.height) + "p: " + std::to_string(with.size()) +
                  " frames with a code, " + std::to_string(without.size()) + " without",
              {"pass", "read", "ms with", "p95", "new with", "ms without", "p95", "new without"},
              {}};
  scanner::Pipeline pipeline;
  for (const scanner::Pass& pass : scanner::stream_passes()) {
    const PassCost reading = cost_of(pipeline, pass, with);
    const PassCost empty = cost_of(pipeline, pass, without);
    const auto a_frame = [](const PassCost& cost) {
      return static_cast<double>(cost.allocated) /
             static_cast<double>(std::max<std::size_t>(1, cost.ms.values.size()));
    };
    table.rows.push_back({std::string(pass.name),
                          reading.read,
                          {reading.ms.mean(), 2},
                          {reading.ms.at(0.95), 2},
                          {a_frame(reading), 1},
                          {empty.ms.mean(), 2},
                          {empty.ms.at(0.95), 2},
                          {a_frame(empty), 1}});
  }
  return table;
}

// As applications decode for a screen: all colours. The bytes are of this program's own making.
double colour_ms(const Bytes& jpeg, Bytes& pixels) {
  const double begun = cpu_ms();
  jpeg_decompress_struct decoder{};
  jpeg_error_mgr errors{};
  decoder.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&decoder);
  jpeg_mem_src(&decoder, jpeg.data(), static_cast<unsigned long>(jpeg.size()));
  jpeg_read_header(&decoder, TRUE);
  decoder.out_color_space = JCS_RGB;
  jpeg_start_decompress(&decoder);
  const std::size_t line = std::size_t{decoder.output_width} * 3;
  pixels.resize(line * decoder.output_height);
  while (decoder.output_scanline < decoder.output_height) {
    JSAMPROW row = pixels.data() + line * decoder.output_scanline;
    jpeg_read_scanlines(&decoder, &row, 1);
  }
  jpeg_finish_decompress(&decoder);
  jpeg_destroy_decompress(&decoder);
  return cpu_ms() - begun;
}

Table jpeg_table(Size size, const std::vector<Picture>& frames) {
  Sample grey;
  Sample half;
  Sample colour;
  scanner::JpegReader reader;
  Bytes pixels;
  for (const Picture& frame : frames) {
    const Bytes jpeg = jpeg_of(frame.view(), kJpegQuality);
    colour.add(colour_ms(jpeg, pixels));
    for (const auto scale : {scanner::JpegScale::full, scanner::JpegScale::half}) {
      const double begun = cpu_ms();
      const auto measures = reader.begin(jpeg, scale);
      if (!measures) continue;
      scanner::GrayFrame into(measures->width, measures->height);
      if (reader.finish(into)) (scale == scanner::JpegScale::full ? grey : half).add(cpu_ms() - begun);
    }
  }
  return {"JPEG " + std::to_string(size.height) + "p, of grey pictures at quality " +
              std::to_string(kJpegQuality),
          {"way", "ms", "of colour"},
          {{"all colours", {colour.mean(), 2}, {1, 2}},
           {"grey", {grey.mean(), 2}, {grey.mean() / colour.mean(), 2}},
           {"grey, half the size", {half.mean(), 2}, {half.mean() / colour.mean(), 2}}}};
}

// Ten seconds of a hall where nothing happens, as a camera sends it: what reading it takes of a core.
Report idle(Size size, std::uint64_t seed) {
  constexpr int kSeconds = 10;
  constexpr int kScenes = 12;  // with noise of their own, shown in turn
  const Hall hall(size, seed);
  std::vector<Bytes> frames;
  for (int i = 0; i < kScenes; ++i) {
    Scene scene;
    scene.frame = size;
    scene.hall = &hall;
    scene.noise_sigma = 3;
    frames.push_back(
        jpeg_of(compose(scene, seed_of(seed, static_cast<std::uint64_t>(i))).view(), kJpegQuality));
  }
  scanner::Presence presence;
  scanner::StreamReader stream;
  scanner::JpegReader reader;
  scanner::GrayFrame frame(size.width, size.height);
  int decoded = 0;
  int read = 0;
  std::size_t allocated = 0;
  double begun = 0;
  constexpr int kSettles = 5 * kFramesPerSecond;  // attention to what was new at first
  for (int i = 0; i < kSettles + kSeconds * kFramesPerSecond; ++i) {
    if (i == kSettles) {
      begun = cpu_ms();
      allocated = allocations();
      decoded = read = 0;
    }
    const auto now = scanner::Presence::TimePoint(std::chrono::hours{1} +
                                                  std::chrono::milliseconds{i * 1000 / kFramesPerSecond});
    const Bytes& jpeg = frames[static_cast<std::size_t>(i % kScenes)];
    if (!presence.wants(jpeg.size(), now)) continue;
    ++decoded;
    if (!reader.begin(jpeg) || !reader.finish(frame)) continue;
    if (!presence.notices(frame.view(), now)) continue;
    ++read;
    (void)stream.read(frame.view());
  }
  const double share = (cpu_ms() - begun) / (kSeconds * 1000.0);
  const std::string title = "at rest " + std::to_string(size.height) + "p, " +
                            std::to_string(kFramesPerSecond) + " frames a second";
  Report report;
  report.tables.push_back({title,
                           {"frames", "decoded", "read", "% of a core", "new"},
                           {{kSeconds * kFramesPerSecond, decoded, read, percent(share),
                             static_cast<int>(allocations() - allocated)}}});
  report.bars.push_back({title + ": share of a core", share, 0.03, false});
  return report;
}

}  // namespace

Report run_parts(const Settings& settings, const PartsSettings& asked) {
  const auto with = frames_with_code(asked.frame, asked.frames, settings.seed);
  const auto without = frames_without_code(asked.frame, asked.frames, settings.seed);
  Report report;
  report.tables.push_back(passes_table(asked.frame, with, without));
  report.tables.push_back(jpeg_table(asked.frame, without));
  report.append(idle(asked.frame, settings.seed));
  return report;
}

}  // namespace lanyard::bench
