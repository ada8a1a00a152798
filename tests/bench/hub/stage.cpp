#include "tests/bench/hub/stage.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sync/chain.hpp"
#include "sync/event_toml.hpp"
#include "sync/hub/hub.hpp"
#include "sync/hub/keys.hpp"

namespace lanyard::bench {

namespace {

using namespace std::chrono_literals;

const sync::Timestamp kOpening = sync::parse_rfc3339("2026-11-23T01:00:00Z").value();

template <class T>
T must(sync::Expected<T> result, const char* doing) {
  if (!result) give_up(std::string(doing) + ": " + result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

constexpr std::string_view kEvent = R"(
[event]
id = "bench"
name = { en = "Bench" }
first_day = 2026-11-23
days = 3
utc_offset = "+08:00"
help_desk = { en = "Help" }
protocol_desk = { en = "Protocol" }
[[category]]
id = "delegate"
name = { en = "Delegate" }
colour = "#004e86"
[[zone]]
id = "site"
name = { en = "Site" }
[[checkpoint]]
id = "main"
name = { en = "Main" }
zone = "site"
direction = "entry"
mode = "entry_and_exit"
[[checkpoint.access]]
id = "main.all"
categories = ["*"]
)";

std::filesystem::path program(const char* name) {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / name;
}

// What /proc says in kB.
double status_mb(pid_t pid, std::string_view name) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(name)) return std::strtod(line.c_str() + name.size() + 1, nullptr) / 1024;
  }
  return 0;
}

}  // namespace

void give_up(const std::string& what) {
  (void)std::fprintf(stderr, "lanyard-hub-bench: %s\n", what.c_str());
  std::exit(1);
}

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "lanyard-bench-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) give_up("no temporary folder");
  path_ = name;
}
Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Process::Process(const std::vector<std::string>& command, std::string& first_line, bool prints) {
  std::array<int, 2> out{};
  if (::pipe2(out.data(), O_CLOEXEC) != 0) give_up("no pipe");
  pid_ = ::fork();
  if (pid_ == 0) {
    ::dup2(out[1], STDOUT_FILENO);
    std::vector<char*> words;
    for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));  // NOLINT
    words.push_back(nullptr);
    ::execv(words[0], words.data());
    ::_exit(127);
  }
  ::close(out[1]);
  for (char c = 0; prints && ::read(out[0], &c, 1) == 1 && c != '\n';) first_line += c;
  ::close(out[0]);
}
Process::Process(Process&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
Process::~Process() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
}

Process::Use Process::use() const {
  std::ifstream in("/proc/" + std::to_string(pid_) + "/stat");
  std::string word;
  double ticks = 0;
  for (int i = 1; i <= 15 && in >> word; ++i) {
    if (i >= 14) ticks += std::strtod(word.c_str(), nullptr);
  }
  return {ticks / static_cast<double>(::sysconf(_SC_CLK_TCK)), status_mb(pid_, "VmRSS:"),
          status_mb(pid_, "VmHWM:")};
}

void found_bench_event(const std::string& database) {
  auto store = must(sync::hub::open_postgres_store(database, "bench"), "a hub's store");
  const sync::hub::Random random = [](std::span<std::uint8_t> out) {
    std::ranges::fill(out, std::uint8_t{1});
  };
  must(store->transact([&] { return store->found(sync::hub::new_founding(random), kOpening); }), "founding");
}

Hub::Hub(std::size_t devices, std::string database) : database_(std::move(database)) {
  {
    auto store = open();
    const auto event = sync::parse_event_toml(kEvent, "event.toml").value();
    std::uint8_t n = 0;
    const sync::hub::Random random = [&](std::span<std::uint8_t> out) {
      for (std::uint8_t& byte : out) byte = ++n;
    };
    const auto set_up = [&]() -> sync::Expected<void> {
      if (auto founded = store->found(sync::hub::new_founding(random), kOpening); !founded) return founded;
      if (auto set = store->set_event(event.event, event.checkpoints); !set) return set;
      for (std::size_t i = 0; i < devices; ++i) {
        tokens_.push_back(sync::hub::new_token(device(i), random));
        if (auto put = store->put_device(device(i), device(i), "main"); !put) return put;
        sync::PublicKey key{};
        key[0] = static_cast<std::uint8_t>(i);
        key[1] = static_cast<std::uint8_t>(i >> 8U);
        key[2] = 1;
        const auto hash = sync::hub::hash_token(tokens_.back());
        if (auto enrolled = store->enrol(device(i), hash, key, kOpening); !enrolled) return enrolled;
      }
      return {};
    };
    must(store->transact(set_up), "setting the hub up");
  }
  std::string said;
  const bool in_folder = database_.empty();
  process_.emplace(
      std::vector<std::string>{program("lanyard-hub").string(), in_folder ? "--data" : "--database",
                               in_folder ? folder_.path().string() : database_, "serve", "--listen",
                               "127.0.0.1:0"},
      said);
  const auto colon = said.rfind(':');
  if (colon == std::string::npos) give_up("the hub does not start: " + said);
  port_ = static_cast<std::uint16_t>(std::stoi(said.substr(colon + 1)));
}

