// lanyard-simulation: whole events with everything going wrong, each from one seed. A seed that fails is told
// with the command that plays it again.
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <sodium.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sync/log.hpp"
#include "tests/simulation/simulation.hpp"

namespace {

using namespace lanyard::simulation;  // a program's own file
using Clock = std::chrono::steady_clock;

struct Settings {
  std::uint64_t first{1};
  std::uint64_t last{1};
  int jobs{1};
  Options options{usual_options()};
  std::string faults{"all"};
  std::string program;  // as it was called
  std::uint64_t most_failures{5};
};

// What the processes add up together.
struct Sum {
  std::atomic<bool> stopped;  // by whoever has started them: what is being played is played to its end
  std::atomic<std::uint64_t> next, done, failed, rows, arrivals, most_ms, all_ms;
  std::array<std::atomic<std::uint64_t>, kFaultCount> faults;
};

Sum* g_sum = nullptr;  // for a signal

void on_signal(int) {
  g_sum->stopped = true;
}

// The first asks for an end, a second makes one.
void stop_on_signals() {
  struct sigaction once {};
  once.sa_handler = on_signal;
  once.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  for (const int signal : {SIGINT, SIGTERM}) ::sigaction(signal, &once, nullptr);
}

std::string command_of(const Settings& settings, std::uint64_t seed) {
  std::string command = settings.program + " --seed " + std::to_string(seed);
  const Options usual = usual_options();
  const Options& chosen = settings.options;
  if (chosen.arrivals != usual.arrivals) command += " --arrivals " + std::to_string(chosen.arrivals);
  if (chosen.kiosks != usual.kiosks) command += " --kiosks " + std::to_string(chosen.kiosks);
  if (chosen.venues != usual.venues) command += " --venues " + std::to_string(chosen.venues);
  if (settings.faults != "all") command += " --faults " + settings.faults;
  return command;
}

// With --trace: what became of those whom a violation is about, and of the machines; of nobody in particular,
// the last of everything.
void print_trace(const Outcome& outcome) {
  constexpr std::size_t kMost = 300;
  std::vector<std::string> lines;
  for (const std::string& line : outcome.trace) {
    bool wanted = outcome.violations.empty() || line.find(" A") == std::string::npos;
    for (const auto& violation : outcome.violations)
      wanted = wanted || violation.who.empty() || line.find(" " + violation.who + ":") != std::string::npos;
    if (wanted) lines.push_back(line);
  }
  const std::size_t from = outcome.violations.empty() || lines.size() < kMost ? 0 : lines.size() - kMost;
  for (std::size_t i = from; i < lines.size(); ++i) (void)std::printf("%s\n", lines[i].c_str());
}

void tell_failure(const Settings& settings, std::uint64_t seed, const Outcome& outcome) {
  std::string text = "seed " + std::to_string(seed) + " fails:\n";
  for (const auto& violation : outcome.violations)
    text += "  " + (violation.who.empty() ? "" : violation.who + ": ") + violation.what + "\n";
  text += "again: " + command_of(settings, seed) + " --trace\n";
  (void)std::fputs(text.c_str(), stdout);
  (void)std::fflush(stdout);
}

void play(const Settings& settings, Sum& sum, std::uint64_t seed, const std::string& folder) {
  Options options = settings.options;
  options.seed = seed;
  const auto began = Clock::now();
  const Outcome outcome = simulate(options, folder);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began).count();
  const auto ms = static_cast<std::uint64_t>(took);
  sum.rows += outcome.rows;
  sum.arrivals += outcome.arrivals;
  sum.all_ms += ms;
  for (std::size_t i = 0; i < outcome.faults.size(); ++i) sum.faults[i] += outcome.faults[i];
  for (std::uint64_t most = sum.most_ms; most < ms && !sum.most_ms.compare_exchange_weak(most, ms);) {
  }
  if (options.trace) print_trace(outcome);
  if (!outcome.violations.empty()) {
    ++sum.failed;
    tell_failure(settings, seed, outcome);
  }
  ++sum.done;
}

std::string folder_of_process() {
  const char* shared = ::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
  return std::string(shared) + "/lanyard-simulation-" + std::to_string(::getpid());
}

