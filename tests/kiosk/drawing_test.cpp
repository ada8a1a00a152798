// The window's thread and the printer's draw at the same time, all day.
#include <array>
#include <atomic>
#include <string>
#include <thread>

#include "kiosk/badge/badge.hpp"
#include "kiosk/face/text.hpp"
#include "tests/catch.hpp"
#include "tests/kiosk/face/bare_face.hpp"

namespace lanyard::kiosk {
namespace {

// More font files than Cairo keeps open, so that it closes some to open others.
constexpr std::array kNames{"Ñandú Łódź", "Щербаков", "Ελένη",  "فاطمة",  "דוד",    "अमित", "สมชาย",
                            "张伟",       "김민준",   "さくら", "አበበ",    "გიორგი", "Արամ", "রহিম",
                            "සුනිල්",        "தமிழ்",     "తెలుగు",  "ဇော်ဇော်", "ស្រី",     "ລາວ"};

BadgeContent badge_of(const char* name) {
  BadgeContent content;
  content.attendee.id = "A0042";
  content.attendee.name = "Amina Otieno";
  content.attendee.name_native = name;
  content.attendee.organisation = "World Trade Organization";
  content.attendee.category = "delegate";
  content.event.name = {{"en", "Forum"}};
  content.event.categories = {{"delegate", {{"en", "Delegate"}}, 0x1f6f54}};
  content.credential = "A0042";
  return content;
}

TEST_CASE("names of every script are drawn while the badges of others are") {
  const auto badge = BadgeTemplate::load(LANYARD_ASSETS "/badges/a6-portrait.svg");
  REQUIRE(badge);
  std::atomic<bool> done{false};
  std::atomic<int> drawn{0};
  std::jthread window([&] {
    NoTextures none;
    for (int round = 0; !done; ++round) {
      Texts texts(none);  // anew, so that nothing is kept
      texts.begin_frame();
      for (const char* name : kNames) {
        TextAsk ask;
        ask.text = name;
        ask.size_px = static_cast<float>(20 + round % 40);
        ask.width_px = 600;
        ask.height_px = 100;
        drawn += texts.get(ask).texture != 0 ? 1 : 0;
      }
    }
  });
  int printed = 0;
  for (int round = 0; round < 15; ++round) {
    for (const char* name : kNames) printed += badge->pdf(badge_of(name)) ? 1 : 0;
  }
  while (drawn < 40) std::this_thread::yield();
  done = true;
  window.join();
  CHECK(printed == 15 * static_cast<int>(kNames.size()));
}

}  // namespace
}  // namespace lanyard::kiosk
