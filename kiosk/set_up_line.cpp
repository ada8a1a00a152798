#include "kiosk/set_up_line.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kiosk/face/text_file.hpp"
#include "sync/setup_code.hpp"
#include "sync/wire.hpp"

namespace lanyard::kiosk {

namespace {

constexpr std::size_t kMaxStatusBytes = 1024;
constexpr std::size_t kMaxProblemBytes = 240;

}  // namespace

bool SetUpLine::is_there() const {
  std::error_code unread;
  return !folder_.empty() && std::filesystem::is_directory(folder_ / "in", unread);
}

sync::Expected<void> SetUpLine::hand_over(const std::string& code) {
  return write_text_file(folder_ / "in" / "code", code, 0600);
}

std::optional<event::SetUpTold> SetUpLine::told() {
  auto text = read_text_file(folder_ / "status", kMaxStatusBytes);
  if (!text || *text == last_) return std::nullopt;
  last_ = std::move(*text);
  const auto line = last_.find('\n');
  const auto stage = stage_named(std::string_view(last_).substr(0, line));
  if (!stage) return std::nullopt;
  std::string problem = line == std::string::npos ? std::string() : last_.substr(line + 1);
  while (problem.ends_with('\n')) problem.pop_back();
  return event::SetUpTold{*stage, sync::printable(problem, kMaxProblemBytes)};
}

sync::Expected<void> tell_stage(const std::filesystem::path& folder, SetUpStage stage,
                                const std::string& problem) {
  return write_text_file(
      folder / "status",
      std::string(to_name(stage)) + "\n" + sync::printable(problem, kMaxProblemBytes) + "\n", 0644);
}

sync::Expected<std::string> take_code(const std::filesystem::path& file) {
  const auto wrong = [&file](const char* why) {
    return sync::fail(sync::Error::Kind::invalid, file.string() + ": " + why);
  };
  const int fd = ::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return wrong("cannot be read");
  struct stat what {};
  std::string text(sync::kMaxSetupCodeBytes + 1, '\0');
  ssize_t got = -1;
  if (::fstat(fd, &what) == 0 && S_ISREG(what.st_mode)) got = ::read(fd, text.data(), text.size());
  ::close(fd);
  std::error_code stays;
  std::filesystem::remove(file, stays);
  if (stays) return wrong("cannot be taken away");  // it would be acted on again and again
  if (got < 0) return wrong("is no file that could be read");
  text.resize(static_cast<std::size_t>(got));
  return text;
}

}  // namespace lanyard::kiosk
