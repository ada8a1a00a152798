// Portraits: taken in, made small, fetched by kiosks, and forgotten with the people.
#include "sync/hub/photo.hpp"

#include <algorithm>
#include <fstream>

#include <gdk-pixbuf/gdk-pixbuf.h>

#include "sync/content_digest.hpp"
#include "sync/hub/erase.hpp"
#include "tests/sync/kiosk_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

// A picture as a camera makes one.
void draw(const std::filesystem::path& file, const char* type, int width, int height, std::uint32_t colour) {
  GdkPixbuf* picture = gdk_pixbuf_new(GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  REQUIRE(picture != nullptr);
  gdk_pixbuf_fill(picture, colour);
  REQUIRE(gdk_pixbuf_save(picture, file.c_str(), type, nullptr, nullptr));
  g_object_unref(picture);
}

void put_people(HubFixture& hub, const std::vector<std::string>& ids) {
  REQUIRE(hub.store().transact([&]() -> Expected<void> {
    for (const std::string& id : ids) {
      if (auto put = hub.store().put_attendee(attendee_of(id)); !put) return put;
    }
    return {};
  }));
}

TEST_CASE("a picture of any kind and size becomes a small JPEG, no larger than it was") {
  const TemporaryFolder folder;
  draw(folder.path() / "large.png", "png", 3000, 4000, 0xFF0000FF);
  draw(folder.path() / "wide.jpg", "jpeg", 4000, 500, 0x00FF00FF);
  draw(folder.path() / "tiny.png", "png", 20, 30, 0x0000FFFF);
  const auto sides = [&](const char* name) {
    const std::string jpeg = portrait_of(folder.path() / name).value();
    CHECK(jpeg.starts_with("\xFF\xD8\xFF"));
    CHECK(jpeg.size() <= kMaxPhotoBytes);
    std::ofstream(folder.path() / "made.jpg", std::ios::binary) << jpeg;
    int width = 0;
    int height = 0;
    REQUIRE(gdk_pixbuf_get_file_info((folder.path() / "made.jpg").c_str(), &width, &height) != nullptr);
    return std::pair(width, height);
  };
  CHECK(sides("large.png") == std::pair(300, 400));
  CHECK(sides("wide.jpg").first == 300);
  CHECK(sides("tiny.png") == std::pair(20, 30));
}

TEST_CASE("what is no picture is told by its file, and nothing is half done") {
  HubFixture hub;
  put_people(hub, {"A1", "A2", "A3"});
  const TemporaryFolder folder;
  draw(folder.path() / "A1.jpg", "jpeg", 100, 100, 0xFF0000FF);
  draw(folder.path() / "A1.png", "png", 100, 100, 0xFF0000FF);
  draw(folder.path() / "A9.png", "png", 100, 100, 0xFF0000FF);
  draw(folder.path() / "Ann Example.png", "png", 100, 100, 0xFF0000FF);
  draw(folder.path() / ".hidden.png", "png", 100, 100, 0xFF0000FF);
  std::ofstream(folder.path() / "A2.jpg") << "not a picture";
  std::ofstream(folder.path() / "A3.jpg");
  std::filesystem::create_directory(folder.path() / "more");
  auto done = import_photos(hub.store(), folder.path(), false);
  REQUIRE(done.has_value());
  CHECK(done->problems.size() == 5);
  for (const char* name : {"A1.png", "A2.jpg", "A3.jpg", "A9.png", "Ann Example.png"}) {
    CHECK(std::ranges::any_of(done->problems, [&](const std::string& one) { return one.starts_with(name); }));
  }
  CHECK(hub.store().photo_hashes().value().empty());
  CHECK(hub.store().attendee("A1").value()->photo.empty());

  done = import_photos(hub.store(), folder.path(), true);
  REQUIRE(done.has_value());
  CHECK(done->taken == 1);
  CHECK(hub.store().photo_hashes().value().size() == 1);
  CHECK(import_photos(hub.store(), folder.path(), true).value().unchanged == 1);
  CHECK(import_photos(hub.store(), folder.path() / "nothing", true).error().kind == Error::Kind::storage);
}

TEST_CASE("a kiosk fetches each photo once, when the roster is complete, and forgets it with the person") {
  HubFixture hub;
  put_people(hub, {"A1", "A2", "A3"});
  const TemporaryFolder folder;
  draw(folder.path() / "A1.jpg", "jpeg", 100, 100, 0xFF0000FF);
  draw(folder.path() / "A2.jpg", "jpeg", 100, 100, 0x00FF00FF);
  draw(folder.path() / "A3.jpg", "jpeg", 100, 100, 0x00FF00FF);  // the same
  REQUIRE(import_photos(hub.store(), folder.path(), false).value().taken == 3);
  Kiosk kiosk(hub);
  std::size_t asked = 0;
  kiosk.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (request.url.find("/v1/photos/") != std::string::npos) ++asked;
    return std::nullopt;
  };
  kiosk.enrol();
  kiosk.settle();
  CHECK(asked == 2);
  const std::string first = kiosk.store().attendee("A1").value()->photo;
  const std::string bytes = kiosk.store().photo(first).value().value();
  CHECK(sha256_hex(bytes) == first);
  CHECK(bytes == hub.store().photo(first).value());
  kiosk.pass(40s);
  kiosk.settle();
  CHECK(asked == 2);

  REQUIRE(erase_person(hub.store(), "A1", hub.now, hub.random()));
  CHECK_FALSE(hub.store().photo(first).value().has_value());
  CHECK(hub.store().photo_hashes().value().size() == 1);  // A2 and A3 are still there
  kiosk.pass(40s);
  kiosk.settle();
  CHECK_FALSE(kiosk.store().photo(first).value().has_value());
  CHECK(kiosk.store().photo(kiosk.store().attendee("A2").value()->photo).value().has_value());
}

