// How today goes: four numbers, and when people came, by the half hour.
#include <algorithm>
#include <array>
#include <cmath>

#include "kiosk/face/parts.hpp"

namespace lanyard::kiosk {
namespace {

constexpr float kTileMm = 26;
constexpr float kTileGapMm = 3;
constexpr float kLeastTileMm = 36;
constexpr float kLeastPlotMm = 40;
constexpr float kMostPlotMm = 92;
constexpr std::size_t kLeastSlots = 12;  // shown: a morning's first hour is not all of the width

struct Tile {
  std::string id;
  std::string number;
  std::string what;
  std::string whole;  // of all entrances, or the place
};

std::array<Tile, 4> tiles_of(const Drawing& d, const KioskStatus& status) {
  const Tongue& t = d.canvas.tongue();
  const sync::DayTally& day = *status.today;
  const auto in_all = [&](std::uint32_t n) { return t.say("{n} in all", {{"n", std::to_string(n)}}); };
  const std::string zone =
      d.view.checkpoint == nullptr ? std::string() : zone_name(d, d.view.checkpoint->zone);
  return {{{"status.people", std::to_string(day.here.people), t.say("let in here"),
            in_all(day.everywhere.people)},
           {"status.inside", std::to_string(status.inside.value_or(0)), t.say("inside now"), zone},
           {"status.badges", std::to_string(day.here.badges), t.say("badges here"),
            in_all(day.everywhere.badges)},
           {"status.refused", std::to_string(day.here.refused), t.say("refused here"),
            in_all(day.everywhere.refused)}}};
}

std::size_t columns_in(const Canvas& c, float width) {
  return width >= c.px(4 * kLeastTileMm + 3 * kTileGapMm) ? 4 : 2;
}

float tiles_height(const Canvas& c, float width) {
  const std::size_t rows = 4 / columns_in(c, width);
  return c.px(static_cast<float>(rows) * kTileMm + static_cast<float>(rows - 1) * kTileGapMm);
}

void draw_tile(Drawing& d, const Rect& box, const Tile& tile) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const Rgb white = rgb(0xFFFFFF);
  c.fill(box, white, c.px(2));
  c.frame(box, paper.hairline, std::max(1.0F, c.px(0.3F)), c.px(2));
  Rect inner = box.inset(c.px(3), c.px(0.8F));
  Words number = staff_words(8.8F, Weight::bold);
  number.least_mm = kType.staff;
  number.role = Role::status;
  number.id = tile.id;
  Words what = staff_words(kType.staff - 0.6F, Weight::bold);
  Words whole = staff_words(kType.staff - 1.0F, Weight::regular, 2);
  what.least_mm = whole.least_mm = kType.staff_least - 0.8F;
  c.text(take_top(inner, inner.h * 0.43F), tile.number, number, paper.ink, white);
  c.text(take_top(inner, inner.h * 0.41F), tile.what, what, paper.ink, white);
  c.text(inner, tile.whole, whole, paper.quiet, white);
}

void draw_tiles(Drawing& d, Rect area, const KioskStatus& status) {
  Canvas& c = d.canvas;
  const std::size_t columns = columns_in(c, area.w);
  const float gap = c.px(kTileGapMm);
  const float width = (area.w - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns);
  Rect row;
  const auto tiles = tiles_of(d, status);
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    if (i % columns == 0) {
      row = take_top(area, c.px(kTileMm));
      static_cast<void>(take_top(area, gap));
    }
    draw_tile(d, take_start(row, width, c.reading()), tiles[i]);
    static_cast<void>(take_start(row, gap, c.reading()));
  }
}

// The slots that are shown, from `first` up to `end`; and the one that most people came in.
struct Span {
  std::size_t first{0};
  std::size_t end{0};
  std::size_t busiest{0};
  std::uint32_t most{0};
};

Span span_of(const sync::DayTally& day, sync::Timestamp now) {
  Span span;
  const std::size_t count = day.slots.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (day.slots[i].everywhere == 0) continue;
    if (span.end == 0) span.first = i;
    span.end = i + 1;
    if (day.slots[i].everywhere > span.most) span.most = day.slots[i].everywhere, span.busiest = i;
  }
  if (now > day.from && now < day.until) {
    const auto slot = static_cast<std::size_t>((now - day.from) / sync::kTallySlot);
    // Before the doors open: what was is of no interest, and what comes is.
    if (span.end == 0) span.first = slot - std::min<std::size_t>(slot, 2);
    span.end = std::max(span.end, slot + 1);
  }
  span.first -= span.first % 2;  // with the hour that it is in
  span.end = std::min(count, std::max(span.end + span.end % 2, span.first + kLeastSlots));
  span.first = std::min(span.first, span.end - std::min(span.end, kLeastSlots));
  return span;
}

