// Names typed on the screen's keys, in four scripts, as a finger does it: each touch is drawn, hit and
// applied.
#include <algorithm>
#include <set>

#include "kiosk/desk/flow.hpp"
#include "kiosk/face/keyboard_layout.hpp"
#include "kiosk/face/screens.hpp"
#include "tests/catch.hpp"
#include "tests/kiosk/face/bare_face.hpp"
#include "tests/kiosk/face/samples.hpp"

namespace lanyard::kiosk {
namespace {

const Metrics kSmallPanel{768, 1024, 3.36F};

// The kiosk's loop, without its threads.
class Search {
 public:
  explicit Search(const std::string& language, Metrics panel = kSmallPanel) : face_(panel) {
    config_.language = language;
    config_.languages = samples::languages();
    state_ = samples::with(
        StaffSearch{{"S7"}, "", {}, true, samples::moment_now() + std::chrono::seconds{60}}, language);
  }

  void touch(const std::string& id) {
    INFO(id);
    const SemanticList list = items();
    const SemanticItem* item = find_item(list, id);
    REQUIRE(item != nullptr);
    for (const Event& event : face_.tap(view_of(state_), item->rect)) {
      state_ = step(state_, event, config_, samples::moment_now()).next;
    }
  }
  void type(const std::vector<std::string>& letters) {
    for (const std::string& letter : letters) touch("search.key." + letter);
  }
  void pick(Keyboard keyboard) { touch("search.keyboard." + std::string(to_name(keyboard))); }

  [[nodiscard]] const std::string& query() const { return std::get<StaffSearch>(state_.screen).query; }
  [[nodiscard]] SemanticList items() { return face_.frame(view_of(state_)).semantics; }
  [[nodiscard]] bool shows(std::string_view id) {
    const SemanticList list = items();
    return find_item(list, id) != nullptr;
  }
  State state_;

