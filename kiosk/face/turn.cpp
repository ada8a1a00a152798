#include "kiosk/face/turn.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lanyard::kiosk {

namespace {

using Kind = sync::Error::Kind;

constexpr const char* kProgram = "wlr-randr";
constexpr std::size_t kMaxSaid = 1 << 16;
constexpr std::size_t kMaxOutputs = 8;

bool is_name(std::string_view text) {
  const auto is_of_names = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
  };
  if (text.empty() || text.front() == '-') return false;
  for (const char c : text) {
    if (!is_of_names(c)) return false;
  }
  return true;
}

std::string read_all(int file) {
  std::string said;
  std::array<char, 4096> piece{};
  while (said.size() < kMaxSaid) {
    const ssize_t got = ::read(file, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    said.append(piece.data(), static_cast<std::size_t>(got));
  }
  return said;
}

// What it prints, if it ends well.
sync::Expected<std::string> said_by_program(std::vector<std::string> arguments) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return sync::fail(Kind::unavailable, std::strerror(errno));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
  std::vector<char*> words;
  words.reserve(arguments.size() + 1);
  for (std::string& word : arguments) words.push_back(word.data());
  words.push_back(nullptr);
  pid_t program = -1;
  const int code = ::posix_spawnp(&program, kProgram, &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(pipe[1]);
  if (code != 0) {
    ::close(pipe[0]);
    return sync::fail(Kind::unavailable,
                      std::string(kProgram) + " cannot be started: " + std::strerror(code));
  }
  std::string said = read_all(pipe[0]);
  ::close(pipe[0]);
  int ended = 0;
  while (::waitpid(program, &ended, 0) < 0 && errno == EINTR) {
  }
  if (ended == 0) return said;
  return sync::fail(Kind::unavailable,
                    std::string(kProgram) + " failed: this compositor may not be one that can be asked");
}

}  // namespace

std::optional<Turn> turn_of_degrees(std::int64_t degrees) {
  if (degrees < 0 || degrees > 270 || degrees % 90 != 0) return std::nullopt;
  return static_cast<Turn>(degrees / 90);
}

Point turned(Point at, Turn turn, float width, float height) {
  if (width <= 0 || height <= 0) return at;
  // The panel's own right and down, each from 0 to 1.
  const float right = at.x / width;
  const float down = at.y / height;
  switch (turn) {
    case Turn::none:
      break;
    case Turn::quarter:  // what was on top points to the right
      return {(1 - down) * width, right * height};
    case Turn::half:
      return {(1 - right) * width, (1 - down) * height};
    case Turn::three_quarters:
      return {down * width, (1 - right) * height};
  }
  return at;
}

std::vector<std::string> outputs_named_in(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty() && names.size() < kMaxOutputs) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    // What is said of a screen stands behind white space.
    const std::string_view name = line.substr(0, line.find(' '));
    if (is_name(name)) names.emplace_back(name);
  }
  return names;
}

sync::Expected<void> turn_outputs(Turn turn) {
  const char* wayland = std::getenv("WAYLAND_DISPLAY");
  if (wayland == nullptr || *wayland == '\0') {
    return sync::fail(Kind::unavailable, "under Wayland alone a screen is turned for one");
  }
  const auto said = said_by_program({kProgram});
  if (!said) return tl::make_unexpected(said.error());
  const std::vector<std::string> names = outputs_named_in(*said);
  if (names.empty()) return {};
  // As wl_output names them: how far the picture is turned the other way, to stand upright.
  constexpr std::array<const char*, 4> kTransforms{"normal", "90", "180", "270"};
  std::vector<std::string> words{kProgram};
  for (const std::string& name : names) {
    words.insert(words.end(),
                 {"--output", name, "--transform", kTransforms.at(static_cast<std::size_t>(turn))});
  }
  const auto done = said_by_program(std::move(words));
  if (!done) return tl::make_unexpected(done.error());
  return {};
}

}  // namespace lanyard::kiosk
