// lanyard-face-bench: what the screens cost, in a real window, on whatever draws there (a software renderer,
// where there is no other): processor time of all threads, not the clock on the wall. The bars of each line
// stand beside it.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <string>
#include <vector>

#include <sys/resource.h>

#include "kiosk/face/window.hpp"
#include "tests/kiosk/face/bare_face.hpp"
#include "tests/kiosk/face/samples.hpp"

namespace {

using namespace lanyard;         // NOLINT: a program of one file
using namespace lanyard::kiosk;  // NOLINT
using std::chrono::milliseconds;

constexpr int kFrames = 20;  // of each screen, and after the first
constexpr int kPicturesASecond = 15;
constexpr milliseconds kIdleFor{10'000};
constexpr float kPxPerMm = 3.61F;  // 24 inch, 1080 by 1920

// Of all threads: a software renderer has several.
double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const auto last = static_cast<double>(values.size() - 1);
  return values[static_cast<std::size_t>(last * share + 0.5)];
}

// Of the memory that is this process's own or shared with files: what the machine has to have.
double resident_mb() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stod(line.substr(6)) / 1024;
  }
  return 0;
}

bool g_all_within = true;

void tell(const char* what, double value, const char* unit, double bar) {
  g_all_within = g_all_within && value <= bar;
  std::printf("%-58s %8.1f %-4s  %s %.0f%s\n", what, value, unit, value <= bar ? "within" : "OVER  ", bar,
              unit);
}

struct Bench {
  Window& window;
  Canvas& canvas;
  scanner::GrayFrame& picture;

  // The processor's time of one frame, to the last pixel.
  double frame(const samples::Sample& sample, Moment now) {
    View view = view_of(sample);
    view.now = now;
    if (sample.camera) {
      window.show_preview(picture.view(), std::nullopt, now);
      view.preview = window.preview();
    }
    const double begin = cpu_ms();
    canvas.metrics = window.metrics();
    window.begin_frame();
    static_cast<void>(draw(view, canvas));
    static_cast<void>(window.present());
    return cpu_ms() - begin;
  }
};

// Of the screen as it comes in, and of the screen at rest.
void measure_frames(Bench& bench) {
  double worst = 0;
  std::vector<double> all;
  std::string worst_name;
  std::printf("%-40s %8s %8s %8s %8s\n", "frame of a screen, ms of CPU", "first", "coming", "at rest", "p95");
  for (const samples::Sample& sample : samples::all("en")) {
    const Moment rest = view_of(sample).now;
    const double first = bench.frame(sample, sample.state.since);
    std::vector<double> coming;
    std::vector<double> later;
    for (int i = 1; i <= kFrames; ++i) {
      coming.push_back(bench.frame(sample, sample.state.since + milliseconds{16 * i}));
    }
    for (int i = 1; i <= kFrames; ++i) later.push_back(bench.frame(sample, rest + milliseconds{16 * i}));
    std::vector<double> both = coming;
    both.insert(both.end(), later.begin(), later.end());
    const double p95 = percentile(both, 0.95);
    std::printf("%-40s %8.1f %8.1f %8.1f %8.1f\n", sample.name.c_str(), first, percentile(coming, 0.5),
                percentile(later, 0.5), p95);
    all.insert(all.end(), both.begin(), both.end());
    if (p95 > worst) worst = p95, worst_name = sample.name;
  }
  std::printf("\n");
  tell("frame, p95 of all", percentile(all, 0.95), "ms", 16);
  tell(("frame, p95 of the dearest screen: " + worst_name).c_str(), worst, "ms", 16);
}

// From one language to the next: the first frame in a language nothing of which was laid out before.
void measure_switches(Bench& bench, Textures& textures, const Phrases& phrases) {
  std::vector<double> switches;
  for (const std::string& from : samples::languages()) {
    for (const std::string& to : samples::languages()) {
      if (from == to) continue;
      Texts texts(textures);
      Canvas canvas(texts, phrases);
      Bench fresh{bench.window, canvas, bench.picture};
      const samples::Sample before = samples::all(from).front();
      static_cast<void>(fresh.frame(before, view_of(before).now));
      const samples::Sample after = samples::all(to).front();
      switches.push_back(fresh.frame(after, view_of(after).now));
    }
  }
  tell("language switch, the slowest of all pairs", percentile(switches, 1), "ms", 100);
}

void measure_idle(Bench& bench) {
  const auto all = samples::all("en");
  const auto idle = std::ranges::find_if(all, [](const samples::Sample& s) { return s.camera; });
  if (idle == all.end()) return;
  const auto begin = std::chrono::steady_clock::now();
  const double before = cpu_ms();
  const auto pictures = static_cast<int>(kIdleFor.count() * kPicturesASecond / 1000);
  for (int i = 0; i < pictures; ++i) {
    const auto due = begin + milliseconds{1000 * i / kPicturesASecond};
    while (std::chrono::steady_clock::now() < due) bench.window.wait({}, due);
    bench.picture.row(i % 480)[i % 640] ^= 0xFF;  // a new picture, each time
    static_cast<void>(bench.frame(*idle, view_of(*idle).now + milliseconds{1000 * i / kPicturesASecond}));
  }
  const double wall =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
  tell("idle, 15 pictures of the camera a second: of a core", 100 * (cpu_ms() - before) / wall, "%", 8);
}

}  // namespace

int main(int count, char** arguments) {
  const auto renderer = renderer_named(count < 2 ? "automatic" : arguments[1]);
  if (!renderer) {
    std::fprintf(stderr, "lanyard-face-bench [automatic|card|processor]\n");
    return 2;
  }
  WindowConfig config;
  config.renderer = *renderer;
  config.full_screen = false;
  config.width_px = 1080;
  config.height_px = 1920;
  config.px_per_mm = kPxPerMm;
  auto window = Window::open(config);
  if (!window) {
    std::fprintf(stderr, "lanyard-face-bench: %s\n", window.error().message.c_str());
    return 1;
  }
  const double empty = resident_mb();
  const Phrases phrases(LANYARD_LOCALE_DIR, samples::languages());
  Texts texts((*window)->textures());
  Canvas canvas(texts, phrases);
  scanner::GrayFrame picture(640, 480);
  Bench bench{**window, canvas, picture};
  for (int row = 0; row < 480; ++row) std::fill_n(picture.row(row), 640, static_cast<std::uint8_t>(row / 2));
  measure_frames(bench);
  measure_switches(bench, (*window)->textures(), phrases);
  measure_idle(bench);
  // Every script's font has been asked for by now.
  for (const std::string& language : samples::languages()) {
    for (const samples::Sample& sample : samples::all(language)) {
      static_cast<void>(bench.frame(sample, view_of(sample).now));
    }
  }
  tell("memory, with every font and screen of six languages", resident_mb(), "MB", 200);
  tell("  of it, the empty window", empty, "MB", 200);
  return g_all_within ? 0 : 1;
}
