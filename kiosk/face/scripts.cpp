#include "kiosk/face/scripts.hpp"

#include <array>

#include "kiosk/face/text.hpp"

namespace lanyard::kiosk {
namespace {

constexpr std::string_view kCore = "fonts-noto-core";
constexpr std::string_view kCjk = "fonts-noto-cjk";

constexpr auto kScripts = std::to_array<Script>({{kScriptOfTheFace, "Ñandú Łódź", kCore},
                                                 {"Cyrillic", "Щербаков", kCore},
                                                 {"Greek", "Ελένη", kCore},
                                                 {"Arabic", "فاطمة", kCore},
                                                 {"Hebrew", "דוד", kCore},
                                                 {"Devanagari", "अमित", kCore},
                                                 {"Thai", "สมชาย", kCore},
                                                 {"Han", "张伟", kCjk},
                                                 {"rare Han", "𠮷", kCjk},
                                                 {"Hangul", "김민준", kCjk},
                                                 {"Kana", "さくら", kCjk}});

// Texts are laid out, and nobody looks at them.
class NoTextures : public Textures {
 public:
  TextureId make(Channel, const Pixels&) override { return 1; }
  void refill(TextureId, const Pixels&) override {}
  void drop(TextureId) override {}
};

}  // namespace

std::vector<Script> scripts_without_letters() {
  NoTextures none;
  Texts texts(none);
  texts.begin_frame();
  std::vector<Script> missing;
  for (const Script& script : kScripts) {
    TextAsk ask;
    ask.text = script.sample;
    if (texts.get(ask).unknown_glyphs > 0) missing.push_back(script);
  }
  return missing;
}

std::string described(const std::vector<Script>& scripts) {
  std::string text;
  std::string_view package;
  const auto close = [&] { text.append(" (install ").append(package).append(")"); };
  for (const Script& script : scripts) {
    if (!package.empty() && script.package != package) {
      close();
      text += "; ";
    } else if (!package.empty()) {
      text += ", ";
    }
    text += script.name;
    package = script.package;
  }
  if (!package.empty()) close();
  return text;
}

}  // namespace lanyard::kiosk
