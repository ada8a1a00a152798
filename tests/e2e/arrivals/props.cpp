#include "tests/e2e/arrivals/props.hpp"

#include <array>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "tests/e2e/arrivals/canvas.hpp"
#include "tests/e2e/arrivals/random.hpp"

namespace lanyard::arrivals {
namespace {

constexpr int kDpi = 200;
constexpr double kPageTexelsPerMm = kDpi / 25.4;

std::string drawn_from(std::string_view alphabet, int count, Random& random) {
  std::string text;
  for (int i = 0; i < count; ++i)
    text += alphabet[static_cast<std::size_t>(random.below(int(alphabet.size())))];
  return text;
}

// Head, name, organisation and category, as any card has them.
void paint_print(Canvas& page, double ink, Random& random) {
  const auto mm = [](double millimetres) { return millimetres * kPageTexelsPerMm; };
  const double head = random.between(40, 170);
  paint_box(page, {0, 0, double(page.width), mm(random.between(16, 24))}, 0, {head, 0.5, 1});
  paint_words(page, {mm(6), mm(6)}, page.width - mm(30), mm(4.5), head > 110 ? 20 : 245, random);
  paint_words(page, {mm(8), mm(30)}, page.width - mm(random.between(14, 40)), mm(7), ink, random);
  paint_words(page, {mm(8), mm(41)}, page.width - mm(random.between(14, 30)), mm(3.6), ink, random);
  paint_words(page, {mm(8), mm(47)}, page.width - mm(random.between(14, 50)), mm(3.6), ink + 40, random);
  const double foot = mm(11);
  paint_box(page, {0, page.height - foot, double(page.width), foot}, 0, {random.between(50, 200), 0.5, 1});
}

}  // namespace

Thing card_thing(const kiosk::QrCode& code, std::uint64_t seed) {
  Random random(seed_of(seed, "card"));
  const double paper = random.between(236, 252);
  const double ink = random.between(8, 42);
  const int across = code.side + 2 * kiosk::kQuietModules;
  // Whole texels a module, as printers have whole dots: a slot of 30 to 38 millimetres.
  const int module = std::max(4, static_cast<int>(random.between(30, 38) * kPageTexelsPerMm / across));
  const double wide = std::max(86 * kPageTexelsPerMm, across * module + 4 * kTexelsPerMm);
  Canvas page(static_cast<int>(wide), static_cast<int>(66 * kPageTexelsPerMm) + across * module);
  fill(page, paper);
  paint_print(page, ink, random);
  const int left = (page.width - code.side * module) / 2;
  const int top = static_cast<int>(52 * kPageTexelsPerMm) + kiosk::kQuietModules * module;
  for (int y = 0; y < code.side; ++y) {
    for (int x = 0; x < code.side; ++x) {
      if (!code.is_dark(x, y)) continue;
      paint_box(page, {double(left + x * module), double(top + y * module), double(module), double(module)},
                0, {ink, 0.1, 1});
    }
  }
  const double right = left + code.side * module;
  const double bottom = top + code.side * module;
  const scanner::GrayView view{page.grey.data(), page.width, page.height, page.width};
  return badge_thing({view,
                      kDpi,
                      {Vec2{double(left), double(top)}, Vec2{right, double(top)}, Vec2{right, bottom},
                       Vec2{double(left), bottom}},
                      code.side,
                      ink,
                      paper},
                     seed);
}

std::string_view to_name(PropKind kind) {
  constexpr std::array<std::string_view, kPropKinds> names{"card", "phone", "dark phone", "letter"};
  return names[static_cast<std::size_t>(kind)];
}

std::string any_text(std::uint64_t seed) {
  Random random(seed_of(seed, "text"));
  if (random.chance(0.3)) {
    return "L1:" +
           drawn_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", 130 + random.below(16), random);
  }
  constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return "HK1." + drawn_from(kBase64, 40 + random.below(51), random);
}

Prop any_prop(PropKind kind, std::uint64_t seed) {
  Prop prop{kind, any_text(seed), {}};
  const auto code = kiosk::encode_qr(prop.text);
  if (!code) std::abort();  // such texts fit into any code
  switch (kind) {
    case PropKind::card:
      prop.thing = card_thing(*code, seed);
      break;
    case PropKind::phone:
      prop.thing = phone_thing(*code, false, seed);
      break;
    case PropKind::phone_dark:
      prop.thing = phone_thing(*code, true, seed);
      break;
    case PropKind::letter:
      prop.thing = letter_thing(*code, seed);
      break;
  }
  return prop;
}

}  // namespace lanyard::arrivals
