// Where a delegate is expected next: a stub like that of a ticket, with the hour before the perforation.
#include <algorithm>

#include "kiosk/desk/programme.hpp"
#include "kiosk/face/parts.hpp"
#include "sync/calendar.hpp"

namespace lanyard::kiosk {
namespace {

constexpr float kPaddingMm = 5.5F;
constexpr float kAisleMm = 6;  // on both sides of the perforation
constexpr float kCornerMm = 4;
constexpr double kSeen = 1.05;  // to 1
constexpr float kMostOfTheHour = 0.34F;

// Further from the ink than the ground is.
Rgb stub_ground(const Field& field) {
  const bool light_ink = luminance(field.ink) > luminance(field.ground);
  return blend(field.ground, light_ink ? rgb(0x000000) : rgb(0xFFFFFF), light_ink ? 0.16F : 0.45F);
}

struct Stub {
  std::vector<Line> hour;
  std::vector<Line> words;
  float hour_px{0};  // how wide it is
};

Stub stub_of(Drawing& d, const NextSession& next, float width) {
  Canvas& c = d.canvas;
  const Field& green = c.theme().welcome;
  const Words quiet{.size_mm = kType.body,
                    .least_mm = kType.body,
                    .lines = 2,
                    .personal = next.personal,
                    .id = "session.room"};
  Words name = quiet;
  name.size_mm = kType.heading;
  name.weight = Weight::bold;
  name.lines = 4;
  name.id = "session";
  Words place = quiet;
  place.weight = Weight::bold;
  place.personal = true;
  place.lines = 3;
  place.id = "session.place";
  Words day = quiet;
  day.align = Align::centre;
  day.id = "session.day";
  Words hour = name;
  hour.align = Align::centre;
  hour.lines = 1;
  hour.id = "session.when";
  const std::string yours =
      next.place.empty() ? std::string() : c.tongue().say("Your place: {place}", {{"place", next.place}});
  Stub stub;
  stub.hour = {{next.day, day, green.ink, 1}, {next.when, hour, green.ink, 0}};
  stub.words = {
      {next.name, name, green.ink, 2.5F}, {next.room, quiet, green.ink, 2.5F}, {yours, place, green.ink, 0}};
  const Rect most{0, 0, width * kMostOfTheHour, c.px(60)};
  for (const Line& line : stub.hour)
    if (!line.text.empty()) stub.hour_px = std::max(stub.hour_px, c.measure(most, line.text, line.words).w);
  stub.hour_px = std::min(most.w, stub.hour_px + c.px(2));
  return stub;
}

float words_width(const Canvas& c, const Stub& stub, float width) {
  return width - stub.hour_px - c.px(2 * kPaddingMm + 2 * kAisleMm);
}

}  // namespace

std::optional<NextSession> next_session(const Drawing& d, const sync::Attendee& attendee) {
  if (d.view.event == nullptr) return std::nullopt;
  const sync::Timestamp now = hub_now(d.view);
  const auto upcoming = upcoming_for(attendee, *d.view.event, now);
  if (!upcoming) return std::nullopt;
  const Tongue& t = d.canvas.tongue();
  const sync::Session& session = *upcoming->session;
  NextSession next;
  const sync::Timestamp from = session.time.from;
  next.when = upcoming->begun ? t.say_in("of a session that has begun", "Now") : t.clock(from, d.calendar());
  const auto days_ahead = sync::venue_day(from, d.calendar()) - sync::venue_day(now, d.calendar());
  if (!upcoming->begun && days_ahead > 0) {
    constexpr int kDaysOfAWeek = 7;
    next.day = days_ahead < kDaysOfAWeek ? t.weekday(from, d.calendar()) : t.short_date(from, d.calendar());
  }
  next.name = d.local(session.name);
  next.room = d.local(session.room);
  next.place = upcoming->place;
  next.personal = upcoming->personal;
  return next;
}

StubHeights stub_heights(Drawing& d, const NextSession& next, float width) {
  Canvas& c = d.canvas;
  const Stub stub = stub_of(d, next, width);
  const Rect words{0, 0, words_width(c, stub, width), 0};
  const Rect hour{0, 0, stub.hour_px, 0};
  const float edges = c.px(2 * kPaddingMm) + 2;
  return {std::max(c.least_column_height(words, stub.words), c.least_column_height(hour, stub.hour)) + edges,
          std::max(c.column_height(words, stub.words), c.column_height(hour, stub.hour)) + edges};
}

void draw_stub(Drawing& d, const Rect& area, const NextSession& next) {
  Canvas& c = d.canvas;
  const Field& green = c.theme().welcome;
  const Rgb ground = stub_ground(green);
  Stub stub = stub_of(d, next, area.w);
  c.fill(area, ground, c.px(kCornerMm));
  // On black nothing is darker: it is drawn around instead.
  if (contrast(ground, green.ground) < kSeen)
    c.frame(area, green.quiet, std::max(1.0F, c.px(0.5F)), c.px(kCornerMm));
  Rect inside = area.inset(c.px(kPaddingMm), c.px(kPaddingMm));
  c.column(take_start(inside, stub.hour_px, c.reading()), std::move(stub.hour), ground, Stand::middle);
  const Rect aisle = take_start(inside, c.px(2 * kAisleMm), c.reading());
  const float dot = std::max(1.0F, c.px(0.55F));
  for (float y = area.y + c.px(4); y < area.bottom() - c.px(3); y += c.px(3))
    c.disc({aisle.centre().x, y}, dot, green.quiet, 0.55F);
  c.column(inside, std::move(stub.words), ground, Stand::middle);
}

}  // namespace lanyard::kiosk
