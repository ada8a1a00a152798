// What the kiosk says, in several languages at once, whatever the machine's own locale is: gettext catalogues
// (<directory>/<language>/LC_MESSAGES/lanyard.mo), read by Boost.Locale; English is the source, and needs
// none. The only door to Boost.Locale, and with it one of ICU's.
//
// Placeholders are named, so that translators can move them: say("Welcome, {name}", {{"name",
// attendee.name}}). What is put in is made safe (safe_part) and isolated, so that it cannot turn the sentence
// round.
//
// tests/kiosk/face/catalogue_test.sh fails on a phrase without a translation: every phrase is a literal in
// say, say_in, plural, mark or mark_in.
//
// Threads: immutable once built; share freely.
#pragma once

#include <chrono>
#include <initializer_list>
#include <locale>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sync/record.hpp"

namespace lanyard::kiosk {

struct Filling {
  std::string_view name;
  std::string_view value;
};

// A phrase kept for later, in a table.
struct Phrase {
  const char* text;
  const char* context{nullptr};
};
[[nodiscard]] constexpr Phrase mark(const char* text) {
  return {text};
}
[[nodiscard]] constexpr Phrase mark_in(const char* context, const char* text) {
  return {text, context};
}

class Tongue {
 public:
  [[nodiscard]] const std::string& language() const { return language_; }

  [[nodiscard]] std::string say(const char* text, std::initializer_list<Filling> fillings = {}) const;
  [[nodiscard]] std::string say_in(const char* context, const char* text,
                                   std::initializer_list<Filling> fillings = {}) const;
  [[nodiscard]] std::string say(const Phrase& phrase, std::initializer_list<Filling> fillings = {}) const;
  // {n} is filled in.
  [[nodiscard]] std::string plural(const char* one, const char* many, int n) const;

  // Of the venue's calendar and clocks: "Monday, 23 November 2026", "23 Nov 2026", "14:05".
  [[nodiscard]] std::string long_date(sync::Timestamp when, const sync::Calendar& calendar) const;
  [[nodiscard]] std::string short_date(sync::Timestamp when, const sync::Calendar& calendar) const;
  [[nodiscard]] std::string weekday(sync::Timestamp when, const sync::Calendar& calendar) const;  // "Monday"
  [[nodiscard]] static std::string clock(sync::Timestamp when, const sync::Calendar& calendar);
  // The clock alone if it is of today; else with the day.
  [[nodiscard]] std::string moment(sync::Timestamp when, sync::Timestamp now,
                                   const sync::Calendar& calendar) const;

 private:
  friend class Phrases;
  [[nodiscard]] std::string fill(std::string text, std::initializer_list<Filling> fillings) const;

  std::string language_;
  std::locale locale_;
};

// What a language calls itself, by ICU: "Français", "中文", and so of each whose catalogue is dropped in; its
// tag if ICU does not know it.
[[nodiscard]] std::string endonym(std::string_view language);

class Phrases {
 public:
  // A catalogue that cannot be read is in missing(), and its language is spoken in English.
  Phrases(const std::string& directory, const std::vector<std::string>& languages);

  // The language, else its base ("zh" for "zh-Hans"), else English.
  [[nodiscard]] const Tongue& in(std::string_view language) const;
  [[nodiscard]] const std::vector<std::string>& missing() const { return missing_; }

 private:
  std::map<std::string, Tongue, std::less<>> tongues_;
  std::vector<std::string> missing_;
};

}  // namespace lanyard::kiosk
