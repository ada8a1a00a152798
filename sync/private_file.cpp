#include "sync/private_file.hpp"

#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <unistd.h>

#include "sync/durable.hpp"

namespace lanyard::sync {

PrivateFile::PrivateFile(std::filesystem::path file)
    : file_(std::move(file)), beside_(file_.string() + ".new") {}

PrivateFile::~PrivateFile() {
  if (fd_ >= 0) ::close(fd_);
  if (open_) ::unlink(beside_.c_str());
}

Expected<void> PrivateFile::open() {
  // Renaming would put a plain file in the place of a device, and of a link, whatever it leads to.
  std::error_code ignored;
  const auto there = std::filesystem::symlink_status(file_, ignored);
  if (std::filesystem::exists(there) && !std::filesystem::is_regular_file(there)) {
    return fail(Error::Kind::storage, file_.string() + " is no plain file");
  }
  ::unlink(beside_.c_str());
  fd_ = ::open(beside_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd_ < 0) return error("making");
  open_ = true;
  return {};
}

Expected<void> PrivateFile::write(std::string_view bytes) {
  if (!write_all(fd_, bytes)) return error("writing");
  return {};
}

Expected<void> PrivateFile::flush() {
  if (::fsync(fd_) != 0) return error("writing");
  return {};
}

Expected<void> PrivateFile::keep() {
  if (auto flushed = flush(); !flushed) return flushed;
  if (::rename(beside_.c_str(), file_.c_str()) != 0) return error("renaming");
  open_ = false;
  // The name is on the disk once its folder is.
  return folder_to_disk(file_);
}

tl::unexpected<Error> PrivateFile::error(const char* doing) const {
  return fail(Error::Kind::storage, std::string(doing) + " " + file_.string() + ": " + std::strerror(errno));
}

}  // namespace lanyard::sync
