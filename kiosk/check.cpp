#include "kiosk/check.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

#include "kiosk/badge/printer.hpp"
#include "kiosk/desk/admit.hpp"
#include "kiosk/desk/status.hpp"
#include "kiosk/face/phrases.hpp"
#include "kiosk/face/scripts.hpp"
#include "kiosk/gate_line.hpp"
#include "kiosk/journal_thread.hpp"
#include "kiosk/stamp.hpp"
#include "kiosk/voice/loudspeaker.hpp"
#include "kiosk/voice/speech.hpp"
#include "sync/device_clock.hpp"
#include "sync/mend.hpp"

namespace lanyard::kiosk {

namespace {

using namespace std::chrono_literals;

constexpr auto kCameraPatience = 5s;
constexpr auto kHandScannerPatience = 100ms;
constexpr auto kGatePatience = 2s;

class Report {
 public:
  void ok(const char* part, const std::string& found) { line("ok", part, found); }
  void note(const char* part, const std::string& found) { line("note", part, found); }
  void fail(const char* part, const std::string& why) {
    line("fail", part, why);
    good_ = false;
  }
  [[nodiscard]] bool good() const { return good_; }

 private:
  static void line(const char* verdict, const char* part, const std::string& text) {
    (void)std::printf("%-5s %-8s %s\n", verdict, part, text.c_str());
    (void)std::fflush(stdout);  // each as soon as it is known: some take seconds
  }
  bool good_{true};
};

std::string ago(Timestamp when, Timestamp now) {
  const auto passed = std::chrono::duration_cast<std::chrono::seconds>(now - when);
  if (passed < 2min) return std::to_string(passed.count()) + " s ago";
  return std::to_string(std::chrono::duration_cast<std::chrono::minutes>(passed).count()) + " min ago";
}

void check_disk(const KioskConfig& config, Report& report) {
  std::error_code error;
  const auto folder =
      config.store.has_parent_path() ? config.store.parent_path() : std::filesystem::path(".");
  const auto space = std::filesystem::space(folder, error);
  if (error) return report.fail("disk", folder.string() + ": " + error.message());
  const std::string free = std::to_string(space.available / 1'000'000) + " MB free in " + folder.string();
  if (space.available < kLeastFreeBytes) return report.fail("disk", "only " + free);
  report.ok("disk", free);
}

// What was set aside, and whether the hub has yet to tell where a mended store goes on.
void check_mended(const KioskConfig& config, sync::Store& store, Report& report) {
  const auto note = store.mend_note();
  if (note && *note) {
    report.note("store", "it was damaged, and is mended: " + std::to_string((*note)->read) +
                             " rows were read; the hub has yet to tell where they go on");
  }
  for (const auto& folder : sync::set_aside(config.store))
    report.note("store", "a damaged one is set aside in " + folder.string());
}

void check_store(const KioskConfig& config, Report& report) {
  auto store = sync::Store::open(config.store);
  if (!store) return report.fail("store", store.error().message);
  if (auto sound = store->check_integrity(); !sound) return report.fail("store", sound.error().message);
  if (auto writes = store->probe_writing(); !writes) return report.fail("store", writes.error().message);
  const auto rows = store->row_count();
  report.ok("store", config.store.string() + ", sound, " + (rows ? std::to_string(*rows) : "?") + " rows");
  check_mended(config, *store, report);

  Desk desk(std::move(*store));
  auto identity = desk.store().identity();
  const auto standing = desk.store().standing();
  if (!identity || !standing) return report.fail("store", "it cannot be read");
  if (!*identity) return report.fail("hub", "this kiosk is not enrolled: lanyard-syncd enrol URL CODE");
  const sync::RowStamp stamp = stamp_now();
  const Timestamp now = stamp.now;
  if (!standing->hub_contact) {
    report.fail("hub", "it has never answered; is lanyard-syncd running?");
  } else {
    const std::string heard = "answered " + ago(*standing->hub_contact, now);
    now - *standing->hub_contact < kOnlineFor ? report.ok("hub", heard)
                                              : report.note("hub", heard + ": working offline");
  }
  const auto venue = desk.venue();
  const auto people = desk.store().attendee_count();
  if (!venue || *venue == nullptr || !people) return report.fail("roster", "none has come yet");
  report.ok("roster", std::to_string(*people) + " attendees, event " + (*venue)->event.id + ", checkpoint " +
                          (*venue)->checkpoint.id);
  const std::int64_t offset_ms = (sync::hub_time(standing->clock, stamp).now - stamp.now).count();
  if (std::abs(offset_ms) > 2000) {
    report.note("clock", "differs from the hub's by " + std::to_string(offset_ms) + " ms (corrected)");
  }
}

void check_clock(Report& report) {
  if (sync::wall_clock_synchronised()) return report.ok("clock", "synchronised");
  report.note("clock", "not synchronised (chrony or timesyncd); the hub's time is used where it is known");
}

void check_camera(const KioskConfig& config, Report& report) {
  if (config.camera.source == "none") return report.note("camera", "none is set up");
  auto camera = open_configured_camera(config.camera);
  if (!camera) return report.fail("camera", camera.error().message);
  const auto until = std::chrono::steady_clock::now() + kCameraPatience;
  std::string why = "no picture within 5 s";
  while (std::chrono::steady_clock::now() < until) {
    const auto frame = (*camera)->next(500ms);
    if (frame) {
      const scanner::CameraStatus status = (*camera)->status();
      const std::string& mode = status.mode.get();
      const std::string size =
          std::to_string(frame->frame->width()) + "x" + std::to_string(frame->frame->height());
      report.ok("camera", config.camera.source + ", " + (mode.empty() ? size : mode));
      if (!(status.remarks == "")) report.note("camera", "its profile: " + status.remarks.get());
      return;
    }
    if (frame.error().kind != scanner::CameraError::Kind::no_frame_yet) {
      why = frame.error().message;
      std::this_thread::sleep_for(200ms);
    }
  }
  report.fail("camera", why);
}

void check_hand_scanners(const KioskConfig& config, Report& report) {
  for (const HandScannerConfig& hand : config.hand_scanners) {
    auto device = scanner::open_hand_device(hand.device, hand.options);
    if (!device) {
      report.fail("scanner", device.error());
      continue;
    }
    std::string typed;
    const auto read = (*device)->read(typed, kHandScannerPatience);
    read ? report.ok("scanner", hand.device + ", open for us alone") : report.fail("scanner", read.error());
  }
}

void check_printer(const KioskConfig& config, const std::filesystem::path& assets, Report& report) {
  if (config.printer.where.empty())
    return report.note("printer", "none is set up: this kiosk prints no badges");
  auto printers = printers_of(config.printer);
  if (!printers) return report.fail("printer", printers.error().message);
  for (PoolPrinter& one : *printers) {
    const std::string at = one.at.empty() ? "" : " (at " + one.at + ")";
    const auto found = one.printer->state();
    if (!found) {
      report.fail("printer", found.error().message + at);
    } else if (found->held_up) {
      report.fail("printer", described(*found) + at);
    } else {
      report.ok("printer", described(*found) + at);
    }
  }
  const auto file = badge_template(config, assets);
  auto badge = BadgeTemplate::load(file);
  if (!badge) return report.fail("badge", badge.error().message);
  report.ok("badge", file.string());
  for (const std::string& warning : badge->warnings()) report.note("badge", warning);
}

void check_gate(const KioskConfig& config, Report& report) {
  if (config.gate_socket.empty()) return;
  GateLine gate(config.gate_socket);
  const auto until = std::chrono::steady_clock::now() + kGatePatience;
  for (auto now = until - kGatePatience; gate.state() == GateNow::starting && now < until;
       now = std::chrono::steady_clock::now()) {
    gate.tend(gate::Light::busy, now);
    std::this_thread::sleep_for(20ms);
  }
  if (gate.state() == GateNow::works)
    return report.ok("gate", config.gate_socket.string() + ", its lines can be driven");
  report.fail("gate", gate.why().empty() ? "it does not answer" : gate.why());
}

void check_fonts(Report& report) {
  const auto missing = scripts_without_letters();
  missing.empty() ? report.ok("fonts", "every script that was tried")
                  : report.fail("fonts", "no letters for " + described(missing));
}

void check_languages(const KioskConfig& config, const std::filesystem::path& assets, Report& report) {
  const Phrases phrases((assets / "locale").string(), config.screen.languages);
  std::string missing;
  for (const std::string& language : phrases.missing()) missing += (missing.empty() ? "" : ", ") + language;
  missing.empty()
      ? report.ok("phrases", std::to_string(config.screen.languages.size()) + " languages")
      : report.fail("phrases", "no catalogue for " + missing + " in " + (assets / "locale").string());
}

void check_sound(const KioskConfig& config, Report& report) {
  if (config.sound.device == "none") return report.note("sound", "none is set up: nobody is spoken to");
  const auto complain = [&](const std::string& why) {
    // A machine without a card is a kiosk all the same; one whose card is named wants it.
    config.sound.device == SoundConfig{}.device ? report.note("sound", why) : report.fail("sound", why);
  };
  if (auto speaker = Loudspeaker::open(config.sound.device); !speaker)
    return complain(speaker.error().message);
  std::array<std::int16_t, 1000> sound{};
  std::string silent;
  for (const std::string& language : config.screen.languages) {
    auto speech = Speech::begin({"1", language});
    if (!speech) return complain(speech.error().message);
    if (const auto said = speech->read(sound); !said) return complain(language + ": " + said.error().message);
    if (!voice_of(language)) silent += " " + language;
  }
  report.ok("sound", config.sound.device +
                         (silent.empty() ? ", a voice for each language" : ", read in English:" + silent));
}

class MissingCamera : public scanner::Camera {
 public:
  explicit MissingCamera(std::string why) : why_(std::move(why)) {}
  tl::expected<scanner::Captured, scanner::CameraError> next(std::chrono::milliseconds) override {
    return tl::make_unexpected(scanner::CameraError{scanner::CameraError::Kind::lost, why_});
  }
  [[nodiscard]] scanner::CameraStatus status() const override { return {}; }

