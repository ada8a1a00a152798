// lanyard-scan: the texts of the QR codes in pictures, or before a camera.
#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "scanner/camera.hpp"
#include "scanner/decode.hpp"
#include "scanner/engine.hpp"
#include "scanner/picture.hpp"
#include "scanner/scan_live.hpp"
#include "scanner/scan_loop.hpp"
#include "scanner/scan_output.hpp"
#include "scanner/scan_report.hpp"

namespace {

using namespace lanyard::scanner;
using nlohmann::json;

constexpr int kOk = 0;
constexpr int kFailed = 1;
constexpr int kWrongUse = 2;
constexpr std::chrono::milliseconds kLookForStopEvery{100};

volatile std::sig_atomic_t stop_wanted = 0;
void want_stop(int) {
  stop_wanted = 1;
}

// Whether the picture could be read; an error is told on stderr, and in JSON as well.
bool scan_picture(const std::string& path, bool as_json, const Symbologies& symbologies) {
  const auto frame = read_picture(path);
  json object{{"path", path}, {"symbols", json::array()}};
  if (!frame) {
    std::cerr << "lanyard-scan: " << on_one_line(frame.error().message) << '\n';
    object["error"] = frame.error().message;
  } else {
    for (const Symbol& symbol : decode(
             frame->view(),
             {.effort = Effort::thorough, .max_symbols = kMaxSymbolsPerFrame, .symbologies = symbologies})) {
      if (as_json) {
        object["symbols"].push_back(
            {{"text", symbol.text}, {"format", symbol.format}, {"corners", corners_of(symbol.corners)}});
      } else {
        std::cout << on_one_line(path) << '\t' << on_one_line(symbol.text) << '\n';
      }
    }
  }
  if (as_json) std::cout << dumped(object) << '\n';
  return frame.has_value();
}

void print_scan(const Scan& scan, bool as_json) {
  if (as_json) {
    const json symbol{
        {"text", scan.text}, {"format", scan.format}, {"corners_share", corners_of(scan.corners)}};
    std::cout << dumped({{"path", scan.source}, {"frame", scan.frame}, {"symbols", json::array({symbol})}})
              << '\n';
  } else {
    std::cout << on_one_line(scan.source) << '\t' << on_one_line(scan.text) << '\n';
  }
  std::cout.flush();
}

struct Wishes {
  bool as_json{false};
  bool live{false};
  Symbologies symbologies;
};

// Until a signal, or until the camera ends or cannot go on.
int scan_device(const std::string& device, const Wishes& wishes) {
  const bool is_path = device.find(':') == std::string::npos || device.front() == '/';
  if (is_path && !std::filesystem::exists(device)) {
    std::cerr << "lanyard-scan: " << device << ": no such device\n";
    return kFailed;
  }
  auto camera = open_camera(is_path ? "v4l2:" + device : device);
  if (!camera) {
    std::cerr << "lanyard-scan: " << camera.error().message << '\n';
    return kFailed;
  }
  (void)std::signal(SIGINT, want_stop);
  (void)std::signal(SIGTERM, want_stop);
  ScanLoopOptions options;
  options.stream.symbologies = wishes.symbologies;
  ScanLoop loop(std::move(*camera), options);
  if (wishes.live) {
    const LiveForm form = isatty(STDOUT_FILENO) != 0 ? LiveForm::in_place : LiveForm::lines;
    return live(loop, wishes.as_json, form, std::cout, std::cerr, [] { return stop_wanted == 0; }) ? kOk
                                                                                                   : kFailed;
  }
  StatusNews news;
  while (stop_wanted == 0 && std::cout) {
    // Asked before the mailbox, so that the scan of the last frame is not lost.
    const ScanLoopStatus status = loop.status();
    while (const auto scan = loop.wait_scan(kLookForStopEvery)) print_scan(*scan, wishes.as_json);
    news.tell(status, std::cerr);
    if (status.state == ScanLoopStatus::State::failed) return kFailed;
    if (status.state == ScanLoopStatus::State::ended) break;
  }
  return kOk;
}

int run(int argc, char** argv) {
  CLI::App app{"Reads the QR codes in PNG and JPEG pictures, or before a camera."};
  app.footer(
      "Prints PATH<TAB>TEXT for each code, with newline, tab and backslash as \\n, \\t and \\\\, and other\n"
      "control bytes as \\xNN. Exits 0, 1 if a picture or the camera cannot be read, 2 for wrong use.");
  app.set_version_flag("--version", std::string("lanyard-scan ") + LANYARD_VERSION);
  bool as_json = false;
  std::string device;
  std::vector<std::string> pictures;
  app.add_flag("--json", as_json, "One JSON object for each picture, or for each scan of the camera");
  std::string report_folder;
  bool live = false;
  std::vector<std::string> symbology_names;
  app.add_option("--report", report_folder,
                 "How many pictures of a folder with a truth.tsv are read, by which pass");
  auto* device_option = app.add_option("--device", device,
                                       "A camera, as /dev/video0 or replay:FOLDER, to be read until Ctrl-C");
  app.add_flag("--live", live,
               "What is made of each frame: which pass reads it, in what time, and what is seen")
      ->needs(device_option);
  app.add_option("--symbologies", symbology_names, "Beside qr: micro-qr, data-matrix, aztec, pdf417")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("PICTURE", pictures, "Pictures to read")->excludes(device_option);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error, std::cout, std::cerr) == 0 ? kOk : kWrongUse;
  }
  if (pictures.empty() && device.empty() && report_folder.empty()) {
    std::cerr << "lanyard-scan: name a PICTURE, a --device or a --report; see --help\n";
    return kWrongUse;
  }
  const auto symbologies = parse_symbologies(symbology_names);
  if (!symbologies || !engine_can(*symbologies)) {
    std::cerr << "lanyard-scan: "
              << (symbologies
                      ? "ZXing " + std::string(engine_version()) + " reads QR codes alone without danger"
                      : symbologies.error())
              << '\n';
    return kWrongUse;
  }
  int result = kOk;
  if (!report_folder.empty()) {
    std::ostream* progress = isatty(STDERR_FILENO) != 0 ? &std::cerr : nullptr;
    if (!report(report_folder, as_json, std::cout, std::cerr, progress)) result = kFailed;
  }
  if (!device.empty()) result = scan_device(device, {as_json, live, *symbologies});
  for (const std::string& path : pictures) {
    if (!scan_picture(path, as_json, *symbologies)) result = kFailed;
  }
  std::cout.flush();
  if (!std::cout) {
    std::cerr << "lanyard-scan: the output cannot be written\n";
    return kFailed;
  }
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "lanyard-scan: " << error.what() << '\n';
    return kFailed;
  }
}
