// A kiosk's disk that is nearly full: what can come again goes first.
#include <fstream>

#include "sync/content_digest.hpp"
#include "sync/mend.hpp"
#include "tests/sync/kiosk_fixture.hpp"

namespace lanyard::sync {
namespace {

TEST_CASE("pictures go while the disk is nearly full, and come again when there is room") {
  HubFixture hub;
  const std::string bytes = "\xFF\xD8\xFF a portrait";
  Attendee attendee = hub::attendee_of("A1");
  attendee.photo = sha256_hex(bytes);
  REQUIRE(hub.store().put_photo(attendee.photo, bytes));
  REQUIRE(hub.store().put_attendee(attendee));
  Kiosk kiosk(hub);
  kiosk.enrol();
  std::uint64_t free = kRoomForPictures;
  const auto measure = [&] { return std::optional(free); };
  kiosk.carrier().measure_room_by(measure);
  const auto has_it = [&] { return kiosk.store().photo(attendee.photo).value().has_value(); };
  const auto pass = [&] {
    kiosk.pass(61s);
    kiosk.settle();
  };
  pass();
  CHECK(has_it());
  free = kRoomForPictures - 1;
  pass();
  CHECK_FALSE(has_it());
  pass();
  CHECK_FALSE(has_it());
  free = kRoomForPictures + 1;  // not yet: they would come and go by the minute
  pass();
  CHECK_FALSE(has_it());
  free = 2 * kRoomForPictures;
  pass();
  pass();
  CHECK(has_it());
}

TEST_CASE(
    "what was set aside of a damaged store goes from a full disk once its rows are with the hub, not "
    "before") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  const std::filesystem::path aside = kiosk.folder() / "store.db.aside-1000";
  std::filesystem::create_directory(aside);
  std::ofstream(aside / "store.db") << "damaged";
  kiosk.carrier().measure_room_by([] { return std::optional<std::uint64_t>(0); });
  kiosk.cut = true;
  kiosk.write(RowKind::admitted, "A1");
  for (int i = 0; i < 3; ++i) {
    kiosk.pass(61s);
    kiosk.settle();
  }
  CHECK(set_aside(kiosk.folder() / "store.db").size() == 1);
  kiosk.cut = false;
  for (int i = 0; i < 6; ++i) {
    kiosk.pass(61s);
    kiosk.settle();
  }
  CHECK(set_aside(kiosk.folder() / "store.db").empty());
}

}  // namespace
}  // namespace lanyard::sync
