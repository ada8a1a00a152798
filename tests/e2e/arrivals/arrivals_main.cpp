// lanyard-arrivals: delegates into the frames of the kiosks' cameras.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include <CLI/CLI.hpp>

#include "scanner/decode.hpp"
#include "scanner/picture.hpp"
#include "tests/e2e/arrivals/delegates.hpp"
#include "tests/e2e/arrivals/jpeg.hpp"
#include "tests/e2e/arrivals/plan.hpp"
#include "tests/e2e/arrivals/random.hpp"
#include "tests/e2e/arrivals/sequence.hpp"

namespace lanyard::arrivals {
namespace {

namespace fs = std::filesystem;
using sync::Error;
using sync::Expected;
using sync::fail;

constexpr int kOk = 0;
constexpr int kFailed = 1;
constexpr int kWrongUse = 2;

constexpr int kJpegQuality = 85;
constexpr std::size_t kMaxFileBytes = 256U << 20U;
constexpr int kMinSidePixels = 160;
constexpr int kMaxSidePixels = 4096;

struct Settings {
  std::string event;
  std::string roster;
  std::string credentials;
  std::string plan;
  std::string output;
  std::string badge{"assets/badges/a6-portrait.svg"};
  std::string size{"1280x720"};
  Size frame;
  std::uint64_t seed{1};
  double fps{15};
  bool clean{false};
  bool check{false};
};

Expected<std::string> read_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Error::Kind::invalid, path.string() + " cannot be opened");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) return fail(Error::Kind::storage, path.string() + " cannot be read");
  if (text.size() > kMaxFileBytes) return fail(Error::Kind::invalid, path.string() + " is too large");
  return text;
}

// What a reader of one file makes of it, and the file's name in front of what it says is wrong.
template <class Read>
auto from_file(const std::string& path, Read read) -> decltype(read(std::string{})) {
  auto text = read_text(path);
  if (!text) return tl::make_unexpected(text.error());
  auto made = read(*text);
  if (!made) return tl::make_unexpected(made.error().within(path));
  return made;
}

Expected<Delegates> read_delegates(const Settings& settings) {
  Delegates delegates;
  auto event =
      from_file(settings.event, [&](const std::string& text) { return read_event(text, settings.event); });
  if (!event) return tl::make_unexpected(event.error());
  delegates.event = std::move(*event);
  auto roster =
      from_file(settings.roster, [&](const std::string& text) { return read_roster(text, delegates.event); });
  if (!roster) return tl::make_unexpected(roster.error());
  delegates.roster = std::move(*roster);
  auto credentials = from_file(settings.credentials, parse_credentials);
  if (!credentials) return tl::make_unexpected(credentials.error());
  delegates.credentials = std::move(*credentials);
  auto badge = kiosk::BadgeTemplate::load(settings.badge);
  if (!badge) return tl::make_unexpected(badge.error());
  delegates.badge = std::move(*badge);
  return delegates;
}

// One kiosk's camera: its hall, and how far its film has run.
struct Film {
  std::unique_ptr<Hall> hall;
  int frames{0};
  int arrivals{0};
};

// A folder with older frames would be one film with the new ones.
Expected<void> make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return fail(Error::Kind::storage, folder.string() + ": " + error.message());
  const bool empty = fs::is_empty(folder, error);
  if (error) return fail(Error::Kind::storage, folder.string() + ": " + error.message());
  if (!empty) return fail(Error::Kind::storage, folder.string() + " is not empty");
  return {};
}

// As a kiosk reads a stream; and a hostile code of a thousand characters, which that has no time for, with
// all there is.
bool reads(const std::vector<std::uint8_t>& jpeg, const std::string& text, Kind kind) {
  const auto frame = scanner::gray_from_jpeg(jpeg);
  if (!frame) return false;
  const auto effort = kind == Kind::raw ? scanner::Effort::thorough : scanner::Effort::quick;
  const auto symbols = scanner::decode(frame->view(), {.effort = effort});
  return std::any_of(symbols.begin(), symbols.end(),
                     [&text](const scanner::Symbol& symbol) { return symbol.text == text; });
}

