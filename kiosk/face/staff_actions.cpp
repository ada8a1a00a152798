// The foot of a record: what may be done with it, the reason that it needs, and what came of it.
#include <cmath>

#include "kiosk/face/parts.hpp"

namespace lanyard::kiosk {
namespace {

using sync::StaffAction;

constexpr float kGapMm = 2.6F;
constexpr float kPrimaryMm = 15.5F;
constexpr float kOtherMm = 12.6F;
constexpr float kReasonMm = 16;
constexpr float kQuestionMm = 12;
constexpr float kLeastCellMm = 46;
constexpr float kNewsMm = 11;
constexpr int kColumns = 3;  // the others stand under them, in as many columns or twice as many

struct Cell {
  Button button;
  Event event;
};

std::string id_of(StaffAction action) {
  return "record." + std::string(sync::to_name(action));
}

std::size_t rows_of(const Canvas& c, float width, std::size_t cells) {
  const auto fits =
      static_cast<std::size_t>(std::max(1.0F, (width + c.px(kGapMm)) / (c.px(kLeastCellMm) + c.px(kGapMm))));
  const std::size_t columns = std::max<std::size_t>(1, std::min(fits, cells));
  return (cells + columns - 1) / columns;
}

// In rows of one length, as few as the least width of a cell allows. A few cells do not fill the width if
// there are to be more columns.
void draw_cells(Drawing& d, Rect area, const std::vector<Cell>& cells, std::size_t columns_least = 1) {
  Canvas& c = d.canvas;
  if (cells.empty()) return;
  const float gap = c.px(kGapMm);
  const std::size_t rows = rows_of(c, area.w, cells.size());
  const std::size_t columns = std::max(columns_least, (cells.size() + rows - 1) / rows);
  const float width = (area.w - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns);
  const float height = (area.h - gap * static_cast<float>(rows - 1)) / static_cast<float>(rows);
  Rect row;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i % columns == 0) {
      row = take_top(area, height);
      static_cast<void>(take_top(area, gap));
    }
    const Rect place = take_start(row, width, c.reading());
    static_cast<void>(take_start(row, gap, c.reading()));
    if (draw_button(d, place, cells[i].button, c.theme().paper)) d.intend(cells[i].event);
  }
}

Cell offer(StaffAction action, std::string label, bool enabled) {
  return {{.id = id_of(action), .label = std::move(label), .enabled = enabled, .type_mm = kType.staff},
          event::ActionAsked{action}};
}

bool is_busy(const StaffRecord& record) {
  return record.working || record.reprint == StaffRecord::Reprint::working ||
         record.reprint == StaffRecord::Reprint::held;
}

float primary_height(const Canvas& c) {
  return c.px(c.layout().portrait() ? kNewsMm + kGapMm + kPrimaryMm : kPrimaryMm);
}

std::vector<Cell> primary_of(const Drawing& d, const StaffRecord& record) {
  const Tongue& t = d.canvas.tongue();
  std::vector<Cell> cells;
  if (sync::may(record.who.role, StaffAction::admit)) {
    cells.push_back(offer(StaffAction::admit, t.say("Admit here"), !is_busy(record)));
    cells.back().button.glyph = Glyph::tick;
  }
  if (sync::may(record.who.role, StaffAction::reprint)) {
    cells.push_back(offer(StaffAction::reprint, t.say("Reprint badge"), !is_busy(record)));
    cells.back().button.glyph = Glyph::printer;
  }
  for (Cell& cell : cells) {
    cell.button.look = Look::strong;
    cell.button.type_mm = kType.staff + 0.6F;
  }
  return cells;
}

