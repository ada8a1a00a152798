// The journal's thread with a real store: effects in, events out, in order.
#include "kiosk/journal_thread.hpp"

#include <algorithm>
#include <fstream>
#include <thread>

#include "sync/content_digest.hpp"
#include "sync/mend.hpp"
#include "sync/room.hpp"
#include "tests/kiosk/threads_fixture.hpp"

namespace lanyard::kiosk {
namespace {

TEST_CASE("of a name that is typed faster than it is searched, the last letters are searched", "[threads]") {
  Machine machine(nullptr, {{"desk-1", hash_pin("2468")}});
  machine.enrol();
  machine.wait_for(Fault::none);
  // The PIN takes its time to be compared (Argon2id): the letters come meanwhile.
  machine.journal->post(effect::CheckPin{"1111"});
  for (const char* typed : {"A", "A0", "A00", "A000", "A0005"}) machine.journal->post(effect::Search{typed});
  machine.journal->post(effect::ReadRecord{"A0004"});
  std::vector<std::string> searched;
  for (bool record = false; !record;) {
    const Event answer = machine.listener.next_answer();
    if (const auto* done = std::get_if<event::SearchDone>(&answer)) searched.push_back(done->query);
    record = std::holds_alternative<event::RecordRead>(answer);
  }
  REQUIRE_FALSE(searched.empty());
  CHECK(searched.size() < 5);
  CHECK(searched.back() == "A0005");
  machine.stop();
}

TEST_CASE("a record comes with its portrait once that is here", "[threads]") {
  Machine machine(nullptr);
  const std::string jpeg = "any bytes: the hub has looked at them";
  const std::string hash = sync::sha256_hex(jpeg);
  sync::RosterPage roster = roster_of_today();
  std::ranges::find(roster.attendees, "A0004", &sync::Attendee::id)->photo = hash;
  auto daemon = machine.daemon();
  furnish(daemon, "north-1", "main", roster);
  machine.wait_for(Fault::none);
  machine.journal->post(effect::ReadRecord{"A0004"});
  const auto early = machine.listener.next<event::RecordRead>();
  CHECK(early.attendee.photo == hash);
  CHECK(early.photo.empty());
  REQUIRE(daemon.put_photo(jpeg));
  machine.journal->post(effect::ReadRecord{"A0004"});
  CHECK(machine.listener.next<event::RecordRead>().photo == jpeg);
  machine.journal->post(effect::ReadRecord{"A0005"});
  CHECK(machine.listener.next<event::RecordRead>().photo.empty());
  machine.stop();
}

TEST_CASE("what is asked of the journal is answered in the order of asking", "[threads]") {
  Machine machine(nullptr, {{"desk-1", hash_pin("2468")}});
  machine.enrol();
  machine.wait_for(Fault::none);
  machine.journal->post(effect::Admit{issued("A0004")});
  machine.journal->post(effect::Search{"A0005"});
  machine.journal->post(effect::Admit{"a stranger"});
  machine.journal->post(effect::ReadRecord{"A0004"});
  machine.journal->post(effect::CheckPin{"2468"});
  machine.journal->post(effect::CheckPin{"1111"});
  Listener& said = machine.listener;
  CHECK(std::get<event::Decided>(said.next_answer()).decision.verdict == Verdict::admitted);
  const auto found = std::get<event::SearchDone>(said.next_answer());
  CHECK(found.query == "A0005");
  REQUIRE(found.hits.size() == 1);
  CHECK(found.hits[0].id == "A0005");
  CHECK(std::get<event::Decided>(said.next_answer()).decision.rule == Rule::unknown);
  CHECK(std::get<event::RecordRead>(said.next_answer()).presence.inside);
  const auto right = std::get<event::PinChecked>(said.next_answer());
  CHECK(right.right);
  CHECK(right.who.id == "desk-1");
  CHECK_FALSE(std::get<event::PinChecked>(said.next_answer()).right);
  machine.stop();
  const auto rows = machine.rows();
  REQUIRE(rows.size() == 4);
  CHECK(rows[0].kind == RowKind::admitted);
  CHECK(rows[1].kind == RowKind::refused);
  CHECK(rows[2].kind == RowKind::staff_entered);
  CHECK(rows[3].rule == "staff.wrong_pin");
}

TEST_CASE("an alert that the screen raises is a row", "[threads]") {
  Machine machine(nullptr);
  machine.enrol();
  machine.wait_for(Fault::none);
  machine.journal->post(effect::RaiseAlert{"scan.unknown_codes", "11 unknown codes"});
  machine.journal->post(effect::Search{"A0005"});
  machine.listener.next<event::SearchDone>();
  REQUIRE(machine.rows().size() == 1);
  CHECK(machine.rows()[0].kind == RowKind::alert);
  CHECK(machine.rows()[0].rule == "scan.unknown_codes");
}

TEST_CASE("orders of the office reach the screen: closed, open, a line to show, and one restart",
          "[threads]") {
  Machine machine(nullptr);
  machine.enrol();
  machine.wait_for(Fault::none);
  auto daemon = machine.daemon();
  sync::Orders orders;
  orders.out_of_service = true;
  REQUIRE(daemon.take_orders(orders, "1").has_value());
  CHECK(machine.listener.next<event::FaultChanged>().fault == Fault::out_of_service);
  orders.out_of_service = false;
  orders.notices = {{"lunch", {{"en", "Lunch at 12"}}, {}}};
  orders.restart = stamp_now().now;
  REQUIRE(daemon.take_orders(orders, "2").has_value());
  machine.listener.next<event::RestartOrdered>();
  CHECK(machine.listener.next<event::FaultChanged>().fault == Fault::none);
  CHECK(daemon.orders().value().restarted == orders.restart);
  std::optional<VenueView> view;
  while (!view || view->notices.empty()) view = machine.journal->take_view();
  CHECK(view->notices.front().text.at("en") == "Lunch at 12");
  // Told of other things again, the same restart is not obeyed twice.
  orders.out_of_service = true;
  REQUIRE(daemon.take_orders(orders, "3").has_value());
  CHECK(machine.listener.next<event::FaultChanged>().fault == Fault::out_of_service);
  REQUIRE(daemon.wipe(sync::Withdrawal::revoked).has_value());
  CHECK(machine.listener.next<event::FaultChanged>().fault == Fault::withdrawn);
}

TEST_CASE("the journal waits for its folder, for enrolment, and for a roster, and says which", "[threads]") {
  const TemporaryFolder folder;
  const auto late = folder.path() / "late";
  Listener listener;
  JournalThread journal(late / "store.db", {}, listener.inbox, [](const PrintJob&) {});
  CHECK(listener.next<event::FaultChanged>().fault == Fault::storage);
  journal.post(effect::Admit{issued("A0004")});
  listener.next<event::AdmitFailed>();
  std::filesystem::create_directory(late);
  CHECK(listener.next<event::FaultChanged>().fault == Fault::not_enrolled);
  auto daemon = sync::Store::open(late / "store.db").value();
  REQUIRE(daemon.set_identity(identity_of("north-1", "main")).has_value());
  CHECK(listener.next<event::FaultChanged>().fault == Fault::no_roster);
  REQUIRE(daemon.apply(roster_of_today(), stamp_now().now).has_value());
  CHECK(listener.next<event::FaultChanged>().fault == Fault::none);
  std::optional<VenueView> view;
  while (!view) view = journal.take_view();
  CHECK(view->checkpoint->id == "main");
  CHECK(view->kiosk_name == "The north-1");
  journal.post(effect::Admit{issued("A0004")});
  CHECK(listener.next<event::Decided>().decision.verdict == Verdict::admitted);
  REQUIRE(daemon.note_contact(stamp_now().now, {}).has_value());
  while (!listener.next<event::HubHeard>().online) {
  }
}

TEST_CASE("what staff ask for is done, answered, and printed where it is a badge", "[threads]") {
  const TemporaryFolder pages;
  Machine machine(folder_printer(pages.path()));
  machine.enrol();
  machine.wait_for(Fault::none);
  const Operator desk = operator_named("desk-1");
  Listener& said = machine.listener;
  machine.journal->post(effect::AdmitByHand{"A0004", desk, AdmitReason::badge_left});
  const auto admitted = said.next<event::ActionDone>();
  REQUIRE(admitted.acted.decision);
  CHECK(admitted.acted.decision->verdict == Verdict::admitted);
  const std::string row = admitted.acted.decision->row;
  machine.journal->post(effect::Explain{row});
  const auto explained = said.next<event::Explained>();
  CHECK(explained.attendee == "A0004");
  CHECK_FALSE(explained.altered);
  CHECK_FALSE(explained.lines.empty());
  machine.journal->post(effect::ReadRecord{"A0004"});
  const auto read = said.next<event::RecordRead>();
  REQUIRE(read.here);
  CHECK(read.here->verdict != Verdict::admitted);
  machine.journal->post(effect::Undo{"A0004", desk, row});
  CHECK(said.next<event::ActionDone>().acted.outcome == Outcome::done);
  machine.journal->post(effect::Undo{"A0004", desk, row});
  CHECK(said.next<event::ActionDone>().acted.outcome == Outcome::done_before);
  machine.journal->post(effect::IssueDayBadge{"A0004", desk});
  CHECK(said.next<event::ActionDone>().acted.outcome == Outcome::done);
  CHECK(said.next<event::BadgeDone>().printed);
  machine.journal->post(effect::HandBadgesOver{{"A0005"}, desk, HandOver::proxy, {}});
  const auto handed = said.next<event::ActionDone>();
  CHECK(handed.attendee == "A0005");
  CHECK(handed.acted.receipt.number.starts_with("R-north-1-"));
  CHECK(said.next<event::BadgeDone>().attendee == "A0005");
  machine.journal->post(effect::StopBadges{"A0004", desk, StopReason::lost});
  CHECK(said.next<event::ActionDone>().acted.outcome == Outcome::done);
  machine.journal->post(effect::Substitute{"A0005", desk, "A9999"});
  CHECK(said.next<event::ActionDone>().acted.outcome == Outcome::unknown);
}

TEST_CASE("a role without a right is told so, and the attempt is an alert", "[threads]") {
  Machine machine(nullptr);
  machine.enrol();
  machine.wait_for(Fault::none);
  const Operator guide{"S9", {"guide", {}, {}, {}}};
  machine.journal->post(effect::AdmitByHand{"A0004", guide, AdmitReason::protocol});
  CHECK(machine.listener.next<event::ActionDone>().acted.outcome == Outcome::not_allowed);
  machine.journal->post(effect::StopBadges{"A0004", guide, StopReason::lost});
  CHECK(machine.listener.next<event::ActionDone>().acted.outcome == Outcome::not_allowed);
  const auto rows = machine.rows();
  REQUIRE(rows.size() == 2);
  for (const auto& row : rows) CHECK(row.rule == "staff.not_allowed");
}

TEST_CASE("the uncollected badges of a delegation are listed", "[threads]") {
  Machine machine(nullptr);
  machine.enrol();
  machine.wait_for(Fault::none);
  std::string delegation;
  for (const sync::Attendee& one : demo_roster().attendees) {
    if (!one.delegation.empty() && one.status == sync::Status::approved) delegation = one.delegation;
  }
  REQUIRE_FALSE(delegation.empty());
  machine.journal->post(effect::ListUncollected{delegation});
  const auto listed = machine.listener.next<event::UncollectedListed>();
  CHECK(listed.delegation == delegation);
  REQUIRE_FALSE(listed.people.empty());
  for (const sync::Attendee& one : listed.people) CHECK(one.delegation == delegation);
}

TEST_CASE("who is inside is told by name", "[threads]") {
  Machine machine(nullptr);
  machine.enrol();
  machine.wait_for(Fault::none);
  machine.journal->post(effect::ListInside{});
  CHECK(machine.listener.next<event::InsideListed>().people.empty());
  machine.journal->post(effect::Admit{issued("A0004")});
  machine.journal->post(effect::ListInside{});
  const auto listed = machine.listener.next<event::InsideListed>();
  REQUIRE(listed.people.size() == 1);
  const auto who = std::ranges::find(demo_roster().attendees, "A0004", &sync::Attendee::id);
  CHECK(listed.people[0].name == who->name);
  CHECK(listed.people[0].since);
}

TEST_CASE("who shows a staff badge opens staff mode with their own PIN alone", "[threads]") {
  sync::RosterPage roster = roster_of_today();
  roster.event->roles = {{"chief", {}, {sync::StaffAction::admit}, {}}};
  for (sync::Attendee& one : roster.attendees) {
    one.role = one.id == "A0004" || one.id == "A0005" ? "chief" : "";
    one.pin_hash = one.id == "A0004" ? hash_pin("1234") : one.id == "A0005" ? hash_pin("5678") : "";
    if (!one.role.empty()) one.status = sync::Status::approved;
  }
  Machine machine(nullptr, {{"desk-1", hash_pin("2468")}});
  auto daemon = sync::Store::open(machine.store_file()).value();
  furnish(daemon, "north-1", "main", roster);
  machine.wait_for(Fault::none);
  Listener& said = machine.listener;
  machine.journal->post(effect::IdentifyStaff{"no badge"});
  machine.journal->post(effect::IdentifyStaff{issued("A0006")});
  machine.journal->post(effect::IdentifyStaff{issued("A0004")});
  CHECK(std::holds_alternative<event::UnknownShown>(said.next_answer()));
  CHECK(std::get<event::StaffIdentified>(said.next_answer()).id == "A0004");
  machine.journal->post(effect::CheckPin{"5678", "A0004"});
  CHECK_FALSE(said.next<event::PinChecked>().right);
  machine.journal->post(effect::CheckPin{"2468", "A0004"});
  CHECK_FALSE(said.next<event::PinChecked>().right);
  machine.journal->post(effect::CheckPin{"1234", "A0004"});
  const auto own = said.next<event::PinChecked>();
  CHECK(own.right);
  CHECK(own.who.role.id == "chief");
  machine.journal->post(effect::CheckPin{"5678", {}});
  CHECK(said.next<event::PinChecked>().who.id == "A0005");
  machine.journal->post(effect::CheckPin{"2468", {}});
  CHECK(said.next<event::PinChecked>().who.id == "desk-1");
}

TEST_CASE("a wall clock off the hub's by more than a minute is told, as far as it is known", "[threads]") {
  sync::RowStamp stamp;
  stamp.boot_id = "boot-1";
  stamp.now = kOpening;
  stamp.monotonic_ms = 1000;
  sync::ClockMeasure measure;
  measure.boot_id = "boot-1";
  const auto off_by = [&](std::chrono::milliseconds hub_is_later) {
    measure.offset_ms = hub_is_later.count();
    measure.hub_minus_boot_ms = (stamp.now.time_since_epoch() + hub_is_later).count() - stamp.monotonic_ms;
    return clock_off(measure, stamp);
  };
  CHECK_FALSE(clock_off(std::nullopt, stamp));
  CHECK_FALSE(off_by(0s));
  CHECK_FALSE(off_by(60s));
  CHECK_FALSE(off_by(-60s));
  CHECK(off_by(61s) == 61s);
  CHECK(off_by(-3h) == -3h);
  CHECK_FALSE(clock_guessed(measure, stamp));
  stamp.boot_id = "boot-2";
  CHECK(clock_guessed(measure, stamp));
  CHECK_FALSE(clock_guessed(std::nullopt, stamp));
  stamp.clock_synchronised = true;
  CHECK_FALSE(clock_guessed(measure, stamp));
}

TEST_CASE("the journal tells of a clock that is off, and of its being right again", "[threads]") {
  Machine machine(nullptr);
  machine.enrol();
  machine.wait_for(Fault::none);
  auto daemon = sync::Store::open(machine.store_file()).value();
  const auto measured = [&](std::chrono::milliseconds off) {
    const sync::RowStamp stamp = stamp_now();
    return sync::ClockMeasure{off.count(), stamp.boot_id,
                              (stamp.now.time_since_epoch() + off).count() - stamp.monotonic_ms};
  };
  REQUIRE(daemon.note_contact(stamp_now().now, measured(3h)).has_value());
  const auto told = machine.listener.next<event::ClockJudged>();
  REQUIRE(told.off);
  CHECK(*told.off > 170min);
  REQUIRE(daemon.note_contact(stamp_now().now, measured(0ms)).has_value());
  CHECK_FALSE(machine.listener.next<event::ClockJudged>().off);
}

TEST_CASE("whom the roster comes to know after they were let in is reconciled", "[threads]") {
  sync::RosterPage roster = roster_of_today();
  for (sync::Checkpoint& checkpoint : roster.checkpoints) checkpoint.provisional = 5;
  const auto late = std::ranges::find(roster.attendees, "A0004", &sync::Attendee::id);
  REQUIRE(late != roster.attendees.end());
  const sync::Attendee newcomer = *late;
  roster.attendees.erase(late);
  Machine machine(nullptr);
  auto daemon = sync::Store::open(machine.store_file()).value();
  furnish(daemon, "north-1", "main", roster);
  machine.wait_for(Fault::none);
  machine.journal->post(effect::Admit{issued("A0004")});
  CHECK(machine.listener.next<event::Decided>().decision.rule == Rule::admit_unknown);
  sync::RosterPage news;
  news.epoch = "demo";
  news.next = 2;
  news.attendees = {newcomer};
  REQUIRE(daemon.apply(news, stamp_now().now).has_value());
  bool reconciled = false;
  for (int i = 0; i < 600 && !reconciled; ++i) {
    std::this_thread::sleep_for(50ms);
    reconciled = machine.rows().back().kind == RowKind::reconciled;
  }
  CHECK(reconciled);
}

TEST_CASE("a store that is damaged at work is mended, and the kiosk goes on once it has a list",
          "[threads]") {
  Machine machine(nullptr);
  machine.enrol();
  machine.wait_for(Fault::none);
  machine.journal->post(effect::Admit{issued("A0004")});
  (void)machine.listener.next<event::Decided>();
  REQUIRE(machine.daemon().clear_traces());  // what the log has of a page would go before what the file has
  {
    std::fstream file(machine.store_file(), std::ios::in | std::ios::out | std::ios::binary);
    file << std::string(4096, '\0');
  }
  REQUIRE(sync::Store::open(machine.store_file()).error().kind == sync::Error::Kind::corrupt);
  // As any program that opens it would.
  REQUIRE_FALSE(sync::mend_store(machine.store_file(), stamp_now().now).has_value());
  machine.wait_for(Fault::no_roster);
  const auto rows = machine.rows();
  REQUIRE(rows.size() == 1);
  CHECK(rows.front().attendee == "A0004");
  CHECK(sync::set_aside(machine.store_file()).size() == 1);
  machine.enrol();
  machine.wait_for(Fault::none);
  machine.journal->post(effect::Admit{issued("A0005")});
  (void)machine.listener.next<event::Decided>();
  CHECK(machine.rows().size() == 2);
  machine.stop();
}

TEST_CASE(
    "a kiosk whose disk is nearly full closes while there is room for what is owed, and opens with more") {
  CHECK_FALSE(sync::is_short_of_room(std::nullopt, kLeastRoomBytes, false));
  CHECK_FALSE(sync::is_short_of_room(kLeastRoomBytes, kLeastRoomBytes, false));
  CHECK(sync::is_short_of_room(kLeastRoomBytes - 1, kLeastRoomBytes, false));
  CHECK(sync::is_short_of_room(2 * kLeastRoomBytes - 1, kLeastRoomBytes, true));
  CHECK_FALSE(sync::is_short_of_room(2 * kLeastRoomBytes, kLeastRoomBytes, true));
}

}  // namespace
}  // namespace lanyard::kiosk
