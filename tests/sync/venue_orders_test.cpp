// What is ordered at the centre reaches the kiosks of a venue, by what is wanted and not by what was said.
#include <algorithm>

#include "tests/sync/venue_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

using namespace std::chrono_literals;
using Ids = std::vector<std::string>;

Ids ids_of(const std::vector<Notice>& notices) {
  Ids ids;
  for (const Notice& notice : notices) ids.push_back(notice.id);
  return ids;
}

class VenueOrders : public VenueFixture {
 protected:
  // What somebody of the venue is told that knows of nothing.
  Orders told_to(const std::string& token) {
    const Heartbeat beat{"test", 0, 0, 0, 0, centre.now, "none"};
    const Response answer = expo.ask({"POST", "/v1/heartbeat", {}, token, to_body(beat)});
    REQUIRE(answer.status == 200);
    return parse_heartbeat_answer(answer.body).value().orders.value_or(Orders{});
  }
  Orders told() { return told_to(kiosk); }
  Ids notices_told() { return ids_of(told().notices); }
  // The centre's, as the venue has them.
  Ids centre_notices() { return ids_of(expo.store().centre_notices().value().notices); }
};

TEST_CASE_METHOD(VenueOrders,
                 "notices of the centre are shown at a venue beside its own, where they are meant to be") {
  REQUIRE(centre.store().put_notice({"lunch", {{"en", "Lunch at 12"}, {"zh", "12点午餐"}}, centre.now + 1h}));
  REQUIRE(centre.store().put_notice({"lounge", {{"en", "Lounge closed"}}, {}, {"lounge"}}));
  REQUIRE(centre.store().put_notice({"main", {{"en", "Use the other door"}}, {}, {"lounge", "main"}}));
  REQUIRE(expo.store().put_notice({"lunch", {{"en", "Not here"}}, {}}));
  expo.settle();
  auto notices = told().notices;
  CHECK(ids_of(notices) == Ids{"lunch", "lunch", "main"});
  CHECK(notices[0].text.at("zh") == "12点午餐");
  CHECK(notices[1].text.at("en") == "Not here");
  CHECK(notices[2].checkpoints.empty());
  CHECK(centre_notices() == Ids{"lounge", "lunch", "main"});
  CHECK(ids_of(expo.store().notices().value()) == Ids{"lunch"});

  SECTION("until they are over, whether the line is up or down") {
    expo.cut = GENERATE(true, false);
    centre.now += 2h;
    expo.settle();
    CHECK(notices_told() == Ids{"main", "lunch"});
  }
  SECTION("until they are removed") {
    for (const char* id : {"lunch", "lounge", "main"}) REQUIRE(centre.store().remove_notice(id));
    expo.settle();
    CHECK(centre_notices().empty());
    CHECK(notices_told() == Ids{"lunch"});
  }
  SECTION("and are told once, not with each heartbeat") {
    bool told_again = false;
    expo.lie_at("/v1/heartbeat", [&](const HttpRequest& request) {
      const Response answer = centre.post("/v1/heartbeat", request.bearer, request.body);
      told_again =
          told_again || parse_heartbeat_answer(answer.body, kMaxNoticeRecords).value().orders.has_value();
      return std::nullopt;
    });
    expo.settle();
    expo.settle();
    CHECK_FALSE(told_again);
  }
}

TEST_CASE_METHOD(
    VenueOrders,
    "of notices that were changed while the line was down for days a venue shows those that hold now") {
  REQUIRE(centre.store().put_notice({"a", {{"en", "first"}}, {}}));
  REQUIRE(centre.store().put_notice({"b", {{"en", "stays"}}, {}}));
  expo.settle();
  expo.cut = true;
  expo.settle();
  REQUIRE(centre.store().remove_notice("a"));
  REQUIRE(centre.store().put_notice({"c", {{"en", "third"}}, {}}));
  centre.now += 72h;
  CHECK(notices_told() == Ids{"a", "b"});
  expo.restart();
  expo.cut = false;
  expo.settle();
  CHECK(notices_told() == Ids{"b", "c"});
}

