// lanyard-hub-load: devices that send rows to one hub or several, as fast as these take them or slower, and
// as a sync daemon does: a batch is sent until it is acknowledged, elsewhere if its hub is away. One more
// device follows the feed.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <mutex>
#include <random>
#include <thread>

#include <CLI/CLI.hpp>

#include "sync/chain.hpp"
#include "sync/http_client.hpp"
#include "sync/wire.hpp"

namespace lanyard::sync {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr std::chrono::seconds kGiveUp{120};  // on a hub that takes nothing any more

struct Options {
  std::vector<std::string> hubs;  // "http://127.0.0.1:8080"
  std::size_t batch{1};
  double seconds{10};
  int pause_ms{0};           // of each device, between two uploads
  std::string acknowledged;  // a file: "device seq hub_seq hash" of each row that a hub said to have
  std::string feed;          // a file: "device seq hub_seq" of each row that the follower was told
};

Timestamp wall_now() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

// What all devices did together.
struct Tally {
  std::atomic<bool> over{false};
  std::atomic<bool> failed{false};
  std::atomic<std::uint64_t> rows{0};
  std::atomic<std::uint64_t> again{0};  // requests that had to be repeated
  std::mutex mutex;
  std::vector<double> waits_ms;  // of answered uploads
  std::ofstream acknowledged;

  void fail(const std::string& why) {
    (void)std::fprintf(stderr, "lanyard-hub-load: %s\n", why.c_str());
    failed = true;
    over = true;
  }
};

// A connection to each hub; a request goes to one of them until it is answered.
class Caller {
 public:
  Caller(const Options& options, Tally& tally, std::size_t first)
      : options_(options), tally_(tally), at_(first % options.hubs.size()), client_({2s, 20s}) {}

  // The answer of status 200; nullopt once it makes no sense to go on.
  std::optional<std::string> call(const std::string& method, const std::string& path,
                                  const std::string& token, const std::string& body) {
    const auto give_up = Clock::now() + kGiveUp;
    for (;;) {
      const auto answer = client_.request({method, options_.hubs[at_] + path, token, body});
      if (answer && answer->status == 200) return answer->body;
      if (answer && answer->status != 503) {
        tally_.fail(path + " was answered " + std::to_string(answer->status) + ": " + answer->body);
        return std::nullopt;
      }
      if (Clock::now() > give_up || tally_.failed) {
        tally_.fail(path + " was not answered");
        return std::nullopt;
      }
      ++tally_.again;
      at_ = (at_ + 1) % options_.hubs.size();
      std::this_thread::sleep_for(100ms);
    }
  }

 private:
  const Options& options_;
  Tally& tally_;
  std::size_t at_;
  HttpClient client_;
};

class LoadDevice {
 public:
  LoadDevice(const Options& options, Tally& tally, std::size_t number)
      : options_(options), tally_(tally), caller_(options, tally, number) {}

  bool enrol(const std::string& code) {
    EnrolRequest request{code, {}, "lanyard-hub-load"};
    std::random_device random;
    for (std::uint8_t& byte : request.public_key) byte = static_cast<std::uint8_t>(random());
    const auto body = caller_.call("POST", "/v1/enrol", "", to_body(request));
    auto answer = body ? parse_enrol_answer(*body) : fail(Error::Kind::unavailable, "no answer");
    if (answer) me_ = std::move(*answer);
    return answer.has_value();
  }

  // Writes and sends until it is over; what was written is sent to the end.
  void run() {
    while (!tally_.over) {
      std::vector<JournalRow> rows;
      for (std::size_t i = 0; i < options_.batch; ++i) rows.push_back(write());
      const auto before = Clock::now();
      const auto body = caller_.call("POST", "/v1/journal", me_.token, to_body(UploadRequest{rows}));
      if (!body) return;
      note(rows, *body, std::chrono::duration<double, std::milli>(Clock::now() - before).count());
      std::this_thread::sleep_for(std::chrono::milliseconds(options_.pause_ms));
    }
  }

  // Reads what the others wrote, until all that is acknowledged has come.
  void follow(const std::atomic<std::size_t>& writing) {
    std::ofstream out(options_.feed);
    FeedCursor after;
    std::int64_t last = 0;
    for (bool done = false; !done;) {
      done = writing == 0;
      for (bool more = true; more;) {
        const auto body = caller_.call(
            "GET", "/v1/journal?limit=500&after=" + std::to_string(after.seq) + "&mark=" + after.mark,
            me_.token, "");
        if (!body) return;
        const auto page = parse_feed_page(*body);
        if (!page) return tally_.fail("the feed cannot be read: " + page.error().message);
        for (const FeedRow& row : page->rows) {
          if (row.hub_seq <= last) return tally_.fail("the feed went back to " + std::to_string(row.hub_seq));
          last = row.hub_seq;
          out << row.row.device << ' ' << row.row.seq << ' ' << row.hub_seq << '\n';
        }
        after = page->next;
        more = page->more;
      }
      if (!done) std::this_thread::sleep_for(20ms);
    }
  }

