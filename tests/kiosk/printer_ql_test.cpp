#include "kiosk/badge/printer_ql.hpp"

#include <chrono>
#include <random>
#include <thread>

#include "kiosk/badge/ql_words.hpp"
#include "kiosk/badge/snmp_get.hpp"
#include "tests/catch.hpp"
#include "tests/kiosk/label_printer_fakes.hpp"

using namespace lanyard;
using namespace lanyard::kiosk;
using namespace lanyard::kiosk::testing;
using namespace std::chrono_literals;

namespace {

using QlTestStage = JobLook::Stage;
using QlKind = sync::Error::Kind;
using QlAt = FakeQl::At;

QlOptions brother_hurry() {
  QlOptions options;
  options.connect_for = 2000ms;
  options.answer_for = 200ms;
  options.send_for = 3000ms;
  options.listen_for = 20ms;
  options.silent_for = 60'000ms;
  options.settle_for = 40ms;
  options.snmp_for = 500ms;
  options.snmp_port = 0;
  return options;
}

std::unique_ptr<Printer> brother_at(const FakeQl& ql, const QlOptions& options = brother_hurry()) {
  const bool device = ql.place().starts_with('/');
  auto printer = make_ql_printer((device ? "brother-ql:" : "brother-ql://") + ql.place(), 300, options);
  REQUIRE(printer);
  return std::move(*printer);
}

JobLook brother_ends(Printer& printer, std::string_view job, std::string_view mark) {
  JobLook last;
  for (int i = 0; i < 500; ++i) {
    const auto is = printer.look(job, mark);
    REQUIRE(is);
    last = *is;
    if (last.stage != QlTestStage::waiting) break;
    std::this_thread::sleep_for(5ms);
  }
  return last;
}

JobLook brother_until(Printer& printer, std::string_view job, std::string_view mark, QlTestStage stage) {
  JobLook last;
  for (int i = 0; i < 500; ++i) {
    const auto is = printer.look(job, mark);
    REQUIRE(is);
    last = *is;
    if (last.stage == stage) break;
    std::this_thread::sleep_for(5ms);
  }
  CHECK(last.stage == stage);
  return last;
}

// Opened and sent.
std::string brother_sends(Printer& printer, std::string_view job, const PrintPage& page) {
  const auto mark = printer.open(job, page);
  REQUIRE(mark);
  REQUIRE(printer.send(job, *mark, page));
  return *mark;
}

// The dot of a page of `width` at x, y, as the manual lays it on the head: pin 0 to the right, `offset` pins
// unused there, `pins` in use, the page in their middle.
bool brother_dot(const PrintPage& page, std::size_t file, int x, int y) {
  const auto row_bytes = static_cast<std::size_t>((page.width_px + 7) / 8);
  const auto at = static_cast<std::size_t>(y) * row_bytes + static_cast<std::size_t>(x / 8);
  return (static_cast<unsigned char>(page.files[file][at]) & (0x80U >> (static_cast<unsigned>(x) % 8))) != 0;
}

std::vector<std::string> brother_lines(const PrintPage& page, std::size_t file, int pins, int offset,
                                       int rows) {
  std::vector<std::string> lines;
  const int left = (page.width_px - pins) / 2;
  const int top = (page.height_px - rows) / 2;
  for (int y = 0; y < rows; ++y) {
    std::string line(90, '\0');
    for (int i = 0; i < pins; ++i) {
      const int x = left + pins - 1 - i;
      if (x < 0 || x >= page.width_px || !brother_dot(page, file, x, top + y)) continue;
      const auto pin = static_cast<std::size_t>(offset + i);
      line[pin / 8] = static_cast<char>(static_cast<unsigned char>(line[pin / 8]) | (0x80U >> (pin % 8)));
    }
    lines.push_back(line);
  }
  return lines;
}

}  // namespace