TEST_CASE_METHOD(
    VenueOrders,
    "a centre or a venue that was restored from a backup comes to the notices that the centre has now") {
  REQUIRE(centre.store().put_notice({"old", {{"en", "as backed up"}}, {}}));
  expo.settle();
  const CentreNotices backed_up = expo.store().centre_notices().value();
  REQUIRE(centre.store().put_notice({"new", {{"en", "since"}}, {}}));
  expo.settle();
  CHECK(centre_notices() == Ids{"new", "old"});
  SECTION("the venue") {
    REQUIRE(expo.store().note_centre_notices(backed_up));
    expo.restart();
    expo.settle();
    CHECK(centre_notices() == Ids{"new", "old"});
  }
  SECTION("the centre") {
    REQUIRE(centre.store().remove_notice("new"));
    expo.settle();
    CHECK(centre_notices() == Ids{"old"});
  }
  SECTION("the venue's are damaged") {
    expo.place().alter("UPDATE uplink SET notices = '['");
    CHECK(centre_notices().empty());
    expo.settle();
    CHECK(centre_notices() == Ids{"new", "old"});
  }
}

TEST_CASE_METHOD(
    VenueOrders,
    "all notices that a hub keeps come down, and neither the centre's nor the venue's fill a screen alone") {
  for (std::size_t i = 0; i < kMaxNoticeRecords; ++i) {
    const std::string number = std::to_string(100 + i);
    REQUIRE(centre.store().put_notice({"c" + number, {{"en", "x"}}, {}}));
    REQUIRE(expo.store().put_notice({"v" + number, {{"en", "x"}}, {}}));
  }
  expo.settle();
  CHECK(centre_notices().size() == kMaxNoticeRecords);
  const Ids shown = notices_told();
  REQUIRE(shown.size() == kMaxNotices);
  CHECK(std::ranges::count_if(shown, [](const std::string& id) { return id.starts_with('c'); }) == 4);
  CHECK(expo.carrier().standing() == "online");
}

TEST_CASE_METHOD(VenueOrders,
                 "notices go through a venue to the venue under it, with those that it gives itself") {
  const std::string hall = expo.enrol("hall");
  REQUIRE(expo.store().mark_as_hub("expo.hall"));
  REQUIRE(centre.store().put_notice({"all", {{"en", "x"}}, {}, {"lounge"}}));
  REQUIRE(expo.store().put_notice({"expo", {{"en", "x"}}, {}}));
  expo.settle();
  const auto notices = told_to(hall).notices;
  CHECK(ids_of(notices) == Ids{"all", "expo"});
  CHECK(notices[0].checkpoints == Ids{"lounge"});
}

TEST_CASE_METHOD(
    VenueOrders,
    "a kiosk of a venue is out of service if the centre or the venue says so, and starts anew for either") {
  expo.settle();
  Orders orders;
  orders.out_of_service = true;
  orders.restart = centre.now;
  REQUIRE(centre.store().set_orders("expo.desk-1", orders));
  expo.settle();
  CHECK(told() == orders);
  CHECK(expo.store().device("expo.desk-1").value()->orders == Orders{});

  Orders own;
  own.out_of_service = true;
  own.restart = centre.now + 1h;
  REQUIRE(expo.store().set_orders("expo.desk-1", own));
  CHECK(told().restart == centre.now + 1h);
  orders.out_of_service = false;
  REQUIRE(centre.store().set_orders("expo.desk-1", orders));
  expo.settle();
  CHECK(told().out_of_service);
  own.out_of_service = false;
  REQUIRE(expo.store().set_orders("expo.desk-1", own));
  CHECK_FALSE(told().out_of_service);
}

TEST_CASE_METHOD(
    VenueOrders,
    "to forget all and to enrol anew are for the hub that a kiosk enrolled with, whatever the centre says") {
  expo.settle();
  Orders orders;
  orders.out_of_service = true;
  orders.wipe = true;
  orders.enrol_code = "AAAA-AAAA";
  orders.notices = {{"n", {{"en", "x"}}, {}}};
  expo.lie_at("/v1/devices", [&](const HttpRequest&) {
    DeviceStanding standing{"expo.desk-1", 0, false, false};
    standing.orders = orders;
    return HttpAnswer{200, "application/json", to_body(DevicesAnswer{0, {standing}}), {}, {}};
  });
  expo.settle();
  Orders obeyed;
  obeyed.out_of_service = true;
  CHECK(told() == obeyed);
  expo.lie = nullptr;
  REQUIRE(centre.store().set_orders("expo.desk-1", orders));
  expo.settle();
  CHECK(told() == obeyed);
}

}  // namespace
}  // namespace lanyard::sync::hub
