#include "scanner/field.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace lanyard::scanner {
namespace {

constexpr int kLeastSide = 14;
constexpr int kSamples = 72;  // along each side, at most
constexpr int kCells = 6;     // along each side
constexpr int kLines = 16;    // rows, and as many columns, whose runs are measured
constexpr double kTail = 0.03;
constexpr int kWhite = 248;
constexpr int kMaxSlope = 1020;  // of the sums of differences below, in each direction
constexpr int kTrims = 3;
constexpr double kBusyEdge = 0.5;

template <std::size_t n>
int level_at(const std::array<int, n>& histogram, int least) {
  int sum = 0;
  for (std::size_t level = 0; level < n; ++level) {
    sum += histogram[level];
    if (sum > least) return static_cast<int>(level);
  }
  return static_cast<int>(n) - 1;
}

// Sums over a place's samples.
struct Tally {
  std::array<int, 256> levels{};
  std::array<int, kMaxSlope + 1> slopes{};
  struct Cell {
    int darkest{255};
    int lightest{0};
    double energy{0};
    int lights{0};  // above the middle of the grey levels; of a blown out part, all
    int whites{0};
  };
  std::array<Cell, std::size_t{kCells} * kCells> cells{};
  double xx{0}, yy{0}, xy{0};
  int samples{0};
};

// Each sample smoothed over 3x3 pixels, its slopes after Sobel: noise must not look like edges.
Tally tally(GrayView frame, const Region& part) {
  Tally t;
  const int columns = std::min(kSamples, part.width);
  const int rows = std::min(kSamples, part.height);
  for (int j = 0; j < rows; ++j) {
    const int y = part.y + (2 * j + 1) * part.height / (2 * rows);
    const std::uint8_t* above = frame.row(y - 1);
    const std::uint8_t* here = frame.row(y);
    const std::uint8_t* below = frame.row(y + 1);
    for (int i = 0; i < columns; ++i) {
      const int x = part.x + (2 * i + 1) * part.width / (2 * columns);
      const int left = above[x - 1] + 2 * here[x - 1] + below[x - 1];
      const int middle = above[x] + 2 * here[x] + below[x];
      const int right = above[x + 1] + 2 * here[x + 1] + below[x + 1];
      const int gx = right - left;
      const int gy = below[x - 1] + 2 * below[x] + below[x + 1] - above[x - 1] - 2 * above[x] - above[x + 1];
      const int level = (left + 2 * middle + right + 8) / 16;
      ++t.levels[static_cast<std::size_t>(level)];
      ++t.slopes[static_cast<std::size_t>(std::min(kMaxSlope, std::max(std::abs(gx), std::abs(gy))))];
      t.xx += gx * gx;
      t.yy += gy * gy;
      t.xy += gx * gy;
      auto& cell = t.cells[static_cast<std::size_t>(j * kCells / rows * kCells + i * kCells / columns)];
      cell.darkest = std::min(cell.darkest, level);
      cell.lightest = std::max(cell.lightest, level);
      cell.lights += level >= 128 ? 1 : 0;
      cell.whites += level >= kWhite ? 1 : 0;
      cell.energy += gx * gx + gy * gy;
    }
  }
  t.samples = rows * columns;
  return t;
}

// Lengths of what is dark or light on end, begun and ended within the line.
struct Runs {
  double sum{0}, squares{0};
  int count{0};
  int low, high;  // what is between them ends no run
  bool is_dark{false};
  int length{-1};  // -1: before the first edge of a line

