// lanyard-kiosk: puts the parts together, and takes them apart again.
#include <algorithm>
#include <atomic>
#include <charconv>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>

#include <CLI/CLI.hpp>
#include <sodium.h>

#include "kiosk/badge_command.hpp"
#include "kiosk/check.hpp"
#include "kiosk/config.hpp"
#include "kiosk/face/livery.hpp"
#include "kiosk/face/reach.hpp"
#include "kiosk/face/scripts.hpp"
#include "kiosk/face/text_file.hpp"
#include "kiosk/kiosk_loop.hpp"
#include "kiosk/start_record.hpp"
#include "sync/device_clock.hpp"
#include "sync/log.hpp"

namespace {

using namespace lanyard;
using namespace lanyard::kiosk;

constexpr int kFailed = 1;
constexpr int kWrongUse = 2;
constexpr int kUnfit =
    78;  // settings, fonts or a badge template that no restart mends (sysexits.h: EX_CONFIG)

// Set by a signal handler, on whichever thread the signal comes to.
std::atomic<bool> g_stop{false};
static_assert(std::atomic<bool>::is_always_lock_free);  // else the handler could not use it

struct CommandLine {
  std::string config{"/etc/lanyard/kiosk.toml"};
  std::string camera;
  std::string window;
  std::string screenshots;
  std::string script;
  bool announce{false};
};

// Beside the program, wherever it was installed to: /usr/bin and /usr/share/lanyard.
std::filesystem::path assets_folder(const KioskConfig& config) {
  if (!config.assets.empty()) return config.assets;
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / LANYARD_ASSETS_FROM_PROGRAM)
      .lexically_normal();
}

// "1080x1920". False if it is not that.
bool take_window(const std::string& text, ScreenConfig& screen) {
  const char* const end = text.data() + text.size();
  const auto [cross, bad_width] = std::from_chars(text.data(), end, screen.width_px);
  if (bad_width != std::errc{} || cross == end || *cross != 'x') return false;
  const auto [rest, bad_height] = std::from_chars(cross + 1, end, screen.height_px);
  return bad_height == std::errc{} && rest == end && screen.width_px >= 320 && screen.height_px >= 320 &&
         screen.width_px <= 8192 && screen.height_px <= 8192;
}

sync::Expected<KioskConfig> settings_of(const CommandLine& line) {
  auto config = read_config(line.config);
  if (!config) return config;
  if (!line.camera.empty()) config->camera.source = line.camera;
  if (!line.window.empty() && !take_window(line.window, config->screen)) {
    return sync::fail(sync::Error::Kind::invalid,
                      "--window " + line.window + ": expected WIDTHxHEIGHT, as 1080x1920");
  }
  return config;
}

WindowConfig window_of(const ScreenConfig& screen) {
  WindowConfig window;
  window.full_screen = screen.width_px == 0;
  window.hide_pointer = window.full_screen;
  if (screen.width_px > 0) window.width_px = screen.width_px;
  if (screen.height_px > 0) window.height_px = screen.height_px;
  // A window stands for a panel of its own size.
  if (screen.diagonal_mm > 0 && screen.width_px > 0) {
    window.px_per_mm = static_cast<float>(std::hypot(screen.width_px, screen.height_px) / screen.diagonal_mm);
  }
  window.diagonal_mm = static_cast<float>(screen.diagonal_mm);
  window.renderer = screen.renderer;
  window.turn = screen.turn;
  window.lower_edge_mm = static_cast<float>(screen.lower_edge_mm);
  return window;
}

std::unique_ptr<scanner::ScanLoop> scan_loop_of(const CameraConfig& config) {
  if (config.source == "none") return nullptr;
  auto camera = open_configured_camera(config);
  if (!camera) {
    // A folder that is not there yet, most likely: the screen says "out of order" and the log says why.
    log::error("camera: {}", camera.error().message);
    return std::make_unique<scanner::ScanLoop>(missing_camera(camera.error().message));
  }
  scanner::ScanLoopOptions options;
  options.stream.symbologies = config.symbologies;
  options.on_news = [] { Window::wake(); };
  return std::make_unique<scanner::ScanLoop>(std::move(*camera), std::move(options));
}

std::vector<std::unique_ptr<scanner::HandLoop>> hand_loops_of(const KioskConfig& config) {
  std::vector<std::unique_ptr<scanner::HandLoop>> loops;
  for (const HandScannerConfig& hand : config.hand_scanners) {
    auto device = scanner::open_hand_device(hand.device, hand.options);
    if (!device) {  // the settings were checked, so it is a bug; the others go on
      log::error("{}", device.error());
      continue;
    }
    scanner::HandLoopOptions options;
    options.format = hand.format;
    options.source = hand.device;
    options.on_news = [] { Window::wake(); };
    loops.push_back(std::make_unique<scanner::HandLoop>(std::move(*device), std::move(options)));
  }
  return loops;
}

