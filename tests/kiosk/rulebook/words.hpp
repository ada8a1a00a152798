// The words of a sentence in a scenario, and the numbers and times among them.
#pragma once

#include <charconv>
#include <chrono>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace lanyard::kiosk::rulebook {

using Words = std::vector<std::string>;

// What is wrong with a scenario itself: it ends there, and says so.
struct Mistake {
  std::string what;
};

inline Words words_of(const std::string& sentence) {
  std::istringstream in(sentence);
  Words words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

inline std::string joined(const Words& words, std::size_t from) {
  std::string text;
  for (std::size_t i = from; i < words.size(); ++i) text += (text.empty() ? "" : " ") + words[i];
  return text;
}

inline int number_in(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size())
    throw Mistake{"'" + std::string(text) + "' is no number"};
  return number;
}

// "09:30", and "25:30" of the night after.
inline std::chrono::minutes clock_in(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) throw Mistake{"'" + std::string(text) + "' is no time"};
  return std::chrono::minutes(60 * number_in(text.substr(0, colon)) + number_in(text.substr(colon + 1)));
}

}  // namespace lanyard::kiosk::rulebook
