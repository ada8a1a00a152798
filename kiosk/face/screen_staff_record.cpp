// All that is known of one delegate, and what they did. What staff may do about it is in staff_actions.cpp.
#include <algorithm>
#include <cmath>

#include "kiosk/face/parts.hpp"

namespace lanyard::kiosk {
namespace {

constexpr float kPhotoMm = 48;  // high
constexpr float kFactsMm = 80;
constexpr float kLeastFactMm = 6.2F;

std::string row_name(const Tongue& t, const sync::JournalRow& row) {
  switch (row.kind) {
    case sync::RowKind::admitted:
      return t.say_in("history", "Admitted");
    case sync::RowKind::refused:
      return t.say_in("history", "Not admitted");
    case sync::RowKind::exited:
      return t.say_in("history", "Left");
    case sync::RowKind::badge_printed:
      return t.say_in("history", "Badge printed");
    case sync::RowKind::badge_failed:
      return t.say_in("history", "Badge not printed");
    case sync::RowKind::reissued:
      return t.say_in("history", "New badge issued");
    case sync::RowKind::stopped:
      return t.say_in("history", "Badges stopped");
    case sync::RowKind::day_badge:
      return t.say_in("history", "Badge for the day");
    case sync::RowKind::handed_over:
      return t.say_in("history", "Badge handed over");
    case sync::RowKind::substituted:
      return t.say_in("history", "Takes another's place");
    case sync::RowKind::reconciled:
      return t.say_in("history", "Came to be known");
    case sync::RowKind::annulled:
      return t.say_in("history", "Admission annulled");
    case sync::RowKind::staff_entered:
      return t.say_in("history", "Staff mode opened");
    case sync::RowKind::alert:
      return t.say_in("history", "Alert");
    case sync::RowKind::badge_requested:  // a history leaves out the steps on a badge's way
    case sync::RowKind::badge_sent:
      break;
  }
  return {};
}

std::string presence_words(const Drawing& d, const StaffRecord& record) {
  const Tongue& t = d.canvas.tongue();
  const sync::Presence& presence = record.presence;
  if (!presence.last_entry) return t.say("Not yet admitted");
  const auto when = [&](sync::Timestamp at) { return t.moment(at, d.view.wall_now, d.calendar()); };
  if (!presence.inside && presence.last_exit) {
    return t.say("Left at {since}", {{"since", when(*presence.last_exit)}});
  }
  const std::string where = checkpoint_name(d, presence.entry_checkpoint);
  const std::string since = when(*presence.last_entry);
  if (where.empty()) return t.say("Inside since {since}", {{"since", since}});
  return t.say("Inside since {since}, {where}", {{"since", since}, {"where", where}});
}

// At the end of the area; what is left of it is for the words. Returns where it ends.
float take_photo(Drawing& d, Rect& area, const StaffRecord& record) {
  Canvas& c = d.canvas;
  if (d.view.photo == nullptr || record.photo.empty()) return area.y;
  const float height = std::floor(std::min(area.h, c.px(kPhotoMm)));
  const float width = std::floor(height * 0.75F);
  const TextureId texture = d.view.photo->of(record.attendee.photo, record.photo, static_cast<int>(width),
                                             static_cast<int>(height));
  if (texture == 0) return area.y;
  const Rect side = take_end(area, width, c.reading());
  static_cast<void>(take_end(area, c.px(6), c.reading()));
  const Rect place{side.x, side.y, width, height};
  const Field& paper = c.theme().paper;
  c.picture(texture, place, {0, 0}, {1, 1}, rgb(0xFFFFFF), c.px(2.5F));
  c.frame(place, paper.hairline, std::max(1.0F, c.px(0.3F)), c.px(2.5F));
  c.note({.role = Role::picture,
          .id = "record.photo",
          .label = c.tongue().say_in("of the person", "Photo"),
          .language = std::string(d.language()),
          .rect = place,
          .box = place,
          .personal = true,
          .quiet = true,
          .ink = paper.quiet,
          .ground = paper.ground});
  return place.bottom();
}

// Photo, name, native name, title, organisation, category. Returns where it ends.
float draw_person(Drawing& d, Rect area, const StaffRecord& record) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const sync::Attendee& who = record.attendee;
  const float photo_end = take_photo(d, area, record);
  const std::string tongue = native_language(who);
  Words native = staff_words(8, Weight::regular, 2);
  native.language = tongue;
  Words name = staff_words(11, Weight::bold, 2);
  name.role = Role::heading;
  name.id = "record.name";
  const float chip = c.px(7);
  const Rect band = take_bottom(area, chip);
  static_cast<void>(take_bottom(area, c.px(2.5F)));
  const Rect used =
      c.column(area,
               {{name_or_id(who), name, paper.ink, 3},
                {who.name_native == who.name ? std::string() : who.name_native, native, paper.quiet, 3.5F},
                {who.title, staff_words(kType.staff + 0.4F, Weight::regular, 2), paper.ink, 2},
                {who.organisation, staff_words(kType.staff + 0.4F, Weight::regular, 2), paper.ink, 0}},
               paper.ground, Stand::top);
  const Rect place{band.x, std::min(band.y, used.bottom() + c.px(3.5F)), band.w, chip};
  draw_category_chip(d, place, who.category, paper.ground);
  return std::max(photo_end, place.bottom());
}

struct Fact {
  std::string name;
  std::string value;
  bool alarming{false};
  bool spare{false};  // left out where the others would have too little room
};

std::vector<Fact> facts_of(const Drawing& d, const StaffRecord& record) {
  const Tongue& t = d.canvas.tongue();
  const sync::Attendee& who = record.attendee;
  std::string zones;
  for (const std::string& zone : who.zones) zones = listed(t, {zones, zone_name(d, zone)});
  // In somebody's place, with that one's.
  const bool judged = record.here && record.here->attendee;
  const NextSession next = next_session(d, judged ? *record.here->attendee : who).value_or(NextSession());
  const bool refused = record.here && record.here->verdict == Verdict::refused;
  std::vector<Fact> facts{
      {t.say_in("fact", "At this entrance"),
       record.here ? verdict_words(d, *record.here, false).words : std::string(), refused},
      {t.say_in("fact", "Presence"), presence_words(d, record)},
      {t.say_in("fact", "Accreditation"), status_name(d, who.status), who.status != sync::Status::approved},
      {t.say_in("fact", "Badge"),
       record.presence.badge_printed
           ? t.say("Printed, version {n}", {{"n", std::to_string(record.generation)}})
           : t.say("Not printed yet, version {n}", {{"n", std::to_string(record.generation)}})},
      {t.say_in("fact", "Next"), listed(t, {next.day, next.when, next.name}), false, true},
      {t.say_in("fact", "Place"), listed(t, {next.room, next.place}), false, true},
      {t.say_in("fact", "Areas"), zones},
      {t.say_in("fact", "Number"), who.id},
  };
  std::erase_if(facts, [](const Fact& fact) { return fact.value.empty(); });
  return facts;
}

void draw_facts(Drawing& d, Rect area, const StaffRecord& record) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const float gap = c.px(2.6F);
  auto facts = facts_of(d, record);
  const auto height = static_cast<float>(facts.size()) * (c.px(kLeastFactMm) + gap) - gap;
  if (height > area.h) std::erase_if(facts, [](const Fact& fact) { return fact.spare; });
  const float share =
      (area.h - gap * static_cast<float>(facts.size() - 1)) / static_cast<float>(facts.size());
  for (const Fact& fact : facts) {
    Rect row = take_top(area, std::min(share, c.px(12.5F)));
    const Rect label = take_start(row, row.w * 0.30F, c.reading());
    static_cast<void>(take_start(row, c.px(3), c.reading()));
    Words name = staff_words(kType.staff - 0.4F, Weight::regular, 1);
    c.text(label, fact.name, name, paper.quiet, paper.ground);
    const Words value = staff_words(kType.staff, Weight::bold, 2);
    const Rect used =
        c.text(row, fact.value, value, fact.alarming ? c.theme().decline : paper.ink, paper.ground);
    static_cast<void>(used);
    c.fill({label.x, row.bottom(), row.right() - label.x, std::max(1.0F, c.px(0.2F))}, paper.hairline);
    static_cast<void>(take_top(area, gap));
  }
}

