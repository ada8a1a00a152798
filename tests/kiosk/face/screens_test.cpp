// Every screen, in every language and on every panel: what must hold of what is drawn.
#include "kiosk/face/screens.hpp"

#include <algorithm>
#include <set>

#include "kiosk/face/reading.hpp"
#include "tests/catch.hpp"
#include "tests/kiosk/face/bare_face.hpp"
#include "tests/kiosk/face/fit.hpp"
#include "tests/kiosk/face/samples.hpp"

namespace lanyard::kiosk {
namespace {

using samples::Sample;

TEST_CASE("every screen can be read in the light theme and in high contrast") {
  for (const Scheme scheme : {Scheme::light, Scheme::high_contrast}) {
    BareFace face(kPanels.front(), scheme == Scheme::light ? Scheme::light : Scheme::dark);
    for (Sample sample : samples::all("en")) {
      sample.state.assist.high_contrast = scheme == Scheme::high_contrast;
      check_fit(face.frame(view_of(sample)).semantics, kPanels.front(), sample.state,
                sample.name + (scheme == Scheme::light ? " light" : " high contrast"));
    }
  }
}

TEST_CASE("every screen fits every panel, can be read and touched, and no text lies on another") {
  for (const Metrics& panel : kPanels) {
    BareFace face(panel);
    REQUIRE(face.phrases.missing().empty());
    for (const Sample& sample : of_all_languages()) {
      const DrawResult result = face.frame(view_of(sample));
      REQUIRE(result.semantics.size() >= 3);
      const std::string where = sample.name + " " + sample.state.language;
      check_fit(result.semantics, panel, sample.state, where);
      check_apart(result.semantics, where + " " + name_of(panel));
    }
  }
}

TEST_CASE("advice comes and goes, and nothing else moves") {
  for (const Metrics& panel : kPanels) {
    BareFace face(panel);
    for (const std::string& language : samples::languages()) {
      const State idle = samples::with(Idle{}, language);
      const DrawResult without = face.frame(view_of(idle));
      CHECK(find_item(without.semantics, "advice") == nullptr);
      for (std::size_t i = 1; i < scanner::kAdvices; ++i) {
        View view = view_of(idle);
        view.advice = static_cast<scanner::Advice>(i);
        view.advised = view.now;
        const DrawResult with = face.frame(view);
        const SemanticItem* advice = find_item(with.semantics, "advice");
        REQUIRE(advice != nullptr);
        CAPTURE(name_of(panel), advice->label);
        CHECK(advice->role == Role::status);
        CHECK_FALSE(advice->shortened);
        CHECK(with.animating);  // it has just come
        REQUIRE(with.semantics.size() == without.semantics.size() + 1);
        auto other = without.semantics.begin();
        for (const SemanticItem& item : with.semantics) {
          if (&item == advice) continue;
          CHECK(item.label == other->label);
          CHECK(item.rect.x == other->rect.x);
          CHECK(item.rect.y == other->rect.y);
          ++other;
        }
      }
    }
  }
}

TEST_CASE("advice is for who waits before the camera, and on no other screen") {
  BareFace face(kPanels.front());
  for (const Sample& sample : samples::all("en")) {
    View view = view_of(sample);
    view.advice = scanner::Advice::hold_still;
    const DrawResult result = face.frame(view);
    const auto* set_up = std::get_if<SetUp>(&sample.state.screen);
    const bool waits = std::holds_alternative<Idle>(sample.state.screen) ||
                       (set_up != nullptr && set_up->stage != SetUpStage::hub);
    CHECK((find_item(result.semantics, "advice") != nullptr) == waits);
  }
}

TEST_CASE("names that nobody expected stay within the card") {
  std::string long_name;
  while (long_name.size() < 290) long_name += "Wolfeschlegelsteinhausen";
  std::string spaced;
  while (spaced.size() < 290) spaced += "Maria da Conceição ";
  std::string marks = "Zalgo";
  for (int i = 0; i < 40; ++i) marks += "\u0301\u0316";
  const std::vector<std::string> names{"",
                                       "Q",
                                       long_name,
                                       spaced,
                                       "محمد Smith عبد الله (ICRC) 2026",
                                       "𠮷野𠮷𠮷",
                                       marks,
                                       "\u202EdetreveR\u202C",
                                       "A\nB\tC\x01",
                                       "\xFF\xFE\xC3",
                                       "Ann 🎉 Lee",
                                       "ဦးကျော်ထင်စိုး",
                                       "ꧏ༼༽",
                                       std::string(3000, 'W')};
  for (const Metrics& panel : kPanels) {
    BareFace face(panel);
    for (const std::string& name : names) {
      Decision d;
      d.verdict = Verdict::admitted;
      d.rule = Rule::admit;
      d.attendee = samples::attendee();
      d.attendee->name = name;
      d.attendee->name_native = name;
      d.attendee->organisation = name;
      d.attendee->title = name;
      StaffRecord record;
      record.attendee = *d.attendee;
      const std::vector<State> states{
          samples::with(Admitted{d, Admitted::Badge::printing, samples::moment_now()}, "en"),
          samples::with(StaffSearch{{"S"}, name.substr(0, kMaxQueryBytes), {*d.attendee}, true, {}}, "en"),
          samples::with(record, "en")};
      for (const State& state : states) {
        SemanticList list = face.frame(view_of(state)).semantics;
        // No font of this machine may have them all, nor any screen the room: what is checked here is where
        // they stand.
        for (SemanticItem& item : list) {
          item.unknown_glyphs = 0;
          item.shortened = false;
        }
        check_fit(list, panel, state, "name \"" + name.substr(0, 24) + "\" " + name_of(panel));
      }
    }
  }
}

TEST_CASE("whoever is at the wrong entrance reads which one is theirs, and in which direction") {
  BareFace face(kPanels.front());
  const auto where = [&](Rule rule, std::span<const WaySign> ways) {
    const State state = samples::with(Refused{samples::refusal(rule), samples::moment_now()}, "en");
    View view = view_of(state);
    view.ways = ways;
    std::string words;
    for (const SemanticItem& item : face.frame(view).semantics) words += item.label + "\n";
    return words;
  };
  const auto has = [](const std::string& words, std::string_view part) {
    return words.find(part) != std::string::npos;
  };
  const std::vector<WaySign> behind{{"east", Way::behind}};
  CHECK(has(where(Rule::wrong_zone, behind), "Your entrance is behind you\nEast entrance"));
  CHECK(has(where(Rule::wrong_category, {}), "Your entrance\nEast entrance"));
  // It is the way to another entrance that differs, not that somebody will help.
  CHECK_FALSE(has(where(Rule::too_early, behind), "East entrance"));
  CHECK_FALSE(has(where(Rule::blocked, behind), "East entrance"));
}

TEST_CASE("a private reason is on no screen") {
  const std::vector<std::string> telling{"block", "withdraw", "suspend", "reject", "den",  "refus", "ban",
                                         "停用",  "撤销",     "拒绝",    "取消",   "禁止", "黑名单"};
  BareFace face(kPanels[0]);
  for (const std::string& language : samples::languages()) {
    for (const Rule rule : {Rule::blocked, Rule::withdrawn}) {
      const State state = samples::with(Refused{samples::refusal(rule), samples::moment_now()}, language);
      bool desk = false;
      for (const SemanticItem& item : face.frame(view_of(state)).semantics) {
        std::string label = item.label;
        for (char& c : label) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        for (const std::string& word : telling) {
          INFO(item.label << " tells with " << word);
          CHECK(label.find(word) == std::string::npos);
        }
        desk = desk || item.label == sync::text_in(samples::forum().protocol_desk, language);
      }
      CHECK(desk);
    }
  }
}

TEST_CASE("a blocked and a withdrawn badge look the same but for the code for staff") {
  BareFace face(kPanels[0]);
  const auto labels = [&](Rule rule) {
    std::vector<std::string> out;
    const State state = samples::with(Refused{samples::refusal(rule), samples::moment_now()}, "en");
    for (const SemanticItem& item : face.frame(view_of(state)).semantics) {
      if (item.id != "code") out.push_back(item.label);
    }
    return out;
  };
  CHECK(labels(Rule::blocked) == labels(Rule::withdrawn));
}

TEST_CASE("every refusal says a title, what would help, and a code for staff") {
  BareFace face(kPanels[2]);
  for (const std::string& language : samples::languages()) {
    std::set<std::string> titles;
    for (int i = static_cast<int>(Rule::unreadable); i < sync::kRuleCount; ++i) {
      const auto rule = static_cast<Rule>(i);
      const State state = samples::with(Refused{samples::refusal(rule), samples::moment_now()}, language);
      const SemanticList list = face.frame(view_of(state)).semantics;
      INFO(to_name(rule));
      REQUIRE(find_item(list, "title") != nullptr);
      CHECK(find_item(list, "body") != nullptr);
      REQUIRE(find_item(list, "code") != nullptr);
      CHECK(find_item(list, "code")->label.find(shown_code(rule)) != std::string::npos);
      titles.insert(find_item(list, "title")->label);
    }
    // Blocked and withdrawn share theirs; every other rule has its own.
    CHECK(titles.size() ==
          static_cast<std::size_t>(sync::kRuleCount - static_cast<int>(Rule::unreadable) - 1));
  }
}

TEST_CASE("who is already in is told when and where") {
  BareFace face(kPanels[0]);
  const State state =
      samples::with(Refused{samples::refusal(Rule::already_inside), samples::moment_now()}, "en");
  const SemanticList list = face.frame(view_of(state)).semantics;
  REQUIRE(find_item(list, "body") != nullptr);
  CHECK(find_item(list, "body")->label == "You were admitted at 10:02, at Main entrance.");
}

TEST_CASE("the digits of a PIN are in no value and no text") {
  BareFace face(kPanels[1]);
  const State state = samples::with(StaffPin{"73951", false, false, samples::moment_now()}, "en");
  const SemanticList list = face.frame(view_of(state)).semantics;
  REQUIRE(find_item(list, "pin.dots") != nullptr);
  CHECK(find_item(list, "pin.dots")->value == "•••••");
  for (const SemanticItem& item : list) {
    CHECK(item.value.find_first_of("0123456789") == std::string::npos);
    CHECK(item.label.find("7395") == std::string::npos);
  }
}

TEST_CASE("the welcome says the name, in the language of the screen") {
  BareFace face(kPanels[0]);
  Decision d;
  d.verdict = Verdict::admitted;
  d.rule = Rule::admit;
  d.attendee = samples::attendee();
  const auto said = [&](const std::string& language) {
    const State state = samples::with(Admitted{d, Admitted::Badge::none, samples::moment_now()}, language);
    const SemanticList list = face.frame(view_of(state)).semantics;
    const SemanticItem* item = find_item(list, "result");
    return item == nullptr ? std::string() : item->label;
  };
  CHECK(said("en") == "Welcome, Jiang Ronghua");
  CHECK(said("zh") == "Jiang Ronghua，欢迎您");
}

TEST_CASE("the welcome says where somebody is expected next, and their place into a headset alone") {
  for (const Metrics& panel : kPanels) {
    BareFace face(panel);
    Decision d;
    d.verdict = Verdict::admitted;
    d.rule = Rule::admit;
    d.attendee = samples::attendee();
    const auto label = [&](const std::string& language, const char* id) {
      const State state = samples::with(Admitted{d, Admitted::Badge::none, samples::moment_now()}, language);
      const SemanticList list = face.frame(view_of(state)).semantics;
      const SemanticItem* item = find_item(list, id);
      if (item != nullptr && item->id == "session.place") CHECK((item->personal && item->aloud.empty()));
      return item == nullptr ? std::string() : item->label;
    };
    CHECK(label("en", "session") == "Keynote: Green Public Procurement");
    CHECK(label("en", "session.when") == "10:45");
    CHECK(label("en", "session.room") == "Plenary hall, level 2");
    CHECK(label("en", "session.place") == "Your place: C 14");
    CHECK(label("zh", "session.place") == "您的座位：C 14");
    CHECK(label("fr", "session.day").empty());
    d.attendee->category = "speaker";
    CHECK(label("en", "session.day") == "Wednesday");
    CHECK(label("ru", "session.day") == "среда");
    CHECK(label("ar", "session.day") == "الأربعاء");
    CHECK(label("en", "session.place").empty());
    d.attendee->category = "press";
    CHECK(label("es", "session.when") == "Ahora");
    d.attendee->category = "card";
    CHECK(label("en", "session").empty());
    d.attendee->category = "delegate";
    d.verdict = Verdict::exited;
    CHECK(label("en", "session").empty());
  }
}

TEST_CASE("large type is larger on the stub too") {
  BareFace face(kPanels[0]);
  Decision d;
  d.verdict = Verdict::admitted;
  d.rule = Rule::admit;
  d.attendee = samples::attendee();
  const auto cap = [&](bool large, const char* id) {
    State state = samples::with(Admitted{d, Admitted::Badge::none, samples::moment_now()}, "en");
    state.assist.large_type = large;
    const SemanticList list = face.frame(view_of(state)).semantics;
    REQUIRE(find_item(list, id) != nullptr);
    return find_item(list, id)->cap_mm;
  };
  CHECK(cap(false, "session") > cap(false, "session.room"));
  CHECK(cap(true, "session.place") > cap(false, "session.place") * 1.2F);
}

TEST_CASE("papers are seen to at the accreditation desk, and at the help desk where there is none") {
  BareFace face(kPanels[0]);
  const State state = samples::with(Refused{samples::refusal(Rule::pending), samples::moment_now()}, "en");
  View view = view_of(state);
  const auto where = [&] {
    const SemanticList list = face.frame(view).semantics;
    const SemanticItem* item = find_item(list, "where");
    return item == nullptr ? std::string() : item->label;
  };
  CHECK(where() == "Accreditation desk, hall B");
  sync::EventInfo event = samples::forum();
  event.accreditation_desk.clear();
  view.event = &event;
  CHECK(where() == "Registration desk, east lobby");
}

TEST_CASE("whom nobody knows by name is welcome without one, and so is a card that changes hands") {
  BareFace face(kPanels[0]);
  const auto list_of = [&](const sync::Attendee& attendee) {
    Decision d;
    d.verdict = Verdict::admitted;
    d.rule = Rule::admit;
    d.attendee = attendee;
    const State state = samples::with(Admitted{d, Admitted::Badge::none, samples::moment_now()}, "en");
    return face.frame(view_of(state)).semantics;
  };
  sync::Attendee unheard_of;
  unheard_of.id = "A0311";
  const SemanticList unknown = list_of(unheard_of);
  CHECK(find_item(unknown, "result")->label == "Welcome");
  CHECK(find_item(unknown, "name") == nullptr);
  sync::Attendee card = samples::attendee();
  card.category = "card";
  const SemanticList carried = list_of(card);
  CHECK(find_item(carried, "result")->label == "Welcome");
  CHECK(find_item(carried, "name")->label == "Adviser, by turns");
  for (const SemanticItem& item : carried) CHECK(item.label != card.name);
}

TEST_CASE("a screen without a roster, a checkpoint or a camera is still a screen") {
  BareFace face(kPanels[0]);
  for (const Sample& sample : samples::all("en")) {
    View bare{.state = sample.state};
    bare.now = samples::moment_now();
    for (const SemanticItem& item : face.frame(bare).semantics) CHECK(!item.label.empty());
  }
}

TEST_CASE("a screen at rest makes no new layouts and no new textures") {
  BareFace face(kPanels[0]);
  for (const Sample& sample : samples::all("zh")) {
    static_cast<void>(face.frame(view_of(sample)));
    const std::uint64_t layouts = face.texts.layouts_made();
    const TextureId textures = face.textures.made;
    static_cast<void>(face.frame(view_of(sample)));
    CHECK(face.texts.layouts_made() == layouts);
    CHECK(face.textures.made == textures);
  }
}

TEST_CASE("waiting draws a few frames a second, not as many as the display takes") {
  BareFace face(kPanels[0]);
  State state = samples::with(Idle{}, "en");
  state.since = samples::moment_now() - std::chrono::seconds{10};
  const DrawResult result = face.frame(view_of(state));
  CHECK(!result.animating);
  REQUIRE(result.redraw_at);
  CHECK(*result.redraw_at >= samples::moment_now() + std::chrono::milliseconds{40});
}

}  // namespace
}  // namespace lanyard::kiosk
