// Portraits: whose, how long, and what is no portrait.
#include "kiosk/face/photo.hpp"

#include <algorithm>

#include "kiosk/face/memory_textures.hpp"
#include "tests/catch.hpp"
#include "tests/kiosk/face/bare_face.hpp"
#include "tests/kiosk/face/fit.hpp"

namespace lanyard::kiosk {
namespace {

TEST_CASE("a portrait fills its frame, whatever its shape", "[photo]") {
  for (const auto& [width, height] : {std::pair(300, 400), {400, 300}, {64, 400}}) {
    const auto drawn = draw_photo(samples::portrait(width, height), 90, 120);
    REQUIRE(drawn.has_value());
    CHECK(drawn->width == 90);
    CHECK(drawn->height == 120);
    // Opaque to its corners, and a picture: not one colour.
    bool opaque = true;
    int low = 255;
    int high = 0;
    for (std::size_t at = 0; at < drawn->rgba.size(); at += 4) {
      opaque = opaque && drawn->rgba[at + 3] == 255;
      low = std::min<int>(low, drawn->rgba[at]);
      high = std::max<int>(high, drawn->rgba[at]);
    }
    CHECK(opaque);
    CHECK(high - low > 100);
  }
}

TEST_CASE("what is no JPEG, breaks off or says that it is huge is no portrait", "[photo]") {
  const std::string whole = samples::portrait(300, 400);
  CHECK_FALSE(draw_photo("", 90, 120).has_value());
  CHECK_FALSE(
      draw_photo("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", 90, 120).has_value());
  CHECK_FALSE(draw_photo(whole.substr(0, 200), 90, 120).has_value());
  std::string huge = whole;
  // SOF0 (T.81, B.2.2): marker, length of 17, precision 8, then height and width.
  const auto frame = huge.find(std::string("\xFF\xC0\x00\x11\x08", 5));
  REQUIRE(frame != std::string::npos);
  huge.replace(frame + 5, 4, "\x20\x00\x20\x00", 4);
  const auto refused = draw_photo(huge, 90, 120);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message.find("larger than") != std::string::npos);
}

TEST_CASE("staff see the portrait beside the name, and its texture goes with the record", "[photo]") {
  BareFace face(kPanels[0]);
  Photo photo(face.textures);
  const auto samples = samples::all("en");
  const auto sample = [&](std::string_view name) {
    return *std::ranges::find(samples, name, &samples::Sample::name);
  };
  const State record = sample("70-record").state;
  View view = view_of(record);
  view.photo = &photo;
  const SemanticList list = face.frame(view).semantics;
  const SemanticItem* seen = find_item(list, "record.photo");
  REQUIRE(seen != nullptr);
  CHECK(seen->personal);
  const SemanticItem* name = find_item(list, "record.name");
  REQUIRE(name != nullptr);
  CHECK(name->rect.right() <= seen->rect.x);
  const int made = static_cast<int>(face.textures.made);
  static_cast<void>(face.frame(view));
  CHECK(static_cast<int>(face.textures.made) == made);  // once
  // What the next screen needs is made already: the portrait is all that goes.
  const State idle = sample("00-idle").state;
  View waiting = view_of(idle);
  static_cast<void>(face.frame(waiting));
  const int alive = face.textures.alive;
  waiting.photo = &photo;
  static_cast<void>(face.frame(waiting));
  CHECK(face.textures.alive == alive - 1);
}

TEST_CASE("one person's portrait is never shown beside another's name", "[photo]") {
  MemoryTextures textures;
  Photo photo(textures);
  const std::string jpeg = samples::portrait(300, 400);
  CHECK(photo.of("a", jpeg, 90, 120) != 0);
  CHECK(photo.of("b", "not a picture", 90, 120) == 0);
  CHECK(photo.of("b", "not a picture", 90, 120) == 0);
  CHECK(photo.of("a", jpeg, 90, 120) != 0);
}

}  // namespace
}  // namespace lanyard::kiosk
