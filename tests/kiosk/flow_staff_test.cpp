// What staff do at the screen, as promises of the state machine. Its whole table is in flow_test.cpp.
#include "tests/catch.hpp"
#include "tests/kiosk/flow_stage.hpp"

using namespace lanyard;
using namespace lanyard::kiosk;
using namespace std::chrono_literals;

namespace {

sync::JournalRow row_of(std::string id, sync::RowKind kind, std::string target = {}) {
  sync::JournalRow row;
  row.id = std::move(id);
  row.kind = kind;
  row.target = std::move(target);
  return row;
}

StaffRecord record_for(sync::Role role) {
  StaffRecord record;
  record.who = {"mw", std::move(role)};
  record.attendee.id = "A0001";
  record.attendee.delegation = "fj";
  record.until = kStart + 60s;
  record.history = {row_of("4", sync::RowKind::annulled, "3"), row_of("3", sync::RowKind::admitted),
                    row_of("2", sync::RowKind::refused), row_of("1", sync::RowKind::exited)};
  return record;
}

}  // namespace

TEST_CASE("what a role may not do is not begun", "[flow]") {
  for (int i = 0; i < sync::kStaffActionCount; ++i) {
    const auto action = static_cast<sync::StaffAction>(i);
    const State none = at(record_for({}));
    const Step s = step(none, event::ActionAsked{action}, kConfig, kStart);
    CHECK_FALSE(std::get<StaffRecord>(s.next.screen).asking);
  }
}

TEST_CASE("undo takes back the newest entry or exit that still counts", "[flow]") {
  const State state = at(record_for(local_role()));
  Step s = step(state, event::ActionAsked{sync::StaffAction::undo}, kConfig, kStart);
  CHECK(s.effects.empty());
  s = step(s.next, event::Confirmed{}, kConfig, kStart);
  REQUIRE(s.effects.size() == 1);
  CHECK(std::get<effect::Undo>(s.effects[0]).row == "1");
  CHECK(std::get<StaffRecord>(s.next.screen).working);
  s = step(s.next, event::ActionAsked{sync::StaffAction::stop}, kConfig, kStart);
  CHECK_FALSE(std::get<StaffRecord>(s.next.screen).asking);
}

TEST_CASE("an action answers a question of its own alone, and a reason of another does nothing", "[flow]") {
  State state = at(record_for(local_role()));
  state = step(state, event::ActionAsked{sync::StaffAction::stop}, kConfig, kStart).next;
  CHECK(step(state, event::ReasonChosen{AdmitReason::protocol}, kConfig, kStart).effects.empty());
  CHECK(step(state, event::ReasonChosen{ReprintReason::lost}, kConfig, kStart).effects.empty());
  CHECK(step(state, event::Confirmed{}, kConfig, kStart).effects.empty());
  const Step s = step(state, event::ReasonChosen{StopReason::other_hands}, kConfig, kStart);
  CHECK(std::get<effect::StopBadges>(s.effects.at(0)).reason == StopReason::other_hands);
}

TEST_CASE("whoever is admitted by hand gets the badge that is owed, even if the record is closed", "[flow]") {
  Acted acted{sync::StaffAction::admit};
  acted.decision.emplace();
  acted.decision->verdict = Verdict::admitted;
  acted.decision->rule = Rule::overridden;
  acted.decision->badge_owed = true;
  Step s = step(at(Idle{}), event::ActionDone{"A0001", acted}, kConfig, kStart);
  REQUIRE(s.effects.size() == 2);
  CHECK(std::holds_alternative<effect::LetThrough>(s.effects[0]));
  CHECK(std::get<effect::PrintBadge>(s.effects[1]).attendee == "A0001");
  s = step(at(record_for(local_role())), event::ActionDone{"A0001", acted}, kConfig, kStart);
  CHECK(std::get<StaffRecord>(s.next.screen).reprint == StaffRecord::Reprint::working);
  CHECK(s.effects.size() == 3);  // and the record is read anew
}

TEST_CASE("a substitute is looked for, confirmed, and named in the right order", "[flow]") {
  Step s =
      step(at(record_for(local_role())), event::ActionAsked{sync::StaffAction::substitute}, kConfig, kStart);
  s = step(s.next, event::Typed{"ot"}, kConfig, kStart);
  sync::Attendee absent;
  absent.id = "A0002";
  s = step(s.next, event::SearchDone{"ot", {absent}}, kConfig, kStart);
  s = step(s.next, event::Chosen{"A0002"}, kConfig, kStart);
  CHECK(std::get<StaffRecord>(s.next.screen).asking == sync::StaffAction::substitute);
  s = step(s.next, event::Confirmed{}, kConfig, kStart);
  const auto& effect = std::get<effect::Substitute>(s.effects.at(0));
  CHECK(effect.attendee == "A0001");
  CHECK(effect.absent == "A0002");
}