sync::Timestamp start_of(const sync::DayTally& day, std::size_t slot) {
  return day.from + slot * sync::kTallySlot;
}

// In words what the bars show.
std::string plot_words(const Drawing& d, const sync::DayTally& day, const Span& span) {
  const Tongue& t = d.canvas.tongue();
  if (span.most == 0) return t.say("Nobody has come in yet today.");
  const sync::SlotCount& slot = day.slots[span.busiest];
  const auto clock = [&](std::size_t at) { return Tongue::clock(start_of(day, at), d.calendar()); };
  return t.say("Busiest from {from} to {until}: {entries}, of them {here} here",
               {{"from", clock(span.busiest)},
                {"until", clock(span.busiest + 1)},
                {"entries", t.plural("{n} admission", "{n} admissions", static_cast<int>(slot.everywhere))},
                {"here", std::to_string(slot.here)}});
}

// What the two kinds of bar are: full, and a frame.
void draw_legend(Drawing& d, Rect row) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const Tongue& t = c.tongue();
  Words words = staff_words(kType.staff - 1.0F);
  words.least_mm = kType.staff_least - 0.8F;
  words.stand = Stand::middle;
  const auto entry = [&](const std::string& text, bool full) {
    const Rect mark = take_start(row, c.px(3.4F), c.reading()).middle(c.px(3.2F), c.px(3.2F));
    if (full) {
      c.fill(mark, paper.accent);
    } else {
      c.frame(mark, paper.quiet, std::max(1.0F, c.px(0.4F)), 0);
    }
    static_cast<void>(take_start(row, c.px(2), c.reading()));
    const Rect used = c.text({row.x, row.y, row.w, row.h}, text, words, paper.quiet, paper.ground);
    static_cast<void>(take_start(row, used.w + c.px(6), c.reading()));
  };
  entry(t.say("this entrance"), true);
  entry(t.say("all entrances"), false);
}

class Plot {
 public:
  Plot(Drawing& d, const Rect& area, const sync::DayTally& day, const Span& span)
      : d_(d), c_(d.canvas), day_(day), span_(span), bars_(area) {
    foot_ = take_bottom(bars_, c_.px(6));
    head_ = take_top(bars_, c_.px(6.4F));
    slot_ = bars_.w / static_cast<float>(std::max<std::size_t>(1, span.end - span.first));
  }

  void draw() {
    const Field& paper = c_.theme().paper;
    draw_hours();
    for (std::size_t i = span_.first; i < span_.end; ++i) draw_bar(i);
    c_.fill({bars_.x, bars_.bottom(), bars_.w, std::max(1.0F, c_.px(0.4F))}, paper.quiet);
    if (span_.most == 0) return;
    const Rect bar = column(span_.busiest);
    const float wide = c_.px(24);
    Words number = staff_words(kType.staff - 0.4F, Weight::bold);
    number.align = Align::centre;
    number.stand = Stand::bottom;
    const float x = std::clamp(bar.centre().x - wide / 2, bars_.x, bars_.right() - wide);
    c_.text({x, head_.y, wide, head_.h - c_.px(0.6F)}, std::to_string(span_.most), number, paper.ink,
            paper.ground);
  }

 private:
  // Time goes the way that is read.
  [[nodiscard]] Rect column(std::size_t slot) const {
    const float along = static_cast<float>(slot - span_.first) * slot_;
    const bool leftwards = c_.reading() == Reading::right_to_left;
    return {leftwards ? bars_.right() - along - slot_ : bars_.x + along, bars_.y, slot_, bars_.h};
  }

  [[nodiscard]] Rect bar_of(std::size_t slot, std::uint32_t count, float inset) const {
    const Rect whole = column(slot).inset(slot_ * 0.12F + inset, 0);
    const float share =
        static_cast<float>(count) / static_cast<float>(std::max<std::uint32_t>(1, span_.most));
    const float high = std::max(count > 0 ? c_.px(0.7F) : 0.0F, whole.h * share);
    return {whole.x, whole.bottom() - high, whole.w, high};
  }

