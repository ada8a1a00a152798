#include "sync/durable.hpp"

#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace lanyard::sync {

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

Expected<void> to_disk(const std::filesystem::path& what) {
  const int fd = ::open(what.c_str(), O_RDONLY | O_CLOEXEC);
  const bool done = fd >= 0 && ::fsync(fd) == 0;
  const int why = errno;
  if (fd >= 0) ::close(fd);
  if (done) return {};
  return fail(Error::Kind::storage, "writing to the disk " + what.string() + ": " + std::strerror(why));
}

Expected<void> folder_to_disk(const std::filesystem::path& file) {
  return to_disk(file.has_parent_path() ? file.parent_path() : std::filesystem::path("."));
}

Expected<void> rename_durably(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0)
    return fail(Error::Kind::storage, "renaming " + from.string() + ": " + std::strerror(errno));
  return folder_to_disk(to);
}

}  // namespace lanyard::sync
