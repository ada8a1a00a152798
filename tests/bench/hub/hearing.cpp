// From green at one kiosk to known at another, both with a real lanyard-syncd, while 50 kiosks scan; and how
// long three days' rows take once the network is back.
#include <atomic>
#include <cstdio>
#include <fstream>
#include <thread>

#include <sys/stat.h>

#include "sync/store.hpp"
#include "sync/wire.hpp"
#include "tests/bench/hub/stage.hpp"

namespace lanyard::bench {

namespace {

using namespace std::chrono_literals;
using Instant = std::chrono::steady_clock::time_point;

constexpr double kHearingLineS = 1;   // p95
constexpr double kBacklogLineS = 60;  // of 20,000 rows
constexpr std::size_t kBacklogRows = 20'000;
constexpr std::size_t kKiosks = 50;
constexpr auto kScanEvery = 200ms;  // at each of them

template <class T>
T must(sync::Expected<T> result, const char* doing) {
  if (!result) give_up(std::string(doing) + ": " + result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// A kiosk's folder with its store, and its daemon.
class Kiosk {
 public:
  Kiosk(const Hub& hub, std::size_t device)
      : store_(must(sync::Store::open(folder_.path() / "store.db"), "a kiosk's store")) {
    sync::Identity identity;
    identity.device = Hub::device(device);
    identity.name = identity.device;
    identity.event = "bench";
    identity.checkpoint = "main";
    identity.fingerprint_key.fill(1);
    std::array<std::uint8_t, 32> seed{};
    seed.fill(static_cast<std::uint8_t>(device + 1));
    identity.signing_key = sync::key_pair(seed).secret_key;
    must(store_.set_identity(identity), "an identity");
    std::ofstream(folder_.path() / "token") << hub.token(device) << "\n";
    std::ofstream(folder_.path() / "syncd.toml")
        << "store = \"" << (folder_.path() / "store.db").string()
        << "\"\nhub = \"http://127.0.0.1:" << hub.port() << "\"\ntoken_file = \""
        << (folder_.path() / "token").string() << "\"\n";
  }

  void start() {
    daemon_ = std::make_unique<std::jthread>([this](const std::stop_token& stop) {
      std::string none;
      const auto program = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "lanyard-syncd";
      const Process process({program.string(), "--config", (folder_.path() / "syncd.toml").string()}, none,
                            false);
      while (!stop.stop_requested()) std::this_thread::sleep_for(20ms);
    });
  }

  std::string write(std::uint64_t n) {
    sync::JournalRow row;
    row.kind = sync::RowKind::admitted;
    row.attendee = "P" + std::to_string(n);
    row.checkpoint = "main";
    row.zone = "site";
    row.rule = "admit.main.all";
    row.generation = 1;
    row.basis = std::string(300, 'x');
    sync::RowStamp stamp{
        std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now()),
        "boot",
        static_cast<std::int64_t>(n),
        {},
        false};
    for (std::size_t i = 0; i < 8; ++i) stamp.random.at(i) = static_cast<std::uint8_t>(n >> (8 * i));
    return must(store_.append(row, stamp), "a row").id;
  }
  [[nodiscard]] sync::Store& store() { return store_; }

 private:
  Folder folder_;
  sync::Store store_;
  std::unique_ptr<std::jthread> daemon_;
};

// One of the others: a row now and then, and what the hub has to tell.
void scan(const Hub& hub, std::size_t device, const std::atomic<bool>& stop) {
  Line line(hub.port(), device);
  Rows rows(device);
  while (!stop) {
    line.send(post("/v1/journal", hub.token(device), to_body(sync::UploadRequest{{rows.next()}})));
    (void)line.receive();
    std::this_thread::sleep_for(kScanEvery);
  }
}
void follow(const Hub& hub, std::size_t device, const std::atomic<bool>& stop) {
  Line line(hub.port(), device);
  sync::FeedCursor after;
  while (!stop) {
    line.send(get("/v1/journal?after=" + std::to_string(after.seq) + "&mark=" + after.mark + "&wait=1",
                  hub.token(device)));
    // What it says would be taken over on another machine than this: only where it ends is read here.
    const std::string body = line.receive();
    const auto next = body.rfind("\"next\":");
    const auto mark = body.rfind("\"mark\":\"");
    after = {std::stoll(body.substr(next + 7)), body.substr(mark + 8, 16)};
    if (after.mark.front() == '"') after.mark.clear();
  }
}

}  // namespace

bool measure_hearing() {
  const Hub hub(kKiosks);
  std::atomic<bool> stop{false};
  std::vector<std::jthread> others;
  for (std::size_t i = 2; i < kKiosks; ++i) {
    others.emplace_back([&, i] { scan(hub, i, stop); });
    others.emplace_back([&, i] { follow(hub, i, stop); });
  }
  Kiosk here(hub, 0);
  Kiosk there(hub, 1);
  here.start();
  there.start();
  std::this_thread::sleep_for(3s);
  std::vector<double> heard;
  for (std::uint64_t n = 1; n <= 60; ++n) {
    const std::string id = here.write(n);
    const Instant began = std::chrono::steady_clock::now();  // on the disk: green
    while (!must(there.store().row(id), "looking").has_value()) {
      if (seconds_since(began) > 30) give_up("a row never arrives");
      std::this_thread::sleep_for(2ms);
    }
    heard.push_back(seconds_since(began));
    std::this_thread::sleep_for(kScanEvery);
  }
  stop = true;
  const double p95 = quantile(heard, 0.95);
  (void)std::printf(
      "green here, known there, under %zu kiosks at 5 scans a second each: median %.0f ms, p95 %.0f ms%s\n",
      kKiosks, 1000 * quantile(heard, 0.5), 1000 * p95, p95 <= kHearingLineS ? "" : "  (at most 1000 ms)");
  return p95 <= kHearingLineS;
}

bool measure_backlog() {
  const Hub hub(2);
  Kiosk kiosk(hub, 0);
  auto transaction = must(kiosk.store().begin(), "beginning");
  for (std::uint64_t n = 1; n <= kBacklogRows; ++n) (void)kiosk.write(n);
  must(transaction.commit(), "committing");
  const Instant began = std::chrono::steady_clock::now();
  kiosk.start();
  while (must(kiosk.store().unsent_count(), "counting").unsent > 0) {
    if (seconds_since(began) > 600) give_up("the rows never go");
    std::this_thread::sleep_for(20ms);
  }
  const double took = seconds_since(began);
  if (hub.rows() != kBacklogRows) give_up("the hub has " + std::to_string(hub.rows()) + " rows");
  (void)std::printf("three days' %zu rows, once the network is back: %.1f s%s\n", kBacklogRows, took,
                    took <= kBacklogLineS ? "" : "  (at most 60 s)");
  return took <= kBacklogLineS;
}

}  // namespace lanyard::bench