// A tap asks why.
void draw_row(Drawing& d, Rect row, const sync::JournalRow& entry) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const Tongue& t = c.tongue();
  Rgb ground = paper.ground;
  if (!entry.id.empty()) {
    const std::string id = "history." + entry.id;
    const Canvas::Touch touch = c.touch(row, id);
    if (touch.held) c.fill(row, ground = blend(paper.ground, paper.ink, 0.08F));
    c.note({.role = Role::button,
            .id = id,
            .label = row_name(t, entry),
            .language = std::string(d.language()),
            .rect = row,
            .box = row,
            .ink = paper.quiet,
            .ground = paper.ground});
    const Rect sign = take_end(row, c.px(5), c.reading());
    draw_glyph(c, Glyph::go, sign.middle(c.px(3.6F), c.px(3.6F)), paper.quiet, std::max(1.0F, c.px(0.5F)));
    if (touch.tapped) d.intend(event::WhyAsked{entry.id});
  }
  const Words where = staff_words(kType.staff - 0.2F);
  const Words what = staff_words(kType.staff - 0.2F, Weight::bold);
  const Words less = staff_words(kType.staff_least);
  const std::string place = checkpoint_name(d, entry.checkpoint);
  c.column(take_start(row, row.w * 0.42F, c.reading()).inset(c.px(0.5F), c.px(0.8F)),
           {{t.moment(entry.wall, d.view.wall_now, d.calendar()), where, paper.quiet, 0.4F},
            {listed(t, {place.empty() ? entry.device : place, entry.operator_id}), less, paper.quiet, 0}},
           ground, Stand::middle);
  c.column(row.inset(c.px(0.5F), c.px(0.8F)),
           {{row_name(t, entry), what, paper.ink, 0.4F}, {reason_of(d, entry), less, paper.ink, 0}}, ground,
           Stand::middle);
}