// How far it is, on stderr: each second for somebody who looks on, else each minute.
class Progress {
 public:
  explicit Progress(std::uint64_t seeds) : seeds_(seeds) {}

  void tell(const Sum& sum) {
    const auto now = Clock::now();
    if (now - told_ < (looked_at_ ? std::chrono::seconds(1) : std::chrono::seconds(60))) return;
    told_ = now;
    const std::uint64_t done = sum.done;
    const double seconds = std::chrono::duration<double>(now - began_).count();
    const double rate = static_cast<double>(done) / seconds;
    const auto left =
        done == 0 ? 0UL : static_cast<unsigned long>(static_cast<double>(seeds_ - done) / rate / 60.0 + 0.5);
    (void)std::fprintf(stderr, "%s%llu of %llu seeds, %.2f a second, %lu min left%s", looked_at_ ? "\r" : "",
                       static_cast<unsigned long long>(done), static_cast<unsigned long long>(seeds_), rate,
                       left, looked_at_ ? "   " : "\n");
    dangling_ = looked_at_;
  }
  ~Progress() {
    if (dangling_) (void)std::fputs("\n", stderr);
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

 private:
  std::uint64_t seeds_;
  bool looked_at_{::isatty(STDERR_FILENO) != 0};
  bool dangling_{false};
  Clock::time_point began_{Clock::now()};
  Clock::time_point told_{began_};
};

void work(const Settings& settings, Sum& sum, Progress* progress) {
  const std::string folder = folder_of_process();
  while (!sum.stopped && sum.failed < settings.most_failures) {
    const std::uint64_t seed = sum.next++;
    if (seed > settings.last) return;
    play(settings, sum, seed, folder);
    if (progress != nullptr) progress->tell(sum);
  }
}

void print_summary(const Sum& sum, double seconds) {
  const auto of = [](const std::atomic<std::uint64_t>& n) {
    return static_cast<unsigned long long>(n.load());
  };
  const unsigned long long done = std::max(1ULL, of(sum.done));
  (void)std::printf("%-14s %10llu\n%-14s %10llu\n%-14s %10llu\n%-14s %10llu\n", "seeds", of(sum.done),
                    "failed", of(sum.failed), "arrivals", of(sum.arrivals), "rows", of(sum.rows));
  (void)std::printf("%-14s %10.1f\n%-14s %10llu mean, %llu most\n", "seconds", seconds, "ms a seed",
                    of(sum.all_ms) / done, of(sum.most_ms));
  for (int i = 0; i < kFaultCount; ++i)
    (void)std::printf("%-14s %10llu\n", std::string(to_name(static_cast<Fault>(i))).c_str(),
                      of(sum.faults[static_cast<std::size_t>(i)]));
}

// False if one of them has died.
bool work_in_processes(const Settings& settings, Sum& sum, Progress& progress) {
  int left = 0;
  for (; left < settings.jobs; ++left) {
    const pid_t worker = ::fork();
    if (worker < 0) break;
    if (worker > 0) continue;
    work(settings, sum, nullptr);
    ::_exit(0);
  }
  bool well = left > 0;
  while (left > 0) {
    int status = 0;
    if (::waitpid(-1, &status, WNOHANG) > 0) {
      --left;
      well = well && status == 0;
      continue;
    }
    constexpr useconds_t kLookEveryUs = 50'000;
    ::usleep(kLookEveryUs);
    progress.tell(sum);
  }
  return well;
}

// A fault that never strikes is no fault: of enough seeds each kind has its share.
bool each_struck(const Settings& settings, const Sum& sum) {
  constexpr std::uint64_t kEnoughSeeds = 100;
  constexpr std::uint64_t kEnoughArrivals = 600;
  if (sum.done < kEnoughSeeds || settings.options.arrivals < kEnoughArrivals) return true;
  bool all = true;
  for (std::size_t i = 0; i < sum.faults.size(); ++i) {
    if (!settings.options.faults[i] || sum.faults[i] > 0) continue;
    all = false;
    (void)std::fprintf(stderr, "%s never struck: the simulation does not try it any more\n",
                       std::string(to_name(static_cast<Fault>(i))).c_str());
  }
  return all;
}

// Processes, and not threads: each run is one thread's, and SQLite's watchers are the process's.
int run_all(const Settings& settings) {
  void* shared = ::mmap(nullptr, sizeof(Sum), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return 1;
  auto* sum = new (shared) Sum{};
  sum->next = settings.first;
  g_sum = sum;
  stop_on_signals();
  const auto began = Clock::now();
  bool died = false;
  {
    Progress progress(settings.last - settings.first + 1);
    if (settings.jobs <= 1) {
      work(settings, *sum, &progress);
    } else {
      died = !work_in_processes(settings, *sum, progress);
    }
  }
  if (died) (void)std::fputs("a process of the simulation has died\n", stderr);
  print_summary(*sum, std::chrono::duration<double>(Clock::now() - began).count());
  if (sum->failed > 0 || died || !each_struck(settings, *sum)) return 1;
  if (sum->next > settings.last) return 0;
  (void)std::printf("stopped; go on with --seeds %llu-%llu\n", static_cast<unsigned long long>(sum->next),
                    static_cast<unsigned long long>(settings.last));
  constexpr int kStopped = 130;  // as a shell says it
  return kStopped;
}

bool choose_faults(const std::string& text, Options& options) {
  if (text == "all") return true;
  options.faults.fill(false);
  if (text == "none") return true;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t comma = std::min(text.find(',', from), text.size());
    const std::string name = text.substr(from, comma - from);
    int kind = 0;
    while (kind < kFaultCount && to_name(static_cast<Fault>(kind)) != name) ++kind;
    if (kind == kFaultCount) return false;
    options.faults[static_cast<std::size_t>(kind)] = true;
    from = comma + 1;
  }
  return true;
}

int run(int argc, char** argv) {
  CLI::App app("Plays whole events with everything going wrong, each from one seed.", "lanyard-simulation");
  app.set_version_flag("--version", "lanyard-simulation " LANYARD_VERSION);
  Settings settings;
  settings.program = *argv;
  std::string seeds;
  std::string kinds;
  for (int i = 0; i < kFaultCount; ++i) kinds += " " + std::string(to_name(static_cast<Fault>(i)));
  auto* one = app.add_option("--seed", settings.first, "One seed");
  app.add_option("--seeds", seeds, "Several")->type_name("FROM-TO")->excludes(one);
  app.add_option("--jobs", settings.jobs, "Seeds at a time")->capture_default_str();
  app.add_option("--arrivals", settings.options.arrivals, "People who come, of a seed")
      ->capture_default_str();
  app.add_option("--kiosks", settings.options.kiosks, "Kiosks")
      ->capture_default_str()
      ->check(CLI::Range(1, 100));
  app.add_option(
         "--venues", settings.options.venues,
         "Venues, each with a hub of its own under the centre's, among whom the kiosks are shared out")
      ->capture_default_str()
      ->check(CLI::Range(0, 8));
  app.add_option("--faults", settings.faults, "all, none, or of these, with commas:" + kinds)
      ->capture_default_str();
  app.add_option("--most-failures", settings.most_failures, "Then stop")->capture_default_str();
  app.add_flag("--trace", settings.options.trace, "What happened to whom, on stdout");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& stopped) {
    return app.exit(stopped) == 0 ? 0 : 2;
  }
  settings.last = settings.first;
  unsigned long long from = 0;
  unsigned long long to = 0;
  if (!seeds.empty() && std::sscanf(seeds.c_str(), "%llu-%llu", &from, &to) != 2) {
    (void)std::fputs("--seeds: FROM-TO\n", stderr);
    return 2;
  }
  if (!seeds.empty()) {
    settings.first = from;
    settings.last = std::max(from, to);
  }
  if (!choose_faults(settings.faults, settings.options)) {
    (void)std::fprintf(stderr, "--faults: of%s\n", kinds.c_str());
    return 2;
  }
  return run_all(settings);
}

}  // namespace

int main(int argc, char** argv) {
  if (sodium_init() < 0) return 1;
  lanyard::log::set_level(lanyard::log::Level::off);
  return run(argc, argv);
}
