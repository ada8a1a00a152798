#include "sync/hub/failure_log.hpp"

#include "tests/catch.hpp"

namespace lanyard::sync::hub {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr FailureLog::Instant kStarted{hours{8}};

TEST_CASE("a failure that comes with each request is told once a minute, and counted") {
  FailureLog log;
  CHECK(log.line_for("the disk is full", kStarted) == "the disk is full");
  for (int i = 1; i <= 30; ++i) CHECK_FALSE(log.line_for("the disk is full", kStarted + seconds{i}));
  CHECK(log.line_for("the disk is full", kStarted + seconds{60}) ==
        "the disk is full (and 30 more like it since the last line)");
  CHECK(log.line_for("the disk is full", kStarted + seconds{121}) == "the disk is full");
}

TEST_CASE("failures of two kinds do not hide each other") {
  FailureLog log;
  CHECK(log.line_for("the disk is full", kStarted));
  CHECK(log.line_for("the database is locked", kStarted + seconds{1}) == "the database is locked");
  CHECK_FALSE(log.line_for("the disk is full", kStarted + seconds{2}));
}

TEST_CASE("no number of kinds of failure fills the memory or silences a new one") {
  FailureLog log;
  std::size_t lines = 0;
  for (std::size_t i = 0; i < 10 * kMaxFailureKinds; ++i)
    lines +=
        log.line_for("failure " + std::to_string(i), kStarted + seconds{static_cast<std::int64_t>(i / 100)})
            ? 1U
            : 0U;
  CHECK(lines == 10 * kMaxFailureKinds);
}

}  // namespace
}  // namespace lanyard::sync::hub