// What the role may not do is not there.
std::vector<Cell> others_of(const Drawing& d, const StaffRecord& record) {
  const Tongue& t = d.canvas.tongue();
  const bool free = !is_busy(record);
  std::vector<Cell> cells;
  const auto add = [&](StaffAction action, std::string label, bool enabled) {
    if (sync::may(record.who.role, action)) cells.push_back(offer(action, std::move(label), enabled));
  };
  add(StaffAction::undo, t.say("Undo last entry"), free && undoable(record.history) != nullptr);
  add(StaffAction::day_badge, t.say("Badge for today"), free);
  add(StaffAction::hand_over, t.say("Hand over badge"), free);
  add(StaffAction::stop, t.say("Stop badges"), free);
  add(StaffAction::substitute, t.say("Substitute…"), free);
  if (const sync::JournalRow* newest = newest_decision(record.history)) {
    cells.push_back(
        {{.id = "record.why", .label = t.say("Why?"), .type_mm = kType.staff}, event::WhyAsked{newest->id}});
  }
  return cells;
}

template <class R>
std::vector<Cell> reasons(const Tongue& t, int count) {
  std::vector<Cell> cells;
  for (int i = 0; i < count; ++i) {
    const R reason = static_cast<R>(i);
    cells.push_back({{.id = "reason." + std::string(to_name(reason)),
                      .label = reason_name(t, reason),
                      .type_mm = kType.staff + 0.4F},
                     event::ReasonChosen{reason}});
  }
  return cells;
}

std::vector<Cell> yes_or_no(const Tongue& t, std::string yes) {
  return {{{.id = "confirm", .label = std::move(yes), .look = Look::strong, .type_mm = kType.staff + 0.4F},
           event::Confirmed{}},
          {{.id = "cancel", .label = t.say_in("button", "Cancel"), .type_mm = kType.staff + 0.4F},
           event::Back{}}};
}

struct Question {
  std::string words;
  std::vector<Cell> answers;
};

Question undo_question(const Drawing& d, const StaffRecord& record) {
  const Tongue& t = d.canvas.tongue();
  const sync::JournalRow* row = undoable(record.history);
  const std::string when =
      row == nullptr ? std::string() : t.moment(row->wall, d.view.wall_now, d.calendar());
  const bool left = row != nullptr && row->kind == sync::RowKind::exited;
  return {left ? t.say("Undo this? Left at {since}", {{"since", when}})
               : t.say("Undo this? Admitted at {since}", {{"since", when}}),
          yes_or_no(t, t.say("It did not take place"))};
}

Question hand_over_question(const Drawing& d, const StaffRecord& record) {
  const Tongue& t = d.canvas.tongue();
  Question asked{t.say("Which badges are handed over?"), yes_or_no(t, t.say("This one, to a proxy"))};
  if (!record.attendee.delegation.empty()) {
    asked.answers.insert(asked.answers.begin() + 1, {{.id = "hand_over.delegation",
                                                      .label = t.say("All of the delegation…"),
                                                      .look = Look::strong,
                                                      .type_mm = kType.staff + 0.4F},
                                                     event::DelegationAsked{}});
  }
  return asked;
}

Question question_of(const Drawing& d, const StaffRecord& record) {
  const Tongue& t = d.canvas.tongue();
  switch (*record.asking) {
    case StaffAction::admit:
      return {t.say("Why are they admitted by hand?"), reasons<AdmitReason>(t, kAdmitReasonCount)};
    case StaffAction::reprint:
      return {t.say("Why is a new badge needed? But for a misprint, the old one stops working."),
              reasons<ReprintReason>(t, kReprintReasonCount)};
    case StaffAction::stop:
      return {t.say("Why are the badges stopped? None of them works any more."),
              reasons<StopReason>(t, kStopReasonCount)};
    case StaffAction::undo:
      return undo_question(d, record);
    case StaffAction::day_badge:
      return {t.say("Print a badge that works until the end of today? The others stay as they are."),
              yes_or_no(t, t.say("Print it"))};
    case StaffAction::hand_over:
      return hand_over_question(d, record);
    case StaffAction::substitute: {
      const std::string absent = record.absent ? record.absent->name : std::string();
      return {t.say("{name} takes the place of {absent}, who can no longer come in.",
                    {{"name", record.attendee.name}, {"absent", absent}}),
              yes_or_no(t, t.say("Substitute"))};
    }
    case StaffAction::evacuate:
    case StaffAction::reprint_more:
      break;
  }
  return {};
}

