// The screen's state machine: its whole table is a golden file, and its promises are sentences.
#include "kiosk/desk/flow.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/catch.hpp"
#include "tests/kiosk/flow_stage.hpp"

using namespace lanyard;
using namespace lanyard::kiosk;
using namespace std::chrono_literals;

namespace {

Decision decision_of(Verdict verdict, Rule rule,
                     const std::vector<std::string>& languages = {"zh-Hans", "en"}) {
  Decision decision;
  decision.verdict = verdict;
  decision.rule = rule;
  decision.attendee = sync::Attendee{};
  decision.attendee->id = "A0001";
  decision.attendee->languages = languages;
  return decision;
}

struct NamedState {
  std::string name;
  State state;
};

std::vector<NamedState> states() {
  const Decision in = decision_of(Verdict::admitted, Rule::admit);
  const Decision no = decision_of(Verdict::refused, Rule::too_early);
  StaffRecord record;
  record.who = {"mw", local_role()};
  record.query = "ot";
  record.attendee = in.attendee.value();
  record.until = kStart + 60s;
  StaffRecord choosing = record;
  choosing.asking = sync::StaffAction::reprint;
  StaffRecord handing = record;
  handing.asking = sync::StaffAction::hand_over;
  handing.attendee.delegation = "fj";
  StaffSearch substitute{{"mw", local_role()}, "ot", {*in.attendee}, true, kStart + 60s};
  substitute.hits[0].id = "A0002";
  substitute.arrived = record;
  StaffHandOver many;
  many.record = record;
  many.people = {*in.attendee};
  many.until = kStart + 60s;
  StaffWhy why;
  why.record = record;
  why.lines = {"refused"};
  why.until = kStart + 60s;
  StaffStatus status;
  status.query = "ot";
  status.next = kStart + 20s;
  status.until = kStart + 60s;
  StaffRecord working = record;
  working.reprint = StaffRecord::Reprint::working;
  State paused = at(Paused{kStart + 20s});
  paused.paused_until = kStart + 20s;
  State locked = at(StaffPin{"1234", false, true, kStart + 20s});
  locked.pin_locked_until = kStart + 60s;
  State spoken_to = at(Idle{});
  spoken_to.assist.speech = spoken_to.assist.headset = true;
  spoken_to.assist.asks = kStart + 40s;
  spoken_to.assist.until = kStart + 60s;
  State asked = at(Refused{no, kStart + 20s});
  asked.assist.speech = asked.assist.asking = true;
  asked.assist.asks = kStart;
  asked.assist.until = kStart + 20s;
  State cyrillic = at(StaffSearch{{"mw"}, "от", {}, false, kStart + 60s});
  cyrillic.keyboard = Keyboard::cyrillic;
  std::get<StaffSearch>(cyrillic.screen).page = 2;
  BadgePreview preview;
  preview.decision = in;
  preview.names = {"Ann", "Annie"};
  preview.symbol = "Y";
  preview.asked = preview.touched = kStart - 60s;
  preview.until = kStart + 45s;
  return {{"idle", at(Idle{})},
          {"badge_preview", at(preview)},
          {"checking", at(Checking{kStart + 5s})},
          {"admitted", at(Admitted{in, Admitted::Badge::none, kStart + 4s})},
          {"admitted, badge held", at(Admitted{in, Admitted::Badge::held, kStart + 8s})},
          {"admitted, badge printing", at(Admitted{in, Admitted::Badge::printing, kStart + 8s})},
          {"refused", at(Refused{no, kStart + 9s})},
          {"paused", paused},
          {"out_of_order, camera", at(OutOfOrder{Fault::camera}, Fault::camera)},
          {"set_up", at(SetUp{}, Fault::not_enrolled)},
          {"set_up, under way", at(SetUp{.stage = SetUpStage::hub}, Fault::not_enrolled)},
          {"staff_pin, empty", at(StaffPin{{}, false, false, kStart + 20s})},
          {"staff_pin, 4 digits", at(StaffPin{"1234", false, false, kStart + 20s})},
          {"staff_pin, badge shown", at(StaffPin{"12", false, false, kStart + 20s, "A0001", "Ann"})},
          {"staff_pin, checking", at(StaffPin{{}, true, false, kStart + 20s})},
          {"staff_pin, locked", locked},
          {"staff_search, empty", at(StaffSearch{{"mw"}, {}, {}, false, kStart + 60s})},
          {"staff_search, \"ot\"", at(StaffSearch{{"mw"}, "ot", {}, false, kStart + 60s})},
          {"staff_record", at(record)},
          {"staff_record, choosing", at(choosing)},
          {"staff_record, working", at(working)},
          {"staff_record, handing over", at(handing)},
          {"staff_search, for a substitute", at(substitute)},
          {"staff_hand_over", at(many)},
          {"staff_why", at(why)},
          {"staff_inside", at(StaffInside{{"mw", local_role()}, "ot", {}, {}, 0, kStart + 600s})},
          {"staff_status", at(status)},
          {"idle, spoken to", spoken_to},
          {"refused, asked whether more time is needed", asked},
          {"staff_search, \"от\", Cyrillic keys", cyrillic}};
}

struct NamedEvent {
  std::string name;
  Event event;
  Moment now = kStart;
};

std::vector<NamedEvent> events() {
  const Decision in = decision_of(Verdict::admitted, Rule::admit);
  Decision owed = in;
  owed.badge_owed = true;
  const Decision no = decision_of(Verdict::refused, Rule::blocked);
  return {{"tick before any deadline", event::Tick{}},
          {"tick after every deadline", event::Tick{}, kStart + 600s},
          {"symbol_seen", event::SymbolSeen{"X"}},
          {"decided admitted", event::Decided{in}},
          {"decided admitted, badge owed", event::Decided{owed}},
          {"decided admitted, badge owed, preview", event::Decided{owed, true}},
          {"badge_drawn", event::BadgeDrawn{"A0001", {"Ann", "jpeg", 2, 3}}},
          {"badge_drawn with another name", event::BadgeDrawn{"A0001", {"Annie", "jpeg", 2, 3}}},
          {"badge_drawn not at all", event::BadgeDrawn{"A0001", {"Ann", "", 0, 0}}},
          {"name_chosen", event::NameChosen{1}},
          {"name_chosen, none of theirs", event::NameChosen{2}},
          {"print_asked", event::PrintAsked{}},
          {"correction_asked", event::CorrectionAsked{}},
          {"decided refused", event::Decided{no}},
          {"decided unknown", event::Decided{decision_of(Verdict::refused, Rule::unknown)}},
          {"admit_failed", event::AdmitFailed{}},
          {"fault_changed camera", event::FaultChanged{Fault::camera}},
          {"fault_changed none", event::FaultChanged{Fault::none}},
          {"fault_changed withdrawn", event::FaultChanged{Fault::withdrawn}},
          {"restart_ordered", event::RestartOrdered{}},
          {"gate_stayed_shut", event::GateStayedShut{"its lines cannot be driven"}},
          {"hub_heard", event::HubHeard{true}},
          {"clock_judged", event::ClockJudged{std::chrono::seconds{120}}},
          {"language_picked zh", event::LanguagePicked{"zh"}},
          {"language_picked unknown", event::LanguagePicked{"xx"}},
          {"corner_held", event::CornerHeld{}},
          {"staff_asked", event::StaffAsked{}},
          {"digit 7", event::Digit{'7'}},
          {"erase", event::Erase{}},
          {"pin_entered", event::PinEntered{}},
          {"staff_identified", event::StaffIdentified{"A0002", "Bo"}},
          {"unknown_shown", event::UnknownShown{}},
          {"pin_checked right", event::PinChecked{true, {"mw"}}},
          {"pin_checked wrong", event::PinChecked{false, {}}},
          {"typed", event::Typed{"i"}},
          {"replaced", event::Replaced{"t", "ť"}},
          {"keyboard_picked arabic", event::KeyboardPicked{Keyboard::arabic}},
          {"search_done for \"ot\"", event::SearchDone{"ot", {*in.attendee}}},
          {"search_done for another query", event::SearchDone{"zz", {}}},
          {"chosen", event::Chosen{"A0001"}},
          {"record_read", event::RecordRead{*in.attendee, {}, 2, {}}},
          {"action_asked reprint", event::ActionAsked{sync::StaffAction::reprint}},
          {"action_asked undo", event::ActionAsked{sync::StaffAction::undo}},
          {"action_asked substitute", event::ActionAsked{sync::StaffAction::substitute}},
          {"reason_chosen known_by_sight", event::ReasonChosen{AdmitReason::known_by_sight}},
          {"confirmed", event::Confirmed{}},
          {"action_done hand_over", event::ActionDone{"A0001", {sync::StaffAction::hand_over}}},
          {"action_done of another", event::ActionDone{"A0009", {sync::StaffAction::stop}}},
          {"delegation_asked", event::DelegationAsked{}},
          {"uncollected_listed", event::UncollectedListed{"fj", {*in.attendee}}},
          {"left_out", event::LeftOut{"A0001"}},
          {"page_turned", event::PageTurned{1}},
          {"why_asked", event::WhyAsked{"row"}},
          {"evacuation_asked", event::EvacuationAsked{}},
          {"inside_listed", event::InsideListed{{{"Ann", {}, {}, {}}}, {}}},
          {"status_asked", event::StatusAsked{}},
          {"status_read", event::StatusRead{}},
          {"roll_changed", event::RollChanged{}},
          {"explained", event::Explained{"A0001", {"admitted"}, false}},
          {"reason_chosen lost", event::ReasonChosen{ReprintReason::lost}},
          {"badge_held", event::BadgeHeld{"A0001", "out of paper"}},
          {"badge_held of another", event::BadgeHeld{"A0009", "out of paper"}},
          {"symbol_seen, a set-up code", event::SymbolSeen{"lanyard-enrol:K7QF@https://hub"}},
          {"set_up_told refused", event::SetUpTold{SetUpStage::refused, "used"}},
          {"fault_changed not enrolled", event::FaultChanged{Fault::not_enrolled}},
          {"badge_done printed", event::BadgeDone{"A0001", true, {}}},
          {"badge_done failed", event::BadgeDone{"A0001", false, "out of paper"}},
          {"badge_done of another", event::BadgeDone{"A0009", true, {}}},
          {"touched", event::Touched{}},
          {"headset_changed in", event::HeadsetChanged{true}},
          {"headset_changed out", event::HeadsetChanged{false}},
          {"speech_asked", event::SpeechAsked{}},
          {"aid_asked high contrast", event::AidAsked{Aid::high_contrast}},
          {"aid_asked large type", event::AidAsked{Aid::large_type}},
          {"aid_asked within reach", event::AidAsked{Aid::within_reach}},
          {"speech_ended", event::SpeechEnded{}},
          {"volume_asked", event::VolumeAsked{1}},
          {"key_pressed", event::KeyPressed{}},
          {"back", event::Back{}},
          {"leave", event::Leave{}}};
}

std::string detail(const State& state) {
  std::ostringstream out;
  out << name_of(state.screen);
  if (const auto* s = std::get_if<Admitted>(&state.screen)) {
    constexpr const char* kBadge[] = {
        "", " badge=printing", " badge=held", " badge=printed", " badge=owed", " badge=incorrect"};
    out << kBadge[static_cast<int>(s->badge)];
  } else if (const auto* p = std::get_if<BadgePreview>(&state.screen)) {
    out << " name=\"" << p->name() << "\"" << (p->picture.jpeg.empty() ? "" : " drawn")
        << (p->undrawable ? " undrawable" : "");
  } else if (const auto* o = std::get_if<OutOfOrder>(&state.screen)) {
    out << ' ' << to_code(o->fault);
  } else if (const auto* set_up = std::get_if<SetUp>(&state.screen)) {
    out << ' ' << to_name(set_up->stage);
  } else if (const auto* pin = std::get_if<StaffPin>(&state.screen)) {
    out << " digits=" << pin->digits.size() << (pin->checking ? " checking" : "")
        << (pin->wrong ? " wrong" : "") << (pin->id.empty() ? "" : " of " + pin->id);
  } else if (const auto* search = std::get_if<StaffSearch>(&state.screen)) {
    out << " query=\"" << search->query << "\" hits=" << search->hits.size()
        << (search->searched ? " searched" : "") << (search->arrived ? " for a substitute" : "");
    if (search->page > 0) out << " page=" << search->page;
  } else if (const auto* record = std::get_if<StaffRecord>(&state.screen)) {
    constexpr const char* kReprint[] = {"", " working", " held", " printed", " failed"};
    if (record->asking) out << " asking=" << sync::to_name(*record->asking);
    out << (record->working ? " busy" : "") << kReprint[static_cast<int>(record->reprint)];
    if (record->acted) out << " acted=" << sync::to_name(record->acted->action);
  } else if (const auto* many = std::get_if<StaffHandOver>(&state.screen)) {
    out << " people=" << many->people.size() << " left_out=" << many->left_out.size()
        << " page=" << many->page << (many->working ? " busy" : "") << (many->acted ? " done" : "");
  } else if (const auto* why = std::get_if<StaffWhy>(&state.screen)) {
    out << " lines=" << why->lines.size() << " page=" << why->page;
  } else if (const auto* inside = std::get_if<StaffInside>(&state.screen)) {
    out << " people=" << inside->people.size() << " page=" << inside->page;
  } else if (const auto* status = std::get_if<StaffStatus>(&state.screen)) {
    out << (status->status ? " read" : "") << " page=" << status->page;
  }
  out << " (" << state.language << (state.online ? ", online" : "") << (state.clock_off ? ", clock off" : "")
      << (state.clock_guessed ? ", clock guessed" : "") << (state.assist.speech ? ", speech" : "")
      << (state.assist.high_contrast ? ", high contrast" : "")
      << (state.assist.large_type ? ", large type" : "")
      << (state.assist.within_reach ? ", within reach" : "") << (state.assist.asking ? ", asking" : "")
      << (state.assist.headset ? ", headset" : "")
      << (state.keyboard ? ", keyboard " + std::string(to_name(*state.keyboard)) : "")
      << (state.assist.volume != kVolumeUsual ? ", volume " + std::to_string(state.assist.volume) : "")
      << ")";
  return out.str();
}

std::string table() {
  std::ostringstream out;
  for (const NamedState& from : states()) {
    out << "== " << from.name << "\n";
    for (const NamedEvent& event : events()) {
      const Step result = step(from.state, event.event, kConfig, event.now);
      out << "   " << event.name << " -> " << detail(result.next);
      if (!result.effects.empty()) {
        out << " !";
        for (const Effect& effect : result.effects) out << ' ' << name_of(effect);
      }
      out << "\n";
    }
  }
  return out.str();
}

}  // namespace

