// lanyard-bench: how long a delegate waits for the answer, part by part and as a whole. What the whole takes
// beyond the sum of its parts is waiting that helps nobody: the program fails if it is more than half as much
// again.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <sodium.h>
#include <unistd.h>

#include "kiosk/face/phrases.hpp"
#include "tests/bench/parts.hpp"
#include "tests/bench/whole.hpp"

namespace lanyard::bench {
namespace {

constexpr double kMostRatio = 1.5;
constexpr std::size_t kManyPeople = 50'000;

struct Settings {
  std::filesystem::path folder{"."};
  std::size_t guests{24};
  bool json{false};
};

struct Report {
  std::vector<Series> series;
  double sum_ms{0};
  double whole_ms{0};
  std::size_t missed{0};
  [[nodiscard]] double ratio() const { return whole_ms / sum_ms; }
};

// In a folder of its own on the disk that is to be measured, which goes with it.
class Workshop {
 public:
  explicit Workshop(const std::filesystem::path& folder)
      : path_(folder / ("bench-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(path_);
  }
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;
  ~Workshop() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::filesystem::path file(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

sync::Expected<Report> measure(const Settings& settings) {
  const Workshop shop(settings.folder);
  const auto stage = make_stage(settings.guests);
  if (!stage) return tl::make_unexpected(stage.error());

  kiosk::WindowConfig size;
  size.full_screen = false;
  auto window = kiosk::Window::open(size);
  if (!window) return tl::make_unexpected(window.error());
  const kiosk::Phrases phrases(LANYARD_LOCALE_DIR, {"en", "zh"});
  kiosk::Texts texts((*window)->textures());
  kiosk::Canvas canvas(texts, phrases);

  Report report;
  const Series decode = decode_frames(*stage);
  const auto few_people = stage->roster.attendees.size();
  auto few = furnished_store(shop.file("few.db"), *stage, few_people);
  if (!few) return tl::make_unexpected(few.error());
  auto many = furnished_store(shop.file("many.db"), *stage, kManyPeople);
  if (!many) return tl::make_unexpected(many.error());
  auto decide = decide_all(*stage, std::move(*few), "credential, lookup, decision: 320 people");
  auto decide_many = decide_all(*stage, std::move(*many), "credential, lookup, decision: 50,000 people");
  auto other = furnished_store(shop.file("commit.db"), *stage, few_people);
  if (!decide) return tl::make_unexpected(decide.error());
  if (!decide_many) return tl::make_unexpected(decide_many.error());
  if (!other) return tl::make_unexpected(other.error());
  auto commit = commit_rows(*stage, std::move(*other));
  if (!commit) return tl::make_unexpected(commit.error());
  const Drawn drawn = draw_screens(*stage, **window, canvas);

  const WholeResult whole = run_whole(*stage, shop.file("few.db"), **window, canvas);
  report.sum_ms = decode.median() + decide->median() + commit->median() + drawn.admitted.median();
  report.whole_ms = whole.whole.median();
  report.missed = whole.missed;
  report.series = {decode,         *decide,     *decide_many,  *commit,    drawn.idle,
                   drawn.admitted, whole.whole, whole.decided, whole.shown};
  return report;
}

void print_table(const Report& report) {
  std::printf("%-46s %9s %9s %6s\n", "milliseconds", "median", "p95", "runs");
  for (const Series& series : report.series) {
    std::printf("%-46s %9.2f %9.2f %6zu\n", series.name.c_str(), series.median(), series.p95(),
                series.ms.size());
  }
  std::printf("\nsum of the parts (decode, decision, commit, draw admitted): %.2f ms\n", report.sum_ms);
  std::printf("whole / sum of the parts: %.2f (at most %.1f)\n", report.ratio(), kMostRatio);
}

void print_json(const Report& report) {
  nlohmann::ordered_json out;
  for (const Series& series : report.series) {
    out["series"].push_back({{"name", series.name},
                             {"median_ms", series.median()},
                             {"p95_ms", series.p95()},
                             {"runs", series.ms.size()}});
  }
  out["sum_ms"] = report.sum_ms;
  out["whole_ms"] = report.whole_ms;
  out["ratio"] = report.ratio();
  out["ratio_at_most"] = kMostRatio;
  out["missed"] = report.missed;
  std::puts(out.dump(2).c_str());
}

int run(int argc, char** argv) {
  CLI::App app("Measures how long a delegate waits, part by part and as a whole.", "lanyard-bench");
  app.set_version_flag("--version", std::string("lanyard-bench ") + LANYARD_VERSION);
  Settings settings;
  app.add_option("--folder", settings.folder, "On the disk whose commits are measured")
      ->capture_default_str();
  app.add_option("--guests", settings.guests, "How many badges")
      ->capture_default_str()
      ->check(CLI::Range(5, 200));
  app.add_flag("--json", settings.json, "A JSON object instead of the table");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& stopped) {
    return app.exit(stopped, std::cout, std::cerr) == 0 ? 0 : 2;
  }
  if (sodium_init() < 0) return 1;
  const auto report = measure(settings);
  if (!report) {
    std::cerr << "lanyard-bench: " << report.error().message << '\n';
    return 1;
  }
  settings.json ? print_json(*report) : print_table(*report);
  if (report->missed > 0) {
    std::cerr << "lanyard-bench: " << report->missed << " badges were never answered\n";
    return 1;
  }
  return report->ratio() <= kMostRatio ? 0 : 1;
}

}  // namespace
}  // namespace lanyard::bench

int main(int argc, char** argv) {
  try {
    return lanyard::bench::run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "lanyard-bench: " << error.what() << '\n';
    return 1;
  }
}
