#include "tests/e2e/arrivals/geometry.hpp"

namespace lanyard::arrivals {

Homography Homography::inverse() const {
  const auto& h = h_;
  std::array<double, 9> adjoint{
      h[4] * h[8] - h[5] * h[7], h[2] * h[7] - h[1] * h[8], h[1] * h[5] - h[2] * h[4],
      h[5] * h[6] - h[3] * h[8], h[0] * h[8] - h[2] * h[6], h[2] * h[3] - h[0] * h[5],
      h[3] * h[7] - h[4] * h[6], h[1] * h[6] - h[0] * h[7], h[0] * h[4] - h[1] * h[3]};
  const double determinant = h[0] * adjoint[0] + h[1] * adjoint[3] + h[2] * adjoint[6];
  for (double& value : adjoint) value /= determinant;
  return Homography(adjoint);
}

Homography plane_to_frame(const Pose& pose, Size frame) {
  const double focal = kFocalLengthInWidths * frame.width;
  const double centre_x = frame.width / 2.0;
  const double centre_y = frame.height / 2.0;
  const double cy = std::cos(pose.yaw_rad);
  const double sy = std::sin(pose.yaw_rad);
  const double cp = std::cos(pose.pitch_rad);
  const double sp = std::sin(pose.pitch_rad);
  const double cr = std::cos(pose.roll_rad);
  const double sr = std::sin(pose.roll_rad);
  // Where the plane's two axes point in space: rolled in the plane first, then pitched, then yawed.
  const auto axis = [&](double x, double y) {
    const double rolled_x = cr * x - sr * y;
    const double rolled_y = sr * x + cr * y;
    const double pitched_z = sp * rolled_y;
    return std::array<double, 3>{cy * rolled_x - sy * pitched_z, cp * rolled_y,
                                 sy * rolled_x + cy * pitched_z};
  };
  const auto right = axis(1, 0);
  const auto down = axis(0, 1);
  const std::array<double, 3> origin{(pose.at_px.x - centre_x) / focal * pose.distance_mm,
                                     (pose.at_px.y - centre_y) / focal * pose.distance_mm, pose.distance_mm};
  std::array<double, 9> h{};
  for (std::size_t column = 0; column < 3; ++column) {
    const auto& v = column == 0 ? right : column == 1 ? down : origin;
    h[column] = focal * v[0] + centre_x * v[2];
    h[3 + column] = focal * v[1] + centre_y * v[2];
    h[6 + column] = v[2];
  }
  return Homography(h);
}

}  // namespace lanyard::arrivals