TEST_CASE("every pair of screen and event is defined, as the golden table has it", "[flow]") {
  // Every kind of screen and of event occurs in the table.
  std::vector<std::size_t> screens;
  std::vector<std::size_t> kinds;
  for (const NamedState& s : states()) screens.push_back(s.state.screen.index());
  for (const NamedEvent& e : events()) kinds.push_back(e.event.index());
  for (std::size_t i = 0; i < std::variant_size_v<Screen>; ++i) {
    CHECK(std::find(screens.begin(), screens.end(), i) != screens.end());
  }
  for (std::size_t i = 0; i < std::variant_size_v<Event>; ++i) {
    CHECK(std::find(kinds.begin(), kinds.end(), i) != kinds.end());
  }

  const std::string path = std::string(LANYARD_GOLDEN) + "/flow.txt";
  const std::string now = table();
  if (std::getenv("LANYARD_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << now;
  std::ifstream file(path);
  std::stringstream golden;
  golden << file.rdbuf();
  std::string want;
  std::string have;
  std::istringstream now_lines(now);
  while (std::getline(golden, want)) {
    REQUIRE(std::getline(now_lines, have));
    CHECK(have == want);
  }
  CHECK_FALSE(std::getline(now_lines, have));
}

TEST_CASE("a badge is checked, greeted in the delegate's language, and the screen goes home", "[flow]") {
  Step s = step(at(Idle{}), event::SymbolSeen{"X"}, kConfig, kStart);
  REQUIRE(s.effects.size() == 1);
  CHECK(std::get<effect::Admit>(s.effects[0]).text == "X");
  s = step(s.next, event::Decided{decision_of(Verdict::admitted, Rule::admit)}, kConfig, kStart + 10ms);
  CHECK(std::holds_alternative<Admitted>(s.next.screen));
  CHECK(s.next.language == "zh");
  CHECK(wake_at(s.next) == kStart + 10ms + kConfig.admitted_for);
  s = step(s.next, event::Tick{}, kConfig, *wake_at(s.next));
  CHECK(std::holds_alternative<Idle>(s.next.screen));
  CHECK(s.next.language == "en");
  CHECK_FALSE(wake_at(s.next));
}

std::size_t let_through(const Step& s) {
  return static_cast<std::size_t>(std::ranges::count_if(
      s.effects, [](const Effect& e) { return std::holds_alternative<effect::LetThrough>(e); }));
}

TEST_CASE("the gate opens once for each row that lets somebody in or out, and for no other", "[flow]") {
  const auto decided = [](Verdict verdict, const State& from) {
    return let_through(step(from, event::Decided{decision_of(verdict, Rule::admit)}, kConfig, kStart));
  };
  const State checking = at(Checking{kStart + 5s});
  CHECK(decided(Verdict::admitted, checking) == 1);
  CHECK(decided(Verdict::exited, checking) == 1);
  CHECK(decided(Verdict::badge, checking) == 0);
  CHECK(decided(Verdict::refused, checking) == 0);
  // The row is written, whatever the screen shows by now.
  CHECK(decided(Verdict::admitted, at(OutOfOrder{Fault::storage}, Fault::storage)) == 1);
  CHECK(decided(Verdict::admitted, at(StaffPin{})) == 1);
  CHECK(let_through(step(checking, event::AdmitFailed{}, kConfig, kStart)) == 0);

  Acted acted{sync::StaffAction::admit};
  acted.decision = decision_of(Verdict::admitted, Rule::overridden);
  CHECK(let_through(step(at(Idle{}), event::ActionDone{"A0001", acted}, kConfig, kStart)) == 1);
  acted.decision = decision_of(Verdict::refused, Rule::blocked);
  CHECK(let_through(step(at(Idle{}), event::ActionDone{"A0001", acted}, kConfig, kStart)) == 0);
  acted = {sync::StaffAction::undo};
  CHECK(let_through(step(at(Idle{}), event::ActionDone{"A0001", acted}, kConfig, kStart)) == 0);
}

TEST_CASE("nothing but a decision opens the gate, on whatever screen", "[flow]") {
  for (const NamedState& from : states()) {
    for (const NamedEvent& e : events()) {
      const bool decides = std::holds_alternative<event::Decided>(e.event) ||
                           std::holds_alternative<event::ActionDone>(e.event);
      INFO(from.name << ", " << e.name);
      CHECK(let_through(step(from.state, e.event, kConfig, e.now)) <= (decides ? 1U : 0U));
    }
  }
}

TEST_CASE("a gate that stayed shut is an alert, and calls staff to whoever stands before it", "[flow]") {
  const event::GateStayedShut shut{"its lines cannot be driven"};
  const State admitted = at(Admitted{decision_of(Verdict::admitted, Rule::admit), {}, kStart + 4s});
  const Step s = step(admitted, shut, kConfig, kStart);
  REQUIRE(s.effects.size() == 2);
  CHECK(std::get<effect::RaiseAlert>(s.effects[0]).rule == "gate.stayed_shut");
  CHECK(std::get<effect::RaiseAlert>(s.effects[0]).detail == shut.why);
  CHECK(std::get<effect::Play>(s.effects[1]).tone == Tone::call_staff);
  CHECK(step(at(Idle{}), shut, kConfig, kStart).effects.size() == 1);
}

TEST_CASE("the next in the queue need not wait for the greeting of the last to end", "[flow]") {
  State greeting =
      at(Admitted{decision_of(Verdict::admitted, Rule::admit), Admitted::Badge::none, kStart + 4s});
  greeting.language = "zh";
  greeting.since = kStart;
  const Step s = step(greeting, event::SymbolSeen{"Y"}, kConfig, kStart + kConfig.result_at_least);
  CHECK(std::holds_alternative<Checking>(s.next.screen));
  CHECK(s.next.language == "en");
}

TEST_CASE("an answer is seen before the next badge takes its place, which is asked for again", "[flow]") {
  for (const Screen& screen : {Screen(Admitted{decision_of(Verdict::admitted, Rule::admit), {}, kStart + 4s}),
                               Screen(Refused{decision_of(Verdict::refused, Rule::full), kStart + 9s})}) {
    State answer = at(screen);
    answer.since = kStart;
    const Step s = step(answer, event::SymbolSeen{"Y"}, kConfig, kStart + kConfig.result_at_least - 1ms);
    CHECK(s.next.screen.index() == answer.screen.index());
    REQUIRE(s.effects.size() == 1);
    CHECK(std::holds_alternative<effect::Forget>(s.effects[0]));
  }
}

TEST_CASE("a badge shown while another is checked is asked for again, not lost", "[flow]") {
  const Step s = step(at(Checking{kStart + 5s}), event::SymbolSeen{"Y"}, kConfig, kStart);
  REQUIRE(s.effects.size() == 1);
  CHECK(std::holds_alternative<effect::Forget>(s.effects[0]));
}

TEST_CASE("a picked language outranks the record's, and is forgotten when nobody follows it up", "[flow]") {
  Step s = step(at(Idle{}), event::LanguagePicked{"en"}, kConfig, kStart);
  REQUIRE(wake_at(s.next));
  const State picked = s.next;
  s = step(picked, event::Decided{decision_of(Verdict::admitted, Rule::admit)}, kConfig, kStart + 1s);
  CHECK(s.next.language == "en");
  s = step(picked, event::Tick{}, kConfig, *wake_at(picked));
  CHECK(s.next.picked_language.empty());
  CHECK_FALSE(wake_at(s.next));
}

TEST_CASE("no green without a row: a journal that cannot be written puts the kiosk out of order", "[flow]") {
  Step s = step(at(Checking{kStart + 5s}), event::AdmitFailed{}, kConfig, kStart);
  CHECK(std::get<OutOfOrder>(s.next.screen).fault == Fault::storage);
  s = step(s.next, event::FaultChanged{Fault::none}, kConfig, kStart + 1s);
  CHECK(std::holds_alternative<Idle>(s.next.screen));
}

TEST_CASE("a badge that met a fault and is still held up when it ends is asked for again", "[flow]") {
  Step s = step(at(Checking{kStart + 5s}), event::AdmitFailed{}, kConfig, kStart);
  CHECK(s.effects.empty());
  s = step(s.next, event::FaultChanged{Fault::none}, kConfig, kStart + 1s);
  REQUIRE(s.effects.size() == 1);
  CHECK(std::holds_alternative<effect::Forget>(s.effects[0]));
}

TEST_CASE("a disk that hangs shows out of order, and its late answer is still told", "[flow]") {
  Step s = step(at(Checking{kStart + 5s}), event::Tick{}, kConfig, kStart + 5s);
  CHECK(std::holds_alternative<OutOfOrder>(s.next.screen));
  s = step(s.next, event::Decided{decision_of(Verdict::admitted, Rule::admit)}, kConfig, kStart + 6s);
  CHECK(std::holds_alternative<Admitted>(s.next.screen));
  s = step(s.next, event::Tick{}, kConfig, kStart + 600s);
  CHECK(std::holds_alternative<Idle>(s.next.screen));
}

TEST_CASE("a fault during a visit waits until the visit is over", "[flow]") {
  const Decision in = decision_of(Verdict::admitted, Rule::admit);
  Step s = step(at(Admitted{in, Admitted::Badge::none, kStart + 4s}), event::FaultChanged{Fault::camera},
                kConfig, kStart);
  CHECK(std::holds_alternative<Admitted>(s.next.screen));
  s = step(s.next, event::Tick{}, kConfig, kStart + 4s);
  CHECK(std::get<OutOfOrder>(s.next.screen).fault == Fault::camera);
}

TEST_CASE("five wrong PINs close the pad for a while, even if it is left between them", "[flow]") {
  State state = at(Idle{});
  for (int i = 0; i < kPinAttempts; ++i) {
    CHECK_FALSE(state.pin_locked_until);
    state = step(state, event::CornerHeld{}, kConfig, kStart).next;
    for (const char digit : {'1', '2', '3', '4'})
      state = step(state, event::Digit{digit}, kConfig, kStart).next;
    Step entered = step(state, event::PinEntered{}, kConfig, kStart);
    REQUIRE(entered.effects.size() == 1);
    state = step(entered.next, event::Leave{}, kConfig, kStart).next;
    state = step(state, event::PinChecked{false, {}}, kConfig, kStart).next;
  }
  REQUIRE(state.pin_locked_until);
  state = step(state, event::CornerHeld{}, kConfig, kStart).next;
  CHECK(step(state, event::Digit{'1'}, kConfig, kStart).next.screen.index() == state.screen.index());
  CHECK(std::get<StaffPin>(step(state, event::Digit{'1'}, kConfig, kStart).next.screen).digits.empty());
  // The pad closes by itself; the lock ends when its time has come.
  state = step(state, event::Tick{}, kConfig, kStart + kConfig.pin_lock).next;
  CHECK_FALSE(state.pin_locked_until);
}

TEST_CASE("a PIN is only ever digits, four to eight of them", "[flow]") {
  State state = at(StaffPin{{}, false, false, kStart + 20s});
  for (const char digit : {'1', 'x', '2', '/', '3', ':'})
    state = step(state, event::Digit{digit}, kConfig, kStart).next;
  CHECK(std::get<StaffPin>(state.screen).digits == "123");
  CHECK(step(state, event::PinEntered{}, kConfig, kStart).effects.empty());
  for (int i = 0; i < 20; ++i) state = step(state, event::Digit{'9'}, kConfig, kStart).next;
  CHECK(std::get<StaffPin>(state.screen).digits.size() == kPinDigitsMost);
}

TEST_CASE("the PIN leaves the state as soon as it is entered", "[flow]") {
  const Step s = step(at(StaffPin{"4711", false, false, kStart + 20s}), event::PinEntered{}, kConfig, kStart);
  CHECK(std::get<effect::CheckPin>(s.effects.at(0)).digits == "4711");
  CHECK(std::get<StaffPin>(s.next.screen).digits.empty());
}

TEST_CASE("a PIN found right after the pad was left opens nothing", "[flow]") {
  const Step s = step(at(Idle{}), event::PinChecked{true, {"mw"}}, kConfig, kStart);
  CHECK(std::holds_alternative<Idle>(s.next.screen));
}

TEST_CASE("an answer to an older query is not shown under a newer one", "[flow]") {
  Step s = step(at(StaffSearch{{"mw"}, "o", {}, false, kStart + 60s}), event::Typed{"t"}, kConfig, kStart);
  s = step(s.next, event::SearchDone{"o", {sync::Attendee{}}}, kConfig, kStart);
  CHECK(std::get<StaffSearch>(s.next.screen).hits.empty());
  s = step(s.next, event::SearchDone{"ot", {sync::Attendee{}}}, kConfig, kStart);
  CHECK(std::get<StaffSearch>(s.next.screen).hits.size() == 1);
}

TEST_CASE("erasing takes a whole letter of any script", "[flow]") {
  Step s = step(at(StaffSearch{{"mw"}, "a张", {}, false, kStart + 60s}), event::Erase{}, kConfig, kStart);
  CHECK(std::get<StaffSearch>(s.next.screen).query == "a");
  s = step(s.next, event::Erase{}, kConfig, kStart);
  CHECK(std::get<StaffSearch>(s.next.screen).query.empty());
  CHECK(s.effects.empty());
  // An accent that came as a sign of its own, the vowel of an Arabic letter, and a character beyond the first
  // plane.
  for (const char* query : {"ae\u0301", "aу\u0306", "aح\u064F\u0651", "a𠮷"}) {
    s = step(at(StaffSearch{{"mw"}, query, {}, false, kStart + 60s}), event::Erase{}, kConfig, kStart);
    CHECK(std::get<StaffSearch>(s.next.screen).query == "a");
  }
}

TEST_CASE("staff mode left alone closes, and shows nobody's record to the next delegate", "[flow]") {
  for (const NamedState& from : states()) {
    if (name_of(from.state.screen).substr(0, 5) != "staff") continue;
    const Step s = step(from.state, event::Tick{}, kConfig, kStart + 600s);
    CHECK(std::holds_alternative<Idle>(s.next.screen));
  }
}

TEST_CASE("a badge owed by a late decision is printed though staff mode is open", "[flow]") {
  Decision owed = decision_of(Verdict::admitted, Rule::admit);
  owed.badge_owed = true;
  const Step s =
      step(at(StaffSearch{{"mw"}, {}, {}, false, kStart + 60s}), event::Decided{owed}, kConfig, kStart);
  CHECK(std::holds_alternative<StaffSearch>(s.next.screen));
  REQUIRE(s.effects.size() == 2);
  CHECK(std::holds_alternative<effect::PrintBadge>(s.effects[1]));
}

TEST_CASE("a reprint is asked for once, however often the button is pressed", "[flow]") {
  const auto all = states();
  const State state = std::ranges::find(all, "staff_record, choosing", &NamedState::name)->state;
  Step s = step(state, event::ReasonChosen{ReprintReason::lost}, kConfig, kStart);
  CHECK(s.effects.size() == 1);
  s = step(s.next, event::ReasonChosen{ReprintReason::lost}, kConfig, kStart);
  CHECK(s.effects.empty());
  s = step(s.next, event::ActionAsked{sync::StaffAction::reprint}, kConfig, kStart);
  CHECK_FALSE(std::get<StaffRecord>(s.next.screen).asking);
}

TEST_CASE("more than ten unknown codes within a minute are a pause, and an alert", "[flow]") {
  const event::Decided unknown{decision_of(Verdict::refused, Rule::unknown)};
  State state = at(Idle{});
  for (std::size_t i = 0; i < kUnknownCodes; ++i) {
    const Step s = step(state, unknown, kConfig, kStart + std::chrono::seconds(i));
    CHECK(std::holds_alternative<Refused>(s.next.screen));
    CHECK(s.effects.size() == 1);  // a sound
    state = s.next;
  }
  const Step s = step(state, unknown, kConfig, kStart + 11s);
  CHECK(std::get<Paused>(s.next.screen).until == kStart + 11s + kConfig.pause);
  REQUIRE(s.effects.size() == 2);
  CHECK(std::get<effect::RaiseAlert>(s.effects[0]).rule == "scan.unknown_codes");
  CHECK(s.next.unknown_codes.empty());
}

TEST_CASE("unknown codes over a longer time, and refusals of other kinds, are no pause", "[flow]") {
  State state = at(Idle{});
  for (int i = 0; i < 40; ++i) {
    const Rule rule = i % 2 == 0 ? Rule::unreadable : Rule::already_inside;
    state = step(state, event::Decided{decision_of(Verdict::refused, rule)}, kConfig,
                 kStart + std::chrono::seconds(4 * i))
                .next;
    CHECK(std::holds_alternative<Refused>(state.screen));
    CHECK(state.unknown_codes.size() <= kUnknownCodes);
  }
}

TEST_CASE("during a pause codes are forgotten, staff come in, and leaving staff mode does not end it",
          "[flow]") {
  State state = at(Paused{kStart + 20s});
  state.paused_until = kStart + 20s;
  Step s = step(state, event::SymbolSeen{"X"}, kConfig, kStart);
  CHECK(std::holds_alternative<Paused>(s.next.screen));
  REQUIRE(s.effects.size() == 1);
  CHECK(std::holds_alternative<effect::Forget>(s.effects[0]));
  s = step(state, event::CornerHeld{}, kConfig, kStart + 1s);
  CHECK(std::holds_alternative<StaffPin>(s.next.screen));
  s = step(s.next, event::Leave{}, kConfig, kStart + 2s);
  CHECK(std::holds_alternative<Paused>(s.next.screen));
  s = step(s.next, event::Tick{}, kConfig, kStart + 20s);
  CHECK(std::holds_alternative<Idle>(s.next.screen));
}

TEST_CASE("a restart that is ordered waits until nobody stands before the kiosk", "[flow]") {
  const Decision in = decision_of(Verdict::admitted, Rule::admit);
  Step s =
      step(at(Admitted{in, Admitted::Badge::none, kStart + 4s}), event::RestartOrdered{}, kConfig, kStart);
  CHECK(s.effects.empty());
  CHECK(std::holds_alternative<Admitted>(s.next.screen));
  s = step(s.next, event::Tick{}, kConfig, kStart + 4s);
  REQUIRE(std::holds_alternative<Idle>(s.next.screen));
  REQUIRE(s.effects.size() == 1);
  CHECK(std::holds_alternative<effect::Restart>(s.effects[0]));
  s = step(s.next, event::Tick{}, kConfig, kStart + 5s);
  CHECK(s.effects.empty());
  CHECK(step(at(OutOfOrder{Fault::camera}, Fault::camera), event::RestartOrdered{}, kConfig, kStart)
            .effects.size() == 1);
}

TEST_CASE("a kiosk whose idle screen is read to somebody is not at rest, for an update either", "[flow]") {
  State idle = at(Idle{});
  CHECK(is_at_rest(idle));
  CHECK(is_at_rest(at(OutOfOrder{Fault::camera}, Fault::camera)));
  CHECK_FALSE(
      is_at_rest(at(Admitted{decision_of(Verdict::admitted, Rule::admit), Admitted::Badge::none, kStart})));
  idle.assist.speech = true;
  CHECK_FALSE(is_at_rest(idle));
  CHECK(step(idle, event::RestartOrdered{}, kConfig, kStart).effects.empty());
}

TEST_CASE("a kiosk that has forgotten all leaves no record on the screen, staff mode or not", "[flow]") {
  StaffSearch search;
  search.hits = {sync::Attendee{}};
  search.until = kStart + 60s;
  const Step s = step(at(search), event::FaultChanged{Fault::withdrawn}, kConfig, kStart);
  REQUIRE(std::holds_alternative<OutOfOrder>(s.next.screen));
  CHECK(std::get<OutOfOrder>(s.next.screen).fault == Fault::withdrawn);
  CHECK(to_code(Fault::withdrawn) == "W1");
}

TEST_CASE("a screen that waits says until when, and wakes nobody for nothing", "[flow]") {
  for (const NamedState& from : states()) {
    const auto wake = wake_at(from.state);
    if (!wake) continue;
    // A tick at the deadline always moves the deadline on: no busy loop.
    const State after = step(from.state, event::Tick{}, kConfig, *wake).next;
    const auto again = wake_at(after);
    CHECK((!again || *again > *wake));
  }
}
