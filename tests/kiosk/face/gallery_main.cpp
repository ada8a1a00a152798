// lanyard-gallery: every screen in a window, one PNG each, to be looked at; and its pixels looked at by
// itself.
#include <array>
#include <cstdio>
#include <filesystem>
#include <map>

#include <CLI/CLI.hpp>

#include "kiosk/desk/flow.hpp"
#include "kiosk/face/png_file.hpp"
#include "kiosk/face/window.hpp"
#include "tests/kiosk/face/bare_face.hpp"
#include "tests/kiosk/face/pixels.hpp"
#include "tests/kiosk/face/samples.hpp"

namespace {

using namespace lanyard;         // NOLINT: a program of one file
using namespace lanyard::kiosk;  // NOLINT

struct Options {
  std::string output;
  std::vector<std::string> languages{"en"};
  std::vector<std::string> sizes{"1080x1920"};
  std::string only;
  std::vector<std::string> themes{"dark"};
  std::string theme_file;
  Renderer renderer{Renderer::automatic};
  float px_per_mm{3.61F};
  float lower_edge_mm{0};
  bool large_type{false};
  bool within_reach{false};
  bool every{false};
  bool check{false};
};

const std::vector<std::string> kThemes{"dark", "light", "high-contrast"};
const std::vector<std::string> kSizes{"1080x1920", "1920x1080"};

// Which of the pictures: on what panel, in what colours and language.
struct Look {
  std::string size;
  std::string theme;
  std::string language;

  [[nodiscard]] std::string name() const { return size + "/" + theme + "/" + language; }
};

// What was found wrong, and of which screens their mirror has yet to come.
struct Findings {
  int count{0};
  int looked_at{0};
  std::map<std::string, SemanticList> english{};
  std::map<std::string, SemanticList> arabic{};

