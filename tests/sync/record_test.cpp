#include "sync/record.hpp"

#include <set>

#include "sync/wire.hpp"
#include "tests/catch.hpp"

namespace lanyard::sync {
namespace {

using namespace std::chrono_literals;

Timestamp at(const char* text) {
  return parse_rfc3339(text).value();
}

TEST_CASE("an id is safe in an address, a file name and a log") {
  for (const char* good : {"A", "A0042", "min-newzealand", "a.b_c", "0"}) CHECK(is_id(good));
  for (const char* bad : {"", ".", ".hidden", "-rf", "a b", "a/b", "a\n", "Müller", "a'b", "a%b"}) {
    INFO(bad);
    CHECK_FALSE(is_id(bad));
  }
  CHECK(is_id(std::string(kMaxIdBytes, 'a')));
  CHECK_FALSE(is_id(std::string(kMaxIdBytes + 1, 'a')));
  CHECK_FALSE(is_id(std::string_view("a\0b", 3)));
}

TEST_CASE("a text is in the language, else its base, else in English, else in any") {
  const LocalText text{{"en", "Hall"}, {"zh", "大厅"}, {"pt-BR", "Salão"}};
  CHECK(text_in(text, "zh") == "大厅");
  CHECK(text_in(text, "zh-Hans-CN") == "大厅");
  CHECK(text_in(text, "pt-BR") == "Salão");
  CHECK(text_in(text, "fr") == "Hall");
  CHECK(text_in(text, "") == "Hall");
  CHECK(text_in({{"fr", "Salle"}}, "zh") == "Salle");
  CHECK(text_in({}, "zh").empty());
}

TEST_CASE("a day of the venue begins at its own midnight") {
  const Calendar shanghai{"", 8h, {}, 0min};
  CHECK(venue_day(at("2026-11-23T15:59:59.999Z"), shanghai) + 1 ==
        venue_day(at("2026-11-23T16:00:00Z"), shanghai));
  CHECK(venue_day_start(at("2026-11-23T15:59:59Z"), shanghai) == at("2026-11-22T16:00:00Z"));
  CHECK(venue_day_start(at("2026-11-22T16:00:00Z"), shanghai) == at("2026-11-22T16:00:00Z"));
  CHECK(venue_day_start(at("2026-11-23T01:00:00Z"), Calendar{"", -3h, {}, 0min}) ==
        at("2026-11-22T03:00:00Z"));
  CHECK(venue_day(at("1969-12-31T23:59:59Z"), Calendar{}) == -1);
}

TEST_CASE("the hybrid clock goes forward with the wall clock, and never back with it") {
  Hlc last;
  last = hlc_next(last, at("2026-11-23T08:00:00Z"));
  CHECK(last == Hlc{at("2026-11-23T08:00:00Z").time_since_epoch().count(), 0});
  const Hlc same = hlc_next(last, at("2026-11-23T08:00:00Z"));
  const Hlc behind = hlc_next(same, at("1970-01-01T00:00:00Z"));
  const Hlc ahead = hlc_next(behind, at("2026-11-23T08:00:00.001Z"));
  CHECK(last < same);
  CHECK(same < behind);
  CHECK(behind < ahead);
  CHECK(ahead.counter == 0);
}

TEST_CASE("a hybrid clock whose counter is full goes on to the next millisecond and not back") {
  const Timestamp behind = at("1970-01-01T00:00:00Z");
  const Hlc full = hlc_next({1000, kMaxHlcCounter - 1}, behind);
  CHECK(full == Hlc{1000, kMaxHlcCounter});
  CHECK(hlc_next(full, behind) == Hlc{1001, 0});
}

TEST_CASE("a UUID of version 7 begins with its time and says its version") {
  const auto id = uuid7(Timestamp(std::chrono::milliseconds(0x017F22E279B0)),
                        {0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f});
  CHECK(id == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");  // the example of RFC 9562, appendix A.6
  CHECK(uuid7(Timestamp(1ms), {}) < uuid7(Timestamp(2ms), {}));
}

template <class E, class Named>
void names_hold(int count, Named named) {
  std::set<std::string> names;
  for (int i = 0; i < count; ++i) {
    const auto value = static_cast<E>(i);
    const std::string name(to_name(value));
    CHECK(named(name) == value);
    names.insert(name);
  }
  CHECK(names.size() == static_cast<std::size_t>(count));
  CHECK(to_name(static_cast<E>(count)) == "?");
  CHECK_FALSE(named("?").has_value());
  CHECK_FALSE(named("").has_value());
}

TEST_CASE("every name stands for one value and back") {
  names_hold<Status>(4, status_named);
  names_hold<Direction>(2, direction_named);
  names_hold<Mode>(4, mode_named);
  names_hold<BadgePolicy>(3, badge_policy_named);
  names_hold<CompanionPolicy>(3, companion_policy_named);
  names_hold<RowKind>(16, row_kind_named);
  names_hold<StaffAction>(kStaffActionCount, staff_action_named);
}

TEST_CASE("a category and a zone are found by id, and by nothing else") {
  EventInfo event;
  event.categories = {{"vip", {}, 1}, {"delegate", {}, 2}};
  event.zones = {{"site", {}}};
  REQUIRE(find_category(event, "delegate") != nullptr);
  CHECK(find_category(event, "delegate")->colour_rgb == 2);
  CHECK(find_category(event, "deleg") == nullptr);
  CHECK(find_zone(event, "site") != nullptr);
  CHECK(find_zone(event, "") == nullptr);
}

}  // namespace
}  // namespace lanyard::sync
