#include "tests/kiosk/face/fit.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <utility>

#include "kiosk/desk/flow.hpp"
#include "kiosk/face/reading.hpp"
#include "tests/catch.hpp"

namespace lanyard::kiosk {
namespace {

// A text of the catalogue's own, as against a name or another's words.
bool is_phrase(const SemanticItem& item) {
  const auto& ours = samples::languages();
  if (std::ranges::find(ours, item.language) == ours.end()) return false;  // a name's
  static std::map<std::string, std::set<std::string>> known;
  std::set<std::string>& phrases = known[item.language];
  if (phrases.empty()) {
    const bool english = item.language == "en";
    std::ifstream file(std::string(LANYARD_CATALOGUES) +
                       (english ? "/lanyard.pot" : "/" + item.language + "/lanyard.po"));
    REQUIRE(file.is_open());
    std::string text;
    bool taken = false;
    for (std::string line; std::getline(file, line);) {
      const bool begins = line.starts_with("msg");
      if (begins || line.empty()) {
        if (taken) phrases.insert(std::exchange(text, {}));
        taken = line.starts_with(english ? "msgid" : "msgstr");
        text.clear();
      }
      const auto from = line.find('"');
      if (taken && from != std::string::npos) text += line.substr(from + 1, line.rfind('"') - from - 1);
    }
    phrases.insert("");
  }
  return phrases.contains(item.label);
}

// What is wrong with an item, in words; "" if nothing.
std::string complaint(const SemanticItem& item, const Metrics& metrics, bool staff) {
  if (item.label.empty()) return "has no label";
  if (item.language.empty()) return "has no language";
  if (!item.drawn) return {};
  const Rect screen{0, 0, static_cast<float>(metrics.width_px), static_cast<float>(metrics.height_px)};
  if (!screen.contains(item.rect, 0.5F)) return "leaves the screen";
  if (!item.box.contains(item.rect, 1.5F)) return "leaves its box";
  if (item.role == Role::button || item.role == Role::field) {
    const float least = (staff ? kStaffTargetMm : kDelegateTargetMm) * metrics.px_per_mm - 0.5F;
    if (item.role == Role::button && (item.rect.w < least || item.rect.h < least))
      return "is too small to touch";
    if (item.enabled && contrast(item.ink, item.ground) < kControlContrast) return "is a control too faint";
    return {};
  }
  if (contrast(item.ink, item.ground) < kTextContrast) return "is a text too faint";
  if (item.unknown_glyphs > 0) return "has characters that no font has";
  if (!item.quiet && item.cap_mm < kDelegateCapMm) return "is too small to read";
  if (item.shortened && (!item.quiet || is_phrase(item))) return "is cut short";
  return {};
}

}  // namespace

void check_fit(const SemanticList& list, const Metrics& panel, const State& state, const std::string& where) {
  for (const SemanticItem& item : list) {
    const std::string wrong = complaint(item, panel, is_staff(state.screen));
    if (wrong.empty()) continue;
    FAIL_CHECK(where << " " << name_of(panel) << ": \"" << item.label << "\" (" << item.id << ") " << wrong
                     << "; rect " << item.rect.x << "," << item.rect.y << " " << item.rect.w << "x"
                     << item.rect.h << " box " << item.box.x << "," << item.box.y << " " << item.box.w << "x"
                     << item.box.h << " cap " << item.cap_mm);
  }
}

void check_apart(const SemanticList& list, const std::string& where) {
  std::vector<const SemanticItem*> texts;
  // A question lies over the rest, and is meant to.
  for (const SemanticItem& item : on_top(list)) {
    if (item.drawn && item.role != Role::button && item.role != Role::field) texts.push_back(&item);
  }
  for (std::size_t i = 0; i < texts.size(); ++i) {
    for (std::size_t k = i + 1; k < texts.size(); ++k) {
      const Rect& a = texts[i]->rect;
      const Rect& b = texts[k]->rect;
      const float w = std::min(a.right(), b.right()) - std::max(a.x, b.x);
      const float h = std::min(a.bottom(), b.bottom()) - std::max(a.y, b.y);
      if (w > 2 && h > 2) {
        FAIL_CHECK(where << ": \"" << texts[i]->label << "\" lies on \"" << texts[k]->label << "\"");
      }
    }
  }
}

std::string name_of(const Metrics& m) {
  return std::to_string(m.width_px) + "x" + std::to_string(m.height_px) + "@" + std::to_string(m.px_per_mm);
}

std::vector<samples::Sample> of_all_languages() {
  std::vector<samples::Sample> out;
  for (const std::string& language : samples::languages()) {
    for (samples::Sample& sample : samples::all(language)) out.push_back(std::move(sample));
  }
  return out;
}

}  // namespace lanyard::kiosk
