// What the screens are made of. Inside of the face; main includes screens.hpp alone. Threads: as Canvas.
#pragma once

#include "kiosk/face/glyphs.hpp"
#include "kiosk/face/screens.hpp"

namespace lanyard::kiosk {

// One screen being drawn.
struct Drawing {
  const View& view;
  Canvas& canvas;
  DrawResult& result;

  void intend(Event event) { result.intents.push_back(std::move(event)); }
  void animate() { result.animating = true; }
  void again_in(std::chrono::milliseconds wait) {
    const Moment at = view.now + wait;
    if (!result.redraw_at || at < *result.redraw_at) result.redraw_at = at;
  }
  [[nodiscard]] const sync::Calendar& calendar() const {
    static const sync::Calendar kUtc;
    return view.event == nullptr ? kUtc : view.event->calendar;
  }
  [[nodiscard]] std::string_view language() const { return canvas.tongue().language(); }
  [[nodiscard]] std::string local(const sync::LocalText& text) const {
    return std::string(sync::text_in(text, language()));
  }
};

// --- house.cpp: what all screens of a delegate share
struct House {
  Rect body;  // between header and footer
};
// The field's ground, the header and the footer.
enum class Foot : std::uint8_t {
  none,     // a welcome: it is brief, and the room is the delegate's
  whole,    // the languages, and which kiosk this is
  if_room,  // the languages where they take little of the room
};
[[nodiscard]] House draw_house(Drawing& d, const Field& field, Foot foot = Foot::whole);
// --- footer.cpp: draws the languages and the station at the foot of `rest`, and takes their room off it
void take_footer(Drawing& d, Rect& rest, const Field& field, Foot foot);
// --- question.cpp
void draw_more_time(Drawing& d);
// Rises a little and appears, once, when the screen comes up.
void enter_softly(Drawing& d, std::chrono::milliseconds after = std::chrono::milliseconds{0});
// How much of the time is left of this answer: a thin line along the foot. Only what a delegate may need to
// know.
void draw_time_left(Drawing& d, const Field& field, Moment until);
void draw_corner(Drawing& d, const Field& field);
// For whoever of the staff has just shown their badge: the way to the pad, at the foot of the body.
void take_staff_key(Drawing& d, Rect& body, const Decision& decision, const Field& field);

// --- buttons
enum class Look : std::uint8_t { plain, strong, quiet, key };
struct Button {
  std::string id{};
  std::string label{};           // drawn and said
  std::string said{};            // if it is said otherwise ("" : as drawn)
  std::string language{};        // "" : of the screen
  std::optional<Glyph> glyph{};  // instead of the label, or before it
  bool glyph_alone{false};
  Look look{Look::plain};
  bool enabled{true};
  bool chosen{false};
  bool personal{false};  // its label is of one person: a loudspeaker says `aloud` in its place
  std::string aloud{};
  float type_mm{kType.body};
};
[[nodiscard]] bool draw_button(Drawing& d, const Rect& area, const Button& button, const Field& field);

// --- keyboard.cpp: keys to type a name with, in any of four scripts, and above them a strip of what may
// stand in place of the letter typed last, whose room is kept when there is none.
inline constexpr float kKeyHeightMm = 13.5F;
inline constexpr float kKeyWidthMm = 13.2F;
inline constexpr float kKeyGapMm = 1.6F;
inline constexpr int kKeyRows = 6;      // the strip, digits, three of letters, and which keyboard it is
inline constexpr int kKeyColumns = 12;  // at most, of a row
void draw_keyboard(Drawing& d, Rect area, const StaffSearch& search);
[[nodiscard]] Keyboard keyboard_of(const Drawing& d);
// The pinyin at the query's end that characters are offered for; nullopt: there is none, or other keys are
// chosen.
[[nodiscard]] std::optional<Spelling> spelling_of(const Drawing& d, const StaffSearch& search);

// --- next_session.cpp
struct NextSession {
  std::string day{};   // "Wednesday"; "": today
  std::string when{};  // "09:30", or that it has begun
  std::string name{};
  std::string room{};    // "": nobody said
  std::string place{};   // "Row 4, seat 12"; "": none
  bool personal{false};  // it tells something of this person that is not so of everybody
};
[[nodiscard]] std::optional<NextSession> next_session(const Drawing& d, const sync::Attendee& attendee);
// On a field of welcome: with its words as small as they may be, and as large as they should be.
struct StubHeights {
  float least{0};
  float usual{0};
};
[[nodiscard]] StubHeights stub_heights(Drawing& d, const NextSession& next, float width);
void draw_stub(Drawing& d, const Rect& area, const NextSession& next);

// --- the one big sign of an answer, in its ring
void draw_medal(Drawing& d, Point centre, float radius, Glyph glyph, const Field& field);
// The sign and what it means, together in the middle of the room.
void draw_message(Drawing& d, Rect room, const Field& field, Glyph glyph, std::vector<Line> lines);

// --- viewfinder.cpp: the camera's picture in its frame. `locked`: the badge is in hand.
void draw_viewfinder(Drawing& d, const Rect& area, bool checking);
// The picture alone, small.
void draw_small_picture(Drawing& d, const Rect& area);

// --- wording.cpp
struct Wording {
  Glyph glyph{Glyph::desk};
  std::string title;
  std::string figure;  // the one thing to remember, large: an hour, a date. "" : none
  std::string body;
  std::string hint;              // "" : none
  bool personal{false};          // the body tells where this person was
  WayOn desk{WayOn::help_desk};  // where to go: that, protocol_desk or accreditation; none: no desk helps
};
// What helps a code to be read; "" for none.
[[nodiscard]] std::string advice_wording(const Drawing& d, scanner::Advice advice);
[[nodiscard]] Wording refusal_wording(const Drawing& d, const Decision& decision);
// Where it is; the help desk's where the accreditation desk is the same. "" for none.
[[nodiscard]] std::string desk_name(const Drawing& d, WayOn way);
// "Monday, 09:30, Opening": of what is there.
[[nodiscard]] std::string listed(const Tongue& t, std::initializer_list<std::string> parts);
// Not whom nobody here knows by name yet, nor a card that goes from hand to hand.
[[nodiscard]] bool greets_by_name(const Drawing& d, const sync::Attendee& attendee);
[[nodiscard]] std::string category_name(const Drawing& d, std::string_view id);
[[nodiscard]] Rgb category_colour(const Drawing& d, std::string_view id);
[[nodiscard]] std::string zone_name(const Drawing& d, std::string_view id);
[[nodiscard]] std::string checkpoint_name(const Drawing& d, std::string_view id);
[[nodiscard]] std::string status_name(const Drawing& d, sync::Status status);
// As decisions go by it.
[[nodiscard]] inline sync::Timestamp hub_now(const View& view) {
  return view.wall_now + view.state.clock_off.value_or(std::chrono::seconds{0});
}
// The language that a native name is most likely written in, so that its Han take the right forms.
[[nodiscard]] std::string native_language(const sync::Attendee& attendee);

// --- staff_frame.cpp: paper, with a dark bar on top. Returns the room below.
[[nodiscard]] Rect draw_staff_frame(Drawing& d, std::string_view title, bool with_back);
// "3 h 2 min"
[[nodiscard]] std::string length_of(const Tongue& t, std::chrono::seconds time);
// A category's colour as a mark, and its name.
Rect draw_category_chip(Drawing& d, const Rect& box, std::string_view category, Rgb ground);

// A line of a list that can be tapped: its paper and what it is called. The caller draws what is in it.
struct ListLine {
  Rgb ground{};
  bool tapped{false};
};
ListLine draw_list_line(Drawing& d, const Rect& row, const std::string& id, std::string label,
                        std::string value);
// By which a list names them: there may be no name.
[[nodiscard]] inline const std::string& name_or_id(const sync::Attendee& one) {
  return one.name.empty() ? one.id : one.name;
}

[[nodiscard]] inline Words staff_words(float size, Weight weight = Weight::regular, int lines = 1) {
  return {.size_mm = size, .least_mm = kType.staff_least, .weight = weight, .lines = lines, .quiet = true};
}
// A long list in columns, the reading going down each, and in pages.
class Grid {
 public:
  Grid(const Canvas& canvas, const Rect& area, std::size_t count, float row_mm, float column_mm);
  [[nodiscard]] int pages() const;
  // Of the page, or of the last if there are not as many.
  [[nodiscard]] std::size_t first(int page) const;
  [[nodiscard]] std::size_t end(int page) const;
  [[nodiscard]] Rect place(std::size_t index) const;

