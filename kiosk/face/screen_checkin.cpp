// Waiting for a badge, and looking it up: one picture, in which the frame closes round the badge. A kiosk
// that is set up waits for a code in the same way.
#include "kiosk/face/motion.hpp"
#include "kiosk/face/parts.hpp"

namespace lanyard::kiosk {
namespace {

using std::chrono::milliseconds;

struct Places {
  Rect finder;
  Rect words;
};

// How much of the room the picture takes: a notice needs some of it, and so do large words.
float share_of_picture(const Canvas& c, const Rect& body, bool with_notice) {
  const bool portrait = c.layout().portrait();
  if (with_notice && (c.large_type() || (portrait && body.h < body.w))) return portrait ? 0.3F : 0.36F;
  if (with_notice) return 0.5F;
  if (c.large_type()) return portrait ? 0.46F : 0.42F;
  return portrait ? 0.66F : 0.58F;
}

Places places(const Canvas& c, Rect body, bool with_notice) {
  const float share = share_of_picture(c, body, with_notice);
  if (c.layout().portrait()) {
    Places p;
    p.finder = take_top(body, std::min(body.w * 0.98F, body.h * share));
    static_cast<void>(take_top(body, c.margin()));
    p.words = body;
    return p;
  }
  Places p;
  const float width = std::min(body.w * share, body.h * 1.5F);
  p.finder = take_end(body, width, c.reading());
  static_cast<void>(take_end(body, c.margin() * 1.4F, c.reading()));
  p.words = body;
  return p;
}

// A quiet line that runs from end to end: something is being done.
void draw_running_line(Drawing& d, const Rect& track) {
  Canvas& c = d.canvas;
  const Field& night = c.theme().night;
  c.fill(track, night.hairline, track.h / 2);
  const float t = ease_in_out(breath(cycle(d.view.now, milliseconds{2400})));
  const float length = track.w * 0.3F;
  c.fill({track.x + (track.w - length) * t, track.y, length, track.h}, night.accent, track.h / 2);
  d.animate();
}

// `brief`: beside a notice, what is asked for matters more than the greeting.
void draw_words(Drawing& d, const Rect& area, const std::string& title, const std::string& ask,
                const std::string& hint, bool brief = false) {
  Canvas& c = d.canvas;
  const Field& night = c.theme().night;
  const bool centred = c.layout().portrait();
  const Align align = centred ? Align::centre : Align::start;
  const Words big{.size_mm = c.type(25),
                  .least_mm = kType.body,
                  .align = align,
                  .lines = 2,
                  .role = Role::heading,
                  .id = "title"};
  const Words middle{.size_mm = c.type(kType.heading),
                     .least_mm = kType.body,
                     .weight = Weight::bold,
                     .align = align,
                     .lines = 4};
  const Words small{.size_mm = kType.body, .least_mm = kType.body, .align = align, .lines = 4};
  c.column(area,
           {{title, big, night.ink, centred ? 9.0F : 8.0F, brief},
            {ask, middle, night.accent, 5},
            {hint, small, night.quiet, 0, true}},
           night.ground, Stand::middle);
}

constexpr std::chrono::seconds kNoticeFor{8};
constexpr float kNoticeBarMm = 1.6F;
constexpr float kNoticeGapMm = 5;

// That whose turn it is, of those that are not over; null if there is none.
const sync::Notice* notice_now(const View& view) {
  std::vector<const sync::Notice*> alive;
  for (const sync::Notice& notice : view.notices) {
    if (!notice.until || view.wall_now < *notice.until) alive.push_back(&notice);
  }
  if (alive.empty()) return nullptr;
  const auto turn = std::chrono::floor<std::chrono::seconds>(view.wall_now.time_since_epoch()) / kNoticeFor;
  return alive[static_cast<std::size_t>(std::max<std::int64_t>(turn, 0)) % alive.size()];
}

// What the office has to say, behind a bar as the event's name has one; what stays of the place for words.
Rect draw_notice(Drawing& d, Rect words, const sync::Notice* notice) {
  if (notice == nullptr) return words;
  Canvas& c = d.canvas;
  const Field& night = c.theme().night;
  const Words how{.size_mm = c.type(kType.body + 1),
                  .least_mm = kType.body,
                  .weight = Weight::bold,
                  .stand = Stand::middle,
                  .lines = 6,
                  .role = Role::status,
                  .id = "notice"};
  // As high as it needs to be, and no more than leaves the welcome its room.
  constexpr float kMost = 0.66F;
  const float beside = words.w - c.px(kNoticeBarMm + kNoticeGapMm);
  const Rect needed = c.measure({0, 0, beside, words.h * kMost}, d.local(notice->text), how);
  Rect strip = take_bottom(words, needed.h + 1);
  static_cast<void>(take_bottom(words, c.px(4)));
  const Rect bar = take_start(strip, c.px(kNoticeBarMm), c.reading());
  static_cast<void>(take_start(strip, c.px(kNoticeGapMm), c.reading()));
  const Rect used = c.text(strip, d.local(notice->text), how, night.ink, night.ground);
  c.fill({bar.x, used.y, bar.w, used.h}, night.accent, bar.w / 2);
  const auto into = d.view.wall_now.time_since_epoch() % kNoticeFor;
  d.again_in(std::chrono::duration_cast<milliseconds>(kNoticeFor - into) + milliseconds{20});
  return words;
}

}  // namespace

void draw_idle(Drawing& d) {
  Canvas& c = d.canvas;
  const House house = draw_house(d, c.theme().night);
  const sync::Notice* notice = notice_now(d.view);
  Places at = places(c, house.body, notice != nullptr);
  draw_viewfinder(d, at.finder, false);
  at.words = draw_notice(d, at.words, notice);
  draw_words(d, at.words, c.tongue().say_in("to everybody", "Welcome"),
             d.view.by_hand ? c.tongue().say("Hold your badge before the hand scanner")
                            : c.tongue().say("Hold your badge up to the camera"),
             d.view.by_hand ? std::string() : c.tongue().say("with the square code facing the screen"),
             notice != nullptr);
  draw_corner(d, c.theme().night);
  // The clock turns with the minute.
  const auto into = d.view.wall_now.time_since_epoch() % std::chrono::minutes{1};
  d.again_in(std::chrono::duration_cast<milliseconds>(std::chrono::minutes{1} - into) + milliseconds{20});
}

void draw_checking(Drawing& d) {
  Canvas& c = d.canvas;
  const House house = draw_house(d, c.theme().night);
  Places at = places(c, house.body, false);
  draw_viewfinder(d, at.finder, true);
  Rect foot = take_bottom(at.words, c.px(6));
  draw_words(d, at.words, c.tongue().say("One moment, please"),
             c.tongue().say("We are looking up your badge"), "");
  c.speak(Role::status, "checking", c.tongue().say("One moment, please"));
  draw_running_line(d, foot.middle(std::min(foot.w, c.px(90)), c.px(1.4F)));
}

namespace {

struct SetUpWords {
  std::string title;
  std::string ask;
  std::string hint;
  bool working{false};
};

SetUpWords words_of(const Tongue& t, const SetUp& set_up) {
  const std::string setting_up = t.say("Setting up this kiosk");
  switch (set_up.stage) {
    case SetUpStage::waiting:
      break;
    case SetUpStage::not_a_code:
      return {t.say("Set up this kiosk"), t.say("This is not a set-up code"),
              t.say("The office has it: it is printed when a kiosk is added."), false};
    case SetUpStage::handed_over:
      return {setting_up, t.say("The code has been read"), "", true};
    case SetUpStage::network:
      return {setting_up, t.say("Connecting to the network"), "", true};
    case SetUpStage::hub:
      return {setting_up, t.say("Asking the event's hub"), "", true};
    case SetUpStage::done:
      return {t.say("This kiosk is set up"), set_up.problem, t.say("It starts in a moment."), true};
    case SetUpStage::no_hub:
      return {t.say("The hub does not answer"), t.say("Look whether the network is plugged in"),
              t.say("Then hold the code up again."), false};
    case SetUpStage::refused:
      return {t.say("This code does not count any more"), t.say("Ask the office for a new one"),
              set_up.problem, false};
    case SetUpStage::failed:
      return {t.say("This kiosk could not be set up"), t.say("Hold the code up again, or call the office"),
              set_up.problem, false};
  }
  return {t.say("Set up this kiosk"), t.say("Hold the set-up code up to the camera"),
          t.say("or plug in a USB stick that has it"), false};
}

// Its end is not told to the loop: it is looked for.
constexpr milliseconds kLookForNews{250};

}  // namespace

void draw_set_up(Drawing& d, const SetUp& set_up) {
  Canvas& c = d.canvas;
  const House house = draw_house(d, c.theme().night);
  Places at = places(c, house.body, true);  // its words are longer than a greeting's
  const SetUpWords words = words_of(c.tongue(), set_up);
  draw_viewfinder(d, at.finder, words.working);
  Rect foot = take_bottom(at.words, c.px(6));
  draw_words(d, at.words, words.title, words.ask, words.hint);
  c.speak(Role::status, "set_up", words.ask);
  if (words.working) draw_running_line(d, foot.middle(std::min(foot.w, c.px(90)), c.px(1.4F)));
  draw_corner(d, c.theme().night);
  d.again_in(kLookForNews);
}

}  // namespace lanyard::kiosk