TEST_CASE("badges of a delegation are handed over without those left out, once, with a receipt", "[flow]") {
  Step s =
      step(at(record_for(local_role())), event::ActionAsked{sync::StaffAction::hand_over}, kConfig, kStart);
  s = step(s.next, event::DelegationAsked{}, kConfig, kStart);
  CHECK(std::get<effect::ListUncollected>(s.effects.at(0)).delegation == "fj");
  std::vector<sync::Attendee> people(3);
  for (std::size_t i = 0; i < 3; ++i) people[i].id = "A000" + std::to_string(i + 1);
  s = step(s.next, event::UncollectedListed{"fj", people}, kConfig, kStart);
  s = step(s.next, event::LeftOut{"A0002"}, kConfig, kStart);
  s = step(s.next, event::LeftOut{"A0003"}, kConfig, kStart);
  s = step(s.next, event::LeftOut{"A0003"}, kConfig, kStart);
  s = step(s.next, event::Confirmed{}, kConfig, kStart);
  const auto hand = std::get<effect::HandBadgesOver>(s.effects.at(0));
  CHECK(hand.attendees == std::vector<std::string>{"A0001", "A0003"});
  CHECK(hand.to == "A0001");
  CHECK(step(s.next, event::Confirmed{}, kConfig, kStart).effects.empty());
  CHECK(std::holds_alternative<StaffHandOver>(step(s.next, event::Back{}, kConfig, kStart).next.screen));
  Acted acted{sync::StaffAction::hand_over};
  acted.receipt = {"R-1", "A0001", hand.attendees};
  s = step(s.next, event::ActionDone{"A0001", acted}, kConfig, kStart);
  s = step(s.next, event::BadgeDone{"A0003", true, {}}, kConfig, kStart);
  s = step(s.next, event::BadgeDone{"A0009", true, {}}, kConfig, kStart);
  CHECK(std::get<StaffHandOver>(s.next.screen).printed == 1);
  CHECK(step(s.next, event::Confirmed{}, kConfig, kStart).effects.empty());
  s = step(s.next, event::Back{}, kConfig, kStart);
  CHECK(std::holds_alternative<StaffRecord>(s.next.screen));
}

TEST_CASE("who is inside is listed for the roles that evacuate, and stays while it is read", "[flow]") {
  const State guide = at(StaffSearch{{"mw"}, "ot", {}, false, kStart + 60s});
  CHECK(step(guide, event::EvacuationAsked{}, kConfig, kStart).effects.empty());
  const event::InsideListed listed{{{"Ann", {}, "site", {}}}, {}};
  CHECK(std::holds_alternative<StaffSearch>(step(guide, listed, kConfig, kStart).next.screen));
  Step s = step(at(StaffSearch{{"mw", local_role()}, "ot", {}, false, kStart + 60s}),
                event::EvacuationAsked{}, kConfig, kStart);
  REQUIRE(s.effects.size() == 1);
  s = step(s.next, listed, kConfig, kStart);
  CHECK(std::get<StaffInside>(s.next.screen).people.size() == 1);
  CHECK(staff_until(s.next.screen) == kStart + kConfig.evacuation_idle);
  s = step(s.next, event::Back{}, kConfig, kStart);
  CHECK(std::get<StaffSearch>(s.next.screen).query == "ot");
}

TEST_CASE("codes tried out at the pad count as those before the camera, and pause the kiosk", "[flow]") {
  Step s = step(at(Idle{}), event::CornerHeld{}, kConfig, kStart);
  for (std::size_t i = 0; i < kUnknownCodes; ++i) s = step(s.next, event::UnknownShown{}, kConfig, kStart);
  CHECK(std::holds_alternative<StaffPin>(s.next.screen));
  s = step(s.next, event::UnknownShown{}, kConfig, kStart);
  CHECK(std::holds_alternative<Paused>(s.next.screen));
  REQUIRE(s.effects.size() == 1);
  CHECK(std::get<effect::RaiseAlert>(s.effects[0]).rule == "scan.unknown_codes");
  // The pad may be opened meanwhile, for a PIN; codes are not looked at.
  s = step(s.next, event::CornerHeld{}, kConfig, kStart);
  s = step(s.next, event::SymbolSeen{"badge"}, kConfig, kStart);
  CHECK(std::holds_alternative<StaffPin>(s.next.screen));
  CHECK(std::holds_alternative<effect::Forget>(s.effects.at(0)));
}

