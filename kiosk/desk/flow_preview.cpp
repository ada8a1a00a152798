// A badge that is looked at before it is printed: its name is chosen, and it is found right or wrong. PURE.
#include <algorithm>

#include "kiosk/desk/flow.hpp"
#include "kiosk/desk/flow_turn.hpp"

namespace lanyard::kiosk {

void Turn::show_preview(const event::Decided& decided) {
  BadgePreview preview;
  preview.decision = decided.decision;
  if (const auto* checking = on<Checking>()) preview.symbol = checking->symbol;
  const sync::Attendee& attendee = *decided.decision.attendee;
  const auto add = [&](const std::string& name) {
    const bool is_new = std::ranges::find(preview.names, name) == preview.names.end();
    if (!name.empty() && is_new && preview.names.size() <= sync::kMaxBadgeNames)
      preview.names.push_back(name);
  };
  add(attendee.name);
  for (const std::string& name : attendee.badge_names) add(name);
  // As they chose before: the badge did not come out then, or was one of several.
  const auto last = std::ranges::find(preview.names, decided.last_name);
  if (last != preview.names.end()) preview.chosen = static_cast<std::size_t>(last - preview.names.begin());
  preview.asked = preview.touched = now_;
  preview.until = now_ + config_.preview_for;
  effects_.push_back(effect::PreviewBadge{attendee.id, preview.name()});
  show(std::move(preview));
}

BadgePreview* Turn::preview_touched() {
  auto* preview = on<BadgePreview>();
  return preview != nullptr && now_ - state_.since >= config_.preview_settles ? preview : nullptr;
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
  auto* preview = preview_touched();
  if (preview == nullptr || e.name >= preview->names.size()) return;
  preview->touched = now_;
  preview->until = std::max(preview->until, now_ + config_.preview_for);
  is_there();
  if (e.name == preview->chosen) return;
  preview->chosen = e.name;
  preview->asked = now_;
  // The badge that is shown stays until the other is drawn: a blink is no news.
  effects_.push_back(effect::PreviewBadge{preview->decision.attendee->id, preview->name()});
}

void Turn::operator()(const event::PrintAsked&) {
  auto* preview = preview_touched();
  if (preview == nullptr || !can_print(*preview, now_)) return;
  effects_.push_back(effect::PrintBadge{preview->decision.attendee->id, preview->name()});
  show(Admitted{preview->decision, Admitted::Badge::printing, now_ + config_.badge_for});
  give_time_for_answer();
}

// Whoever stands there may be let in all the same: the badge is what is wrong.
void Turn::operator()(const event::CorrectionAsked&) {
  auto* preview = preview_touched();
  if (preview == nullptr) return;
  const std::string& who = preview->decision.attendee->id;
  effects_.push_back(effect::RaiseAlert{"badge.incorrect", who + " says that their badge is wrong", who});
  show(Admitted{preview->decision, Admitted::Badge::incorrect, now_ + config_.refused_for});
  call_staff();
  give_time_for_answer();
}

}  // namespace lanyard::kiosk
