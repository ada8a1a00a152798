#include "kiosk/badge/printer_zpl.hpp"

#include <chrono>
#include <random>
#include <thread>

#include "kiosk/badge/zpl_words.hpp"
#include "tests/catch.hpp"
#include "tests/kiosk/label_printer_fakes.hpp"

using namespace lanyard;
using namespace lanyard::kiosk;
using namespace lanyard::kiosk::testing;
using namespace std::chrono_literals;

namespace {

constexpr int kZebraDpi = 203;
using ZplStage = JobLook::Stage;
using ZplKind = sync::Error::Kind;

ZplOptions zebra_hurry() {
  ZplOptions options;
  options.connect_for = 2000ms;
  options.answer_for = 150ms;
  options.send_for = 2000ms;
  options.settle_for = 30ms;
  options.take_back_for = 2000ms;
  options.poll_every = 5ms;
  return options;
}

std::unique_ptr<Printer> zebra_at(const FakeZebra& zebra, const ZplOptions& options = zebra_hurry()) {
  auto printer = make_zpl_printer("zpl://" + zebra.place(), kZebraDpi, options);
  REQUIRE(printer);
  return std::move(*printer);
}

PrintPage zebra_page(std::size_t labels = 1) {
  return patterned_page(kZebraDpi, 62, 40, labels);
}

// Looked at until it no longer waits; not for ever.
JobLook zebra_ends(Printer& printer, std::string_view mark, std::string_view job = "badge-1") {
  JobLook last;
  for (int i = 0; i < 500; ++i) {
    const auto is = printer.look(job, mark);
    REQUIRE(is);
    last = *is;
    if (last.stage != ZplStage::waiting) break;
    std::this_thread::sleep_for(5ms);
  }
  return last;
}

// What was sent is at the printer once it says so: the line's end may come later.
void zebra_has(FakeZebra& zebra, std::size_t waiting) {
  for (int i = 0; i < 1000 && zebra.waiting() != waiting; ++i) std::this_thread::sleep_for(2ms);
  REQUIRE(zebra.waiting() == waiting);
}

bool zebra_says(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a ZPL printer prints each dot of each label, and the job is done", "[printer][zpl]") {
  FakeZebra zebra;
  const auto printer = zebra_at(zebra);
  const auto wish = printer->wish();
  REQUIRE(wish);
  CHECK(*wish == PageWish{PageForm::dots, kZebraDpi, false});
  const PrintPage page = zebra_page(2);
  const auto mark = printer->open("badge-1", page);
  REQUIRE(mark);
  CHECK(*mark == "zpl1 count=31084 labels=2");
  CHECK(zebra.printed().empty());
  REQUIRE(printer->send("badge-1", *mark, page));
  CHECK(zebra_ends(*printer, *mark).stage == ZplStage::done);
  CHECK(zebra.printed() == page.files);
  CHECK(zebra_says(zebra.heard(), "^FX badge-1"));
}

TEST_CASE("a label of more bytes than one ^GF may have goes in bands", "[printer][zpl]") {
  FakeZebra zebra;
  zebra.set_identity("ZT411-300dpi,V92.21.16Z,12,65536KB");
  auto printer = make_zpl_printer("zpl://" + zebra.place(), 300, zebra_hurry());
  REQUIRE(printer);
  const PrintPage page = patterned_page(300, 102, 152);  // 1205 x 1795 dots: 271 kB
  const auto mark = (*printer)->open("badge-1", page);
  REQUIRE(mark);
  REQUIRE((*printer)->send("badge-1", *mark, page));
  CHECK(zebra_ends(**printer, *mark).stage == ZplStage::done);
  CHECK(zebra.printed() == page.files);
}

TEST_CASE("a ZPL printer says who it is and what is the matter, in plain words", "[printer][zpl]") {
  FakeZebra zebra;
  const auto printer = zebra_at(zebra);
  auto now = printer->state();
  REQUIRE(now);
  CHECK(now->name == "ZD421-203dpi");
  CHECK(now->reasons.empty());
  CHECK_FALSE(now->held_up);
  const std::vector<std::pair<char, std::string>> stopping{
      {'b', "out of paper"}, {'o', "the cover is open"}, {'p', "out of ink or ribbon"}, {'c', "paused"}};
  for (const auto& [flag, reason] : stopping) {
    zebra.set(flag, true);
    now = printer->state();
    REQUIRE(now);
    CHECK(now->reasons == std::vector<std::string>{reason});
    CHECK(now->held_up);
    const auto mark = printer->open("badge-1", zebra_page());
    REQUIRE_FALSE(mark);
    CHECK(mark.error().kind == ZplKind::unavailable);
    CHECK(zebra_says(mark.error().message, reason));
    zebra.set(flag, false);
  }
  zebra.set('k', true);
  now = printer->state();
  REQUIRE(now);
  CHECK(now->reasons == std::vector<std::string>{"too cold"});
  CHECK_FALSE(now->held_up);
  CHECK(zebra.printed().empty());
}

TEST_CASE("a job that the printer holds up says to what somebody has to see, and goes on by itself",
          "[printer][zpl]") {
  FakeZebra zebra;
  const auto printer = zebra_at(zebra);
  const PrintPage page = zebra_page();
  const auto mark = printer->open("badge-1", page);
  REQUIRE(mark);
  zebra.set('b', true);
  REQUIRE(printer->send("badge-1", *mark, page));
  zebra_has(zebra, 1);
  auto is = printer->look("badge-1", *mark);
  REQUIRE(is);
  CHECK(is->stage == ZplStage::held_up);
  CHECK(is->why == "out of paper");
  zebra.print_waiting();
  CHECK(zebra_ends(*printer, *mark).stage == ZplStage::done);
  CHECK(zebra.printed() == page.files);
}

TEST_CASE("a ZPL printer that hangs, talks nonsense or stops halfway is unavailable, and never waited for",
          "[printer][zpl]") {
  FakeZebra zebra;
  const auto printer = zebra_at(zebra);
  const PrintPage page = zebra_page();
  const auto mark = printer->open("badge-1", page);
  REQUIRE(mark);
  for (const Manners manners : {Manners::silent, Manners::garbage, Manners::half, Manners::hangs_up}) {
    zebra.set_manners(manners);
    const auto now = printer->state();
    REQUIRE_FALSE(now);
    CHECK(now.error().kind == ZplKind::unavailable);
    CHECK_FALSE(printer->open("badge-2", page));
    const auto is = printer->look("badge-1", *mark);
    REQUIRE_FALSE(is);
    CHECK(is.error().kind == ZplKind::unavailable);
    CHECK_FALSE(printer->take_back("badge-1", *mark));
  }
  zebra.set_manners(Manners::proper);
  CHECK(printer->state());
}

TEST_CASE("a ZPL printer that takes no more data is not waited for", "[printer][zpl]") {
  FakeZebra zebra;
  auto options = zebra_hurry();
  options.send_for = 100ms;
  const auto printer = zebra_at(zebra, options);
  const PrintPage page = patterned_page(kZebraDpi, 102, 900, 8);
  const auto mark = printer->open("badge-1", page);
  REQUIRE(mark);
  zebra.stall(true);
  const auto sent = printer->send("badge-1", *mark, page);
  REQUIRE_FALSE(sent);
  CHECK(sent.error().kind == ZplKind::unavailable);
  CHECK_FALSE(printer->look("badge-1", *mark));
}

TEST_CASE("a ZPL printer that is away says where it was looked for", "[printer][zpl]") {
  const auto printer = make_zpl_printer("zpl://127.0.0.1:1", kZebraDpi, zebra_hurry());
  REQUIRE(printer);
  const auto now = (*printer)->state();
  REQUIRE_FALSE(now);
  CHECK(now.error().kind == ZplKind::unavailable);
  CHECK(now.error().message == "the printer does not answer at 127.0.0.1:1");
}

TEST_CASE("after a crash a label that came out is found done by the printer's count", "[printer][zpl]") {
  FakeZebra zebra;
  const PrintPage page = zebra_page(2);
  std::string mark;
  {
    const auto printer = zebra_at(zebra);
    const auto opened = printer->open("badge-1", page);
    REQUIRE(opened);
    mark = *opened;
    REQUIRE(printer->send("badge-1", mark, page));
  }
  for (int i = 0; i < 1000 && zebra.printed().size() < 2; ++i) std::this_thread::sleep_for(2ms);
  const auto fresh = zebra_at(zebra);
  CHECK(zebra_ends(*fresh, mark).stage == ZplStage::done);
}

TEST_CASE("after a crash before the page was sent, nothing came out", "[printer][zpl]") {
  FakeZebra zebra;
  const auto mark = zebra_at(zebra)->open("badge-1", zebra_page());
  REQUIRE(mark);
  const auto fresh = zebra_at(zebra);
  // Not at the first look: between the buffer and the count a label is nowhere.
  auto options = zebra_hurry();
  options.settle_for = 1h;
  const auto is = zebra_at(zebra, options)->look("badge-1", *mark);
  REQUIRE(is);
  CHECK(is->stage == ZplStage::waiting);
  CHECK(zebra_ends(*fresh, *mark).stage == ZplStage::absent);
}

TEST_CASE("after a crash a printer that waits for somebody may still print the label", "[printer][zpl]") {
  FakeZebra zebra;
  const auto mark = zebra_at(zebra)->open("badge-1", zebra_page());
  REQUIRE(mark);
  zebra.set('o', true);
  const auto is = zebra_at(zebra)->look("badge-1", *mark);
  REQUIRE(is);
  CHECK(is->stage == ZplStage::held_up);
  CHECK(is->why == "the cover is open");
}

TEST_CASE("a line that breaks in the middle of a label leaves nothing behind, and the next label is clean",
          "[printer][zpl]") {
  FakeZebra zebra;
  const auto printer = zebra_at(zebra);
  const PrintPage page = patterned_page(kZebraDpi, 102, 152);
  const auto mark = printer->open("badge-1", page);
  REQUIRE(mark);
  zebra.hang_up_after(6000);
  (void)printer->send("badge-1", *mark, page);  // an error or not: it may be in the line's buffers
  const auto fresh = zebra_at(zebra);
  CHECK(zebra_ends(*fresh, *mark).stage == ZplStage::absent);
  const auto again = fresh->open("badge-1a", page);
  REQUIRE(again);
  REQUIRE(fresh->send("badge-1a", *again, page));
  CHECK(zebra_ends(*fresh, *again, "badge-1a").stage == ZplStage::done);
  CHECK(zebra.printed() == page.files);
}

TEST_CASE("more labels than the job's, or fewer, are for somebody to look at", "[printer][zpl]") {
  FakeZebra zebra;
  const auto printer = zebra_at(zebra);
  const auto mark = printer->open("badge-1", zebra_page(2));
  REQUIRE(mark);
  zebra.print_others(1);
  CHECK(zebra_ends(*printer, *mark).stage == ZplStage::unsure);
  zebra.print_others(2);
  CHECK(zebra_ends(*printer, *mark).stage == ZplStage::unsure);
  const auto other = zebra_ends(*printer, "zpl1 count=99999999 labels=1");
  CHECK(other.stage == ZplStage::unsure);
}

TEST_CASE("a ZPL printer that does not count its labels prints, and leaves it unsure", "[printer][zpl]") {
  for (const char* count : {"?", ""}) {
    FakeZebra zebra;
    zebra.set_count(count);
    const auto printer = zebra_at(zebra);
    const PrintPage page = zebra_page();
    const auto mark = printer->open("badge-1", page);
    REQUIRE(mark);
    CHECK(*mark == "zpl1 count=? labels=1");
    REQUIRE(printer->send("badge-1", *mark, page));
    CHECK(zebra_ends(*printer, *mark).stage == ZplStage::unsure);
    CHECK(zebra.printed() == page.files);
  }
  FakeZebra zebra;
  zebra.set_count("some");
  CHECK_FALSE(zebra_at(zebra)->open("badge-1", zebra_page()));
}

TEST_CASE("a label that is taken back from a ZPL printer does not come out later", "[printer][zpl]") {
  FakeZebra zebra;
  const auto printer = zebra_at(zebra);
  const PrintPage page = zebra_page();
  const auto mark = printer->open("badge-1", page);
  REQUIRE(mark);
  zebra.set('c', true);
  REQUIRE(printer->send("badge-1", *mark, page));
  zebra_has(zebra, 1);
  const auto is = printer->take_back("badge-1", *mark);
  REQUIRE(is);
  CHECK(is->stage == ZplStage::absent);
  zebra.print_waiting();
  CHECK(zebra.printed().empty());
}

TEST_CASE("taken back from a ZPL printer that ran out, a label may be half out", "[printer][zpl]") {
  FakeZebra zebra;
  const auto printer = zebra_at(zebra);
  const PrintPage page = zebra_page();
  const auto mark = printer->open("badge-1", page);
  REQUIRE(mark);
  zebra.set('p', true);
  REQUIRE(printer->send("badge-1", *mark, page));
  zebra_has(zebra, 1);
  const auto is = printer->take_back("badge-1", *mark);
  REQUIRE(is);
  CHECK(is->stage == ZplStage::unsure);
  CHECK(is->why == "out of ink or ribbon");
}

TEST_CASE("a label that is taken back too late is done", "[printer][zpl]") {
  FakeZebra zebra;
  const auto printer = zebra_at(zebra);
  const PrintPage page = zebra_page();
  const auto mark = printer->open("badge-1", page);
  REQUIRE(mark);
  REQUIRE(printer->send("badge-1", *mark, page));
  REQUIRE(zebra_ends(*printer, *mark).stage == ZplStage::done);
  const auto is = printer->take_back("badge-1", *mark);
  REQUIRE(is);
  CHECK(is->stage == ZplStage::done);
}

TEST_CASE("a page that no ZPL printer can take is refused before it is asked", "[printer][zpl]") {
  FakeZebra zebra;
  const auto printer = zebra_at(zebra);
  PrintPage page = zebra_page();
  page.form = PageForm::pdf;
  CHECK(printer->open("badge-1", page).error().kind == ZplKind::invalid);
  page = zebra_page();
  page.files.front().pop_back();
  CHECK(printer->open("badge-1", page).error().kind == ZplKind::invalid);
  CHECK(printer->open("^XZ", zebra_page()).error().kind == ZplKind::invalid);
  CHECK(printer->open("badge-1", patterned_page(300, 62, 40)).error().kind == ZplKind::invalid);
  zebra.set_identity("ZT411-300dpi,V92.21.16Z,12,65536KB");
  const auto mark = printer->open("badge-1", zebra_page());
  CHECK(mark.error().kind == ZplKind::invalid);
  CHECK(mark.error().message == "the printer prints 300 dpi, and is set up as 203");
  for (const char* bad :
       {"", "zpl1", "zpl1 count= labels=1", "zpl1 count=1 labels=0", "zpl1 count=1 labels=9",
        "zpl1 count=-1 labels=1", "zpl1 count=1 labels=1 ", "ql1 labels=1"}) {
    CHECK(printer->look("badge-1", bad).error().kind == ZplKind::invalid);
  }
}

TEST_CASE("a place of a ZPL printer that cannot be meant is refused", "[printer][zpl]") {
  for (const char* where :
       {"", "zpl:", "zpl://", "zpl://:9100", "zpl://host:", "zpl://host:0", "zpl://host:65536",
        "zpl://host:9100/x", "zpl://[::1", "zpl://a b", "ipp://host"}) {
    const auto printer = make_zpl_printer(where, kZebraDpi);
    REQUIRE_FALSE(printer);
    CHECK(printer.error().kind == ZplKind::invalid);
  }
  for (const char* where : {"zpl://host", "zpl://host/", "zpl://10.0.0.7:9100", "zpl://[fe80::1]:6101"})
    CHECK(make_zpl_printer(where, kZebraDpi));
  CHECK_FALSE(make_zpl_printer("zpl://host", 0));
}

TEST_CASE("the guide's own answers to ~HS, ~HI and the count are read, and nothing near them",
          "[printer][zpl]") {
  const std::string proper =
      "\x02"
      "030,1,0,1245,002,0,0,1,000,0,0,0\x03\r\n\x02"
      "001,0,1,0,1,2,6,1,00000003,1,000\x03\r\n\x02"
      "1234,0\x03\r\n";
  const auto status = parse_zpl_status(proper);
  REQUIRE(status);
  CHECK(status->paper_out);
  CHECK(status->head_up);
  CHECK(status->partial_format);
  CHECK(status->label_waits);
  CHECK_FALSE(status->paused);
  CHECK_FALSE(status->ribbon_out);
  CHECK(status->formats == 2);
  CHECK(status->labels_remaining == 3);
  CHECK(parse_zpl_status(proper.substr(0, proper.size() - 2)));  // CR and LF are under way
  for (std::size_t size = 0; size + 2 < proper.size(); ++size)
    CHECK_FALSE(parse_zpl_status(proper.substr(0, size)));
  for (const auto& [from, to] : {std::pair{"030,1", "030,2"},
                                 {"1245", "12x5"},
                                 {"1234,0", "1234"},
                                 {",0,1,0,1,2", ",0,1,0,1"},
                                 {"1234,0", "1234,0,0"},
                                 {"00000003", "000000003"},
                                 {"030,1", "030,"}}) {
    std::string other = proper;
    other.replace(other.find(from), std::string(from).size(), to);
    CHECK_FALSE(parse_zpl_status(other));
  }
  CHECK_FALSE(parse_zpl_status(proper + "x"));
  const auto said = parse_zpl_identity(
      "\x02"
      "Z4M,V45.11.7,12,8192KB,X\x03\r\n");
  REQUIRE(said);
  CHECK(said->model == "Z4M");
  CHECK(said->dpi == 300);
  CHECK_FALSE(
      parse_zpl_identity("\x02"
                         "Z4M\x03\r\n"));
  CHECK(parse_zpl_count("\"31084\"") == 31084U);
  CHECK(parse_zpl_count("\"31084\"\r\n") == 31084U);
  for (const char* not_one : {"", "\"\"", "\"?\"", "31084", "\"31084", "\"3 1\"", "\"1234567890123456789\""})
    CHECK_FALSE(parse_zpl_count(not_one));
}

TEST_CASE("any bytes whatever are a status of a ZPL printer, or none", "[printer][zpl]") {
  std::mt19937 random(11);
  const std::string proper =
      "\x02"
      "030,1,0,1245,002,0,0,1,000,0,0,0\x03\r\n\x02"
      "001,0,1,0,1,2,6,1,00000003,1,000\x03\r\n\x02"
      "1234,0\x03\r\n";
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = proper;
    for (unsigned i = 0; i < 1 + random() % 4; ++i) {
      const std::size_t at = random() % (bytes.size() + 1);
      if (random() % 2 == 0)
        bytes.resize(at);
      else
        bytes.insert(at, 1, static_cast<char>(random()));
    }
    if (const auto status = parse_zpl_status(bytes)) CHECK(status->formats <= 99'999'999);
    (void)zpl_status_complete(bytes);
    (void)parse_zpl_identity(bytes);
    (void)parse_zpl_count(bytes);
  }
}
