// Photos come down to a venue, and go with the people.
#include <algorithm>

#include "sync/content_digest.hpp"
#include "sync/schema.hpp"
#include "sync/sqlite_file.hpp"
#include "tests/sync/venue_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

using namespace std::chrono_literals;

std::string photo_of(const std::string& id) {
  return "\xFF\xD8\xFF a portrait of " + id;
}

// Somebody at the centre with a photo, whose hash it returns.
std::string put_portrayed(HubFixture& centre, const std::string& id, bool has_it = true) {
  Attendee attendee = attendee_of(id);
  attendee.photo = sha256_hex(photo_of(id));
  if (has_it) REQUIRE(centre.store().put_photo(attendee.photo, photo_of(id)));
  REQUIRE(centre.store().put_attendee(attendee));
  return attendee.photo;
}

std::vector<std::string> missing_at(HubStore& store) {
  return store.missing_photos("", 100).value();
}

TEST_CASE(
    "a store tells which photos are missing, each once and in their order, and drops what nobody needs") {
  HubFixture hub;
  std::vector<std::string> hashes;
  for (const char* id : {"a", "b", "c"}) hashes.push_back(put_portrayed(hub, id, false));
  Attendee same = attendee_of("d");
  same.photo = hashes[0];
  REQUIRE(hub.store().put_attendee(same));
  REQUIRE(hub.store().put_attendee(attendee_of("e")));
  std::vector<std::string> ordered = hashes;
  std::ranges::sort(ordered);
  CHECK(missing_at(hub.store()) == ordered);
  CHECK(hub.store().missing_photos(ordered[0], 1).value() == std::vector{ordered[1]});
  CHECK(hub.store().missing_photos(ordered[2], 9).value().empty());
  for (const std::string& hash : hashes) REQUIRE(hub.store().put_photo(hash, "bytes"));
  CHECK(missing_at(hub.store()).empty());
  REQUIRE(hub.store().remove_attendee("a"));  // d is still there
  REQUIRE(hub.store().remove_attendee("b"));
  REQUIRE(hub.store().put_attendee(attendee_of("c")));  // without a photo from now on
  REQUIRE(hub.store().drop_unused_photos());
  CHECK(hub.store().photo_hashes().value() == std::vector{hashes[0]});
}

TEST_CASE("a hub of an earlier version knows whose photo is whose once it is opened by this one") {
  const TemporaryFolder folder;
  Attendee portrayed = attendee_of("A1");
  portrayed.photo = sha256_hex(photo_of("A1"));
  {
    const auto file = open_sqlite(folder.path() / "hub.db", hub_migrations().first(9), 1s).value();
    SQLite::Statement put(*file, "INSERT INTO attendee (id, version, record) VALUES (?, ?, ?)");
    const auto add = [&](const std::string& id, int version, const std::optional<std::string>& record) {
      put.reset();
      put.clearBindings();
      put.bind(1, id);
      put.bind(2, version);
      if (record) put.bind(3, *record);
      put.exec();
    };
    add("A1", 1, to_json(portrayed));
    add("A2", 2, to_json(attendee_of("A2")));
    add("A3", 3, std::nullopt);  // removed
  }
  const auto store = open_sqlite_store(folder.path()).value();
  CHECK(missing_at(*store) == std::vector{portrayed.photo});
}

