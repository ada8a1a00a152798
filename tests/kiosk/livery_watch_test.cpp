// What the event wears, while its designer is at work.
#include "kiosk/livery_watch.hpp"

#include <fstream>

#include "tests/catch.hpp"
#include "tests/kiosk/face/bare_face.hpp"
#include "tests/sync/temporary_folder.hpp"

using namespace lanyard;
using namespace lanyard::kiosk;
using namespace std::chrono_literals;

namespace {

const Moment kBegun = Moment(1000s);
constexpr const char* kSquare =
    R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><rect width="10" height="10"/></svg>)";

struct Studio {
  sync::hub::TemporaryFolder folder;
  BareFace face{Metrics{1080, 1920, 3.61F}};
  int saved{0};

  std::filesystem::path theme() const { return folder.path() / "theme.toml"; }
  // Each time a second later, whatever the clock of the file system can tell apart.
  void save(const char* name, std::string_view text) {
    std::ofstream(folder.path() / name, std::ios::binary) << text;
    std::filesystem::last_write_time(
        folder.path() / name, std::filesystem::file_time_type::clock::now() + std::chrono::seconds(++saved));
  }
  Rgb ground() {
    const State idle = samples::with(Idle{}, "en");
    return find_item(face.frame(view_of(idle)).semantics, "title")->ground;
  }
};

}  // namespace

TEST_CASE("a change of the theme, or of a drawing beside it, is worn within a second", "[livery]") {
  Studio studio;
  studio.save("theme.toml", "[waiting]\nground = \"#2b0a3d\"\n");
  LiveryWatch watch(studio.face.canvas, studio.face.textures, studio.theme(), Scheme::dark);
  CHECK(watch.look(kBegun));
  CHECK(studio.ground() == rgb(0x2B0A3D));
  CHECK_FALSE(watch.look(kBegun + 2s));  // nothing has changed

  studio.save("logo.svg", kSquare);
  studio.save("theme.toml", "[waiting]\nground = \"#0a2b3d\"\n[logo]\nfile = \"logo.svg\"\n");
  CHECK_FALSE(watch.look(kBegun + 2500ms));  // nor is it looked for all the time
  CHECK(watch.look(kBegun + 3s));
  CHECK(studio.ground() == rgb(0x0A2B3D));
  CHECK(watch.drawings().logo().texture != 0);
  studio.save("logo.svg", kSquare);
  CHECK(watch.look(kBegun + 4s));
}

TEST_CASE("a theme that cannot be worn leaves what was worn before", "[livery]") {
  Studio studio;
  studio.save("theme.toml", "[waiting]\nground = \"#2b0a3d\"\n");
  LiveryWatch watch(studio.face.canvas, studio.face.textures, studio.theme(), Scheme::dark);
  CHECK(watch.look(kBegun));
  studio.save("theme.toml", "[waiting]\nground = \"#ffffff\"\n");  // with a white text
  watch.look(kBegun + 1s);
  CHECK(studio.ground() == rgb(0x2B0A3D));
  std::filesystem::remove(studio.theme());
  watch.look(kBegun + 2s);
  CHECK(studio.ground() == rgb(0x2B0A3D));
  studio.save("theme.toml", "[waiting]\nground = \"#0a2b3d\"\n");
  watch.look(kBegun + 3s);
  CHECK(studio.ground() == rgb(0x0A2B3D));
}

TEST_CASE("a panel that turns is given drawings of its new size", "[livery]") {
  Studio studio;
  studio.save("back.svg", kSquare);
  studio.save("theme.toml", "[background]\nfile = \"back.svg\"\n");
  LiveryWatch watch(studio.face.canvas, studio.face.textures, studio.theme(), Scheme::dark);
  CHECK(watch.look(kBegun));
  const auto drawn = studio.face.textures.made;
  studio.face.canvas.metrics = Metrics{1920, 1080, 3.61F};
  CHECK(watch.look(kBegun + 10ms));
  CHECK(studio.face.textures.made == drawn + 1);
}

TEST_CASE("without a theme's file there is nothing to wear", "[livery]") {
  BareFace face{Metrics{1080, 1920, 3.61F}};
  LiveryWatch watch(face.canvas, face.textures, {}, Scheme::light);
  CHECK_FALSE(watch.look(kBegun));
  CHECK(watch.livery() == nullptr);
}
