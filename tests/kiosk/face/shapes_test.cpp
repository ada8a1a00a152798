#include "kiosk/face/shapes.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <vector>

#include <imgui.h>

#include "kiosk/face/processor_picture.hpp"
#include "tests/catch.hpp"
#include "tests/kiosk/face/bare_face.hpp"
#include "tests/kiosk/face/samples.hpp"

namespace lanyard::kiosk {
namespace {

Shape shape(std::uint64_t mark, PixelRect box) {
  Shape made;
  made.mark = mark;
  made.box = box;
  return made;
}

constexpr PixelRect kAll{0, 0, 1000, 1000};
constexpr PixelRect kHere{10, 10, 20, 20};
constexpr PixelRect kThere{500, 500, 600, 600};

TEST_CASE("two equal frames differ nowhere") {
  const std::vector<Shape> frame{shape(1, kAll), shape(2, kHere), shape(3, kThere)};
  CHECK(difference(frame, frame, kAll).empty());
}

TEST_CASE("what comes, goes or changes is a difference where it is and where it was") {
  const std::vector<Shape> without{shape(1, kAll), shape(3, kThere)};
  const std::vector<Shape> with{shape(1, kAll), shape(2, kHere), shape(3, kThere)};
  CHECK(difference(without, with, kAll) == std::vector{kHere});
  CHECK(difference(with, without, kAll) == std::vector{kHere});
  const std::vector<Shape> moved{shape(1, kAll), shape(4, {900, 10, 910, 20}), shape(3, kThere)};
  const auto both = difference(with, moved, kAll);
  REQUIRE(both.size() == 2);
  CHECK(std::ranges::find(both, kHere) != both.end());
}

TEST_CASE("what has passed over or under something else is a difference") {
  const std::vector<Shape> one{shape(1, kAll), shape(2, kHere), shape(3, kHere)};
  const std::vector<Shape> other{shape(1, kAll), shape(3, kHere), shape(2, kHere)};
  CHECK(difference(one, other, kAll) == std::vector{kHere});
}

TEST_CASE("a difference that no pixel of the screen shows is none") {
  const std::vector<Shape> one{shape(1, kAll)};
  const std::vector<Shape> other{shape(1, kAll), shape(2, {-50, 10, -40, 20}), shape(3, {2000, 0, 2010, 9})};
  CHECK(difference(one, other, kAll).empty());
}

TEST_CASE("many differences are told as a few areas that hold them all") {
  std::vector<Shape> one;
  std::vector<Shape> other;
  for (int i = 0; i < 400; ++i) {
    const int x = 37 * i % 990;
    const int y = 91 * i % 990;
    one.push_back(shape(static_cast<std::uint64_t>(i), {x, y, x + 9, y + 9}));
    other.push_back(shape(static_cast<std::uint64_t>(1000 + i), {x, y, x + 9, y + 9}));
  }
  const auto areas = difference(one, other, kAll);
  CHECK(areas.size() <= kMaxRedrawn);
  for (const Shape& s : one) {
    CHECK(std::ranges::any_of(areas, [&](const PixelRect& area) { return area.holds(s.box); }));
  }
}

TEST_CASE("a shape with a corner that no screen has is left out, with or without a picture") {
  constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
  constexpr float kEver = std::numeric_limits<float>::infinity();
  ImGui::CreateContext();
  {
    MemoryTextures textures;
    const std::uint8_t grey = 9;
    const TextureId picture = textures.make(Channel::grey, {&grey, 1, 1, 1});
    ImDrawList list(ImGui::GetDrawListSharedData());
    list._ResetForNewFrame();
    list.PushClipRect({0, 0}, {100, 100});
    const auto frame = [&](auto texture) {
      list.PushTextureID(texture);
      for (const float far : {kNone, kEver, -kEver, 1e30F, -1e9F, 32768.0F}) {
        list.PrimReserve(6, 4);
        list.PrimRectUV({1, 1}, {far, 4}, {0, 0}, {1, 1}, 0xFFFFFFFF);
      }
      list.PrimReserve(6, 4);
      list.PrimRectUV({1, 1}, {4, 4}, {0, 0}, {kNone, 1}, 0xFFFFFFFF);
      list.PrimReserve(6, 4);
      list.PrimRectUV({10, 10}, {14, 15}, {0, 0}, {1, 1}, 0xFFFFFFFF);
      list.PopTextureID();
    };
    frame(ImTextureID{});
    frame(std::bit_cast<ImTextureID>(picture));
    ImDrawData drawn;
    std::array<ImDrawList*, 1> lists{&list};
    drawn.CmdLists = lists.data();
    drawn.CmdListsCount = 1;
    Shapes shapes;
    take_shapes(drawn, textures, shapes);
    REQUIRE(shapes.list.size() == 2);
    for (const Shape& left : shapes.list) CHECK(left.box == PixelRect{10, 10, 14, 15});
  }
  ImGui::DestroyContext();
}

// A small screen in memory.
struct MemoryScreen {
  std::vector<std::uint32_t> pixels = std::vector<std::uint32_t>(540 * 960);
  [[nodiscard]] PixelBuffer buffer() { return {pixels.data(), 540, 960, 540}; }
};

Metrics small() {
  Metrics metrics;
  metrics.width_px = 540;
  metrics.height_px = 960;
  metrics.px_per_mm = 1.8F;
  return metrics;
}

TEST_CASE("a screen drawn where it differs from the one before is that screen") {
  ProcessorPicture picture;
  BareFace face(small(), picture.textures());
  MemoryScreen kept;
  std::int64_t drawn = 0;
  int frames = 0;
  for (const std::string language : {"en", "ar", "zh"}) {
    for (const samples::Sample& sample : samples::all(language)) {
      View view = view_of(sample);
      for (const int ms : {0, 40, 200, 3000}) {
        view.now = sample.state.since + std::chrono::milliseconds{ms};
        static_cast<void>(face.frame(view));
        for (const PixelRect& area : picture.draw(*ImGui::GetDrawData(), kept.buffer())) drawn += area.area();
        ++frames;
      }
      MemoryScreen fresh;
      picture.forget();
      static_cast<void>(picture.draw(*ImGui::GetDrawData(), fresh.buffer()));
      INFO(sample.name << " in " << language);
      REQUIRE(kept.pixels == fresh.pixels);
      // And on from there.
      picture.forget();
      static_cast<void>(picture.draw(*ImGui::GetDrawData(), kept.buffer()));
    }
  }
  // A quarter of the frames are the first of their screen, after another one.
  CHECK(drawn < std::int64_t{frames} * 540 * 960 / 2);
}

TEST_CASE("a screen at rest is not drawn again") {
  ProcessorPicture picture;
  BareFace face(small(), picture.textures());
  MemoryScreen screen;
  const auto all = samples::all("en");
  const auto refused =
      std::ranges::find(all, std::string("30-refused-status.pending"), &samples::Sample::name);
  REQUIRE(refused != all.end());
  for (int i = 0; i < 2; ++i) {
    static_cast<void>(face.frame(view_of(*refused)));
    const auto changed = picture.draw(*ImGui::GetDrawData(), screen.buffer());
    CHECK(changed.empty() == (i == 1));
  }
}

TEST_CASE("the camera's next picture changes its own place alone") {
  ProcessorPicture picture;
  BareFace face(small(), picture.textures());
  MemoryScreen screen;
  std::vector<std::uint8_t> grey(64 * 48, 90);
  const Pixels pixels{grey.data(), 64, 48, 64};
  const State idle = samples::with(Idle{}, "en");
  View view = view_of(idle);
  view.preview.texture = picture.textures().make(Channel::grey, pixels);
  view.preview.width = 64;
  view.preview.height = 48;
  static_cast<void>(face.frame(view));
  static_cast<void>(picture.draw(*ImGui::GetDrawData(), screen.buffer()));
  std::ranges::fill(grey, std::uint8_t{200});
  picture.textures().refill(view.preview.texture, pixels);
  static_cast<void>(face.frame(view));
  const auto changed = picture.draw(*ImGui::GetDrawData(), screen.buffer());
  REQUIRE(changed.size() == 1);
  CHECK(changed[0].area() < 540 * 960 / 2);
  CHECK(changed[0].area() > 540 * 960 / 10);
}

}  // namespace
}  // namespace lanyard::kiosk
