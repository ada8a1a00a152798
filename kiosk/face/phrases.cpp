#include "kiosk/face/phrases.hpp"

#include <cstdint>
#include <fstream>
#include <functional>
#include <iterator>
#include <sstream>
#include <utility>

#include <boost/locale.hpp>
#include <boost/locale/gnu_gettext.hpp>
#include <boost/version.hpp>
#include <unicode/locid.h>
#include <unicode/stringoptions.h>
#include <unicode/unistr.h>

#include "kiosk/face/safe_text.hpp"
#include "kiosk/face/text.hpp"

namespace lanyard::kiosk {
namespace {

namespace bl = boost::locale;

inline constexpr std::size_t kMaxCatalogueBytes = 4'000'000;

// The region decides the order of day and month; the catalogues know only languages.
std::string icu_name(std::string_view language) {
  // The figures that are on badges and doors.
  if (language == "ar") return "ar.UTF-8@numbers=latn";
  if (language == "en") return "en_GB.UTF-8";
  if (language == "zh") return "zh_CN.UTF-8";
  return std::string(language) + ".UTF-8";
}

std::vector<char> read_catalogue(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return {};
  std::vector<char> bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (bytes.size() > kMaxCatalogueBytes) bytes.clear();
  return bytes;
}

std::locale make_locale(const std::string& directory, const std::string& language, bool& found) {
  bl::generator generator;
#if BOOST_VERSION >= 108100
  generator.categories(bl::category_t::formatting);
#else
  generator.categories(bl::formatting_facet);
#endif
  const std::locale dates = generator(icu_name(language));
  bl::gnu_gettext::messages_info info;
  info.language = language;
  info.encoding = "UTF-8";
  info.paths.push_back(directory);
  info.domains.emplace_back("lanyard");
  info.callback = [&found](const std::string& path, const std::string&) {
    std::vector<char> bytes = read_catalogue(path);
    found = found || !bytes.empty();
    return bytes;
  };
  return {dates, bl::gnu_gettext::create_messages_facet<char>(info)};
}

// Isolates are for mixed directions alone: everywhere else they would only be in the way of who reads the
// labels.
bool runs_leftwards(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : '\0');
    if (lead >= 0xD6 && lead <= 0xDF) return true;                    // U+0580 .. U+07FF
    if (lead == 0xE0 && next < 0xA4) return true;                     // U+0800 .. U+08FF
    if (lead == 0xEF && next >= 0xAC && next <= 0xBB) return true;    // presentation forms
    if (lead == 0xF0 && (next == 0x90 || next == 0x9E)) return true;  // ancient, Adlam
  }
  return false;
}

enum class Dated : std::uint8_t { whole, briefly, weekday };

std::string format_date(const std::locale& locale, sync::Timestamp when, const sync::Calendar& calendar,
                        Dated how) {
  std::ostringstream out;
  out.imbue(locale);
  // The venue's offset is added by hand, and the sum is written as if it were UTC: no time-zone table is
  // asked.
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(
                           (when + sync::utc_offset_at(when, calendar)).time_since_epoch())
                           .count();
  out << bl::as::gmt;
  switch (how) {
    case Dated::whole:
      out << bl::as::date_full << bl::as::date;
      break;
    case Dated::briefly:
      out << bl::as::date_medium << bl::as::date;
      break;
    case Dated::weekday:
      out << bl::as::ftime("%A");
      break;
  }
  out << static_cast<double>(seconds);
  return out.str();
}

}  // namespace

std::string Tongue::fill(std::string text, std::initializer_list<Filling> fillings) const {
  for (const Filling& filling : fillings) {
    const std::string slot = "{" + std::string(filling.name) + "}";
    std::string value = safe_part(filling.value);
    const bool leftwards = reading_of(language_) == Reading::right_to_left || runs_leftwards(value);
    // NOLINTNEXTLINE(misc-misleading-bidirectional): what the first opens, the second closes
    if (leftwards) value.insert(0, "\u2068").append("\u2069");
    for (std::size_t at = text.find(slot); at != std::string::npos; at = text.find(slot, at + value.size())) {
      text.replace(at, slot.size(), value);
    }
  }
  return text;
}

