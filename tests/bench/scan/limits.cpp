// One cause at a time, level by level: up to where it is read.
#include <algorithm>
#include <optional>

#include "tests/bench/scan/measure.hpp"
#include "tests/bench/scan/runs.hpp"
#include "tests/e2e/arrivals/causes.hpp"
#include "tests/e2e/arrivals/random.hpp"
#include "tests/e2e/arrivals/sequence.hpp"

namespace lanyard::bench {
namespace {

using namespace arrivals;

constexpr Size kShot{1280, 720};
constexpr double kSmallestModule = 1.8;

struct Curve {
  const Cause* cause;
  std::vector<std::vector<int>> hits;  // by reader and level
  double ms{0};
};

// All levels of one cause, for one seed.
void add_seed(Curve& curve, const Settings& settings, const LimitsSettings& asked, const Prop& prop,
              const Hall& hall, std::uint64_t seed) {
  for (std::size_t level = 0; level < curve.cause->levels.size(); ++level) {
    const Scene scene = trial(*curve.cause, curve.cause->levels[level], prop, hall, seed);
    const auto shots = hold(scene, {.frames = asked.frames, .tremor_px = 0.6, .seed = seed});
    std::vector<Read> reads;
    for (const Reader& reader : settings.readers) reads.push_back(reader.begin_stream());
    for (const Shot& shot : shots) {
      const Picture picture = compose(shot.scene, shot.noise_seed);
      for (std::size_t r = 0; r < reads.size(); ++r) {
        const auto texts = reads[r](picture.view()).texts;
        curve.hits[r][level] += std::ranges::find(texts, prop.text) != texts.end() ? 1 : 0;
      }
    }
  }
}

// The last level up to which all are read in at least this share.
std::optional<double> limit_of(const Cause& cause, const std::vector<int>& hits, int of, double share) {
  std::optional<double> limit;
  for (std::size_t level = 0; level < hits.size(); ++level) {
    if (hits[level] < share * of - 1e-9) break;
    limit = cause.levels[level];
  }
  return limit;
}

std::string number(double value) {
  const Cell cell(value, value == static_cast<int>(value) ? 0 : 1);
  return cell.text;
}

}  // namespace

Report run_limits(const Settings& settings, const LimitsSettings& asked) {
  std::vector<Curve> curves;
  for (const Cause& cause : causes()) {
    if (cause.name.find(asked.only) == std::string_view::npos) continue;
    curves.push_back({&cause, {}});
    curves.back().hits.assign(settings.readers.size(), std::vector<int>(cause.levels.size()));
  }
  for (int i = 0; i < asked.seeds; ++i) {
    const std::uint64_t seed = seed_of(settings.seed, static_cast<std::uint64_t>(i));
    const Hall hall(kShot, seed);
    PropBox props(seed + static_cast<std::uint64_t>(i));
    for (Curve& curve : curves) {
      add_seed(curve, settings, asked, props.for_cause(*curve.cause), hall, seed);
    }
  }
  Report report;
  const int of = asked.seeds * asked.frames;
  Table table{
      "limits, 720p, module 4 px: last level read in 90 % (50 %) of " + std::to_string(of) + " frames",
      {"cause"},
      {}};
  for (const Reader& reader : settings.readers) table.columns.push_back(reader.name);
  for (const Curve& curve : curves) {
    table.rows.push_back({std::string(curve.cause->name)});
    for (const auto& hits : curve.hits) {
      const auto most = limit_of(*curve.cause, hits, of, 0.9);
      const auto half = limit_of(*curve.cause, hits, of, 0.5);
      table.rows.back().emplace_back((most ? number(*most) : "-") + " (" + (half ? number(*half) : "-") +
                                     ")");
    }
    std::string line = settings.judged().name + ", " + std::string(curve.cause->name) + ":";
    for (std::size_t level = 0; level < curve.cause->levels.size(); ++level) {
      line += " " + number(curve.cause->levels[level]) + ":" +
              std::to_string(100 * curve.hits.back()[level] / of) + "%";
    }
    report.lists.push_back(line);
    if (curve.cause->name.starts_with("module")) {
      report.bars.push_back({"smallest " + std::string(curve.cause->name) + ", read in 90 %",
                             limit_of(*curve.cause, curve.hits.back(), of, 0.9).value_or(99),
                             kSmallestModule});
    }
  }
  report.tables.push_back(std::move(table));
  return report;
}

}  // namespace lanyard::bench
