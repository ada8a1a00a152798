// A badge that is looked at before it is printed: its name is chosen, and it is found right or wrong. PURE.
#include <algorithm>

#include "kiosk/desk/flow.hpp"
#include "kiosk/desk/flow_turn.hpp"

namespace lanyard::kiosk {

void Turn::show_preview(const Decision& decision) {
  BadgePreview preview;
  preview.decision = decision;
  const sync::Attendee& attendee = *decision.attendee;
  preview.names.push_back(attendee.name);
  for (const std::string& name : attendee.badge_names) {
    const bool is_new = std::ranges::find(preview.names, name) == preview.names.end();
    if (is_new && preview.names.size() <= sync::kMaxBadgeNames) preview.names.push_back(name);
  }
  preview.until = now_ + config_.preview_for;
  effects_.push_back(effect::PreviewBadge{attendee.id, preview.name()});
  show(std::move(preview));
}

void Turn::operator()(const event::BadgeDrawn& e) {
  auto* preview = on<BadgePreview>();
  // They may have chosen another name meanwhile.
  if (preview == nullptr || preview->decision.attendee->id != e.attendee) return;
  if (preview->name() != e.picture.name) return;
  preview->picture = e.picture;
  preview->undrawable = e.picture.jpeg.empty();
}

void Turn::operator()(const event::NameChosen& e) {
  auto* preview = on<BadgePreview>();
  if (preview == nullptr || e.name >= preview->names.size()) return;
  preview->until = std::max(preview->until, now_ + config_.preview_for);
  is_there();
  if (e.name == preview->chosen) return;
  preview->chosen = e.name;
  // The badge that is shown stays until the other is drawn: a blink is no news.
  effects_.push_back(effect::PreviewBadge{preview->decision.attendee->id, preview->name()});
}

void Turn::operator()(const event::PrintAsked&) {
  auto* preview = on<BadgePreview>();
  if (preview == nullptr) return;
  effects_.push_back(effect::PrintBadge{preview->decision.attendee->id, preview->name()});
  show(Admitted{preview->decision, Admitted::Badge::printing, now_ + config_.badge_for});
  give_time_for_answer();
}

// Whoever stands there may be let in all the same: the badge is what is wrong.
void Turn::operator()(const event::CorrectionAsked&) {
  auto* preview = on<BadgePreview>();
  if (preview == nullptr) return;
  effects_.push_back(effect::RaiseAlert{"badge.incorrect",
                                        preview->decision.attendee->id + " says that their badge is wrong"});
  show(Admitted{preview->decision, Admitted::Badge::incorrect, now_ + config_.refused_for});
  call_staff();
  give_time_for_answer();
}

}  // namespace lanyard::kiosk