TEST_CASE("a venue fetches each photo once and serves it to its kiosks, and it goes with the person") {
  HubFixture centre;
  const std::string first = put_portrayed(centre, "A1");
  const std::string second = put_portrayed(centre, "A2");
  Venue expo(centre, "expo");
  const std::string kiosk = expo.enrol("desk-1");
  CHECK(expo.ask({"GET", "/v1/photos/" + first, {}, kiosk, ""}).status == 404);
  expo.settle();
  CHECK(expo.photos_asked == 2);
  CHECK(expo.ask({"GET", "/v1/photos/" + first, {}, kiosk, ""}).body == photo_of("A1"));
  expo.restart();
  expo.settle();
  CHECK(expo.photos_asked == 2);

  SECTION("while the line is down kiosks get what is there") {
    expo.cut = true;
    expo.settle();
    CHECK(expo.ask({"GET", "/v1/photos/" + second, {}, kiosk, ""}).body == photo_of("A2"));
  }
  SECTION("who is removed takes it along") {
    REQUIRE(centre.store().remove_attendee("A1"));
    expo.settle();
    CHECK(expo.ask({"GET", "/v1/photos/" + first, {}, kiosk, ""}).status == 404);
    CHECK(expo.store().photo_hashes().value() == std::vector{second});
  }
  SECTION("another of the same person takes its place") {
    Attendee changed = attendee_of("A1");
    changed.photo = sha256_hex("another");
    REQUIRE(centre.store().put_photo(changed.photo, "another"));
    REQUIRE(centre.store().put_attendee(changed));
    expo.settle();
    CHECK(expo.store().photo(changed.photo).value() == "another");
    CHECK_FALSE(expo.store().photo(first).value().has_value());
  }
  SECTION("a crash between the roster and the dropping leaves none behind") {
    REQUIRE(expo.store().remove_attendee("A1"));
    expo.restart();
    expo.settle();
    CHECK(expo.store().photo_hashes().value() == std::vector{second});
  }
}

TEST_CASE("a photo that the centre lacks is not asked for again and again, and comes once it is there") {
  HubFixture centre;
  const std::string late = put_portrayed(centre, "A1", false);
  Venue expo(centre, "expo");
  expo.settle();
  CHECK(missing_at(expo.store()) == std::vector{late});
  expo.photos_asked = 0;
  for (int i = 0; i < 40; ++i) {
    (void)expo.carrier().step();
    expo.steady += 100ms;
  }
  CHECK(expo.photos_asked <= 1);
  REQUIRE(centre.store().put_photo(late, photo_of("A1")));
  expo.settle();
  CHECK(missing_at(expo.store()).empty());
}

TEST_CASE(
    "of many photos that the centre lacks a venue asks for a few at a time, and misses none that is there") {
  HubFixture centre;
  std::vector<std::string> hashes;
  for (int i = 0; i < 3 * kMaxPhotosLacked; ++i)
    hashes.push_back(put_portrayed(centre, "A" + std::to_string(i), false));
  const std::string last = *std::ranges::max_element(hashes);
  Venue expo(centre, "expo");
  const auto at = static_cast<std::size_t>(std::ranges::find(hashes, last) - hashes.begin());
  REQUIRE(centre.store().put_photo(last, photo_of("A" + std::to_string(at))));
  expo.settle();
  expo.photos_asked = 0;
  expo.settle();  // another look
  CHECK(expo.photos_asked <= kMaxPhotosLacked);
  for (int i = 0; i < 3; ++i) expo.settle();
  CHECK(expo.store().photo(last).value().has_value());
}

TEST_CASE("what is not the photo that was asked for, or too large to be one, is not kept and stops none") {
  HubFixture centre;
  const std::string first = put_portrayed(centre, "A1");
  const std::string second = put_portrayed(centre, "A2");
  Venue expo(centre, "expo");
  std::string bytes = "something else";
  std::string altered = first;
  SECTION("another") {}
  SECTION("nothing") {
    bytes = "";
  }
  SECTION("too large") {
    bytes = std::string(kMaxPhotoBytes + 1, 'x');
    Attendee large = attendee_of("A3");
    large.photo = altered = sha256_hex(bytes);
    REQUIRE(centre.store().put_attendee(large));
  }
  expo.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (!request.url.ends_with(altered)) return std::nullopt;
    return HttpAnswer{200, std::string(kPhotoType), bytes, {}, {}};
  };
  expo.settle();
  CHECK(missing_at(expo.store()) == std::vector{altered});
  CHECK(expo.store().photo(second).value().has_value());
  CHECK(expo.carrier().standing() == "online");
}

TEST_CASE("a photo of somebody who is erased while it is under way is not kept") {
  HubFixture centre;
  const std::string hash = put_portrayed(centre, "A1");
  Venue expo(centre, "expo");
  expo.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (request.url.ends_with(hash)) REQUIRE(expo.store().remove_attendee("A1"));
    return std::nullopt;
  };
  expo.settle();
  CHECK(expo.photos_asked == 1);
  CHECK(expo.store().photo_hashes().value().empty());
}

}  // namespace
}  // namespace lanyard::sync::hub
