#include "sync/file_lock.hpp"

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace lanyard::sync {

namespace {

// For the group, as the store is: whoever made the file first, the service must be able to open it.
constexpr mode_t kMode = 0664;

Expected<int> lock_file(const std::filesystem::path& file, int how) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kMode);
  if (fd < 0) return fail(Error::Kind::storage, "opening " + file.string() + ": " + std::strerror(errno));
  if (::flock(fd, how | LOCK_NB) == 0) return fd;
  const int why = errno;
  ::close(fd);
  if (why == EWOULDBLOCK) return fail(Error::Kind::unavailable, file.string() + " is another process's");
  return fail(Error::Kind::storage, "locking " + file.string() + ": " + std::strerror(why));
}

}  // namespace

Expected<FileLock> FileLock::take(const std::filesystem::path& file) {
  return lock_file(file, LOCK_EX).map([](int fd) { return FileLock(fd); });
}

Expected<FileLock> FileLock::share(const std::filesystem::path& file) {
  return lock_file(file, LOCK_SH).map([](int fd) { return FileLock(fd); });
}

Expected<void> FileLock::let_others_share() {
  if (::flock(fd_, LOCK_SH | LOCK_NB) == 0) return {};
  return fail(Error::Kind::storage, std::string("sharing a lock: ") + std::strerror(errno));
}

FileLock::FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

FileLock::~FileLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace lanyard::sync
