// All that a delegate may be told: whole, in each language, and to be heard.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "tests/kiosk/hearing.hpp"
#include "tests/kiosk/visit.hpp"
#include "tests/sync/temporary_folder.hpp"

namespace lanyard::kiosk {
namespace {

// All that is to be read on the screen has been said to this one person.
void check_all_told(const Visit& visit, const std::string& what, std::size_t from = 0) {
  for (const SemanticItem& item : on_top(visit.semantics)) {
    const bool written = item.role == Role::text || item.role == Role::heading || item.role == Role::status;
    if (!written || item.quiet) continue;
    const std::string text = safe_part(item.label);
    CAPTURE(what, item.id, text);
    const auto since =
        visit.ears.all.begin() + static_cast<std::ptrdiff_t>(std::min(from, visit.ears.all.size()));
    CHECK(std::any_of(since, visit.ears.all.end(),
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
  std::size_t from = 0;  // of what is said of this badge
  const auto shows = [&](const Decision& d, const std::string& what) {
    visit.passes(visit.config.result_at_least);
    visit.listens();
    from = visit.ears.all.size();
    visit.happens(event::SymbolSeen{"X"});
    check_all_told(visit, "checking", from);
    visit.happens(event::Decided{d});
    check_all_told(visit, what, from);
  };
  Decision first = decision(Verdict::admitted, Rule::admit);
  first.badge_owed = true;
  for (const bool printed : {true, false}) {
    shows(first, "printing");
    visit.happens(event::BadgeDone{first.attendee->id, printed, ""});
    check_all_told(visit, printed ? "printed" : "owed", from);
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
  check_all_told(visit, "more time", from);
  visit.key(Key::choose);
  for (std::size_t i = 0; i <= kUnknownCodes; ++i)
    shows(decision(Verdict::refused, Rule::unknown), "unknown");
  REQUIRE(std::holds_alternative<Paused>(visit.state.screen));
  check_all_told(visit, "paused", from);
  visit.passes(visit.config.pause);
  for (const Fault fault : {Fault::camera, Fault::out_of_service}) {
    visit.listens();
    from = visit.ears.all.size();
    visit.happens(event::FaultChanged{fault});
    REQUIRE(std::holds_alternative<OutOfOrder>(visit.state.screen));
    check_all_told(visit, "out of order", from);
    visit.listens();
    visit.happens(event::FaultChanged{Fault::none});
  }
}

TEST_CASE("whatever comes of a badge is told whole by speech alone, in six languages", "[keypad]") {
  for (const auto& [language, name] : kNames) {
    CAPTURE(language);
    {
      Visit visit;  // one at a time
      begin(visit, language, name);
      visit.key(Key::speech);  // the arrows cut off what was being said
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

}  // namespace
}  // namespace lanyard::kiosk
