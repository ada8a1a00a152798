// A visit by keypad and speech alone, in each language: what was said is the whole of what the person knows.
#include <algorithm>

#include "tests/kiosk/visit.hpp"

namespace lanyard::kiosk {
namespace {

TEST_CASE("every flow of a delegate is completed by keypad and speech alone, in six languages", "[keypad]") {
  for (const auto& [language, name] : kNames) {
    CAPTURE(language);
    Visit visit;
    begin(visit, language, name);
    if (language != visit.config.language) {
      CHECK(visit.ears.hears(visit.tongue().say("Hold your badge up to the camera")));
    }

    // Welcome: by name, into the headset, in the language that was picked.
    visit.happens(event::SymbolSeen{"X"});
    visit.happens(event::Decided{decision(Verdict::admitted, Rule::admit)});
    CHECK(visit.ears.heard.front() ==
          Sentence{safe_part(visit.tongue().say("Welcome, {name}", {{"name", "Jiang Ronghua"}})), language});
    CHECK(visit.ears.hears(visit.tongue().say("Please go in")));
    CHECK(visit.ears.tones.back() == Tone::accept);
    visit.listens();

    // Every refusal: what it means, and where somebody will help.
    for (int i = static_cast<int>(Rule::unreadable); i < sync::kRuleCount; ++i) {
      const auto rule = static_cast<Rule>(i);
      CAPTURE(to_name(rule));
      visit.passes(visit.config.result_at_least);
      visit.happens(event::SymbolSeen{"X"});
      visit.happens(event::Decided{decision(Verdict::refused, rule)});
      REQUIRE(std::holds_alternative<Refused>(visit.state.screen));
      REQUIRE(find_item(visit.semantics, "title") != nullptr);
      CHECK(visit.ears.heard.front().text == find_item(visit.semantics, "title")->label);
      CHECK(visit.ears.heard.front().language == language);
      REQUIRE(find_item(visit.semantics, "body") != nullptr);
      CHECK(visit.ears.heard.size() >= 2);
      if (const SemanticItem* where = find_item(visit.semantics, "where"); where != nullptr) {
        CHECK(visit.ears.hears(where->label));
      }
      CHECK(visit.ears.tones.back() != Tone::accept);
      visit.listens();
    }
    // It is over, and the next person finds the kiosk as everybody does.
    visit.happens(event::HeadsetChanged{false});
    CHECK_FALSE(visit.state.assist.speech);
    CHECK(std::holds_alternative<Idle>(visit.state.screen));
    CHECK(visit.state.language == visit.config.language);
  }
}

TEST_CASE("a headset that is plugged in is spoken to with the next frame", "[keypad]") {
  Visit visit;
  visit.happens(event::HeadsetChanged{true});
  CHECK_FALSE(visit.ears.heard.empty());
  CHECK(visit.ears.loud == kVolumeUsual);
}

TEST_CASE("a hall is not told who comes", "[keypad]") {
  Visit visit;
  visit.key(Key::speech);
  REQUIRE(visit.state.assist.speech);
  visit.happens(event::SymbolSeen{"X"});
  visit.happens(event::Decided{decision(Verdict::admitted, Rule::admit)});
  for (const Sentence& sentence : visit.ears.all) CHECK(sentence.text.find("Jiang") == std::string::npos);
  CHECK(visit.ears.hears(visit.tongue().say_in("to one person, above the name", "Welcome")));
}

TEST_CASE("any key, and any touch, stops what is being said, at once", "[keypad]") {
  Visit visit;
  visit.key(Key::speech);
  const int before = visit.ears.hushed;
  visit.key(Key::next);
  CHECK(visit.ears.hushed == before + 1);
  visit.key(Key::other);  // that of a letter, of whatever keyboard
  CHECK(visit.ears.hushed == before + 2);
  CHECK(visit.state.assist.speech);
  visit.happens(event::Touched{});
  CHECK(visit.ears.hushed == before + 3);
}

TEST_CASE("its key once more, and the screen is read again", "[keypad]") {
  Visit visit;
  visit.key(Key::speech);
  const std::vector<Sentence> first = visit.ears.heard;
  visit.key(Key::next);
  CHECK(visit.ears.heard != first);
  visit.key(Key::speech);
  CHECK(visit.ears.heard == first);
}

TEST_CASE("speech has a volume of its own, which ends with the visit", "[keypad]") {
  Visit visit;
  visit.happens(event::HeadsetChanged{true});
  visit.key(Key::louder);
  visit.key(Key::louder);
  visit.key(Key::louder);
  CHECK(visit.state.assist.volume == kVolumeMost);
  CHECK(visit.ears.loud == kVolumeMost);
  visit.happens(event::HeadsetChanged{false});
  CHECK(visit.state.assist.volume == kVolumeUsual);
}

TEST_CASE("whoever is spoken to is asked before their time ends, ten times, by sound and sight", "[keypad]") {
  Visit visit;
  visit.happens(event::HeadsetChanged{true});
  visit.happens(event::SymbolSeen{"X"});
  visit.happens(event::Decided{decision(Verdict::refused, Rule::pending)});
  visit.listens();
  for (int i = 0; i < kMoreTimes; ++i) {
    CAPTURE(i);
    visit.passes(visit.state.assist.asks - visit.now);
    REQUIRE(visit.state.assist.asking);
    CHECK(visit.state.assist.until - visit.now >= 20s);
    CHECK(find_item(visit.semantics, kQuestion) != nullptr);
    CHECK(visit.ears.tones.back() == Tone::attention);
    CHECK(visit.ears.hears(visit.tongue().say("Do you need more time?")));
    visit.key(i % 2 == 0 ? Key::choose : Key::next);
    REQUIRE_FALSE(visit.state.assist.asking);
    REQUIRE(std::holds_alternative<Refused>(visit.state.screen));
  }
  visit.passes(visit.state.assist.until - visit.now);
  CHECK_FALSE(visit.state.assist.speech);
  CHECK(std::holds_alternative<Idle>(visit.state.screen));
}

TEST_CASE("a long sentence is not cut off by the end of its screen", "[keypad]") {
  Visit visit;
  visit.happens(event::HeadsetChanged{true});
  visit.happens(event::SymbolSeen{"X"});
  visit.happens(event::Decided{decision(Verdict::refused, Rule::tag_missing)});
  visit.passes(30s);  // it is still being read
  CHECK(std::holds_alternative<Refused>(visit.state.screen));
  CHECK_FALSE(visit.state.assist.asking);
}

TEST_CASE("speech from the loudspeaker ends with the visit that it was asked for in", "[keypad]") {
  Visit visit;
  visit.key(Key::speech);
  visit.happens(event::SymbolSeen{"X"});
  visit.happens(event::Decided{decision(Verdict::admitted, Rule::admit)});
  visit.listens();
  visit.passes(visit.state.assist.until - visit.now);
  CHECK_FALSE(visit.state.assist.speech);
  CHECK(std::holds_alternative<Idle>(visit.state.screen));
}

TEST_CASE("a keypad works without speech: what it has come to is framed, and can be chosen", "[keypad]") {
  Visit visit;
  std::string at;
  for (int i = 0; i < 40 && at != "language.fr"; ++i) {
    at = key_of(*stop_after(visit.semantics, at, 1, Hearing::everybody));
    visit.key(Key::next);
  }
  visit.key(Key::choose);
  CHECK(visit.state.language == "fr");
  CHECK(visit.ears.all.empty());
}

TEST_CASE("high contrast is one touch away, and ends with the visit", "[keypad]") {
  Visit visit;
  visit.happens(event::AidAsked{Aid::high_contrast});
  REQUIRE(visit.state.assist.high_contrast);
  const SemanticItem* title = find_item(visit.semantics, "title");
  REQUIRE(title != nullptr);
  CHECK(title->ground == theme_of(Scheme::high_contrast).night.ground);
  CHECK(contrast(title->ink, title->ground) > 20);
  CHECK(visit.ears.all.empty());
  visit.happens(event::SymbolSeen{"X"});
  visit.happens(event::Decided{decision(Verdict::refused, Rule::pending)});
  CHECK(visit.state.assist.high_contrast);
  CHECK(visit.state.assist.until - visit.now >= 30s);  // whoever sees little reads slowly
  visit.passes(visit.state.assist.until - visit.now);
  CHECK_FALSE(visit.state.assist.high_contrast);
  CHECK(std::holds_alternative<Idle>(visit.state.screen));
  CHECK(find_item(visit.semantics, "title")->ground == theme_of(Scheme::dark).night.ground);
}

TEST_CASE("staff mode says nothing, and has no keypad but for the headset", "[keypad]") {
  Visit visit;
  visit.happens(event::HeadsetChanged{true});
  visit.happens(event::CornerHeld{});
  REQUIRE(std::holds_alternative<StaffPin>(visit.state.screen));
  CHECK_FALSE(visit.state.assist.speech);
  const std::size_t before = visit.ears.all.size();
  visit.happens(event::Digit{'7'});
  visit.key(Key::speech);
  visit.key(Key::next);
  CHECK(visit.ears.all.size() == before);
  // Pulled out meanwhile, it is out: the hall hears no name afterwards.
  visit.key(Key::headset_out);
  CHECK_FALSE(visit.state.assist.headset);
}

TEST_CASE("the last aid that is put away takes the question with it", "[keypad]") {
  Visit visit;
  visit.happens(event::AidAsked{Aid::high_contrast});
  visit.passes(visit.state.assist.asks - visit.now);
  REQUIRE(visit.state.assist.asking);
  visit.happens(event::AidAsked{Aid::high_contrast});
  CHECK(find_item(visit.semantics, kQuestion) == nullptr);
  CHECK_FALSE(wake_at(visit.state));
}

TEST_CASE("an aid that a person leaves behind does not follow the queue", "[keypad]") {
  Visit visit;
  visit.happens(event::AidAsked{Aid::high_contrast});
  visit.key(Key::speech);
  visit.happens(event::SymbolSeen{"X"});
  visit.happens(event::Decided{decision(Verdict::admitted, Rule::admit)});
  visit.passes(2s);
  visit.happens(event::SymbolSeen{"Y"});
  CHECK_FALSE(visit.state.assist.active());
}

TEST_CASE("out of order stays out of order, whoever is spoken to", "[keypad]") {
  Visit visit;
  visit.key(Key::speech);
  visit.happens(event::SymbolSeen{"X"});
  visit.passes(visit.config.checking_at_most);
  REQUIRE(std::holds_alternative<OutOfOrder>(visit.state.screen));
  visit.passes(5min);
  CHECK_FALSE(visit.state.assist.speech);
  CHECK(std::holds_alternative<OutOfOrder>(visit.state.screen));
}

TEST_CASE("notices are heard once each, and keep nobody's kiosk from ending its speech", "[keypad]") {
  Visit visit;
  visit.notices = {{"opening", {{"en", "The opening ceremony begins at 9:30"}}, {}},
                   {"lunch", {{"en", "Lunch is served in Hall B"}}, {}}};
  visit.key(Key::speech);
  const Moment began = visit.now;
  while (visit.state.assist.speech && visit.now - began < 10min) {
    visit.passes(1s);
    visit.listens();
  }
  CHECK(visit.now - began < 3min);
  const auto times = std::ranges::count_if(
      visit.ears.all, [](const Sentence& s) { return s.text == "Lunch is served in Hall B"; });
  CHECK(times == 1);
}

TEST_CASE("the focus of one person frames nothing for the next", "[keypad]") {
  Visit visit;
  visit.key(Key::next);
  visit.key(Key::next);
  visit.happens(event::SymbolSeen{"X"});
  visit.happens(event::Decided{decision(Verdict::admitted, Rule::admit)});
  CHECK(visit.face.canvas.focus().empty());
}

TEST_CASE("a restart waits for whoever is spoken to", "[keypad]") {
  Visit visit;
  visit.happens(event::HeadsetChanged{true});
  CHECK(std::ranges::none_of(step(visit.state, event::RestartOrdered{}, visit.config, visit.now).effects,
                             [](const Effect& e) { return std::holds_alternative<effect::Restart>(e); }));
}

TEST_CASE("volume is of speech, and nobody finds it changed", "[keypad]") {
  Visit visit;
  visit.key(Key::softer);
  CHECK(visit.state.assist.volume == kVolumeUsual);
}

TEST_CASE("a key keeps an answer on the screen as a touch does", "[keypad]") {
  Visit visit;
  visit.happens(event::SymbolSeen{"X"});
  visit.happens(event::Decided{decision(Verdict::refused, Rule::pending)});
  visit.passes(visit.config.refused_for - 1s);
  visit.key(Key::next);
  visit.passes(2s);
  CHECK(std::holds_alternative<Refused>(visit.state.screen));
}

}  // namespace
}  // namespace lanyard::kiosk