struct Checked {
  int arrivals{0};
  int read{0};
  int held_frames{0};
  int held_frames_read{0};
};

class Studio {
 public:
  Studio(const Settings& settings, const Delegates& delegates) : settings_(settings), delegates_(delegates) {}

  Expected<void> open_index() {
    std::error_code error;
    fs::create_directories(settings_.output, error);  // opening says what is wrong with it
    index_.open(fs::path(settings_.output) / "arrivals.csv", std::ios::binary);
    return note_in_index("kiosk,order,attendee,kind,first_frame,last_frame,first_held_frame");
  }

  Expected<void> shoot(const Arrival& who, std::uint64_t seed) {
    auto film = film_of(who.kiosk);
    if (!film) return tl::make_unexpected(film.error());
    auto holding = holding_of(who, delegates_, seed_of(seed, "thing"));
    if (!holding) return tl::make_unexpected(holding.error());
    const auto shots = arrival(holding->thing, *(*film)->hall,
                               {settings_.fps, (*film)->frames / settings_.fps, settings_.clean, seed});
    return develop(who, holding->text, shots, **film);
  }

  [[nodiscard]] const Checked& checked() const { return checked_; }

 private:
  Expected<Film*> film_of(const std::string& kiosk) {
    Film& film = films_[kiosk];
    if (!film.hall) {
      if (auto made = make_folder(fs::path(settings_.output) / kiosk); !made) {
        return tl::make_unexpected(made.error());
      }
      film.hall = std::make_unique<Hall>(settings_.frame, seed_of(settings_.seed, kiosk));
    }
    return &film;
  }

  Expected<void> develop(const Arrival& who, const std::string& text, const std::vector<Shot>& shots,
                         Film& film) {
    const int first = film.frames;
    int first_held = -1;
    int held_read = 0;
    for (std::size_t i = 0; i < shots.size(); ++i, ++film.frames) {
      const auto jpeg = jpeg_of(compose(shots[i].scene, shots[i].noise_seed).view(), kJpegQuality);
      char number[16];
      std::snprintf(number, sizeof number, "%06d", film.frames);
      const fs::path path = fs::path(settings_.output) / who.kiosk /
                            (std::string(number) + "-" + who.attendee + "-" + std::to_string(i) + ".jpg");
      if (auto written = write_whole(path, jpeg); !written) return written;
      if (shots[i].moment != Moment::held) continue;
      if (first_held < 0) first_held = film.frames;
      if (!settings_.check) continue;
      ++checked_.held_frames;
      if (reads(jpeg, text, who.kind)) ++held_read;
    }
    if (settings_.check) note(who, held_read, first);
    return note_in_index(who.kiosk + "," + std::to_string(film.arrivals++) + "," + who.attendee + "," +
                         std::string(to_name(who.kind)) + "," + std::to_string(first) + "," +
                         std::to_string(film.frames - 1) + "," + std::to_string(first_held));
  }

  // At once, so that whoever plays the frames may begin with the first.
  Expected<void> note_in_index(const std::string& line) {
    index_ << line << '\n' << std::flush;
    if (index_) return {};
    return fail(Error::Kind::storage, settings_.output + "/arrivals.csv cannot be written");
  }

  void note(const Arrival& who, int held_read, int first_frame) {
    ++checked_.arrivals;
    checked_.held_frames_read += held_read;
    if (held_read > 0) {
      ++checked_.read;
      return;
    }
    std::cerr << "lanyard-arrivals: " << who.kiosk << ", frame " << first_frame << " on: the "
              << to_name(who.kind) << " of " << who.attendee << " was not read\n";
  }

  const Settings& settings_;
  const Delegates& delegates_;
  std::map<std::string, Film> films_;
  std::ofstream index_;
  Checked checked_;
};

