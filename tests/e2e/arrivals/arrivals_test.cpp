#include <algorithm>
#include <string>
#include <vector>

#include "kiosk/badge/qr_code.hpp"
#include "scanner/decode.hpp"
#include "tests/catch.hpp"
#include "tests/e2e/arrivals/plan.hpp"
#include "tests/e2e/arrivals/sequence.hpp"

namespace lanyard::arrivals {
namespace {

constexpr Size kFrame{1280, 720};

std::string credential() {
  std::string text = "L1:";
  for (int i = 0; i < 135; ++i) text += "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"[i * 7 % 45];
  return text;
}

std::vector<Thing> things_saying(const std::string& text) {
  const auto code = kiosk::encode_qr(text);
  REQUIRE(code.has_value());
  std::vector<Thing> things;
  things.push_back(phone_thing(*code, false, 1));
  things.push_back(phone_thing(*code, true, 2));
  things.push_back(letter_thing(*code, 3));
  return things;
}

bool reads(const Scene& scene, const std::string& text) {
  const Picture picture = compose(scene, 1);
  const auto symbols = scanner::decode(picture.view());
  return std::any_of(symbols.begin(), symbols.end(),
                     [&text](const scanner::Symbol& symbol) { return symbol.text == text; });
}

bool same(const Picture& a, const Picture& b) {
  const auto size = static_cast<std::ptrdiff_t>(a.width()) * a.height();
  return a.width() == b.width() && a.height() == b.height() &&
         std::equal(a.row(0), a.row(0) + size, b.row(0));
}

TEST_CASE("what is held still lies whole in the frame, with modules of three pixels") {
  const Hall hall(kFrame, 1);
  for (const Thing& thing : things_saying(credential())) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      const Scene scene = held_up(thing, hall, {.seed = seed});
      CHECK(module_pixels(thing, scene.pose, kFrame) >= 3.0);
      const Homography plane = plane_to_frame(scene.pose, kFrame);
      const double half = thing.code_mm / 2;
      for (const Vec2 corner : {Vec2{-half, -half}, Vec2{half, -half}, Vec2{half, half}, Vec2{-half, half}}) {
        const auto seen = plane.at(corner);
        REQUIRE(seen.has_value());
        CHECK((seen->x > 0 && seen->y > 0 && seen->x < kFrame.width && seen->y < kFrame.height));
      }
    }
  }
}

TEST_CASE("nearly every frame of a thing held still is read, and every clean one") {
  const std::string text = credential();
  const Hall hall(kFrame, 2);
  int read = 0;
  int shown = 0;
  for (const Thing& thing : things_saying(text)) {
    CHECK(reads(held_up(thing, hall, {.clean = true}), text));
    for (std::uint64_t seed = 0; seed < 8; ++seed, ++shown) {
      if (reads(held_up(thing, hall, {.seed = seed}), text)) ++read;
    }
  }
  CHECK(read >= shown - 2);
}

TEST_CASE("the hall alone says nothing") {
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    const Hall hall(kFrame, seed);
    Scene scene;
    scene.hall = &hall;
    scene.seconds = 3.0 * static_cast<double>(seed);
    scene.visitor = any_visitor(seed);
    scene.noise_sigma = 4;
    const Picture picture = compose(scene, seed);
    CHECK(picture.width() == kFrame.width);
    CHECK(scanner::decode(picture.view(), {.effort = scanner::Effort::thorough}).empty());
  }
}

TEST_CASE("a seed gives one picture, and another seed another") {
  const auto things = things_saying("HELLO");
  const Hall hall({640, 360}, 3);
  const Scene scene = held_up(things[0], hall, {.seed = 5});
  CHECK(same(compose(scene, 6), compose(held_up(things[0], hall, {.seed = 5}), 6)));
  CHECK_FALSE(same(compose(scene, 6), compose(scene, 7)));
  CHECK_FALSE(same(compose(scene, 6), compose(held_up(things[0], hall, {.seed = 8}), 6)));
  CHECK_FALSE(same(compose(scene, 6), compose(held_up(things[0], Hall({640, 360}, 4), {.seed = 5}), 6)));
}

TEST_CASE("an arrival is nobody, then coming, held and going, at any rate of frames") {
  const auto things = things_saying("HELLO");
  const Hall hall(kFrame, 4);
  for (const double fps : {1.0, 5.0, 15.0, 30.0}) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      const auto shots = arrival(things[0], hall, {.frames_per_second = fps, .seed = seed});
      const auto count = [&shots](Moment moment) {
        return std::count_if(shots.begin(), shots.end(),
                             [moment](const Shot& shot) { return shot.moment == moment; });
      };
      CHECK(std::is_sorted(shots.begin(), shots.end(),
                           [](const Shot& a, const Shot& b) { return a.moment < b.moment; }));
      CHECK(count(Moment::empty) >= 1);
      CHECK(count(Moment::coming) >= 1);
      CHECK(count(Moment::held) >= 2);
      CHECK(count(Moment::going) >= 1);
      CHECK(shots.front().scene.thing == nullptr);
    }
  }
}

TEST_CASE("a plan names who comes where with what") {
  const auto plan = parse_plan(
      "kiosk,attendee,kind\nnorth,A1\nnorth,A2,phone-dark\n\"south\",A3,\"text:a,b\"\nsouth,X,b64:G1tB\n");
  REQUIRE(plan.has_value());
  REQUIRE(plan->size() == 4);
  CHECK((*plan)[0].kind == Kind::badge);
  CHECK((*plan)[1].kind == Kind::phone_dark);
  CHECK((*plan)[2].raw == "a,b");
  CHECK((*plan)[3].raw == "\x1b[A");
}

TEST_CASE("a plan that cannot be followed is refused by its line") {
  for (const char* wrong : {"../etc,A1", ".,A1", "north,a/b", "north", "north,A1,balloon", "north,A1,text:",
                            "north,A1,b64:G1t", "north,A1,b64:!!!!", "north,A1,badge,more"}) {
    CAPTURE(wrong);
    const auto plan = parse_plan("north,A0\n" + std::string(wrong) + "\n");
    REQUIRE_FALSE(plan.has_value());
    CHECK(plan.error().message.find("line 2") == 0);
  }
}

TEST_CASE("the last credential of an attendee counts") {
  const auto credentials = parse_credentials("id,text\nA1,old\nA2,other\nA1,new\n");
  REQUIRE(credentials.has_value());
  CHECK(credentials->at("A1") == "new");
  CHECK_FALSE(parse_credentials("A1,\n").has_value());
}

}  // namespace
}  // namespace lanyard::arrivals