 private:
  Rect area_;
  std::size_t count_;
  std::size_t rows_{1};
  std::size_t columns_{1};
  float width_{0};
  float height_{0};
  float gap_{0};
  float aisle_{0};
  Reading reading_;
};
// At the end of the area; nothing if there is one page.
void draw_pager(Drawing& d, Rect area, int page, int pages);
// Of pages: on (1) or back (-1). Its id is `prefix` and "on" or "back".
void draw_page_key(Drawing& d, const Rect& place, std::string_view prefix, int by, bool enabled);
// The line under a row of a list; returns the row without what has to stay free above it.
[[nodiscard]] Rect ruled_below(Drawing& d, Rect row, float free_mm);

// --- staff_actions.cpp
// What came of something, or would: a sign and its words.
struct Progress {
  std::string words{};  // "": nothing to tell
  Glyph glyph{Glyph::printer};
  Rgb colour{};
};
void draw_progress(Drawing& d, Rect area, const Progress& progress);
[[nodiscard]] Progress verdict_words(const Drawing& d, const Decision& decision, bool happened);
// Nothing, of what succeeded.
[[nodiscard]] Progress failure_words(const Drawing& d, const Acted& acted);
[[nodiscard]] float record_foot_height(const Drawing& d, float width, const StaffRecord& record);
void draw_record_foot(Drawing& d, Rect area, const StaffRecord& record);

// --- staff_reasons.cpp
[[nodiscard]] std::string reason_name(const Tongue& t, ReprintReason reason);
[[nodiscard]] std::string reason_name(const Tongue& t, AdmitReason reason);
[[nodiscard]] std::string reason_name(const Tongue& t, StopReason reason);
// Why a row of the history is there; "" if its kind says it all.
[[nodiscard]] std::string reason_of(const Drawing& d, const sync::JournalRow& row);
struct PrinterSaid {
  std::string words;
  bool goes_on{false};  // badges come out all the same
};
// Of a plain_reason, or of what became of a badge. As it was said where that is not known.
[[nodiscard]] PrinterSaid printer_words(const Tongue& t, std::string_view problem);

// --- status_health.cpp
enum class Health : std::uint8_t {
  good,
  unused,  // not set up, or not known yet: nothing is amiss
  amiss,   // it goes on, and somebody should look at it
  bad,
};
struct HealthLine {
  std::string id{};  // "printer"
  Health health{Health::unused};
  std::string name{};
  std::string state{};
  std::string way{};     // the way on, where something is wrong
  std::string button{};  // what staff can say has been done; "": nothing
};
// All parts of this kiosk, as far as they are known.
[[nodiscard]] std::vector<HealthLine> health_of(const Drawing& d, const StaffStatus& shown);
[[nodiscard]] HealthLine verdict_of(const Drawing& d, const StaffStatus& shown,
                                    const std::vector<HealthLine>& lines);
[[nodiscard]] Glyph sign_of(Health health);
[[nodiscard]] Rgb colour_of(const Drawing& d, Health health);
// --- status_today.cpp
void draw_today(Drawing& d, Rect area, const KioskStatus& status);
[[nodiscard]] float least_today_height(const Canvas& c, float width);
// --- status_alerts.cpp
void draw_alerts(Drawing& d, Rect area, const StaffStatus& shown);

// --- one file each
void draw_idle(Drawing& d);
void draw_checking(Drawing& d);
void draw_badge_preview(Drawing& d, const BadgePreview& preview);
void draw_admitted(Drawing& d, const Admitted& admitted);
void draw_refused(Drawing& d, const Refused& refused);
void draw_paused(Drawing& d, const Paused& paused);
void draw_out_of_order(Drawing& d, const OutOfOrder& out_of_order);
void draw_set_up(Drawing& d, const SetUp& set_up);
void draw_staff_pin(Drawing& d, const StaffPin& pin);
void draw_staff_search(Drawing& d, const StaffSearch& search);
void draw_staff_record(Drawing& d, const StaffRecord& record);
void draw_staff_hand_over(Drawing& d, const StaffHandOver& many);
void draw_staff_inside(Drawing& d, const StaffInside& inside);
void draw_staff_why(Drawing& d, const StaffWhy& why);
void draw_staff_status(Drawing& d, const StaffStatus& shown);

}  // namespace lanyard::kiosk