TEST_CASE("a QL prints each dot of each label by a device file and at a port, and the job is done",
          "[printer][ql]") {
  const QlAt at = GENERATE(QlAt::device, QlAt::port);
  FakeQl ql(at);
  const auto printer = brother_at(ql);
  const auto wish = printer->wish();
  REQUIRE(wish);
  CHECK(*wish == PageWish{PageForm::dots, 300, false});
  const PrintPage page = patterned_page(300, 62, 40, 2);
  REQUIRE(page.width_px == 732);
  const auto mark = printer->open("badge-1", page);
  REQUIRE(mark);
  CHECK(*mark == "ql1 labels=2");
  CHECK(ql.printed().empty());
  const auto before = printer->look("badge-1", *mark);
  REQUIRE(before);
  CHECK(before->stage == QlTestStage::absent);
  REQUIRE(printer->send("badge-1", *mark, page));
  CHECK(brother_ends(*printer, "badge-1", *mark).stage == QlTestStage::done);
  const auto printed = ql.printed();
  REQUIRE(printed.size() == 2);
  CHECK(printed[0] == brother_lines(page, 0, 696, 12, page.height_px));
  CHECK(printed[1] == brother_lines(page, 1, 696, 12, page.height_px));
  // ESC i z: 62 mm of tape, 472 lines, the first page and another.
  const auto info = ql.pages_info();
  CHECK(info[0] == std::string("\xC6\x0A\x3E\x00\xD8\x01\x00\x00\x00\x00", 10));
  CHECK(info[1] == std::string("\xC6\x0A\x3E\x00\xD8\x01\x00\x00\x01\x00", 10));
  CHECK(brother_ends(*printer, "badge-1", *mark).stage == QlTestStage::done);  // asked again
}

TEST_CASE("a page of the pins alone, and a narrower one, keep all their dots", "[printer][ql]") {
  FakeQl ql(QlAt::port);
  const auto printer = brother_at(ql);
  PrintPage page = patterned_page(300, 58.9, 40);
  REQUIRE(page.width_px == 696);
  auto mark = brother_sends(*printer, "badge-1", page);
  CHECK(brother_ends(*printer, "badge-1", mark).stage == QlTestStage::done);
  CHECK(ql.printed().back() == brother_lines(page, 0, 696, 12, page.height_px));
  // Die-cut: the first and last 3 mm cannot be printed, nor 1.5 mm aside.
  ql.load(62, 29);
  page = patterned_page(300, 62, 29);
  mark = brother_sends(*printer, "badge-2", page);
  CHECK(brother_ends(*printer, "badge-2", mark).stage == QlTestStage::done);
  CHECK(ql.printed().back() == brother_lines(page, 0, 696, 12, 271));
  CHECK(ql.pages_info().back() == std::string("\xCE\x0B\x3E\x1D\x0F\x01\x00\x00\x00\x00", 10));
  ql.load(29, 0);
  page = patterned_page(300, 29, 40);
  mark = brother_sends(*printer, "badge-3", page);
  CHECK(brother_ends(*printer, "badge-3", mark).stage == QlTestStage::done);
  CHECK(ql.printed().back() == brother_lines(page, 0, 306, 6, page.height_px));
}

TEST_CASE("a badge that is not for the roll in the printer is refused before anything is printed",
          "[printer][ql]") {
  FakeQl ql(QlAt::port);
  const auto printer = brother_at(ql);
  ql.load(29, 0);
  auto mark = printer->open("badge-1", patterned_page(300, 62, 40));
  REQUIRE_FALSE(mark);
  CHECK(mark.error().kind == QlKind::invalid);
  CHECK(mark.error().message == "the tape is 29 mm wide, the badge 62 mm");
  ql.load(62, 100);
  mark = printer->open("badge-1", patterned_page(300, 62, 40));
  REQUIRE_FALSE(mark);
  CHECK(mark.error().message == "the labels are 100 mm long, the badge 40 mm");
  ql.load(61, 0);
  mark = printer->open("badge-1", patterned_page(300, 62, 40));
  REQUIRE_FALSE(mark);
  CHECK(mark.error().message == "labels of 61 mm are not known here");
  ql.load(62, 0);
  PrintPage wide = patterned_page(300, 66, 40);
  wide.width_mm = 62;  // says one thing, and is another
  CHECK(printer->open("badge-1", wide).error().kind == QlKind::invalid);
  CHECK(printer->open("badge-1", patterned_page(203, 62, 40)).error().kind == QlKind::invalid);
  CHECK(printer->open("badge-1", patterned_page(300, 62, 5)).error().kind == QlKind::invalid);
  CHECK(ql.printed().empty());
  CHECK(printer->open("badge-1", patterned_page(300, 62, 40)));
}

