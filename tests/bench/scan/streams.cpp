// Sequences of a badge or a phone that is brought in: who reads it first, and at which cost.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <future>
#include <map>
#include <optional>

#include "tests/bench/scan/measure.hpp"
#include "tests/bench/scan/runs.hpp"
#include "tests/e2e/arrivals/conditions.hpp"
#include "tests/e2e/arrivals/props.hpp"
#include "tests/e2e/arrivals/random.hpp"
#include "tests/e2e/arrivals/sequence.hpp"

namespace lanyard::bench {
namespace {

using namespace arrivals;

// A sequence that is read so much later than by another reader is listed.
constexpr int kListedLag = 3;
constexpr double kMeanLag = 0.4;
constexpr double kLateLag = 3;
constexpr double kLateFrameMs = 17;

struct Sequence {
  std::string what;
  std::string text;
  std::vector<Picture> frames;
};

Sequence make_sequence(const StreamsSettings& streams, std::uint64_t seed) {
  constexpr std::array kKinds{PropKind::card, PropKind::phone, PropKind::phone_dark};
  Random random(seed_of(seed, "sequence"));
  const Prop prop = any_prop(kKinds[static_cast<std::size_t>(random.below(3))], seed);
  const Hall hall(streams.frame, seed_of(seed, "hall"));
  const Conditions venue = at_the_venue(prop.thing.surface, streams.frame, seed);
  Take take;
  take.frames_per_second = 30;
  take.coming = {0.45, 1.0};
  take.held = {2, 2};
  take.settling = random.between(2, 4);
  take.shutter_seconds = 1 / random.between(60, 250);
  take.begins = random.between(0, 600);
  take.seed = seed;
  auto shots = arrival(staged(prop.thing, hall, venue, seed), take);
  shots.resize(std::min(shots.size(), static_cast<std::size_t>(streams.frames)));
  Sequence sequence{std::string(to_name(prop.kind)) + ", version " +
                        std::to_string((prop.thing.modules - 17) / 4) + ", " + to_text(venue),
                    prop.text,
                    {}};
  for (const Shot& shot : shots) sequence.frames.push_back(compose(shot.scene, shot.noise_seed));
  return sequence;
}

struct Tally {
  int read{0};
  int wrong{0};
  int hits{0};
  int asked{0};
  Sample first;  // frames; the sequence's end if it was not read
  Sample lag;    // frames behind the earliest of all
  Sample ms;     // per frame, until it was read
  Sample after;  // per frame, from then on
  std::map<std::string, int> passes;
};

// The frame of the first right text.
std::optional<int> follow(const Sequence& sequence, const Reader& reader, bool until_read, Tally& tally) {
  const Read read = reader.begin_stream();
  std::optional<int> first;
  for (std::size_t i = 0; i < sequence.frames.size(); ++i) {
    const Timed one = timed(read, sequence.frames[i].view());
    (first ? tally.after : tally.ms).add(one.ms);
    ++tally.asked;
    const auto& texts = one.answer.texts;
    const bool right = std::ranges::find(texts, sequence.text) != texts.end();
    tally.hits += right ? 1 : 0;
    tally.wrong +=
        std::ranges::any_of(texts, [&](const std::string& t) { return t != sequence.text; }) ? 1 : 0;
    if (right && !first) {
      first = static_cast<int>(i);
      ++tally.passes[one.answer.pass];
    }
    if (first && (until_read || reader.dear)) break;
  }
  tally.read += first ? 1 : 0;
  tally.first.add(first.value_or(static_cast<int>(sequence.frames.size())));
  return first;
}

void dump(const std::filesystem::path& folder, const Sequence& sequence) {
  for (std::size_t i = 0; i < sequence.frames.size(); ++i) {
    write_pgm(folder / ("frame-" + std::to_string(100 + i) + ".pgm"), sequence.frames[i].view());
  }
}

Table table_of(const Settings& settings, const StreamsSettings& streams, const std::vector<Tally>& tallies) {
  Table table{"streams " + std::to_string(streams.frame.height) + "p: " + std::to_string(streams.sequences) +
                  " of " + std::to_string(streams.frames) + " frames, 30 a second",
              {"reader", "read", "wrong", "first mean", "p90", "p95", "hit %", "ms/frame", "p95 ms",
               "most ms", "of default", "after ms", "lag mean", "lag p95"},
              {}};
  for (std::size_t i = 0; i < tallies.size(); ++i) {
    const Tally& tally = tallies[i];
    const bool whole = !streams.until_read && !settings.readers[i].dear;
    const auto only_whole = [whole](Cell cell) { return whole ? std::move(cell) : Cell("-"); };
    table.rows.push_back(
        {settings.readers[i].name, tally.read, tally.wrong, Cell(tally.first.mean(), 1),
         Cell(tally.first.at(0.9), 0), Cell(tally.first.at(0.95), 0),
         only_whole(percent(double(tally.hits) / std::max(1, tally.asked))), Cell(tally.ms.mean(), 2),
         Cell(tally.ms.at(0.95), 2), Cell(tally.ms.at(1), 1), Cell(tally.ms.mean() / tallies[0].ms.mean(), 2),
         only_whole(Cell(tally.after.mean(), 2)), Cell(tally.lag.mean(), 2), Cell(tally.lag.at(0.95), 0)});
  }
  return table;
}

}  // namespace

Report run_streams(const Settings& settings, const StreamsSettings& streams) {
  std::vector<Tally> tallies(settings.readers.size());
  Report report;
  const auto make = [&](int i) {
    return make_sequence(streams, seed_of(settings.seed, static_cast<std::uint64_t>(i)));
  };
  auto next = std::async(std::launch::async, make, 0);
  int unread = 0;
  for (int i = 0; i < streams.sequences; ++i) {
    const Sequence sequence = next.get();
    if (i + 1 < streams.sequences) next = std::async(std::launch::async, make, i + 1);
    const int end = static_cast<int>(sequence.frames.size());
    std::vector<int> firsts;
    for (std::size_t r = 0; r < settings.readers.size(); ++r) {
      firsts.push_back(follow(sequence, settings.readers[r], streams.until_read, tallies[r]).value_or(end));
    }
    const int earliest = *std::ranges::min_element(firsts);
    if (earliest == end) {
      ++unread;
      continue;
    }
    for (std::size_t r = 0; r < firsts.size(); ++r) tallies[r].lag.add(firsts[r] - earliest);
    if (firsts.back() - earliest < kListedLag) continue;
    std::string line = "#" + std::to_string(i) + ": ";
    for (std::size_t r = 0; r < firsts.size(); ++r) {
      line += settings.readers[r].name + " " + (firsts[r] == end ? "-" : std::to_string(firsts[r])) + ", ";
    }
    report.lists.push_back(line + sequence.what);
    if (!streams.dump.empty())
      dump(streams.dump + "/streams-" + std::to_string(streams.frame.height) + "-" + std::to_string(i),
           sequence);
  }
  report.tables.push_back(table_of(settings, streams, tallies));
  if (unread > 0) report.lists.push_back(std::to_string(unread) + " sequences were read by no reader");
  std::string passes = "first reads of " + settings.judged().name + ":";
  for (const auto& [pass, count] : tallies.back().passes) {
    passes += " " + (pass.empty() ? "?" : pass) + " " + std::to_string(count) + ",";
  }
  passes.pop_back();
  report.lists.push_back(passes);

  const std::string size = std::to_string(streams.frame.height) + "p: ";
  const Tally& judged = tallies.back();
  report.bars.push_back({size + "frames behind the best of all, mean", judged.lag.mean(), kMeanLag});
  report.bars.push_back({size + "frames behind the best of all, p95", judged.lag.at(0.95), kLateLag});
  report.bars.push_back({size + "CPU per frame until read, of the default's",
                         judged.ms.mean() / tallies[0].ms.mean(), streams.frame.height >= 1080 ? 0.2 : 0.4});
  if (streams.frame.height >= 1080) {
    report.bars.push_back({size + "milliseconds of one frame, p95", judged.ms.at(0.95), kLateFrameMs});
  }
  return report;
}

}  // namespace lanyard::bench
