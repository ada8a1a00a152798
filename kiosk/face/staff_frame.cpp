#include "kiosk/face/parts.hpp"

namespace lanyard::kiosk {

namespace {

std::string clock_warning(const Tongue& t, const State& state) {
  if (!state.clock_off)
    return t.say("Nobody has told this kiosk the time since it started; decisions go by a guess");
  const auto off = *state.clock_off;
  return off.count() > 0 ? t.say("This kiosk's clock is {time} behind; decisions use the hub's time",
                                 {{"time", length_of(t, off)}})
                         : t.say("This kiosk's clock is {time} ahead; decisions use the hub's time",
                                 {{"time", length_of(t, -off)}});
}

// Quiet: nothing is decided wrongly by it, but somebody should set it right. At the top of what is left.
void take_clock_band(Drawing& d, Rect& rest) {
  Canvas& c = d.canvas;
  constexpr float kBandMm = 8.5F;
  constexpr float kAsideMm = 8.5F;
  const std::string warning = clock_warning(c.tongue(), d.view.state);
  Words words = staff_words(kType.staff - 0.2F);
  words.lines = 2;
  const float width = rest.w - 2 * c.margin() - c.px(kAsideMm);
  const float high = c.measure({0, 0, width, c.px(40)}, warning, words).h;
  const Rect band = take_top(rest, std::max(c.px(kBandMm), high + c.px(2.5F)));
  const Field& pause = c.theme().pause;
  c.fill(band, pause.ground);
  words.stand = Stand::middle;
  words.role = Role::status;
  words.id = "clock.off";
  Rect inner = band.inset(c.margin(), 0);
  const Rect sign = take_start(inner, c.px(6), c.reading());
  static_cast<void>(take_start(inner, c.px(kAsideMm - 6), c.reading()));
  draw_glyph(c, Glyph::clock, sign.middle(c.px(5.4F), c.px(5.4F)), pause.ink, std::max(1.0F, c.px(0.55F)));
  c.text(inner, warning, words, pause.ink, pause.ground);
}

}  // namespace

std::string length_of(const Tongue& t, std::chrono::seconds time) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(time).count();
  const std::string rest = std::to_string(minutes % 60);
  if (minutes < 60) return t.say("{minutes} min", {{"minutes", rest}});
  return t.say("{hours} h {minutes} min", {{"hours", std::to_string(minutes / 60)}, {"minutes", rest}});
}

ListLine draw_list_line(Drawing& d, const Rect& row, const std::string& id, std::string label,
                        std::string value) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const Canvas::Touch touch = c.touch(row, id);
  const Rgb ground = touch.held ? blend(paper.ground, paper.ink, 0.08F) : rgb(0xFFFFFF);
  c.fill(row, ground, c.px(2.5F));
  c.frame(row, paper.accent, std::max(1.0F, c.px(0.3F)), c.px(2.5F));
  c.note({.role = Role::button,
          .id = id,
          .label = std::move(label),
          .value = std::move(value),
          .language = std::string(d.language()),
          .rect = row,
          .box = row,
          .ink = paper.accent,
          .ground = paper.ground});
  return {ground, touch.tapped};
}

Rect draw_staff_frame(Drawing& d, std::string_view title, bool with_back) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const Field& night = c.theme().night;
  const Tongue& t = c.tongue();
  constexpr float kUsualSideMm = 194;  // of a 15.6-inch panel
  c.zoom(std::clamp(std::min(c.layout().width_mm(), c.layout().height_mm()) / kUsualSideMm, 1.0F, 1.3F));
  c.fill(c.panel(), night.ground);
  c.fill(c.screen(), paper.ground);
  Rect rest = c.screen();
  const float edge = c.margin();
  const Rect bar = take_top(rest, c.px(kStaffTargetMm + 6));
  c.fill(bar, night.ground);
  c.fill({bar.x, bar.bottom() - c.px(0.6F), bar.w, c.px(0.6F)}, night.accent);
  if (d.view.state.clock_off || d.view.state.clock_guessed) take_clock_band(d, rest);
  Rect inner = bar.inset(edge, c.px(3));
  if (with_back) {
    const Rect back = take_start(inner, c.px(kStaffTargetMm + 22), c.reading());
    if (draw_button(d, back,
                    {.id = "back",
                     .label = t.say_in("button", "Back"),
                     .glyph = Glyph::back,
                     .look = Look::plain,
                     .type_mm = kType.staff},
                    night)) {
      d.intend(event::Back{});
    }
    static_cast<void>(take_start(inner, c.px(6), c.reading()));
  }
  const Rect leave = take_end(inner, c.px(kStaffTargetMm + 26), c.reading());
  if (draw_button(d, leave,
                  {.id = "leave",
                   .label = t.say_in("button", "Close"),
                   .glyph = Glyph::cross,
                   .look = Look::plain,
                   .type_mm = kType.staff},
                  night)) {
    d.intend(event::Leave{});
  }
  static_cast<void>(take_end(inner, c.px(6), c.reading()));
  const bool warned = d.view.state.staff_warned;
  const Words name{.size_mm = kType.staff,
                   .least_mm = kType.staff_least,
                   .align = Align::end,
                   .stand = Stand::middle,
                   .lines = 2,
                   .quiet = true,
                   .id = "kiosk"};
  c.text(take_end(inner, inner.w * (warned ? 0.6F : 0.45F), c.reading()),
         warned ? t.say("Closing soon: touch to stay") : std::string(d.view.kiosk_name), name,
         warned ? night.accent : night.quiet, night.ground);
  const Words heading{.size_mm = kType.staff_title,
                      .least_mm = kType.staff_least,
                      .weight = Weight::bold,
                      .stand = Stand::middle,
                      .lines = 2,
                      .role = Role::heading,
                      .quiet = true,
                      .id = "title"};
  c.text(inner, title, heading, night.ink, night.ground);
  if (Canvas::key(Canvas::Key::escape)) d.intend(event::Back{});
  return rest.inset(edge, c.px(5));
}