  void begin_line(int level) {
    is_dark = level < (low + high) / 2;
    length = -1;
  }
  void take(int level) {
    if (length >= 0) ++length;
    if (is_dark ? level < high : level > low) return;
    is_dark = !is_dark;
    if (length > 0) {
      sum += length;
      squares += static_cast<double>(length) * length;
      ++count;
    }
    length = 0;
  }
};

void measure_runs(GrayView frame, Field& field) {
  if (field.contrast() <= 0) return;
  const Region& part = field.place;
  const int middle = (field.dark + field.light) / 2;
  const int slack = std::max(2, field.contrast() / 8);
  Runs runs{.low = middle - slack, .high = middle + slack};
  for (int line = 0; line < kLines; ++line) {
    const std::uint8_t* row = frame.row(part.y + (2 * line + 1) * part.height / (2 * kLines));
    runs.begin_line(row[part.x]);
    for (int x = part.x; x < part.x + part.width; ++x) runs.take(row[x]);
    const int column = part.x + (2 * line + 1) * part.width / (2 * kLines);
    runs.begin_line(frame.row(part.y)[column]);
    for (int y = part.y; y < part.y + part.height; ++y) runs.take(frame.row(y)[column]);
  }
  if (runs.count < kLines) return;
  field.run_px = runs.sum / runs.count;
  const double variance = runs.squares / runs.count - field.run_px * field.run_px;
  field.run_spread = std::sqrt(std::max(0.0, variance)) / field.run_px;
}

// The direction of most edges, how much it has more than the one across, and how far the edges reach in both.
void measure_directions(const Tally& t, Field& field) {
  const double mean = (t.xx + t.yy) / 2;
  const double off = std::hypot((t.xx - t.yy) / 2, t.xy);
  field.one_sided = (mean + off) / std::max(1.0, mean - off);
  const double angle = std::atan2(2 * t.xy, t.xx - t.yy) / 2;
  const double cosine = std::cos(angle);
  const double sine = std::sin(angle);
  double total = 0, mean_x = 0, mean_y = 0, along = 0, across = 0;
  const auto each_cell = [&](auto&& what) {
    for (int row = 0; row < kCells; ++row) {
      for (int column = 0; column < kCells; ++column) {
        what(t.cells[static_cast<std::size_t>(row * kCells + column)].energy,
             (column + 0.5) * field.place.width / kCells, (row + 0.5) * field.place.height / kCells);
      }
    }
  };
  each_cell([&](double energy, double x, double y) {
    total += energy;
    mean_x += energy * x;
    mean_y += energy * y;
  });
  if (total <= 0) return;
  mean_x /= total;
  mean_y /= total;
  each_cell([&](double energy, double x, double y) {
    const double dx = x - mean_x;
    const double dy = y - mean_y;
    along += energy * (dx * cosine + dy * sine) * (dx * cosine + dy * sine);
    across += energy * (dy * cosine - dx * sine) * (dy * cosine - dx * sine);
  });
  field.extent = std::sqrt(along / std::max(1.0, across));
}

struct Busy {
  std::array<bool, std::size_t{kCells} * kCells> cells{};
};

Busy measure_cells(const Tally& t, Field& field) {
  Busy busy;
  int blown = 0;
  int both = 0;
  int lights = 0;
  int whites = 0;
  for (std::size_t i = 0; i < t.cells.size(); ++i) {
    const auto& cell = t.cells[i];
    const bool is_blown = cell.darkest >= kWhite;
    blown += is_blown ? 1 : 0;
    lights += is_blown ? 0 : cell.lights;
    whites += is_blown ? 0 : cell.whites;
    busy.cells[i] = 2 * (cell.lightest - cell.darkest) > field.contrast();
    both += busy.cells[i] ? 1 : 0;
  }
  constexpr int kAll = kCells * kCells;
  field.blown = static_cast<double>(blown) / kAll;
  field.busy = static_cast<double>(both) / std::max(1, kAll - blown);
  field.white_paper = static_cast<double>(whites) / std::max(1, lights);
  return busy;
}

Region within(GrayView frame, const Region& part) {
  // A pixel stays around what is looked at.
  const int left = std::clamp(part.x, 1, std::max(1, frame.width - 1));
  const int top = std::clamp(part.y, 1, std::max(1, frame.height - 1));
  const int right = std::clamp(part.x + part.width, left, std::max(left, frame.width - 1));
  const int bottom = std::clamp(part.y + part.height, top, std::max(top, frame.height - 1));
  return {left, top, right - left, bottom - top};
}

Field look(GrayView frame, const Region& part, Busy& busy) {
  Field field;
  if (frame.empty()) return field;
  const Region place = within(frame, part);
  if (std::min(place.width, place.height) < kLeastSide) return field;
  field.place = place;
  const Tally t = tally(frame, place);
  const int tail = static_cast<int>(kTail * t.samples);
  field.dark = level_at(t.levels, tail);
  field.light = level_at(t.levels, t.samples - tail - 1);
  if (field.contrast() <= 0) return field;
  int dark = 0;
  int between = 0;
  int white = 0;
  for (int level = 0; level < 256; ++level) {
    const int count = t.levels[static_cast<std::size_t>(level)];
    if (2 * level < field.dark + field.light) dark += count;
    if (level > field.dark + field.contrast() * 3 / 10 && level < field.light - field.contrast() * 3 / 10)
      between += count;
    if (level >= kWhite) white += count;
  }
  busy = measure_cells(t, field);
  // White that is more than the blown cells' own belongs to the code.
  const double lost = std::min<double>(white, field.blown * t.samples);
  field.dark_share = dark / std::max(1.0, t.samples - lost);
  field.between = static_cast<double>(between) / t.samples;
  const int steepest = level_at(t.slopes, t.samples - tail - 1);
  field.edge_px = field.contrast() * 8.0 / std::max(1, steepest);
  measure_directions(t, field);
  return field;
}

}  // namespace

Field field_of(GrayView frame, const Region& part) {
  Busy busy;
  Field field = look(frame, part, busy);
  measure_runs(frame, field);
  return field;
}

Field trimmed_field_of(GrayView frame, const Region& part) {
  Busy busy;
  Field field = look(frame, part, busy);
  for (int trim = 0; trim < kTrims && field.place.width > 0; ++trim) {
    const auto share = [&busy](int first, int step) {
      int count = 0;
      for (int i = 0; i < kCells; ++i)
        count += busy.cells[static_cast<std::size_t>(first + i * step)] ? 1 : 0;
      return static_cast<double>(count) / kCells;
    };
    Region next = field.place;
    const int width = next.width / kCells;
    const int height = next.height / kCells;
    if (share(0, kCells) < kBusyEdge) next = {next.x + width, next.y, next.width - width, next.height};
    if (share(kCells - 1, kCells) < kBusyEdge) next.width -= width;
    if (share(0, 1) < kBusyEdge) next = {next.x, next.y + height, next.width, next.height - height};
    if (share(kCells * (kCells - 1), 1) < kBusyEdge) next.height -= height;
    if (next == field.place) break;
    field = look(frame, next, busy);
  }
  measure_runs(frame, field);
  return field;
}

}  // namespace lanyard::scanner
