// A visit by keypad and speech alone, in each language: what was said is the whole of what the person knows.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>

#include "kiosk/desk/flow.hpp"
#include "kiosk/face/safe_text.hpp"
#include "kiosk/narrator.hpp"
#include "tests/catch.hpp"
#include "tests/kiosk/face/bare_face.hpp"
#include "tests/kiosk/face/samples.hpp"
#include "tests/kiosk/hearing.hpp"
#include "tests/sync/temporary_folder.hpp"

namespace lanyard::kiosk {
namespace {

using namespace std::chrono_literals;
using Key = KeypadKey;

class Ears : public Voice {
 public:
  std::uint64_t say(std::vector<Sentence> sentences, int volume) override {
    heard = std::move(sentences);
    all.insert(all.end(), heard.begin(), heard.end());
    loud = volume;
    return ++turn;
  }
  std::uint64_t say_after(std::vector<Sentence> sentences, int volume) override {
    heard.insert(heard.end(), sentences.begin(), sentences.end());
    all.insert(all.end(), sentences.begin(), sentences.end());
    loud = volume;
    return turn;
  }
  void play(Tone tone) override { tones.push_back(tone); }
  void hush() override { ++hushed; }
  [[nodiscard]] bool works() const override { return true; }
  [[nodiscard]] bool hears(std::string_view text) const {
    return std::ranges::any_of(heard, [&](const Sentence& s) { return s.text == text; });
  }

  std::vector<Sentence> heard;  // last
  std::vector<Sentence> all;
  std::vector<Tone> tones;
  std::uint64_t turn{0};
  int loud{0};
  int hushed{0};
};

// The kiosk's loop, without its threads.
class Visit {
 public:
  Visit() : narrator_(&ears) {
    config.languages = samples::languages();
    state = samples::with(Idle{}, config.language);
    state.since = now;
    frame();
  }

  void apply(const Event& event) {
    Step done = step(state, event, config, now);
    state = std::move(done.next);
    for (const Effect& effect : done.effects) {
      if (const auto* play = std::get_if<effect::Play>(&effect)) narrator_.perform(*play);
      if (const auto* again = std::get_if<effect::SayAgain>(&effect)) narrator_.perform(*again);
      if (const auto* hush = std::get_if<effect::Hush>(&effect)) narrator_.perform(*hush);
    }
  }
  void frame() {
    View view = view_of(state);
    view.now = now;
    view.wall_now += std::chrono::duration_cast<std::chrono::milliseconds>(now - samples::moment_now());
    view.notices = notices;
    DrawResult drawn = face.frame(view);
    narrator_.presented(state, drawn.semantics, face.canvas);
    semantics = std::move(drawn.semantics);
    for (const Event& intent : drawn.intents) apply(intent);
    if (!drawn.intents.empty()) frame();
  }
  void happens(const Event& event) {
    apply(event);
    frame();
  }
  // All that is being said has been heard.
  void listens() {
    const event::SpeechEnded ended{ears.turn};
    if (narrator_.awaits(ended)) happens(ended);
  }
  void key(Key key) {
    if (!Narrator::counts(key, state)) return;
    const bool was_asking = state.assist.asking;
    apply(Narrator::event_of(key));
    static_cast<void>(narrator_.move(key, state, semantics, was_asking, face.canvas));
    frame();
  }
  void passes(Moment::duration time) {
    const Moment until = now + time;
    for (auto wake = wake_at(state); wake && *wake <= until; wake = wake_at(state)) {
      now = std::max(now, *wake);
      happens(event::Tick{});
    }
    now = until;
    frame();
  }
  // By the arrow until that is heard; false if it never is.
  [[nodiscard]] bool arrow_to(std::string_view words) {
    for (int i = 0; i < 40; ++i) {
      key(Key::next);
      if (ears.hears(words)) return true;
    }
    return false;
  }
  [[nodiscard]] const Tongue& tongue() const { return face.phrases.in(state.language); }

  Moment now = samples::moment_now();
  std::vector<sync::Notice> notices;
  FlowConfig config;
  State state;
  BareFace face{Metrics{1080, 1920, 3.61F}};
  Ears ears;
  SemanticList semantics;

