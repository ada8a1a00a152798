// The kiosk's loop, played by a script (script.hpp): each step once what the one before it asked for is on
// the screen.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <utility>

#include "kiosk/kiosk_loop.hpp"
#include "sync/log.hpp"

namespace lanyard::kiosk {
namespace {

using std::chrono::milliseconds;

// How long a step waits, by the clock on the wall, for what it names.
constexpr std::chrono::seconds kStepWaits{10};
// Frames until what was touched has been drawn, and what came of it.
constexpr int kFramesToSettle = 3;
constexpr milliseconds kMotionEnds{1200};

}  // namespace

// The clock of the screens alone goes on: rows are stamped with the real one.
void KioskLoop::skip(milliseconds by) {
  const Moment until = clock() + by;
  constexpr int kMostTicks = 1000;
  for (int i = 0; i < kMostTicks; ++i) {
    const auto wake = wake_at(state_);
    if (!wake || *wake > until) break;
    skipped_ += std::max(milliseconds{1}, std::chrono::duration_cast<milliseconds>(*wake - clock()));
    apply(event::Tick{}, clock());
  }
  skipped_ += std::max(milliseconds{0}, std::chrono::duration_cast<milliseconds>(until - clock()));
}

void KioskLoop::script_fails(const std::string& why) {
  const ScriptStep& step = options_.script[script_.at];
  log::error("{}:{}: {}; the screen is {}", options_.script_name, step.line, why, picture_name());
  script_.failed = true;
  restarting_ = true;
}

void KioskLoop::play_script() {
  if (options_.script.empty() || restarting_) return;
  if (script_.settle > 0) {
    --script_.settle;
    last_drawn_.animating = true;
    return;
  }
  if (script_.at == options_.script.size()) {
    (void)std::printf("%zu steps, %d touches, and %d of letters\n", script_.at, script_.touches,
                      script_.letters);
    restarting_ = true;
    return;
  }
  last_drawn_.animating = true;
  const Moment real = std::chrono::steady_clock::now();
  if (script_.since == Moment{}) script_.since = real;
  const ScriptStep& step = options_.script[script_.at];
  if (take_step(step)) {
    ++script_.at;
    script_.settle = kFramesToSettle;
    script_.since = {};
    script_.rested = false;
  } else if (!restarting_ && real - script_.since > kStepWaits) {
    script_fails("waited in vain for \"" + step.text + "\"");
  }
}

// Whether it is done; if not, the next frame tries again.
bool KioskLoop::take_step(const ScriptStep& step) {
  using Kind = ScriptStep::Kind;
  switch (step.kind) {
    case Kind::show:
      if (std::holds_alternative<Checking>(state_.screen)) return false;
      apply(event::SymbolSeen{step.text}, clock());
      return true;
    case Kind::touch:
    case Kind::hold:
      return touch_control(step);
    case Kind::type:
      apply(event::Typed{step.text}, clock());
      return true;
    case Kind::key:
      take_key(step.key, clock());
      return true;
    case Kind::wait:
      skip(step.by);
      return true;
    case Kind::until: {
      std::string wanted = step.text;
      std::ranges::replace(wanted, ' ', '-');
      return picture_name().starts_with(wanted);
    }
    case Kind::expect:
      return stands_on(last_drawn_.semantics, step.text);
    case Kind::shot:
      return keep_shot(step.text);
  }
  return true;
}

bool KioskLoop::touch_control(const ScriptStep& step) {
  const SemanticItem* control = control_named(last_drawn_.semantics, step.text);
  if (control == nullptr) return false;
  if (control->role == Role::corner) {
    if (step.kind == ScriptStep::Kind::hold) apply(event::CornerHeld{}, clock());
    return true;
  }
  ++(control->id.starts_with("search.key") ? script_.letters : script_.touches);
  canvas_.press(control->id);
  return true;
}

// Of what has come to rest.
bool KioskLoop::keep_shot(const std::string& name) {
  if (!std::exchange(script_.rested, true)) {
    skip(kMotionEnds);
    script_.settle = kFramesToSettle;
    return false;
  }
  const std::filesystem::path picture = options_.screenshots / (name + ".png");
  if (auto written = write_png(window_.screenshot(), picture.string()); !written) {
    script_fails(written.error().message);
    return false;
  }
  std::ofstream list(options_.screenshots / (name + ".json"));
  list << to_json_lines(last_drawn_.semantics);
  if (!list.flush()) script_fails(name + ".json cannot be written");
  return true;
}

}  // namespace lanyard::kiosk
