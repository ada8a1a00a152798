// Arrivals within the range in which all is to be read, held for a second.
#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "tests/bench/scan/measure.hpp"
#include "tests/bench/scan/runs.hpp"
#include "tests/e2e/arrivals/causes.hpp"
#include "tests/e2e/arrivals/random.hpp"
#include "tests/e2e/arrivals/sequence.hpp"

namespace lanyard::bench {
namespace {

using namespace arrivals;

constexpr Size kFrame{1280, 720};
constexpr double kReadShare = 0.995;
constexpr double kTremorPx = 0.6;

struct Reads {
  int read{0};
  int wrong{0};
  Sample first;
  Sample ms;
};

struct Near {
  int arrivals{0};
  int missed{0};
};

// One arrival, looked at by all readers until all have read it or it is over. The frames are made as they are
// asked for: most are read at once.
std::vector<std::optional<int>> look_at(const std::vector<Shot>& shots, const Prop& prop,
                                        const std::vector<Reader>& readers, std::vector<Reads>& tallies) {
  std::vector<Read> reads;
  for (const Reader& reader : readers) reads.push_back(reader.begin_stream());
  std::vector<std::optional<int>> firsts(readers.size());
  for (std::size_t i = 0; i < shots.size(); ++i) {
    const Picture picture = compose(shots[i].scene, shots[i].noise_seed);
    for (std::size_t r = 0; r < readers.size(); ++r) {
      if (firsts[r]) continue;
      const Timed one = timed(reads[r], picture.view());
      tallies[r].ms.add(one.ms);
      const auto& texts = one.answer.texts;
      if (std::ranges::find(texts, prop.text) != texts.end()) {
        firsts[r] = static_cast<int>(i);
      } else if (!texts.empty()) {
        ++tallies[r].wrong;
      }
    }
    if (std::ranges::all_of(firsts, [](const auto& first) { return first.has_value(); })) break;
  }
  for (std::size_t r = 0; r < readers.size(); ++r) {
    tallies[r].read += firsts[r] ? 1 : 0;
    tallies[r].first.add(firsts[r].value_or(static_cast<int>(shots.size())));
  }
  return firsts;
}

void add_rows(Table& table, const Settings& settings, Draw draw, int arrivals,
              const std::vector<Reads>& tallies) {
  for (std::size_t r = 0; r < tallies.size(); ++r) {
    const Reads& tally = tallies[r];
    table.rows.push_back({settings.readers[r].name, std::string(to_name(draw)), tally.read, tally.wrong,
                          percent(double(tally.read) / arrivals), Cell(tally.first.mean() + 1, 1),
                          Cell(tally.first.at(0.95) + 1, 0), Cell(tally.ms.mean(), 2),
                          Cell(tally.ms.at(0.95), 2)});
  }
}

}  // namespace

Report run_working_range(const Settings& settings, const WorkingRangeSettings& asked) {
  constexpr std::array kKinds{PropKind::card, PropKind::phone, PropKind::phone_dark};
  constexpr std::size_t kHalls = 6;
  std::vector<Hall> halls;
  for (std::size_t i = 0; i < kHalls; ++i) halls.emplace_back(kFrame, seed_of(settings.seed, 1000 + i));
  Table table{"working range, 720p: " + std::to_string(asked.arrivals) + " arrivals of each draw, held for " +
                  std::to_string(asked.frames) + " frames",
              {"reader", "draw", "read", "wrong", "read %", "frames mean", "p95", "ms/frame", "p95 ms"},
              {}};
  Report report;
  std::map<std::string, Near> causes_of_misses;
  for (int d = 0; d < kDraws; ++d) {
    const auto draw = static_cast<Draw>(d);
    std::vector<Reads> tallies(settings.readers.size());
    for (int i = 0; i < asked.arrivals; ++i) {
      const std::uint64_t seed = seed_of(settings.seed, static_cast<std::uint64_t>(d * 1'000'000 + i));
      const Prop prop = any_prop(kKinds[static_cast<std::size_t>(i) % kKinds.size()], seed);
      const Drawn drawn = draw_working(draw, prop.thing.surface, seed);
      const Scene scene =
          staged(prop.thing, halls[static_cast<std::size_t>(i) % kHalls], drawn.conditions, seed);
      const auto shots = hold(scene, {.frames = asked.frames, .tremor_px = kTremorPx, .seed = seed});
      const auto firsts = look_at(shots, prop, settings.readers, tallies);
      Near& near = causes_of_misses[drawn.near];
      ++near.arrivals;
      if (firsts.back()) continue;
      ++near.missed;
      report.lists.push_back("missed (" + std::string(to_name(draw)) + ", #" + std::to_string(i) +
                             "): " + std::string(to_name(prop.kind)) + ", " +
                             (drawn.near.empty() ? "" : "near: " + drawn.near + "; ") +
                             to_text(drawn.conditions));
      if (!asked.dump.empty()) {
        write_pgm(asked.dump + "/working-" + std::to_string(d) + "-" + std::to_string(i) + ".pgm",
                  compose(shots[0].scene, shots[0].noise_seed).view());
      }
    }
    add_rows(table, settings, draw, asked.arrivals, tallies);
    const double share = double(tallies.back().read) / asked.arrivals;
    if (draw == Draw::one_near || draw == Draw::two_near) {
      report.bars.push_back({"working range, " + std::string(to_name(draw)) + ": share read within a second",
                             share, kReadShare, true});
    }
  }
  report.tables.push_back(std::move(table));
  Table missed{
      "missed by " + settings.judged().name + ", by what was near its limit", {"near", "missed", "of"}, {}};
  for (const auto& [name, near] : causes_of_misses) {
    if (near.missed > 0)
      missed.rows.push_back({name.empty() ? "(uniform)" : name, near.missed, near.arrivals});
  }
  report.tables.push_back(std::move(missed));
  return report;
}

}  // namespace lanyard::bench