  void draw_bar(std::size_t slot) {
    const Field& paper = c_.theme().paper;
    const sync::SlotCount& counts = day_.slots[slot];
    const float thick = std::max(1.0F, c_.px(0.35F));
    if (counts.everywhere > 0) {
      const Rect frame = bar_of(slot, counts.everywhere, 0);
      c_.fill(frame, blend(paper.ground, paper.quiet, 0.12F));
      c_.frame(frame, paper.quiet, thick, 0);
    }
    if (counts.here > 0) c_.fill(bar_of(slot, counts.here, 0), paper.accent);
  }

  // As many hours as have room, each at the line where it begins.
  void draw_hours() {
    const Field& paper = c_.theme().paper;
    Words hour = staff_words(kType.staff_least);
    hour.least_mm = kType.staff_least - 0.8F;
    hour.stand = Stand::bottom;
    std::size_t step = 2;
    const float least = c_.px(14.5F);
    for (const std::size_t wider : {4U, 6U, 8U, 12U, 16U, 24U}) {
      if (static_cast<float>(step) * slot_ < least) step = wider;
    }
    const bool leftwards = c_.reading() == Reading::right_to_left;
    for (std::size_t i = span_.first; i < span_.end; i += step) {
      const Rect place = column(i);
      const float edge = leftwards ? place.right() : place.x;
      const float room = leftwards ? edge - bars_.x : bars_.right() - edge;
      c_.fill({edge - c_.px(0.1F), bars_.bottom(), std::max(1.0F, c_.px(0.3F)), c_.px(1.6F)}, paper.quiet);
      if (room < c_.px(12)) continue;
      const float wide = std::min(room, static_cast<float>(step) * slot_);
      c_.text({leftwards ? edge - wide : edge, foot_.y, wide, foot_.h},
              Tongue::clock(start_of(day_, i), d_.calendar()), hour, paper.quiet, paper.ground);
    }
  }

  Drawing& d_;
  Canvas& c_;
  const sync::DayTally& day_;
  const Span& span_;
  Rect bars_;
  Rect head_;
  Rect foot_;
  float slot_{1};
};

}  // namespace

float least_today_height(const Canvas& c, float width) {
  constexpr float kHeadingMm = 10;
  return tiles_height(c, width) + c.px(kHeadingMm + kLeastPlotMm + 4);
}

void draw_today(Drawing& d, Rect area, const KioskStatus& status) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const Tongue& t = c.tongue();
  Rect head = take_top(area, c.px(10));
  Words heading = staff_words(kType.staff + 0.8F, Weight::bold);
  heading.role = Role::heading;
  const Rect used = c.text(head, t.say("Today"), heading, paper.ink, paper.ground);
  static_cast<void>(take_start(head, used.w + c.px(4), c.reading()));
  if (!status.today) {
    c.text(area, t.say("No roster has come: nobody knows which day of the event it is."),
           staff_words(kType.staff, Weight::regular, 2), paper.quiet, paper.ground);
    return;
  }
  const sync::DayTally& day = *status.today;
  Words date = staff_words(kType.staff);
  date.align = Align::end;
  date.stand = Stand::top;
  c.text(head, t.long_date(day.from, d.calendar()), date, paper.quiet, paper.ground);
  draw_tiles(d, take_top(area, tiles_height(c, area.w)), status);
  static_cast<void>(take_top(area, c.px(4)));
  Rect plot = take_top(area, std::min(area.h, c.px(kMostPlotMm)));
  const auto now = status.taken + status.clock_offset.value_or(std::chrono::milliseconds{0});
  const Span span = span_of(day, now);
  Words words = staff_words(kType.staff - 0.4F, Weight::bold, 2);
  words.role = Role::picture;
  words.id = "status.plot";
  const Rect said = c.text(take_top(plot, std::min(plot.h * 0.3F, c.px(11))), plot_words(d, day, span), words,
                           paper.ink, paper.ground);
  plot.h += plot.y - said.bottom();
  plot.y = said.bottom();
  static_cast<void>(take_top(plot, c.px(1)));
  const Rect legend = take_top(plot, c.px(6));
  if (span.most > 0) draw_legend(d, legend);
  Plot(d, plot, day, span).draw();
}

}  // namespace lanyard::kiosk