std::string Tongue::say(const char* text, std::initializer_list<Filling> fillings) const {
  return fill(bl::translate(text).str(locale_), fillings);
}

std::string Tongue::say_in(const char* context, const char* text,
                           std::initializer_list<Filling> fillings) const {
  return fill(bl::translate(context, text).str(locale_), fillings);
}

std::string Tongue::say(const Phrase& phrase, std::initializer_list<Filling> fillings) const {
  return phrase.context == nullptr ? say(phrase.text, fillings)
                                   : say_in(phrase.context, phrase.text, fillings);
}

std::string Tongue::plural(const char* one, const char* many, int n) const {
  return fill(bl::translate(one, many, n).str(locale_), {{"n", std::to_string(n)}});
}

std::string Tongue::long_date(sync::Timestamp when, const sync::Calendar& calendar) const {
  return format_date(locale_, when, calendar, Dated::whole);
}

std::string Tongue::short_date(sync::Timestamp when, const sync::Calendar& calendar) const {
  return format_date(locale_, when, calendar, Dated::briefly);
}

std::string Tongue::weekday(sync::Timestamp when, const sync::Calendar& calendar) const {
  return format_date(locale_, when, calendar, Dated::weekday);
}

std::string Tongue::clock(sync::Timestamp when, const sync::Calendar& calendar) {
  const auto local =
      std::chrono::floor<std::chrono::minutes>(when + sync::utc_offset_at(when, calendar)).time_since_epoch();
  const auto of_day = (local.count() % 1440 + 1440) % 1440;
  const auto two = [](std::int64_t n) {
    return std::string(1, static_cast<char>('0' + n / 10)) + static_cast<char>('0' + n % 10);
  };
  return two(of_day / 60) + ":" + two(of_day % 60);
}

std::string Tongue::moment(sync::Timestamp when, sync::Timestamp now, const sync::Calendar& calendar) const {
  std::string time = clock(when, calendar);
  if (sync::venue_day(when, calendar) == sync::venue_day(now, calendar)) return time;
  return say_in("date and time", "{date}, {time}", {{"date", short_date(when, calendar)}, {"time", time}});
}

Phrases::Phrases(const std::string& directory, const std::vector<std::string>& languages) {
  std::vector<std::string> all = languages;
  all.emplace_back("en");
  for (const std::string& language : all) {
    if (tongues_.contains(language)) continue;
    Tongue tongue;
    bool found = language == "en";
    tongue.locale_ = make_locale(directory, language, found);
    tongue.language_ = found ? language : "en";
    if (!found) missing_.push_back(language);
    tongues_.emplace(language, std::move(tongue));
  }
}

const Tongue& Phrases::in(std::string_view language) const {
  if (const auto exact = tongues_.find(language); exact != tongues_.end()) return exact->second;
  if (const auto base = tongues_.find(language.substr(0, language.find('-'))); base != tongues_.end()) {
    return base->second;
  }
  return tongues_.at("en");
}

std::string endonym(std::string_view language) {
  // ICU takes its time, and each frame asks.
  static thread_local std::map<std::string, std::string, std::less<>> known;
  if (const auto found = known.find(language); found != known.end()) return found->second;
  UErrorCode status = U_ZERO_ERROR;
  const icu::Locale locale =
      icu::Locale::forLanguageTag({language.data(), static_cast<std::int32_t>(language.size())}, status);
  std::string name;
  if (U_SUCCESS(status)) {
    icu::UnicodeString wide;
    locale.getDisplayName(locale, wide);
    // Within a sentence most languages begin their name small; on a button it stands by itself.
    const bool is_known = wide != icu::UnicodeString::fromUTF8(std::string(language));
    if (is_known)
      wide.toTitle(nullptr, locale, U_TITLECASE_WHOLE_STRING | U_TITLECASE_NO_LOWERCASE).toUTF8String(name);
  }
  if (name.empty()) name = language;
  return known.emplace(language, std::move(name)).first->second;
}

}  // namespace lanyard::kiosk
