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
#include "scanner/picture.hpp"
#include "scanner/scan_loop.hpp"
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

// One line, whatever the symbol holds: a code must neither forge a second line nor steer a terminal.
std::string on_one_line(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string line;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      line += "\\n";
    } else if (c == '\t') {
      line += "\\t";
    } else if (c == '\\') {
      line += "\\\\";
    } else if (byte < 0x20 || byte == 0x7F) {
      line += "\\x";
      line += kHex[byte >> 4U];
      line += kHex[byte & 0x0FU];
    } else {
      line += c;
    }
  }
  return line;
}

// Bytes that are no UTF-8 become U+FFFD, since JSON has no other place for them.
std::string dumped(const json& object) {
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

template <class Corner>
json corners_of(const Corner& corners) {
  json list = json::array();
  for (const auto& corner : corners) list.push_back(json::array({corner.x, corner.y}));
  return list;
}

// Whether the picture could be read; an error is told on stderr, and in JSON as well.
bool scan_picture(const std::string& path, bool as_json) {
  const auto frame = read_picture(path);
  json object{{"path", path}, {"symbols", json::array()}};
  if (!frame) {
    std::cerr << "lanyard-scan: " << on_one_line(frame.error().message) << '\n';
    object["error"] = frame.error().message;
  } else {
    for (const Symbol& symbol :
         decode(frame->view(), {.effort = Effort::thorough, .max_symbols = kMaxSymbolsPerFrame})) {
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
    const json symbol{{"text", scan.text}, {"format", "QRCode"}, {"corners_share", corners_of(scan.corners)}};
    std::cout << dumped({{"path", scan.source}, {"frame", scan.frame}, {"symbols", json::array({symbol})}})
              << '\n';
  } else {
    std::cout << on_one_line(scan.source) << '\t' << on_one_line(scan.text) << '\n';
  }
  std::cout.flush();
}

// Until a signal, or until the camera ends or cannot go on.
int scan_device(const std::string& device, bool as_json) {
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
  ScanLoop loop(std::move(*camera));
  std::string told;
  while (stop_wanted == 0 && std::cout) {
    // Asked before the mailbox, so that the scan of the last frame is not lost.
    const ScanLoopStatus status = loop.status();
    while (const auto scan = loop.wait_scan(kLookForStopEvery)) print_scan(*scan, as_json);
    if (status.message != told) {
      told = status.message;
      if (!told.empty()) std::cerr << "lanyard-scan: " << on_one_line(told) << '\n';
    }
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
  app.add_option("--report", report_folder,
                 "How many pictures of a folder with a truth.tsv are read, by which pass");
  auto* device_option =
      app.add_option("--device", device, "A camera, as /dev/video0, to be read until Ctrl-C");
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
  int result = kOk;
  if (!report_folder.empty()) {
    std::ostream* progress = isatty(STDERR_FILENO) != 0 ? &std::cerr : nullptr;
    if (!report(report_folder, as_json, std::cout, std::cerr, progress)) result = kFailed;
  }
  if (!device.empty()) result = scan_device(device, as_json);
  for (const std::string& path : pictures) {
    if (!scan_picture(path, as_json)) result = kFailed;
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
