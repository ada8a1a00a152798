#include "kiosk/badge/printer.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/catch.hpp"

using namespace lanyard;
using namespace lanyard::kiosk;

namespace {

PrintPage page_of(const std::string& bytes) {
  PrintPage page;
  page.width_mm = 105;
  page.height_mm = 148;
  page.files.push_back(bytes);
  return page;
}

}  // namespace

TEST_CASE("a folder printer leaves each page whole under its job's name", "[printer]") {
  const auto folder = std::filesystem::temp_directory_path() / "lanyard-printer-test";
  std::filesystem::remove_all(folder);
  auto printer = make_printer("folder:" + folder.string(), 300);
  REQUIRE(printer);
  const PrintPage page = page_of("%PDF-1.5 page");
  const auto mark = (*printer)->open("badge-A0001-1", page);
  REQUIRE(mark);
  CHECK((*printer)->look("badge-A0001-1", *mark)->stage == JobLook::Stage::absent);
  REQUIRE((*printer)->send("badge-A0001-1", *mark, page));
  CHECK((*printer)->look("badge-A0001-1", *mark)->stage == JobLook::Stage::done);
  std::ifstream file(folder / "badge-A0001-1.pdf");
  std::stringstream text;
  text << file.rdbuf();
  CHECK(text.str() == "%PDF-1.5 page");
  CHECK(std::distance(std::filesystem::directory_iterator(folder), {}) == 1);
}

TEST_CASE("a printer that is not there is unavailable, and says where it was looked for", "[printer]") {
  auto printer = make_printer("ipp://127.0.0.1:1/ipp/print", 300);
  REQUIRE(printer);
  const auto opened = (*printer)->open("badge", page_of("%PDF-"));
  REQUIRE_FALSE(opened);
  CHECK(opened.error().kind == sync::Error::Kind::unavailable);
  CHECK(opened.error().message.find("ipp://127.0.0.1:1") != std::string::npos);
  CHECK((*printer)->look("badge", "job 1").error().kind == sync::Error::Kind::unavailable);
  auto folder = make_printer("folder:/proc/nowhere", 300);
  REQUIRE(folder);
  CHECK((*folder)->open("badge", page_of("%PDF-")).error().kind == sync::Error::Kind::unavailable);
}

TEST_CASE("a printer that cannot be meant is refused with what is expected", "[printer]") {
  for (const char* where : {"", "folder:", "lpt1", "http://x/", "ipp:/"}) {
    const auto printer = make_printer(where, 300);
    REQUIRE_FALSE(printer);
    CHECK(printer.error().kind == sync::Error::Kind::invalid);
  }
}

TEST_CASE("a printer's password goes into no log and no row", "[printer]") {
  CHECK(without_password("ipps://desk:secret@192.0.2.7:631/ipp/print") == "ipps://192.0.2.7:631/ipp/print");
  CHECK(without_password("ipp://192.0.2.7/ipp/print") == "ipp://192.0.2.7/ipp/print");
  CHECK(without_password("ipp://192.0.2.7/at@home") == "ipp://192.0.2.7/at@home");
  CHECK(without_password("folder:/tmp/a@b") == "folder:/tmp/a@b");
}

TEST_CASE("a printer's reason is said plainly, whatever its suffix", "[printer]") {
  CHECK(plain_reason("media-empty-error") == "out of paper");
  CHECK(plain_reason("media-empty-warning") == "out of paper");
  CHECK(plain_reason("media-empty") == "out of paper");
  CHECK(plain_reason("cover-open-report") == "the cover is open");
  CHECK(plain_reason("something-new") == "something-new");
}

TEST_CASE("what somebody has to see to may stop a printer, and what will be so some day does not",
          "[printer]") {
  for (const char* reason : {"media-empty-error", "media-empty", "media-empty-warning", "cover-open-report"})
    CHECK(may_stop(reason));
  for (const char* reason : {"media-low", "media-low-error", "something-new", "none"})
    CHECK_FALSE(may_stop(reason));
}

TEST_CASE("what a printer says of itself is one line", "[printer]") {
  CHECK(described(PrinterState{"Acme 9", {}}) == "Acme 9, ready");
  CHECK(described(PrinterState{"Acme 9", {"out of paper", "the cover is open"}, true}) ==
        "Acme 9, out of paper, the cover is open");
  CHECK(described(PrinterState{"Acme 9", {}, true}) == "Acme 9, stopped");
}
