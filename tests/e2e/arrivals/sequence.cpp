#include "tests/e2e/arrivals/sequence.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "tests/e2e/arrivals/random.hpp"

namespace lanyard::arrivals {
namespace {

struct Times {  // seconds from the arrival's first frame; each is the end of its moment
  double empty{0};
  double coming{0};
  double held{0};
  double going{0};
};

// Where the thing comes from, or goes to, relative to where it is held.
struct Aside {
  Vec2 off;          // sizes of the frame's height
  double distance;   // times as far
  double turn_rad;   // more roll
  double pitch_rad;  // more pitch
};

Aside any_aside(Random& random) {
  // From below, and from a hand's side.
  return {{random.between(-0.75, 0.75), random.between(0.85, 1.25)},
          random.between(1.3, 2.1),
          random.between(-0.5, 0.5),
          random.between(-0.3, 0.5)};
}

// A hand's tremor: a few slow waves.
struct Tremor {
  struct Wave {
    double per_second;
    double phase;
    Vec2 way_px;
    double turn_rad;
  };
  std::array<Wave, 3> waves{};

  explicit Tremor(Random& random, double pixels) {
    for (Wave& wave : waves) {
      wave.per_second = random.between(3, 14);
      wave.phase = random.between(0, 2 * std::numbers::pi);
      const double reach = pixels * 6 / wave.per_second;
      wave.way_px = {random.between(-1, 1) * reach, random.between(-1, 1) * reach};
      wave.turn_rad = random.between(-0.012, 0.012);
    }
  }
  void apply(double seconds, Pose& pose) const {
    for (const Wave& wave : waves) {
      const double now = std::sin(wave.phase + wave.per_second * seconds);
      pose.at_px = pose.at_px + wave.way_px * now;
      pose.roll_rad += wave.turn_rad * now;
      pose.yaw_rad += wave.turn_rad * 0.7 * now;
    }
  }
};

class Movement {
 public:
  Movement(const Scene& held, const Times& times, const Take& take, std::uint64_t seed)
      : held_(held.pose),
        height_(held.frame.height),
        times_(times),
        clean_(take.clean),
        settling_(take.settling),
        random_(seed),
        from_(any_aside(random_)),
        to_(any_aside(random_)),
        tremor_(random_, 2.2 * held.frame.width / 1280) {}

  [[nodiscard]] Pose at(double seconds) const {
    Pose pose = held_;
    if (!clean_) tremor_.apply(seconds, pose);
    // Fast at first and slower towards its place; away slowly at first.
    const double to_come = std::clamp((times_.coming - seconds) / (times_.coming - times_.empty), 0.0, 1.0);
    const double gone = std::clamp((seconds - times_.held) / (times_.going - times_.held), 0.0, 1.0);
    put_aside(from_, settling_ == 2 ? to_come * to_come : std::pow(to_come, settling_), pose);
    put_aside(to_, gone * gone, pose);
    return pose;
  }

 private:
  void put_aside(const Aside& aside, double share, Pose& pose) const {
    pose.at_px = pose.at_px + aside.off * (share * height_);
    pose.distance_mm *= mix(1, aside.distance, share);
    if (clean_) return;
    pose.roll_rad += aside.turn_rad * share;
    pose.pitch_rad += aside.pitch_rad * share;
  }

  Pose held_;
  double height_;
  Times times_;
  bool clean_;
  double settling_;
  Random random_;
  Aside from_;
  Aside to_;
  Tremor tremor_;
};

Moment moment_at(double seconds, const Times& times) {
  if (seconds < times.empty || seconds >= times.going) return Moment::empty;
  if (seconds < times.coming) return Moment::coming;
  return seconds < times.held ? Moment::held : Moment::going;
}

// Whole frames each, so that none of the moments is missed by a slow camera.
Times times_of(const Take& take, Random& random) {
  const double fps = take.frames_per_second;
  const auto lasting = [fps](double seconds, int least) {
    return std::max<double>(least, std::round(seconds * fps)) / fps;
  };
  Times times;
  times.empty = lasting(random.between(0.08, 0.2), 1);
  times.coming = times.empty + lasting(random.between(take.coming.least, take.coming.most), 1);
  times.held = times.coming + lasting(random.between(take.held.least, take.held.most), 2);
  times.going = times.held + lasting(random.between(0.12, 0.22), 1);
  return times;
}

// The visitor steps up before holding anything, and stands there until the end.
Visitor stepping_up(const Visitor& there, double seconds, const Times& times) {
  Visitor visitor = there;
  const double away = std::clamp((times.coming - seconds) / times.coming, 0.0, 1.0);
  visitor.near *= 1 - 0.25 * away * away;
  visitor.at += (there.at > 0.5 ? 0.25 : -0.25) * away * away + 0.004 * std::sin(2.3 * seconds);
  return visitor;
}

// What lies on the thing or is mirrored in it goes with it.
void follow(const Pose& held, Scene& scene) {
  const Vec2 way = scene.pose.at_px - held.at_px;
  scene.glare.at_px = scene.glare.at_px + way * 0.6;
}

}  // namespace

std::vector<Shot> arrival(const Thing& thing, const Hall& hall, const Take& take) {
  return arrival(held_up(thing, hall, {take.clean, seed_of(take.seed, "held")}), take);
}

std::vector<Shot> arrival(const Scene& held, const Take& take) {
  Random random(seed_of(take.seed, "arrival"));
  const Times times = times_of(take, random);
  const Movement movement(held, times, take, seed_of(take.seed, "movement"));
  const Vec2 glare_drift{random.between(-90, 90), random.between(-90, 90)};  // pixels a second
  const int count = static_cast<int>(std::lround(times.going * take.frames_per_second));
  std::vector<Shot> shots;
  for (int i = 0; i < count; ++i) {
    const double seconds = (i + 0.5) / take.frames_per_second;
    Shot shot{moment_at(seconds, times), held, seed_of(take.seed, static_cast<std::uint64_t>(i))};
    Scene& scene = shot.scene;
    scene.seconds = take.begins + seconds;
    scene.visitor = stepping_up(*held.visitor, seconds, times);
    if (shot.moment == Moment::empty) {
      scene.thing = nullptr;
      shots.push_back(shot);
      continue;
    }
    scene.pose = movement.at(seconds);
    if (!take.clean) {
      scene.motion_px = held.motion_px + movement.at(seconds + take.shutter_seconds / 2).at_px -
                        movement.at(seconds - take.shutter_seconds / 2).at_px;
      // The lens is set to where things are held.
      const double off_focus = std::abs(1 - held.pose.distance_mm / scene.pose.distance_mm);
      scene.defocus_px = std::min(kMaxDefocusPx, held.defocus_px * random.between(0.8, 1) + 3 * off_focus);
      follow(held.pose, scene);
      scene.glare.at_px = scene.glare.at_px + glare_drift * (seconds - times.coming);
    }
    shots.push_back(shot);
  }
  return shots;
}

std::vector<Shot> hold(const Scene& held, const Hold& how) {
  Random random(seed_of(how.seed, "hold"));
  const Tremor tremor(random, how.tremor_px * held.frame.width / 1280);
  std::vector<Shot> shots;
  for (int i = 0; i < how.frames; ++i) {
    const double seconds = i / how.frames_per_second;
    Shot shot{Moment::held, held, seed_of(how.seed, static_cast<std::uint64_t>(i))};
    shot.scene.seconds += seconds;
    tremor.apply(seconds, shot.scene.pose);
    follow(held.pose, shot.scene);
    shots.push_back(shot);
  }
  return shots;
}

}  // namespace lanyard::arrivals