Grid::Grid(const Canvas& canvas, const Rect& area, std::size_t count, float row_mm, float column_mm)
    : area_(area),
      count_(count),
      height_(canvas.px(row_mm)),
      gap_(canvas.px(1.6F)),
      aisle_(canvas.px(7)),
      reading_(canvas.reading()) {
  const float least = canvas.px(column_mm);
  rows_ = static_cast<std::size_t>(std::max(1.0F, (area.h + gap_) / (height_ + gap_)));
  const auto fit = static_cast<std::size_t>(std::max(1.0F, (area.w + aisle_) / (least + aisle_)));
  columns_ = std::clamp<std::size_t>((count + rows_ - 1) / rows_, 1, fit);
  // A short list of short lines does not run over the whole panel.
  const auto across = static_cast<float>(columns_);
  width_ = (area.w - aisle_ * (across - 1)) / across;
}

int Grid::pages() const {
  const std::size_t each = rows_ * columns_;
  return static_cast<int>(std::max<std::size_t>(1, (count_ + each - 1) / each));
}

std::size_t Grid::first(int page) const {
  return static_cast<std::size_t>(std::clamp(page, 0, pages() - 1)) * rows_ * columns_;
}

std::size_t Grid::end(int page) const {
  return std::min(count_, first(page) + rows_ * columns_);
}

Rect Grid::place(std::size_t index) const {
  const std::size_t on_page = index % (rows_ * columns_);
  const std::size_t columns_before = on_page / rows_;
  const auto column = static_cast<float>(columns_before);
  const auto row = static_cast<float>(on_page % rows_);
  const float along = column * (width_ + aisle_);
  const float x = reading_ == Reading::left_to_right ? area_.x + along : area_.right() - along - width_;
  return {x, area_.y + row * (height_ + gap_), width_, std::min(height_, area_.h)};
}

Rect ruled_below(Drawing& d, Rect row, float free_mm) {
  Canvas& c = d.canvas;
  c.fill({row.x, row.bottom(), row.w, std::max(1.0F, c.px(0.2F))}, c.theme().paper.hairline);
  static_cast<void>(take_bottom(row, c.px(free_mm)));  // what hangs below the letters does not touch it
  return row;
}

void draw_page_key(Drawing& d, const Rect& place, std::string_view prefix, int by, bool enabled) {
  const Tongue& t = d.canvas.tongue();
  const bool on = by > 0;
  if (draw_button(d, place,
                  {.id = std::string(prefix) + (on ? "on" : "back"),
                   .label = on ? t.say_in("button", "Next page") : t.say_in("button", "Previous page"),
                   .glyph = on ? Glyph::next : Glyph::back,
                   .glyph_alone = true,
                   .look = Look::key,
                   .enabled = enabled},
                  d.canvas.theme().paper)) {
    d.intend(event::PageTurned{by});
  }
}

void draw_pager(Drawing& d, Rect area, int page, int pages) {
  if (pages <= 1) return;
  Canvas& c = d.canvas;
  const Tongue& t = c.tongue();
  const Field& paper = c.theme().paper;
  const int at = std::clamp(page, 0, pages - 1);
  const float side = c.px(20);
  const float high = std::min(area.h, c.px(kStaffTargetMm + 1));
  const auto key = [&](int by, bool enabled) {
    const Rect place = take_end(area, side, c.reading());
    draw_page_key(d, place.middle(place.w, high), "page.", by, enabled);
  };
  key(1, at + 1 < pages);
  Words words = staff_words(kType.staff, Weight::bold);
  words.align = Align::centre;
  words.stand = Stand::middle;
  const std::string where =
      t.say("{page} of {pages}", {{"page", std::to_string(at + 1)}, {"pages", std::to_string(pages)}});
  c.text(take_end(area, c.px(24), c.reading()), where, words, paper.ink, paper.ground);
  key(-1, at > 0);
}

Rect draw_category_chip(Drawing& d, const Rect& box, std::string_view category, Rgb ground) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const float mark = std::min(box.h * 0.7F, c.px(4.2F));
  Rect rest = box;
  const Rect square = take_start(rest, mark, c.reading()).middle(mark, mark);
  static_cast<void>(take_start(rest, mark * 0.5F, c.reading()));
  c.fill(square, category_colour(d, category), mark * 0.22F);
  c.frame(square, paper.quiet, std::max(1.0F, c.px(0.2F)), mark * 0.22F);
  const Words how{.size_mm = kType.staff - 0.6F,
                  .least_mm = kType.staff_least - 0.4F,
                  .stand = Stand::middle,
                  .quiet = true};
  return c.text(rest, category_name(d, category), how, paper.ink, ground);
}

}  // namespace lanyard::kiosk
