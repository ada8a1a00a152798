// The hub's tokens on the disk: the one that enrolment wrote, and those that the hub gave since.
// Threads: none shared. Errors: Error::Kind::storage, with the file's name.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "sync/error.hpp"
#include "sync/private_file.hpp"

namespace lanyard::sync {

// Where a daemon's tokens are. As a service it can only read the first, which is systemd's copy.
struct TokenFiles {
  std::filesystem::path enrolled{"/etc/lanyard/token"};
  std::filesystem::path folder;  // of those that the hub gave since, a file each device; "" = in the first
};

[[nodiscard]] Expected<std::string> read_token(const std::filesystem::path& file);
// All that may be good for this device, the newest first, each once: after the newest the one before it,
// which a hub that was restored from a backup still knows, then the enrolled one. An error if there is none.
[[nodiscard]] Expected<std::vector<std::string>> read_tokens(const TokenFiles& files,
                                                             std::string_view device);
// A token that goes before the others. Its file is opened before the hub is asked for it, so that a folder
// that takes none costs no code.
class NextToken {
 public:
  NextToken(const TokenFiles& files, std::string_view device);
  [[nodiscard]] Expected<void> open();
  // Behind it `before`, the one that was good until now ("" = whichever is the newest). On the disk when this
  // returns without error.
  [[nodiscard]] Expected<void> keep(std::string_view token, std::string_view before);

 private:
  TokenFiles files_;
  std::string device_;
  PrivateFile file_;
};
// The same at once.
[[nodiscard]] Expected<void> keep_token(const TokenFiles& files, std::string_view device,
                                        std::string_view token, std::string_view before);
// Those that the hub gave the device since enrolment are gone from the disk; or those of all devices that
// this machine ever was.
[[nodiscard]] Expected<void> forget_tokens(const TokenFiles& files, std::string_view device);
[[nodiscard]] Expected<void> forget_tokens(const TokenFiles& files);

}  // namespace lanyard::sync
