// A badge before it is printed: what it will look like, which name stands on it, and whether it is right.
#include <cmath>

#include "kiosk/face/motion.hpp"
#include "kiosk/face/parts.hpp"

namespace lanyard::kiosk {
namespace {

using std::chrono::milliseconds;

constexpr float kPreviewGapMm = 4;
constexpr float kAnswerMm = kDelegateTargetMm + 4;  // higher than a name: it ends the visit
constexpr float kUsualShape = 105.0F / 148;         // of a badge of which no picture has come yet
constexpr float kRoomyMm = 320;                     // of a panel's height
constexpr float kAboveShape = 1.15F;  // of the room, from which the badge stands above the words
constexpr float kPaperShare = 0.34F;  // of its width, where it stands beside them
constexpr float kLabelEdgeMm = 1.8F;  // above and below what a button says
constexpr milliseconds kSoonDrawn{400};
constexpr float kLeastQuestionMm = 24;
constexpr float kLeastPictureMm = 64;  // high
constexpr float kFaded = 0.55F;        // of the badge before, while the one chosen is drawn

constexpr float kLeastPaperMm = 3;  // of words on it: a badge's own are as small

// What their badge says that they can judge.
std::string preview_words(const Drawing& d, const BadgePreview& preview) {
  const sync::Attendee& who = *preview.decision.attendee;
  return listed(d.canvas.tongue(), {preview.name(), who.organisation, category_name(d, who.category)});
}

// For everybody's ears.
std::string preview_words_aloud(const Drawing& d, const BadgePreview& preview) {
  const Tongue& t = d.canvas.tongue();
  if (preview.names.size() < 2) return t.say("Please check your badge");
  return t.say("Name {n} is chosen", {{"n", std::to_string(preview.chosen + 1)}});
}

// Paper with the words alone: until the picture has come, or where none can be drawn.
void draw_preview_words(Drawing& d, const Rect& paper, const BadgePreview& preview) {
  Canvas& c = d.canvas;
  const Field& field = c.theme().paper;
  const sync::Attendee& who = *preview.decision.attendee;
  const Words name{.size_mm = c.type(kType.heading),
                   .least_mm = kLeastPaperMm,
                   .weight = Weight::bold,
                   .align = Align::centre,
                   .lines = 5,
                   .quiet = true,
                   .personal = true,
                   .id = "preview.name"};
  const Words rest{.size_mm = kType.staff,
                   .least_mm = kLeastPaperMm,
                   .align = Align::centre,
                   .lines = 4,
                   .quiet = true,
                   .personal = true};
  c.column(paper.inset(c.px(3)),
           {{preview.name(), name, field.ink, 5},
            {who.organisation, rest, field.ink, 4, true},
            {category_name(d, who.category), rest, field.quiet, 0, true}},
           field.ground, Stand::middle);
}

void draw_paper(Drawing& d, const Rect& area, const BadgePreview& preview) {
  Canvas& c = d.canvas;
  const BadgePicture& picture = preview.picture;
  const bool is_there = !picture.jpeg.empty() && !preview.undrawable && d.view.photo != nullptr;
  const float shape = is_there && picture.height_px > 0
                          ? static_cast<float>(picture.width_px) / static_cast<float>(picture.height_px)
                          : kUsualShape;
  const float height = std::floor(std::min(area.h, area.w / shape));
  const float width = std::floor(height * shape);
  const Rect middle = area.middle(width, height);
  const Rect paper{std::floor(middle.x), std::floor(middle.y), width, height};
  const float radius = c.px(2);
  c.shadow(paper, radius, c.px(7), 0.4F);
  c.fill(paper, c.theme().paper.ground, radius);
  // Of this visit: the same person's badge may have become another one since.
  const std::string key = std::to_string(d.view.state.since.time_since_epoch().count()) + "/" + picture.name;
  const TextureId texture =
      is_there ? d.view.photo->of(key, picture.jpeg, static_cast<int>(width), static_cast<int>(height)) : 0;
  c.speak_to_one(Role::status, "preview",
                 c.tongue().say("Your badge will say: {words}", {{"words", preview_words(d, preview)}}),
                 preview_words_aloud(d, preview));
  if (texture == 0) {
    if (d.view.photo != nullptr) d.view.photo->forget();
    draw_preview_words(d, paper, preview);
    return;
  }
  c.picture(texture, paper, {0, 0}, {1, 1}, rgb(0xFFFFFF), radius);
  if (picture.name != preview.name()) c.fill(paper, c.theme().paper.ground, radius, kFaded);
  c.note({.role = Role::picture,
          .id = "preview.picture",
          .label = c.tongue().say("Your badge"),
          .language = std::string(d.language()),
          .rect = paper,
          .box = paper,
          .personal = true,
          .quiet = true,
          .ink = c.theme().paper.quiet,
          .ground = c.theme().paper.ground});
}

// Side by side where both fit on one line each; where there is little height, on two.
struct Answers {
  bool beside{true};
  float height{0};
};

std::string right_words(const Tongue& t) {
  return t.say("Print my badge");
}
std::string wrong_words(const Tongue& t) {
  return t.say("Something is wrong");
}

Answers answers_of(Canvas& c, float width, bool is_low) {
  const float gap = c.px(kPreviewGapMm);
  const Words how{.size_mm = kType.body, .weight = Weight::bold, .lines = 2};
  const auto high = [&](const std::string& label, float room) {
    return c.measure({0, 0, room - c.px(5), c.screen().h}, label, how).h;
  };
  const auto higher = [&](float room) {
    return std::max(high(right_words(c.tongue()), room - c.px(14)), high(wrong_words(c.tongue()), room));
  };
  const float line = high("x", width);
  const float most = higher((width - gap) / 2);
  const auto edged = [&](float words) { return std::max(c.px(kAnswerMm), words + c.px(2 * kLabelEdgeMm)); };
  if (is_low || most < line * 1.5F) return {true, edged(most)};
  return {false, 2 * edged(higher(width)) + gap};
}

void draw_answers(Drawing& d, Rect area, const Answers& answers, const BadgePreview& preview) {
  Canvas& c = d.canvas;
  const Field& night = c.theme().night;
  const Tongue& t = c.tongue();
  const float gap = c.px(kPreviewGapMm);
  Rect right{};
  if (answers.beside) {
    right = take_end(area, (area.w - gap) / 2, c.reading());
    static_cast<void>(take_end(area, gap, c.reading()));
  } else {
    right = take_top(area, (area.h - gap) / 2);
    static_cast<void>(take_top(area, gap));
  }
  // Most pictures come before a grey key would be seen.
  const bool waits = !can_print(preview, d.view.now) && d.view.now - preview.asked > kSoonDrawn;
  if (draw_button(d, right,
                  {.id = "print",
                   .label = right_words(t),
                   .glyph = Glyph::printer,
                   .look = Look::strong,
                   .enabled = !waits},
                  night))
    d.intend(event::PrintAsked{});
  if (draw_button(d, area, {.id = "wrong", .label = wrong_words(t)}, night))
    d.intend(event::CorrectionAsked{});
}

// The names as a table of two columns, where each has room for a name of some length, or of one.
struct Names {
  std::size_t columns{1};
  std::size_t rows{0};
  float row{0};                // high
  float height{0};             // of all, with the line above
  std::vector<float> type_mm;  // of each
};

constexpr float kNamesLeadMm = 14;
constexpr float kNameRoomMm = 62;
// What is longer than that is smaller: once chosen, it stands on the badge beside.
float type_of_name(Canvas& c, const std::string& name, const Rect& room, int lines) {
  Words how{.size_mm = kType.body, .weight = Weight::bold, .lines = lines};
  const float wanted = c.measure(room, name, how).h;
  ++how.lines;
  return c.measure(room, name, how).h > wanted + 1 ? kType.staff : kType.body;
}

Names names_of(Canvas& c, const BadgePreview& preview, float width, bool is_low) {
  const std::size_t count = preview.names.size();
  if (count < 2) return {};
  Names names;
  names.columns = width >= 2 * c.px(kNameRoomMm) ? 2 : 1;
  names.rows = (count + names.columns - 1) / names.columns;
  names.row = c.px(kDelegateTargetMm);
  const float each = (width - c.px(kPreviewGapMm)) / static_cast<float>(names.columns) - c.px(5);
  const Rect room{0, 0, each, c.screen().h};
  for (const std::string& name : preview.names) {
    names.type_mm.push_back(type_of_name(c, name, room, is_low ? 1 : 2));
    const Words how{.size_mm = names.type_mm.back(), .weight = Weight::bold, .lines = 2};
    names.row = std::max(names.row, c.measure(room, name, how).h + c.px(2 * kLabelEdgeMm));
  }
  const auto rows = static_cast<float>(names.rows);
  names.height = c.px(kNamesLeadMm) + rows * names.row + (rows - 1) * c.px(kPreviewGapMm);
  return names;
}

// All beside or below the badge, as it has room.
struct Choices {
  Answers answers;
  Names names;
};

Choices choices_of(Canvas& c, const BadgePreview& preview, const Rect& room, bool above) {
  const float others = c.px(kLeastQuestionMm + 3 * kPreviewGapMm + (above ? kLeastPictureMm : 0));
  Choices choices{answers_of(c, room.w, false), names_of(c, preview, room.w, false)};
  if (choices.answers.height + choices.names.height + others <= room.h) return choices;
  return {answers_of(c, room.w, true), names_of(c, preview, room.w, true)};
}

void draw_names(Drawing& d, Rect area, const Names& names, const BadgePreview& preview) {
  Canvas& c = d.canvas;
  const Field& night = c.theme().night;
  const Tongue& t = c.tongue();
  const Words lead{.size_mm = kType.body, .least_mm = kType.body, .id = "names"};
  c.text(take_top(area, c.px(kNamesLeadMm)).inset(0, c.px(1)), t.say("Your name on it"), lead, night.quiet,
         night.ground);
  const float gap = c.px(kPreviewGapMm);
  const auto columns = static_cast<float>(names.columns);
  const float width = (area.w - gap * (columns - 1)) / columns;
  Rect row{};
  for (std::size_t i = 0; i < preview.names.size(); ++i) {
    if (i % names.columns == 0) {
      row = take_top(area, names.row);
      static_cast<void>(take_top(area, gap));
    }
    const Rect place = take_start(row, width, c.reading());
    static_cast<void>(take_start(row, gap, c.reading()));
    const bool chosen = i == preview.chosen;
    Button button{.id = "name." + std::to_string(i), .label = preview.names[i]};
    button.look = chosen ? Look::strong : Look::plain;
    button.chosen = chosen;
    button.type_mm = names.type_mm[i];
    button.personal = true;
    button.aloud = t.say("Name {n}", {{"n", std::to_string(i + 1)}});
    if (draw_button(d, place, button, night)) d.intend(event::NameChosen{i});
  }
}

void draw_question(Drawing& d, const Rect& area, bool centred, const BadgePreview& preview) {
  Canvas& c = d.canvas;
  const Field& night = c.theme().night;
  const Tongue& t = c.tongue();
  const Align align = centred ? Align::centre : Align::start;
  const Words title{.size_mm = c.type(kType.title),
                    .least_mm = kType.body,
                    .weight = Weight::bold,
                    .align = align,
                    .lines = 3,
                    .role = Role::heading,
                    .id = "title"};
  const Words hint{.size_mm = kType.body, .least_mm = kType.body, .align = align, .lines = 3, .id = "hint"};
  c.column(area,
           {{t.say("Please check your badge"), title, night.ink, 4},
            {preview.undrawable ? std::string() : t.say("It is printed as you see it here"), hint,
             night.quiet, 0, true}},
           night.ground, Stand::middle);
}

}  // namespace

void draw_badge_preview(Drawing& d, const BadgePreview& preview) {
  Canvas& c = d.canvas;
  const Field& night = c.theme().night;
  // Where the names need the room, the languages give way: theirs is known by now.
  const bool is_tight = preview.names.size() > 1 && (c.large_type() || c.layout().height_mm() < kRoomyMm);
  const House house = draw_house(d, night, is_tight ? Foot::none : Foot::if_room);
  Rect body = house.body;
  const bool above = c.layout().portrait() && body.h > body.w * kAboveShape;
  Rect paper{};
  if (!above) {
    paper = take_start(body, body.w * kPaperShare, c.reading());
    static_cast<void>(take_start(body, c.margin(), c.reading()));
  }
  const auto [answers, names] = choices_of(c, preview, body, above);
  const Rect foot = take_bottom(body, answers.height);
  static_cast<void>(take_bottom(body, c.px(kPreviewGapMm * 1.6F)));
  Rect choice{};
  if (names.rows > 0) {
    choice = take_bottom(body, names.height);
    static_cast<void>(take_bottom(body, c.px(kPreviewGapMm)));
  }
  if (above) {
    const Rect words = take_bottom(body, std::min(body.h * 0.4F, c.px(c.type(kType.title)) * 3.4F));
    static_cast<void>(take_bottom(body, c.margin() * 0.5F));
    paper = body;
    body = words;
  }
  enter_softly(d);
  draw_paper(d, paper, preview);
  enter_softly(d, milliseconds{90});
  draw_question(d, body, above, preview);
  enter_softly(d, milliseconds{160});
  if (names.rows > 0) draw_names(d, choice, names, preview);
  draw_answers(d, foot, answers, preview);
  c.enter(0, 1);
  draw_time_left(d, night, preview.until);
}

}  // namespace lanyard::kiosk
