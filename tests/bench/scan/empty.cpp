// Frames without a code: what they cost, and whether anything is read of them.
#include <array>
#include <future>
#include <optional>

#include "scanner/decode.hpp"
#include "tests/bench/scan/measure.hpp"
#include "tests/bench/scan/runs.hpp"
#include "tests/e2e/arrivals/clutter.hpp"
#include "tests/e2e/arrivals/random.hpp"

namespace lanyard::bench {
namespace {

using namespace arrivals;

ClutterKind kind_of(int i) {
  return static_cast<ClutterKind>(i % kClutterKinds);
}

Picture make_picture(Size frame, int i, std::uint64_t seed) {
  const Hall hall(frame, seed_of(seed, "hall"));
  const Thing thing = clutter_thing(kind_of(i), seed);
  return compose(cluttered(kind_of(i), thing, hall, seed), seed);
}

// `ask` gets each picture while the next is made.
template <class Ask>
void for_each_picture(int count, std::uint64_t seed, Size frame, Ask ask) {
  const auto make = [=](int i) {
    return make_picture(frame, i, seed_of(seed, static_cast<std::uint64_t>(i)));
  };
  auto next = std::async(std::launch::async, make, 0);
  for (int i = 0; i < count; ++i) {
    const Picture picture = next.get();
    if (i + 1 < count) next = std::async(std::launch::async, make, i + 1);
    ask(i, picture);
  }
}

struct Cost {
  Sample ms;
  std::array<Sample, kClutterKinds> of_kind;
  int read{0};
};

}  // namespace

Report run_empty(const Settings& settings, const EmptySettings& empty) {
  std::vector<Cost> costs(settings.readers.size());
  std::vector<Read> reads;
  for (const Reader& reader : settings.readers) reads.push_back(reader.begin_stream());
  Report report;
  for_each_picture(empty.frames, settings.seed, empty.frame, [&](int i, const Picture& picture) {
    for (std::size_t r = 0; r < reads.size(); ++r) {
      const Timed one = timed(reads[r], picture.view());
      costs[r].ms.add(one.ms);
      costs[r].of_kind[static_cast<std::size_t>(kind_of(i))].add(one.ms);
      if (one.answer.texts.empty()) continue;
      ++costs[r].read;
      report.lists.push_back(settings.readers[r].name + " read \"" + one.answer.texts.front() + "\" of #" +
                             std::to_string(i) + ", " + std::string(to_name(kind_of(i))));
    }
  });
  const std::string size = std::to_string(empty.frame.height) + "p";
  Table table{"empty " + size + ": " + std::to_string(empty.frames) + " frames without a code",
              {"reader", "ms/frame", "p95 ms", "of default", "false reads"},
              {}};
  for (int kind = 0; kind < kClutterKinds; ++kind) {
    table.columns.emplace_back(to_name(static_cast<ClutterKind>(kind)));
  }
  const double unit = costs[0].ms.mean();
  for (std::size_t r = 0; r < costs.size(); ++r) {
    table.rows.push_back({settings.readers[r].name, Cell(costs[r].ms.mean(), 2),
                          Cell(costs[r].ms.at(0.95), 2), Cell(costs[r].ms.mean() / unit, 2), costs[r].read});
    for (std::size_t kind = 0; kind < kClutterKinds; ++kind) {
      table.rows.back().emplace_back(costs[r].of_kind[kind].mean() / costs[0].of_kind[kind].mean(), 2);
    }
  }
  report.tables.push_back(std::move(table));
  const bool large = empty.frame.height >= 1080;
  report.bars.push_back({size + ": CPU of a frame without a code, of the default's",
                         costs.back().ms.mean() / unit, large ? 0.25 : 0.5});
  return report;
}

Report run_false_reads(const Settings& settings, const FalseReadsSettings& asked) {
  struct Suspect {
    std::string name;
    Read read;
    int frames{0};
  };
  std::vector<Suspect> suspects;
  for (const Reader& reader : settings.readers) {
    if (reader.own) suspects.push_back({reader.name, reader.begin_stream()});
  }
  const scanner::DecodeOptions thorough{.effort = scanner::Effort::thorough,
                                        .max_symbols = scanner::kMaxSymbolsPerFrame};
  suspects.push_back({"thorough", [thorough](scanner::GrayView view) {
                        Answer answer;
                        for (const auto& symbol : scanner::decode(view, thorough))
                          answer.texts.push_back(symbol.text);
                        return answer;
                      }});
  Report report;
  constexpr Size kFrame{1280, 720};
  // Other pictures than those of the costs.
  for_each_picture(asked.count, seed_of(settings.seed, "false reads"), kFrame,
                   [&](int i, const Picture& picture) {
                     for (Suspect& suspect : suspects) {
                       const Answer answer = suspect.read(picture.view());
                       if (answer.texts.empty()) continue;
                       ++suspect.frames;
                       report.lists.push_back(suspect.name + " read \"" + answer.texts.front() + "\" of #" +
                                              std::to_string(i) + ", " + std::string(to_name(kind_of(i))) +
                                              (answer.pass.empty() ? "" : ", by " + answer.pass));
                       if (!asked.dump.empty()) {
                         write_pgm(asked.dump + "/empty-" + std::to_string(i) + ".pgm", picture.view());
                       }
                     }
                   });
  Table table{
      "false reads: of " + std::to_string(asked.count) + " frames without a code", {"reader", "read"}, {}};
  for (const Suspect& suspect : suspects) {
    table.rows.push_back({suspect.name, suspect.frames});
    report.bars.push_back({"false reads of " + suspect.name, double(suspect.frames), 0});
  }
  report.tables.push_back(std::move(table));
  return report;
}

}  // namespace lanyard::bench
