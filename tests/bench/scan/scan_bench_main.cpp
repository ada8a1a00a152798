// lanyard-scan-bench: what the scanner reads of generated frames and what it costs, beside other readers on
// the same frames in one run. Costs are thread CPU time, and are compared as ratios: milliseconds drift from
// run to run.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <iostream>

#include <CLI/CLI.hpp>

#include "tests/bench/scan/runs.hpp"

namespace lanyard::bench {
namespace {

const std::vector<arrivals::Size> kSizes{{1280, 720}, {1920, 1080}};

struct Asked {
  Settings settings;
  StreamsSettings streams;
  EmptySettings empty;
  FalseReadsSettings false_reads;
  PartsSettings parts;
  WorkingRangeSettings working;
  LimitsSettings limits;
  std::vector<std::string> only;
  std::vector<std::string> without;
  std::vector<std::string> with;
  int height{0};  // of the frames; both if 0
  std::string dump;
  bool brief{false};
  bool json{false};
  bool check{false};
};

template <class Run>
void at_each_size(const Asked& asked, Report& report, Run run) {
  for (const arrivals::Size size : kSizes) {
    if (asked.height == 0 || asked.height == size.height) report.append(run(size));
  }
}

bool choose_readers(Asked& asked) {
  const auto named = [](const std::vector<std::string>& names, const Reader& reader) {
    return std::ranges::find(names, reader.name) != names.end();
  };
  for (Reader& reader : all_readers()) {
    // Without the first there is nothing to compare with.
    const bool first = asked.settings.readers.empty();
    if (!first && !asked.only.empty() && !named(asked.only, reader)) continue;
    if (!first && named(asked.without, reader)) continue;
    if (reader.on_request && !named(asked.only, reader) && !named(asked.with, reader)) continue;
    asked.settings.readers.push_back(std::move(reader));
  }
  return asked.settings.readers.size() > 1;
}

// Enough to see what broke, in a few minutes instead of half an hour.
void be_brief(Asked& asked) {
  asked.streams.sequences /= 5;
  asked.streams.until_read = true;
  asked.empty.frames /= 2;
  asked.parts.frames /= 3;
  asked.false_reads.count /= 10;
  asked.working.arrivals /= 5;
  asked.limits.seeds /= 3;
  std::erase_if(asked.settings.readers, [](const Reader& reader) { return reader.dear; });
}

enum class Work : std::uint8_t { all, streams, working_range, limits, empty, parts };

Report run_work(Asked& asked, Work work) {
  Report report;
  const auto does = [work](Work one) { return work == Work::all || work == one; };
  if (does(Work::streams)) {
    at_each_size(asked, report, [&asked](arrivals::Size size) {
      asked.streams.frame = size;
      return run_streams(asked.settings, asked.streams);
    });
  }
  if (does(Work::working_range)) report.append(run_working_range(asked.settings, asked.working));
  if (does(Work::limits)) report.append(run_limits(asked.settings, asked.limits));
  if (does(Work::empty)) {
    at_each_size(asked, report, [&asked](arrivals::Size size) {
      asked.empty.frame = size;
      return run_empty(asked.settings, asked.empty);
    });
    if (asked.false_reads.count > 0) report.append(run_false_reads(asked.settings, asked.false_reads));
  }
  if (does(Work::parts)) {
    at_each_size(asked, report, [&asked](arrivals::Size size) {
      asked.parts.frame = size;
      return run_parts(asked.settings, asked.parts);
    });
  }
  return report;
}

void add_options(CLI::App& app, Asked& asked) {
  std::vector<std::string> names;
  for (const Reader& reader : all_readers()) names.push_back(reader.name);
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  app.footer("Readers: " + list +
             ". The bars are those of the last.\n"
             "Exits 0, 1 if it failed or --check found a bar missed, 2 for wrong use.");
  app.add_option("--only", asked.only, "Readers beside the default, by name")
      ->delimiter(',')
      ->check(CLI::IsMember(names));
  app.add_option("--with", asked.with, "Readers that are not asked otherwise: thorough")
      ->delimiter(',')
      ->check(CLI::IsMember(names));
  app.add_option("--without", asked.without, "Readers that are not asked")
      ->delimiter(',')
      ->check(CLI::IsMember(names));
  app.add_option("--height", asked.height, "720 or 1080; else both")->check(CLI::IsMember({720, 1080}));
  app.add_option("--seed", asked.settings.seed, "The same seed gives the same frames")->capture_default_str();
  app.add_option("--dump", asked.dump, "DIR for pictures (PGM) of what is listed as missed or wrongly read");
  app.add_flag("--json", asked.json, "A JSON object instead of tables");
  app.add_flag("--check", asked.check, "Exit 1 if a bar is missed");
  app.require_subcommand(1, 1);
  app.fallthrough();
}

Work parse_work(CLI::App& app, Asked& asked, int argc, char** argv) {
  const CLI::Range some(1, 1'000'000);
  auto* all = app.add_subcommand("all", "All of them");
  all->add_flag("--brief", asked.brief, "A fraction of each, without the slow readers");
  auto* streams = app.add_subcommand("streams", "Badges and phones that are brought in");
  streams->add_option("--sequences", asked.streams.sequences, "How many")->capture_default_str()->check(some);
  streams->add_flag("--until-read", asked.streams.until_read,
                    "Ask no reader after its first reading: quicker, without hit rates");
  auto* working =
      app.add_subcommand("working-range", "What is held within the range in which all is to be read");
  working->add_option("--arrivals", asked.working.arrivals, "Of each way to draw them")
      ->capture_default_str()
      ->check(some);
  auto* limits = app.add_subcommand("limits", "One cause at a time, at 1280x720");
  limits->add_option("--seeds", asked.limits.seeds, "Of each level")->capture_default_str()->check(some);
  limits->add_option("--frames", asked.limits.frames, "Of each seed, as a stream")
      ->capture_default_str()
      ->check(CLI::Range(1, 300));
  limits->add_option("--cause", asked.limits.only, "Those with this in their names");
  auto* empty = app.add_subcommand("empty", "Frames without a code");
  empty->add_option("--frames", asked.empty.frames, "Of each size, for the costs")
      ->capture_default_str()
      ->check(some);
  empty->add_option("--count", asked.false_reads.count, "For false reads, of Lanyard's readers alone")
      ->capture_default_str();
  auto* parts = app.add_subcommand("parts", "Each pass, the JPEG before it, and a kiosk at rest");
  parts->add_option("--frames", asked.parts.frames, "With a code, and as many without")
      ->capture_default_str()
      ->check(some);
  app.parse(argc, argv);
  if (parts->parsed()) return Work::parts;
  if (streams->parsed()) return Work::streams;
  if (working->parsed()) return Work::working_range;
  if (limits->parsed()) return Work::limits;
  return empty->parsed() ? Work::empty : Work::all;
}

int run(int argc, char** argv) {
  CLI::App app("Compares readers of QR codes on generated frames. Costs are thread CPU time.",
               "lanyard-scan-bench");
  app.set_version_flag("--version", std::string("lanyard-scan-bench ") + LANYARD_VERSION);
  Asked asked;
  Work work{};
  try {
    add_options(app, asked);
    work = parse_work(app, asked, argc, argv);
  } catch (const CLI::ParseError& stopped) {
    return app.exit(stopped, std::cout, std::cerr) == 0 ? 0 : 2;
  }
  if (!choose_readers(asked)) {
    std::cerr << "lanyard-scan-bench: no reader is left to compare\n";
    return 2;
  }
  if (asked.brief) be_brief(asked);
  for (std::string* folder : {&asked.streams.dump, &asked.working.dump, &asked.false_reads.dump}) {
    *folder = asked.dump;
  }
  const Report report = run_work(asked, work);
  if (asked.json) {
    std::puts(to_json(report).dump(2).c_str());
  } else {
    print(report);
  }
  return asked.check && !report.holds() ? 1 : 0;
}

}  // namespace
}  // namespace lanyard::bench

int main(int argc, char** argv) {
  try {
    return lanyard::bench::run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "lanyard-scan-bench: " << error.what() << '\n';
    return 1;
  }
}
