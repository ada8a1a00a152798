#include "scanner/hand_loop.hpp"

#include <algorithm>
#include <utility>

namespace lanyard::scanner {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

HandLoop::HandLoop(std::unique_ptr<HandDevice> device, HandLoopOptions options)
    : options_(std::move(options)),
      device_(std::move(device)),
      scanner_(options_.format),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

HandLoop::~HandLoop() {
  stop();
}

HandLoopStatus HandLoop::status() const {
  const std::lock_guard lock(status_mutex_);
  return status_;
}

void HandLoop::run(const std::stop_token& stop) {
  std::string bytes;
  while (!stop.stop_requested()) {
    thread_.beat();
    milliseconds patience = options_.patience;
    if (const auto wake = scanner_.wake_at()) {
      const auto left = std::chrono::ceil<milliseconds>(*wake - Clock::now());
      patience = std::clamp(left, milliseconds{0}, patience);
    }
    bytes.clear();
    const auto read = device_->read(bytes, patience);
    if (forget_.exchange(false)) scanner_.forget();
    if (!read) {
      scanner_.restart();
      note_state(HandLoopStatus::State::lost, read.error());
      // Errors may come at once, and must not make the loop spin.
      thread_.rest(stop, options_.patience);
      continue;
    }
    note_state(HandLoopStatus::State::alive, {});
    const auto now = Clock::now();
    note(bytes.empty() ? scanner_.take_pause(now) : scanner_.take(bytes, now), now);
  }
}

void HandLoop::note_state(HandLoopStatus::State state, const std::string& message) {
  const std::lock_guard lock(status_mutex_);
  status_.state = state;
  status_.message = message;
}

void HandLoop::note(const std::vector<HandReading>& readings, Clock::time_point now) {
  for (const HandReading& reading : readings) {
    {
      const std::lock_guard lock(status_mutex_);
      if (reading) {
        ++status_.codes;
      } else if (reading.error() == HandRefusal::repeated) {
        ++status_.repeated;
      } else {
        ++status_.refused;
        status_.last_refused = reason_of(reading.error());
      }
    }
    if (reading) scans_.put({*reading, now, options_.source});
  }
  if (!readings.empty() && options_.on_news) options_.on_news();
}

}  // namespace lanyard::scanner
