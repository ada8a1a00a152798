// Finding someone by name: what is typed, who fits, and keys to type with. A plugged-in keyboard types too.
#include <cmath>

#include "kiosk/desk/query.hpp"
#include "kiosk/face/keyboard_layout.hpp"
#include "kiosk/face/motion.hpp"
#include "kiosk/face/parts.hpp"

namespace lanyard::kiosk {
namespace {

using std::chrono::milliseconds;

constexpr float kQueryMm = 8;
constexpr float kBlankMm = 0.26F * kQueryMm;  // of Noto Sans

struct SearchPlaces {
  Rect field;
  Rect hits;
  Rect keys;
};

SearchPlaces places(const Canvas& c, Rect body) {
  SearchPlaces p;
  const float keys_height = c.px(kKeyRows * kKeyHeightMm + (kKeyRows - 1) * kKeyGapMm);
  if (c.layout().portrait()) {
    p.keys = take_bottom(body, keys_height * 1.25F);
    p.keys = p.keys.middle(std::min(p.keys.w, c.px(260)), p.keys.h);
    static_cast<void>(take_bottom(body, c.px(6)));
    p.field = take_top(body, c.px(17));
    static_cast<void>(take_top(body, c.px(5)));
    p.hits = body;
    return p;
  }
  const float keys_width = c.px(kKeyColumns * kKeyWidthMm + (kKeyColumns - 1) * kKeyGapMm);
  Rect side = take_end(body, std::clamp(body.w * 0.48F, keys_width, c.px(230)), c.reading());
  static_cast<void>(take_end(body, c.px(7), c.reading()));
  p.hits = body;
  p.field = take_top(side, c.px(17));
  static_cast<void>(take_top(side, c.px(5)));
  p.keys = take_bottom(side, std::min(side.h, keys_height * 1.25F));
  return p;
}

// Behind the last letter, whichever way the letters run: a name in Arabic does so on an English screen too.
float caret_x(const Canvas& c, const Rect& inner, const Rect& used, std::string_view query) {
  if (query.empty())
    return c.reading() == Reading::right_to_left ? inner.right() + c.px(0.6F) : inner.x - c.px(1.1F);
  const char32_t first = letter_at(query, 0);
  const bool leftwards = (first >= 0x590 && first < 0x900) || (first >= 0xFB1D && first < 0xFF00);
  // Blanks at the end are not in what was drawn; whoever typed one is to see that something came of it.
  const std::size_t written = query.find_last_not_of(' ') + 1;
  const float blanks = static_cast<float>(query.size() - written) * c.px(kBlankMm);
  return leftwards ? used.x - c.px(1.3F) - blanks
                   : std::min(used.right() + c.px(0.8F) + blanks, inner.right());
}

// What the strip's characters would stand in place of. Left out where the query is set smaller to fit.
void underline_syllable(Drawing& d, const Rect& inner, const Rect& used, const StaffSearch& search,
                        const Words& how) {
  const auto spelling = spelling_of(d, search);
  if (!spelling) return;
  Canvas& c = d.canvas;
  const std::string_view query = search.query;
  const Rect before = c.measure(inner, query.substr(0, query.size() - spelling->tail.size()), how);
  const Rect syllable = c.measure(inner, query.substr(0, query.size() - spelling->rest.size()), how);
  if (std::abs(syllable.h - used.h) > 1) return;
  const float from = used.x + before.w;
  c.fill({from, used.bottom() + c.px(0.5F), used.x + syllable.w - from, c.px(0.5F)}, c.theme().paper.accent);
}

void draw_field(Drawing& d, const Rect& area, const StaffSearch& search) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const Tongue& t = c.tongue();
  c.fill(area, rgb(0xFFFFFF), c.px(2.5F));
  c.frame(area, paper.accent, std::max(1.5F, c.px(0.6F)), c.px(2.5F));
  Rect inner = area.inset(c.px(4), c.px(1.5F));
  const Rect lens = take_start(inner, c.px(8), c.reading());
  static_cast<void>(take_start(inner, c.px(3), c.reading()));
  draw_glyph(c, Glyph::search, lens.middle(c.px(7), c.px(7)), paper.accent, std::max(1.5F, c.px(0.8F)));
  const bool empty = search.query.empty();
  const Words how{.size_mm = empty ? kType.staff + 0.6F : kQueryMm,
                  .least_mm = kType.staff_least,
                  .stand = Stand::middle,
                  .quiet = true,
                  .language = empty ? d.language() : layout_of(keyboard_of(d)).language};
  const Rect used = c.text(inner, empty ? t.say("Name, organisation or number") : search.query, how,
                           empty ? paper.quiet : paper.ink, rgb(0xFFFFFF));
  if (!empty) underline_syllable(d, inner, used, search, how);
  // The caret breathes; it does not blink.
  const float visible = mix(0.35F, 1, breath(cycle(d.view.now, milliseconds{1600})));
  c.fill({caret_x(c, inner, used, search.query), inner.y + inner.h * 0.18F, c.px(0.5F), inner.h * 0.64F},
         paper.accent, 0, visible);
  d.again_in(milliseconds{80});
  c.note({.role = Role::field,
          .id = "search.query",
          .label = t.say("Name, organisation or number"),
          .value = search.query,
          .language = std::string(d.language()),
          .rect = area,
          .box = area,
          .ink = paper.accent,
          .ground = paper.ground});
}

void draw_hit(Drawing& d, const Rect& row, const sync::Attendee& hit) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const auto [ground, tapped] =
      draw_list_line(d, row, "search.hit." + hit.id, name_or_id(hit), hit.organisation);
  const Rect edge{c.reading() == Reading::left_to_right ? row.x : row.right() - c.px(2), row.y, c.px(2),
                  row.h};
  c.fill(edge.inset(0, c.px(2.5F)), category_colour(d, hit.category), c.px(0.8F));
  Rect inner = row.inset(c.px(5), c.px(1.6F));
  Rect side = take_end(inner, inner.w * 0.33F, c.reading());
  static_cast<void>(take_end(inner, c.px(3), c.reading()));
  const Rect chip = take_top(side, side.h / 2);
  draw_category_chip(d, chip, hit.category, ground);
  const bool approved = hit.status == sync::Status::approved;
  const Words status{.size_mm = kType.staff - 0.6F,
                     .least_mm = kType.staff_least - 0.4F,
                     .weight = approved ? Weight::regular : Weight::bold,
                     .stand = Stand::middle,
                     .quiet = true};
  c.text(side, status_name(d, hit.status), status, approved ? paper.quiet : c.theme().decline, ground);

