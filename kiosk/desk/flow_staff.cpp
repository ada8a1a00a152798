// Staff mode: the pad, the search, and the way to a record.
#include <algorithm>

#include "kiosk/desk/flow_turn.hpp"

namespace lanyard::kiosk {

void Turn::operator()(const event::CornerHeld&) {
  if (!in_staff_mode()) open_pad_for({}, {});
}

// Their own PIN alone opens it.
void Turn::operator()(const event::StaffAsked&) {
  const auto* admitted = on<Admitted>();
  const auto* refused = on<Refused>();
  const Decision* decision = admitted != nullptr  ? &admitted->decision
                             : refused != nullptr ? &refused->decision
                                                  : nullptr;
  if (decision == nullptr || !offers_pad(*decision)) return;
  const sync::Attendee who = *decision->attendee;
  open_pad_for(who.id, who.name.empty() ? who.id : who.name);
}

void Turn::open_pad_for(std::string id, std::string name) {
  // A colleague may have asked for what is seen. Nothing is said in staff mode.
  const Assist seen = state_.assist;
  end_assist();
  state_.assist.high_contrast = seen.high_contrast;
  state_.assist.within_reach = seen.within_reach;
  show(StaffPin{{}, false, false, now_ + config_.pin_idle, std::move(id), std::move(name)});
}

void Turn::operator()(const event::Digit& e) {
  auto* pad = open_pad();
  if (pad == nullptr || e.digit < '0' || e.digit > '9') return;
  if (pad->digits.size() < kPinDigitsMost) pad->digits += e.digit;
  pad->wrong = false;
  pad->until = now_ + config_.pin_idle;
}

void Turn::operator()(const event::Erase&) {
  if (auto* pad = open_pad(); pad != nullptr && !pad->digits.empty()) {
    pad->digits.pop_back();
    pad->until = now_ + config_.pin_idle;
  }
  if (auto* search = on<StaffSearch>()) erase_letter(*search);
}

void Turn::operator()(const event::PinEntered&) {
  auto* pad = open_pad();
  if (pad == nullptr || pad->digits.size() < kPinDigitsLeast) return;
  pad->checking = true;
  pad->until = now_ + config_.pin_idle;
  effects_.push_back(effect::CheckPin{std::exchange(pad->digits, {}), pad->id});
}

void Turn::operator()(const event::StaffIdentified& e) {
  auto* pad = open_pad();
  if (pad == nullptr || pad->id == e.id) return;
  // What was typed before was another's.
  *pad = {{}, false, false, now_ + config_.pin_idle, e.id, e.name};
}

// The pad is no place to try codes out either.
void Turn::operator()(const event::UnknownShown&) {
  if (count_unknown() && is<StaffPin>()) home();
}

void Turn::operator()(const event::PinChecked& e) {
  if (e.right) {
    state_.pin_failures = 0;
    if (is<StaffPin>()) show(StaffSearch{e.who, {}, {}, false, now_ + config_.staff_idle});
    return;
  }
  // Counted even if the pad was left meanwhile: leaving it is no way around the limit.
  if (++state_.pin_failures >= kPinAttempts) {
    state_.pin_failures = 0;
    state_.pin_locked_until = now_ + config_.pin_lock;
  }
  if (auto* pad = on<StaffPin>())
    *pad = {{}, false, true, now_ + config_.pin_idle, std::move(pad->id), std::move(pad->name)};
}

void Turn::operator()(const event::Chosen& e) {
  auto* search = std::get_if<StaffSearch>(&state_.screen);
  if (search == nullptr) return;
  search->until = now_ + config_.staff_idle;
  if (!search->arrived) {
    effects_.push_back(effect::ReadRecord{e.attendee});
    return;
  }
  const auto absent = std::ranges::find(search->hits, e.attendee, &sync::Attendee::id);
  if (absent == search->hits.end() || absent->id == search->arrived->attendee.id) return;
  StaffRecord record = std::move(*search->arrived);
  record.asking = sync::StaffAction::substitute;
  record.absent = *absent;
  record.until = now_ + config_.staff_idle;
  show(std::move(record));
}

void Turn::operator()(const event::RecordRead& e) {
  const auto take = [&](StaffRecord& record) {
    record.attendee = e.attendee;
    record.presence = e.presence;
    record.generation = e.generation;
    record.history = e.history;
    record.here = e.here;
    record.photo = e.photo;
  };
  if (auto* record = std::get_if<StaffRecord>(&state_.screen)) {
    if (record->attendee.id == e.attendee.id) take(*record);
  } else if (auto* search = std::get_if<StaffSearch>(&state_.screen); search != nullptr && !search->arrived) {
    StaffRecord opened;
    opened.who = search->who;
    opened.query = search->query;
    opened.until = now_ + config_.staff_idle;
    take(opened);
    show(std::move(opened));
  }
}

StaffPin* Turn::open_pad() {
  auto* pad = std::get_if<StaffPin>(&state_.screen);
  return pad == nullptr || pad->checking || state_.pin_locked_until ? nullptr : pad;
}

}  // namespace lanyard::kiosk