std::unique_ptr<sync::hub::HubStore> Hub::open() const {
  return must(database_.empty() ? sync::hub::open_sqlite_store(folder_.path())
                                : sync::hub::open_postgres_store(database_, "bench"),
              "the hub's store");
}

std::uint64_t Hub::rows() const {
  auto store = open();
  return static_cast<std::uint64_t>(must(store->feed_head(), "counting").seq);
}

Line::Line(std::uint16_t port, std::size_t number) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  constexpr std::size_t kOfAnAddress = 2000;
  sockaddr_in from{};
  from.sin_family = AF_INET;
  from.sin_addr.s_addr = htonl(0x7F000001U + static_cast<std::uint32_t>(number / kOfAnAddress));
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  // NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast): what the calls take
  if (fd_ < 0 || ::bind(fd_, reinterpret_cast<sockaddr*>(&from), sizeof from) != 0 ||
      ::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
    give_up("connection " + std::to_string(number) + ": " + std::strerror(errno));
  }
  // NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)
}
Line::Line(Line&& other) noexcept : fd_(std::exchange(other.fd_, -1)), rest_(std::move(other.rest_)) {}
Line::~Line() {
  if (fd_ >= 0) ::close(fd_);
}

void Line::send(std::string_view request) const {
  while (!request.empty()) {
    const ssize_t sent = ::send(fd_, request.data(), request.size(), MSG_NOSIGNAL);
    if (sent <= 0) give_up("the hub closed a connection");
    request.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string Line::receive() {
  static constexpr std::string_view kLength = "Content-Length: ";
  std::size_t needed = std::string::npos;
  std::size_t head = 0;
  for (;;) {
    if (needed == std::string::npos) {
      const auto end = rest_.find("\r\n\r\n");
      if (end != std::string::npos) {
        const auto length = rest_.find(kLength);
        if (!rest_.starts_with("HTTP/1.1 200") || length > end)
          give_up("the hub answers " + rest_.substr(0, 300));
        head = end + 4;
        needed = head + std::strtoul(rest_.c_str() + length + kLength.size(), nullptr, 10);
      }
    }
    if (rest_.size() >= needed) break;
    std::array<char, 65536> bytes{};
    const ssize_t came = ::recv(fd_, bytes.data(), bytes.size(), 0);
    if (came <= 0) give_up("the hub closed a connection");
    rest_.append(bytes.data(), static_cast<std::size_t>(came));
  }
  std::string body = rest_.substr(head, needed - head);
  rest_.erase(0, needed);
  return body;
}

std::string get(std::string_view target, std::string_view token) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer " +
         std::string(token) + "\r\n\r\n";
}

std::string post(std::string_view target, std::string_view token, std::string_view body) {
  return "POST " + std::string(target) + " HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer " +
         std::string(token) +
         "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

Rows::Rows(std::size_t device) : device_(Hub::device(device)) {}

sync::JournalRow Rows::next() {
  sync::JournalRow row;
  row.seq = last_.seq + 1;
  row.device = device_;
  row.wall = kOpening + std::chrono::milliseconds(row.seq * 3000);
  std::array<std::uint8_t, 10> random{};
  for (std::size_t i = 0; i < 4; ++i) random.at(i) = static_cast<std::uint8_t>(row.seq >> (8 * i));
  for (std::size_t i = 4; i < random.size(); ++i) {
    random.at(i) = static_cast<std::uint8_t>(device_.at(i % device_.size()));
  }
  row.id = sync::uuid7(row.wall, random);
  row.hlc = sync::hlc_next(last_.hlc, row.wall);
  row.boot_id = "0b1c7c1e-6a5d-4d0a-9d51-5d3b1f3a2c11";
  row.monotonic_ms = static_cast<std::int64_t>(row.seq) * 3000;
  row.offset_ms = 12;
  row.kind = sync::RowKind::admitted;
  row.attendee = "A" + device_.substr(5) + "-" + std::to_string(row.seq);
  row.checkpoint = "main";
  row.zone = "site";
  row.roster_version = 400;
  row.rule = "admit.main.all";
  row.generation = 1;
  row.basis = std::string(300, 'x');  // as long as they are
  row.prev_hash = last_.hash;
  row.hash = sync::chain_hash(row);
  last_ = row;
  return row;
}

std::vector<sync::JournalRow> Rows::next(std::size_t count) {
  std::vector<sync::JournalRow> rows;
  for (std::size_t i = 0; i < count; ++i) rows.push_back(next());
  return rows;
}

double seconds_since(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

double quantile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  return values.at(
      std::min(values.size() - 1, static_cast<std::size_t>(share * static_cast<double>(values.size()))));
}

}  // namespace lanyard::bench
