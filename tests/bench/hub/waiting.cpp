// Thousands of kiosks that wait for news: what they cost, and how soon they hear; and a thousand that come
// back all at once.
#include <algorithm>
#include <cstdio>
#include <thread>

#include <poll.h>

#include "sync/wire.hpp"
#include "tests/bench/hub/stage.hpp"

namespace lanyard::bench {

namespace {

using namespace std::chrono_literals;
using Instant = std::chrono::steady_clock::time_point;

constexpr std::size_t kDevices = 500;  // that the hub knows; more kiosks than that share their tokens
constexpr double kReturnLine = 2;      // peak of steady

std::string ask(const Hub& hub, std::size_t kiosk, const sync::FeedCursor& after, int wait_s) {
  return get("/v1/journal?after=" + std::to_string(after.seq) + "&mark=" + after.mark +
                 "&wait=" + std::to_string(wait_s),
             hub.token(kiosk % kDevices));
}

// Seconds from `began` to each kiosk's answer, in the order in which they come.
std::vector<double> hear_all(std::vector<Line>& lines, Instant began) {
  std::vector<pollfd> waiting;
  std::vector<std::size_t> who;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    waiting.push_back({lines[i].descriptor(), POLLIN, 0});
    who.push_back(i);
  }
  std::vector<double> heard;
  while (!waiting.empty()) {
    if (::poll(waiting.data(), waiting.size(), 60'000) <= 0) give_up("some kiosks never hear");
    for (std::size_t i = waiting.size(); i-- > 0;) {
      if (waiting[i].revents == 0) continue;
      (void)lines[who[i]].receive();
      heard.push_back(seconds_since(began));
      waiting[i] = waiting.back();
      waiting.pop_back();
      who[i] = who.back();
      who.pop_back();
    }
  }
  return heard;
}

}  // namespace

bool measure_waiting(std::size_t kiosks) {
  const Hub hub(kDevices);
  const Process::Use before = hub.use();
  std::vector<Line> lines;
  lines.reserve(kiosks);
  for (std::size_t i = 0; i < kiosks; ++i) lines.emplace_back(hub.port(), i);
  // The first page is empty, and brings the cursor of a journal with a row of the hub's own, if any.
  Rows rows(0);
  Line writer(hub.port(), kiosks);
  const auto write = [&] {
    const sync::JournalRow row = rows.next();
    writer.send(post("/v1/journal", hub.token(0), to_body(sync::UploadRequest{{row}})));
    (void)writer.receive();
    return sync::FeedCursor{static_cast<std::int64_t>(row.seq), sync::mark_of(row.hash)};
  };
  sync::FeedCursor known = write();
  for (std::size_t i = 0; i < kiosks; ++i) lines[i].send(ask(hub, i, known, 50));
  std::this_thread::sleep_for(3s);
  const Process::Use idle = hub.use();
  std::this_thread::sleep_for(10s);
  const Process::Use later = hub.use();
  const Instant began = std::chrono::steady_clock::now();
  known = write();
  // The writer's own device hears nothing of its own row, and there are others of its token.
  std::vector<Line> hearing;
  for (std::size_t i = 0; i < kiosks; ++i) {
    if (i % kDevices != 0) hearing.push_back(std::move(lines[i]));
  }
  std::vector<double> heard = hear_all(hearing, began);
  const Process::Use after = hub.use();
  (void)std::printf(
      "%zu kiosks waiting: %.1f MB resident (%.1f KB each), %.2f %% of a core\n"
      "a row for all of them: median %.0f ms, p95 %.0f ms, last %.0f ms; %.2f s of CPU\n",
      kiosks, later.memory_mb, 1024 * (later.memory_mb - before.memory_mb) / static_cast<double>(kiosks),
      100 * (later.cpu_s - idle.cpu_s) / 10, 1000 * quantile(heard, 0.5), 1000 * quantile(heard, 0.95),
      1000 * heard.back(), after.cpu_s - later.cpu_s);
  return true;
}

// A thousand kiosks with an hour's rows each, that come back from a cut at the same moment. Against the same
// kiosks one after the other: what matters to a hub is what it holds at once.
bool measure_return() {
  constexpr std::size_t kKiosks = 1000;
  constexpr std::size_t kRowsEach = 20;
  const Hub hub(kDevices);
  std::vector<Rows> writers;
  for (std::size_t i = 0; i < kDevices; ++i) writers.emplace_back(i);
  std::vector<std::vector<std::string>> bodies(kDevices);
  const auto upload = [&](std::size_t i) {
    return post("/v1/journal", hub.token(i), to_body(sync::UploadRequest{writers[i].next(kRowsEach)}));
  };
  // Steady: connected, a heartbeat and an upload each, in turn.
  std::vector<Line> lines;
  for (std::size_t i = 0; i < kKiosks; ++i) lines.emplace_back(hub.port(), i);
  const std::string beat = to_body(sync::Heartbeat{"bench", 0, 0, 0, 0, {}});
  for (std::size_t i = 0; i < kKiosks; ++i) {
    lines[i].send(post("/v1/heartbeat", hub.token(i % kDevices), beat));
    (void)lines[i].receive();
    if (i >= kDevices) continue;
    lines[i].send(upload(i));
    (void)lines[i].receive();
  }
  const Process::Use steady = hub.use();
  lines.clear();

  std::vector<std::string> uploads;
  for (std::size_t i = 0; i < kDevices; ++i) uploads.push_back(upload(i));
  const Instant began = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < kKiosks; ++i) lines.emplace_back(hub.port(), i);
  for (std::size_t i = 0; i < kKiosks; ++i) {
    lines[i].send(i < kDevices ? uploads[i] : post("/v1/heartbeat", hub.token(i % kDevices), beat));
  }
  std::vector<double> answered = hear_all(lines, began);
  for (std::size_t i = 0; i < kKiosks; ++i)
    lines[i].send(ask(hub, i, {}, 25));  // and all that the others did
  std::vector<double> heard = hear_all(lines, began);
  const Process::Use peak = hub.use();
  const double ratio = peak.peak_memory_mb / steady.peak_memory_mb;
  (void)std::printf(
      "%zu kiosks back at once: all answered after %.2f s, with the others' rows after %.2f s, no error\n"
      "memory: %.1f MB, %.1f MB steady, %.2f of it%s\n",
      kKiosks, quantile(answered, 1), quantile(heard, 1), peak.peak_memory_mb, steady.peak_memory_mb, ratio,
      ratio <= kReturnLine ? "" : "  (at most 2.00)");
  return ratio <= kReturnLine;
}

}  // namespace lanyard::bench
