// Portraits: small JPEGs that staff know people by. Each goes under the SHA-256 of its bytes, which the
// attendee's record names, so that a kiosk fetches it once, and again only when it is another. Threads: that
// of the store.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sync/hub/hub_store.hpp"

namespace lanyard::sync::hub {

inline constexpr std::size_t kMaxPictureBytes = 32UL * 1024 * 1024;  // of a file, as a camera makes it
inline constexpr int kPhotoWidthPx = 300;                            // what it is made to fit into
inline constexpr int kPhotoHeightPx = 400;

// A JPEG of at most kMaxPhotoBytes, upright and without what a camera notes of place and time. The only file
// that includes gdk-pixbuf is photo_picture.cpp. Error::Kind::invalid for what is no picture.
[[nodiscard]] Expected<std::string> portrait_of(const std::filesystem::path& file);

struct PhotoImport {
  std::size_t taken{0};  // of people who had none, or another
  std::size_t unchanged{0};
  std::vector<std::string> problems;  // a file each, with the reason
};
// The pictures of a folder, each named by an attendee's id ("A0042.jpg"). With problems nothing is done,
// unless `past_problems`; hidden files and folders are passed over.
[[nodiscard]] Expected<PhotoImport> import_photos(HubStore& store, const std::filesystem::path& folder,
                                                  bool past_problems);

}  // namespace lanyard::sync::hub
