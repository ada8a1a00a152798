// The pad of the staff's PIN. Dots alone are drawn, and dots alone are in the semantic list.

#include "kiosk/face/parts.hpp"

namespace lanyard::kiosk {
namespace {

using std::chrono::milliseconds;

std::string message(const Drawing& d, const StaffPin& pin) {
  const Tongue& t = d.canvas.tongue();
  if (const auto until = d.view.state.pin_locked_until; until && *until > d.view.now) {
    const auto left = std::chrono::ceil<std::chrono::seconds>(*until - d.view.now).count();
    return t.plural("Too many attempts. Try again in {n} second",
                    "Too many attempts. Try again in {n} seconds", static_cast<int>(left));
  }
  if (pin.checking) return t.say("Checking…");
  if (pin.wrong && !pin.name.empty())
    return t.say("{name}, that PIN is not right. Please try again.", {{"name", pin.name}});
  if (pin.wrong) return t.say("That PIN is not right. Please try again.");
  if (!pin.name.empty()) return t.say("{name}, please enter your PIN", {{"name", pin.name}});
  return t.say("Show your badge, or enter your staff PIN");
}

void draw_dots(Drawing& d, const Rect& area, const StaffPin& pin, bool closed) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const float radius = c.px(2.2F);
  const float step = c.px(9);
  const float width = step * static_cast<float>(kPinDigitsMost - 1);
  const float x = area.centre().x - width / 2;
  std::string value;
  for (std::size_t i = 0; i < kPinDigitsMost; ++i) {
    const Point at{x + step * static_cast<float>(i), area.centre().y};
    const bool there = i < pin.digits.size();
    // The places beyond the least are paler: they need not be filled.
    c.arc(at, radius, 0, 1, i < kPinDigitsLeast ? paper.quiet : paper.hairline, c.px(0.5F));
    if (there) c.disc(at, radius, paper.ink);
    if (there) value += "•";
  }
  c.note({.role = Role::field,
          .id = "pin.dots",
          .label = c.tongue().say("PIN"),
          .value = value,
          .language = std::string(d.language()),
          .rect = {x - radius, area.y, width + 2 * radius, area.h},
          .box = area,
          .enabled = !closed,
          .ink = paper.quiet,
          .ground = paper.ground});
}

void draw_keys(Drawing& d, const Rect& area, const StaffPin& pin, bool closed) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const Tongue& t = c.tongue();
  const float gap = c.px(3);
  const float width = (area.w - 2 * gap) / 3;
  const float height = (area.h - 3 * gap) / 4;
  const std::string_view order = "123456789<0>";
  for (std::size_t i = 0; i < order.size(); ++i) {
    const char sign = order[i];
    const std::size_t column = i % 3;
    const std::size_t row = i / 3;
    const Rect key{area.x + static_cast<float>(column) * (width + gap),
                   area.y + static_cast<float>(row) * (height + gap), width, height};
    Button button{.id = std::string("pin.digit.") + sign,
                  .label = std::string(1, sign),
                  .look = Look::key,
                  .enabled = !closed,
                  .type_mm = 9};
    if (sign == '<') {
      button.id = "pin.erase";
      button.label = t.say_in("key", "Erase");
      button.glyph = Glyph::erase;
      button.glyph_alone = true;
      button.enabled = !closed && !pin.digits.empty();
    } else if (sign == '>') {
      button.id = "pin.enter";
      button.label = t.say_in("key", "Enter");
      button.glyph = Glyph::tick;
      button.glyph_alone = true;
      button.enabled = !closed && pin.digits.size() >= kPinDigitsLeast;
      button.look = button.enabled ? Look::strong : Look::key;
    }
    if (!draw_button(d, key, button, paper)) continue;
    if (sign == '<') {
      d.intend(event::Erase{});
    } else if (sign == '>') {
      d.intend(event::PinEntered{});
    } else {
      d.intend(event::Digit{sign});
    }
  }
}

void take_keyboard(Drawing& d, bool closed) {
  if (closed) return;
  for (const char letter : Canvas::typed()) {
    if (letter >= '0' && letter <= '9') d.intend(event::Digit{letter});
  }
  if (Canvas::key(Canvas::Key::erase)) d.intend(event::Erase{});
  if (Canvas::key(Canvas::Key::enter)) d.intend(event::PinEntered{});
}

}  // namespace

void draw_staff_pin(Drawing& d, const StaffPin& pin) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const Rect body = draw_staff_frame(d, c.tongue().say("Staff"), false);
  const bool locked = d.view.state.pin_locked_until && *d.view.state.pin_locked_until > d.view.now;
  const bool closed = locked || pin.checking;
  const float height = std::min(body.h, c.px(168));
  const float width = std::min(body.w, height * 0.66F);
  Rect pad = body.middle(std::max(width, c.px(90)), height);
  Rect head{body.x, pad.y, body.w, pad.h * 0.14F};
  static_cast<void>(take_top(pad, head.h));
  const bool bad = pin.wrong || locked;
  const Words words{.size_mm = 7,
                    .least_mm = kType.staff_least,
                    .weight = Weight::bold,
                    .align = Align::centre,
                    .stand = Stand::middle,
                    .lines = 2,
                    .role = Role::status,
                    .quiet = true,
                    .id = "pin.message"};
  c.text(head, message(d, pin), words, bad ? c.theme().decline : paper.ink, paper.ground);
  Rect dots = take_top(pad, pad.h * 0.15F);
  draw_dots(d, dots, pin, closed);
  static_cast<void>(take_top(pad, c.px(3)));
  draw_keys(d, pad, pin, closed);
  take_keyboard(d, closed);
  if (locked) d.again_in(milliseconds{250});
}

}  // namespace lanyard::kiosk
