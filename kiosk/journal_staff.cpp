// What staff ask of the journal: each is answered by one event, and badges follow it.
#include <utility>

#include "kiosk/journal_thread.hpp"
#include "kiosk/stamp.hpp"

namespace lanyard::kiosk {

using sync::StaffAction;

void JournalThread::say(std::string attendee, StaffAction action, const sync::Expected<Outcome>& outcome) {
  Acted acted;
  acted.action = action;
  if (outcome) {
    acted.outcome = *outcome;
  } else {
    after_failure(outcome.error());
    acted.problem = outcome.error().message;
  }
  inbox_.post(event::ActionDone{std::move(attendee), std::move(acted)});
}

// The answer first: how the printing of a badge ended is about a badge that the screen knows of.
void JournalThread::say_and_print(std::string attendee, StaffAction action,
                                  sync::Expected<StaffResult> result) {
  if (!result) return say(std::move(attendee), action, tl::make_unexpected(result.error()));
  Acted acted;
  acted.action = action;
  acted.outcome = result->outcome;
  acted.receipt = std::move(result->receipt);
  inbox_.post(event::ActionDone{std::move(attendee), std::move(acted)});
  for (BadgeOrder& order : result->badges) hand_to_printer(std::move(order));
}

void JournalThread::handle(const effect::AdmitByHand& admit) {
  if (!desk_) return;
  auto decision = desk_->admit_by_hand(admit.attendee, admit.who, admit.reason, stamp_now());
  if (!decision) return say(admit.attendee, StaffAction::admit, tl::make_unexpected(decision.error()));
  Acted acted;
  acted.action = StaffAction::admit;
  if (!*decision) {
    const bool may = sync::may(admit.who.role, StaffAction::admit);
    acted.outcome = may ? Outcome::unknown : Outcome::not_allowed;
  }
  acted.decision = std::move(*decision);
  inbox_.post(event::ActionDone{admit.attendee, std::move(acted)});
}

void JournalThread::handle(const effect::Undo& undo) {
  if (desk_) say(undo.attendee, StaffAction::undo, desk_->undo(undo.row, undo.who, stamp_now()));
}

void JournalThread::handle(const effect::StopBadges& stop) {
  if (desk_)
    say(stop.attendee, StaffAction::stop, desk_->stop(stop.attendee, stop.who, stop.reason, stamp_now()));
}

void JournalThread::handle(const effect::IssueDayBadge& issue) {
  if (!desk_) return;
  say_and_print(issue.attendee, StaffAction::day_badge,
                desk_->day_badge(issue.attendee, issue.who, stamp_now()));
}

void JournalThread::handle(const effect::HandBadgesOver& hand) {
  if (!desk_) return;
  const bool one = hand.how == HandOver::proxy && !hand.attendees.empty();
  say_and_print(one ? hand.attendees.front() : hand.to, StaffAction::hand_over,
                desk_->hand_over(hand.attendees, hand.to, hand.how, hand.who, stamp_now()));
}

void JournalThread::handle(const effect::Substitute& substitute) {
  if (!desk_) return;
  say(substitute.attendee, StaffAction::substitute,
      desk_->substitute(substitute.attendee, substitute.absent, substitute.who, stamp_now()));
}

void JournalThread::handle(const effect::ListUncollected& list) {
  if (!desk_) return;
  auto people = desk_->uncollected(list.delegation);
  if (!people) return after_failure(people.error());
  inbox_.post(event::UncollectedListed{list.delegation, std::move(*people)});
}

void JournalThread::handle(const effect::Explain& explain) {
  if (!desk_) return;
  const auto row = desk_->store().row(explain.row);
  if (!row) return after_failure(row.error());
  if (!*row) return;
  const Explanation found = desk_->explain(**row);
  inbox_.post(event::Explained{(*row)->attendee, in_words(**row, found),
                               found.finding == Explanation::Finding::altered});
}

void JournalThread::handle(const effect::ListInside&) {
  if (!desk_) return;
  const sync::RowStamp stamp = stamp_now();
  auto list = desk_->evacuation(stamp);
  if (!list) return after_failure(list.error());
  event::InsideListed listed;
  listed.taken = stamp.now;
  for (Evacuee& one : *list) {
    const bool named = one.attendee && !one.attendee->name.empty();
    listed.people.push_back({named ? std::move(one.attendee->name) : std::move(one.where.attendee),
                             one.attendee ? std::move(one.attendee->organisation) : std::string(),
                             std::move(one.where.zone), one.where.since});
  }
  inbox_.post(std::move(listed));
}

}  // namespace lanyard::kiosk