 private:
  BareFace face_;
  FlowConfig config_;
};

TEST_CASE("Müller is typed with an umlaut that is touched after its letter") {
  Search search("en");
  search.type({"m", "u"});
  search.touch("search.strip.ü");
  search.type({"l", "l", "e", "r"});
  CHECK(search.query() == "Müller");
}

TEST_CASE("Щербаков is typed in Cyrillic, after one touch, on an English screen") {
  Search search("en");
  search.pick(Keyboard::cyrillic);
  search.type({"щ", "е", "р", "б", "а", "к", "о", "в"});
  CHECK(search.query() == "Щербаков");
  // And a Ukrainian letter of the same keys.
  search.touch("search.key.space");
  search.type({"и"});
  search.touch("search.strip.І");
  search.type({"в"});
  CHECK(search.query() == "Щербаков Ів");
}

TEST_CASE("محمد is typed in Arabic, whose keys come up with an Arabic screen") {
  Search search("ar");
  search.type({"م", "ح", "م", "د"});
  CHECK(search.query() == "محمد");
  search.touch("search.key.space");
  search.type({"ك"});
  search.touch("search.strip.ک");
  CHECK(search.query() == "محمد ک");
}

TEST_CASE("张伟 is spelled in pinyin, and each syllable is exchanged for its character") {
  Search search("zh");
  search.type({"z", "h", "a", "n", "g"});
  CHECK(search.query() == "zhang");
  search.touch("search.strip.张");
  CHECK(search.query() == "张");
  search.type({"w", "e", "i"});
  search.touch("search.strip.伟");
  CHECK(search.query() == "张伟");
  search.touch("search.erase");
  CHECK(search.query() == "张");
}

TEST_CASE("a name may be spelled to its end before any character is chosen") {
  Search search("zh");
  search.type({"z", "h", "a", "n", "g", "w", "e", "i"});
  search.touch("search.strip.张");
  CHECK(search.query() == "张wei");
  search.touch("search.strip.伟");
  CHECK(search.query() == "张伟");
}

TEST_CASE("the pages of a strip lead to every character, and back") {
  Search search("zh");
  search.type({"z", "h", "a", "n", "g"});
  CHECK_FALSE(search.shows("search.strip.瘴"));
  for (int i = 0; i < 10 && !search.shows("search.strip.瘴"); ++i) search.touch("search.strip.on");
  search.touch("search.strip.back");
  search.touch("search.strip.on");
  search.touch("search.strip.瘴");
  CHECK(search.query() == "瘴");
}

TEST_CASE("the keys that come up follow the language of the screen, and a choice outlasts it") {
  for (const auto& [language, key] : std::vector<std::pair<std::string, std::string>>{
           {"en", "q"}, {"fr", "q"}, {"es", "q"}, {"ru", "щ"}, {"ar", "ض"}, {"zh", "ü"}}) {
    INFO(language);
    CHECK(Search(language).shows("search.key." + key));
  }
  Search search("ru");
  search.pick(Keyboard::arabic);
  search.type({"ض"});
  search.state_.language = "zh";
  CHECK(search.shows("search.key.ض"));
}

TEST_CASE("digits, space, erasing and every other keyboard are one touch away on each, at the same place") {
  for (const std::string& language : samples::languages()) {
    Search search(language);
    std::vector<std::string> fixed{"search.erase", "search.key.space"};
    for (char digit = '0'; digit <= '9'; ++digit) fixed.push_back(std::string("search.key.") + digit);
    for (const Keyboard one : kKeyboards) fixed.push_back("search.keyboard." + std::string(to_name(one)));
    std::vector<Rect> first;
    for (const Keyboard keyboard : kKeyboards) {
      search.pick(keyboard);
      const SemanticList list = search.items();
      for (std::size_t i = 0; i < fixed.size(); ++i) {
        const SemanticItem* item = find_item(list, fixed[i]);
        INFO(fixed[i]);
        REQUIRE(item != nullptr);
        if (first.size() < fixed.size()) first.push_back(item->rect);
        // How wide the key is that erases depends on the letters beside it.
        CHECK(item->rect.y == first[i].y);
        CHECK(std::abs(item->rect.right() - first[i].right()) < 1);
      }
    }
  }
}

TEST_CASE("a strip comes and goes, and nothing else moves") {
  Search search("en");
  search.type({"x"});
  CHECK_FALSE(search.shows("search.strip.x"));
  const SemanticList without = search.items();
  search.touch("search.erase");
  search.type({"e"});
  search.touch("search.erase");
  search.type({"x", "e"});
  const SemanticList with = search.items();
  REQUIRE(find_item(with, "search.strip.é") != nullptr);
  for (const SemanticItem& item : without) {
    if (!item.id.starts_with("search.key")) continue;
    const SemanticItem* same = find_item(with, item.id);
    REQUIRE(same != nullptr);
    CHECK(same->rect.x == item.rect.x);
    CHECK(same->rect.y == item.rect.y);
  }
}

TEST_CASE("keys stand from left to right on a mirrored screen too") {
  for (const std::string language : {"en", "ar"}) {
    Search search(language);
    for (const auto& [keyboard, left, right] :
         std::vector<std::tuple<Keyboard, std::string, std::string>>{{Keyboard::latin, "q", "p"},
                                                                     {Keyboard::cyrillic, "й", "ъ"},
                                                                     {Keyboard::arabic, "ض", "د"},
                                                                     {Keyboard::pinyin, "1", "0"}}) {
      search.pick(keyboard);
      const SemanticList list = search.items();
      CHECK(find_item(list, "search.key." + left)->rect.x < find_item(list, "search.key." + right)->rect.x);
    }
  }
}

TEST_CASE("a name begins with a capital, and goes on without") {
  Search search("en");
  search.type({"a", "n", "n", "a", "-", "l", "e", "a"});
  search.touch("search.key.space");
  search.type({"b", "o"});
  CHECK(search.query() == "Anna-Lea Bo");
}

TEST_CASE("the form that was typed is marked among its forms, and leads back to the plain letter") {
  Search search("en");
  search.type({"x", "e"});
  search.touch("search.strip.ë");
  const SemanticList list = search.items();
  CHECK(find_item(list, "search.strip.ë")->chosen);
  CHECK_FALSE(find_item(list, "search.strip.e")->chosen);
  search.touch("search.strip.ë");
  CHECK(search.query() == "Xë");
  search.touch("search.strip.e");
  CHECK(search.query() == "Xe");
}

TEST_CASE("every key is 13 mm wide and high on every panel, and lies on no other") {
  for (const Metrics& panel :
       {Metrics{1080, 1920, 3.61F}, Metrics{1920, 1080, 3.61F}, Metrics{1280, 720, 3.71F},
        Metrics{1920, 1080, 5.57F}, Metrics{768, 1024, 3.36F}, Metrics{2160, 3840, 5.42F}}) {
    for (const std::string& language : samples::languages()) {
      Search search(language, panel);
      for (const Keyboard keyboard : kKeyboards) {
        search.pick(keyboard);
        std::get<StaffSearch>(search.state_.screen).query = "a";
        std::vector<SemanticItem> keys;
        for (const SemanticItem& item : search.items()) {
          if (item.role == Role::button && item.id.starts_with("search.")) keys.push_back(item);
        }
        for (std::size_t i = 0; i < keys.size(); ++i) {
          INFO(keys[i].id << " " << panel.width_px << " " << language);
          CHECK(std::min(keys[i].rect.w, keys[i].rect.h) >= panel.px(13) - 1);
          for (std::size_t k = i + 1; k < keys.size(); ++k) {
            const Rect& a = keys[i].rect;
            const Rect& b = keys[k].rect;
            CHECK((a.right() <= b.x || b.right() <= a.x || a.bottom() <= b.y || b.bottom() <= a.y));
          }
        }
      }
    }
  }
}

TEST_CASE("while the characters are still being looked up pinyin is typed all the same") {
  BareFace face(kSmallPanel);
  const State zh = samples::with(StaffSearch{{"S7"}, "zh", {}, true, {}}, "zh");
  View view = view_of(zh);
  view.pinyin = nullptr;
  const SemanticList list = face.frame(view).semantics;
  CHECK(find_item(list, "search.key.a") != nullptr);
  CHECK(find_item(list, "search.strip.张") == nullptr);
}

TEST_CASE("a layout has as many capitals as letters, no letter twice, and room to erase") {
  for (const Keyboard keyboard : kKeyboards) {
    const KeyboardLayout& layout = layout_of(keyboard);
    std::set<std::string_view> letters;
    std::size_t count = 0;
    for (std::size_t row = 0; row < layout.rows.size(); ++row) {
      const auto line = letters_of(layout.rows.at(row));
      CHECK(line.size() == letters_of(layout.capitals.at(row)).size());
      CHECK(line.size() == layout.columns - (row + 1 == layout.rows.size() ? 2 : 0));
      letters.insert(line.begin(), line.end());
      count += line.size();
    }
    CHECK(letters.size() == count);
    CHECK(layout.columns <= 12);
  }
}

TEST_CASE("a letter's forms are those of its family, whichever of them was typed") {
  CHECK(forms_of("é") == forms_of("e"));
  CHECK(forms_of("É").front() == "E");
  CHECK(forms_of("ґ").front() == "г");
  CHECK(forms_of("گ").front() == "ك");
  for (const char* none : {"", " ", "1", "x", "张", "\xC3", "'"}) CHECK(forms_of(none).empty());
}

}  // namespace
}  // namespace lanyard::kiosk