TEST_CASE("a badge before the pad says whose PIN it must be, until the pad closes", "[flow]") {
  Step s = step(at(StaffPin{"12", false, false, kStart + 20s}), event::SymbolSeen{"badge"}, kConfig, kStart);
  REQUIRE(s.effects.size() == 1);
  CHECK(std::get<effect::IdentifyStaff>(s.effects[0]).text == "badge");
  s = step(s.next, event::StaffIdentified{"A0001", "Ann"}, kConfig, kStart);
  CHECK(std::get<StaffPin>(s.next.screen).digits.empty());
  for (const char digit : {'1', '2', '3', '4'}) s = step(s.next, event::Digit{digit}, kConfig, kStart);
  // Seen once more, the badge erases nothing.
  s = step(s.next, event::StaffIdentified{"A0001", "Ann"}, kConfig, kStart);
  s = step(s.next, event::PinEntered{}, kConfig, kStart);
  CHECK(std::get<effect::CheckPin>(s.effects.at(0)).digits == "1234");
  CHECK(std::get<effect::CheckPin>(s.effects.at(0)).id == "A0001");
  s = step(s.next, event::PinChecked{false, {}}, kConfig, kStart);
  CHECK(std::get<StaffPin>(s.next.screen).id == "A0001");
  s = step(s.next, event::Leave{}, kConfig, kStart);
  s = step(s.next, event::StaffIdentified{"A0001", "Ann"}, kConfig, kStart);
  CHECK(std::holds_alternative<Idle>(s.next.screen));
  s = step(s.next, event::CornerHeld{}, kConfig, kStart);
  CHECK(std::get<StaffPin>(s.next.screen).id.empty());
}

namespace {

const StaffSearch& search_of(const Step& s) {
  return std::get<StaffSearch>(s.next.screen);
}

}  // namespace

TEST_CASE("a letter is replaced by another form of it, and looked for anew", "[flow]") {
  Step s =
      step(at(StaffSearch{{"mw"}, "Mu", {}, true, kStart + 60s}), event::Replaced{"u", "ü"}, kConfig, kStart);
  CHECK(search_of(s).query == "Mü");
  CHECK(std::get<effect::Search>(s.effects.at(0)).query == "Mü");
  s = step(s.next, event::Replaced{"ü", "u"}, kConfig, kStart);
  CHECK(search_of(s).query == "Mu");
}

TEST_CASE("nothing is replaced that the screen did not show, nor a part of a letter", "[flow]") {
  const State typed_on = at(StaffSearch{{"mw"}, "Mül", {}, true, kStart + 60s});
  for (const event::Replaced& late : {event::Replaced{"u", "ü"}, event::Replaced{"\xBCl", "l"},
                                      event::Replaced{"", "x"}, event::Replaced{"Mülle", ""}}) {
    const Step s = step(typed_on, late, kConfig, kStart);
    CHECK(search_of(s).query == "Mül");
    CHECK(s.effects.empty());
  }
}

TEST_CASE("a query is never longer than its limit, and no letter is cut to fit", "[flow]") {
  const std::string most(kMaxQueryBytes, 'a');
  const State full = at(StaffSearch{{"mw"}, most, {}, true, kStart + 60s});
  CHECK(search_of(step(full, event::Typed{"é"}, kConfig, kStart)).query == most);
  CHECK(search_of(step(full, event::Replaced{"a", "á"}, kConfig, kStart)).query == most);
  CHECK(search_of(step(full, event::Replaced{"aa", "á"}, kConfig, kStart)).query.size() == kMaxQueryBytes);
}

TEST_CASE("a name is found while its last characters are still pinyin", "[flow]") {
  Step s = step(at(StaffSearch{{"mw"}, "张we", {}, true, kStart + 60s}), event::Typed{"i"}, kConfig, kStart);
  const std::string asked = std::get<effect::Search>(s.effects.at(0)).query;
  CHECK(asked == "张 wei");
  s = step(s.next, event::SearchDone{asked, {sync::Attendee{}}}, kConfig, kStart);
  CHECK(search_of(s).query == "张wei");
  CHECK(search_of(s).hits.size() == 1);
}

TEST_CASE("picked keys stay while staff go to a record and back, and are forgotten when they leave",
          "[flow]") {
  Step s = step(at(StaffSearch{{"mw"}, "от", {}, true, kStart + 60s}),
                event::KeyboardPicked{Keyboard::cyrillic}, kConfig, kStart);
  CHECK(s.next.keyboard == Keyboard::cyrillic);
  CHECK(s.effects.empty());
  sync::Attendee found;
  found.id = "A0001";
  s = step(s.next, event::RecordRead{found, {}, 1, {}, {}}, kConfig, kStart);
  REQUIRE(std::holds_alternative<StaffRecord>(s.next.screen));
  CHECK(s.next.keyboard == Keyboard::cyrillic);
  s = step(s.next, event::Back{}, kConfig, kStart);
  CHECK(search_of(s).query == "от");
  CHECK(s.next.keyboard == Keyboard::cyrillic);
  const State searching = s.next;
  CHECK_FALSE(step(searching, event::Leave{}, kConfig, kStart).next.keyboard);
  CHECK_FALSE(step(searching, event::Tick{}, kConfig, kStart + 600s).next.keyboard);
}

