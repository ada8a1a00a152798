#include "sync/hub/workbook.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sync/wire.hpp"

namespace lanyard::sync::hub {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kMaxComplaintBytes = 4096;  // of what the program says
constexpr std::size_t kMaxQuotedBytes = 200;
constexpr int kCouldNotStart = 127;

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }
  void close() {
    if (fd_ >= 0) (void)::close(fd_);
    fd_ = -1;
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_{-1};
};

struct Pipe {
  Descriptor read, write;
  static Expected<Pipe> make() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
      return fail(Error::Kind::storage, std::string("making a pipe: ") + std::strerror(errno));
    return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
  }
};

// Ours to end and to wait for, whatever way the caller leaves.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ < 0) return;
    (void)::kill(pid_, SIGKILL);
    (void)wait();
  }
  int wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return status;
  }

 private:
  pid_t pid_;
};

void limit(int what, std::size_t most) {
  const rlimit both{most, most};
  (void)::setrlimit(static_cast<__rlimit_resource>(what), &both);
}

// In the child, between fork and exec: system calls alone.
[[noreturn]] void become(const std::vector<char*>& arguments, const std::vector<char*>& environment, int out,
                         int err, const WorkbookLimits& limits) {
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  (void)::dup2(nothing, STDIN_FILENO);
  (void)::dup2(out, STDOUT_FILENO);
  (void)::dup2(err, STDERR_FILENO);
  (void)::setpgid(0, 0);
  limit(RLIMIT_CPU, static_cast<std::size_t>(limits.cpu.count()));
  limit(RLIMIT_AS, limits.memory_bytes);
  limit(RLIMIT_FSIZE, 0);  // it writes to the pipe, and to no file
  limit(RLIMIT_CORE, 0);
  (void)::execvpe(arguments.front(), arguments.data(), environment.data());
  ::_exit(kCouldNotStart);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (std::string& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

// Reads both until they end. An error if there is too much of the first, or it takes too long.
Expected<void> read_both(int out, int err, std::string& text, std::string& complaint,
                         const WorkbookLimits& limits) {
  const auto until = Clock::now() + limits.wait;
  std::array<pollfd, 2> ends{pollfd{out, POLLIN, 0}, pollfd{err, POLLIN, 0}};
  std::vector<char> part(64UL * 1024);
  while (ends[0].fd >= 0 || ends[1].fd >= 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
    if (left <= 0)
      return fail(Error::Kind::invalid, "it takes longer than " + std::to_string(limits.wait.count()) + " s");
    if (::poll(ends.data(), ends.size(), static_cast<int>(std::min<std::int64_t>(left, 1000))) < 0) continue;
    for (pollfd& end : ends) {
      if (end.fd < 0 || end.revents == 0) continue;
      const ssize_t got = ::read(end.fd, part.data(), part.size());
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) {
        end.fd = -1;
        continue;
      }
      std::string& to = end.fd == out ? text : complaint;
      to.append(part.data(), static_cast<std::size_t>(got));
      if (&to == &complaint && complaint.size() > kMaxComplaintBytes)
        complaint.erase(0, complaint.size() - kMaxComplaintBytes);
      if (text.size() > limits.text_bytes) {
        return fail(Error::Kind::invalid,
                    "its sheet is larger than " + std::to_string(limits.text_bytes) + " bytes");
      }
    }
  }
  return {};
}

// What a Python program has to say: the first line, or the last of a trace.
std::string gist_of(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  if (text.starts_with("Traceback")) {
    text.remove_prefix(text.rfind('\n') == std::string_view::npos ? 0 : text.rfind('\n') + 1);
  }
  return printable(text.substr(0, text.find('\n')), kMaxQuotedBytes);
}

// A line of the text is then a row of the sheet. The program quotes a cell that has a quote or a line break.
void join_lines_within_cells(std::string& text) {
  bool quoted = false;
  for (char& c : text) {
    if (c == '"') quoted = !quoted;
    if (quoted && (c == '\n' || c == '\r')) c = ' ';
  }
}

Expected<void> verdict(int status, std::string_view complaint, const WorkbookLimits& limits) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  if (WIFEXITED(status) && WEXITSTATUS(status) == kCouldNotStart) {
    return fail(Error::Kind::unavailable,
                "workbooks are read by " + limits.program +
                    ", which is not installed: apt install xlsx2csv, or save the list as"
                    " CSV (UTF-8)");
  }
  if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL)) {
    return fail(Error::Kind::invalid,
                "it takes more than " + std::to_string(limits.cpu.count()) + " s to unpack");
  }
  if (complaint.find("MemoryError") != std::string_view::npos)
    return fail(Error::Kind::invalid, "it unpacks to more than the memory that it may have");
  const std::string said = gist_of(complaint);
  return fail(Error::Kind::invalid, limits.program + " cannot read it" + (said.empty() ? "" : ": " + said));
}

}  // namespace

bool is_workbook(std::string_view first_bytes) {
  return first_bytes.starts_with("PK\x03\x04");
}

bool is_old_workbook(std::string_view first_bytes) {
  return first_bytes.starts_with("\xD0\xCF\x11\xE0");
}

Expected<std::string> csv_of_workbook(const std::filesystem::path& file, const std::string& sheet,
                                      const WorkbookLimits& limits) {
  const std::string name = file.string();
  std::error_code error;
  const auto bytes = std::filesystem::file_size(file, error);
  if (error) return fail(Error::Kind::invalid, "cannot read " + name + ": " + error.message());
  if (bytes > limits.file_bytes)
    return fail(Error::Kind::invalid,
                name + " is larger than " + std::to_string(limits.file_bytes) + " bytes");
  // Absolute, and the sheet's name behind its '=': neither can be taken for an option.
  std::vector<std::string> arguments{limits.program};
  if (sheet.empty()) {
    arguments.emplace_back("--sheet=1");
  } else {
    arguments.push_back("--sheetname=" + sheet);
  }
  arguments.push_back(std::filesystem::absolute(file, error).string());
  const char* path = std::getenv("PATH");
  std::vector<std::string> environment{std::string("PATH=") + (path != nullptr ? path : "/usr/bin:/bin"),
                                       "LC_ALL=C.UTF-8", "PYTHONUTF8=1", "PYTHONDONTWRITEBYTECODE=1"};
  auto out = Pipe::make();
  auto err = Pipe::make();
  if (!out || !err) return tl::make_unexpected(out ? err.error() : out.error());
  const auto argv = pointers(arguments);
  const auto envp = pointers(environment);
  const pid_t pid = ::fork();
  if (pid < 0) return fail(Error::Kind::storage, std::string("starting a process: ") + std::strerror(errno));
  if (pid == 0) become(argv, envp, out->write.get(), err->write.get(), limits);
  Child child(pid);
  out->write.close();
  err->write.close();
  std::string text;
  std::string complaint;
  if (auto read = read_both(out->read.get(), err->read.get(), text, complaint, limits); !read)
    return tl::make_unexpected(read.error().within(name));
  if (auto good = verdict(child.wait(), complaint, limits); !good)
    return tl::make_unexpected(good.error().within(name));
  join_lines_within_cells(text);
  return text;
}

}  // namespace lanyard::sync::hub
