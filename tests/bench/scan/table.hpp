// What a benchmark found: tables, bars and lists, for people and for programs. Threads: values.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "scanner/frame.hpp"

namespace lanyard::bench {

struct Cell {
  // NOLINTNEXTLINE(google-explicit-constructor): rows are written as lists
  Cell(std::string words) : text(std::move(words)), json(text) {}
  Cell(const char* words) : Cell(std::string(words)) {}
  Cell(double value, int digits);
  Cell(int value);

  std::string text;
  nlohmann::ordered_json json;
};
[[nodiscard]] Cell percent(double share);  // with one digit behind the point

struct Table {
  std::string title;
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;
};

// What has to be reached, and by what it is.
struct Bar {
  std::string what;
  double value{0};
  double limit{0};
  bool at_least{false};  // else at most
  [[nodiscard]] bool holds() const { return at_least ? value >= limit : value <= limit; }
};

struct Report {
  std::vector<Table> tables;
  std::vector<Bar> bars;
  std::vector<std::string> lists;  // lines that name what fell short
  void append(Report more);
  [[nodiscard]] bool holds() const;
};

// For a look at what was not read. The folder is made; a file that cannot be written is none.
void write_pgm(const std::filesystem::path& file, scanner::GrayView view);

void print(const Report& report);
[[nodiscard]] nlohmann::ordered_json to_json(const Report& report);

}  // namespace lanyard::bench
