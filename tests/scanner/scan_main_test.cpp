#include <cstdio>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>
#include <sys/wait.h>

#include "scanner/decode.hpp"
#include "tests/catch.hpp"
#include "tests/scanner/pictures.hpp"

namespace lanyard::scanner {
namespace {

using namespace testing;
using namespace std::string_literals;

struct Outcome {
  int status{-1};
  std::string output;
};

Outcome scan(const std::string& arguments) {
  const std::string command = std::string("'") + LANYARD_SCAN_PROGRAM + "' " + arguments;
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return {};
  Outcome outcome;
  char buffer[4096];
  for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;)
    outcome.output.append(buffer, got);
  const int status = ::pclose(pipe);
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return outcome;
}

std::string quoted(const std::filesystem::path& path) {
  return "'" + path.string() + "' ";
}

TEST_CASE("lanyard-scan prints path, tab and text for each code in each picture, in order") {
  const TempFolder folder;
  GrayFrame two = flat(800, 400, 255);
  paste(two, qr_of("left").view(), 50, 50);
  paste(two, qr_of("right").view(), 450, 60);
  write_file(folder / "two.png", png_of(two.view()));
  write_file(folder / "none.png", png_of(flat(300, 300, 200).view()));
  write_file(folder / "one.jpg", jpeg_of(qr_of("one").view()));
  const Outcome outcome =
      scan(quoted(folder / "two.png") + quoted(folder / "none.png") + quoted(folder / "one.jpg"));
  CHECK(outcome.status == 0);
  CHECK(outcome.output == (folder / "two.png").string() + "\tleft\n" + (folder / "two.png").string() +
                              "\tright\n" + (folder / "one.jpg").string() + "\tone\n");
}

TEST_CASE("a code can neither forge a line nor steer the terminal") {
  const TempFolder folder;
  const std::string text = "a\nb\tc\\d\x1b[2J\0\x7f"s;
  write_file(folder / "evil.png", png_of(qr_of(text).view()));
  const Outcome outcome = scan(quoted(folder / "evil.png"));
  CHECK(outcome.output == (folder / "evil.png").string() + "\ta\\nb\\tc\\\\d\\x1b[2J\\x00\\x7f\n");
}

TEST_CASE("an unreadable file is exit 1, after the rest was printed") {
  const TempFolder folder;
  write_file(folder / "broken.png", Bytes{0x89, 'P', 'N', 'G'});
  write_file(folder / "good.png", png_of(qr_of("good").view()));
  const Outcome outcome = scan(quoted(folder / "missing.png") + quoted(folder / "broken.png") +
                               quoted(folder / "good.png") + "2>/dev/null");
  CHECK(outcome.status == 1);
  CHECK(outcome.output == (folder / "good.png").string() + "\tgood\n");
}

TEST_CASE(
    "JSON is one object for each picture, also for bytes that are no text and files that are no pictures") {
  const TempFolder folder;
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  write_file(folder / "binary.png", png_of(qr_of(bytes).view()));
  const Outcome outcome =
      scan("--json " + quoted(folder / "binary.png") + quoted(folder / "missing.png") + "2>/dev/null");
  CHECK(outcome.status == 1);
  const std::size_t line_end = outcome.output.find('\n');
  REQUIRE(line_end != std::string::npos);
  const auto first = nlohmann::json::parse(outcome.output.substr(0, line_end), nullptr, false);
  REQUIRE(first.is_object());
  CHECK(first["path"] == (folder / "binary.png").string());
  REQUIRE(first["symbols"].size() == 1);
  CHECK(first["symbols"][0]["format"] == "QRCode");
  CHECK(first["symbols"][0]["corners"].size() == 4);
  const auto second = nlohmann::json::parse(outcome.output.substr(line_end + 1), nullptr, false);
  REQUIRE(second.is_object());
  CHECK(second["symbols"].empty());
  CHECK(second.contains("error"));
}

TEST_CASE("wrong use is exit 2, help and version are exit 0") {
  CHECK(scan("2>/dev/null").status == 2);
  CHECK(scan("--nonsense 2>/dev/null").status == 2);
  CHECK(scan("--device /dev/video0 picture.png 2>/dev/null").status == 2);
  CHECK(scan("--device /dev/no-such-video 2>/dev/null").status == 1);
  const Outcome help = scan("--help");
  CHECK(help.status == 0);
  CHECK(help.output.find("--json") != std::string::npos);
  const Outcome version = scan("--version");
  CHECK(version.status == 0);
  CHECK(version.output.find("lanyard-scan ") == 0);
}

TEST_CASE("output that cannot be written is exit 1") {
  const TempFolder folder;
  write_file(folder / "good.png", png_of(qr_of("good").view()));
  CHECK(scan(quoted(folder / "good.png") + "2>/dev/null >/dev/full").status == 1);
}

}  // namespace
}  // namespace lanyard::scanner