Progress done_words(const Drawing& d, const StaffRecord& record) {
  const Tongue& t = d.canvas.tongue();
  const Theme& theme = d.canvas.theme();
  const Acted& acted = *record.acted;
  if (acted.decision) return verdict_words(d, *acted.decision, true);
  switch (acted.action) {
    case StaffAction::undo:
      return {t.say("Undone: it counts as not having taken place"), Glyph::tick, theme.accept};
    case StaffAction::stop:
      return {t.say("All badges of this person are stopped"), Glyph::tick, theme.accept};
    case StaffAction::substitute:
      return {t.say("The place is taken over"), Glyph::tick, theme.accept};
    default:
      return {t.say("Done"), Glyph::tick, theme.accept};
  }
}

Progress progress_of(const Drawing& d, const StaffRecord& record) {
  const Tongue& t = d.canvas.tongue();
  const Theme& theme = d.canvas.theme();
  if (record.working) return {t.say("One moment…"), Glyph::clock, theme.paper.ink};
  switch (record.reprint) {
    case StaffRecord::Reprint::working:
      return {t.say("The new badge is being printed…"), Glyph::printer, theme.paper.ink};
    case StaffRecord::Reprint::held:
      return {t.say("The badge waits in the printer: {problem}",
                    {{"problem", printer_words(t, record.reprint_problem).words}}),
              Glyph::printer, theme.decline};
    case StaffRecord::Reprint::printed:
      return {t.say("The new badge is printed"), Glyph::tick, theme.accept};
    case StaffRecord::Reprint::failed:
      if (record.reprint_problem.empty())
        return {t.say("The badge could not be printed"), Glyph::cross, theme.decline};
      return {t.say("The badge could not be printed: {problem}",
                    {{"problem", printer_words(t, record.reprint_problem).words}}),
              Glyph::cross, theme.decline};
    case StaffRecord::Reprint::none:
      break;
  }
  if (!record.acted) return {};
  if (Progress failed = failure_words(d, *record.acted); !failed.words.empty()) return failed;
  return done_words(d, record);
}

void draw_question(Drawing& d, Rect area, const StaffRecord& record) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const Question question = question_of(d, record);
  Words ask = staff_words(7, Weight::bold, 2);
  ask.stand = Stand::middle;
  ask.role = Role::status;
  ask.id = "record.question";
  c.text(take_top(area, c.px(kQuestionMm)), question.words, ask, paper.ink, paper.ground);
  static_cast<void>(take_top(area, c.px(2)));
  draw_cells(d, area, question.answers);
}

// The first row: what is done most, and what came of the last thing beside it, or above it where it is
// narrow.
void draw_primary(Drawing& d, Rect row, const StaffRecord& record) {
  Canvas& c = d.canvas;
  const std::vector<Cell> cells = primary_of(d, record);
  const int columns = c.layout().portrait() ? 2 : kColumns;
  const float width = (row.w - static_cast<float>(columns - 1) * c.px(kGapMm)) / static_cast<float>(columns);
  if (c.layout().portrait()) {
    draw_progress(d, take_top(row, c.px(kNewsMm)), progress_of(d, record));
    static_cast<void>(take_top(row, c.px(kGapMm)));
  }
  for (const Cell& cell : cells) {
    const Rect place = take_start(row, width, c.reading());
    static_cast<void>(take_start(row, c.px(kGapMm), c.reading()));
    if (draw_button(d, place, cell.button, c.theme().paper)) d.intend(cell.event);
  }
  if (c.layout().portrait()) return;
  static_cast<void>(take_start(row, c.px(cells.empty() ? 0 : 3), c.reading()));
  draw_progress(d, row, progress_of(d, record));
}

}  // namespace

