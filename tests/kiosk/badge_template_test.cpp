// Templates as designers draw them, and as nobody should: Inkscape's pages and texts, conditions, photos, and
// whatever would be fetched, run or grow without end.
#include <algorithm>
#include <fstream>

#include "kiosk/badge/artwork.hpp"
#include "kiosk/badge/badge.hpp"
#include "kiosk/badge/svg_style.hpp"
#include "sync/base64.hpp"
#include "tests/catch.hpp"
#include "tests/sync/temporary_folder.hpp"

namespace lanyard::kiosk {
namespace {

BadgeContent somebody() {
  BadgeContent content;
  content.attendee.id = "A0042";
  content.attendee.name = "Amina Otieno";
  content.attendee.organisation = "World Trade Organization";
  content.attendee.category = "press";
  content.attendee.zones = {"site", "plenary"};
  content.attendee.tags = {"vip"};
  content.event.name = {{"en", "Forum"}};
  content.event.categories = {{"press", {{"en", "Press"}}, 0xaa3300}};
  content.credential = "L1:TEST";
  return content;
}

std::string svg(const std::string& inside, const std::string& attributes = "viewBox=\"0 0 100 100\"") {
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\""
         " xmlns:inkscape=\"http://www.inkscape.org/namespaces/inkscape\""
         " xmlns:sodipodi=\"http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd\" width=\"100mm\" "
         "height=\"100mm\" " +
         attributes + ">" + inside +
         "<rect id=\"slot-qr\" x=\"2\" y=\"2\" width=\"30\" height=\"30\"/></svg>";
}

Artwork read(const std::string& text) {
  auto artwork = Artwork::read(text);
  if (!artwork) FAIL(artwork.error().message);
  return std::move(*artwork);
}

std::string refusal(const std::string& text) {
  const auto artwork = Artwork::read(text);
  REQUIRE_FALSE(artwork);
  CHECK(artwork.error().kind == sync::Error::Kind::invalid);
  return artwork.error().message;
}

bool says(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::vector<std::string> texts_on(const Artwork& artwork, std::size_t side, const BadgeContent& content) {
  const auto filled = artwork.fill(side, content);
  REQUIRE(filled);
  std::vector<std::string> texts;
  for (const TextPlace& place : filled->texts) texts.push_back(filled_in(place.pattern, content));
  return texts;
}

// A JPEG of nothing much: 8 x 8 pixels, all brown.
std::string small_jpeg() {
  return sync::base64_decode(
             "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFd"
             "BRkxOUlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0"
             "9PT09PT09PT09PT09PT0//wAARCAAIAAgDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAX/xAAUEAEAAAAAAAAAA"
             "AAAAAAAAAAA/8QAFAEBAAAAAAAAAAAAAAAAAAAABf/EABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAMAwEAAhEDEQA/AIgA8q//"
             "2Q==")
      .value_or("");
}

TEST_CASE("a field in a text is filled in where the text stands, in its style", "[badge]") {
  const Artwork artwork = read(svg(
      R"svg(<g transform="translate(10,20)"><text x="5" y="7" style="font-size:4px;font-weight:bold;text-anchor:start;fill:#10233f">Dear {{name}} ({{number}})</text></g>)svg"));
  const auto filled = artwork.fill(0, somebody());
  REQUIRE(filled);
  REQUIRE(filled->texts.size() == 1);
  const TextPlace& place = filled->texts[0];
  CHECK(filled_in(place.pattern, somebody()) == "Dear Amina Otieno (A0042)");
  CHECK(place.slot.x_mm == Approx(15));
  REQUIRE(place.slot.baseline_mm);
  CHECK(*place.slot.baseline_mm == Approx(27));
  CHECK(place.slot.size_mm == Approx(4 * 0.714));
  CHECK(place.slot.weight == 700);
  CHECK(place.slot.colour_rgb == 0x10233f);
  CHECK(place.slot.width_mm == Approx(100 - 3 - 15));
  CHECK_FALSE(says(filled->svg, "{{"));
}

TEST_CASE("a text whose fields are all empty leaves nothing behind", "[badge]") {
  BadgeContent content = somebody();
  CHECK(filled_in("({{title}})", content).empty());
  CHECK(filled_in("{{number}}   {{day}}", content) == "A0042");
  content.day = std::chrono::year(2026) / 12 / 3;
  CHECK(filled_in("{{number}}   {{day}}", content) == "A0042   2026-12-03");
  CHECK(filled_in("Welcome", content) == "Welcome");
}

TEST_CASE("whoever has no name is called by what they have", "[badge]") {
  BadgeContent content = somebody();
  content.attendee.name.clear();
  CHECK(field_text("name", content) == "World Trade Organization");
  CHECK(field_text("organisation", content).empty());  // not twice
  content.attendee.name_native = "阿米娜";
  CHECK(field_text("name", content) == "阿米娜");
  CHECK(field_text("native", content).empty());
  content.attendee.name_native.clear();
  content.attendee.organisation.clear();
  CHECK(field_text("name", content) == "A0042");
}

TEST_CASE("Inkscape's lines and frames of text are filled in, each in its place", "[badge]") {
  const Artwork artwork = read(svg(
      R"svg(<rect id="frame" x="40" y="50" width="50" height="20" style="fill:none"/>
         <text style="font-size:3px;shape-inside:url(#frame)"><tspan>{{organisation}}</tspan></text>
         <text x="50" y="40" text-anchor="middle"><tspan sodipodi:role="line" x="50" y="40">{{name}}</tspan><tspan
           sodipodi:role="line" x="50" y="46">Guest</tspan></text>)svg"));
  const auto filled = artwork.fill(0, somebody());
  REQUIRE(filled);
  REQUIRE(filled->texts.size() == 2);
  CHECK(filled->texts[0].slot.x_mm == Approx(40));
  CHECK(filled->texts[0].slot.width_mm == Approx(50));
  CHECK_FALSE(filled->texts[0].slot.baseline_mm);
  CHECK(filled->texts[1].slot.align == TextSlot::Align::center);
  CHECK(filled->texts[1].slot.x_mm + filled->texts[1].slot.width_mm / 2 == Approx(50));
  CHECK(says(filled->svg, "Guest"));
}

TEST_CASE("a drawing in pixels is placed in millimetres", "[badge]") {
  const Artwork artwork = read(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"50mm\" height=\"100mm\" viewBox=\"0 0 500 1000\">"
      "<g transform=\"matrix(2,0,0,2,10,20)\"><rect id=\"slot-name\" x=\"20\" y=\"30\" width=\"100\""
      " height=\"50\"/></g><rect id=\"slot-qr\" x=\"0\" y=\"0\" width=\"300\" height=\"300\"/></svg>");
  const auto filled = artwork.fill(0, somebody());
  REQUIRE(filled);
  REQUIRE(filled->texts.size() == 1);
  CHECK(filled->texts[0].slot.x_mm == Approx(5));
  CHECK(filled->texts[0].slot.y_mm == Approx(8));
  CHECK(filled->texts[0].slot.width_mm == Approx(20));
  CHECK(filled->codes.at(0).width == Approx(30));
}

TEST_CASE("Inkscape's pages are fronts, backs and pieces of their own", "[badge]") {
  const Artwork artwork = read(svg(
      R"svg(<sodipodi:namedview><inkscape:page x="0" y="0" width="100" height="100" inkscape:label="Front"/>
         <inkscape:page x="110" y="0" width="100" height="100" inkscape:label="Back"/>
         <inkscape:page x="0" y="120" width="86" height="54" inkscape:label="Card front" data-if="tag=vip"/></sodipodi:namedview>
         <rect id="slot-name" x="40" y="40" width="50" height="20"/><rect id="slot-name-2" x="120" y="10" width="50" height="20"/>
         <rect id="slot-organisation" x="10" y="130" width="50" height="20"/>)svg"));
  REQUIRE(artwork.sides().size() == 3);
  CHECK(artwork.sides()[0].piece == "badge");
  CHECK_FALSE(artwork.sides()[0].back);
  CHECK(artwork.sides()[1].piece == "badge");
  CHECK(artwork.sides()[1].back);
  CHECK(artwork.sides()[2].piece == "card");
  CHECK(artwork.sides()[2].width_mm == Approx(86));
  CHECK(texts_on(artwork, 0, somebody()) == std::vector<std::string>{"Amina Otieno"});
  CHECK(texts_on(artwork, 1, somebody()) == std::vector<std::string>{"Amina Otieno"});
  CHECK(texts_on(artwork, 2, somebody()) == std::vector<std::string>{"World Trade Organization"});
}

TEST_CASE("who is not a VIP gets no card, and all pieces are pages of one PDF", "[badge]") {
  const sync::hub::TemporaryFolder folder;
  const auto file = folder.path() / "pieces.svg";
  std::ofstream(file) << svg(
      R"svg(<sodipodi:namedview><inkscape:page x="0" y="0" width="100" height="100" inkscape:label="front"/>
         <inkscape:page x="0" y="120" width="86" height="54" inkscape:label="card" data-if="tag=vip"/></sodipodi:namedview>
         <rect id="slot-name" x="40" y="40" width="50" height="20"/>)svg");
  const auto badge = BadgeTemplate::load(file);
  REQUIRE(badge);
  BadgeContent content = somebody();
  CHECK(badge->pieces(content) == std::vector<std::string>{"badge", "card"});
  const auto card = badge->piece(content, "card", {PageForm::pwg_raster, 300, false});
  REQUIRE(card);
  CHECK(card->page.width_px == 1016);
  CHECK(card->page.files.at(0).starts_with("RaS2PwgRaster"));
  content.attendee.tags.clear();
  CHECK(badge->pieces(content) == std::vector<std::string>{"badge"});
  CHECK_FALSE(badge->piece(content, "card", {}));
}

TEST_CASE("what a condition bars is neither drawn nor written", "[badge]") {
  const Artwork artwork = read(svg(
      R"svg(<g data-if="category=press|staff zone=plenary"><circle id="mark" r="3"/></g><circle id="never" data-if="!tag=vip" r="2"/>
         <rect id="slot-name" data-if="has=photo" x="40" y="40" width="50" height="20"/>
         <rect id="slot-name-2" data-if="!has=photo" x="40" y="70" width="50" height="20"/>)svg"));
  BadgeContent content = somebody();
  auto filled = artwork.fill(0, content);
  REQUIRE(filled);
  CHECK(says(filled->svg, "id=\"mark\""));
  CHECK_FALSE(says(filled->svg, "id=\"never\""));
  REQUIRE(filled->texts.size() == 1);
  CHECK(filled->texts[0].slot.y_mm == Approx(70));
  content.attendee.zones = {"site"};
  content.photo = small_jpeg();
  filled = artwork.fill(0, content);
  REQUIRE(filled);
  CHECK_FALSE(says(filled->svg, "id=\"mark\""));
  CHECK(filled->texts.at(0).slot.y_mm == Approx(40));
}

TEST_CASE("a photo fills its place, and one that is not there is told", "[badge]") {
  const sync::hub::TemporaryFolder folder;
  const auto file = folder.path() / "photo.svg";
  std::ofstream(file) << svg(
      R"svg(<rect id="slot-photo" x="50" y="50" width="40" height="40" rx="4"/><rect id="slot-name" x="40" y="10" width="50" height="20"/>)svg");
  const auto badge = BadgeTemplate::load(file);
  REQUIRE(badge);
  BadgeContent content = somebody();
  content.attendee.photo = std::string(64, 'a');
  const auto without = badge->png(content, 50);
  REQUIRE(without);
  CHECK(without->misfits == std::vector<Misfit>{{"photo", Misfit::Why::no_photo}});
  content.photo = small_jpeg();
  REQUIRE_FALSE(content.photo.empty());
  const auto with = badge->png(content, 50);
  REQUIRE(with);
  CHECK(with->misfits.empty());
  const bool shows = with->bytes != without->bytes;
  CHECK(shows);
  content.photo = "no picture at all";
  CHECK(badge->png(content, 50)->misfits == std::vector<Misfit>{{"photo", Misfit::Why::no_photo}});
}

TEST_CASE("bands have the category's colour", "[badge]") {
  const Artwork artwork = read(svg(
      R"svg(<path id="category-band" style="fill:red" d="M0 0H9V9Z"/><rect data-fill="category" width="5" height="5"/>)svg"));
  const auto filled = artwork.fill(0, somebody());
  REQUIRE(filled);
  CHECK_FALSE(says(filled->svg, "fill:red"));
  const std::size_t first = filled->svg.find("fill=\"#aa3300\"");
  REQUIRE(first != std::string::npos);
  CHECK(filled->svg.find("fill=\"#aa3300\"", first + 1) != std::string::npos);
}

TEST_CASE("nothing is fetched for a template, and nothing in it is run", "[badge]") {
  for (const char* hostile :
       {R"svg(<image href="http://example.org/x.png" width="5" height="5"/>)svg",
        R"svg(<image xlink:href="file:///etc/passwd" width="5" height="5"/>)svg",
        R"svg(<image xlink:href="logo.png" width="5" height="5"/>)svg", R"svg(<use href="other.svg#a"/>)svg",
        R"svg(<rect width="5" height="5" style="fill:url(http://example.org/#a)"/>)svg",
        R"svg(<rect width="5" height="5" filter="url(other.svg#f)"/>)svg",
        R"svg(<style>@import "http://example.org/a.css";</style>)svg", R"svg(<script>alert(1)</script>)svg",
        R"svg(<rect onclick="alert(1)" width="5" height="5"/>)svg", R"svg(<foreignObject/>)svg",
        R"svg(<image href="data:image/svg+xml;base64,PHN2Zy8+" width="5" height="5"/>)svg",
        R"svg(<image href="data:image/png;base64,AAAA" width="5" height="5"/>)svg"}) {
    INFO(hostile);
    CHECK_FALSE(refusal(svg(hostile)).empty());
  }
  CHECK(
      says(refusal(svg("<x xmlns:l=\"http://www.w3.org/1999/xlink\"><image l:href=\"http://x/y.png\"/></x>")),
           "fetched"));
  CHECK(says(refusal(svg("<style> <![CDATA[@IMPORT \"a.css\";]]></style>")), "fetched"));
  CHECK(says(refusal(svg("<style>rect{fill:\\75rl(http://x/)}</style>")), "fetched"));
  CHECK(says(refusal(svg("<rect width=\"5\" height=\"5\" fill=\"URL(http://x/#a)\"/>")), "fetched"));
  CHECK(says(refusal("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" + svg("")), "UTF-8"));
  CHECK(says(refusal("<?xml-stylesheet href=\"a.css\"?>" + svg("")), "style sheet"));
  CHECK(says(refusal("<!DOCTYPE svg [<!ENTITY a \"aaaa\">]>" + svg("")), "entities"));
  (void)read(
      svg(R"svg(<defs><linearGradient id="g"/></defs><rect width="5" height="5" fill="url(#g)"/>)svg"));
}

TEST_CASE("a template that would take the kiosk's memory is refused", "[badge]") {
  std::string huge =
      "\x89PNG\r\n\x1a\n" + std::string("\0\0\0\x0dIHDR", 8) + std::string("\0\0\xff\xff\0\0\xff\xff", 8);
  const std::string picture = R"svg(<image href="data:image/png;base64,)svg" + sync::base64_encode(huge) +
                              R"svg(" width="5" height="5"/>)svg";
  CHECK(says(refusal(svg(picture)), "40 million"));
  CHECK(says(refusal(std::string(kMaxTemplateBytes + 1, ' ')), "8 MiB"));
  std::string deep;
  for (int i = 0; i < 200; ++i) deep += "<g>";
  for (int i = 0; i < 200; ++i) deep += "</g>";
  CHECK(says(refusal(svg(deep)), "deep"));
  std::string many;
  for (int i = 0; i < 50'001; ++i) many += "<g/>";
  CHECK(says(refusal(svg(many)), "50,000"));
}

TEST_CASE("what a designer mistyped is named, with what there is", "[badge]") {
  CHECK(says(refusal(svg(R"svg(<rect id="slot-nmae" x="40" y="40" width="50" height="20"/>)svg")), "nmae"));
  CHECK(says(refusal(svg(R"svg(<text>{{nmae}}</text>)svg")), "organisation"));
  CHECK(says(refusal(svg(R"svg(<text>{{name</text>)svg")), "closed"));
  CHECK(says(refusal(svg(R"svg(<g data-if="colour=red"/>)svg")), "colour=red"));
  CHECK(says(refusal(svg(R"svg(<g data-if="has=nothing"/>)svg")), "has=nothing"));
  CHECK(says(refusal(svg(R"svg(<rect id="slot-name" x="80" y="40" width="50" height="20"/>)svg")), "edge"));
  CHECK(says(refusal(svg(R"svg(<rect id="slot-name" x="8" y="40" width="0" height="20"/>)svg")), "size"));
  CHECK(says(refusal(svg(R"svg(<circle id="slot-name" r="9"/>)svg")), "rectangle"));
  CHECK(says(
      refusal(svg(
          R"svg(<g transform="rotate(4)"><rect id="slot-name" x="40" y="40" width="9" height="9"/></g>)svg")),
      "turned"));
  CHECK(says(refusal(svg("", "viewBox=\"0 0 100 90\"")), "shape"));
  CHECK(says(refusal(svg("", "")), "viewBox"));
  CHECK(says(refusal("<html/>"), "SVG"));
}

TEST_CASE("a font that is not there, and a badge without a name, are said before the day", "[badge]") {
  const sync::hub::TemporaryFolder folder;
  const auto file = folder.path() / "font.svg";
  std::ofstream(file) << svg(
      R"svg(<text x="40" y="40" font-family="No Such Face">{{organisation}}</text>)svg");
  const auto badge = BadgeTemplate::load(file);
  REQUIRE(badge);
  REQUIRE(badge->warnings().size() == 2);
  CHECK(says(badge->warnings()[0], "No Such Face"));
  CHECK(says(badge->warnings()[1], "name"));
}

TEST_CASE("texts and places within others go with them", "[badge]") {
  for (const char* nested :
       {R"svg(<text x="40" y="40">{{name}}<text>{{title}}</text></text>)svg",
        R"svg(<rect id="slot-name" x="40" y="40" width="9" height="9"><text>{{title}}</text></rect>)svg"}) {
    const Artwork artwork = read(svg(nested));
    CHECK(artwork.fill(0, somebody())->texts.size() == 1);
  }
}

TEST_CASE("transforms, lengths and colours are read as SVG has them", "[badge]") {
  const auto moved = parse_transform("translate(10 20) scale(2), rotate(0)");
  REQUIRE(moved);
  CHECK(moved->a == Approx(2));
  CHECK(moved->e == Approx(10));
  CHECK_FALSE(parse_transform("rotate(90)")->is_upright());
  for (const char* wrong : {"translate", "translate(", "translate(a)", "turn(3)", "matrix(1 2)", ")("})
    CHECK_FALSE(parse_transform(wrong));
  CHECK(*length_of("12px") == Approx(12));
  CHECK(*length_of("9pt") == Approx(12));
  CHECK(*length_of("25.4mm") == Approx(96));
  CHECK_FALSE(length_of("1em"));
  CHECK(*colour_of("#123") == 0x112233);
  CHECK(*colour_of("rgb(1, 2, 255)") == 0x0102ff);
  CHECK(*colour_of("navy") == 0x000080);
  CHECK_FALSE(colour_of("url(#g)"));
}

}  // namespace
}  // namespace lanyard::kiosk
