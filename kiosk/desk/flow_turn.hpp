// One transition of the screen in the making. Inside of the flow: flow.cpp has the world and the delegate,
// flow_preview.cpp what they see of their badge, flow_staff.cpp the way into staff mode and to a record,
// flow_search.cpp what is typed on that way, flow_record.cpp what is done with a record, flow_status.cpp how
// this kiosk is. PURE. Threads: values.
#pragma once

#include <utility>

#include "kiosk/desk/flow.hpp"

namespace lanyard::kiosk {

template <class... Ts>
struct overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
overloaded(Ts...) -> overloaded<Ts...>;

// The handlers change the state and add effects.
class Turn {
 public:
  Turn(State from, const FlowConfig& config, Moment now)
      : state_(std::move(from)), config_(config), now_(now) {}

  // --- the world around
  void operator()(const event::Tick&);
  void operator()(const event::FaultChanged&);
  void operator()(const event::HubHeard&);
  void operator()(const event::ClockJudged&);
  void operator()(const event::RestartOrdered&);
  void operator()(const event::GateStayedShut&);
  void operator()(const event::LanguagePicked&);
  void operator()(const event::Touched&);
  void operator()(const event::Back&);
  void operator()(const event::Leave&);

  // --- whoever cannot see the screen (flow_assist.cpp)
  void operator()(const event::HeadsetChanged&);
  void operator()(const event::SpeechAsked&);
  void operator()(const event::AidAsked&);
  void operator()(const event::SpeechEnded&);
  void operator()(const event::VolumeAsked&);
  void operator()(const event::KeyPressed&);

  // --- a delegate
  void operator()(const event::SymbolSeen&);
  void operator()(const event::Decided&);
  void operator()(const event::AdmitFailed&);
  void operator()(const event::BadgeDrawn&);
  void operator()(const event::NameChosen&);
  void operator()(const event::PrintAsked&);
  void operator()(const event::CorrectionAsked&);
  void operator()(const event::BadgeHeld&);
  void operator()(const event::BadgeDone&);
  void operator()(const event::SetUpTold&);

  // --- staff
  void operator()(const event::CornerHeld&);
  void operator()(const event::StaffAsked&);
  void operator()(const event::Digit&);
  void operator()(const event::Erase&);
  void operator()(const event::PinEntered&);
  void operator()(const event::StaffIdentified&);
  void operator()(const event::UnknownShown&);
  void operator()(const event::PinChecked&);
  void operator()(const event::Chosen&);
  void operator()(const event::RecordRead&);

  // --- what staff type (flow_search.cpp)
  void operator()(const event::Typed&);
  void operator()(const event::Replaced&);
  void operator()(const event::KeyboardPicked&);
  void operator()(const event::SearchDone&);

  // --- what staff do (flow_record.cpp)
  void operator()(const event::ActionAsked&);
  void operator()(const event::ReasonChosen&);
  void operator()(const event::Confirmed&);
  void operator()(const event::ActionDone&);
  void operator()(const event::DelegationAsked&);
  void operator()(const event::UncollectedListed&);
  void operator()(const event::LeftOut&);
  void operator()(const event::PageTurned&);
  void operator()(const event::WhyAsked&);
  void operator()(const event::Explained&);
  void operator()(const event::EvacuationAsked&);
  void operator()(const event::InsideListed&);

  // --- how this kiosk is (flow_status.cpp)
  void operator()(const event::StatusAsked&);
  void operator()(const event::StatusRead&);
  void operator()(const event::RollChanged&);

  [[nodiscard]] Step done(const State& from);

 private:
  template <class S>
  [[nodiscard]] bool is() const {
    return std::holds_alternative<S>(state_.screen);
  }
  template <class S>
  [[nodiscard]] S* on() {
    return std::get_if<S>(&state_.screen);
  }
  template <class S>
  void show(S screen) {
    state_.screen = std::move(screen);
    // A result that follows another starts its motion anew.
    state_.since = now_;
  }
  [[nodiscard]] bool in_staff_mode() const { return is_staff(state_.screen); }
  // Whoever is assisted has more time, and is asked before it ends.
  void assist_on_tick();
  void begin_speech();
  // What the roster says that they need, without a touch.
  void meet_needs(const sync::Attendee& attendee);
  void end_assist();
  void give_time(std::chrono::milliseconds quiet);
  void give_time_for_answer();
  // They answered, or did anything: yes, more time.
  void is_there();
  void home();
  void home_keeping_language();
  // One more unknown code: true if it was one too many, and the kiosk pauses.
  [[nodiscard]] bool count_unknown();
  void set_up_by(SetUp& shown, const std::string& text);
  void set_up_on_tick(const SetUp& shown);
  [[nodiscard]] bool pause_after(const Decision& decision);
  [[nodiscard]] StaffPin* open_pad();
  void erase_letter(StaffSearch& search);
  void look_up(StaffSearch& search);
  void search_again(Operator who, std::string query);
  // Shows a record again, and asks for what has changed meanwhile.
  void return_to(StaffRecord record);
  void open_pad_for(std::string id, std::string name);
  void warn_staff();
  void status_on_tick(StaffStatus& shown);
  void call_staff();
  void let_through(const Decision& decision);
  void show_preview(const event::Decided& decided);
  // Whether the next in the queue may take this one's place.
  [[nodiscard]] bool is_answered() const;
  // The preview that a touch is meant for, if there is one.
  [[nodiscard]] BadgePreview* preview_touched();
  void badge_of_record(StaffRecord& record, const event::BadgeDone& done);

  State state_;
  Effects effects_;
  const FlowConfig& config_;
  Moment now_;
};

}  // namespace lanyard::kiosk
