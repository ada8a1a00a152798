// What an event brings to wear: taken as far as everybody can still read, and refused by name where not.
#include "kiosk/face/livery.hpp"

#include <algorithm>
#include <fstream>

#include "kiosk/face/livery_pictures.hpp"
#include "tests/catch.hpp"
#include "tests/kiosk/face/bare_face.hpp"
#include "tests/kiosk/face/fit.hpp"
#include "tests/sync/temporary_folder.hpp"

namespace lanyard::kiosk {
namespace {

using sync::hub::TemporaryFolder;

constexpr const char* kSquare =
    R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><rect width="10" height="10" fill="#fff"/></svg>)";

void write(const std::filesystem::path& file, std::string_view text) {
  std::ofstream(file, std::ios::binary) << text;
}

sync::Expected<Livery> read(const TemporaryFolder& folder, std::string_view toml) {
  write(folder.path() / "theme.toml", toml);
  return read_livery(folder.path() / "theme.toml", Scheme::dark);
}

std::string trouble(std::string_view toml) {
  const TemporaryFolder folder;
  write(folder.path() / "logo.svg", kSquare);
  write(folder.path() / "broken.svg", "<svg");
  write(folder.path() / "sizeless.svg",
        R"(<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="100%"/>)");
  const auto livery = read(folder, toml);
  return livery ? "" : livery.error().message.substr(folder.path().string().size() + 1);
}

bool says(const std::string& message, std::string_view words) {
  UNSCOPED_INFO(message);
  return message.find(words) != std::string::npos;
}

TEST_CASE("a livery says what differs from its base, and no more") {
  const TemporaryFolder folder;
  const auto livery =
      read(folder,
           "base = \"light\"\n[welcome]\nground = \"#002b5c\"\ntext = \"#ffffff\"\n"
           "quiet = \"#dfe8f5\"\naccent = \"#ffd400\"\n[[category]]\nid = \"media\"\ncolour = \"#123456\"\n");
  REQUIRE(livery);
  CHECK(livery->theme.welcome.ground == rgb(0x002B5C));
  CHECK(livery->theme.welcome.accent == rgb(0xFFD400));
  CHECK(livery->theme.welcome.hairline == theme_of(Scheme::light).welcome.hairline);
  CHECK(livery->theme.night.ground == theme_of(Scheme::light).night.ground);
  CHECK(livery->categories.at("media") == rgb(0x123456));
  CHECK(livery->logo.empty());
}

TEST_CASE("the theme that is shipped can be worn") {
  const auto livery = read_livery(std::string(LANYARD_THEMES) + "/forum/theme.toml", Scheme::dark);
  REQUIRE(livery);
  for (const Pair& pair : pairs_of(livery->theme)) {
    INFO(pair.field << "." << pair.colour);
    CHECK(contrast(pair.one, pair.other) >= pair.least);
  }
  NoTextures textures;
  LiveryPictures pictures(textures);
  REQUIRE(pictures.make(*livery, kPanels.front()));
  CHECK(pictures.logo().texture != 0);
  CHECK(pictures.background() != 0);
  pictures.drop();
  CHECK(textures.alive == 0);
}

TEST_CASE("colours that could not be read are refused by line and key") {
  CHECK(says(trouble("[waiting]\ntext = \"#555555\""), "theme.toml:2: waiting.text"));
  CHECK(says(trouble("[waiting]\ntext = \"#555555\""), "7.00 is the least"));
  CHECK(says(trouble("[refusal]\nground = \"#101010\""), "refusal.text"));
  CHECK(says(trouble("[paper]\naccent = \"#fefefe\""), "paper.accent"));
  CHECK(says(trouble("[paper]\naccent = \"#fefefe\""), "3.00 is the least"));
  // Enough on the ground itself, and not where the screen is a little lighter.
  CHECK(says(
      trouble("[waiting]\nground = \"#000000\"\ntext=\"#ffffff\"\naccent = \"#ffffff\"\nquiet = \"#959595\""),
      "waiting.quiet"));
}

TEST_CASE("paper is light, as staff's cards and keys are white, and the waiting screen's accent is read") {
  CHECK(says(
      trouble("[paper]\nground = \"#101418\"\ntext = \"#ffffff\"\nquiet = \"#e0e0e0\"\naccent = \"#ffd400\""),
      "paper.text"));
  CHECK(says(
      trouble("[paper]\nground = \"#c8c8c8\"\ntext = \"#000000\"\nquiet = \"#101010\"\naccent = \"#000000\""),
      "paper: its contrast"));
  CHECK(says(trouble("[waiting]\naccent = \"#8a7350\""), "waiting.accent"));
}

TEST_CASE("what a theme has wrong is named, all of it at once") {
  const std::string all = trouble(
      "base = \"blue\"\nlogo = 3\n[waiting]\nground = \"red\"\nshadow = \"#000000\"\n[[category]]\nid = "
      "\"a\"\n");
  CHECK(says(all, "base: unknown name 'blue'"));
  CHECK(says(all, "logo"));
  CHECK(says(all, "theme.toml:4: waiting.ground: expected a colour"));
  CHECK(says(all, "waiting.shadow"));
  CHECK(says(all, "colour: missing"));
}

TEST_CASE("drawings stand beside the theme, and are SVG") {
  CHECK(trouble("[logo]\nfile = \"logo.svg\"").empty());
  CHECK(says(trouble("[logo]\nfile = \"../logo.svg\""), "logo.file: expected the name of a file"));
  CHECK(says(trouble("[logo]\nfile = \"/etc/passwd\""), "expected the name of a file"));
  CHECK(says(trouble("[logo]\nfile = \"gone.svg\""), "cannot be opened"));
  CHECK(says(trouble("[background]\nfile = \"broken.svg\""), "broken.svg"));
  CHECK(says(trouble("[background]\nfile = \"theme.toml\""), "background.file"));
  CHECK(says(trouble("[background]\nfile = \"sizeless.svg\""), "neither a viewBox"));
  CHECK(says(trouble("[logo]\nfile = \"logo.svg\"\nheight_mm = 500"), "height_mm"));
  CHECK(says(trouble("[logo]\nheight_mm = 20"), "logo.file"));
}

TEST_CASE("a drawing fetches nothing that it names") {
  const TemporaryFolder folder;
  write(folder.path() / "secret.svg", kSquare);
  const std::string file = (folder.path() / "secret.svg").string();
  for (const std::string& reference : {file, "file://" + file, std::string("secret.svg")}) {
    const auto drawn =
        draw_svg(R"(<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" )"
                 R"(viewBox="0 0 10 10"><image width="10" height="10" xlink:href=")" +
                     reference + R"("/></svg>)",
                 10, 10);
    REQUIRE(drawn);
    CHECK(std::ranges::all_of(drawn->rgba, [](std::uint8_t byte) { return byte == 0; }));
  }
}

