#include "scanner/presence.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace lanyard::scanner {
namespace {

// A held badge changed the size by 2.3 % and more, a scene at rest by 0.16 % and less.
constexpr double kChangedShare = 0.008;
// Beyond that, a change is one that is so much larger than those from frame to frame; of which none counts
// for more than a share of the size, so that a visitor does not pass for unrest.
constexpr double kChangedTimes = 4;
constexpr double kMostChange = 0.02;
// The usual follows what comes, so that dusk is no event.
constexpr double kFollow = 0.125;
// Grey levels by which a cell must differ, beyond what all of them do together when a lamp is switched; and
// how many must. A code that can be read is three cells wide and high.
constexpr int kChangedLevels = 7;
constexpr int kChangedCells = 2;
constexpr std::chrono::seconds kLongestStill{30};

}  // namespace

bool Presence::wants(std::size_t compressed_bytes, TimePoint now) {
  if (compressed_bytes == 0 || attentive(now)) {
    // What somebody held up is not the usual.
    usual_bytes_ = compressed_bytes == 0 ? 0 : usual_bytes_;
    last_look_ = now;
    return true;
  }
  const auto bytes = static_cast<double>(compressed_bytes);
  const double change = std::abs(bytes - usual_bytes_);
  const double noticed = std::max(kChangedShare * usual_bytes_, kChangedTimes * usual_change_);
  const bool known = usual_bytes_ != 0;
  const bool due = now - last_look_ >= options_.look_every;
  if (known) usual_change_ += kFollow * (std::min(change, kMostChange * usual_bytes_) - usual_change_);
  usual_bytes_ = known ? usual_bytes_ + kFollow * (bytes - usual_bytes_) : bytes;
  if (known && change <= noticed && !due) return false;
  last_look_ = now;
  return true;
}

Presence::Coarse Presence::coarse(GrayView frame) {
  Coarse cells{};
  // A few pixels of each cell are enough, and the cell is the same few in each frame.
  constexpr int kSamples = 6;
  for (int row = 0; row < kRows; ++row) {
    const int top = frame.height * row / kRows;
    const int bottom = std::max(top + 1, frame.height * (row + 1) / kRows);
    const int down = std::max(1, (bottom - top) / kSamples);
    for (int column = 0; column < kColumns; ++column) {
      const int left = frame.width * column / kColumns;
      const int right = std::max(left + 1, frame.width * (column + 1) / kColumns);
      const int across = std::max(1, (right - left) / kSamples);
      int sum = 0;
      int count = 0;
      for (int y = top; y < std::min(bottom, frame.height); y += down) {
        const std::uint8_t* pixels = frame.row(y);
        for (int x = left; x < std::min(right, frame.width); x += across) {
          sum += pixels[x];
          ++count;
        }
      }
      cells[static_cast<std::size_t>(row * kColumns + column)] =
          static_cast<std::uint8_t>(count == 0 ? 0 : sum / count);
    }
  }
  return cells;
}

bool Presence::notices(GrayView frame, TimePoint now) {
  if (frame.empty()) return false;
  const Coarse fresh = coarse(frame);
  int shift = 0;
  for (std::size_t cell = 0; cell < fresh.size(); ++cell) shift += fresh[cell] - scene_[cell];
  shift /= static_cast<int>(fresh.size());
  int changed = 0;
  for (std::size_t cell = 0; cell < fresh.size(); ++cell) {
    if (std::abs(fresh[cell] - scene_[cell] - shift) >= kChangedLevels) ++changed;
  }
  const bool moved = !has_scene_ || changed >= kChangedCells;
  if (moved) {
    scene_ = fresh;
    has_scene_ = true;
    last_motion_ = now;
    attend(now);
  } else if (!attentive(now)) {
    scene_ = fresh;
  }
  if (!attentive(now) && now - last_read_ < options_.look_every) return false;
  last_read_ = now;
  return true;
}

void Presence::keep(TimePoint now) {
  if (now - last_motion_ < kLongestStill) attend(now);
}

void Presence::attend(TimePoint now) {
  attentive_until_ = std::max(attentive_until_, now + options_.attention);
}

}  // namespace lanyard::scanner