TEST_CASE(
    "a photo that is another than was asked for is not kept, and neither it nor one that is gone holds up "
    "others") {
  HubFixture hub;
  put_people(hub, {"A1", "A2"});
  const TemporaryFolder folder;
  draw(folder.path() / "A1.jpg", "jpeg", 100, 100, 0xFF0000FF);
  draw(folder.path() / "A2.jpg", "jpeg", 100, 100, 0x00FF00FF);
  REQUIRE(import_photos(hub.store(), folder.path(), false).value().taken == 2);
  const std::vector<std::string> hashes = hub.store().photo_hashes().value();
  Kiosk kiosk(hub);
  bool lies = true;
  kiosk.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (!lies || !request.url.ends_with(hashes.front())) return std::nullopt;
    return HttpAnswer{200, "image/jpeg", "something else", {}, {}};
  };
  kiosk.enrol();
  kiosk.settle();
  CHECK(kiosk.store().missing_photos("", 10).value() == std::vector<std::string>{hashes.front()});
  lies = false;
  SECTION("it is asked for again when it is right") {
    kiosk.pass(60s);
    kiosk.settle();
    CHECK(kiosk.store().missing_photos("", 10).value().empty());
    return;
  }
  REQUIRE(hub.store().remove_photo(hashes.front()));
  kiosk.pass(60s);
  kiosk.settle();
  CHECK(kiosk.store().missing_photos("", 10).value() == std::vector<std::string>{hashes.front()});
  kiosk.requests = 0;
  kiosk.pass(1s);
  kiosk.settle();
  CHECK(kiosk.requests <= 1);  // nobody asks for it again and again
}

TEST_CASE("a kiosk whose hub lacks most photos asks for a few at a time, and gets in the end what is there") {
  HubFixture hub;
  std::vector<std::string> hashes;
  for (int i = 0; i < 3 * kMaxPhotosLacked; ++i) {
    Attendee attendee = attendee_of("A" + std::to_string(i));
    hashes.push_back(attendee.photo = sha256_hex(std::to_string(i)));
    REQUIRE(hub.store().put_attendee(attendee));
  }
  const auto last = std::ranges::max_element(hashes);
  REQUIRE(hub.store().put_photo(*last, std::to_string(last - hashes.begin())));
  Kiosk kiosk(hub);
  int asked = 0;
  kiosk.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (request.url.find("/v1/photos/") != std::string::npos) ++asked;
    return std::nullopt;
  };
  kiosk.enrol();
  kiosk.settle();
  for (int i = 0; i < 3; ++i) {
    asked = 0;
    kiosk.pass(40s);
    kiosk.settle();
    CHECK(asked <= kMaxPhotosLacked + 1);
  }
  CHECK(kiosk.store().photo(*last).value().has_value());
}

TEST_CASE("photos are for kiosks with a token, and for no other address of that kind") {
  HubFixture hub;
  const std::string token = hub.enrol("north-1");
  const std::string path = "/v1/photos/" + std::string(64, 'a');
  CHECK(hub.get(path, {}, "").status == 401);
  CHECK(hub.get(path, {}, token).status == 404);
  CHECK(hub.post(path, token, "").status == 405);
  for (const char* wrong : {"/v1/photos/", "/v1/photos/../../etc", "/v1/photos/AAAA", "/v1/photos"})
    CHECK(hub.get(wrong, {}, token).status == 404);
}

}  // namespace
}  // namespace lanyard::sync::hub