void draw_history(Drawing& d, Rect area, const StaffRecord& record) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const Tongue& t = c.tongue();
  constexpr float kTitleMm = 8.5F;
  const float height = c.px(kStaffTargetMm + 3);
  // On the lowest panels there is room for what can be done, and none for what was.
  if (area.h < c.px(kTitleMm) + height) return;
  Words heading = staff_words(kType.staff + 0.8F, Weight::bold);
  heading.role = Role::heading;
  c.text(take_top(area, c.px(kTitleMm)), t.say("History"), heading, paper.ink, paper.ground);
  c.fill({area.x, area.y, area.w, std::max(1.0F, c.px(0.4F))}, paper.accent);
  static_cast<void>(take_top(area, c.px(2.5F)));
  const auto room = static_cast<std::size_t>(std::max(1.0F, area.h / height));
  const bool all = record.history.size() <= room;
  const std::size_t shown = all ? record.history.size() : room - 1;
  if (record.history.empty()) {
    c.text(take_top(area, height), t.say("Nothing so far"), staff_words(kType.staff), paper.quiet,
           paper.ground);
  }
  for (std::size_t i = 0; i < shown; ++i) {
    draw_row(d, take_top(area, height), record.history[i]);
    c.fill({area.x, area.y, area.w, std::max(1.0F, c.px(0.2F))}, paper.hairline);
  }
  if (!all) {
    const int more = static_cast<int>(record.history.size() - shown);
    Words rest = staff_words(kType.staff - 0.4F);
    rest.stand = Stand::middle;
    c.text(take_top(area, height), t.plural("and {n} earlier", "and {n} earlier", more), rest, paper.quiet,
           paper.ground);
  }
}

}  // namespace

void draw_staff_record(Drawing& d, const StaffRecord& record) {
  Canvas& c = d.canvas;
  Rect body = draw_staff_frame(d, c.tongue().say("Delegate"), true);
  const float lead = c.px(record.asking ? 2 : 4);
  Rect foot = take_bottom(body, lead + record_foot_height(d, body.w, record));
  c.fill({foot.x, foot.y, foot.w, std::max(1.0F, c.px(0.3F))}, c.theme().paper.hairline);
  static_cast<void>(take_top(foot, lead));
  static_cast<void>(take_bottom(body, c.px(4)));
  if (c.layout().portrait()) {
    const float top = body.y;
    const float end = draw_person(d, Rect{body.x, body.y, body.w, body.h * 0.30F}, record);
    static_cast<void>(take_top(body, end - top + c.px(10)));
    draw_facts(d, take_top(body, c.px(kFactsMm)), record);
    static_cast<void>(take_top(body, c.px(8)));
    draw_history(d, body, record);
  } else {
    Rect side = take_start(body, body.w * 0.5F, c.reading());
    static_cast<void>(take_start(body, c.px(9), c.reading()));
    const float top = side.y;
    const float end = draw_person(d, Rect{side.x, side.y, side.w, side.h * 0.47F}, record);
    static_cast<void>(take_top(side, end - top + c.px(6)));
    draw_facts(d, take_top(side, std::min(side.h, c.px(kFactsMm))), record);
    draw_history(d, body, record);
  }
  draw_record_foot(d, foot, record);
}

}  // namespace lanyard::kiosk