TEST_CASE(
    "what is offered in place of a letter begins at its first page with every letter and every keyboard",
    "[flow]") {
  Step s = step(at(StaffSearch{{"mw"}, "yi", {}, true, kStart + 60s}), event::PageTurned{1}, kConfig, kStart);
  CHECK(search_of(s).page == 1);
  CHECK(search_of(step(s.next, event::PageTurned{-5}, kConfig, kStart)).page == 0);
  CHECK(search_of(step(s.next, event::PageTurned{1000}, kConfig, kStart)).page == kMaxOfferPages);
  CHECK(search_of(step(s.next, event::Typed{"n"}, kConfig, kStart)).page == 0);
  CHECK(search_of(step(s.next, event::Erase{}, kConfig, kStart)).page == 0);
  CHECK(search_of(step(s.next, event::KeyboardPicked{Keyboard::latin}, kConfig, kStart)).page == 0);
}

TEST_CASE("staff mode says that it will close, once, by sound and in words, and any touch keeps it open",
          "[flow]") {
  const State state = at(record_for(local_role()));
  REQUIRE(wake_at(state) == kStart + 60s - kStaffWarning);
  Step s = step(state, event::Tick{}, kConfig, kStart + 45s);
  CHECK(s.next.staff_warned);
  REQUIRE(s.effects.size() == 1);
  CHECK(std::get<effect::Play>(s.effects[0]).tone == Tone::attention);
  CHECK(wake_at(s.next) == kStart + 60s);
  CHECK(step(s.next, event::Tick{}, kConfig, kStart + 50s).effects.empty());
  // As often as they like.
  for (int i = 0; i < 20; ++i) {
    const Moment late = kStart + 50s + i * 50s;
    s = step(s.next, event::Touched{}, kConfig, late);
    CHECK_FALSE(s.next.staff_warned);
    s = step(s.next, event::Tick{}, kConfig, late + 45s);
    CHECK(s.next.staff_warned);
    CHECK(std::holds_alternative<StaffRecord>(s.next.screen));
  }
  s = step(s.next, event::Tick{}, kConfig, kStart + 2000s);
  CHECK(std::holds_alternative<Idle>(s.next.screen));
  CHECK_FALSE(s.next.staff_warned);
}

TEST_CASE("whoever of the staff has shown their badge comes to the pad by name, and nobody else does",
          "[flow]") {
  Decision shown;
  shown.attendee = sync::Attendee{};
  shown.attendee->id = "S7";
  shown.attendee->name = "Li Na";
  const auto pad_after = [&](Screen screen) {
    const Step s = step(at(std::move(screen)), event::StaffAsked{}, kConfig, kStart);
    const auto* pad = std::get_if<StaffPin>(&s.next.screen);
    return pad == nullptr ? std::string("none") : pad->id + " " + pad->name;
  };
  CHECK(pad_after(Refused{shown, kStart + 9s}) == "none");  // a delegate
  shown.attendee->status = sync::Status::approved;
  shown.rule = Rule::already_inside;
  shown.attendee->role = "steward";
  CHECK(pad_after(Refused{shown, kStart + 9s}) == "none");  // of the staff, and without a PIN
  shown.attendee->pin_hash = "$argon2id$";
  CHECK(pad_after(Refused{shown, kStart + 9s}) == "S7 Li Na");
  CHECK(pad_after(Admitted{shown, Admitted::Badge::none, kStart + 4s}) == "S7 Li Na");
  for (const Rule dead : {Rule::replaced, Rule::test_badge}) {
    shown.rule = dead;
    CHECK(pad_after(Refused{shown, kStart + 9s}) == "none");
  }
  shown.rule = Rule::blocked;
  shown.attendee->status = sync::Status::blocked;
  CHECK(pad_after(Refused{shown, kStart + 9s}) == "none");
  shown.rule = Rule::already_inside;
  shown.attendee->status = sync::Status::approved;
  CHECK(pad_after(Idle{}) == "none");
  CHECK(pad_after(record_for(local_role())) == "none");
  // A badge alone opens nothing, and the PIN must be theirs.
  State pad = step(at(Refused{shown, kStart + 9s}), event::StaffAsked{}, kConfig, kStart).next;
  for (const char digit : {'2', '4', '6', '8'}) pad = step(pad, event::Digit{digit}, kConfig, kStart).next;
  const Step s = step(pad, event::PinEntered{}, kConfig, kStart);
  REQUIRE(s.effects.size() == 1);
  CHECK(std::get<effect::CheckPin>(s.effects[0]).id == "S7");
  CHECK(std::holds_alternative<StaffPin>(s.next.screen));
}