  void tell(const std::string& where, const std::string& what) {
    ++count;
    std::printf("%s: %s\n", where.c_str(), what.c_str());
  }
};

constexpr int kCameraWidth = 640;
constexpr int kCameraHeight = 480;

// Someone before a bright window, holding a badge up: enough of a picture to judge the frame by.
scanner::GrayFrame made_up_picture() {
  scanner::GrayFrame frame(kCameraWidth, kCameraHeight);
  const auto inside = [](float x, float y, float cx, float cy, float rx, float ry) {
    const float dx = (x - cx) / rx;
    const float dy = (y - cy) / ry;
    return dx * dx + dy * dy < 1;
  };
  for (int row = 0; row < kCameraHeight; ++row) {
    for (int column = 0; column < kCameraWidth; ++column) {
      const auto x = static_cast<float>(column);
      const auto y = static_cast<float>(row);
      float v = 150 + 40 * x / kCameraWidth - 50 * y / kCameraHeight;
      if (column % 160 < 6) v -= 25;
      if (inside(x, y, 300, 460, 190, 200)) v = 62 + 10 * x / kCameraWidth;
      if (inside(x, y, 300, 170, 74, 98)) v = 168 - 30 * (x - 240) / 120;
      if (inside(x, y, 300, 110, 84, 62) && y < 140) v = 40;
      if (x > 330 && x < 450 && y > 250 && y < 420) v = 236;
      if (x > 352 && x < 428 && y > 272 && y < 348) {
        v = ((column - 352) / 8 * 7 + (row - 272) / 8 * 5) % 3 == 0 ? 235 : 25;
      }
      frame.row(row)[column] = static_cast<std::uint8_t>(std::clamp(v, 0.0F, 255.0F));
    }
  }
  return frame;
}

constexpr std::array<Point, 4> kSymbol{Point{352, 272}, Point{428, 272}, Point{428, 348}, Point{352, 348}};

// Where the pictures of a look go: if there are several, each has a folder.
std::string folder_of(const Options& options, const Look& look) {
  const std::size_t looks = options.sizes.size() * options.themes.size() * options.languages.size();
  return looks == 1 ? options.output : options.output + "/" + look.name();
}

void look_at(const DrawResult& drawn, const RgbPicture& picture, const Metrics& panel, const State& state,
             const std::string& where, Findings& findings) {
  ++findings.looked_at;
  for (const PixelFinding& f : too_faint(drawn.semantics, picture, panel)) {
    char numbers[64];
    std::snprintf(numbers, sizeof numbers, "%.2f to 1, and %.1f is the least", f.contrast, f.least);
    findings.tell(where, "\"" + f.label + "\" (" + f.id + ") stands out by " + numbers);
  }
  if (is_staff(state.screen)) return;  // keys of staff lie closer
  for (const std::string& pair : too_close(drawn.semantics, panel)) {
    findings.tell(where, pair + " lie closer than 2 mm");
  }
}

sync::Expected<void> draw_all(Window& window, const Options& options, const Look& look, Findings& findings) {
  const Phrases phrases(LANYARD_LOCALE_DIR, samples::languages());
  Texts texts(window.textures());
  const bool high = look.theme == "high-contrast";
  const auto usual = scheme_named(look.theme);
  if (!usual && !high)
    return sync::fail(sync::Error::Kind::invalid, "--theme is dark, light or high-contrast");
  Canvas canvas(texts, phrases, usual.value_or(Scheme::dark));
  std::optional<Livery> livery;
  LiveryPictures drawings(window.textures());
  Photo photo(window.textures());
  if (!options.theme_file.empty()) {
    auto read = read_livery(options.theme_file, usual.value_or(Scheme::dark));
    if (!read) return tl::make_unexpected(read.error());
    livery = std::move(*read);
    if (auto made = drawings.make(*livery, window.metrics()); !made) return made;
    canvas.dress(livery->theme);
  }
  const std::string folder = folder_of(options, look);
  if (!options.output.empty()) std::filesystem::create_directories(folder);
  const scanner::GrayFrame picture = made_up_picture();
  for (const samples::Sample& sample : samples::all(look.language)) {
    if (!options.only.empty() && sample.name.find(options.only) == std::string::npos) continue;
    samples::Sample worn = sample;
    worn.state.assist.high_contrast = high;
    worn.state.assist.large_type = options.large_type;
    worn.state.assist.within_reach = options.within_reach;
    View view = view_of(worn);
    view.photo = &photo;
    if (livery) view.livery = &*livery, view.drawings = &drawings;
    window.forget_preview();
    if (sample.camera) {
      window.show_preview(picture.view(), sample.symbol ? std::optional(kSymbol) : std::nullopt,
                          view.now - std::chrono::milliseconds{400});
      view.preview = window.preview();
    }
    canvas.metrics = window.metrics();
    canvas.focus(sample.focus);
    DrawResult drawn;
    for (int i = 0; i < 2; ++i) {
      window.begin_frame();
      drawn = draw(view, canvas);
      window.present();
    }
    const RgbPicture shot = window.screenshot();
    if (!options.output.empty()) {
      auto written = write_png(shot, folder + "/" + sample.name + ".png");
      if (!written) return written;
    }
    // What is still coming in is not yet to be read.
    if (!options.check || sample.after < std::chrono::seconds{1}) continue;
    const std::string where = look.name() + "/" + sample.name;
    look_at(drawn, shot, canvas.metrics, worn.state, where, findings);
    if (look.language == "en") findings.english[sample.name] = drawn.semantics;
    if (look.language == "ar") findings.arabic[sample.name] = drawn.semantics;
  }
  return {};
}

void compare_mirrors(const Metrics& panel, Findings& findings) {
  for (const auto& [name, english] : findings.english) {
    const auto arabic = findings.arabic.find(name);
    if (arabic == findings.arabic.end()) continue;
    for (const std::string& id : not_mirrored(english, arabic->second, panel)) {
      findings.tell(name, id + " stands at the same side in Arabic");
    }
  }
  findings.english.clear();
  findings.arabic.clear();
}

// All of the options' languages and themes in one window.
sync::Expected<void> draw_size(const Options& options, const std::string& size, Findings& findings) {
  WindowConfig config;
  config.full_screen = false;
  config.renderer = options.renderer;
  config.px_per_mm = options.px_per_mm;
  config.lower_edge_mm = options.lower_edge_mm;
  if (std::sscanf(size.c_str(), "%dx%d", &config.width_px, &config.height_px) != 2) {
    return sync::fail(sync::Error::Kind::invalid, "--size is WIDTHxHEIGHT");
  }
  auto window = Window::open(config);
  if (!window) return tl::make_unexpected(window.error());
  for (const std::string& theme : options.themes) {
    for (const std::string& language : options.languages) {
      if (auto drawn = draw_all(**window, options, {size, theme, language}, findings); !drawn) return drawn;
    }
    compare_mirrors((*window)->metrics(), findings);
  }
  return {};
}

int run(const Options& options) {
  Findings findings;
  for (const std::string& size : options.sizes) {
    if (auto drawn = draw_size(options, size, findings); !drawn) {
      std::fprintf(stderr, "lanyard-gallery: %s\n", drawn.error().message.c_str());
      return 1;
    }
  }
  if (!options.check) return 0;
  std::printf("%d screens looked at, %d findings\n", findings.looked_at, findings.count);
  return findings.count == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Draws every screen of the kiosk and keeps a picture of each"};
  app.set_version_flag("--version", LANYARD_VERSION);
  app.add_option("--output", options.output, "directory for the pictures; without it, none is kept");
  app.add_flag("--every", options.every,
               "all six languages, dark, light and high contrast, upright and lying: a folder for each");
  app.add_flag("--check", options.check,
               "look at the pixels: texts 7 to 1, controls 3 to 1 and apart, Arabic mirrored");
  app.add_option("--language", options.languages, "of the screens; several may be named");
  app.add_option("--theme", options.themes, "dark, light, high-contrast; several may be named");
  app.add_option("--theme-file", options.theme_file, "what the event wears");
  app.add_option("--size", options.sizes, "WIDTHxHEIGHT in pixels; several may be named");
  const std::map<std::string, Renderer> renderers(kRendererNames.begin(), kRendererNames.end());
  app.add_option("--renderer", options.renderer, "automatic, card or processor")
      ->transform(CLI::CheckedTransformer(renderers));
  app.add_option("--px-per-mm", options.px_per_mm, "of the panel");
  app.add_option("--lower-edge", options.lower_edge_mm, "of the panel, mm above the floor");
  app.add_flag("--large-type", options.large_type, "as for whoever asked for it");
  app.add_flag("--within-reach", options.within_reach, "the same");
  app.add_option("--only", options.only, "screens whose name holds this");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const int code = app.exit(e);
    return code == 0 ? 0 : 2;
  }
  if (options.every) {
    options.languages = samples::languages();
    options.themes = kThemes;
    options.sizes = kSizes;
  }
  return run(options);
}
