#include "kiosk/config.hpp"

#include "kiosk/face/text_file.hpp"
#include "kiosk/gate_line.hpp"
#include "scanner/engine.hpp"
#include "sync/event_toml.hpp"
#include "sync/record.hpp"
#include "sync/toml_reader.hpp"

namespace lanyard::kiosk {

namespace {

using sync::TomlTable;

constexpr std::size_t kMaxLanguages = 32;
constexpr std::size_t kMaxWays = 64;
constexpr std::size_t kMaxPathBytes = 1024;

void read_screen(TomlTable table, ScreenConfig& screen) {
  if (table.has("width_px")) screen.width_px = static_cast<int>(table.number("width_px", 320, 8192));
  if (table.has("height_px")) screen.height_px = static_cast<int>(table.number("height_px", 320, 8192));
  if ((screen.width_px == 0) != (screen.height_px == 0)) table.wrong("width_px", "it goes with height_px");
  if (table.has("diagonal_mm"))
    screen.diagonal_mm = static_cast<double>(table.number("diagonal_mm", 100, 5000));
  if (table.has("lower_edge_mm"))
    screen.lower_edge_mm = static_cast<double>(table.number("lower_edge_mm", 50, 3000));
  if (table.has("turned")) {
    const auto turn = turn_of_degrees(table.number("turned", 0, 270));
    if (turn) screen.turn = *turn;
    if (!turn) table.wrong("turned", "a panel hangs turned by 90, 180 or 270 degrees, or by 0");
  }
  if (table.has("renderer")) screen.renderer = table.named("renderer", renderer_named);
  if (table.has("theme_file")) screen.theme_file = table.text("theme_file", kMaxPathBytes);
  if (table.has("theme")) screen.theme = table.named("theme", scheme_named);
  if (table.has("languages")) screen.languages = table.texts("languages", kMaxLanguages);
  for (const std::string& language : screen.languages) {
    if (!sync::is_id(language)) table.wrong("languages", "'" + language + "' is not a language tag");
  }
  if (table.has("language")) screen.language = table.text("language");
  bool spoken = false;
  for (const std::string& language : screen.languages) spoken = spoken || language == screen.language;
  if (!spoken) table.wrong("language", "'" + screen.language + "' is not among the languages");
  table.no_other_keys();
}

void read_sound(TomlTable table, SoundConfig& sound) {
  if (table.has("device")) sound.device = table.text("device", kMaxPathBytes);
  if (table.has("words_per_minute")) {
    sound.words_per_minute = static_cast<int>(table.number("words_per_minute", 80, 450));
  }
  table.no_other_keys();
}

void read_visit(TomlTable table, VisitConfig& visit) {
  const auto read = [&](const char* key, std::chrono::milliseconds& value) {
    if (table.has(key)) value = std::chrono::milliseconds(table.number(key, 0, 60'000));
  };
  read("admitted_ms", visit.admitted_for);
  read("refused_ms", visit.refused_for);
  read("result_at_least_ms", visit.result_at_least);
  table.no_other_keys();
}

void read_camera(TomlTable table, CameraConfig& camera) {
  if (table.has("source")) camera.source = table.text("source", kMaxPathBytes);
  if (table.has("frames_per_second")) {
    camera.frames_per_second = static_cast<double>(table.number("frames_per_second", 1, 120));
  }
  camera.loop = table.flag("loop", camera.loop);
  const auto read = [&](const char* key, std::int64_t least, std::int64_t most, std::optional<int>& value) {
    if (table.has(key)) value = static_cast<int>(table.number(key, least, most));
  };
  scanner::CameraProfile& profile = camera.video.profile;
  read("exposure_us", 100, 1'000'000, profile.exposure_us);
  read("gain", 0, 65'535, profile.gain);
  read("focus", 0, 65'535, profile.focus);
  read("brightness", -65'535, 65'535, profile.brightness);
  read("power_line_hz", 50, 60, profile.power_line_hz);
  if (profile.power_line_hz && *profile.power_line_hz != 50 && *profile.power_line_hz != 60) {
    table.wrong("power_line_hz", "must be 50 or 60");
  }
  const bool sized = table.has("width_px") || table.has("height_px");
  if (sized) {
    camera.video.width = static_cast<int>(table.number("width_px", 160, scanner::kMaxFrameSidePixels));
    camera.video.height = static_cast<int>(table.number("height_px", 120, scanner::kMaxFrameSidePixels));
  }
  if (table.has("symbologies")) {
    const auto symbologies = scanner::parse_symbologies(table.texts("symbologies", scanner::kSymbologies));
    if (!symbologies) {
      table.wrong("symbologies", symbologies.error());
    } else if (!scanner::engine_can(*symbologies)) {
      table.wrong("symbologies",
                  "ZXing " + std::string(scanner::engine_version()) +
                      " can be ended by pictures when it looks for more than QR codes; 2.2 and "
                      "later can do it");
    } else {
      camera.symbologies = *symbologies;
    }
  }
  const std::string& source = camera.source;
  const auto names = [&](std::string_view kind) {
    return source.starts_with(kind) && source.size() > kind.size();
  };
  if (source != "none" && !names("v4l2:") && !names("replay:")) {
    table.wrong("source", R"(expected "v4l2:DEVICE", "replay:FOLDER" or "none")");
  }
  table.no_other_keys();
}

HandScannerConfig read_hand_scanner(TomlTable table) {
  HandScannerConfig config;
  scanner::HandFormat& format = config.format;
  config.device = table.text("device", kMaxPathBytes);
  if (table.has("end")) format.end = table.named("end", scanner::code_end_named);
  if (table.has("prefix")) format.prefix = table.text("prefix", scanner::kMaxHandPrefixBytes);
  format.aim = table.flag("symbology_identifiers", format.aim);
  format.eci = table.flag("eci_marks", format.eci);
  const auto read = [&](const char* key, std::int64_t least, std::chrono::milliseconds& value) {
    if (table.has(key)) value = std::chrono::milliseconds(table.number(key, least, 10'000));
  };
  read("idle_ms", 10, format.idle);
  read("repeat_ms", 0, format.repeat);
  if (table.has("layout")) config.options.layout = table.named("layout", scanner::key_layout_named);
  if (table.has("baud")) {
    config.options.baud = static_cast<int>(table.number("baud", 1200, 230'400));
    if (!scanner::is_baud(config.options.baud)) table.wrong("baud", "is not a speed of serial lines");
  }
  const std::string& device = config.device;
  const auto names = [&](std::string_view kind) {
    return device.starts_with(kind) && device.size() > kind.size();
  };
  if (!device.empty() && !names("serial:") && !names("hid:")) {
    table.wrong("device", R"(expected "serial:DEVICE", "hid:DEVICE" or "hid:NAME")");
  }
  table.no_other_keys();
  return config;
}

void read_printer(TomlTable table, PrinterConfig& printer) {
  printer.where = table.text("uri", kMaxPathBytes);
  if (table.has("template")) printer.badge_template = table.text("template", kMaxPathBytes);
  if (table.has("dpi")) printer.dpi = static_cast<int>(table.number("dpi", 100, 2400));
  if (table.has("roll")) printer.roll = static_cast<std::uint32_t>(table.number("roll", 1, kMaxRoll));
  if (table.has("hold_s"))
    printer.hold_for = std::chrono::seconds(table.number("hold_s", 0, kMaxHold.count()));
  for (TomlTable& neighbour : table.tables("neighbour", kMaxNeighbours)) {
    printer.neighbours.push_back({neighbour.text("uri", kMaxPathBytes), neighbour.id("at")});
    neighbour.no_other_keys();
  }
  table.no_other_keys();
}

void read_ways(std::vector<TomlTable> tables, std::vector<WaySign>& ways) {
  for (TomlTable& table : tables) {
    ways.push_back({table.id("to"), table.named("direction", way_named)});
    table.no_other_keys();
  }
}

void read_staff(std::vector<TomlTable> tables, std::vector<StaffMember>& staff) {
  for (TomlTable& table : tables) {
    StaffMember member{table.id("id"), table.text("pin_hash")};
    if (!member.pin_hash.empty() && !is_pin_hash(member.pin_hash)) {
      table.wrong("pin_hash", "not what `lanyard-kiosk hash-pin` prints");
    }
    table.no_other_keys();
    staff.push_back(std::move(member));
  }
}

}  // namespace

sync::Expected<KioskConfig> parse_config(std::string_view text, const std::string& name) {
  sync::TomlTrouble trouble(name);
  KioskConfig config;
  if (const auto parsed = sync::parse_toml(text, trouble)) {
    TomlTable top(*parsed, "", trouble);
    if (top.has("store")) config.store = top.text("store", kMaxPathBytes);
    if (top.has("assets")) config.assets = top.text("assets", kMaxPathBytes);
    if (top.has("event")) config.event_file = top.text("event", kMaxPathBytes);
    if (auto table = top.table("screen")) read_screen(std::move(*table), config.screen);
    if (auto table = top.table("sound")) read_sound(std::move(*table), config.sound);
    if (auto table = top.table("visit")) read_visit(std::move(*table), config.visit);
    if (auto table = top.table("camera")) read_camera(std::move(*table), config.camera);
    for (TomlTable& table : top.tables("hand_scanner", kMaxHandScanners)) {
      config.hand_scanners.push_back(read_hand_scanner(std::move(table)));
    }
    if (auto table = top.table("printer")) read_printer(std::move(*table), config.printer);
    read_ways(top.tables("way", kMaxWays), config.ways);
    read_staff(top.tables("staff", kMaxStaff), config.staff);
    if (auto table = top.table("set_up")) {
      config.set_up_folder = table->text("folder", kMaxPathBytes);
      table->no_other_keys();
    }
    if (auto table = top.table("gate")) {
      config.gate_socket = table->text("socket", kMaxSocketPathBytes);
      table->no_other_keys();
    }
    top.no_other_keys();
  }
  if (!trouble.any()) return config;
  return trouble.error();
}

sync::Expected<KioskConfig> read_config(const std::filesystem::path& file) {
  const auto text = read_text_file(file, sync::kMaxTomlBytes);
  if (!text) return tl::make_unexpected(text.error());
  auto config = parse_config(*text, file.string());
  if (!config || config->event_file.empty()) return config;
  const auto policy = read_text_file(config->event_file, sync::kMaxTomlBytes);
  if (!policy) return tl::make_unexpected(policy.error());
  auto event = sync::parse_event_toml(*policy, config->event_file.string());
  if (event) {
    config->own_event = std::move(*event);
    return config;
  }
  std::string message;
  for (const std::string& problem : event.error()) message += (message.empty() ? "" : "\n") + problem;
  return sync::fail(sync::Error::Kind::invalid, message);
}

}  // namespace lanyard::kiosk
