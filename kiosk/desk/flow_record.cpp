// Staff mode: what is done with a record, and what comes of it.
#include <algorithm>

#include "kiosk/desk/flow_turn.hpp"

namespace lanyard::kiosk {

namespace {

using sync::StaffAction;

bool is_done(const std::optional<Acted>& acted) {
  return acted && acted->outcome == Outcome::done && acted->problem.empty();
}

std::vector<std::string> chosen_of(const StaffHandOver& many) {
  std::vector<std::string> ids;
  for (const sync::Attendee& one : many.people) {
    if (!many.left_out.contains(one.id)) ids.push_back(one.id);
  }
  return ids;
}

}  // namespace

void Turn::operator()(const event::ActionAsked& e) {
  auto* record = on<StaffRecord>();
  if (record == nullptr || record->working || record->reprint == StaffRecord::Reprint::working ||
      record->reprint == StaffRecord::Reprint::held) {
    return;
  }
  if (!sync::may(record->who.role, e.action) || e.action == StaffAction::evacuate ||
      e.action == StaffAction::reprint_more)
    return;
  if (e.action == StaffAction::undo && undoable(record->history) == nullptr) return;
  record->until = now_ + config_.staff_idle;
  record->acted.reset();
  record->absent.reset();
  record->reprint = StaffRecord::Reprint::none;
  record->asking = e.action;
  if (e.action != StaffAction::substitute) return;
  record->asking.reset();
  StaffSearch search{record->who, {}, {}, true, now_ + config_.staff_idle};
  search.arrived = std::move(*record);
  show(std::move(search));
}

void Turn::operator()(const event::ReasonChosen& e) {
  auto* record = on<StaffRecord>();
  if (record == nullptr || !record->asking) return;
  const StaffAction asked = *record->asking;
  const std::string& id = record->attendee.id;
  if (const auto* reprint = std::get_if<ReprintReason>(&e.reason);
      reprint != nullptr && asked == StaffAction::reprint) {
    record->reprint = StaffRecord::Reprint::working;
    record->reprint_problem.clear();
    effects_.push_back(effect::Reissue{id, record->who, *reprint});
  } else if (const auto* admit = std::get_if<AdmitReason>(&e.reason);
             admit != nullptr && asked == StaffAction::admit) {
    record->working = true;
    effects_.push_back(effect::AdmitByHand{id, record->who, *admit});
  } else if (const auto* stop = std::get_if<StopReason>(&e.reason);
             stop != nullptr && asked == StaffAction::stop) {
    record->working = true;
    effects_.push_back(effect::StopBadges{id, record->who, *stop});
  } else {
    return;
  }
  record->asking.reset();
  record->until = now_ + config_.staff_idle;
}

void Turn::operator()(const event::Confirmed&) {
  if (auto* many = on<StaffHandOver>()) {
    const auto ids = chosen_of(*many);
    if (many->working || is_done(many->acted) || ids.empty()) return;
    many->working = true;
    many->until = now_ + config_.staff_idle;
    effects_.push_back(
        effect::HandBadgesOver{ids, many->record.who, HandOver::bulk, many->record.attendee.id});
    return;
  }
  auto* record = on<StaffRecord>();
  if (record == nullptr || !record->asking) return;
  const std::string& id = record->attendee.id;
  if (record->asking == StaffAction::undo && undoable(record->history) != nullptr) {
    effects_.push_back(effect::Undo{id, record->who, undoable(record->history)->id});
  } else if (record->asking == StaffAction::day_badge) {
    effects_.push_back(effect::IssueDayBadge{id, record->who});
  } else if (record->asking == StaffAction::hand_over) {
    effects_.push_back(effect::HandBadgesOver{{id}, record->who, HandOver::proxy, {}});
  } else if (record->asking == StaffAction::substitute && record->absent) {
    effects_.push_back(effect::Substitute{id, record->who, record->absent->id});
  } else {
    return;
  }
  record->working = true;
  record->asking.reset();
  record->until = now_ + config_.staff_idle;
}

void Turn::operator()(const event::ActionDone& e) {
  // Whoever was let in by hand is owed their badge, whatever the screen shows by now.
  const auto& decision = e.acted.decision;
  if (decision) let_through(*decision);
  const bool prints = decision && decision->badge_owed && decision->verdict != Verdict::refused;
  if (prints) effects_.push_back(effect::PrintBadge{e.attendee});
  const bool done = is_done(e.acted);
  if (auto* many = on<StaffHandOver>(); many != nullptr && many->working) {
    many->working = false;
    many->acted = e.acted;
    many->until = now_ + config_.staff_idle;
    return;
  }
  auto* record = on<StaffRecord>();
  if (record == nullptr || record->attendee.id != e.attendee) return;
  record->working = false;
  record->absent = e.acted.action == StaffAction::substitute ? record->absent : std::nullopt;
  record->acted = e.acted;
  record->until = now_ + config_.staff_idle;
  if (prints || (done && e.acted.action == StaffAction::day_badge))
    record->reprint = StaffRecord::Reprint::working;
  if (done && e.acted.action == StaffAction::hand_over) {
    StaffHandOver many;
    many.people = {record->attendee};
    many.acted = std::exchange(record->acted, std::nullopt);
    many.record = std::move(*record);
    many.until = now_ + config_.staff_idle;
    show(std::move(many));
    return;
  }
  effects_.push_back(effect::ReadRecord{e.attendee});
}

void Turn::operator()(const event::DelegationAsked&) {
  auto* record = on<StaffRecord>();
  if (record == nullptr || record->asking != StaffAction::hand_over || record->attendee.delegation.empty())
    return;
  record->until = now_ + config_.staff_idle;
  effects_.push_back(effect::ListUncollected{record->attendee.delegation});
}

void Turn::operator()(const event::UncollectedListed& e) {
  auto* record = on<StaffRecord>();
  if (record == nullptr || record->asking != StaffAction::hand_over) return;
  if (record->attendee.delegation != e.delegation) return;
  StaffHandOver many;
  many.people = e.people;
  many.record = std::move(*record);
  many.record.asking.reset();
  many.until = now_ + config_.staff_idle;
  show(std::move(many));
}

void Turn::operator()(const event::LeftOut& e) {
  auto* many = on<StaffHandOver>();
  if (many == nullptr || many->working || is_done(many->acted)) return;
  many->until = now_ + config_.staff_idle;
  if (many->left_out.erase(e.attendee) > 0) return;
  if (std::ranges::find(many->people, e.attendee, &sync::Attendee::id) != many->people.end())
    many->left_out.insert(e.attendee);
}

// How many pages there are depends on the panel, which knows the last one: no screen has more than lines.
void Turn::operator()(const event::PageTurned& e) {
  const auto turn = [&](auto& screen, std::size_t lines) {
    screen.page = std::clamp(screen.page + e.by, 0, static_cast<int>(lines));
    screen.until = std::max(screen.until, now_ + config_.staff_idle);
  };
  if (auto* many = on<StaffHandOver>()) turn(*many, many->people.size());
  if (auto* why = on<StaffWhy>()) turn(*why, why->lines.size());
  if (auto* inside = on<StaffInside>()) turn(*inside, inside->people.size());
  if (auto* status = on<StaffStatus>()) turn(*status, status->status ? status->status->alerts.size() : 0);
  if (auto* search = on<StaffSearch>()) turn(*search, kMaxOfferPages);
}

void Turn::operator()(const event::WhyAsked& e) {
  auto* record = on<StaffRecord>();
  if (record == nullptr ||
      std::ranges::find(record->history, e.row, &sync::JournalRow::id) == record->history.end())
    return;
  record->until = now_ + config_.staff_idle;
  effects_.push_back(effect::Explain{e.row});
}

void Turn::operator()(const event::Explained& e) {
  auto* record = on<StaffRecord>();
  if (record == nullptr || record->attendee.id != e.attendee || record->asking) return;
  StaffWhy why;
  why.record = std::move(*record);
  why.lines = e.lines;
  why.altered = e.altered;
  why.until = now_ + config_.staff_idle;
  show(std::move(why));
}

void Turn::operator()(const event::EvacuationAsked&) {
  const auto* search = on<StaffSearch>();
  const bool begins =
      search != nullptr && !search->arrived && sync::may(search->who.role, StaffAction::evacuate);
  if (begins || is<StaffInside>()) effects_.push_back(effect::ListInside{});
}

void Turn::operator()(const event::InsideListed& e) {
  if (auto* inside = on<StaffInside>()) {
    inside->people = e.people;
    inside->taken = e.taken;
    inside->until = now_ + config_.evacuation_idle;
  } else if (auto* search = on<StaffSearch>();
             search != nullptr && !search->arrived && sync::may(search->who.role, StaffAction::evacuate)) {
    show(StaffInside{search->who, search->query, e.people, e.taken, 0, now_ + config_.evacuation_idle});
  }
}

void Turn::badge_of_record(StaffRecord& record, const event::BadgeDone& done) {
  record.reprint = done.printed ? StaffRecord::Reprint::printed : StaffRecord::Reprint::failed;
  record.reprint_problem = done.problem;
  effects_.push_back(effect::ReadRecord{done.attendee});
}

void Turn::return_to(StaffRecord record) {
  record.until = now_ + config_.staff_idle;
  effects_.push_back(effect::ReadRecord{record.attendee.id});
  show(std::move(record));
}

}  // namespace lanyard::kiosk
