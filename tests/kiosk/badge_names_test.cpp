// Sixty names that break badges elsewhere, on each of the three templates: every letter there, nothing cut
// off, and as the golden pictures in tests/golden/badges have them. LANYARD_UPDATE_GOLDEN=1 paints these
// anew.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>

#include "kiosk/badge/badge.hpp"
#include "scanner/picture.hpp"
#include "tests/catch.hpp"
#include "tests/scanner/pictures.hpp"

namespace lanyard::kiosk {
namespace {

struct Hostile {
  const char* name;
  const char* native;
  const char* language;
};

const auto kHostile = std::to_array<Hostile>({
    // very long, and not to be broken
    {"Maria Francisca Antónia Gonçalves de Albuquerque Vasconcelos e Sá", "", "pt"},
    {"Rajagopala Venkatasubramanian Thiruvenkatanathapuram Ramaswamy Iyer", "", "en"},
    {"Wolfeschlegelsteinhausenbergerdorff", "", "de"},
    {"Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch Jones", "", "cy"},
    {"Andriamampandrisoarivelomananjanahary Rakotoarimananarivo", "", "mg"},
    {"María del Carmen Fernández-Villaverde y Martínez de Irujo", "", "es"},
    {"Phra Charoen Sudarat Phetmanee na Ayutthaya", "พระเจริญ สุดารัตน์ เพชรมณี ณ อยุธยา", "th"},
    {"Jean-Baptiste Emmanuel Zorg-Beauregard de la Tour d'Auvergne", "", "fr"},
    // one letter, or little more
    {"O", "", "en"},
    {"U", "", "my"},
    {"Ng", "吴", "zh"},
    {"Å", "", "nb"},
    {"E", "鄂", "zh"},
    {"I", "", "tr"},
    // right to left, with Latin inside and digits
    {"فاطمة الزهراء بناني سميرس", "", "ar"},
    {"محمد (WTO) الأمين 3", "", "ar"},
    {"Dr. Yousef Al-Khalidi", "د. يوسف الخالدي", "ar"},
    {"רחל כהן-לוי (ICRC)", "", "he"},
    {"اللجنة الدولية للصليب الأحمر", "", "ar"},
    {"عبدالرحمن بن عبدالعزيز آل سعود", "", "ar"},
    {"نورالدین فتح‌الله‌زاده", "", "fa"},
    {"Zeynep ابن رشد Müller", "", "ar"},
    // combining marks, alone and in heaps
    {"Nguyễn Thị Ngọc Ánh", "", "vi"},
    {"Zo\u0308e\u0301 Bru\u0302le\u0301", "", "fr"},
    {"Z̷̢̛a̵l̶g̸o̷ T̴e̸x̵t̶", "", "en"},
    {"A\u0301\u0300\u0302\u0303\u0304\u0306\u0307\u0308 Mark", "", "en"},
    {"Ọlábísí Adébáyọ̀ Ṣóyínká", "", "yo"},
    {"Ɖoɖzi Ɣevi-Ŋutsu", "", "ee"},
    {"Şükrü Çağdaş İğdır", "", "tr"},
    {"Đặng Hữu Phước", "", "vi"},
    // emoji
    {"👩‍💻 Ada Lovelace", "", "en"},
    {"Max 🇨🇭 Muster", "", "de"},
    {"José 🎉🎉🎉", "", "es"},
    {"👨‍👩‍👧‍👦", "", "en"},
    {"Kim ♥ Lee", "", "ko"},
    // rare Han, and the forms of four countries
    {"𠮷野家 太郎", "", "ja"},
    {"Zhang 𪚥", "张𪚥", "zh"},
    {"㐂多 勇", "", "ja"},
    {"Bian 𰻞", "", "zh"},
    {"直骨 次刃", "", "ja"},
    {"直骨 次刃", "", "zh"},
    {"김 뷁쀍", "", "ko"},
    {"渡邉 彌生", "", "ja"},
    {"龘 䶮", "", "zh"},
    // two surnames, particles, titles
    {"Gabriel García Márquez", "", "es"},
    {"José Ortega y Gasset", "", "es"},
    {"Anna-Lena von der Leyen-Graf zu Hohenburg", "", "de"},
    {"H.E. Sir Ketumile Quett Joni Masire", "", "en"},
    {"Queen Letizia Ortiz Rocasolano", "", "es"},
    // all capitals, and other scripts
    {"VAN DEN BERGHE-DE CLERCQ", "", "nl"},
    {"ΠΑΠΑΔΟΠΟΥΛΟΣ ΚΩΝΣΤΑΝΤΙΝΟΣ", "", "el"},
    {"ЕКАТЕРИНА СЕРГЕЕВНА ОСТРОВСКАЯ", "", "ru"},
    {"श्रीमती द्रौपदी मुर्मू", "", "hi"},
    {"রবীন্দ্রনাথ ঠাকুর", "", "bn"},
    {"க. கிருஷ்ணமூர்த்தி", "", "ta"},
    {"አበበ ቢቂላ", "", "am"},
    {"ნინო ბურჯანაძე", "", "ka"},
    {"Աննա Հակոբյան", "", "hy"},
    // none at all, and what is no name
    {"", "", "en"},
    {"   ", "", "en"},
});
static_assert(kHostile.size() == 60);

constexpr std::array kTemplates{"a6-portrait", "card-86x54", "label-62x100"};
constexpr int kGoldenDpi = 60;
constexpr int kAcross = 10;
// Of a tile: by so much may it differ in the mean, and a patch of eight by eight pixels by itself.
constexpr double kMeanTolerance = 2.5;
constexpr double kPatchTolerance = 48;

BadgeContent content_of(const Hostile& one) {
  BadgeContent content;
  sync::Attendee& who = content.attendee;
  who.id = "A0042";
  who.name = one.name;
  who.name_native = one.native;
  who.languages = {one.language};
  who.title = "Counsellor";
  who.organisation = "World Trade Organization";
  who.category = "delegate";
  who.zones = {"site", "plenary"};
  content.event.name = {{"en", "International Forum on Public Procurement"}};
  content.event.categories = {{"delegate", {{"en", "Delegate"}}, 0x1f6f54}};
  content.event.zones = {{"site", {{"en", "Site"}}}, {"plenary", {{"en", "Plenary hall"}}}};
  content.credential =
      "L1:37025TE+RV/DF/IV50000V50000 50%A8646F36HOBF42WC3T8ZQJ1L5M9NXNR0OK27D7M9.MIR5K7*A2QZ9TNV4";
  return content;
}

BadgeTemplate template_named(const std::string& name) {
  auto loaded = BadgeTemplate::load(std::filesystem::path(LANYARD_ASSETS) / "badges" / (name + ".svg"));
  REQUIRE(loaded);
  return std::move(*loaded);
}

scanner::GrayFrame drawn(const BadgeTemplate& badge, const BadgeContent& content, int dpi) {
  const auto page = badge.png(content, dpi);
  REQUIRE(page);
  const std::span bytes(reinterpret_cast<const std::uint8_t*>(page->bytes.data()), page->bytes.size());
  auto picture = scanner::gray_from_png(bytes);
  REQUIRE(picture);
  return std::move(*picture);
}

// The largest mean difference of a patch, and that of all.
struct Difference {
  double mean{0};
  double worst_patch{0};
};
Difference between(scanner::GrayView a, scanner::GrayView b) {
  constexpr int kPatch = 8;
  Difference found;
  double sum = 0;
  for (int top = 0; top < a.height; top += kPatch) {
    for (int left = 0; left < a.width; left += kPatch) {
      double patch = 0;
      int count = 0;
      for (int y = top; y < std::min(a.height, top + kPatch); ++y) {
        for (int x = left; x < std::min(a.width, left + kPatch); ++x, ++count)
          patch += std::abs(int{a.row(y)[x]} - int{b.row(y)[x]});
      }
      sum += patch;
      found.worst_patch = std::max(found.worst_patch, patch / count);
    }
  }
  found.mean = sum / (double(a.width) * a.height);
  return found;
}

TEST_CASE("every letter of sixty hostile names is on each badge, and none of it is smaller than it may be",
          "[badge][names]") {
  for (const char* name : kTemplates) {
    const BadgeTemplate badge = template_named(name);
    for (const Hostile& one : kHostile) {
      const auto page = badge.pdf(content_of(one));
      REQUIRE(page);
      INFO(name << ": " << one.name << ": " << described(page->misfits));
      CHECK(page->misfits.empty());
    }
  }
}

// What a name adds to the badge of somebody without letters lies in the places of the names.
TEST_CASE("no name reaches beyond its place", "[badge][names]") {
  constexpr int kDpi = 100;
  constexpr double kOverhang = 1.2;  // millimetres: a J's hook hangs out to the left, as typesetters have it
  for (const char* name : kTemplates) {
    const BadgeTemplate badge = template_named(name);
    const auto artwork = Artwork::read([&] {
      std::ifstream file(std::filesystem::path(LANYARD_ASSETS) / "badges" / (std::string(name) + ".svg"));
      return std::string(std::istreambuf_iterator<char>(file), {});
    }());
    REQUIRE(artwork);
    const auto filled = artwork->fill(0, {});
    REQUIRE(filled);
    const scanner::GrayFrame without = drawn(badge, content_of({"\u200b", "", "en"}), kDpi);
    for (const Hostile& one : kHostile) {
      BadgeContent content = content_of(one);
      // Called by the organisation, which then leaves its own place.
      if (field_text("name", content) != content.attendee.name) continue;
      const scanner::GrayFrame with = drawn(badge, content, kDpi);
      int beyond = 0;
      int ink = 0;
      for (int y = 0; y < with.height(); ++y) {
        for (int x = 0; x < with.width(); ++x) {
          if (std::abs(int{with.row(y)[x]} - int{without.row(y)[x]}) < 40) continue;
          ++ink;
          const double mm = 25.4 / kDpi;
          const bool inside = std::ranges::any_of(filled->texts, [&](const TextPlace& place) {
            const TextSlot& slot = place.slot;
            return x * mm >= slot.x_mm - kOverhang && x * mm <= slot.x_mm + slot.width_mm + kOverhang &&
                   y * mm >= slot.y_mm - 0.5 && y * mm <= slot.y_mm + slot.height_mm + 0.5;
          });
          beyond += inside ? 0 : 1;
        }
      }
      INFO(name << ": " << one.name);
      CHECK(beyond == 0);
      CHECK(ink > 3);
    }
  }
}

TEST_CASE("the badges of sixty hostile names look as they did", "[badge][names]") {
  const bool updates = std::getenv("LANYARD_UPDATE_GOLDEN") != nullptr;
  for (const char* name : kTemplates) {
    const BadgeTemplate badge = template_named(name);
    const std::filesystem::path golden =
        std::filesystem::path(LANYARD_GOLDEN) / "badges" / (std::string(name) + ".png");
    std::optional<scanner::GrayFrame> sheet;
    std::optional<scanner::GrayFrame> before;
    if (!updates) {
      auto read = scanner::read_picture(golden);
      REQUIRE(read);
      before = std::move(*read);
    }
    for (std::size_t i = 0; i < kHostile.size(); ++i) {
      const scanner::GrayFrame tile = drawn(badge, content_of(kHostile[i]), kGoldenDpi);
      const int x = static_cast<int>(i) % kAcross * tile.width();
      const int y = static_cast<int>(i) / kAcross * tile.height();
      if (updates) {
        const int down = (static_cast<int>(kHostile.size()) + kAcross - 1) / kAcross;
        if (!sheet) sheet = scanner::testing::flat(tile.width() * kAcross, tile.height() * down, 128);
        scanner::testing::paste(*sheet, tile.view(), x, y);
        continue;
      }
      REQUIRE(x + tile.width() <= before->width());
      REQUIRE(y + tile.height() <= before->height());
      const Difference found = between(before->view().part(x, y, tile.width(), tile.height()), tile.view());
      INFO(name << ": " << kHostile[i].name);
      CHECK(found.mean <= kMeanTolerance);
      CHECK(found.worst_patch <= kPatchTolerance);
    }
    if (updates) {
      std::filesystem::create_directories(golden.parent_path());
      scanner::testing::write_file(golden, scanner::testing::png_of(sheet->view()));
    }
  }
}

}  // namespace
}  // namespace lanyard::kiosk