 private:
  Narrator narrator_;
};

// With the headset in, and the language found by ear.
void begin(Visit& visit, const std::string& language, std::string_view name) {
  visit.happens(event::HeadsetChanged{true});
  REQUIRE(visit.state.assist.speech);
  CHECK(visit.ears.hears(visit.tongue().say("Hold your badge up to the camera")));
  REQUIRE(visit.arrow_to(name));
  visit.key(Key::choose);
  REQUIRE(visit.state.language == language);
}

const std::vector<std::pair<std::string, std::string>> kNames{{"ar", "العربية"}, {"zh", "中文"},
                                                              {"en", "English"}, {"fr", "Français"},
                                                              {"ru", "Русский"}, {"es", "Español"}};

Decision decision(Verdict verdict, Rule rule) {
  Decision d = verdict == Verdict::refused ? samples::refusal(rule) : Decision{};
  d.verdict = verdict;
  d.rule = rule;
  if (verdict != Verdict::refused) d.attendee = samples::attendee();
  return d;
}

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

// All that is to be read on the screen has been said to this one person.
void check_all_told(const Visit& visit, const std::string& what) {
  for (const SemanticItem& item : on_top(visit.semantics)) {
    const bool written = item.role == Role::text || item.role == Role::heading || item.role == Role::status;
    if (!written || item.quiet) continue;
    const std::string text = safe_part(item.label);
    CAPTURE(what, item.id, text);
    CHECK(std::ranges::any_of(visit.ears.all,
                              [&](const Sentence& s) { return s.text.find(text) != std::string::npos; }));
  }
}

Decision returning() {
  Decision d = decision(Verdict::admitted, Rule::admit);
  d.returning = true;
  return d;
}

// The ways through a visit that the other test leaves out; each begins with a badge held up.
void walk_the_rest(Visit& visit) {
  const auto shows = [&](const Decision& d, const std::string& what) {
    visit.passes(visit.config.result_at_least);
    visit.happens(event::SymbolSeen{"X"});
    check_all_told(visit, "checking");
    visit.happens(event::Decided{d});
    check_all_told(visit, what);
  };
  Decision first = decision(Verdict::admitted, Rule::admit);
  first.badge_owed = true;
  for (const bool printed : {true, false}) {
    shows(first, "printing");
    visit.happens(event::BadgeDone{first.attendee->id, printed, ""});
    check_all_told(visit, printed ? "printed" : "owed");
    CHECK(visit.ears.tones.back() == (printed ? Tone::accept : Tone::call_staff));
    visit.listens();
  }
  shows(returning(), "welcome back");
  visit.listens();
  shows(decision(Verdict::exited, Rule::exit), "goodbye");
  visit.listens();
  shows(decision(Verdict::badge, Rule::badge_owed), "the badge alone");
  visit.passes(visit.state.assist.asks - visit.now);
  REQUIRE(visit.state.assist.asking);
  check_all_told(visit, "more time");
  visit.key(Key::choose);
  for (std::size_t i = 0; i <= kUnknownCodes; ++i)
    shows(decision(Verdict::refused, Rule::unknown), "unknown");
  REQUIRE(std::holds_alternative<Paused>(visit.state.screen));
  check_all_told(visit, "paused");
  visit.passes(visit.config.pause);
  for (const Fault fault : {Fault::camera, Fault::out_of_service}) {
    visit.happens(event::FaultChanged{fault});
    REQUIRE(std::holds_alternative<OutOfOrder>(visit.state.screen));
    check_all_told(visit, "out of order");
  }
}

TEST_CASE("whatever comes of a badge is told whole by speech alone, in six languages", "[keypad]") {
  for (const auto& [language, name] : kNames) {
    CAPTURE(language);
    {
      Visit visit;  // one at a time
      begin(visit, language, name);
      check_all_told(visit, "idle");
      walk_the_rest(visit);
    }
    for (int i = static_cast<int>(Rule::unreadable); i < sync::kRuleCount; ++i) {
      Visit another;
      begin(another, language, name);
      another.happens(event::SymbolSeen{"X"});
      another.happens(event::Decided{decision(Verdict::refused, static_cast<Rule>(i))});
      check_all_told(another, std::string(to_name(static_cast<Rule>(i))));
    }
  }
}

// An audio file: RIFF, 16 bits, one channel.
void write_audio(const std::filesystem::path& file, const std::vector<std::int16_t>& samples) {
  std::ofstream out(file, std::ios::binary);
  const auto number = [&](std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out.put(static_cast<char>(value >> (8 * i)));
  };
  const std::uint64_t bytes = samples.size() * 2;
  out << "RIFF";
  number(36 + bytes, 4);
  out << "WAVEfmt ";
  number(16, 4);
  number(1, 2);
  number(1, 2);
  number(kSampleRate, 4);
  number(kSampleRate * 2, 4);
  number(2, 2);
  number(16, 2);
  out << "data";
  number(bytes, 4);
  for (const std::int16_t sample : samples) number(static_cast<std::uint16_t>(sample), 2);
}

TEST_CASE("every sentence that a delegate may be told can be heard, in each language", "[keypad]") {
  const sync::hub::TemporaryFolder folder;
  for (const auto& [language, name] : kNames) {
    Visit visit;
    begin(visit, language, name);
    walk_the_rest(visit);
    std::set<std::pair<std::string, std::string>> told;
    std::vector<std::int16_t> all;
    for (const Sentence& sentence : visit.ears.all) {
      if (!told.emplace(sentence.language, sentence.text).second) continue;
      const auto samples = spoken(sentence);
      CAPTURE(language, sentence.text, samples.size());
      // Figures and signs between words last for a moment; but none is silent.
      CHECK(loudness(samples) > kHeard);
      CHECK(samples.size() > kSampleRate / 8);
      all.insert(all.end(), samples.begin(), samples.end());
    }
    const auto file = folder.path() / (language + ".wav");
    write_audio(file, all);
    CHECK(told.size() > 20);
    CHECK(std::filesystem::file_size(file) == 44 + all.size() * 2);
    CHECK(all.size() > 30 * kSampleRate);
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
