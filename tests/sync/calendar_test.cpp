#include "sync/calendar.hpp"

#include "sync/event_toml.hpp"
#include "sync/time_zone.hpp"
#include "sync/wire.hpp"
#include "tests/catch.hpp"

namespace lanyard::sync {
namespace {

using namespace std::chrono_literals;

Timestamp at(const char* text) {
  return parse_rfc3339(text).value();
}

std::chrono::sys_days day(int year, unsigned month, unsigned of_month) {
  return std::chrono::sys_days(std::chrono::year(year) / std::chrono::month(month) /
                               std::chrono::day(of_month));
}

// Berlin goes from +01:00 to +02:00 on 29 March 2026 at 01:00 UTC, and back on 25 October.
Calendar berlin() {
  return calendar_of("Europe/Berlin", at("2026-01-01T00:00:00Z"), at("2026-12-31T00:00:00Z")).value();
}

TEST_CASE("a time zone becomes offsets and the moments at which they change") {
  const Calendar calendar = berlin();
  CHECK(calendar.utc_offset == 60min);
  REQUIRE(calendar.changes.size() == 2);
  CHECK(calendar.changes[0].from == at("2026-03-29T01:00:00Z"));
  CHECK(calendar.changes[0].utc_offset == 120min);
  CHECK(calendar.changes[1].from == at("2026-10-25T01:00:00Z"));
  CHECK(utc_offset_at(at("2026-03-29T00:59:59Z"), calendar) == 60min);
  CHECK(utc_offset_at(at("2026-03-29T01:00:00Z"), calendar) == 120min);
  CHECK(utc_offset_at(at("2026-10-25T01:00:00Z"), calendar) == 60min);
}

TEST_CASE("a zone that does not exist is named") {
  const auto found = calendar_of("Asia/Shangai", at("2026-01-01T00:00:00Z"), at("2026-12-31T00:00:00Z"));
  REQUIRE_FALSE(found.has_value());
  CHECK(found.error().find("Asia/Shangai") != std::string::npos);
}

TEST_CASE("a time of day that the clocks leave out is the moment at which they do") {
  CHECK(at_clock(day(2026, 3, 29), 150min, berlin(), Edge::opening) == at("2026-03-29T01:00:00Z"));
  CHECK(at_clock(day(2026, 3, 29), 150min, berlin(), Edge::closing) == at("2026-03-29T01:00:00Z"));
}

TEST_CASE("a time of day that comes twice opens at the first and closes at the second") {
  CHECK(at_clock(day(2026, 10, 25), 150min, berlin(), Edge::opening) == at("2026-10-25T00:30:00Z"));
  CHECK(at_clock(day(2026, 10, 25), 150min, berlin(), Edge::closing) == at("2026-10-25T01:30:00Z"));
}

TEST_CASE("a day has 23 hours when the clocks go forward, and 25 when they go back") {
  const Calendar calendar = berlin();
  const auto length = [&](const char* noon) {
    return venue_day_end(at(noon), calendar) - venue_day_start(at(noon), calendar);
  };
  CHECK(length("2026-03-28T11:00:00Z") == 24h);
  CHECK(length("2026-03-29T11:00:00Z") == 23h);
  CHECK(length("2026-10-25T11:00:00Z") == 25h);
}

TEST_CASE("the venue's day turns when the venue says, not at midnight") {
  Calendar calendar = berlin();
  calendar.day_begins = 4h;
  const auto day_of = [&](const char* text) { return venue_day(at(text), calendar); };
  CHECK(day_of("2026-11-23T22:00:00Z") == day_of("2026-11-24T02:59:59Z"));
  CHECK(day_of("2026-11-24T03:00:00Z") == day_of("2026-11-23T22:00:00Z") + 1);
  CHECK(venue_day_start(at("2026-11-24T02:00:00Z"), calendar) == at("2026-11-23T03:00:00Z"));
}

TEST_CASE("no moment is before the beginning of its own day, nor after its end, all year round") {
  for (const auto begins : {0min, 90min, 150min, 240min, 720min}) {
    Calendar calendar = berlin();
    calendar.day_begins = begins;
    for (Timestamp when = at("2026-03-27T00:00:00Z"); when < at("2026-10-28T00:00:00Z"); when += 17min) {
      REQUIRE(venue_day_start(when, calendar) <= when);
      REQUIRE(venue_day_end(when, calendar) > when);
      REQUIRE(venue_day(venue_day_start(when, calendar), calendar) == venue_day(when, calendar));
    }
  }
}

TEST_CASE("a midnight that the clocks leave out is the first moment of its day") {
  // Beirut goes forward at midnight.
  const Calendar calendar =
      calendar_of("Asia/Beirut", at("2026-01-01T00:00:00Z"), at("2026-12-31T00:00:00Z")).value();
  REQUIRE_FALSE(calendar.changes.empty());
  const Timestamp change = calendar.changes[0].from;
  CHECK(venue_day_start(change + 1h, calendar) == change);
  CHECK(venue_day(change - 1ms, calendar) + 1 == venue_day(change, calendar));
}

}  // namespace
}  // namespace lanyard::sync