 private:
  std::string why_;
};

}  // namespace

std::filesystem::path badge_template(const KioskConfig& config, const std::filesystem::path& assets) {
  if (!config.printer.badge_template.empty()) return config.printer.badge_template;
  return assets / "badges" / "a6-portrait.svg";
}

sync::Expected<std::vector<PoolPrinter>> printers_of(const PrinterConfig& config) {
  std::vector<PoolPrinter> pool;
  const auto add = [&](const std::string& where, const std::string& at) -> sync::Expected<void> {
    auto made = make_printer(where, config.dpi);
    if (!made) return tl::make_unexpected(made.error());
    pool.push_back({std::move(*made), without_password(where), at});
    return {};
  };
  if (config.where.empty()) return pool;
  if (auto own = add(config.where, ""); !own) return tl::make_unexpected(own.error());
  for (const PrinterConfig::Neighbour& one : config.neighbours) {
    if (auto other = add(one.where, one.at); !other) return tl::make_unexpected(other.error());
  }
  return pool;
}

scanner::OpenedCamera open_configured_camera(const CameraConfig& config) {
  constexpr std::string_view kReplay = "replay:";
  if (!config.source.starts_with(kReplay)) return scanner::open_camera(config.source, config.video);
  return scanner::open_replay(
      config.source.substr(kReplay.size()),
      {.loop = config.loop, .follow = !config.loop, .frames_per_second = config.frames_per_second});
}

std::unique_ptr<scanner::Camera> missing_camera(std::string why) {
  return std::make_unique<MissingCamera>(std::move(why));
}

bool run_checks(const KioskConfig& config, const std::filesystem::path& assets) {
  Report report;
  check_disk(config, report);
  check_store(config, report);
  check_clock(report);
  check_camera(config, report);
  check_hand_scanners(config, report);
  check_printer(config, assets, report);
  check_gate(config, report);
  check_fonts(report);
  check_languages(config, assets, report);
  check_sound(config, report);
  return report.good();
}

}  // namespace lanyard::kiosk
