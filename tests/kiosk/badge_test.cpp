// Badges: the shipped template, hostile names, and a code whose modules are whole dots.
#include "kiosk/badge/badge.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "kiosk/badge/qr_code.hpp"
#include "scanner/decode.hpp"
#include "scanner/picture.hpp"
#include "tests/catch.hpp"

using namespace lanyard;
using namespace lanyard::kiosk;

namespace {

const std::string kCredential =
    "L1:XQ0J2H0B/"
    "7EKG4G48+ITNR59ECECTF4UTTA7JU1MCQFI4T40EBQF5CC3FZZ8M9SJ9NXNR0OK27D7M9.MIR5K7*A2QZ9TNV4EMF3$"
    "OBWV4U1R2NDJH5XK";

BadgeContent content_of(const std::string& name, const std::string& native = "") {
  BadgeContent content;
  content.attendee.id = "A0042";
  content.attendee.name = name;
  content.attendee.name_native = native;
  content.attendee.title = "Deputy Director";
  content.attendee.organisation = "World Trade Organization";
  content.attendee.category = "delegate";
  content.attendee.zones = {"site", "plenary"};
  content.event.name = {{"en", "International Public Procurement Forum"}};
  content.event.categories = {{"delegate", {{"en", "Delegate"}}, 0x1f6f54}};
  content.event.zones = {{"site", {{"en", "Site"}}}, {"plenary", {{"en", "Plenary hall"}}}};
  content.credential = kCredential;
  return content;
}

BadgeTemplate shipped() {
  auto loaded = BadgeTemplate::load(LANYARD_ASSETS "/badges/a6-portrait.svg");
  REQUIRE(loaded);
  return std::move(*loaded);
}

std::filesystem::path write_svg(const std::string& name, const std::string& text) {
  const auto path = std::filesystem::temp_directory_path() / ("lanyard-badge-test-" + name + ".svg");
  std::ofstream(path) << text;
  return path;
}

}  // namespace

TEST_CASE("the shipped template makes an A6 page as PDF and as a picture", "[badge]") {
  const BadgeTemplate badge = shipped();
  const auto pdf = badge.pdf(content_of("Amina Otieno"));
  REQUIRE(pdf);
  CHECK(pdf->bytes.starts_with("%PDF-"));
  CHECK(pdf->width_mm == 105);
  CHECK(pdf->height_mm == 148);
  CHECK(pdf->misfits.empty());
  const auto png = badge.png(content_of("Amina Otieno"));
  REQUIRE(png);
  CHECK(png->bytes.substr(1, 3) == "PNG");
  if (const char* folder = std::getenv("LANYARD_KEEP")) {  // to look at
    std::ofstream(std::string(folder) + "/badge.png", std::ios::binary) << png->bytes;
    std::ofstream(std::string(folder) + "/badge-zh.png", std::ios::binary)
        << badge.png(content_of("Zhang Wei", "张伟"))->bytes;
    std::ofstream(std::string(folder) + "/badge-ar.png", std::ios::binary)
        << badge.png(content_of("Fatima al-Zahra Bennani Smires", "فاطمة الزهراء بناني سميرس"))->bytes;
    std::ofstream(std::string(folder) + "/badge-long.png", std::ios::binary)
        << badge.png(content_of("Maria Francisca Antónia Gonçalves de Albuquerque Vasconcelos e Sá"))->bytes;
  }
}

TEST_CASE("the code on a badge is read back by our own scanner, at the resolution of a label printer",
          "[badge]") {
  const BadgeTemplate badge = shipped();
  for (const int dpi : {150, 203, 300}) {
    const auto png = badge.png(content_of("Amina Otieno"), dpi);
    REQUIRE(png);
    const auto path = std::filesystem::temp_directory_path() / "lanyard-badge-test.png";
    std::ofstream(path, std::ios::binary) << png->bytes;
    const auto picture = scanner::read_picture(path);
    REQUIRE(picture);
    const auto symbols = scanner::decode(picture->view(), {});
    REQUIRE(symbols.size() == 1);
    CHECK(symbols[0].text == kCredential);
    // It stands in its slot, not anywhere.
    const double mm = 25.4 / dpi;
    CHECK(symbols[0].corners[0].x * mm > 60);
    CHECK(symbols[0].corners[0].y * mm > 110);
  }
}

