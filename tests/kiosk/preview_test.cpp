// A badge is looked at before it is printed: its name is chosen of those that the roster permits, or staff
// are called.
#include <algorithm>

#include "kiosk/desk/flow.hpp"
#include "sync/credential.hpp"
#include "tests/kiosk/desk_fixture.hpp"
#include "tests/kiosk/paper_tray.hpp"
#include "tests/kiosk/threads_fixture.hpp"

namespace lanyard::kiosk {
namespace {

const FlowConfig kConfig;
const Moment kStart{1000s};

sync::RosterPage named_roster() {
  sync::RosterPage page = demo_roster();
  page.event->badge_preview = true;
  for (sync::Attendee& one : page.attendees) {
    if (one.id == "A0004") one.badge_names = {"Nickname", "Other Spelling"};
  }
  return page;
}

Decision owing() {
  Decision decision;
  decision.verdict = Verdict::admitted;
  decision.rule = Rule::admit;
  decision.badge_owed = true;
  sync::Attendee who;
  who.id = "A0004";
  who.name = "Ann";
  who.badge_names = {"Annie", "Ann", "Anne"};
  decision.attendee = who;
  return decision;
}

Step shown(const std::string& last_name = {}) {
  State from;
  from.screen = Checking{kStart + 5s, "A's code"};
  from.fault = Fault::none;
  return step(from, event::Decided{owing(), true, last_name}, kConfig, kStart);
}

template <class E>
const E* effect_in(const Step& done) {
  for (const Effect& one : done.effects) {
    if (const auto* found = std::get_if<E>(&one)) return found;
  }
  return nullptr;
}

TEST_CASE("nothing is printed before the badge was looked at, and each name stands there once", "[preview]") {
  const Step first = shown();
  const auto& preview = std::get<BadgePreview>(first.next.screen);
  CHECK(preview.names == std::vector<std::string>{"Ann", "Annie", "Anne"});
  CHECK(effect_in<effect::PrintBadge>(first) == nullptr);
  REQUIRE(effect_in<effect::PreviewBadge>(first) != nullptr);
  CHECK(effect_in<effect::PreviewBadge>(first)->name == "Ann");
}

TEST_CASE("the name that was chosen is drawn, and printed", "[preview]") {
  Step done = step(shown().next, event::NameChosen{1}, kConfig, kStart + 1s);
  REQUIRE(effect_in<effect::PreviewBadge>(done) != nullptr);
  CHECK(effect_in<effect::PreviewBadge>(done)->name == "Annie");
  // A picture of the one before comes too late.
  done = step(done.next, event::BadgeDrawn{"A0004", {"Ann", "old", 1, 1}}, kConfig, kStart + 1s);
  CHECK(std::get<BadgePreview>(done.next.screen).picture.jpeg.empty());
  done = step(done.next, event::BadgeDrawn{"A0004", {"Annie", "new", 1, 1}}, kConfig, kStart + 1s);
  CHECK(std::get<BadgePreview>(done.next.screen).picture.jpeg == "new");
  done = step(done.next, event::PrintAsked{}, kConfig, kStart + 2s);
  REQUIRE(effect_in<effect::PrintBadge>(done) != nullptr);
  CHECK(effect_in<effect::PrintBadge>(done)->name == "Annie");
  CHECK(std::get<Admitted>(done.next.screen).badge == Admitted::Badge::printing);
}

TEST_CASE("a badge that is wrong is not printed: staff are called, and the office hears of it", "[preview]") {
  const Step done = step(shown().next, event::CorrectionAsked{}, kConfig, kStart + 2s);
  CHECK(effect_in<effect::PrintBadge>(done) == nullptr);
  CHECK(std::get<Admitted>(done.next.screen).badge == Admitted::Badge::incorrect);
  REQUIRE(effect_in<effect::RaiseAlert>(done) != nullptr);
  CHECK(effect_in<effect::RaiseAlert>(done)->rule == "badge.incorrect");
  CHECK(effect_in<effect::RaiseAlert>(done)->attendee == "A0004");
  REQUIRE(effect_in<effect::Play>(done) != nullptr);
  CHECK(effect_in<effect::Play>(done)->tone == Tone::call_staff);
}

TEST_CASE("whoever walks away from a preview gets nothing printed, and is owed their badge", "[preview]") {
  const Step first = shown();
  REQUIRE(wake_at(first.next));
  CHECK(*wake_at(first.next) == kStart + kConfig.preview_for);
  const Step done = step(first.next, event::Tick{}, kConfig, *wake_at(first.next));
  CHECK(std::holds_alternative<Idle>(done.next.screen));
  CHECK(effect_in<effect::PrintBadge>(done) == nullptr);
}

TEST_CASE("the next in the queue may come where nobody answers, and takes nobody's place who does",
          "[preview]") {
  const Step first = shown();
  const auto after = [&](const State& from, Moment now) {
    return step(from, event::SymbolSeen{"B's code"}, kConfig, now).next.screen;
  };
  CHECK(std::holds_alternative<BadgePreview>(after(first.next, kStart + kConfig.result_at_least)));
  CHECK(std::holds_alternative<Checking>(after(first.next, kStart + kConfig.preview_kept)));
  CHECK(answered_at(first.next, kConfig) == kStart + kConfig.preview_kept);
  const State touched = step(first.next, event::Touched{}, kConfig, kStart + 7s).next;
  CHECK(answered_at(touched, kConfig) == kStart + 7s + kConfig.preview_kept);
  CHECK(std::holds_alternative<BadgePreview>(after(touched, kStart + kConfig.preview_kept)));
  const State named = step(first.next, event::NameChosen{1}, kConfig, kStart + 7s).next;
  CHECK(std::holds_alternative<BadgePreview>(after(named, kStart + kConfig.preview_kept)));
}

TEST_CASE("their own code, seen again, changes nothing", "[preview]") {
  const State named = step(shown().next, event::NameChosen{2}, kConfig, kStart + 1s).next;
  const Step again = step(named, event::SymbolSeen{"A's code"}, kConfig, kStart + 30s);
  CHECK(std::get<BadgePreview>(again.next.screen).chosen == 2);
  CHECK(again.effects.empty());
}

TEST_CASE("a touch that was meant for the screen before is no answer", "[preview]") {
  for (const Event& touch :
       {Event(event::PrintAsked{}), Event(event::CorrectionAsked{}), Event(event::NameChosen{1})}) {
    const Step done = step(shown().next, touch, kConfig, kStart + kConfig.preview_settles - 1ms);
    CHECK(done.effects.empty());
    CHECK(std::get<BadgePreview>(done.next.screen).chosen == 0);
  }
}

TEST_CASE("nothing is printed that was not seen, unless it cannot be drawn or takes long", "[preview]") {
  const State waiting = shown().next;
  const auto prints = [](const State& from, Moment now) {
    return effect_in<effect::PrintBadge>(step(from, event::PrintAsked{}, kConfig, now)) != nullptr;
  };
  CHECK_FALSE(prints(waiting, kStart + 1s));
  CHECK(prints(waiting, kStart + kPictureWithin));
  CHECK(prints(step(waiting, event::BadgeDrawn{"A0004", {"Ann", "jpeg", 1, 1}}, kConfig, kStart).next,
               kStart + 1s));
  CHECK(prints(step(waiting, event::BadgeDrawn{"A0004", {"Ann", "", 0, 0}}, kConfig, kStart).next,
               kStart + 1s));
}

TEST_CASE("a name that they chose before is offered first, and one that has gone is not", "[preview]") {
  CHECK(std::get<BadgePreview>(shown("Anne").next.screen).name() == "Anne");
  CHECK(std::get<BadgePreview>(shown("Gone").next.screen).name() == "Ann");
}

TEST_CASE("whoever has no name at all is shown their badge, and nothing to choose", "[preview]") {
  Decision nameless = owing();
  nameless.attendee->name.clear();
  nameless.attendee->badge_names.clear();
  State from;
  from.fault = Fault::none;
  const Step done = step(from, event::Decided{nameless, true}, kConfig, kStart);
  CHECK(std::get<BadgePreview>(done.next.screen).names.empty());
  CHECK(std::get<BadgePreview>(done.next.screen).name().empty());
  const Step drawn = step(done.next, event::BadgeDrawn{"A0004", {"", "jpeg", 1, 1}}, kConfig, kStart);
  CHECK(std::get<BadgePreview>(drawn.next.screen).is_drawn());
}

TEST_CASE("whoever is spoken to has as long for the preview as they need", "[preview]") {
  State from;
  from.screen = Checking{kStart + 5s};
  from.fault = Fault::none;
  from.assist.speech = true;
  const Step first = step(from, event::Decided{owing(), true}, kConfig, kStart);
  CHECK(std::get<BadgePreview>(first.next.screen).until >= first.next.assist.until);
  CHECK(first.next.assist.until == kStart + kConfig.assist_speaks + kConfig.assist_answer);
}

TEST_CASE("behind staff mode a badge is printed without a preview: there is nobody to ask", "[preview]") {
  State from;
  from.screen = StaffSearch{{"mw"}, {}, {}, false, kStart + 60s};
  from.fault = Fault::none;
  const Step done = step(from, event::Decided{owing(), true}, kConfig, kStart);
  CHECK(effect_in<effect::PrintBadge>(done) != nullptr);
  CHECK(std::holds_alternative<StaffSearch>(done.next.screen));
}

TEST_CASE("a badge has the name that was chosen, and so have its reprints, as long as the roster permits it",
          "[preview]") {
  Kiosk kiosk("north-1", "main", named_roster());
  const std::string roster_name = kiosk.desk().preview_badge("A0004").value().attendee.name;
  CHECK_FALSE(kiosk.desk().order_badge("A0004", stamp_at(kOpening), "Somebody Else"));
  CHECK(kiosk.rows().empty());
  const BadgeOrder order = kiosk.desk().order_badge("A0004", stamp_at(kOpening), "Nickname").value();
  CHECK(order.attendee.name == "Nickname");
  CHECK(kiosk.rows().back().detail == "Nickname");
  REQUIRE(kiosk.desk().badge_done(order, true, "", stamp_at(kOpening)));
  CHECK(kiosk.desk().preview_badge("A0004").value().attendee.name == "Nickname");
  const auto again = kiosk.desk()
                         .reissue("A0004", of_role("accreditation"), ReprintReason::lost, stamp_at(kOpening))
                         .value();
  REQUIRE(again.badges.size() == 1);
  CHECK(again.badges.front().attendee.name == "Nickname");
  CHECK(kiosk.rows().back().detail == "Nickname");

  sync::RosterPage page = demo_roster();
  page.from_start = false;
  page.attendees = {*kiosk.desk().store().attendee("A0004").value()};
  page.attendees.front().badge_names = {"Other Spelling"};
  page.next = 99;
  REQUIRE(kiosk.desk().store().apply(page, kOpening));
  CHECK(kiosk.desk().preview_badge("A0004").value().attendee.name == roster_name);
}

TEST_CASE("whoever chooses the roster's own name gets it, whatever the last badge said", "[preview]") {
  Kiosk kiosk("north-1", "main", named_roster());
  const BadgeOrder first = kiosk.desk().order_badge("A0004", stamp_at(kOpening), "Nickname").value();
  REQUIRE(kiosk.desk().badge_done(first, false, "out of paper", stamp_at(kOpening)));
  const std::string own = kiosk.desk().store().attendee("A0004").value()->name;
  CHECK(kiosk.desk().order_badge("A0004", stamp_at(kOpening + 1s), own).value().attendee.name == own);
  CHECK(kiosk.rows().back().detail.empty());
}

TEST_CASE("a badge that was under way when the kiosk ended goes on with the name that was chosen",
          "[preview]") {
  Kiosk kiosk("north-1", "main", named_roster());
  REQUIRE(kiosk.desk().order_badge("A0004", stamp_at(kOpening), "Other Spelling"));
  Desk again(sync::Store::open(kiosk.file()).value());
  const auto open = again.resume_badges(1000, stamp_at(kOpening + 10s)).value();
  REQUIRE(open.size() == 1);
  CHECK(open.front().order.attendee.name == "Other Spelling");
}

TEST_CASE("the code of a preview opens no door", "[preview]") {
  Kiosk kiosk("north-1", "main", named_roster());
  const std::string code = kiosk.desk().preview_badge("A0004").value().credential;
  CHECK(kiosk.show(code).verdict == Verdict::refused);
}

TEST_CASE("the threads draw what will be printed, and print what was chosen", "[threads][preview]") {
  PaperTray tray;
  Machine machine(tray.printer());
  sync::RosterPage page = roster_of_today();
  page.event->badge_preview = true;
  for (sync::Attendee& one : page.attendees) {
    if (one.id == "A0004") one.badge_names = {"Nickname"};
  }
  auto daemon = sync::Store::open(machine.store_file()).value();
  furnish(daemon, "north-1", "main", page);
  machine.wait_for(Fault::none);
  machine.journal->post(effect::Admit{issued("A0004")});
  CHECK(machine.listener.next<event::Decided>().preview);
  machine.journal->post(effect::PreviewBadge{"A0004", "Nickname"});
  const BadgePicture drawn = machine.listener.next<event::BadgeDrawn>().picture;
  CHECK(drawn.name == "Nickname");
  CHECK(drawn.jpeg.starts_with("\xFF\xD8"));
  // A6, as the coarsest label printer has it.
  CHECK(std::abs(drawn.width_px - 105 * kPreviewDpi / 25.4) < 2);
  CHECK(std::abs(drawn.height_px - 148 * kPreviewDpi / 25.4) < 2);
  CHECK(tray.out().empty());
  machine.journal->post(effect::PrintBadge{"A0004", "Nickname"});
  CHECK(machine.listener.next<event::BadgeDone>().printed);
  CHECK(tray.out().size() == 1);
  const auto rows = machine.rows();
  const auto requested = std::ranges::find(rows, RowKind::badge_requested, &sync::JournalRow::kind);
  REQUIRE(requested != rows.end());
  CHECK(requested->detail == "Nickname");
}

TEST_CASE("of somebody who has gone from the roster no preview is drawn, and that is said",
          "[threads][preview]") {
  Machine machine(nullptr);
  machine.enrol();
  machine.wait_for(Fault::none);
  machine.journal->post(effect::PreviewBadge{"A9999", "Ann"});
  const auto drawn = machine.listener.next<event::BadgeDrawn>();
  CHECK(drawn.attendee == "A9999");
  CHECK(drawn.picture.jpeg.empty());
  CHECK(drawn.picture.name == "Ann");
}

}  // namespace
}  // namespace lanyard::kiosk
