#include "kiosk/face/text.hpp"

#include "tests/catch.hpp"
#include "tests/kiosk/face/bare_face.hpp"

namespace lanyard::kiosk {
namespace {

TextAsk ask(std::string_view text, float width, float size, float least, int lines) {
  return {.text = text,
          .language = "en",
          .size_px = size,
          .least_px = least,
          .width_px = width,
          .height_px = 1000,
          .lines_most = lines};
}

TEST_CASE("a text that fits keeps its size") {
  NoTextures textures;
  Texts texts(textures);
  const TextPicture& picture = texts.get(ask("Welcome", 1000, 60, 20, 1));
  CHECK(picture.size_px == 60);
  CHECK(picture.lines == 1);
  CHECK(!picture.shortened);
}

TEST_CASE("a text that is too wide shrinks, then wraps, and is shortened only at the least size") {
  NoTextures textures;
  Texts texts(textures);
  const TextPicture& shrunk = texts.get(ask("Jiang Ronghua", 300, 60, 20, 1));
  CHECK(shrunk.size_px < 60);
  CHECK(shrunk.width <= 300);
  CHECK(!shrunk.shortened);
  const TextPicture& wrapped = texts.get(ask("Taukeinikoro Vunivalu-Rabuka", 300, 40, 30, 2));
  CHECK(wrapped.lines == 2);
  CHECK(wrapped.width <= 300);
  CHECK(!wrapped.shortened);
  const TextPicture& shortened = texts.get(ask(std::string(300, 'W'), 300, 40, 30, 2));
  CHECK(shortened.size_px == 30);
  CHECK(shortened.shortened);
  CHECK(shortened.width <= 301);
}

TEST_CASE("at every width a text stays within it") {
  NoTextures textures;
  Texts texts(textures);
  for (const char* text :
       {"This badge has already been used here", "此入口已停止入场，请您前往服务台", "نادية بوشناق فرحات"}) {
    for (float width = 120; width < 900; width += 37) {
      const TextPicture& picture = texts.get(ask(text, width, 58, 26, 3));
      INFO(text << " at " << width);
      CHECK(picture.width <= width + 1);
    }
  }
}

TEST_CASE("the last line is never a single Han") {
  NoTextures textures;
  Texts texts(textures);
  // Eleven characters of 40 px into a width of ten: 6 and 5, not 10 and 1.
  const TextPicture& picture = texts.get(ask("请您前往礼宾服务台一层", 415, 40, 40, 2));
  CHECK(picture.lines == 2);
  CHECK(picture.width < 300);
}

TEST_CASE("names of every script on the list have glyphs") {
  NoTextures textures;
  Texts texts(textures);
  for (const char* name :
       {"江容华", "𠮷野", "解𬀩", "نادية بوشناق", "Дмитро Ковальчук", "ဦးကျော်ထင်စိုး", "金城 宗一郎",
        "김민준", "สมชาย ใจดี", "Nguyễn Thị Hoà", "አበበ", "Mānuka Te Whaiti-Pōtae", "🅰"}) {
    INFO(name);
    CHECK(texts.get(ask(name, 2000, 40, 40, 1)).unknown_glyphs == (std::string_view(name) == "🅰" ? 0 : 0));
  }
}

TEST_CASE("a character that no font has is counted") {
  NoTextures textures;
  Texts texts(textures);
  CHECK(texts.get(ask("a\U000F1234", 2000, 40, 40, 1)).unknown_glyphs == 1);
}

TEST_CASE("Han takes the forms of the language that it is tagged with") {
  // U+76F4 differs between Chinese and Japanese: the pixels must, too.
  class Keeping : public Textures {
   public:
    [[nodiscard]] TextureId make(Channel, const Pixels& p) override {
      last.clear();
      for (int y = 0; y < p.height; ++y)
        last.append(reinterpret_cast<const char*>(p.data) + y * p.stride, static_cast<std::size_t>(p.width));
      return 1;
    }
    void refill(TextureId, const Pixels&) override {}
    void drop(TextureId) override {}
    std::string last;
  };
  Keeping textures;
  Texts texts(textures);
  TextAsk a = ask("直", 400, 80, 80, 1);
  a.language = "zh";
  static_cast<void>(texts.get(a));
  const std::string chinese = textures.last;
  a.language = "ja";
  static_cast<void>(texts.get(a));
  CHECK(!chinese.empty());
  CHECK(chinese != textures.last);
}

TEST_CASE("texts are kept, the oldest go first, and every texture is given back") {
  NoTextures textures;
  {
    Texts texts(textures);
    texts.begin_frame();
    const TextureId first = texts.get(ask("one", 500, 30, 30, 1)).texture;
    CHECK(texts.get(ask("one", 500, 30, 30, 1)).texture == first);
    for (std::size_t i = 0; i < kMaxCachedTexts + 200; ++i) {
      static_cast<void>(texts.get(ask(std::to_string(i), 500, 12, 12, 1)));
    }
    texts.begin_frame();
    CHECK(texts.cached() == kMaxCachedTexts);
    CHECK(textures.alive == static_cast<int>(kMaxCachedTexts));
    CHECK(texts.get(ask("one", 500, 30, 30, 1)).texture != first);
  }
  CHECK(textures.alive == 0);
}

TEST_CASE("large texts are kept within a limit of memory, and none that a frame still shows goes") {
  NoTextures textures;
  Texts texts(textures);
  texts.begin_frame();
  int made = 0;
  while (texts.cached_bytes() <= kMaxCachedTextBytes) {
    static_cast<void>(texts.get(ask("WWWWWWWWWW " + std::to_string(made++), 4000, 300, 300, 1)));
  }
  CHECK(texts.cached() == static_cast<std::size_t>(made));
  texts.begin_frame();
  CHECK(texts.cached_bytes() <= kMaxCachedTextBytes);
  CHECK(texts.cached() == static_cast<std::size_t>(made) - 1);
}

TEST_CASE("an empty text has nothing to draw, and takes no room") {
  NoTextures textures;
  Texts texts(textures);
  for (const char* text : {"", "   ", "\u202E\u202C", "\x01\x02"}) {
    CHECK(texts.get(ask(text, 500, 30, 30, 1)).texture == 0);
    CHECK(texts.get(ask(text, 500, 30, 30, 1)).height == 0);
  }
}

TEST_CASE("languages are read from the side where they begin") {
  CHECK(reading_of("ar") == Reading::right_to_left);
  CHECK(reading_of("ar-EG") == Reading::right_to_left);
  CHECK(reading_of("en") == Reading::left_to_right);
  CHECK(reading_of("arn") == Reading::left_to_right);
}

}  // namespace
}  // namespace lanyard::kiosk
