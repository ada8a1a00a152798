#include "scanner/camera.hpp"

#include "tests/catch.hpp"
#include "tests/scanner/pictures.hpp"

namespace lanyard::scanner {
namespace {

using namespace testing;
using std::chrono::milliseconds;

TEST_CASE("a camera's name in settings says which it is") {
  const TempFolder folder;
  write_file(folder / "a.png", png_of(flat(30, 20, 1).view()));
  for (const std::string& kind : {std::string("replay:"), std::string("follow:")}) {
    auto camera = open_camera(kind + folder.path().string());
    REQUIRE(camera);
    const auto captured = (*camera)->next(milliseconds{10'000});
    REQUIRE(captured);
    CHECK(captured->frame->width() == 30);
  }
  CHECK(open_camera("v4l2:/dev/video0"));
}

TEST_CASE("a name that is no camera is an error that repeats it") {
  for (const char* name :
       {"", "v4l2", "v4l2:", "replay:", "webcam:/dev/video0", "/dev/video0", "none:", "nonesuch"}) {
    CAPTURE(name);
    const auto camera = open_camera(name);
    REQUIRE_FALSE(camera);
    CHECK(camera.error().kind == CameraError::Kind::failed);
    CHECK(camera.error().message.find("\"" + std::string(name) + "\"") != std::string::npos);
  }
}

TEST_CASE("no camera is a camera that has ended") {
  auto camera = open_camera("none");
  REQUIRE(camera);
  const auto captured = (*camera)->next(milliseconds{0});
  REQUIRE_FALSE(captured);
  CHECK(captured.error().kind == CameraError::Kind::ended);
}

TEST_CASE("a video device that is not there, or is something else, is lost and named, again and again") {
  const TempFolder folder;
  write_file(folder / "video0", Bytes(100, 0));
  for (const std::string& path :
       {(folder / "no-device").string(), (folder / "video0").string(), std::string("/dev/null")}) {
    const auto camera = open_v4l2(path, {});
    for (int attempt = 0; attempt < 3; ++attempt) {
      const auto captured = camera->next(milliseconds{10});
      REQUIRE_FALSE(captured);
      CHECK(captured.error().kind == CameraError::Kind::lost);
      CHECK(captured.error().message.find(path) == 0);
    }
    CHECK(camera->status().frames == 0);
  }
}

}  // namespace
}  // namespace lanyard::scanner