TEST_CASE("a drawing of a shape that nothing shows is refused, before memory is asked for") {
  for (const char* box :
       {"0 0 100000 1", "0 0 1 100000", "0 0 1e300 1", "0 0 1 1e-300", "0 0 0 0", "0 0 -1 5"}) {
    const std::string svg =
        std::string(R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox=")") + box + R"(" width="100%"/>)";
    CHECK_FALSE(svg_shape(svg).has_value());
    CHECK_FALSE(draw_svg(svg, 10, 10).has_value());
  }
  CHECK_FALSE(draw_svg(kSquare, 100'000, 10).has_value());
  CHECK_FALSE(draw_svg(kSquare, 0, 10).has_value());
}

TEST_CASE("a drawing of another shape fills the picture, cut off at two sides") {
  const auto drawn = draw_svg(
      R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 10"><rect width="10" height="10" fill="#f00"/>)"
      R"(<rect x="10" width="10" height="10" fill="#0f0" fill-opacity="0.5"/><rect x="20" width="10" height="10"/></svg>)",
      8, 8);
  REQUIRE(drawn);
  for (std::size_t i = 0; i < drawn->rgba.size(); i += 4) {
    CHECK(drawn->rgba[i] == 0);
    CHECK(drawn->rgba[i + 1] == 255);  // as bright as it was drawn, whatever there is of it
    CHECK(std::abs(drawn->rgba[i + 3] - 128) <= 1);
  }
}

// The least contrast of a text on any pixel.
double least_contrast(const RgbaPicture& picture, Rgb ink) {
  double least = 21;
  for (std::size_t i = 0; i < picture.rgba.size(); i += 4) {
    least = std::min(least, contrast(ink, {picture.rgba[i], picture.rgba[i + 1], picture.rgba[i + 2]}));
  }
  return least;
}

TEST_CASE("on no pixel of a background is a text too faint, whatever was drawn") {
  for (const Scheme scheme : {Scheme::dark, Scheme::light}) {
    const Field& night = theme_of(scheme).night;
    for (const char* colour : {"#ffffff", "#000000", "#808080", "#ff0000", "#ffff00", "#0000ff"}) {
      auto drawn = draw_svg(std::string(R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">)") +
                                R"(<rect width="6" height="6" fill=")" + colour + R"("/></svg>)",
                            36, 36);
      REQUIRE(drawn);
      const Backdrop laid = laid_upon(night, std::move(*drawn), 1);
      CAPTURE(colour, laid.strength);
      CHECK(least_contrast(laid.picture, night.ink) >= kTextContrast - 0.05);
      CHECK(least_contrast(laid.picture, night.quiet) >= kTextContrast - 0.05);
      CHECK(least_contrast(laid.picture, night.accent) >= kTextContrast - 0.05);
    }
  }
}

TEST_CASE("a background that disturbs nobody is as strong as it was wished for") {
  const Field& night = theme_of(Scheme::dark).night;
  auto drawn = draw_svg(
      R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><rect width="4" height="4" fill="#000"/></svg>)",
      4, 4);
  REQUIRE(drawn);
  CHECK(laid_upon(night, std::move(*drawn), 0.5F).strength == 0.5F);
}

