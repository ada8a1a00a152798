#include "tests/e2e/arrivals/delegates.hpp"

#include <span>
#include <utility>

#include "kiosk/badge/qr_code.hpp"
#include "scanner/decode.hpp"
#include "scanner/picture.hpp"
#include "sync/event_toml.hpp"
#include "sync/hub/roster_csv.hpp"

namespace lanyard::arrivals {
namespace {

using sync::Error;
using sync::Expected;
using sync::fail;

// Near the resolution at which the camera sees a badge; a printer's would take thrice the time.
constexpr int kBadgeDpi = 200;

// Where the page has its code is the template's affair, so it is looked for.
Expected<scanner::Symbol> code_on(const scanner::GrayFrame& page, const std::string& text) {
  for (scanner::Symbol& symbol :
       scanner::decode(page.view(), {.effort = scanner::Effort::thorough, .max_symbols = 4})) {
    if (symbol.text == text) return std::move(symbol);
  }
  return fail(Error::Kind::invalid, "the code cannot be read off the badge's own page");
}

Expected<Thing> badge_of(const sync::Attendee& attendee, const std::string& text, const Delegates& delegates,
                         std::uint64_t seed) {
  kiosk::BadgeContent content;
  content.attendee = attendee;
  content.event = delegates.event;
  content.credential = text;
  content.language = kiosk::badge_language(attendee);
  const auto page = delegates.badge.png(content, kBadgeDpi);
  if (!page) return tl::make_unexpected(page.error());
  const std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(page->bytes.data()),
                                            page->bytes.size());
  const auto picture = scanner::gray_from_png(bytes);
  if (!picture) return fail(Error::Kind::invalid, picture.error().message);
  const auto symbol = code_on(*picture, text);
  if (!symbol) return tl::make_unexpected(symbol.error());
  BadgePicture badge{picture->view(), kBadgeDpi, {}, page->code_modules};
  for (std::size_t i = 0; i < badge.code_corners.size(); ++i) {
    badge.code_corners[i] = {double(symbol->corners[i].x), double(symbol->corners[i].y)};
  }
  return badge_thing(badge, seed);
}

// A hostile text is what the reader makes of the perfect picture: bytes beyond ASCII have no one meaning.
std::string as_read(const kiosk::QrCode& code, const std::string& raw) {
  constexpr int kModule = 4;
  const int side = (code.side + 2 * kiosk::kQuietModules) * kModule;
  scanner::GrayFrame flat(side, side);
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const int column = x / kModule - kiosk::kQuietModules;
      const int row = y / kModule - kiosk::kQuietModules;
      const bool inside = column >= 0 && row >= 0 && column < code.side && row < code.side;
      flat.row(y)[x] = inside && code.is_dark(column, row) ? 0 : 255;
    }
  }
  const auto symbols = scanner::decode(flat.view(), {.effort = scanner::Effort::thorough, .max_symbols = 1});
  return symbols.empty() ? raw : symbols.front().text;
}

}  // namespace

Expected<sync::EventInfo> read_event(std::string_view toml, const std::string& file) {
  auto parsed = sync::parse_event_toml(toml, file);
  if (parsed) return std::move(parsed->event);
  std::string all;
  for (const std::string& problem : parsed.error()) all += (all.empty() ? "" : "\n") + problem;
  return fail(Error::Kind::invalid, all);
}

Expected<std::map<std::string, sync::Attendee, std::less<>>> read_roster(std::string_view csv,
                                                                         const sync::EventInfo& event) {
  auto parsed = sync::hub::parse_roster_csv(csv, event, [](std::string_view) { return false; });
  if (parsed.problem_count > 0 || !parsed.header_is_good) {
    std::string all = std::to_string(parsed.problem_count) + " lines are wrong";
    for (const auto& problem : parsed.problems) all += "\n" + to_text(problem);
    return fail(Error::Kind::invalid, all);
  }
  std::map<std::string, sync::Attendee, std::less<>> roster;
  for (auto& row : parsed.rows) {
    std::string id = row.attendee.id;
    roster.emplace(std::move(id), std::move(row.attendee));
  }
  return roster;
}

Expected<Holding> holding_of(const Arrival& arrival, const Delegates& delegates, std::uint64_t seed) {
  const auto in_context = [&arrival](const Error& error) {
    return tl::make_unexpected(error.within("arrival of " + arrival.attendee));
  };
  if (arrival.kind == Kind::raw) {
    const auto code = kiosk::encode_qr(arrival.raw);
    if (!code) return in_context(code.error());
    return Holding{phone_thing(*code, false, seed), as_read(*code, arrival.raw)};
  }
  const auto credential = delegates.credentials.find(arrival.attendee);
  if (credential == delegates.credentials.end()) {
    return in_context({Error::Kind::invalid, "no credential was issued"});
  }
  const std::string& text = credential->second;
  if (arrival.kind == Kind::badge) {
    const auto who = delegates.roster.find(arrival.attendee);
    if (who == delegates.roster.end()) return in_context({Error::Kind::invalid, "not on the roster"});
    auto thing = badge_of(who->second, text, delegates, seed);
    if (!thing) return in_context(thing.error());
    return Holding{std::move(*thing), text};
  }
  const auto code = kiosk::encode_qr(text);
  if (!code) return in_context(code.error());
  if (arrival.kind == Kind::paper) return Holding{letter_thing(*code, seed), text};
  return Holding{phone_thing(*code, arrival.kind == Kind::phone_dark, seed), text};
}

}  // namespace lanyard::arrivals
