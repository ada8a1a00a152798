// lanyard-gallery: every screen in a window, one PNG each, to be looked at.
#include <cstdio>
#include <filesystem>

#include <CLI/CLI.hpp>

#include "kiosk/face/png_file.hpp"
#include "kiosk/face/window.hpp"
#include "tests/kiosk/face/bare_face.hpp"
#include "tests/kiosk/face/samples.hpp"

namespace {

using namespace lanyard;         // NOLINT: a program of one file
using namespace lanyard::kiosk;  // NOLINT

struct Options {
  std::string output;
  std::string language{"en"};
  std::string size{"1080x1920"};
  std::string only;
  std::string theme{"dark"};
  std::string theme_file;
  float px_per_mm{3.61F};
  float lower_edge_mm{0};
  bool large_type{false};
  bool within_reach{false};
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

sync::Expected<void> draw_all(Window& window, const Options& options) {
  const Phrases phrases(LANYARD_LOCALE_DIR, samples::languages());
  Texts texts(window.textures());
  const bool high = options.theme == "high-contrast";
  const auto usual = scheme_named(options.theme);
  if (!usual && !high)
    return sync::fail(sync::Error::Kind::invalid, "--theme is dark, light or high-contrast");
  Canvas canvas(texts, phrases, usual.value_or(Scheme::dark));
  std::optional<Livery> livery;
  LiveryPictures drawings(window.textures());
  if (!options.theme_file.empty()) {
    auto read = read_livery(options.theme_file, usual.value_or(Scheme::dark));
    if (!read) return tl::make_unexpected(read.error());
    livery = std::move(*read);
    if (auto made = drawings.make(*livery, window.metrics()); !made) return made;
    canvas.dress(livery->theme);
  }
  const scanner::GrayFrame picture = made_up_picture();
  for (const samples::Sample& sample : samples::all(options.language)) {
    if (!options.only.empty() && sample.name.find(options.only) == std::string::npos) continue;
    samples::Sample worn = sample;
    worn.state.assist.high_contrast = high;
    worn.state.assist.large_type = options.large_type;
    worn.state.assist.within_reach = options.within_reach;
    View view = view_of(worn);
    if (livery) view.livery = &*livery, view.drawings = &drawings;
    window.forget_preview();
    if (sample.camera) {
      window.show_preview(picture.view(), sample.symbol ? std::optional(kSymbol) : std::nullopt,
                          view.now - std::chrono::milliseconds{400});
      view.preview = window.preview();
    }
    canvas.metrics = window.metrics();
    canvas.focus(sample.focus);
    for (int i = 0; i < 2; ++i) {
      window.begin_frame();
      static_cast<void>(draw(view, canvas));
      window.present();
    }
    auto written = write_png(window.screenshot(), options.output + "/" + sample.name + ".png");
    if (!written) return written;
  }
  return {};
}

int run(const Options& options) {
  WindowConfig config;
  config.full_screen = false;
  config.px_per_mm = options.px_per_mm;
  config.lower_edge_mm = options.lower_edge_mm;
  if (std::sscanf(options.size.c_str(), "%dx%d", &config.width_px, &config.height_px) != 2) {
    std::fprintf(stderr, "lanyard-gallery: --size is WIDTHxHEIGHT\n");
    return 2;
  }
  std::filesystem::create_directories(options.output);
  auto window = Window::open(config);
  if (!window) {
    std::fprintf(stderr, "lanyard-gallery: %s\n", window.error().message.c_str());
    return 1;
  }
  if (auto drawn = draw_all(**window, options); !drawn) {
    std::fprintf(stderr, "lanyard-gallery: %s\n", drawn.error().message.c_str());
    return 1;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Draws every screen of the kiosk and keeps a picture of each"};
  app.set_version_flag("--version", LANYARD_VERSION);
  app.add_option("--output", options.output, "directory for the pictures")->required();
  app.add_option("--language", options.language, "of the screens");
  app.add_option("--theme", options.theme, "dark, light or high-contrast");
  app.add_option("--theme-file", options.theme_file, "what the event wears");
  app.add_option("--size", options.size, "WIDTHxHEIGHT in pixels");
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
  return run(options);
}
