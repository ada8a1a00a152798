// lanyard-rulebook-bench: what a decision costs at a COP: 100,000 attendees and a million rows in the store,
// and the same at a tenth of it, so that growth shows. Each size is built once and measured in a process of
// its own, whose memory is then that of a kiosk's journal thread and of nothing else. Prints a table; fails
// if a line is crossed.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kiosk/desk/admit.hpp"
#include "sync/event_toml.hpp"

namespace lanyard {
namespace {

using namespace std::chrono_literals;
using sync::Timestamp;

constexpr double kDecisionLineMs = 0.5;  // CPU, p99
constexpr double kStartLineMs = 1000;
constexpr double kMemoryLineMb = 150;
constexpr int kDecisions = 20'000;
constexpr std::size_t kDelegations = 400;

const Timestamp kOpening = sync::parse_rfc3339("2026-11-23T01:00:00Z").value();

[[noreturn]] void give_up(const std::string& what) {
  (void)std::fprintf(stderr, "lanyard-rulebook-bench: %s\n", what.c_str());
  std::exit(1);
}

template <class T>
T must(sync::Expected<T> result, const char* doing) {
  if (!result) give_up(std::string(doing) + ": " + result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

sync::KeyPair keys() {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(7);
  return sync::key_pair(seed);
}

std::string id_of(std::size_t n) {
  return "P" + std::to_string(n);
}

sync::RowStamp stamp_at(Timestamp now, std::uint64_t n) {
  sync::RowStamp stamp{now, "boot", (now - kOpening).count(), {}, false};
  for (std::size_t i = 0; i < 8; ++i) stamp.random[i] = static_cast<std::uint8_t>(n >> (8 * i));
  return stamp;
}

sync::EventFile event_of(const std::filesystem::path& assets) {
  std::ifstream in(assets / "demo" / "event.toml", std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  auto event = sync::parse_event_toml(text, "event.toml");
  if (!event) give_up("the demo's event cannot be read");
  // Rooms for so many, so that the counts are asked for and nobody is refused for them.
  for (sync::Checkpoint& one : event->checkpoints) {
    one.capacity = 1'000'000;
    one.delegation_quota = 1'000'000;
    one.organisation_quota = 1'000'000;
  }
  return *event;
}

void fill_roster(sync::Store& store, const sync::EventFile& event, std::size_t attendees) {
  sync::RosterPage page;
  page.epoch = "bench";
  page.from_start = true;
  page.more = true;
  page.event = event.event;
  page.checkpoints = event.checkpoints;
  page.keys = sync::KeyRing{{keys().public_key, "hub"}};
  for (std::size_t n = 0; n < attendees; ++n) {
    sync::Attendee one;
    one.id = id_of(n);
    one.name = "Delegate Number " + std::to_string(n);
    one.name_sort = one.name;
    one.organisation = "Ministry " + std::to_string(n % kDelegations);
    one.delegation = "d" + std::to_string(n % kDelegations);
    one.category = n % 20 == 0 ? "minister" : "delegate";
    one.zones = {"site", "plenary", "exhibition"};
    one.languages = {"en"};
    one.status = sync::Status::approved;
    page.attendees.push_back(std::move(one));
    if (page.attendees.size() < sync::kMaxRosterPageRecords && n + 1 < attendees) continue;
    page.next = static_cast<std::int64_t>(n + 1);
    page.more = n + 1 < attendees;
    must(store.apply(page, kOpening), "filling the roster");
    page = {};
    page.epoch = "bench";
  }
}

// Days of people coming and going through a hundred gates; the last of each is an entry of today in every
// second case.
void fill_journal(sync::Store& store, std::size_t attendees, std::size_t rows) {
  sync::FeedPage page;
  for (std::size_t n = 0; n < rows; ++n) {
    sync::JournalRow row;
    const std::size_t gate = n % 100;
    row.device = "gate-" + std::to_string(gate);
    row.seq = n / 100 + 1;
    row.wall = kOpening - 48h + std::chrono::milliseconds(n * 172'000'000 / rows);
    row.id = sync::uuid7(row.wall, stamp_at(row.wall, n).random);
    row.hlc.wall_ms = row.wall.time_since_epoch().count();
    row.offset_ms = 0;
    row.attendee = id_of((n * 7919) % attendees);
    row.kind = (n / attendees) % 2 == 0 ? sync::RowKind::admitted : sync::RowKind::exited;
    row.zone = n % 3 == 0 ? "plenary" : "site";
    row.checkpoint = row.zone == "site" ? "main" : "plenary";
    row.rule = "admit.main.everyone";
    row.generation = 1;
    row.basis = std::string(300, 'x');  // as long as they are
    page.rows.push_back({static_cast<std::int64_t>(n + 1), std::move(row)});
    if (page.rows.size() < sync::kMaxBatchRows && n + 1 < rows) continue;
    page.next = {static_cast<std::int64_t>(n + 1), ""};
    must(store.apply(page), "filling the journal");
    page.rows.clear();
    if ((n + 1) % (rows / 10) < sync::kMaxBatchRows)
      (void)std::fprintf(stderr, "\r%zu of %zu rows", n + 1, rows);
  }
  (void)std::fprintf(stderr, "\r\033[K");
}

void build(const std::filesystem::path& file, const std::filesystem::path& assets, std::size_t attendees,
           std::size_t rows) {
  sync::Store store = must(sync::Store::open(file), "opening");
  sync::Identity identity{"north-1", "North", "forum-2026", "plenary", {}, keys().secret_key};
  identity.fingerprint_key.fill(5);
  must(store.set_identity(identity), "enrolling");
  fill_roster(store, event_of(assets), attendees);
  fill_journal(store, attendees, rows);
}

double cpu_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

double memory_mb() {
  rusage use{};
  ::getrusage(RUSAGE_SELF, &use);
  return static_cast<double>(use.ru_maxrss) / 1024;
}

// In a process of its own. 0 if no line is crossed.
int measure(const std::filesystem::path& file, std::size_t attendees, std::size_t rows) {
  const auto begin = std::chrono::steady_clock::now();
  kiosk::Desk desk(must(sync::Store::open(file), "opening"));
  if (must(desk.venue(), "looking around") == nullptr) give_up("no venue");
  const double start_ms =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();

  std::vector<std::string> badges;
  for (int i = 0; i < kDecisions; ++i) {
    sync::SignedCredential card;
    card.event = sync::event_tag("forum-2026");
    card.attendee = id_of((static_cast<std::size_t>(i) * 104729) % attendees);
    badges.push_back(sync::mint(card, keys().secret_key));
  }
  std::vector<double> costs;
  costs.reserve(badges.size());
  std::uint64_t n = 0;
  for (const std::string& badge : badges) {
    const auto stamp = stamp_at(kOpening + 1h, ++n);
    const double before = cpu_ms();
    const auto transaction = desk.store().begin();  // as admit does
    const auto judged = desk.consider(badge, stamp);
    costs.push_back(cpu_ms() - before);
    if (!judged || !judged->decision.attendee) give_up("a badge is not decided on");
  }
  std::ranges::sort(costs);
  const auto at = [&](double part) {
    return costs[static_cast<std::size_t>(part * static_cast<double>(costs.size() - 1))];
  };
  const double memory = memory_mb();
  (void)std::printf("%9zu  %9zu  %8.3f  %8.3f  %8.3f  %9.1f  %9.1f\n", attendees, rows, at(0.5), at(0.99),
                    costs.back(), start_ms, memory);
  (void)std::fflush(stdout);
  const bool crossed = at(0.99) > kDecisionLineMs || start_ms > kStartLineMs || memory > kMemoryLineMb;
  return crossed ? 1 : 0;
}

int run_apart(const char* self, const std::filesystem::path& file, std::size_t attendees, std::size_t rows) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::execl(self, self, "--measure", file.c_str(), std::to_string(attendees).c_str(),
            std::to_string(rows).c_str(), nullptr);
    std::_Exit(1);
  }
  int status = 1;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

}  // namespace
}  // namespace lanyard

int main(int argc, char** argv) {
  using namespace lanyard;
  const auto number = [&](int i) { return static_cast<std::size_t>(std::strtoull(argv[i], nullptr, 10)); };
  if (argc == 5 && std::string(argv[1]) == "--measure") return measure(argv[2], number(3), number(4));
  const std::filesystem::path assets = argc > 1 ? argv[1] : LANYARD_ASSETS;
  std::string folder = (std::filesystem::temp_directory_path() / "lanyard-rulebook-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) give_up("no folder to build in");
  (void)std::printf(
      "credential, facts and decision in ms of CPU; start-up in ms, memory in MB (lines: p99 %.1f, "
      "start-up %.0f, memory %.0f)\n",
      kDecisionLineMs, kStartLineMs, kMemoryLineMb);
  (void)std::printf("attendees       rows    median       p99       max   start-up     memory\n");
  (void)std::fflush(stdout);
  int result = 0;
  for (const std::size_t size : {std::size_t{10'000}, std::size_t{100'000}}) {
    const std::filesystem::path file = std::filesystem::path(folder) / (std::to_string(size) + ".db");
    build(file, assets, size, size * 10);
    result |= run_apart("/proc/self/exe", file, size, size * 10);
  }
  std::filesystem::remove_all(folder);
  return result;
}