TEST_CASE("a livery is on the waiting screens, and neither on answers nor in high contrast") {
  const TemporaryFolder folder;
  write(folder.path() / "logo.svg", kSquare);
  const auto livery = read(folder, "[logo]\nfile = \"logo.svg\"\nsays_name = true\n");
  REQUIRE(livery);
  BareFace face(kPanels.front());
  LiveryPictures drawings(face.textures);
  REQUIRE(drawings.make(*livery, kPanels.front()));
  face.canvas.dress(livery->theme);
  const auto drawn = [&](const State& state) {
    View view = view_of(state);
    view.livery = &*livery;
    view.drawings = &drawings;
    const SemanticList list = face.frame(view).semantics;
    const SemanticItem* event = find_item(list, "event");
    REQUIRE(event != nullptr);  // the logo says the name to the eyes; to the ears it is said
    check_fit(list, kPanels.front(), state, "livery");
    return !event->drawn;
  };
  State idle = samples::with(Idle{}, "en");
  CHECK(drawn(idle));
  CHECK_FALSE(drawn(samples::with(Refused{samples::refusal(Rule::pending), samples::moment_now()}, "en")));
  idle.assist.high_contrast = true;
  CHECK_FALSE(drawn(idle));
}

TEST_CASE("an event's own colours of its categories are on the welcome") {
  const TemporaryFolder folder;
  const auto livery =
      read(folder, "[[category]]\nid = \"" + samples::attendee().category + "\"\ncolour = \"#5b2a86\"\n");
  REQUIRE(livery);
  BareFace face(kPanels.front());
  Decision d;
  d.verdict = Verdict::admitted;
  d.rule = Rule::admit;
  d.attendee = samples::attendee();
  const State state = samples::with(Admitted{d, Admitted::Badge::none, samples::moment_now()}, "en");
  View view = view_of(state);
  view.livery = &*livery;
  const SemanticList list = face.frame(view).semantics;
  const SemanticItem* category = find_item(list, "category");
  REQUIRE(category != nullptr);
  CHECK(category->ground == rgb(0x5B2A86));
}

}  // namespace
}  // namespace lanyard::kiosk