Progress failure_words(const Drawing& d, const Acted& acted) {
  const Tongue& t = d.canvas.tongue();
  const Rgb bad = d.canvas.theme().decline;
  if (!acted.problem.empty())
    return {t.say("It did not work: {problem}", {{"problem", acted.problem}}), Glyph::cross, bad};
  switch (acted.outcome) {
    case Outcome::done:
      return {};
    case Outcome::not_allowed:
      return {t.say("Your role does not allow this"), Glyph::cross, bad};
    case Outcome::too_late:
      return {t.say("It is too late to undo this"), Glyph::cross, bad};
    case Outcome::done_before:
      return {t.say("This has been done before"), Glyph::cross, bad};
    case Outcome::unknown:
      return {t.say("There is no such record any more"), Glyph::cross, bad};
    case Outcome::unfit:
      return {t.say("Not possible with this accreditation"), Glyph::cross, bad};
    case Outcome::no_more:
      return {t.say_in("printer", "Your role may not reprint it again"), Glyph::cross, bad};
  }
  return {};
}

Progress verdict_words(const Drawing& d, const Decision& decision, bool happened) {
  const Tongue& t = d.canvas.tongue();
  const Theme& theme = d.canvas.theme();
  switch (decision.verdict) {
    case Verdict::admitted:
      return {happened ? t.say_in("history", "Admitted") : t.say("Would be admitted"), Glyph::tick,
              theme.accept};
    case Verdict::exited:
      return {happened ? t.say_in("history", "Left") : t.say("Would be let out"), Glyph::tick, theme.accept};
    case Verdict::badge:
      return {t.say("Inside already; the badge is owed"), Glyph::tick, theme.accept};
    case Verdict::refused:
      break;
  }
  const std::string title = refusal_wording(d, decision).title;
  const std::string_view code = short_code(decision.rule);
  return {happened ? t.say("Not admitted ({code}): {title}", {{"code", code}, {"title", title}})
                   : t.say("Would be refused ({code}): {title}", {{"code", code}, {"title", title}}),
          Glyph::cross, theme.decline};
}

void draw_progress(Drawing& d, Rect area, const Progress& progress) {
  if (progress.words.empty()) return;
  Canvas& c = d.canvas;
  const Rect sign = take_start(area, c.px(8), c.reading());
  static_cast<void>(take_start(area, c.px(3), c.reading()));
  draw_glyph(c, progress.glyph, sign.middle(c.px(7), c.px(7)), progress.colour, std::max(1.5F, c.px(0.9F)));
  Words how = staff_words(kType.staff + 0.4F, Weight::bold, 3);
  how.stand = Stand::middle;
  how.role = Role::status;
  how.id = "record.progress";
  c.text(area, progress.words, how, progress.colour, c.theme().paper.ground);
}

float record_foot_height(const Drawing& d, float width, const StaffRecord& record) {
  const Canvas& c = d.canvas;
  const auto high = [&](std::size_t cells, float mm) {
    const auto rows = static_cast<float>(rows_of(c, width, cells));
    return c.px(rows * mm + (rows - 1) * kGapMm);
  };
  if (record.asking) return c.px(kQuestionMm + 2) + high(question_of(d, record).answers.size(), kReasonMm);
  const std::size_t others = others_of(d, record).size();
  return primary_height(c) + (others == 0 ? 0 : c.px(kGapMm) + high(others, kOtherMm));
}

void draw_record_foot(Drawing& d, Rect area, const StaffRecord& record) {
  Canvas& c = d.canvas;
  if (record.asking) return draw_question(d, area, record);
  draw_primary(d, take_top(area, primary_height(c)), record);
  static_cast<void>(take_top(area, c.px(kGapMm)));
  draw_cells(d, area, others_of(d, record), kColumns);
}

}  // namespace lanyard::kiosk
