// This kiosk on its own screen: what is wrong has a sign and words, and the plot a sentence.
#include <algorithm>
#include <set>

#include "kiosk/face/parts.hpp"
#include "tests/catch.hpp"
#include "tests/kiosk/face/bare_face.hpp"
#include "tests/kiosk/face/samples.hpp"

namespace lanyard::kiosk {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Metrics kTallPanel{1080, 1920, 3.61F};

StaffStatus shown_with(KioskStatus status) {
  StaffStatus shown;
  shown.who = {"S8"};
  shown.status = std::move(status);
  shown.until = samples::moment_now() + seconds{60};
  return shown;
}

std::string label_of(const SemanticList& list, std::string_view id) {
  const SemanticItem* item = find_item(list, id);
  return item == nullptr ? std::string() : item->label;
}

// What the screen says of one part, by its lines: as a colleague would read it out.
class Part {
 public:
  explicit Part(const State& state, const ReadersNow& readers = {}, GateNow gate = GateNow::none) {
    BareFace face(kTallPanel);
    View view = view_of(state);
    view.readers = readers;
    view.gate = gate;
    DrawResult result = face.frame(view);  // and the canvas knows the language
    const Drawing d{view, face.canvas, result};
    const auto& shown = std::get<StaffStatus>(state.screen);
    lines_ = health_of(d, shown);
    verdict_ = verdict_of(d, shown, lines_);
  }
  [[nodiscard]] HealthLine line(std::string_view id) const {
    const auto found = std::ranges::find(lines_, id, &HealthLine::id);
    return found == lines_.end() ? HealthLine{} : *found;
  }
  [[nodiscard]] const std::vector<HealthLine>& lines() const { return lines_; }
  [[nodiscard]] const HealthLine& verdict() const { return verdict_; }

