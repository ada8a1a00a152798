#include "kiosk/script.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

namespace lanyard::kiosk {
namespace {

using Kind = ScriptStep::Kind;
constexpr std::array<std::pair<std::string_view, Kind>, 9> kKinds{{{"show", Kind::show},
                                                                   {"touch", Kind::touch},
                                                                   {"hold", Kind::hold},
                                                                   {"type", Kind::type},
                                                                   {"key", Kind::key},
                                                                   {"wait", Kind::wait},
                                                                   {"until", Kind::until},
                                                                   {"expect", Kind::expect},
                                                                   {"shot", Kind::shot}}};
constexpr std::array<std::pair<std::string_view, KeypadKey>, 8> kKeys{
    {{"next", KeypadKey::next},
     {"previous", KeypadKey::previous},
     {"choose", KeypadKey::choose},
     {"speech", KeypadKey::speech},
     {"louder", KeypadKey::louder},
     {"softer", KeypadKey::softer},
     {"headset-in", KeypadKey::headset_in},
     {"headset-out", KeypadKey::headset_out}}};
constexpr double kMostSeconds = 24 * 3600;

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<std::chrono::milliseconds> seconds_of(std::string_view text) {
  double value = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (bad != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (!(value >= 0 && value <= kMostSeconds)) return std::nullopt;
  return std::chrono::milliseconds(std::llround(value * 1000));
}

bool is_file_name(std::string_view text) {
  return text.size() <= 100 && text.front() != '.' && std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                  c == '_' || c == '.';
         });
}

// The step of a line, or what is wrong with it.
tl::expected<ScriptStep, std::string> step_of(std::string_view line) {
  const std::string_view word = line.substr(0, line.find_first_of(" \t"));
  const std::string_view rest = trimmed(line.substr(word.size()));
  const auto* const kind = std::ranges::find(kKinds, word, &std::pair<std::string_view, Kind>::first);
  if (kind == kKinds.end()) {
    return tl::make_unexpected("'" + std::string(word.substr(0, 40)) +
                               "': expected show, touch, hold, type, key, wait, until, expect or shot");
  }
  if (rest.empty()) return tl::make_unexpected(std::string(word) + ": what?");
  ScriptStep step;
  step.kind = kind->second;
  step.text = std::string(rest);
  if (step.kind == Kind::wait) {
    const auto by = seconds_of(rest);
    if (!by) return tl::make_unexpected("wait: expected seconds, as 2.5, of a day at most");
    step.by = *by;
  }
  if (step.kind == Kind::key) {
    const auto* const key = std::ranges::find(kKeys, rest, &std::pair<std::string_view, KeypadKey>::first);
    if (key == kKeys.end()) {
      return tl::make_unexpected("key: there is no '" + std::string(rest.substr(0, 40)) + "'");
    }
    step.key = key->second;
  }
  if (step.kind == Kind::shot && !is_file_name(rest)) {
    return tl::make_unexpected("shot: expected a name of letters, digits, '-', '_' and '.'");
  }
  return step;
}

const char* name_of(Role role) {
  constexpr std::array<const char*, 8> kNames{"text",  "heading", "status",  "picture",
                                              "field", "button",  "caption", "corner"};
  return kNames.at(static_cast<std::size_t>(role));
}

}  // namespace

sync::Expected<std::vector<ScriptStep>> parse_script(std::string_view text, std::string_view name) {
  std::vector<ScriptStep> steps;
  std::string problems;
  int number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty() || line.front() == '#') continue;
    auto step = step_of(line);
    if (!step) {
      problems += (problems.empty() ? "" : "\n") + std::string(name) + ":" + std::to_string(number) + ": " +
                  step.error();
      continue;
    }
    step->line = number;
    steps.push_back(std::move(*step));
  }
  if (!problems.empty()) return sync::fail(sync::Error::Kind::invalid, problems);
  if (steps.empty())
    return sync::fail(sync::Error::Kind::invalid, std::string(name) + ": there is no step in it");
  return steps;
}

const SemanticItem* control_named(const SemanticList& list, std::string_view id) {
  const bool open = id.ends_with('*');
  if (open) id.remove_suffix(1);
  for (const SemanticItem& item : list) {
    if (item.role != Role::button && item.role != Role::corner) continue;
    if (item.enabled && (open ? std::string_view(item.id).starts_with(id) : item.id == id)) return &item;
  }
  return nullptr;
}

bool stands_on(const SemanticList& list, std::string_view words) {
  return std::ranges::any_of(list, [&](const SemanticItem& item) {
    return item.label.find(words) != std::string::npos || item.value.find(words) != std::string::npos;
  });
}

std::string to_json_lines(const SemanticList& list) {
  std::string lines;
  for (const SemanticItem& item : list) {
    nlohmann::ordered_json one{{"role", name_of(item.role)}, {"id", item.id}, {"label", item.label}};
    if (!item.value.empty()) one["value"] = item.value;
    one["language"] = item.language;
    if (item.drawn) {
      one["at"] = {std::lround(item.rect.x), std::lround(item.rect.y), std::lround(item.rect.w),
                   std::lround(item.rect.h)};
    }
    if (item.personal) one["personal"] = true;
    if (item.chosen) one["chosen"] = true;
    if (!item.enabled) one["enabled"] = false;
    lines += one.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  }
  return lines;
}

}  // namespace lanyard::kiosk
