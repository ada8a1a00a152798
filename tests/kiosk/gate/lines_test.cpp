#include "kiosk/gate/lines.hpp"

#include <filesystem>
#include <fstream>

#include "tests/catch.hpp"
#include "tests/sync/temporary_folder.hpp"

namespace lanyard::gate {
namespace {

using sync::hub::TemporaryFolder;

TEST_CASE("one lamp is lit at a time, and the turnstile by itself") {
  CHECK(switched({}) == Switched{});
  CHECK(switched({true, Light::off}) == Switched{true, false, false, false});
  CHECK(switched({false, Light::ready}) == Switched{false, true, false, false});
  CHECK(switched({true, Light::busy}) == Switched{true, false, true, false});
  CHECK(switched({false, Light::stop}) == Switched{false, false, false, true});
}

// The first line of a file stands for what a chip calls itself.
std::string label_in(const std::string& file) {
  std::ifstream in(file);
  std::string label;
  std::getline(in, label);
  return label;
}

TEST_CASE("a chip is found by its label, whatever its number is, and never one of two") {
  const TemporaryFolder folder;
  const std::string where = folder.path().string();
  std::ofstream(folder.path() / "gpiochip0") << "INT34C5:00\n";
  std::ofstream(folder.path() / "gpiochip7") << "mcp2221_gpio\n";
  std::ofstream(folder.path() / "ttyACM0") << "mcp2221_gpio\n";
  CHECK(chip_file("label:mcp2221_gpio", label_in, where) == where + "/gpiochip7");
  const auto none = chip_file("label:ftdi-cbus", label_in, where);
  REQUIRE_FALSE(none);
  CHECK(none.error().message == "no chip calls itself ftdi-cbus");
  std::ofstream(folder.path() / "gpiochip8") << "mcp2221_gpio\n";
  const auto two = chip_file("label:mcp2221_gpio", label_in, where);
  REQUIRE_FALSE(two);
  CHECK(two.error().message.find("both") != std::string::npos);
}

TEST_CASE("a chip's file may be a link to it") {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "gpiochip3") << "x\n";
  std::filesystem::create_symlink("gpiochip3", folder.path() / "gate");
  const auto found = chip_file((folder.path() / "gate").string(), label_in);
  REQUIRE(found);
  CHECK(std::filesystem::path(*found).filename() == "gpiochip3");
  CHECK_FALSE(chip_file((folder.path() / "gone").string(), label_in));
}

}  // namespace
}  // namespace lanyard::gate