  Rect names = take_top(inner, inner.h * 0.56F);
  const Words name{.size_mm = 6.6F,
                   .least_mm = kType.staff_least,
                   .weight = Weight::bold,
                   .stand = Stand::middle,
                   .quiet = true};
  const bool two = !hit.name_native.empty() && hit.name_native != hit.name;
  Rect most = names;
  const Rect used = c.text(take_start(most, two ? names.w * 0.64F : names.w, c.reading()), name_or_id(hit),
                           name, paper.ink, ground);
  static_cast<void>(take_start(names, used.w + c.px(4), c.reading()));
  if (two && names.w > c.px(20)) {
    const std::string tongue = native_language(hit);
    const Words native{.size_mm = 6,
                       .least_mm = kType.staff_least,
                       .stand = Stand::middle,
                       .quiet = true,
                       .language = tongue};
    c.text(names, hit.name_native, native, paper.quiet, ground);
  }
  const Words organisation{
      .size_mm = kType.staff - 0.4F, .least_mm = kType.staff_least, .stand = Stand::middle, .quiet = true};
  c.text(inner, hit.organisation, organisation, paper.quiet, ground);
  if (tapped) d.intend(event::Chosen{hit.id});
}

// Where nothing is typed, and the room is free: beside each other where it is wide enough.
void draw_ways(Drawing& d, Rect& area, const StaffSearch& search) {
  Canvas& c = d.canvas;
  const Tongue& t = c.tongue();
  constexpr float kHighMm = 16;
  constexpr float kGapMm = 4;
  const bool evacuates = sync::may(search.who.role, sync::StaffAction::evacuate);
  const float width = std::min(area.w, c.px(96));
  const bool beside = evacuates && area.w >= width + c.px(kGapMm + 58);
  Rect row = take_bottom(area, c.px(kHighMm));
  const auto take = [&](float most) {
    const Rect place = take_start(row, std::min(row.w, most), c.reading());
    static_cast<void>(take_start(row, c.px(kGapMm), c.reading()));
    return place;
  };
  if (evacuates && draw_button(d, take(width),
                               {.id = "search.evacuation",
                                .label = t.say("Evacuation: who is inside"),
                                .glyph = Glyph::people,
                                .type_mm = kType.staff + 0.4F},
                               c.theme().paper)) {
    d.intend(event::EvacuationAsked{});
  }
  if (evacuates && !beside) {
    static_cast<void>(take_bottom(area, c.px(kGapMm)));
    row = take_bottom(area, c.px(kHighMm));
  }
  if (draw_button(d, take(beside ? c.px(70) : width),
                  {.id = "search.status",
                   .label = t.say("This kiosk"),
                   .glyph = Glyph::chart,
                   .type_mm = kType.staff + 0.4F},
                  c.theme().paper)) {
    d.intend(event::StatusAsked{});
  }
  static_cast<void>(take_bottom(area, c.px(kGapMm)));
}

