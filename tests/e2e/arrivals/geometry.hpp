// Where a flat thing before a camera lands in its picture. PURE. Threads: values.
#pragma once

#include <array>
#include <cmath>
#include <numbers>
#include <optional>

namespace lanyard::arrivals {

inline constexpr double kDegree = std::numbers::pi / 180;  // in radians

struct Vec2 {
  double x{0};
  double y{0};
  friend Vec2 operator+(Vec2 a, Vec2 b) { return {a.x + b.x, a.y + b.y}; }
  friend Vec2 operator-(Vec2 a, Vec2 b) { return {a.x - b.x, a.y - b.y}; }
  friend Vec2 operator*(Vec2 a, double k) { return {a.x * k, a.y * k}; }
};
[[nodiscard]] inline double length(Vec2 v) {
  return std::hypot(v.x, v.y);
}
[[nodiscard]] inline double mix(double a, double b, double share_of_b) {
  return a + (b - a) * share_of_b;
}
[[nodiscard]] inline Vec2 mix(Vec2 a, Vec2 b, double share_of_b) {
  return a + (b - a) * share_of_b;
}

struct Size {
  int width{0};   // pixels
  int height{0};  // pixels
};

// A webcam's field of view, about 58 degrees from side to side.
inline constexpr double kFocalLengthInWidths = 0.9;

// How a plane stands before the camera.
struct Pose {
  Vec2 at_px;               // where the plane's origin is seen
  double distance_mm{250};  // of that origin
  double yaw_rad{0};        // about the upright axis: the right edge goes away
  double pitch_rad{0};      // about the level axis: the lower edge goes away
  double roll_rad{0};       // in the picture, clockwise
};

// Of the plane, row by row.
class Homography {
 public:
  explicit Homography(const std::array<double, 9>& h) : h_(h) {}

  // Nothing if the point is behind the camera.
  [[nodiscard]] std::optional<Vec2> at(Vec2 p) const {
    const double w = h_[6] * p.x + h_[7] * p.y + h_[8];
    if (!(w > 1e-9)) return std::nullopt;
    return Vec2{(h_[0] * p.x + h_[1] * p.y + h_[2]) / w, (h_[3] * p.x + h_[4] * p.y + h_[5]) / w};
  }
  // Back from what it leads to, up to a factor: with the sign that keeps points before the camera positive.
  [[nodiscard]] Homography inverse() const;
  [[nodiscard]] const std::array<double, 9>& rows() const { return h_; }

 private:
  std::array<double, 9> h_;
};

// Millimetres of the plane (x to the right, y down, from its origin) -> pixels of a frame of this size.
[[nodiscard]] Homography plane_to_frame(const Pose& pose, Size frame);

}  // namespace lanyard::arrivals
