// Real photographs, which are no part of this tree: LANYARD_QR_CORPUS names a folder that holds them and
// truth.tsv, as scan_report.hpp says. What is read of each category is held to corpus_limits.tsv. Costs are
// told, not tested: they are the bench's.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <string>

#include <nlohmann/json.hpp>

#include "tests/catch.hpp"

namespace lanyard::scanner {
namespace {

using nlohmann::json;

// What lanyard-scan --report prints of the folder.
json report_of(const std::string& folder) {
  const std::string command = std::string(LANYARD_SCAN_PROGRAM) + " --json --report '" + folder + "'";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  REQUIRE(pipe != nullptr);
  std::string printed;
  std::array<char, 4096> part{};
  while (const std::size_t got = std::fread(part.data(), 1, part.size(), pipe.get())) {
    printed.append(part.data(), got);
  }
  return json::parse(printed);
}

struct Least {
  int quick{0};
  int thorough{0};
};

std::map<std::string, Least> limits() {
  std::map<std::string, Least> limits;
  std::ifstream file(LANYARD_CORPUS_LIMITS);
  std::string line;
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::string category;
    Least least;
    if (line.starts_with('#') || !(fields >> category >> least.quick >> least.thorough)) continue;
    limits[category] = least;
  }
  return limits;
}

json way_named(const json& report, const std::string& name) {
  for (const json& way : report["ways"]) {
    if (way["name"] == name) return way;
  }
  FAIL("no way named " << name);
  return {};
}

double percent(const json& way, int with_code) {
  return 100.0 * way["right"].get<int>() / with_code;
}

TEST_CASE("photographs are read as well as ever, and none is read wrongly", "[corpus]") {
  const char* folder = std::getenv("LANYARD_QR_CORPUS");
  if (folder == nullptr) {
    std::cout << "LANYARD_QR_CORPUS is not set: the photographs are skipped\n";
    return;
  }
  const json report = report_of(folder);
  const json best = way_named(report, "best call");
  const json quick = way_named(report, "quick");
  const json thorough = way_named(report, "thorough");
  int with_code = 0;
  for (const auto& [category, count] : report["with_code"].items()) with_code += count.get<int>();
  REQUIRE(with_code > 0);
  std::cout << "ZXing " << report["engine"].get<std::string>() << ": best call " << percent(best, with_code)
            << " % in " << best["mean_ms"] << " ms, quick " << percent(quick, with_code) << " % in "
            << quick["mean_ms"] << " ms, thorough " << percent(thorough, with_code) << " %\n";

  CHECK(report["unreadable"] == 0);
  CHECK(percent(quick, with_code) >= percent(best, with_code) + 6);
  const bool first_version = report["engine"].get<std::string>().starts_with("1.");
  CHECK(percent(thorough, with_code) >= (first_version ? 84 : 86));
  CHECK(quick["wrong"].get<int>() + thorough["wrong"].get<int>() == 0);
  for (const json& way : report["ways"]) {
    CAPTURE(way["name"].get<std::string>());
    CHECK(way["false"] == 0);
  }
  const auto least = limits();
  for (const auto& [category, count] : report["with_code"].items()) {
    CAPTURE(category);
    REQUIRE(least.count(category) == 1);
    CHECK(quick["right_by_category"].value(category, 0) >= least.at(category).quick);
    CHECK(thorough["right_by_category"].value(category, 0) >= least.at(category).thorough);
  }
}

}  // namespace
}  // namespace lanyard::scanner