TEST_CASE("a QL says who it is and what is the matter, in plain words", "[printer][ql]") {
  FakeQl ql(GENERATE(QlAt::device, QlAt::port));
  const auto printer = brother_at(ql);
  auto now = printer->state();
  REQUIRE(now);
  CHECK(now->name == "Brother QL-820NWB");
  CHECK(now->reasons.empty());
  CHECK_FALSE(now->held_up);
  const std::vector<std::tuple<int, int, std::string>> wrong{
      {0x01, 0, "out of paper"},         {0x02, 0, "out of paper"},
      {0x04, 0, "the cutter is jammed"}, {0, 0x01, "the wrong labels are in it"},
      {0, 0x10, "the cover is open"},    {0, 0x40, "paper is jammed"},
      {0x08, 0, "it has failed"}};
  for (const auto& [error1, error2, reason] : wrong) {
    ql.set_errors(error1, error2);
    now = printer->state();
    REQUIRE(now);
    CHECK(now->reasons == std::vector<std::string>{reason});
    CHECK(now->held_up);
    const auto mark = printer->open("badge-1", patterned_page(300, 62, 40));
    REQUIRE_FALSE(mark);
    CHECK(mark.error().kind == QlKind::unavailable);
    CHECK(mark.error().message == "the printer needs somebody: " + reason);
  }
  ql.set_errors(0, 0);
  ql.load(0, 0);  // no roll is no error to it
  now = printer->state();
  REQUIRE(now);
  CHECK(now->reasons == std::vector<std::string>{"out of paper"});
  CHECK(now->held_up);
}

TEST_CASE("a QL that hangs, talks nonsense or stops halfway is unavailable, and never waited for",
          "[printer][ql]") {
  FakeQl ql(GENERATE(QlAt::device, QlAt::port));
  for (const Manners manners : {Manners::silent, Manners::garbage, Manners::half}) {
    const auto printer = brother_at(ql);
    ql.set_manners(manners);
    auto now = printer->state();
    REQUIRE_FALSE(now);
    CHECK(now.error().kind == QlKind::unavailable);
    const auto mark = printer->open("badge-1", patterned_page(300, 62, 40));
    REQUIRE_FALSE(mark);
    CHECK(mark.error().kind == QlKind::unavailable);
    ql.set_manners(Manners::proper);
    CHECK(brother_at(ql)->open("badge-1", patterned_page(300, 62, 40)));
  }
  CHECK(ql.printed().empty());
}

TEST_CASE("a QL that is away says where it was looked for", "[printer][ql]") {
  auto printer = make_ql_printer("brother-ql://127.0.0.1:1", 300, brother_hurry());
  REQUIRE(printer);
  CHECK((*printer)->state().error().message == "the printer does not answer at 127.0.0.1:1");
  printer = make_ql_printer("brother-ql:/dev/nowhere/lp0", 300, brother_hurry());
  REQUIRE(printer);
  const auto now = (*printer)->state();
  CHECK(now.error().kind == QlKind::unavailable);
  CHECK(now.error().message == "there is no printer at /dev/nowhere/lp0");
}

