#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "scanner/camera.hpp"
#include "tests/catch.hpp"
#include "tests/scanner/pictures.hpp"

namespace lanyard::scanner {
namespace {

using namespace testing;
namespace fs = std::filesystem;
using Kind = CameraError::Kind;
using std::chrono::milliseconds;

// Long enough for any machine; what is waited for ends the wait.
constexpr milliseconds kPatience{20'000};

Bytes picture() {
  return png_of(flat(24, 24, 50).view());
}

// As a demo drops a picture in: written beside, then renamed.
void drop(const TempFolder& folder, const std::string& name, const Bytes& bytes) {
  write_file(folder / ".coming", bytes);
  fs::rename(folder / ".coming", folder / name);
}

std::string name_of(const tl::expected<Captured, CameraError>& captured) {
  return captured ? fs::path(captured->source.get()).filename().string()
                  : "(" + captured.error().message + ")";
}

std::vector<std::string> names_to_the_end(Camera& camera) {
  std::vector<std::string> names;
  for (;;) {
    auto captured = camera.next(kPatience);
    if (!captured && captured.error().kind == Kind::ended) return names;
    names.push_back(name_of(captured));
    if (!captured) return names;
  }
}

TEST_CASE("a replay shows each picture once, in the natural order of the names, and ends") {
  const TempFolder folder;
  for (const char* name : {"10.png", "2.png", "1.PNG", "notes.txt", ".3.png", "4.png.part"}) {
    write_file(folder / name, picture());
  }
  write_file(folder / "3.jpeg", jpeg_of(flat(24, 24, 9).view()));
  fs::create_directory(folder / "5.png");
  auto camera = open_replay(folder.path(), {});
  REQUIRE(camera);
  CHECK(names_to_the_end(**camera) == std::vector<std::string>{"1.PNG", "2.png", "3.jpeg", "10.png"});
  CHECK((*camera)->status().frames == 4);
  CHECK((*camera)->status().skipped == 0);
  CHECK((*camera)->next(milliseconds{0}).error().kind == Kind::ended);
}

TEST_CASE("natural order compares numbers by their worth and is a strict order") {
  const std::vector<std::string> sorted{"",
                                        "1",
                                        "02",
                                        "2",
                                        "2a",
                                        "10",
                                        "a",
                                        "a00",
                                        "a0b",
                                        "a1b2",
                                        "a1b10",
                                        "a01b11",
                                        "a123456789012345678901234567890",
                                        "b"};
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    for (std::size_t j = 0; j < sorted.size(); ++j) {
      CAPTURE(sorted[i], sorted[j]);
      CHECK(natural_less(sorted[i], sorted[j]) == (i < j));
    }
  }
}

TEST_CASE("frames are numbered in order") {
  const TempFolder folder;
  write_file(folder / "a.png", picture());
  auto camera = open_replay(folder.path(), {.loop = true});
  REQUIRE(camera);
  for (std::uint64_t sequence = 0; sequence < 5; ++sequence) {
    const auto captured = (*camera)->next(kPatience);
    REQUIRE(captured);
    CHECK(captured->sequence == sequence);
  }
}

TEST_CASE("a broken picture is skipped and counted, and never ends the stream") {
  const TempFolder folder;
  Bytes half = picture();
  half.resize(half.size() / 2);
  write_file(folder / "1.png", half);
  write_file(folder / "2.png", {});
  write_file(folder / "3.png", picture());
  write_file(folder / "4.png", png_header(60'000, 60'000));
  auto camera = open_replay(folder.path(), {});
  REQUIRE(camera);
  CHECK(names_to_the_end(**camera) == std::vector<std::string>{"3.png"});
  CHECK((*camera)->status().skipped == 3);
  CHECK((*camera)->status().last_skipped.find("4.png") != std::string::npos);
}

TEST_CASE("a loop over nothing but broken pictures waits instead of ending") {
  const TempFolder folder;
  write_file(folder / "1.png", {});
  auto camera = open_replay(folder.path(), {.loop = true});
  REQUIRE(camera);
  CHECK((*camera)->next(milliseconds{20}).error().kind == Kind::no_frame_yet);
  drop(folder, "1.png", picture());
  CHECK(name_of((*camera)->next(kPatience)) == "1.png");
}

TEST_CASE("a folder that is not there, or holds no picture, is an error at once") {
  const TempFolder folder;
  CHECK(open_replay(folder / "nowhere", {}).error().kind == Kind::failed);
  CHECK(open_replay(folder / "nowhere", {.follow = true}).error().kind == Kind::failed);
  CHECK(open_replay(folder.path(), {}).error().kind == Kind::failed);
  CHECK(open_replay(folder.path(), {.loop = true}).error().kind == Kind::failed);
}

TEST_CASE("following a folder waits for pictures, and shows each as it comes") {
  const TempFolder folder;
  auto camera = open_replay(folder.path(), {.follow = true});
  REQUIRE(camera);
  CHECK((*camera)->next(milliseconds{1}).error().kind == Kind::no_frame_yet);
  drop(folder, "b.png", picture());
  CHECK(name_of((*camera)->next(kPatience)) == "b.png");
  CHECK((*camera)->next(milliseconds{1}).error().kind == Kind::no_frame_yet);
  drop(folder, "a.png", picture());
  CHECK(name_of((*camera)->next(kPatience)) == "a.png");
}

TEST_CASE("following a folder shows first what is there already") {
  const TempFolder folder;
  write_file(folder / "1.png", picture());
  auto camera = open_replay(folder.path(), {.follow = true});
  REQUIRE(camera);
  CHECK(name_of((*camera)->next(kPatience)) == "1.png");
  drop(folder, "2.png", picture());
  CHECK(name_of((*camera)->next(kPatience)) == "2.png");
}

TEST_CASE("pictures that come in while the folder is looked through keep their order") {
  const TempFolder folder;
  constexpr int kPictures = 600;
  for (int i = 0; i < kPictures; ++i) write_file(folder / ("." + std::to_string(i)), picture());
  auto camera = open_replay(folder.path(), {.follow = true});
  REQUIRE(camera);
  std::thread crowd([&] {
    for (int i = 0; i < kPictures; ++i) {
      fs::rename(folder / ("." + std::to_string(i)), folder / (std::to_string(i) + ".png"));
    }
  });
  std::vector<std::string> names;
  while (names.size() < kPictures) names.push_back(name_of((*camera)->next(kPatience)));
  crowd.join();
  CHECK(std::is_sorted(names.begin(), names.end(), natural_less));
}

TEST_CASE("a picture that is replaced, or comes again, is shown again") {
  const TempFolder folder;
  auto camera = open_replay(folder.path(), {.follow = true});
  REQUIRE(camera);
  drop(folder, "badge.png", picture());
  CHECK(name_of((*camera)->next(kPatience)) == "badge.png");
  drop(folder, "badge.png", picture());
  CHECK(name_of((*camera)->next(kPatience)) == "badge.png");
  // Copied with its time kept, as cp -p does.
  const auto time = fs::last_write_time(folder / "badge.png");
  write_file(folder / ".coming", picture());
  fs::last_write_time(folder / ".coming", time);
  fs::rename(folder / ".coming", folder / "badge.png");
  CHECK(name_of((*camera)->next(kPatience)) == "badge.png");
  fs::remove(folder / "badge.png");
  CHECK((*camera)->next(milliseconds{100}).error().kind == Kind::no_frame_yet);
  drop(folder, "badge.png", picture());
  CHECK(name_of((*camera)->next(kPatience)) == "badge.png");
}

TEST_CASE("a folder that vanishes is lost, and found again when it is back") {
  for (const bool follow : {false, true}) {
    CAPTURE(follow);
    const TempFolder parent;
    const fs::path folder = parent / "frames";
    fs::create_directory(folder);
    write_file(folder / "1.png", picture());
    auto camera = open_replay(folder, {.loop = !follow, .follow = follow});
    REQUIRE(camera);
    REQUIRE((*camera)->next(kPatience));
    fs::remove_all(folder);
    const auto gone = (*camera)->next(kPatience);
    REQUIRE_FALSE(gone);
    CHECK(gone.error().kind == Kind::lost);
    CHECK(gone.error().message.find(folder.string()) == 0);
    fs::create_directory(folder);
    write_file(parent / "2.png", picture());
    fs::rename(parent / "2.png", folder / "2.png");
    CHECK(name_of((*camera)->next(kPatience)) == "2.png");
  }
}

TEST_CASE("a folder that vanishes from a single replay ends it, its pictures counted as skipped") {
  const TempFolder parent;
  const fs::path folder = parent / "frames";
  fs::create_directory(folder);
  for (const char* name : {"1.png", "2.png", "3.png"}) write_file(folder / name, picture());
  auto camera = open_replay(folder, {});
  REQUIRE(camera);
  REQUIRE((*camera)->next(kPatience));
  fs::remove_all(folder);
  CHECK(names_to_the_end(**camera).empty());
  CHECK((*camera)->status().skipped == 2);
}

TEST_CASE("a paced replay says that a picture is not due rather than leaving one out") {
  const TempFolder folder;
  write_file(folder / "1.png", picture());
  write_file(folder / "2.png", picture());
  // One a day: the second is not due while this test runs.
  auto camera = open_replay(folder.path(), {.frames_per_second = 1.0 / 86'400});
  REQUIRE(camera);
  CHECK(name_of((*camera)->next(milliseconds{0})) == "1.png");
  CHECK((*camera)->next(milliseconds{1}).error().kind == Kind::no_frame_yet);
  auto quick = open_replay(folder.path(), {.frames_per_second = 200});
  REQUIRE(quick);
  CHECK(names_to_the_end(**quick) == std::vector<std::string>{"1.png", "2.png"});
}

}  // namespace
}  // namespace lanyard::scanner