// Where systemd keeps what a service wants to find again after it came down; "" on a desk.
std::filesystem::path runtime_folder() {
  const char* folder = std::getenv("RUNTIME_DIRECTORY");
  return folder == nullptr ? "" : folder;
}

std::chrono::seconds since_boot() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::milliseconds(sync::since_boot_ms()));
}

// Without what may have brought it down. Names are still found, badges still printed, codes still scanned by
// hand.
void leave_out_the_unsafe(KioskConfig& config) {
  log::error("came down {} times within {} s: safe mode, without camera, card and sound", kStartsInVain,
             kStartsWithin.count());
  config.camera.source = "none";
  config.sound.device = "none";
  config.screen.renderer = Renderer::processor;
  config.screen.theme_file.clear();
}

// What a kiosk cannot start without, and no second try would mend.
struct Outfit {
  KioskConfig config;
  std::filesystem::path assets;
  std::vector<PoolPrinter> printers;  // its own first; none: it prints no badges
  BadgeTemplate badge;
  std::vector<ScriptStep> script;  // empty: a person stands there
};

sync::Expected<std::vector<ScriptStep>> script_of(const CommandLine& line) {
  if (line.script.empty()) return std::vector<ScriptStep>{};
  const auto text = read_text_file(line.script, kMaxScriptBytes);
  if (!text) return tl::make_unexpected(text.error());
  auto steps = parse_script(*text, line.script);
  if (!steps) return steps;
  const bool shows =
      std::ranges::any_of(*steps, [](const ScriptStep& step) { return step.kind == ScriptStep::Kind::shot; });
  if (shows && line.screenshots.empty()) {
    return sync::fail(sync::Error::Kind::invalid, line.script + ": it keeps pictures: say --screenshots DIR");
  }
  return steps;
}

sync::Expected<Outfit> outfit_of(const CommandLine& line) {
  auto config = settings_of(line);
  if (!config) return tl::make_unexpected(config.error());
  // Names in a script without letters show as boxes, which a kiosk can do its work with; words that cannot be
  // read it cannot.
  const std::vector<Script> missing = scripts_without_letters();
  const std::string lacking = "fonts: no letters for " + described(missing);
  if (!missing.empty() && missing.front().name == kScriptOfTheFace) {
    return sync::fail(sync::Error::Kind::unavailable, lacking);
  }
  if (!missing.empty()) log::warn("{}", lacking);
  std::filesystem::path assets = assets_folder(*config);
  auto printers = printers_of(config->printer);
  if (!printers) return tl::make_unexpected(printers.error());
  if (!config->screen.theme_file.empty()) {
    if (auto worn = read_livery(config->screen.theme_file, config->screen.theme); !worn) {
      return tl::make_unexpected(worn.error());
    }
  }
  auto badge = BadgeTemplate::load(badge_template(*config, assets));
  if (!badge) return tl::make_unexpected(badge.error());
  for (const std::string& warning : badge->warnings()) log::warn("badge template: {}", warning);
  auto script = script_of(line);
  if (!script) return tl::make_unexpected(script.error());
  return Outfit{std::move(*config), std::move(assets), std::move(*printers), std::move(*badge),
                std::move(*script)};
}

// By its name the same at every kiosk; a device file, a folder or a queue of this machine is not.
bool is_on_network(std::string_view uri) {
  const auto host = uri.find("://");
  if (host == std::string_view::npos) return false;
  const std::string_view rest = uri.substr(host + 3);
  return !rest.starts_with("localhost") && !rest.starts_with("127.") && !rest.starts_with("[::1]");
}

std::optional<RollSetting> roll_of(const PrinterConfig& config, const std::vector<PoolPrinter>& pool) {
  if (config.roll == 0 || pool.empty()) return std::nullopt;
  return RollSetting{pool.front().name, config.roll, is_on_network(config.where)};
}