TEST_CASE("a QL that ends its line at once, or in the middle of a page, has printed no label",
          "[printer][ql]") {
  FakeQl ql(QlAt::port);
  ql.set_manners(Manners::hangs_up);
  CHECK_FALSE(brother_at(ql)->state());
  CHECK_FALSE(brother_at(ql)->open("badge-1", patterned_page(300, 62, 100)));
  ql.set_manners(Manners::proper);
  const auto printer = brother_at(ql);
  const PrintPage page = patterned_page(300, 62, 800);  // more than the line's buffers hold
  const auto mark = printer->open("badge-2", page);
  REQUIRE(mark);
  ql.hang_up_after(20'000);
  CHECK_FALSE(printer->send("badge-2", *mark, page));
  const auto is = brother_ends(*printer, "badge-2", *mark);
  CHECK(is.stage == QlTestStage::lost);
  CHECK(is.why == "the label did not get to the printer");
  // What it had of it is gone too.
  const PrintPage next = patterned_page(300, 62, 40);
  const auto again = brother_sends(*printer, "badge-3", next);
  CHECK(brother_ends(*printer, "badge-3", again).stage == QlTestStage::done);
  REQUIRE(ql.printed().size() == 1);
  CHECK(ql.printed()[0] == brother_lines(next, 0, 696, 12, next.height_px));
  CHECK(brother_ends(*printer, "badge-2", *mark).stage == QlTestStage::lost);  // remembered
}

TEST_CASE("a QL's line that breaks once the page is there leaves it unsure", "[printer][ql]") {
  FakeQl ql(QlAt::port);
  ql.dawdle(true);
  const auto printer = brother_at(ql);
  const PrintPage page = patterned_page(300, 62, 40);
  const auto mark = brother_sends(*printer, "badge-1", page);
  brother_until(*printer, "badge-1", mark, QlTestStage::waiting);
  // Another label's fate is no reason to drop this one.
  CHECK(printer->take_back("badge-0", mark)->stage == QlTestStage::unsure);
  ql.hang_up_now();
  const auto is = brother_ends(*printer, "badge-1", mark);
  CHECK(is.stage == QlTestStage::unsure);
  CHECK(is.why == "the printer broke off at " + ql.place());
}

TEST_CASE("a QL that takes no more data is not waited for, and has printed no label", "[printer][ql]") {
  FakeQl ql(GENERATE(QlAt::device, QlAt::port));
  auto options = brother_hurry();
  options.send_for = 100ms;
  const auto printer = brother_at(ql, options);
  const PrintPage page = patterned_page(300, 62, 900);
  const auto mark = printer->open("badge-1", page);
  REQUIRE(mark);
  ql.stall(true);
  const auto sent = printer->send("badge-1", *mark, page);
  REQUIRE_FALSE(sent);
  CHECK(sent.error().message == "the printer takes no more data at " + ql.place());
  ql.stall(false);
  CHECK(brother_until(*printer, "badge-1", *mark, QlTestStage::lost).stage == QlTestStage::lost);
  CHECK(ql.printed().empty());
}

TEST_CASE("what goes wrong at a QL while it prints holds the job up until it goes on", "[printer][ql]") {
  FakeQl ql(GENERATE(QlAt::device, QlAt::port));
  const auto printer = brother_at(ql);
  const PrintPage page = patterned_page(300, 62, 40);
  ql.fail_at_print(0x02, 0);
  const auto mark = brother_sends(*printer, "badge-1", page);
  auto is = brother_until(*printer, "badge-1", mark, QlTestStage::held_up);
  CHECK(is.why == "out of paper");
  const auto now = printer->state();
  REQUIRE(now);
  CHECK(now->held_up);
  CHECK(now->reasons == std::vector<std::string>{"out of paper"});
  CHECK_FALSE(printer->open("badge-2", page));
  ql.recover(true);
  brother_until(*printer, "badge-1", mark, QlTestStage::done);
  CHECK(ql.printed().size() == 1);
}

TEST_CASE("a QL that gives a label up once the cover is closed has lost it", "[printer][ql]") {
  FakeQl ql(QlAt::device);
  const auto printer = brother_at(ql);
  const PrintPage page = patterned_page(300, 62, 40);
  ql.fail_at_print(0, 0x10);
  const auto mark = brother_sends(*printer, "badge-1", page);
  CHECK(brother_until(*printer, "badge-1", mark, QlTestStage::held_up).why == "the cover is open");
  ql.recover(false);
  brother_until(*printer, "badge-1", mark, QlTestStage::lost);
  const auto again = brother_sends(*printer, "badge-2", page);
  CHECK(brother_ends(*printer, "badge-2", again).stage == QlTestStage::done);
  CHECK(ql.printed().size() == 1);
}

TEST_CASE("a label that is taken back from a QL that stands still does not come out later", "[printer][ql]") {
  FakeQl ql(GENERATE(QlAt::device, QlAt::port));
  const auto printer = brother_at(ql);
  const PrintPage page = patterned_page(300, 62, 40);
  ql.fail_at_print(0x04, 0);
  const auto mark = brother_sends(*printer, "badge-1", page);
  CHECK(brother_until(*printer, "badge-1", mark, QlTestStage::held_up).why == "the cutter is jammed");
  const auto is = printer->take_back("badge-1", mark);
  REQUIRE(is);
  CHECK(is->stage == QlTestStage::lost);
  CHECK(is->why == "the cutter is jammed");
  ql.recover(true);
  CHECK(ql.printed().empty());
  CHECK(printer->look("badge-1", mark)->stage == QlTestStage::lost);
}

TEST_CASE("a label that is taken back while a QL prints it may be out, and one that is out is done",
          "[printer][ql]") {
  FakeQl ql(QlAt::device);
  const auto printer = brother_at(ql);
  const PrintPage page = patterned_page(300, 62, 40);
  ql.dawdle(true);
  auto mark = brother_sends(*printer, "badge-1", page);
  for (int i = 0; i < 500 && ql.status()[19] != 1; ++i) std::this_thread::sleep_for(2ms);
  auto is = printer->take_back("badge-1", mark);
  REQUIRE(is);
  CHECK(is->stage == QlTestStage::unsure);
  ql.dawdle(false);
  mark = brother_sends(*printer, "badge-2", page);
  REQUIRE(brother_ends(*printer, "badge-2", mark).stage == QlTestStage::done);
  is = printer->take_back("badge-2", mark);
  REQUIRE(is);
  CHECK(is->stage == QlTestStage::done);
}

TEST_CASE("after a crash a QL cannot tell, and a label that was under way is dropped by taking it back",
          "[printer][ql]") {
  FakeQl ql(GENERATE(QlAt::device, QlAt::port));
  const PrintPage page = patterned_page(300, 62, 40);
  ql.fail_at_print(0, 0x10);
  std::string mark;
  {
    const auto printer = brother_at(ql);
    mark = brother_sends(*printer, "badge-1", page);
    brother_until(*printer, "badge-1", mark, QlTestStage::held_up);
  }
  const auto fresh = brother_at(ql);
  CHECK(fresh->look("badge-1", mark)->stage == QlTestStage::unsure);
  const auto is = fresh->take_back("badge-1", mark);
  REQUIRE(is);
  CHECK(is->stage == QlTestStage::unsure);
  for (int i = 0; i < 500 && ql.status()[19] != 0; ++i) std::this_thread::sleep_for(2ms);  // told, and reset
  ql.recover(true);
  CHECK(ql.printed().empty());
  const auto again = brother_sends(*fresh, "badge-2", page);
  CHECK(brother_ends(*fresh, "badge-2", again).stage == QlTestStage::done);
}

TEST_CASE("a QL that says nothing more leaves the label unsure", "[printer][ql]") {
  FakeQl ql(QlAt::device);
  auto options = brother_hurry();
  options.silent_for = 50ms;
  const auto printer = brother_at(ql, options);
  const PrintPage page = patterned_page(300, 62, 40);
  const auto mark = printer->open("badge-1", page);
  REQUIRE(mark);
  ql.be_quiet(true);
  REQUIRE(printer->send("badge-1", *mark, page));
  CHECK(brother_ends(*printer, "badge-1", *mark).stage == QlTestStage::unsure);
}

TEST_CASE("a QL on the network that is silent at its port is asked by SNMP", "[printer][ql][snmp]") {
  FakeQl ql(QlAt::port);
  ql.be_quiet(true);
  ql.dawdle(true);
  FakeSnmp snmp(ql);
  auto options = brother_hurry();
  options.snmp_port = snmp.port();
  const auto printer = brother_at(ql, options);
  const auto now = printer->state();
  REQUIRE(now);
  CHECK(now->name == "Brother QL-820NWB");
  const PrintPage page = patterned_page(300, 62, 40);
  ql.set_errors(0, 0x10);
  CHECK(printer->open("badge-1", page).error().message == "the printer needs somebody: the cover is open");
  ql.set_errors(0, 0);
  const auto mark = brother_sends(*printer, "badge-1", page);
  for (int i = 0; i < 500 && ql.status()[19] != 1; ++i) std::this_thread::sleep_for(2ms);
  brother_until(*printer, "badge-1", mark, QlTestStage::waiting);  // seen to print
  ql.set_errors(0x02, 0);
  CHECK(brother_until(*printer, "badge-1", mark, QlTestStage::held_up).why == "out of paper");
  ql.set_errors(0, 0);  // a new roll, and it goes on
  brother_until(*printer, "badge-1", mark, QlTestStage::waiting);
  ql.print_waiting();
  CHECK(brother_ends(*printer, "badge-1", mark).stage == QlTestStage::done);
  CHECK(ql.printed().front() == brother_lines(page, 0, 696, 12, page.height_px));
}

TEST_CASE("a QL that SNMP does not reach is asked at its port", "[printer][ql][snmp]") {
  FakeQl ql(QlAt::port);
  FakeSnmp snmp(ql);
  snmp.set_silent(true);
  auto options = brother_hurry();
  options.snmp_port = snmp.port();
  options.snmp_for = 50ms;
  const auto printer = brother_at(ql, options);
  const PrintPage page = patterned_page(300, 62, 40);
  const auto mark = brother_sends(*printer, "badge-1", page);
  CHECK(brother_ends(*printer, "badge-1", mark).stage == QlTestStage::done);
}

TEST_CASE("an SNMP question and its answer are as they were seen on a network", "[printer][ql][snmp]") {
  CHECK(
      snmp_question(kBrotherStatus, 1) ==
      std::string(
          "\x30\x2C\x02\x01\x00\x04\x06public\xA0\x1F\x02\x01\x01\x02\x01\x00\x02\x01\x00\x30\x14\x30\x12\x06"
          "\x0E\x2B\x06\x01\x04\x01\x93\x03\x03\x03\x09\x01\x06\x01\x00\x05\x00",
          46));
  const std::string seen(
      "\x30\x4C\x02\x01\x00\x04\x06\x70\x75\x62\x6C\x69\x63\xA2\x3F\x02\x01\x01\x02\x01\x00\x02\x01\x00\x30"
      "\x34\x30\x32"
      "\x06\x0E\x2B\x06\x01\x04\x01\x93\x03\x03\x03\x09\x01\x06\x01\x00\x04\x20\x80\x20\x42\x34\x41\x30\x04"
      "\x00\x00\x00"
      "\x3E\x0A\x00\x00\x23\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x81\x00\x00\x00\x00\x00\x00",
      78);
  const auto value = parse_snmp_answer(seen, kBrotherStatus, 1);
  REQUIRE(value);
  const auto status = parse_ql_status(*value);
  REQUIRE(status);
  CHECK(ql_model(*status) == "Brother QL-820NWB");
  CHECK(status->width_mm == 62);
  CHECK_FALSE(status->held_up());
  REQUIRE(ql_roll(*status));
  CHECK(ql_roll(*status)->pins == 696);
  CHECK_FALSE(parse_snmp_answer(seen, kBrotherStatus, 2));
  for (std::size_t size = 0; size < seen.size(); ++size)
    CHECK_FALSE(parse_snmp_answer(seen.substr(0, size), kBrotherStatus, 1));
}

TEST_CASE("any bytes whatever are a status of a QL, or none", "[printer][ql]") {
  std::mt19937 random(13);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes("\x80\x20\x42", 3);
    bytes.resize(random() % 8 == 0 ? random() % 40 : 32);
    for (unsigned i = 0; i < random() % 8 && !bytes.empty(); ++i)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    if (const auto status = parse_ql_status(bytes)) {
      CHECK(status->held_up() <= !ql_reasons(*status).empty());
      (void)ql_roll(*status);
    }
    bytes.insert(0, "\x30\x4C\x02\x01");
    (void)parse_snmp_answer(bytes, kBrotherStatus, 1);
  }
  std::string length_lies("\x30\x82\xff\xff\x02\x01\x00", 7);
  CHECK_FALSE(parse_snmp_answer(length_lies, kBrotherStatus, 1));
}

TEST_CASE("a place of a QL that cannot be meant is refused", "[printer][ql]") {
  for (const char* where : {"", "brother-ql:", "brother-ql://", "brother-ql:lp0", "brother-ql://host:x",
                            "brother-ql://host:99999", "zpl://host"}) {
    const auto printer = make_ql_printer(where, 300);
    REQUIRE_FALSE(printer);
    CHECK(printer.error().kind == QlKind::invalid);
  }
  for (const char* where : {"brother-ql:/dev/usb/lp0", "brother-ql://label.local", "brother-ql://[::1]:9100"})
    CHECK(make_ql_printer(where, 300));
}
