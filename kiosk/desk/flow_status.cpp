// Staff mode: how this kiosk is. Open to whoever is in staff mode: it names no attendee but in an alert.
#include <algorithm>

#include "kiosk/desk/flow_turn.hpp"

namespace lanyard::kiosk {

void Turn::operator()(const event::StatusAsked&) {
  const auto* search = on<StaffSearch>();
  if (search == nullptr || search->arrived) return;
  StaffStatus opened;
  opened.who = search->who;
  opened.query = search->query;
  opened.next = now_ + config_.status_patience;
  opened.until = now_ + config_.staff_idle;
  show(std::move(opened));
  effects_.push_back(effect::ReadStatus{});
}

// A page that is not there any more is the face's to leave out, as in every list: it knows how many fit.
void Turn::operator()(const event::StatusRead& e) {
  auto* shown = on<StaffStatus>();
  if (shown == nullptr) return;
  shown->status = e.status;
  shown->next = now_ + config_.status_every;
}

void Turn::operator()(const event::RollChanged&) {
  auto* shown = on<StaffStatus>();
  if (shown == nullptr) return;
  effects_.push_back(effect::NoteNewRoll{shown->who.id});
  effects_.push_back(effect::ReadStatus{});
  shown->next = now_ + config_.status_patience;
  shown->until = now_ + config_.staff_idle;
}

// What nobody touches is still kept up to date, until it closes.
void Turn::status_on_tick(StaffStatus& shown) {
  if (now_ < shown.next) return;
  shown.next = now_ + config_.status_patience;
  if (now_ < shown.until) effects_.push_back(effect::ReadStatus{});
}

}  // namespace lanyard::kiosk