int run_kiosk(const CommandLine& line) {
  auto outfit = outfit_of(line);
  if (!outfit) {
    log::error("{}", outfit.error().message);
    return kUnfit;
  }
  const StartRecord starts(runtime_folder(), since_boot());
  const bool is_safe = starts.mode() == StartMode::safe;
  if (is_safe) leave_out_the_unsafe(outfit->config);
  const KioskConfig& config = outfit->config;
  auto window = Window::open(window_of(config.screen));
  if (!window) {
    log::error("{}", window.error().message);
    return kFailed;
  }
  const Phrases phrases((outfit->assets / "locale").string(), config.screen.languages);
  for (const std::string& language : phrases.missing())
    log::warn("no catalogue for the language {}", language);
  Texts texts((*window)->textures());
  Canvas canvas(texts, phrases, config.screen.theme);

  Inbox inbox([] { Window::wake(); });
  std::unique_ptr<PrintThread> print;
  JournalThread journal(
      config.store, config.staff, inbox, [&print](PrintJob job) { print->post(std::move(job)); },
      config.own_event, [&print] { return print->look(); }, roll_of(config.printer, outfit->printers));
  PrintTimes times;
  times.hold_for = config.printer.hold_for;
  print = std::make_unique<PrintThread>(std::move(outfit->printers), std::move(outfit->badge),
                                        reports_to(journal, inbox), times);
  journal.post(ResumeBadges{});
  if (is_safe) journal.post(effect::RaiseAlert{"kiosk.safe_mode", "without camera, card and sound"});
  const auto scan = scan_loop_of(config.camera);
  const auto hands = hand_loops_of(config);
  Readers readers{.camera = scan.get(), .hands = {}, .camera_left_out = is_safe};
  for (const auto& hand : hands) readers.hands.push_back(hand.get());

  std::unique_ptr<VoiceThread> voice;
  if (config.sound.device != "none") {
    voice =
        std::make_unique<VoiceThread>(VoiceConfig{config.sound.device, config.sound.words_per_minute},
                                      [&inbox](std::uint64_t turn) { inbox.post(event::SpeechEnded{turn}); });
  }
  LoopOptions options;
  options.ways = config.ways;
  options.theme_file = config.screen.theme_file;
  options.theme = config.screen.theme;
  options.voice = voice.get();
  options.set_up_folder = config.set_up_folder;
  options.gate_socket = config.gate_socket;
  options.flow.can_set_up = SetUpLine(config.set_up_folder).is_there();
  options.flow.can_speak = voice != nullptr;
  options.flow.can_print = !config.printer.where.empty();
  options.flow.can_lower = reaches_too_high((*window)->metrics());
  options.flow.language = config.screen.language;
  options.flow.languages = config.screen.languages;
  options.flow.admitted_for = config.visit.admitted_for;
  options.flow.refused_for = config.visit.refused_for;
  options.flow.result_at_least = config.visit.result_at_least;
  if (is_safe) options.restart_after = kSafeFor;
  options.screenshots = line.screenshots;
  options.announce = line.announce;
  options.script = std::move(outfit->script);
  options.script_name = line.script;
  KioskLoop loop(**window, canvas, journal, std::move(readers), inbox, std::move(options));
  loop.run(g_stop);
  // The print thread reports to the journal, so it ends first; the journal still hands over to it, so it is
  // there.
  print->stop();
  starts.ended_well();
  return loop.script_failed() ? kFailed : 0;
}

int hash_a_pin() {
  std::string pin;
  std::getline(std::cin, pin);
  const bool digits = std::all_of(pin.begin(), pin.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || pin.size() < kPinDigitsLeast || pin.size() > kPinDigitsMost) {
    (void)std::fprintf(stderr, "lanyard-kiosk: expected a PIN of %zu to %zu digits on standard input\n",
                       kPinDigitsLeast, kPinDigitsMost);
    return kWrongUse;
  }
  const std::string hash = hash_pin(pin);
  if (hash.empty()) {
    (void)std::fputs("lanyard-kiosk: there is too little memory to compute the hash\n", stderr);
    return kFailed;
  }
  return std::puts(hash.c_str()) >= 0 && std::fflush(stdout) == 0 ? 0 : kFailed;
}

int check_parts(const CommandLine& line) {
  auto config = settings_of(line);
  if (!config) {
    (void)std::fprintf(stderr, "%s\n", config.error().message.c_str());
    return kFailed;
  }
  return run_checks(*config, assets_folder(*config)) ? 0 : kFailed;
}

// A designer's machine has no kiosk's settings, and needs none.
int draw_badges(const CommandLine& line, const BadgeCommand& badge, bool all) {
  KioskConfig config;
  if (std::filesystem::exists(line.config) || all || !badge.attendee.empty()) {
    auto read = settings_of(line);
    if (!read) {
      (void)std::fprintf(stderr, "%s\n", read.error().message.c_str());
      return kFailed;
    }
    config = std::move(*read);
  }
  const auto assets = assets_folder(config);
  const bool drawn = all ? preview_roster(badge, config, assets) : render_badge(badge, config, assets);
  return drawn ? 0 : kFailed;
}