int shoot_all(const Settings& settings) {
  const auto failed = [](const Error& error) {
    std::cerr << "lanyard-arrivals: " << error.message << '\n';
    return kFailed;
  };
  const auto delegates = read_delegates(settings);
  if (!delegates) return failed(delegates.error());
  const auto plan = from_file(settings.plan, parse_plan);
  if (!plan) return failed(plan.error());
  Studio studio(settings, *delegates);
  if (auto opened = studio.open_index(); !opened) return failed(opened.error());
  for (std::size_t i = 0; i < plan->size(); ++i) {
    if (auto shot = studio.shoot((*plan)[i], seed_of(settings.seed, i)); !shot) return failed(shot.error());
  }
  if (!settings.check) return kOk;
  const Checked& checked = studio.checked();
  std::cout << "arrivals read: " << checked.read << " of " << checked.arrivals
            << "\nheld frames read: " << checked.held_frames_read << " of " << checked.held_frames << '\n';
  return checked.read == checked.arrivals ? kOk : kFailed;
}

bool parse_size(const std::string& text, Size& size) {
  int end = 0;
  if (std::sscanf(text.c_str(), "%4dx%4d%n", &size.width, &size.height, &end) != 2) return false;
  return static_cast<std::size_t>(end) == text.size() &&
         std::min(size.width, size.height) >= kMinSidePixels &&
         std::max(size.width, size.height) <= kMaxSidePixels;
}

int run(int argc, char** argv) {
  Settings settings;
  CLI::App app{
      "Turns delegates into the frames of the kiosks' cameras: DIR/KIOSK/NNNNNN-ATTENDEE-FRAME.jpg."};
  app.footer(
      "PLAN is CSV, kiosk,attendee[,kind] in order of arrival. A kind is badge (the default), phone,\n"
      "phone-dark, paper, text:RAW or b64:BASE64 (a code that says just that, on a phone).\n"
      "DIR/arrivals.csv lists the frames of each, as soon as they are there. Exits 0, 1 if it failed or "
      "--check found an arrival\n"
      "without a readable frame, 2 for wrong use.");
  app.set_version_flag("--version", std::string("lanyard-arrivals ") + LANYARD_VERSION);
  app.add_option("--event", settings.event, "The event (TOML)")->required();
  app.add_option("--roster", settings.roster, "The delegates (CSV)")->required();
  app.add_option("--credentials", settings.credentials, "id,text (CSV), as lanyard-hub issues them")
      ->required();
  app.add_option("--plan", settings.plan, "Who arrives where, with what (CSV)")->required();
  app.add_option("--output", settings.output, "DIR; the kiosks' folders in it have to be empty")->required();
  app.add_option("--badge", settings.badge, "The badges' template (SVG)")->capture_default_str();
  app.add_option("--size", settings.size, "Of a frame, in pixels")->capture_default_str();
  app.add_option("--fps", settings.fps, "Frames a second")
      ->capture_default_str()
      ->check(CLI::Range(1.0, 60.0));
  app.add_option("--seed", settings.seed, "The same seed gives the same frames")->capture_default_str();
  app.add_flag("--clean", settings.clean, "Without tilt, blur, noise, shade and glare");
  app.add_flag("--check", settings.check, "Read the frames in which something is held still, and count");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error, std::cout, std::cerr) == 0 ? kOk : kWrongUse;
  }
  if (!parse_size(settings.size, settings.frame)) {
    std::cerr << "lanyard-arrivals: --size is WIDTHxHEIGHT, of " << kMinSidePixels << " to " << kMaxSidePixels
              << " pixels each\n";
    return kWrongUse;
  }
  const int result = shoot_all(settings);
  std::cout.flush();
  if (!std::cout) {
    std::cerr << "lanyard-arrivals: the output cannot be written\n";
    return kFailed;
  }
  return result;
}

}  // namespace
}  // namespace lanyard::arrivals

int main(int argc, char** argv) {
  try {
    return lanyard::arrivals::run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "lanyard-arrivals: " << error.what() << '\n';
    return 1;
  }
}