 private:
  std::vector<HealthLine> lines_;
  HealthLine verdict_;
};

State state_with(KioskStatus status) {
  return samples::with(shown_with(std::move(status)), "en");
}

ReadersNow camera_at(int frames_per_second) {
  ReadersNow readers;
  readers.camera = ReadersNow::Camera::alive;
  readers.frames_per_second = frames_per_second;
  readers.last_picture = samples::wall_now();
  return readers;
}

TEST_CASE("how the kiosk is, is one tap from the search, for everybody in staff mode") {
  BareFace face(kTallPanel);
  for (const sync::Role& role : {sync::Role{}, local_role()}) {
    const State search = samples::with(StaffSearch{{"S8", role}, "", {}, true, {}}, "en");
    const SemanticList list = face.frame(view_of(search)).semantics;
    const SemanticItem* button = find_item(list, "search.status");
    REQUIRE(button != nullptr);
    const auto intents = face.tap(view_of(search), button->rect);
    CHECK(std::ranges::count_if(
              intents, [](const Event& e) { return std::holds_alternative<event::StatusAsked>(e); }) == 1);
  }
  const State typed = samples::with(StaffSearch{{"S8"}, "wu", {}, true, {}}, "en");
  CHECK(find_item(face.frame(view_of(typed)).semantics, "search.status") == nullptr);
}

TEST_CASE("the alerts are turned by their keys, and back leads out") {
  BareFace face(kTallPanel);
  const State state = state_with(samples::much_wrong());
  const SemanticList list = face.frame(view_of(state)).semantics;
  const auto tapped = [&](std::string_view id) {
    const SemanticItem* item = find_item(list, id);
    REQUIRE(item != nullptr);
    return face.tap(view_of(state), item->rect);
  };
  const auto turned = tapped("page.on");
  const auto turn = std::ranges::find_if(
      turned, [](const Event& e) { return std::holds_alternative<event::PageTurned>(e); });
  REQUIRE(turn != turned.end());
  CHECK(std::get<event::PageTurned>(*turn).by == 1);
  CHECK(std::ranges::any_of(tapped("back"),
                            [](const Event& e) { return std::holds_alternative<event::Back>(e); }));
}

TEST_CASE(
    "the plot is said in a sentence: the busiest half hour, its number, and how many of them were here") {
  BareFace face(kTallPanel);
  const SemanticList list = face.frame(view_of(state_with(samples::all_right()))).semantics;
  CHECK(label_of(list, "status.plot") == "Busiest from 09:00 to 09:30: 512 admissions, of them 164 here");
  CHECK(label_of(list, "status.people") == "412");
  CHECK(label_of(list, "status.inside") == "388");
  KioskStatus early = samples::all_right();
  early.today->slots.assign(48, {});
  CHECK(label_of(face.frame(view_of(state_with(early))).semantics, "status.plot") ==
        "Nobody has come in yet today.");
}

TEST_CASE("the hours of the plot are the venue's, also where its day begins late and its clocks change") {
  BareFace face(kTallPanel);
  sync::EventInfo event = samples::forum();
  event.calendar.day_begins = hours{4};
  event.calendar.changes = {{samples::at(24, 11, 0), hours{7}}};
  KioskStatus status = samples::all_right();
  status.today->from = sync::venue_day_start(samples::wall_now(), event.calendar);
  status.today->until = sync::venue_day_end(samples::wall_now(), event.calendar);
  status.today->slots.assign(50, {});
  status.today->slots[14] = {1, 2};  // seven hours after four
  const State state = state_with(status);
  View view = view_of(state);
  view.event = &event;
  CHECK(label_of(face.frame(view).semantics, "status.plot") ==
        "Busiest from 10:00 to 10:30: 2 admissions, of them 1 here");
}

TEST_CASE("in Arabic the day goes from right to left") {
  BareFace face(kTallPanel);
  const auto place = [&](const std::string& language, const std::string& hour) {
    const State state = samples::with(shown_with(samples::all_right()), language);
    for (const SemanticItem& item : face.frame(view_of(state)).semantics) {
      if (item.label == hour) return item.rect.x;
    }
    return -1.0F;
  };
  CHECK(place("en", "08:00") < place("en", "10:00"));
  CHECK(place("ar", "08:00") > place("ar", "10:00"));
}

TEST_CASE("a kiosk that is all right says so, and each part of it does") {
  const Part all(state_with(samples::all_right()), camera_at(30));
  CHECK(all.verdict().state == "All is well");
  CHECK(all.verdict().health == Health::good);
  for (const char* id : {"camera", "printer", "disk", "clock", "hub", "queue", "roster"}) {
    CAPTURE(id);
    CHECK(all.line(id).health == Health::good);
    CHECK_FALSE(all.line(id).state.empty());
    CHECK(all.line(id).way.empty());
  }
}

TEST_CASE("each thing that is wrong has a sign of its own, words, and a way on") {
  State state = state_with(samples::much_wrong());
  state.online = false;
  state.clock_off = minutes{4};
  ReadersNow away;
  away.camera = ReadersNow::Camera::away;
  away.unplugged = true;
  away.last_picture = samples::at(24, 10, 21);
  const Part wrong(state, away);
  CHECK(wrong.verdict().state == "7 things need a look");
  CHECK(wrong.line("camera").state == "No picture since 10:21");
  CHECK(wrong.line("printer").state == "Out of paper");
  CHECK(wrong.line("printer").way == "3 badges are owed: print them from their records.");
  CHECK(wrong.line("disk").state == "190 MB free");
  CHECK(wrong.line("clock").state == "4 min behind the hub's");
  CHECK(wrong.line("hub").state == "Offline; heard at 09:41");
  CHECK(wrong.line("queue").state == "The hub did not take 2 records");
  CHECK(wrong.line("roster").state == "2318 people, as of 09:41");
  for (const HealthLine& line : wrong.lines()) {
    CAPTURE(line.id);
    CHECK(line.health >= Health::amiss);
    CHECK_FALSE(line.way.empty());
  }
  std::set<Glyph> signs;
  for (const Health health : {Health::good, Health::unused, Health::amiss, Health::bad})
    signs.insert(sign_of(health));
  CHECK(signs.size() == 4);
}

TEST_CASE("a printer that cannot be reached, is low, or failed the last badge is told apart") {
  KioskStatus status = samples::all_right();
  const auto printer = [&] { return Part(state_with(status), camera_at(30)).line("printer"); };
  status.printer.problem = "the printer does not answer at ipp://printer.local/ipp/print";
  CHECK(printer().state == "It does not answer");
  CHECK(printer().health == Health::bad);
  status.printer.problem.clear();
  status.printer.reasons = {"paper is low"};
  CHECK(printer().health == Health::amiss);
  status.printer.reasons = {"paper is low", "the cover is open"};
  CHECK(printer().health == Health::bad);
  CHECK(printer().state == "Paper is low, The cover is open");
  status.printer.reasons.clear();
  status.printer.last = PrinterNow::Job{false, "out of paper", samples::wall_now()};
  CHECK(printer().state == "The last badge failed: Out of paper");
  CHECK(printer().health == Health::bad);
  status.printer.asked = samples::wall_now() + seconds{1};  // and said that it is ready
  CHECK(printer().health == Health::amiss);
  status.printer = {};
  CHECK(printer().health == Health::unused);
}

TEST_CASE("rows that wait for a moment are no fault, and rows that wait long are") {
  KioskStatus status = samples::all_right();
  const auto queue = [&] { return Part(state_with(status), camera_at(30)).line("queue"); };
  status.queue.unsent = 3;
  status.oldest_unsent = status.taken - seconds{20};
  CHECK(queue().health == Health::good);
  CHECK(queue().state == "3 records on the way");
  status.oldest_unsent = samples::at(24, 9, 42);
  CHECK(queue().health == Health::amiss);
  CHECK(queue().state == "3 records, the oldest since 09:42");
}

TEST_CASE("a camera that says nothing, and a journal that does not answer, are noticed by themselves") {
  ReadersNow silent = camera_at(30);
  silent.last_picture = samples::wall_now() - minutes{2};
  CHECK(Part(state_with(samples::all_right()), silent).line("camera").health == Health::bad);
  KioskStatus old = samples::all_right();
  old.taken = samples::wall_now() - minutes{1};
  CHECK(Part(state_with(old), camera_at(30)).line("journal").state == "No answer since 10:23");
}

TEST_CASE("a gate is named where there is one, and is bad when it stays shut") {
  const State state = state_with(samples::all_right());
  CHECK(Part(state, camera_at(30)).line("gate").name.empty());
  CHECK(Part(state, camera_at(30), GateNow::starting).line("gate").health == Health::unused);
  CHECK(Part(state, camera_at(30), GateNow::works).line("gate").health == Health::good);
  const Part away(state, camera_at(30), GateNow::away);
  CHECK(away.line("gate").state == "Stays shut");
  CHECK(away.line("gate").health == Health::bad);
  CHECK(away.verdict().health == Health::bad);
}

TEST_CASE("why nobody can check in comes before everything else") {
  State state = state_with(samples::all_right());
  state.fault = Fault::camera;
  CHECK(Part(state, camera_at(30)).verdict().state == "Nobody can check in here now (C1)");
  state.fault = Fault::out_of_service;
  CHECK(Part(state, camera_at(30)).verdict().state == "Closed by the office (S1)");
  state.fault = Fault::none;
  state.paused_until = samples::moment_now() + seconds{9};
  CHECK(Part(state, camera_at(30)).verdict().health == Health::amiss);
}

TEST_CASE("an alert is called by its name in every language, and one that is new by its rule") {
  BareFace face(kTallPanel);
  for (const std::string& language : samples::languages()) {
    const State state = samples::with(shown_with(samples::much_wrong()), language);
    std::size_t rules = 0;
    for (const SemanticItem& item : face.frame(view_of(state)).semantics) {
      CHECK(item.label != "scan.unknown_codes");
      CHECK(item.label != "double_entry");
      rules += item.label == "a.rule.of.tomorrow" ? 1U : 0U;
    }
    CHECK(rules <= 2);
  }
}

}  // namespace
}  // namespace lanyard::kiosk