int list_printers() {
  constexpr std::chrono::seconds kListenFor{5};
  const auto found = find_printers(kListenFor);
  for (const FoundPrinter& one : found)
    (void)std::printf("%s\t%s\t%s\n", one.where.c_str(), one.name.c_str(), one.model.c_str());
  if (!found.empty()) return 0;
  (void)std::fputs(
      "lanyard-kiosk: no printer tells the network of itself (or avahi-daemon does not run here); its\n"
      "address does as well: uri = \"ipp://192.0.2.7/ipp/print\"\n",
      stderr);
  return kFailed;
}

int check_settings(const CommandLine& line) {
  const auto outfit = outfit_of(line);
  if (!outfit) (void)std::fprintf(stderr, "%s\n", outfit.error().message.c_str());
  return outfit ? 0 : kFailed;
}

int run(int argc, char** argv) {
  CLI::App app("The check-in kiosk: reads badges, decides, welcomes, prints.", "lanyard-kiosk");
  app.set_version_flag("--version", std::string("lanyard-kiosk ") + LANYARD_VERSION);
  CommandLine line;
  app.add_option("--config", line.config, "Settings of this kiosk")->capture_default_str()->type_name("FILE");
  app.add_option("--camera", line.camera,
                 "v4l2:DEVICE, replay:FOLDER or none, instead of what the settings say");
  app.add_option("--window", line.window, "A window of this size instead of the whole screen")
      ->type_name("WxH");
  app.add_option("--screenshots", line.screenshots, "Keep a picture of each screen here")->type_name("DIR");
  app.add_option(
         "--script", line.script,
         "Play these steps and end: kiosk/script.hpp says what they are. Its pictures go to --screenshots")
      ->type_name("FILE");
  app.add_flag("--announce", line.announce, "Say on stdout what is on the screen, a JSON object a line");
  app.fallthrough();
  auto* check = app.add_subcommand(
      "check",
      "Try each part (disk, database, clock, camera, printer, gate, fonts, phrases, sound), a line for each");
  bool settings_only = false;
  check->add_flag("--settings", settings_only,
                  "Only what a restart would not mend: settings, fonts, badge template");
  BadgeCommand badge;
  auto* badges = app.add_subcommand(
      "badge", "Look at a badge template before the day. The codes that this draws open no door");
  badges->require_subcommand(1);
  auto* render = badges->add_subcommand("render", "One badge: somebody of the roster, or somebody made up");
  auto* preview = badges->add_subcommand(
      "preview", "The badges of the whole roster in one PDF; on stdout a line for each that needs a look");
  render->add_option("--attendee", badge.attendee, "Whose; without it, somebody made up")->type_name("ID");
  for (CLI::App* one : {render, preview}) {
    one->add_option("--template", badge.badge_template, "The SVG file; without it, the settings'")
        ->type_name("FILE");
    one->add_option("--output", badge.output,
                    one == render ? "Its name says as what: .pdf, .png, .pwg, .jpg or .pbm" : "A .pdf")
        ->required()
        ->type_name("FILE");
    one->add_option("--dpi", badge.dpi, "Of the printer; without it, the settings'")
        ->check(CLI::Range(100, 2400));
    one->add_option("--language", badge.language, "Of all but the names; without it, each one's own")
        ->type_name("TAG");
  }
  auto* printers = app.add_subcommand(
      "printers",
      "Printers that tell the network of themselves: what the settings would call each, name, model");
  auto* hash =
      app.add_subcommand("hash-pin", "Read a staff PIN from stdin and print its hash for the settings");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& stopped) {  // --help and --version come this way too
    return app.exit(stopped, std::cout, std::cerr) == 0 ? 0 : kWrongUse;
  }
  if (sodium_init() < 0) return kFailed;
  if (hash->parsed()) return hash_a_pin();
  if (printers->parsed()) return list_printers();
  if (badges->parsed()) return draw_badges(line, badge, preview->parsed());
  if (check->parsed()) return settings_only ? check_settings(line) : check_parts(line);
  (void)std::signal(SIGTERM, [](int) { g_stop = true; });
  (void)std::signal(SIGINT, [](int) { g_stop = true; });
  return run_kiosk(line);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    lanyard::log::begin("lanyard-kiosk");
    return run(argc, argv);
  } catch (const std::exception& thrown) {
    (void)std::fprintf(stderr, "lanyard-kiosk: %s\n", thrown.what());
    return kFailed;
  }
}
