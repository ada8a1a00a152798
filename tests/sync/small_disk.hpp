// A disk that is soon full. Only root may mount one.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include <sys/mount.h>

#include "tests/sync/temporary_folder.hpp"

namespace lanyard::sync {

class SmallDisk {
 public:
  explicit SmallDisk(int megabytes) {
    const std::string size = "size=" + std::to_string(megabytes) + "m";
    mounted_ = ::mount("lanyard-test", folder_.path().c_str(), "tmpfs", 0, size.c_str()) == 0;
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (mounted_) ::umount2(folder_.path().c_str(), MNT_DETACH);
  }
  [[nodiscard]] bool is_there() const { return mounted_; }
  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }
  void fill() const {
    std::ofstream ballast(path() / "ballast", std::ios::binary);
    const std::string block(4096, 'x');
    while (ballast.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
    }
  }
  void make_space() const { std::filesystem::remove(path() / "ballast"); }

 private:
  hub::TemporaryFolder folder_;
  bool mounted_{false};
};

}  // namespace lanyard::sync
