// An update of a kiosk's disk, as the hub offers it: whole files, which kiosks fetch piece by piece. What is
// in them is no concern here; whether they are the maker's is found out by who installs them (their
// signature). PURE. Threads: reentrant.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sync/error.hpp"

namespace lanyard::sync {

inline constexpr std::string_view kUpdates =
    "/v1/updates";  // the offer; a slash and a name behind it: a file
inline constexpr std::size_t kUpdatePieceBytes = 1024UL * 1024;  // of a file, in an answer
inline constexpr std::size_t kMaxUpdateFiles = 8;
inline constexpr std::uint64_t kMaxUpdateFileBytes = 4ULL * 1024 * 1024 * 1024;
inline constexpr std::size_t kMaxUpdateNameBytes = 128;

struct UpdateFile {
  std::string name;
  std::uint64_t bytes{0};
  std::string sha256;  // 64 hexadecimal digits
  friend bool operator==(const UpdateFile&, const UpdateFile&) = default;
};

struct UpdateOffer {
  std::string version;
  bool now{false};  // it is the time to install it
  std::vector<UpdateFile> files;
  friend bool operator==(const UpdateOffer&, const UpdateOffer&) = default;
};

// A name that is no path: letters, digits and . _ ~ + ^ -, and not a dot in front.
[[nodiscard]] bool is_update_name(std::string_view name);

[[nodiscard]] std::string to_body(const UpdateOffer&);
// Names and sums within their bounds, and no name twice.
[[nodiscard]] Expected<UpdateOffer> parse_update_offer(std::string_view body);

}  // namespace lanyard::sync
