// The settings: every key is read, and everything wrong with a file is named with its line.
#include "kiosk/config.hpp"

#include <fstream>

#include "kiosk/gate_line.hpp"
#include "tests/kiosk/demo_event.hpp"

namespace lanyard::kiosk {
namespace {

std::string wrong_with(const std::string& text) {
  const auto config = parse_config(text, "kiosk.toml");
  REQUIRE_FALSE(config.has_value());
  CHECK(config.error().kind == sync::Error::Kind::invalid);
  return config.error().message;
}

bool names(const std::string& message, const std::string& what) {
  return message.find(what) != std::string::npos;
}

TEST_CASE("every key of the settings is read", "[config]") {
  const std::string hash = hash_pin("2468");
  const auto config = parse_config(
      "store = \"/data/store.db\"\nassets = \"/share\"\n"
      "[screen]\nwidth_px = 1080\nheight_px = 1920\ndiagonal_mm = 546\nrenderer = "
      "\"processor\"\nlower_edge_mm = 760\nlanguage = "
      "\"zh\"\n"
      "languages = [\"en\", \"zh\", \"fr\"]\n"
      "[camera]\nsource = \"replay:/frames\"\nframes_per_second = 30\nloop = false\n"
      "exposure_us = 8000\ngain = 3\nfocus = 30\nbrightness = -2\npower_line_hz = 60\nwidth_px = 1280\n"
      "height_px = 720\n"
      "[[hand_scanner]]\ndevice = \"serial:/dev/ttyACM0\"\nend = \"crlf\"\nprefix = \"\\u0002\"\n"
      "symbology_identifiers = true\neci_marks = true\nidle_ms = 50\nrepeat_ms = 0\nbaud = 115200\n"
      "[[hand_scanner]]\ndevice = \"hid:Maker Scanner\"\nlayout = \"fr\"\n"
      "[printer]\nuri = \"folder:/pages\"\ntemplate = \"/badge.svg\"\ndpi = 600\nroll = 250\n"
      "[[staff]]\nid = \"desk-1\"\npin_hash = \"" +
          hash + "\"\n[[staff]]\nid = \"desk-2\"\npin_hash = \"" + hash + "\"\n",
      "kiosk.toml");
  REQUIRE(config.has_value());
  CHECK(config->store == "/data/store.db");
  CHECK(config->assets == "/share");
  CHECK(config->screen.width_px == 1080);
  CHECK(config->screen.height_px == 1920);
  CHECK(config->screen.diagonal_mm == 546);
  CHECK(config->screen.renderer == Renderer::processor);
  CHECK(config->screen.lower_edge_mm == 760);
  CHECK(config->screen.language == "zh");
  CHECK(config->screen.languages == std::vector<std::string>{"en", "zh", "fr"});
  CHECK(config->camera.source == "replay:/frames");
  CHECK(config->camera.frames_per_second == 30);
  CHECK_FALSE(config->camera.loop);
  const scanner::CameraProfile& profile = config->camera.video.profile;
  CHECK(profile.exposure_us == 8000);
  CHECK(profile.gain == 3);
  CHECK(profile.focus == 30);
  CHECK(profile.brightness == -2);
  CHECK(profile.power_line_hz == 60);
  CHECK(config->camera.video.width == 1280);
  CHECK(config->camera.video.height == 720);
  REQUIRE(config->hand_scanners.size() == 2);
  const HandScannerConfig& serial = config->hand_scanners[0];
  CHECK(serial.device == "serial:/dev/ttyACM0");
  CHECK(serial.options.baud == 115200);
  CHECK(serial.format.end == scanner::CodeEnd::crlf);
  CHECK(serial.format.prefix == "\x02");
  CHECK(serial.format.aim);
  CHECK(serial.format.eci);
  CHECK(serial.format.idle == std::chrono::milliseconds(50));
  CHECK(serial.format.repeat == std::chrono::milliseconds(0));
  CHECK(config->hand_scanners[1].device == "hid:Maker Scanner");
  CHECK(config->hand_scanners[1].options.layout == scanner::KeyLayout::fr);
  CHECK(config->printer.where == "folder:/pages");
  CHECK(config->printer.badge_template == "/badge.svg");
  CHECK(config->printer.dpi == 600);
  CHECK(config->printer.roll == 250);
  REQUIRE(config->staff.size() == 2);
  CHECK(config->staff[1].id == "desk-2");
  CHECK(config->staff[1].pin_hash == hash);
}

TEST_CASE("an empty file is a kiosk as it comes, and so is the example", "[config]") {
  CHECK(parse_config("", "kiosk.toml")->camera.source == "v4l2:/dev/lanyard/camera");
  const auto example =
      read_config(std::filesystem::path(LANYARD_ASSETS).parent_path() / "kiosk" / "kiosk.toml.example");
  REQUIRE(example.has_value());
  CHECK(example->store == KioskConfig{}.store);
  CHECK(example->screen.languages == KioskConfig{}.screen.languages);
}

TEST_CASE("a key that is unknown is named with its line, wherever it stands", "[config]") {
  CHECK(wrong_with("stor = \"x\"") == "kiosk.toml:1: stor: unknown key");
  CHECK(names(wrong_with("[screen]\nwidht_px = 3"), "kiosk.toml:2: screen.widht_px: unknown key"));
  CHECK(names(wrong_with("[camera]\n\nfps = 3"), "kiosk.toml:3: camera.fps: unknown key"));
  CHECK(names(wrong_with("[printer]\nuri = \"folder:/x\"\ncolour = true"), "kiosk.toml:3: printer.colour"));
  CHECK(names(wrong_with("[[staff]]\nid = \"a\"\npin = 1234"), "kiosk.toml:3: staff[0].pin: unknown key"));
  CHECK(names(wrong_with("[network]\nhub = \"x\""), "network: unknown key"));
}

TEST_CASE("a hand scanner that cannot be is named with its line", "[config]") {
  const auto wrong = [](const std::string& line) {
    return wrong_with("[[hand_scanner]]\ndevice = \"serial:/dev/ttyACM0\"\n" + line);
  };
  for (const char* device : {"/dev/ttyACM0", "serial:", "hid:", "usb:1"}) {
    CHECK(names(wrong_with("[[hand_scanner]]\ndevice = \"" + std::string(device) + "\""),
                "kiosk.toml:2: hand_scanner[0].device: expected"));
  }
  CHECK(names(wrong_with("[[hand_scanner]]\nbaud = 9600"), "hand_scanner[0].device: is missing"));
  CHECK(names(wrong("end = \"return\""), "kiosk.toml:3: hand_scanner[0].end: unknown name 'return'"));
  CHECK(names(wrong("layout = \"dvorak\""), "kiosk.toml:3: hand_scanner[0].layout: unknown name"));
  CHECK(names(wrong("baud = 9601"), "kiosk.toml:3: hand_scanner[0].baud"));
  CHECK(names(wrong("idle_ms = 0"), "kiosk.toml:3: hand_scanner[0].idle_ms"));
  CHECK(names(wrong("prefix = \"12345678901234567\""), "kiosk.toml:3: hand_scanner[0].prefix"));
  CHECK(names(wrong("sufix = \"x\""), "kiosk.toml:3: hand_scanner[0].sufix: unknown key"));
  std::string many;
  for (int i = 0; i < 5; ++i) many += "[[hand_scanner]]\ndevice = \"hid:x\"\n";
  CHECK(names(wrong_with(many), "hand_scanner: must be a list of at most 4"));
}

TEST_CASE("a value of the wrong type is named with its line", "[config]") {
  CHECK(names(wrong_with("store = 3"), "kiosk.toml:1: store: must be a text"));
  CHECK(names(wrong_with("screen = 3"), "kiosk.toml:1: screen: must be a table"));
  CHECK(
      names(wrong_with("[screen]\nwidth_px = \"1080\"\nheight_px = 1920"), "kiosk.toml:2: screen.width_px"));
  CHECK(names(wrong_with("[screen]\nlanguages = \"en\""), "kiosk.toml:2: screen.languages"));
  CHECK(names(wrong_with("[screen]\nlanguages = [1]"), "kiosk.toml:2: screen.languages"));
  CHECK(names(wrong_with("[camera]\nloop = \"yes\""), "kiosk.toml:2: camera.loop: must be true or false"));
  CHECK(names(wrong_with("[camera]\nframes_per_second = 29.97"), "kiosk.toml:2: camera.frames_per_second"));
  CHECK(names(wrong_with("[camera]\npower_line_hz = 55"), "kiosk.toml:2: camera.power_line_hz"));
  CHECK(names(wrong_with("[camera]\nexposure_us = \"auto\""), "kiosk.toml:2: camera.exposure_us"));
  CHECK(names(wrong_with("[camera]\nwidth_px = 1280"), "camera.height_px: is missing"));
  CHECK(names(wrong_with("staff = \"me\""), "kiosk.toml:1: staff: must be a list"));
}

TEST_CASE("a number out of range is named with what may be", "[config]") {
  CHECK(names(wrong_with("[screen]\nwidth_px = 100\nheight_px = 1920"), "from 320 to 8192"));
  CHECK(names(wrong_with("[screen]\nwidth_px = 1080\nheight_px = 9999"), "kiosk.toml:3: screen.height_px"));
  CHECK(names(wrong_with("[screen]\nturned = 45"), "kiosk.toml:2: screen.turned"));
  CHECK(names(wrong_with("[screen]\ndiagonal_mm = -5"), "kiosk.toml:2: screen.diagonal_mm"));
  CHECK(names(wrong_with("[screen]\nrenderer = \"vulkan\""), "kiosk.toml:2: screen.renderer"));
  CHECK(names(wrong_with("[camera]\nframes_per_second = 0"), "kiosk.toml:2: camera.frames_per_second"));
  CHECK(names(wrong_with("[printer]\nuri = \"folder:/x\"\ndpi = 1"), "kiosk.toml:3: printer.dpi"));
  CHECK(names(wrong_with("[printer]\nuri = \"folder:/x\"\nroll = 0"), "kiosk.toml:3: printer.roll"));
}

TEST_CASE("a window needs both its sides", "[config]") {
  CHECK(names(wrong_with("[screen]\nwidth_px = 1080"),
              "kiosk.toml:2: screen.width_px: it goes with height_px"));
  CHECK(names(wrong_with("[screen]\nheight_px = 1920"), "it goes with height_px"));
}

TEST_CASE("sound has a device and a speed, and nothing else", "[config]") {
  CHECK(KioskConfig{}.sound.device == "default");
  const auto config = parse_config("[sound]\ndevice = \"none\"\nwords_per_minute = 120\n", "kiosk.toml");
  REQUIRE(config);
  CHECK(config->sound.device == "none");
  CHECK(config->sound.words_per_minute == 120);
  CHECK(names(wrong_with("[sound]\nwords_per_minute = 1000"), "kiosk.toml:2: sound.words_per_minute"));
  CHECK(names(wrong_with("[sound]\nvolume = 3"), "kiosk.toml:2: sound.volume"));
}

TEST_CASE("the language of the idle screen is one that can be picked", "[config]") {
  CHECK(names(wrong_with("[screen]\nlanguage = \"mi\""), "kiosk.toml:2: screen.language: 'mi' is not among"));
  CHECK(names(wrong_with("[screen]\nlanguages = []"), "'en' is not among the languages"));
  CHECK(names(wrong_with("[screen]\nlanguages = [\"en\", \"\"]"),
              "screen.languages: '' is not a language tag"));
  CHECK(names(wrong_with("[screen]\nlanguages = [\"en\", \"../zh\"]"), "is not a language tag"));
}

TEST_CASE("a camera is one of those that there are", "[config]") {
  for (const char* source : {"", "usb", "v4l2", "v4l2:", "replay:", "file:/x"}) {
    INFO(source);
    CHECK(names(wrong_with("[camera]\nsource = \"" + std::string(source) + "\""),
                "kiosk.toml:2: camera.source"));
  }
  CHECK(parse_config("[camera]\nsource = \"none\"", "kiosk.toml").has_value());
}

TEST_CASE("a PIN is never in the settings, and what is no hash is named", "[config]") {
  for (const char* hash : {"1234", "$argon2id$", "$argon2id$v=19$nonsense"}) {
    INFO(hash);
    const std::string message = wrong_with("[[staff]]\nid = \"a\"\npin_hash = \"" + std::string(hash) + "\"");
    CHECK(names(message, "kiosk.toml:3: staff[0].pin_hash: not what `lanyard-kiosk hash-pin` prints"));
    CHECK_FALSE(names(message, "1234"));
  }
  CHECK(names(wrong_with("[[staff]]\nid = \"a\""), "staff[0].pin_hash: is missing"));
  CHECK(
      names(wrong_with("[[staff]]\nid = \"a b\"\npin_hash = \"" + hash_pin("1234") + "\""), "is not an id"));
  std::string many;
  for (std::size_t i = 0; i <= kMaxStaff; ++i) many += "[[staff]]\nid = \"a\"\npin_hash = \"x\"\n";
  CHECK(names(wrong_with(many), "staff: must be a list of at most 16 tables"));
}

TEST_CASE("everything wrong is named at once", "[config]") {
  const std::string message = wrong_with("stor = 1\n[camera]\nsource = 3\n[screen]\nlanguage = \"xx\"");
  CHECK(names(message, "kiosk.toml:1: "));
  CHECK(names(message, "kiosk.toml:3: "));
  CHECK(names(message, "kiosk.toml:5: "));
}

TEST_CASE("ways to other entrances are read, and one that leads nowhere is named", "[config]") {
  const auto config = parse_config(
      "[[way]]\nto = \"plenary\"\ndirection = \"left\"\n[[way]]\nto = \"vip\"\ndirection = \"upstairs\"\n",
      "k");
  REQUIRE(config.has_value());
  REQUIRE(config->ways.size() == 2);
  CHECK(config->ways[0].to == "plenary");
  CHECK(config->ways[0].way == Way::left);
  CHECK(config->ways[1].way == Way::upstairs);
  CHECK(names(wrong_with("[[way]]\nto = \"vip\"\ndirection = \"south\""), "direction: unknown name 'south'"));
  CHECK(names(wrong_with("[[way]]\ndirection = \"left\""), "to"));
}

TEST_CASE("a gate has a socket, and a kiosk without the section has no gate", "[config]") {
  CHECK(parse_config("", "kiosk.toml")->gate_socket.empty());
  const auto config = parse_config("[gate]\nsocket = \"/run/lanyard-gate.sock\"\n", "kiosk.toml");
  REQUIRE(config);
  CHECK(config->gate_socket == "/run/lanyard-gate.sock");
  CHECK(names(wrong_with("[gate]\n"), "gate.socket"));
  CHECK(names(wrong_with("[gate]\nsocket = \"/x\"\nline = 4\n"), "gate.line"));
  const std::string too_long(kMaxSocketPathBytes + 1, 'x');
  CHECK(names(wrong_with("[gate]\nsocket = \"" + too_long + "\"\n"), "gate.socket"));
}

TEST_CASE("a file that is not there, is a folder, is too large or is no TOML says so", "[config]") {
  const TemporaryFolder folder;
  const auto missing = read_config(folder.path() / "none.toml");
  REQUIRE_FALSE(missing.has_value());
  CHECK(names(missing.error().message, (folder.path() / "none.toml").string() + ": it cannot be opened"));
  REQUIRE_FALSE(read_config(folder.path()).has_value());
  CHECK(names(read_config(folder.path()).error().message, folder.path().string()));
  CHECK(names(wrong_with("store = \"x\"\n[screen\n"), "kiosk.toml:2: "));
  std::ofstream(folder.path() / "large.toml") << "# " << std::string(5'000'000, 'x');
  CHECK(names(read_config(folder.path() / "large.toml").error().message, "larger than"));
}

TEST_CASE("a kiosk's own policy is read with its settings, and what is wrong with it is named", "[config]") {
  const TemporaryFolder folder;
  const auto write = [&](const char* name, const std::string& text) {
    const auto path = folder.path() / name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  };
  const auto event = write("event.toml", demo_file("event.toml"));
  const auto settings = write("kiosk.toml", "event = \"" + event.string() + "\"\n");
  const auto config = read_config(settings);
  REQUIRE(config.has_value());
  REQUIRE(config->own_event.has_value());
  CHECK(config->own_event->event.id == "forum-2026");
  write("event.toml", "[event]\nid = \"x y\"\n");
  const auto wrong = read_config(settings);
  REQUIRE_FALSE(wrong.has_value());
  CHECK(wrong.error().message.find("event.toml:2: event.id: 'x y' is not an id") != std::string::npos);
  std::filesystem::remove(event);
  CHECK(read_config(settings).error().message.find("cannot be opened") != std::string::npos);
}

}  // namespace
}  // namespace lanyard::kiosk
