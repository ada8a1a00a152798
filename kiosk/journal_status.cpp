// How this kiosk is: what the store, the disk and the printer's thread know of it, read together.
#include <utility>

#include "kiosk/journal_thread.hpp"
#include "kiosk/stamp.hpp"
#include "sync/order.hpp"
#include "sync/room.hpp"

namespace lanyard::kiosk {

namespace {

AlertLine line_of(sync::JournalRow row) {
  const sync::Timestamp at = sync::placed_at(row, {});
  return {at, std::move(row.rule), std::move(row.detail), std::move(row.device), std::move(row.checkpoint)};
}

// Answers until one of them fails: that one's error is told, and what comes behind it is left out.
sync::Expected<void> read_store(Desk& desk, const sync::RowStamp& stamp, KioskStatus& status) {
  sync::Store& store = desk.store();
  const auto identity = store.identity();
  if (!identity) return tl::make_unexpected(identity.error());
  if (*identity) status.device = (*identity)->device;
  const auto standing = store.standing();
  if (!standing) return tl::make_unexpected(standing.error());
  status.hub_contact = standing->hub_contact;
  status.roster_as_of = standing->roster_as_of;
  const sync::HubTime hub = sync::hub_time(standing->clock, stamp, standing->known_time);
  if (hub.offset_ms) status.clock_offset = std::chrono::milliseconds(*hub.offset_ms);
  const auto people = store.attendee_count();
  if (!people) return tl::make_unexpected(people.error());
  status.people = *people;
  const auto queue = store.unsent_count();
  if (!queue) return tl::make_unexpected(queue.error());
  status.queue = *queue;
  const auto oldest = store.oldest_unsent();
  if (!oldest) return tl::make_unexpected(oldest.error());
  status.oldest_unsent = *oldest;
  auto alerts = store.newest_alerts(kAlertsShown);
  if (!alerts) return tl::make_unexpected(alerts.error());
  for (sync::JournalRow& row : *alerts) status.alerts.push_back(line_of(std::move(row)));
  const auto venue = desk.venue();
  if (!venue) return tl::make_unexpected(venue.error());
  if (*venue == nullptr) return {};
  const sync::Calendar& calendar = (*venue)->event.calendar;
  const sync::Checkpoint& here = (*venue)->checkpoint;
  const auto inside = store.inside_count(here.zone, sync::venue_day(hub.now, calendar));
  if (!inside) return tl::make_unexpected(inside.error());
  status.inside = *inside;
  auto today =
      store.tally(here.id, sync::venue_day_start(hub.now, calendar), sync::venue_day_end(hub.now, calendar));
  if (!today) return tl::make_unexpected(today.error());
  status.today = std::move(*today);
  return {};
}

}  // namespace

void JournalThread::handle(const effect::NoteNewRoll& noted) {
  if (!desk_ || !roll_) return;
  const std::string what = std::to_string(roll_->whole) + " badges are in";
  if (auto written = desk_->alert(sync::kNewRoll, what, stamp_now(), {}, noted.operator_id); !written)
    after_failure(written.error());
}

void JournalThread::handle(const effect::ReadStatus&) {
  const sync::RowStamp stamp = stamp_now();
  KioskStatus status;
  status.taken = stamp.now;
  status.clock_synchronised = stamp.clock_synchronised;
  status.disk_free = sync::free_beside(store_file_);
  if (printer_) status.printer = printer_();
  if (desk_ && roll_) {
    if (const auto use = roll_use()) status.roll = *use ? RollNow{roll_->whole, (*use)->sent} : RollNow{};
  }
  if (!desk_) {
    status.problem = last_error_.empty() ? "it has yet to be opened" : last_error_;
  } else if (auto read = read_store(*desk_, stamp, status); !read) {
    after_failure(read.error());
    status.problem = read.error().message;
  }
  inbox_.post(event::StatusRead{std::move(status)});
}

}  // namespace lanyard::kiosk
