// /etc/lanyard/kiosk.toml: what this kiosk is made of. Every key is explained in kiosk/kiosk.toml.example.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/desk/staff.hpp"
#include "kiosk/face/renderer.hpp"
#include "kiosk/face/theme.hpp"
#include "kiosk/face/turn.hpp"
#include "kiosk/face/way.hpp"
#include "kiosk/voice/speech.hpp"
#include "scanner/camera.hpp"
#include "scanner/hand_device.hpp"
#include "scanner/hand_scanner.hpp"
#include "scanner/symbol.hpp"
#include "sync/error.hpp"
#include "sync/event_file.hpp"

namespace lanyard::kiosk {

struct ScreenConfig {
  int width_px{0};  // of a window; 0 = full screen
  int height_px{0};
  double diagonal_mm{0};    // of the panel; 0 = what the monitor says of itself
  double lower_edge_mm{0};  // of the panel, above the floor; 0 = nobody said
  Turn turn{Turn::none};    // of the panel
  Renderer renderer{Renderer::automatic};
  Scheme theme{Scheme::dark};
  std::filesystem::path theme_file;  // what the event wears; "" = nothing of its own
  std::string language{"en"};
  std::vector<std::string> languages{"ar", "zh", "en", "fr", "ru", "es"};
};

struct VisitConfig {
  std::chrono::milliseconds admitted_for{4000};     // a welcome stays, if nobody comes
  std::chrono::milliseconds refused_for{9000};      // a refusal stays, if nobody comes
  std::chrono::milliseconds result_at_least{1000};  // either stays, even if the next one comes
};

struct CameraConfig {
  std::string source{"v4l2:/dev/lanyard/camera"};  // or "replay:/folder", "none"
  double frames_per_second{15};                    // of a replay
  bool loop{true};                                 // of a replay; else it waits for further pictures
  scanner::V4l2Options video{};                    // of a video device
  scanner::Symbologies symbologies{};              // beside QR codes
};

inline constexpr std::size_t kMaxHandScanners = 4;

struct HandScannerConfig {
  std::string device;  // "serial:/dev/...", "hid:/dev/input/..." or "hid:NAME"
  scanner::HandOptions options;
  scanner::HandFormat format;
};

struct SoundConfig {
  std::string device{"default"};  // ALSA's name of it; "none": no sound at all
  int words_per_minute{kWordsPerMinute};
};

inline constexpr std::size_t kMaxNeighbours = 8;
// So that a page has been taken back before another kiosk prints it (kBadgeUnderWayFor).
inline constexpr std::chrono::seconds kMaxHold{180};

inline constexpr std::int64_t kMaxRoll = 100'000;

struct PrinterConfig {
  std::string where;                     // "" = this kiosk prints no badges
  std::filesystem::path badge_template;  // "" = the shipped one
  int dpi{300};
  std::uint32_t roll{0};  // badges that it holds when it was filled; 0: nobody counts
  // Whose printers are used when this one cannot print, in this order.
  struct Neighbour {
    std::string where;
    std::string at;  // checkpoint that it stands at: people are sent there
  };
  std::vector<Neighbour> neighbours{};
  std::chrono::seconds hold_for{120};  // a page that waits for somebody to see to the printer
};

struct KioskConfig {
  std::filesystem::path store{"/var/lib/lanyard/store.db"};
  std::filesystem::path assets;      // "" = where they were installed
  std::filesystem::path event_file;  // "" = none
  // What it says: the policy for as long as the hub has none for this kiosk's place. read_config fills it in.
  std::optional<sync::EventFile> own_event;
  ScreenConfig screen;
  VisitConfig visit;
  CameraConfig camera;
  std::vector<HandScannerConfig> hand_scanners;
  PrinterConfig printer;
  SoundConfig sound;
  std::vector<StaffMember> staff;
  std::filesystem::path set_up_folder;  // of SetUpLine; "" = a code that is held up sets nothing up
  std::vector<WaySign> ways;            // from here to other entrances
  std::filesystem::path gate_socket;    // of GateLine; "": no gate, and no lamp
};

// Errors: invalid, a line for each thing wrong: "kiosk.toml:12: camera.source: ...".
[[nodiscard]] sync::Expected<KioskConfig> parse_config(std::string_view text, const std::string& name);
[[nodiscard]] sync::Expected<KioskConfig> read_config(const std::filesystem::path& file);

}  // namespace lanyard::kiosk