void draw_hits(Drawing& d, Rect area, const StaffSearch& search) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const Tongue& t = c.tongue();
  const Words note{.size_mm = kType.staff,
                   .least_mm = kType.staff_least,
                   .lines = 2,
                   .role = Role::status,
                   .quiet = true,
                   .id = "search.note"};
  if (search.query.empty()) {
    if (!search.arrived) draw_ways(d, area, search);
    c.text(area, t.say("Type the first letters of a name."), note, paper.quiet, paper.ground);
    return;
  }
  if (search.hits.empty()) {
    c.text(area, search.searched ? t.say("Nobody found.") : t.say("Searching…"), note, paper.quiet,
           paper.ground);
    return;
  }
  const float gap = c.px(2.5F);
  const float height = c.px(19);
  const float foot = c.px(9);
  std::size_t fits = static_cast<std::size_t>(std::max(1.0F, (area.h + gap) / (height + gap)));
  if (fits < search.hits.size()) {
    fits = static_cast<std::size_t>(std::max(1.0F, (area.h - foot + gap) / (height + gap)));
  }
  const std::size_t shown = std::min(fits, search.hits.size());
  for (std::size_t i = 0; i < shown; ++i) {
    draw_hit(d, take_top(area, height), search.hits[i]);
    static_cast<void>(take_top(area, gap));
  }
  if (shown < search.hits.size()) {
    const int more = static_cast<int>(search.hits.size() - shown);
    c.text(take_top(area, foot),
           t.plural("{n} more. Type on to narrow the list.", "{n} more. Type on to narrow the list.", more),
           note, paper.quiet, paper.ground);
  }
}

// Whom the search is for.
void draw_banner(Drawing& d, Rect& body, const StaffRecord& arrived) {
  Canvas& c = d.canvas;
  const Field& night = c.theme().night;
  const sync::Attendee& who = arrived.attendee;
  const Rect banner = take_top(body, c.px(13));
  static_cast<void>(take_top(body, c.px(4)));
  c.fill(banner, night.ground, c.px(2.5F));
  Words words = staff_words(kType.staff + 0.8F, Weight::bold, 2);
  words.stand = Stand::middle;
  words.role = Role::status;
  words.id = "search.banner";
  c.text(banner.inset(c.px(5), c.px(1)),
         c.tongue().say("Who does not come? {name} takes their place", {{"name", name_or_id(who)}}), words,
         night.ink, night.ground);
}

}  // namespace

void draw_staff_search(Drawing& d, const StaffSearch& search) {
  Canvas& c = d.canvas;
  Rect body = draw_staff_frame(d, c.tongue().say("Find a delegate"), search.arrived.has_value());
  if (search.arrived) draw_banner(d, body, *search.arrived);
  const SearchPlaces at = places(c, body);
  draw_field(d, at.field, search);
  draw_hits(d, at.hits, search);
  draw_keyboard(d, at.keys, search);
  if (std::string letters = Canvas::typed(); !letters.empty()) d.intend(event::Typed{std::move(letters)});
  if (Canvas::key(Canvas::Key::erase)) d.intend(event::Erase{});
  if (Canvas::key(Canvas::Key::enter) && search.hits.size() == 1) d.intend(event::Chosen{search.hits[0].id});
}

}  // namespace lanyard::kiosk
