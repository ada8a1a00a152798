#include "tests/bench/scan/table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iterator>

namespace lanyard::bench {
namespace {

std::string formatted(double value, int digits) {
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  return text.data();
}

void print(const Table& table) {
  std::vector<std::size_t> widths;
  for (const std::string& column : table.columns) widths.push_back(column.size());
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].text.size());
  }
  std::printf("\n%s\n", table.title.c_str());
  const auto put = [&widths](std::size_t i, const std::string& text) {
    // Names to the left, figures to the right.
    std::printf(i == 0 ? "  %-*s" : "  %*s", static_cast<int>(widths[i]), text.c_str());
  };
  for (std::size_t i = 0; i < table.columns.size(); ++i) put(i, table.columns[i]);
  std::putchar('\n');
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) put(i, row[i].text);
    std::putchar('\n');
  }
}

}  // namespace

Cell::Cell(double value, int digits) : text(formatted(value, digits)) {
  const double scale = std::pow(10.0, digits + 1);
  json = std::round(value * scale) / scale;
}

Cell::Cell(int value) : text(std::to_string(value)), json(value) {}

Cell percent(double share) {
  return {100 * share, 1};
}

void Report::append(Report more) {
  std::ranges::move(more.tables, std::back_inserter(tables));
  std::ranges::move(more.bars, std::back_inserter(bars));
  std::ranges::move(more.lists, std::back_inserter(lists));
}

bool Report::holds() const {
  return std::ranges::all_of(bars, [](const Bar& bar) { return bar.holds(); });
}

void write_pgm(const std::filesystem::path& file, scanner::GrayView view) {
  std::error_code ignored;
  std::filesystem::create_directories(file.parent_path(), ignored);
  std::ofstream out(file, std::ios::binary);
  out << "P5\n" << view.width << ' ' << view.height << "\n255\n";
  for (int y = 0; y < view.height; ++y) {
    out.write(reinterpret_cast<const char*>(view.row(y)), view.width);
  }
}

void print(const Report& report) {
  for (const Table& table : report.tables) print(table);
  if (!report.bars.empty()) std::printf("\n");
  for (const Bar& bar : report.bars) {
    std::printf("  %-4s %-58s %8.3g  (at %s %g)\n", bar.holds() ? "met" : "MISS", bar.what.c_str(), bar.value,
                bar.at_least ? "least" : "most", bar.limit);
  }
  if (!report.lists.empty()) std::printf("\n");
  for (const std::string& line : report.lists) std::printf("  %s\n", line.c_str());
  std::fflush(stdout);
}

nlohmann::ordered_json to_json(const Report& report) {
  nlohmann::ordered_json out;
  for (const Table& table : report.tables) {
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    for (const auto& row : table.rows) {
      nlohmann::ordered_json one;
      for (std::size_t i = 0; i < row.size(); ++i) one[table.columns[i]] = row[i].json;
      rows.push_back(std::move(one));
    }
    out["tables"].push_back({{"title", table.title}, {"rows", std::move(rows)}});
  }
  for (const Bar& bar : report.bars) {
    out["bars"].push_back({{"what", bar.what},
                           {"value", bar.value},
                           {bar.at_least ? "at_least" : "at_most", bar.limit},
                           {"met", bar.holds()}});
  }
  out["lists"] = report.lists;
  return out;
}

}  // namespace lanyard::bench
