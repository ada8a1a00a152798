#include "kiosk/face/reading.hpp"

#include <algorithm>

#include "kiosk/face/safe_text.hpp"

namespace lanyard::kiosk {
namespace {

// Marks of direction are for the eye: a voice would stumble over them.
std::string audible(const SemanticItem& item, Hearing hearing) {
  if (item.personal && hearing == Hearing::everybody) return safe_part(item.aloud);
  return safe_part(item.label);
}

bool is_control(const SemanticItem& item) {
  return item.role == Role::button;
}

bool is_written(const SemanticItem& item) {
  return item.role == Role::text || item.role == Role::heading;
}

bool is_latin_letter(std::string_view text, std::size_t at) {
  const auto byte = at < text.size() ? static_cast<unsigned char>(text[at]) : ' ';
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
}

// Whole ones, in scripts that part their words.
bool has_words(std::string_view sentence, std::string_view words) {
  for (auto at = sentence.find(words); at != std::string_view::npos; at = sentence.find(words, at + 1)) {
    const std::size_t end = at + words.size();
    const bool begins = at == 0 || !is_latin_letter(sentence, at - 1) || !is_latin_letter(sentence, at);
    const bool ends = !is_latin_letter(sentence, end) || !is_latin_letter(sentence, end - 1);
    if (begins && ends) return true;
  }
  return false;
}

class Telling {
 public:
  explicit Telling(Hearing hearing) : hearing_(hearing) {}
  void add(const SemanticItem& item) {
    std::string text = audible(item, hearing_);
    if (!text.empty() && !is_said(text)) said_.push_back({std::move(text), item.language});
  }
  [[nodiscard]] std::vector<Sentence> take() { return std::move(said_); }

 private:
  // "Welcome" is not said after "Welcome, Ann", nor is the "Ann" on her card; but "Now" is after "Ms Nowak".
  [[nodiscard]] bool is_said(const std::string& text) const {
    return std::ranges::any_of(said_, [&](const Sentence& s) { return has_words(s.text, text); });
  }
  Hearing hearing_;
  std::vector<Sentence> said_;
};

}  // namespace

std::span<const SemanticItem> on_top(const SemanticList& list) {
  const auto question = std::ranges::find_if(list, [](const SemanticItem& i) { return i.id == kQuestion; });
  return question == list.end() ? std::span(list) : std::span(question, list.end());
}

std::vector<Sentence> reading_of(const SemanticList& list, Hearing hearing, const Tongue& tongue) {
  const std::span<const SemanticItem> items = on_top(list);
  Telling reading(hearing);
  for (const SemanticItem& item : items) {
    if (item.role == Role::status) reading.add(item);
  }
  int choices = 0;
  for (const SemanticItem& item : items) {
    if (is_written(item) && !item.quiet) reading.add(item);
    if (is_control(item) && item.enabled) ++choices;
  }
  std::vector<Sentence> said = reading.take();
  if (choices > 0) {
    const std::string how =
        tongue.plural("{n} choice: the arrow keys lead to it, the round key chooses it.",
                      "{n} choices: the arrow keys lead to them, the round key chooses one.", choices);
    said.push_back({safe_part(how), tongue.language()});
  }
  return said;
}

std::vector<Sentence> news_of(const std::vector<Sentence>& before, const std::vector<Sentence>& now) {
  std::vector<Sentence> out;
  for (const Sentence& sentence : now) {
    if (std::ranges::find(before, sentence) == before.end()) out.push_back(sentence);
  }
  return out;
}

std::string key_of(const SemanticItem& item) {
  return item.id.empty() ? "=" + item.label : item.id;
}

const SemanticItem* stop_after(const SemanticList& list, const std::string& from, int by, Hearing hearing) {
  std::vector<const SemanticItem*> stops;
  int at = -1;
  for (const SemanticItem& item : on_top(list)) {
    const bool stops_here = item.drawn && (is_written(item) || item.role == Role::status || is_control(item));
    if (!stops_here || audible(item, hearing).empty()) continue;
    if (key_of(item) == from) at = static_cast<int>(stops.size());
    stops.push_back(&item);
  }
  if (stops.empty()) return nullptr;
  const int count = static_cast<int>(stops.size());
  const int to = at < 0 && by < 0 ? count - 1 : (at + by + count) % count;
  return stops[static_cast<std::size_t>(to)];
}

std::vector<Sentence> words_of(const SemanticItem& item, Hearing hearing, const Tongue& tongue) {
  std::vector<Sentence> said;
  std::string text = audible(item, hearing);
  if (text.empty()) return said;
  said.push_back({std::move(text), item.language});
  if (!is_control(item)) return said;
  std::string what = !item.enabled ? tongue.say_in("of a button", "not possible now")
                     : item.chosen ? tongue.say_in("of a button", "chosen")
                                   : tongue.say_in("what it is", "button");
  said.push_back({std::move(what), tongue.language()});
  return said;
}

}  // namespace lanyard::kiosk