 private:
  JournalRow write() {
    const Timestamp now = wall_now();
    JournalRow row;
    row.seq = ++seq_;
    row.id = uuid7(now, {static_cast<std::uint8_t>(seq_ >> 16U), static_cast<std::uint8_t>(seq_ >> 8U),
                         static_cast<std::uint8_t>(seq_)});
    row.device = me_.device;
    row.hlc = hlc_ = hlc_next(hlc_, now);
    row.boot_id = "boot-1";
    row.monotonic_ms = static_cast<std::int64_t>(seq_);
    row.wall = now;
    row.offset_ms = 0;
    row.kind = RowKind::admitted;
    row.attendee = me_.device + "-" + std::to_string(seq_);  // nobody twice
    row.checkpoint = me_.checkpoint;
    row.zone = "site";
    row.rule = "load";
    row.generation = 1;
    row.prev_hash = last_;
    row.hash = last_ = chain_hash(row);
    return row;
  }

  void note(const std::vector<JournalRow>& rows, const std::string& body, double wait_ms) {
    const auto answer = parse_upload_answer(body);
    if (!answer) return tally_.fail("an answer cannot be read: " + answer.error().message);
    const std::lock_guard lock(tally_.mutex);
    tally_.waits_ms.push_back(wait_ms);
    for (const RowAnswer& one : answer->answers) {
      if (one.kind == RowAnswerKind::rejected) {
        return tally_.fail("row " + std::to_string(one.seq) + " was refused: " + one.why);
      }
      const JournalRow& row = rows[one.seq - rows.front().seq];
      if (tally_.acknowledged.is_open()) {
        tally_.acknowledged << row.device << ' ' << row.seq << ' ' << one.hub_seq << ' ' << hex(row.hash)
                            << '\n';
      }
      ++tally_.rows;
    }
  }

  const Options& options_;
  Tally& tally_;
  Caller caller_;
  EnrolAnswer me_;
  std::uint64_t seq_{0};
  Hlc hlc_;
  Digest last_{};
};

double share(std::vector<double>& sorted, double part) {
  if (sorted.empty()) return 0;
  return sorted[std::min(sorted.size() - 1,
                         static_cast<std::size_t>(part * static_cast<double>(sorted.size())))];
}

int run(const Options& options) {
  Tally tally;
  if (!options.acknowledged.empty()) tally.acknowledged.open(options.acknowledged);
  std::vector<std::unique_ptr<LoadDevice>> devices;
  for (std::string code; std::getline(std::cin, code);) {
    devices.push_back(std::make_unique<LoadDevice>(options, tally, devices.size()));
    if (!devices.back()->enrol(code)) return 1;
  }
  std::unique_ptr<LoadDevice> follower;
  if (!options.feed.empty()) {
    follower = std::move(devices.back());
    devices.pop_back();
  }
  std::atomic<std::size_t> writing{devices.size()};
  std::vector<std::thread> threads;
  const auto begun = Clock::now();
  for (const auto& device : devices) {
    threads.emplace_back([&tally, &writing, one = device.get()] {
      one->run();
      --writing;
    });
  }
  if (follower) threads.emplace_back([&] { follower->follow(writing); });
  std::this_thread::sleep_for(std::chrono::duration<double>(options.seconds));
  tally.over = true;
  const std::uint64_t rows = tally.rows;
  const double seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  for (std::thread& thread : threads) thread.join();
  std::ranges::sort(tally.waits_ms);
  (void)std::printf(
      "devices %zu, batch %zu: %.0f rows/s, an upload p50 %.1f ms, p99 %.1f ms; %llu rows, %llu again\n",
      devices.size(), options.batch, static_cast<double>(rows) / seconds, share(tally.waits_ms, 0.5),
      share(tally.waits_ms, 0.99), static_cast<unsigned long long>(tally.rows.load()),
      static_cast<unsigned long long>(tally.again.load()));
  return tally.failed ? 1 : 0;
}

}  // namespace
}  // namespace lanyard::sync

int main(int argc, char** argv) {
  lanyard::sync::Options options;
  CLI::App app("Enrols a device with each code of standard input, and lets all of them write to the hubs.",
               "lanyard-hub-load");
  app.add_option("--hub", options.hubs, "One or several")->required()->type_name("URL");
  app.add_option("--batch", options.batch, "Rows an upload")->check(CLI::Range(1, 500));
  app.add_option("--seconds", options.seconds, "For how long rows are written");
  app.add_option("--pause-ms", options.pause_ms, "Of each device, between two uploads")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--acknowledged", options.acknowledged, "Rows that a hub said to have")->type_name("FILE");
  app.add_option("--feed", options.feed, "Let the last device follow the feed instead")->type_name("FILE");
  CLI11_PARSE(app, argc, argv);
  return lanyard::sync::run(options);
}
