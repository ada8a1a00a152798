#include "scanner/scan_live.hpp"

#include <chrono>
#include <cstdio>
#include <ostream>
#include <string>

#include <nlohmann/json.hpp>

#include "scanner/scan_output.hpp"

namespace lanyard::scanner {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kPatience{100};
constexpr std::chrono::seconds kAtLeastEvery{1};

// What makes one line differ from the next in more than figures.
std::string gist(const Look& look) {
  std::string gist = look.read ? std::string(look.reading.pass) : "at rest";
  gist += to_name(look.advice);
  for (const Symbol& symbol : look.reading.symbols) gist += '\0' + symbol.text;
  return gist;
}

std::string line_of(const Look& look, const ScanLoopStatus& status) {
  std::string line(160, '\0');
  const Sighting& sighting = look.reading.sighting;
  const double milliseconds = static_cast<double>(look.reading.took.count()) / 1000;
  const int length =
      std::snprintf(line.data(), line.size(), "%8llu  %dx%d  %4.1f/s  %5.1f ms%s  %-22s",
                    static_cast<unsigned long long>(look.frame), look.width, look.height,
                    status.frames_per_second, milliseconds, look.reading.given_up ? " given up" : "",
                    look.read ? std::string(look.reading.pass).c_str() : "(nothing happens)");
  line.resize(static_cast<std::size_t>(std::max(0, length)));
  if (sighting.dimension > 0) {
    std::string seen(80, '\0');
    const int more = std::snprintf(seen.data(), seen.size(), "  %d modules of %.1f px, %.0f %% like a code",
                                   sighting.dimension, sighting.module_pixels, 100 * sighting.likeness);
    seen.resize(static_cast<std::size_t>(std::max(0, more)));
    line += seen;
  }
  if (look.advice != Advice::none) line += "  advice: " + std::string(to_name(look.advice));
  for (const Symbol& symbol : look.reading.symbols) line += "  \"" + on_one_line(symbol.text) + '"';
  return line;
}

std::string object_of(const Look& look, const ScanLoopStatus& status) {
  nlohmann::json symbols = nlohmann::json::array();
  for (const Symbol& symbol : look.reading.symbols) {
    symbols.push_back({{"text", symbol.text},
                       {"format", symbol.format},
                       {"corners", corners_of(symbol.corners)},
                       {"sure", symbol.sure}});
  }
  const Sighting& sighting = look.reading.sighting;
  const nlohmann::json object{{"frame", look.frame},
                              {"width", look.width},
                              {"height", look.height},
                              {"frames_per_second", status.frames_per_second},
                              {"read", look.read},
                              {"pass", look.reading.pass},
                              {"ms", static_cast<double>(look.reading.took.count()) / 1000},
                              {"given_up", look.reading.given_up},
                              {"modules", sighting.dimension},
                              {"module_px", sighting.module_pixels},
                              {"likeness", sighting.likeness},
                              {"advice", to_name(look.advice)},
                              {"symbols", symbols}};
  return dumped(object);
}

}  // namespace

bool live(ScanLoop& loop, bool as_json, LiveForm form, std::ostream& out, std::ostream& errors,
          const std::function<bool()>& goes_on) {
  StatusNews news;
  std::string last_gist;
  Clock::time_point last_line{};
  while (goes_on() && out) {
    // Asked before the mailbox, so that what came of the last frame is not lost.
    const ScanLoopStatus status = loop.status();
    const auto look = loop.wait_look(kPatience);
    if (look && as_json) {
      out << object_of(*look, status) << std::endl;
    } else if (look) {
      const auto now = Clock::now();
      const bool is_news = gist(*look) != last_gist;
      if (form == LiveForm::in_place) {
        // What was read stays above the line that goes on changing.
        const char* begins = is_news && !look->reading.symbols.empty() ? "\r\n\x1b[K" : "\r\x1b[K";
        out << begins << line_of(*look, status) << std::flush;
      } else if (is_news || now - last_line >= kAtLeastEvery) {
        out << line_of(*look, status) << std::endl;
        last_line = now;
      }
      last_gist = gist(*look);
    }
    news.tell(status, errors);
    if (look) continue;
    if (status.state == ScanLoopStatus::State::failed) return false;
    if (status.state == ScanLoopStatus::State::ended) break;
  }
  if (form == LiveForm::in_place && !as_json) out << '\n';
  return true;
}

}  // namespace lanyard::scanner
