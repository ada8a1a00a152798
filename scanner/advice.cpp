#include "scanner/advice.hpp"

#include <algorithm>
#include <cmath>

namespace lanyard::scanner {
namespace {

using std::chrono::milliseconds;

constexpr double kLeastModulePixels = 1.7;
constexpr double kLeastSides = 0.45;
constexpr int kDarkLight = 60;  // grey level below which the lightest is dark
// Frames without a sight, in a row, after which nothing is in sight: the parts of a frame are looked at in
// turn.
constexpr int kMaxMisses = 5;
constexpr milliseconds kGoneAfter{400};  // or after this long, if frames are few
constexpr milliseconds kHalfLife{150};
// Between frames further apart nothing can be followed.
constexpr milliseconds kLongAgo{1500};
constexpr double kStronger = 2;
// The dense parts that the reader found, and the middle of the frame.
constexpr std::size_t kMiddle = kDense;
constexpr std::size_t kParts = kDense + 1;
constexpr int kLooks = 2;  // at parts, in a frame; the next go on from there

// How soon what stands before the camera becomes what is usual.
constexpr std::chrono::seconds kUsualHalfLife{10};
constexpr double kMostBright = 0.03;    // share of a dark picture's cells that are bright: a lamp
constexpr double kLeastChanged = 0.06;  // share of the cells that are as they were not before
constexpr double kMostChanged = 0.8;    // that is the room's light, and nobody who came
// A thing in sight moves if it goes this far, in sizes of its own, between frames no further apart.
constexpr double kLeastWay = 0.25;
constexpr double kMostWay = 1;  // that is another thing
constexpr milliseconds kSightedLately{100};
constexpr int kCellSamples = 8;  // along each side
constexpr int kCoarseColumns = 16;
constexpr int kCoarseRows = 9;

float mean_of_cell(GrayView frame, int column, int row) {
  int sum = 0;
  for (int j = 0; j < kCellSamples; ++j) {
    const std::uint8_t* from =
        frame.row((row * kCellSamples + j) * frame.height / (kCoarseRows * kCellSamples));
    for (int i = 0; i < kCellSamples; ++i) {
      sum += from[(column * kCellSamples + i) * frame.width / (kCoarseColumns * kCellSamples)];
    }
  }
  return static_cast<float>(sum) / (kCellSamples * kCellSamples);
}

bool between(double value, double least, double most) {
  return value >= least && value <= most;
}

// Dark and light about equally, everywhere.
bool like_a_code(const Field& field) {
  return field.place.width > 0 && field.busy >= 0.9 && between(field.dark_share, 0.36, 0.64);
}

bool is_smeared(const Field& field) {
  return between(field.one_sided, 2.3, 14) && between(field.extent, 0.68, 1.45);
}

// Edges dense in one direction, and what they fill is short in just that one.
bool is_foreshortened(const Field& field) {
  return between(field.one_sided, 2.3, 8) && field.extent < 0.66;
}

bool is_soft(const Field& field) {
  return field.between >= 0.36 && field.edge_px >= 4.8 && field.edge_px >= 0.28 * field.run_px;
}

bool has_glare(const Field& field) {
  return field.blown > 0 && field.white_paper < 0.6 && field.busy >= 0.7 && field.dark_share > 0.12;
}

Region without_margin(const Region& region) {
  const int margin =
      std::max(region.width, region.height) * kRegionMarginPercent / (100 + 2 * kRegionMarginPercent);
  return {region.x + margin, region.y + margin, region.width - 2 * margin, region.height - 2 * margin};
}

// Of the lengths of its sides, the shorter direction's to the longer's.
double sides_ratio(const std::array<Point, 4>& corners) {
  const auto side = [&corners](std::size_t from, std::size_t to) {
    return std::hypot(corners[to].x - corners[from].x, corners[to].y - corners[from].y);
  };
  const double across = side(0, 1) + side(3, 2);
  const double down = side(0, 3) + side(1, 2);
  return std::min(across, down) / std::max({across, down, 1.0});
}

bool reaches_beyond(const Region& place, GrayView frame) {
  return place.x < 0 || place.y < 0 || place.x + place.width > frame.width ||
         place.y + place.height > frame.height;
}

// How far it went, in sizes of its own.
double way(const Region& from, const Region& to) {
  const double x = from.x + from.width / 2.0 - to.x - to.width / 2.0;
  const double y = from.y + from.height / 2.0 - to.y - to.height / 2.0;
  return std::hypot(x, y) / std::max({1, to.width, to.height});
}

bool texts_differ(const FrameReading& reading) {
  return std::any_of(reading.symbols.begin(), reading.symbols.end(), [&reading](const Symbol& symbol) {
    return symbol.text != reading.symbols.front().text;
  });
}

// Of a part full of edges.
Advice cause_of(const Field& field) {
  if (field.place.width <= 0) return Advice::none;
  if (field.busy >= 0.84 && between(field.dark_share, 0.3, 0.66) && field.between >= 0.2 &&
      is_foreshortened(field)) {
    return Advice::tilted;
  }
  // What is laid in rows is not a code, however soft.
  if (!like_a_code(field) || field.light < kDarkLight || field.run_spread < 0.68) return Advice::none;
  // A code is many modules wide.
  const double runs_across = std::min(field.place.width, field.place.height) / std::max(1.0, field.run_px);
  if (runs_across < 6) return Advice::none;
  if (field.between >= 0.36 && runs_across >= 8.7 && is_smeared(field)) return Advice::hold_still;
  if (field.one_sided < 1.8 && field.run_spread < 1.3 && is_soft(field)) return Advice::blurred;
  return Advice::none;
}

// Of the densest few cells of a part. A code so small that its modules run into each other is grey as print
// is not; so is one that is seen from its edge, or smeared, but in one direction.
Advice cause_of_peak(const Field& field) {
  const bool is_grey = field.place.width > 0 && field.between >= 0.4 &&
                       between(field.dark_share, 0.28, 0.72) && field.edge_px <= 3.2 && field.run_px >= 1 &&
                       field.contrast() >= 40;
  if (!is_grey) return Advice::none;
  const bool is_even = between(field.dark_share, 0.4, 0.6);
  const bool is_fine = field.busy >= 0.7 && field.run_px <= 5.2 && field.run_spread >= 0.55;
  if (is_fine && field.one_sided < 1.5) return Advice::too_far;
  if (is_fine && is_even && field.busy >= 0.85 && between(field.one_sided, 2.2, 6)) return Advice::tilted;
  if (is_even && field.between >= 0.45 && between(field.run_px, 5.2, 12) && between(field.one_sided, 4, 25)) {
    return Advice::hold_still;
  }
  return Advice::none;
}

// The middle of the frame: much coarser than any code in reach.
bool is_too_coarse(const Field& field) {
  return field.busy >= 0.97 && between(field.dark_share, 0.4, 0.6) && field.between <= 0.13 &&
         field.run_px >= 0.04 * field.place.height && field.run_spread >= 0.55 && field.one_sided < 2 &&
         field.contrast() >= 90;
}

}  // namespace

std::string_view to_name(Advice advice) {
  constexpr std::array<std::string_view, kAdvices> kNames{
      "none", "too far", "too near", "too dark", "glare", "blurred", "tilted", "hold still", "one at a time"};
  return kNames.at(static_cast<std::size_t>(advice));
}

Adviser::Cue Adviser::of_sighting(GrayView frame, const Sighting& sighting, TimePoint now) const {
  const bool moves = sighted_.width > 0 && now - sighted_at_ <= kSightedLately &&
                     between(way(sighted_, sighting.place), kLeastWay, kMostWay);
  const Field field = field_of(frame, sighting.place);
  Cue cue{true, Advice::none, sighting.place};
  const bool looks_so = field.place.width > 0 && field.busy >= 0.7 && between(field.dark_share, 0.12, 0.75);
  if (!looks_so) return {};
  if (reaches_beyond(sighting.place, frame)) {
    cue.advice = Advice::too_near;
  } else if (field.light < kDarkLight) {
    cue.advice = Advice::too_dark;
  } else if (has_glare(field)) {
    cue.advice = Advice::glare;
  } else if (sighting.module_pixels < kLeastModulePixels) {
    cue.advice = Advice::too_far;
  } else if (sides_ratio(sighting.corners) < kLeastSides) {
    cue.advice = Advice::tilted;
  } else if (is_smeared(field) || moves) {
    cue.advice = Advice::hold_still;
  } else if (field.one_sided < 1.8 && is_soft(field)) {
    cue.advice = Advice::blurred;
  }
  return cue;
}

Adviser::Cue Adviser::of_part(GrayView frame, const FrameReading& reading, std::size_t part) {
  if (part == kMiddle) {
    const int side = std::min(frame.width, frame.height) * 9 / 10;
    const Region middle{(frame.width - side) / 2, (frame.height - side) / 2, side, side};
    if (!is_too_coarse(field_of(frame, middle))) return {};
    return {true, Advice::too_near, middle};
  }
  const Dense& dense = reading.dense[part];
  Field field = trimmed_field_of(frame, without_margin(dense.place));
  Advice cause = cause_of(field);
  if (cause == Advice::none) {
    // Stripes are more one-sided than any smear.
    const bool is_striped = !between(field.one_sided, 3, 13);
    field = field_of(frame, dense.peak);
    cause = cause_of_peak(field);
    if (cause == Advice::hold_still && is_striped) cause = Advice::none;
  }
  return {cause != Advice::none, cause, field.place};
}

// Noise in the dark looks like edges everywhere, so that no code shows; but that something came does.
Adviser::Cue Adviser::of_dark(GrayView frame, TimePoint now) {
  Coarse levels;
  Coarse settled;
  int bright = 0;
  int changed = 0;
  const double ages =
      std::chrono::duration<double>(now - usual_at_) / std::chrono::duration<double>(kUsualHalfLife);
  const bool known = usual_at_ != TimePoint{} && ages < 1;
  const auto keep = static_cast<float>(std::exp2(-std::max(0.0, ages)));
  for (int row = 0; row < kCoarseRows; ++row) {
    for (int column = 0; column < kCoarseColumns; ++column) {
      const auto i = static_cast<std::size_t>(row * kCoarseColumns + column);
      const float level = mean_of_cell(frame, column, row);
      levels[i] = level;
      bright += level >= kDarkLight ? 1 : 0;
      changed += known && std::abs(level - usual_[i]) > 2 + 0.2F * usual_[i] ? 1 : 0;
      settled[i] = known ? level + keep * (usual_[i] - level) : level;
    }
  }
  const auto cells = static_cast<double>(levels.size());
  const bool is_the_room = changed >= kMostChanged * cells;
  usual_ = is_the_room ? levels : settled;
  usual_at_ = now;
  if (bright > kMostBright * cells) return {};
  is_dark_ = true;
  const bool came = changed >= kLeastChanged * cells && !is_the_room;
  return {came, came ? Advice::too_dark : Advice::none, {}};
}

Adviser::Cue Adviser::cue_of(GrayView frame, const FrameReading& reading, TimePoint now) {
  is_dark_ = false;
  if (frame.empty()) return {};
  const Cue dark = of_dark(frame, now);
  if (texts_differ(reading)) return {true, Advice::one_at_a_time, {}};
  if (!reading.symbols.empty()) return {};
  if (reading.sighting.dimension > 0 && reading.sighting.likeness >= kLikeACode) {
    Cue cue = of_sighting(frame, reading.sighting, now);
    sighted_ = cue.place;
    sighted_at_ = now;
    if (cue.in_sight) return cue;
  }
  sighted_ = {};
  if (is_dark_) return dark;
  for (int looks = 0, parts = 0; parts < static_cast<int>(kParts) && looks < kLooks; ++parts) {
    const bool is_empty = part_ != kMiddle && reading.dense[part_].place.width <= 0;
    if (!is_empty) {
      const Cue cue = of_part(frame, reading, part_);
      if (cue.in_sight) return cue;
      ++looks;
    }
    part_ = (part_ + 1) % kParts;
  }
  return {};
}

void Adviser::forget() {
  votes_ = {};
  in_sight_ = false;
  misses_ = 0;
  shown_ = Advice::none;
  sighted_ = {};
}

void Adviser::forget_but(Advice advice) {
  const double votes = votes_[static_cast<std::size_t>(advice)];
  votes_ = {};
  votes_[static_cast<std::size_t>(advice)] = votes;
  if (shown_ != advice) shown_ = Advice::none;
}

void Adviser::vote(const Cue& cue, TimePoint now) {
  const double ages = std::chrono::duration<double>(now - voted_) / std::chrono::duration<double>(kHalfLife);
  for (double& votes : votes_) votes *= std::exp2(-std::max(0.0, ages));
  votes_[static_cast<std::size_t>(cue.advice)] += 1;
  voted_ = now;
}

void Adviser::choose(TimePoint now) {
  if (now - unread_since_ < kUnreadFor) return;
  const auto best = std::max_element(votes_.begin(), votes_.end());
  const auto winner = static_cast<Advice>(best - votes_.begin());
  if (winner == shown_) return;
  if (shown_ == Advice::none) {
    double all = 0;
    for (const double votes : votes_) all += votes;
    if (2 * *best < all) return;
  } else if (now - shown_since_ < kStays || *best < kStronger * votes_[static_cast<std::size_t>(shown_)]) {
    return;
  }
  shown_ = winner;
  shown_since_ = now;
}

Advice Adviser::advise(GrayView frame, const FrameReading& reading, TimePoint now) {
  const Cue cue = cue_of(frame, reading, now);
  // Of two badges, one may be missed in a frame.
  const bool is_read = !reading.symbols.empty() && cue.advice != Advice::one_at_a_time;
  if (!reading.symbols.empty()) forget_but(Advice::one_at_a_time);
  if ((is_read && votes_[static_cast<std::size_t>(Advice::one_at_a_time)] < 1) || now - voted_ > kLongAgo) {
    forget();
    voted_ = now;
    if (is_read) return shown_;
  }
  misses_ = cue.in_sight ? 0 : misses_ + 1;
  if (cue.in_sight) seen_at_ = now;
  if (misses_ > kMaxMisses || now - seen_at_ > kGoneAfter) {
    forget();
    return shown_;
  }
  if (!in_sight_) {
    if (!cue.in_sight) return shown_;
    in_sight_ = true;
    unread_since_ = now;
  }
  vote(cue, now);
  choose(now);
  return shown_;
}

}  // namespace lanyard::scanner
