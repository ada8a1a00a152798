#include "kiosk/badge/printer.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/catch.hpp"

using namespace lanyard;
using namespace lanyard::kiosk;

TEST_CASE("a folder printer leaves each page whole under its job's name", "[printer]") {
  const auto folder = std::filesystem::temp_directory_path() / "lanyard-printer-test";
  std::filesystem::remove_all(folder);
  auto printer = make_printer("folder:" + folder.string(), {});
  REQUIRE(printer);
  REQUIRE((*printer)->print("badge-A0001-1", BadgePage{"%PDF-1.5 page", 105, 148, {}}));
  std::ifstream file(folder / "badge-A0001-1.pdf");
  std::stringstream text;
  text << file.rdbuf();
  CHECK(text.str() == "%PDF-1.5 page");
  CHECK(std::distance(std::filesystem::directory_iterator(folder), {}) == 1);
}

TEST_CASE("a printer that is not there is unavailable, and says where it was looked for", "[printer]") {
  auto printer = make_printer("ipp://127.0.0.1:1/ipp/print", {});
  REQUIRE(printer);
  const auto printed = (*printer)->print("badge", BadgePage{"%PDF-", 105, 148, {}});
  REQUIRE_FALSE(printed);
  CHECK(printed.error().kind == sync::Error::Kind::unavailable);
  CHECK(printed.error().message.find("ipp://127.0.0.1:1") != std::string::npos);
  auto folder = make_printer("folder:/proc/nowhere", {});
  REQUIRE(folder);
  CHECK((*folder)->print("badge", BadgePage{"%PDF-", 105, 148, {}}).error().kind ==
        sync::Error::Kind::unavailable);
}

TEST_CASE("a printer that cannot be meant is refused with what is expected", "[printer]") {
  for (const char* where : {"", "folder:", "lpt1", "http://x/", "ipp:/"}) {
    const auto printer = make_printer(where, {});
    REQUIRE_FALSE(printer);
    CHECK(printer.error().kind == sync::Error::Kind::invalid);
  }
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