TEST_CASE("each text stands in its own slot", "[badge]") {
  // A page with one black word in one slot: ink there, and nowhere else.
  const auto path =
      write_svg("one-slot", R"(<svg xmlns="http://www.w3.org/2000/svg" width="100mm" height="100mm"
      viewBox="0 0 100 100"><rect id="slot-name" x="50" y="60" width="40" height="10" fill="none" data-size-mm="4"/>
      <rect id="slot-qr" x="2" y="2" width="30" height="30" fill="none"/></svg>)");
  const auto badge = BadgeTemplate::load(path);
  REQUIRE(badge);
  const auto png = badge->png(content_of("Amina Otieno"), 254);
  REQUIRE(png);
  const auto file = std::filesystem::temp_directory_path() / "lanyard-badge-slot.png";
  std::ofstream(file, std::ios::binary) << png->bytes;
  const auto picture = scanner::read_picture(file);
  REQUIRE(picture);
  int inside = 0;
  int outside = 0;
  for (int y = 0; y < picture->height(); ++y) {
    for (int x = 0; x < picture->width(); ++x) {
      if (picture->row(y)[x] > 128 || (x < 320 && y < 320)) continue;  // white, or the code
      (x >= 500 && x < 900 && y >= 600 && y < 700 ? inside : outside)++;
    }
  }
  CHECK(inside > 500);
  CHECK(outside == 0);
}

TEST_CASE("no name breaks a badge, and what does not fit is told, not clipped", "[badge]") {
  const BadgeTemplate badge = shipped();
  for (const std::string& name :
       {std::string(), std::string("X"), std::string("U"), std::string("𠮷野家 李"),
        std::string("👩‍💻 Emoji"), std::string("اللجنة الدولية (ICRC) 2026"), std::string("Z̷̢̛a̵l̶g̸o̷"),
        std::string("bad \xff\xfe bytes"), std::string("line\nbreak\ttab"), std::string("‮reversed‬")}) {
    const auto page = badge.pdf(content_of(name));
    REQUIRE(page);
    CHECK(page->misfits.empty());
  }
  const auto endless = badge.pdf(content_of(std::string(300, 'W')));
  REQUIRE(endless);
  CHECK(endless->misfits == std::vector<Misfit>{{"name", Misfit::Why::too_small}});
  CHECK(described(endless->misfits) == "name: too long, set smaller than it should be");
}

TEST_CASE("a template that cannot work is named with what is wrong", "[badge]") {
  const auto message = [](const std::filesystem::path& path) {
    const auto loaded = BadgeTemplate::load(path);
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().message.find(path.string()) != std::string::npos);
    return loaded.error().message;
  };
  CHECK(message("/nowhere/badge.svg").find("cannot be opened") != std::string::npos);
  message(write_svg("not-xml", "this is not XML <"));
  CHECK(
      message(
          write_svg(
              "no-slot",
              R"(<svg xmlns="http://www.w3.org/2000/svg" width="10mm" height="10mm" viewBox="0 0 10 10"/>)"))
          .find("slot-qr") != std::string::npos);
  CHECK(
      message(
          write_svg(
              "pixels",
              R"(<svg xmlns="http://www.w3.org/2000/svg" width="400" height="600"><rect id="slot-qr" width="30" height="30"/></svg>)"))
          .find("mm") != std::string::npos);
}

TEST_CASE("a code that is too long for its slot is an error, not an unreadable badge", "[badge]") {
  const BadgeTemplate badge = shipped();
  BadgeContent content = content_of("Amina Otieno");
  content.credential = std::string(5000, 'A');
  CHECK_FALSE(badge.pdf(content));
  content.credential.clear();
  CHECK_FALSE(badge.pdf(content));
}

TEST_CASE("modules are whole printer dots at 203, 300 and 600 dpi, and the code fits its slot", "[badge]") {
  const auto code = encode_qr(kCredential);
  REQUIRE(code);
  for (const int dpi : {203, 300, 600}) {
    const int dots = dots_per_module(*code, 28.5, dpi);
    CHECK(dots >= 1);
    CHECK(dots * (code->side + 2 * kQuietModules) * 25.4 / dpi <= 28.5);
    CHECK((dots + 1) * (code->side + 2 * kQuietModules) * 25.4 / dpi > 28.5);
  }
}

TEST_CASE("a place with room is used for stronger correction, and one without for wider modules", "[badge]") {
  const auto least = encode_for(kCredential, 28.5, 203);
  const auto roomy = encode_for(kCredential, 60, 203);
  const auto narrow = encode_for(std::string(130, 'A'), 17.2, 203);
  REQUIRE(least);
  REQUIRE(roomy);
  REQUIRE(narrow);
  CHECK(least->side == 37);  // level M, five dots a module
  CHECK(roomy->side > least->side);
  CHECK(narrow->side == 37);  // level L: three dots a module, where M has room for two
  CHECK_FALSE(encode_for(kCredential, 3, 203));
}

TEST_CASE("a Lanyard credential fits a code of version 6, in the alphanumeric mode", "[badge]") {
  const auto code = encode_qr(kCredential);
  REQUIRE(code);
  CHECK(code->side <= 41);
}
