// What is said of a screen, and to whom; and what a keypad walks through.
#include "kiosk/face/reading.hpp"

#include <algorithm>
#include <set>

#include "kiosk/desk/flow.hpp"
#include "tests/catch.hpp"
#include "tests/kiosk/face/bare_face.hpp"
#include "tests/kiosk/face/samples.hpp"

namespace lanyard::kiosk {
namespace {

const Metrics kPanel{1080, 1920, 3.61F};

std::vector<std::string> texts_of(const std::vector<Sentence>& sentences) {
  std::vector<std::string> out;
  for (const Sentence& sentence : sentences) out.push_back(sentence.text);
  return out;
}

SemanticList list_of(BareFace& face, const State& state) {
  return face.frame(view_of(state)).semantics;
}

State welcome(const std::string& language) {
  Decision d;
  d.verdict = Verdict::admitted;
  d.rule = Rule::admit;
  d.attendee = samples::attendee();
  return samples::with(Admitted{d, Admitted::Badge::none, samples::moment_now() + std::chrono::seconds{4}},
                       language);
}

TEST_CASE("the answer is said first, and nothing twice") {
  BareFace face(kPanel);
  const SemanticList list = list_of(face, welcome("en"));
  const auto said = texts_of(reading_of(list, Hearing::one_person, face.phrases.in("en")));
  CHECK(said == std::vector<std::string>{"Welcome, Jiang Ronghua", "Delegate", "江容华", "Please go in",
                                         "Plenary hall", "10:45", "Keynote: Green Public Procurement",
                                         "Plenary hall, level 2", "Your place: C 14"});
}

TEST_CASE("a hall hears no name, whoever it is and whatever the language") {
  BareFace face(kPanel);
  const sync::Attendee who = samples::attendee();
  for (const std::string& language : samples::languages()) {
    const SemanticList list = list_of(face, welcome(language));
    const Tongue& tongue = face.phrases.in(language);
    std::string all;
    for (const Sentence& sentence : reading_of(list, Hearing::everybody, tongue)) all += sentence.text + "\n";
    for (const SemanticItem& item : list) {
      for (const Sentence& sentence : words_of(item, Hearing::everybody, tongue)) all += sentence.text + "\n";
    }
    CAPTURE(language, all);
    for (const std::string& private_word : {who.name, who.name_native, who.organisation}) {
      CHECK(all.find(private_word) == std::string::npos);
    }
    CHECK(all.find(tongue.say_in("to one person, above the name", "Welcome")) != std::string::npos);
    const auto to_one = reading_of(list, Hearing::one_person, tongue);
    CHECK(to_one.front().text.find(who.name) != std::string::npos);
  }
}

TEST_CASE("a hall does not hear where somebody has been") {
  BareFace face(kPanel);
  for (const Rule rule : {Rule::already_inside, Rule::once_only, Rule::once_a_day, Rule::no_reentry}) {
    const SemanticList list =
        list_of(face, samples::with(Refused{samples::refusal(rule), samples::moment_now()}, "en"));
    const Tongue& tongue = face.phrases.in("en");
    for (const std::string& text : texts_of(reading_of(list, Hearing::everybody, tongue))) {
      CHECK(text.find("10:02") == std::string::npos);
    }
    const auto to_one = texts_of(reading_of(list, Hearing::one_person, tongue));
    CHECK(std::ranges::find(to_one, "You were admitted at 10:02, at Main entrance.") != to_one.end());
  }
}

TEST_CASE("the digits of a PIN are never said") {
  BareFace face(kPanel);
  const State state = samples::with(StaffPin{"73951", false, false, samples::moment_now()}, "en");
  for (const Sentence& sentence :
       reading_of(list_of(face, state), Hearing::one_person, face.phrases.in("en"))) {
    CHECK(sentence.text.find("7395") == std::string::npos);
    CHECK(sentence.text.find("•") == std::string::npos);
  }
}

TEST_CASE("each sentence is of a language with a voice, and has no marks for the eye") {
  BareFace face(kPanel);
  for (const std::string& language : samples::languages()) {
    for (const samples::Sample& sample : samples::all(language)) {
      if (is_staff(sample.state.screen)) continue;
      const SemanticList list = list_of(face, sample.state);
      const auto said = reading_of(list, Hearing::one_person, face.phrases.in(language));
      CAPTURE(sample.name, language);
      REQUIRE_FALSE(said.empty());
      std::set<std::string> once;
      for (const Sentence& sentence : said) {
        CHECK_FALSE(sentence.text.empty());
        CHECK_FALSE(sentence.language.empty());
        CHECK(sentence.text.find("\u2068") == std::string::npos);
        CHECK(once.insert(sentence.text).second);
      }
    }
  }
}

TEST_CASE("the keypad comes to everything that is written or can be chosen, round and round") {
  BareFace face(kPanel);
  const SemanticList list = list_of(face, samples::with(Idle{}, "fr"));
  std::set<std::string> seen;
  std::string at;
  for (int i = 0; i < 100; ++i) {
    const SemanticItem* stop = stop_after(list, at, 1, Hearing::everybody);
    REQUIRE(stop != nullptr);
    at = key_of(*stop);
    if (!seen.insert(at).second) break;
  }
  for (const std::string& language : samples::languages()) CHECK(seen.contains("language." + language));
  CHECK(seen.contains("speech"));
  CHECK(seen.contains("title"));
  // One back from the first is the last.
  const std::string first = key_of(*stop_after(list, "", 1, Hearing::everybody));
  const std::string last = key_of(*stop_after(list, "", -1, Hearing::everybody));
  CHECK(key_of(*stop_after(list, first, -1, Hearing::everybody)) == last);
  CHECK(key_of(*stop_after(list, last, 1, Hearing::everybody)) == first);
}

TEST_CASE("a button says its name in its own language, and what it is in the screen's") {
  BareFace face(kPanel);
  const SemanticList list = list_of(face, samples::with(Idle{}, "fr"));
  const SemanticItem* russian = find_item(list, "language.ru");
  REQUIRE(russian != nullptr);
  CHECK(words_of(*russian, Hearing::everybody, face.phrases.in("fr")) ==
        std::vector<Sentence>{{"Русский", "ru"}, {"bouton", "fr"}});
  const SemanticItem* french = find_item(list, "language.fr");
  REQUIRE(french != nullptr);
  CHECK(words_of(*french, Hearing::everybody, face.phrases.in("fr")) ==
        std::vector<Sentence>{{"Français", "fr"}, {"choisi", "fr"}});
}

TEST_CASE("only what is new is said, while a screen stays") {
  const std::vector<Sentence> before{{"Welcome", "en"}, {"Hold your badge up to the camera", "en"}};
  std::vector<Sentence> now = before;
  CHECK(news_of(before, now).empty());
  now.insert(now.begin(), {"Please hold still", "en"});
  CHECK(news_of(before, now) == std::vector<Sentence>{{"Please hold still", "en"}});
  CHECK(news_of(now, before).empty());
}

TEST_CASE("a question is all that is said and walked through while it is up") {
  BareFace face(kPanel);
  State state = samples::with(Refused{samples::refusal(Rule::too_early), samples::moment_now()}, "es");
  state.assist.speech = state.assist.asking = true;
  const SemanticList list = list_of(face, state);
  const auto said = texts_of(reading_of(list, Hearing::one_person, face.phrases.in("es")));
  REQUIRE(said.size() == 2);
  CHECK(said[0] == "¿Necesita más tiempo?");
  const SemanticItem* stop = stop_after(list, kQuestion.data(), 1, Hearing::one_person);
  REQUIRE(stop != nullptr);
  CHECK(stop->id == "more-time");
}

}  // namespace
}  // namespace lanyard::kiosk
