#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <sys/stat.h>

#include "scanner/camera.hpp"
#include "scanner/picture.hpp"

namespace lanyard::scanner {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// How often a folder that is followed is looked through.
constexpr std::chrono::milliseconds kLookEvery{50};

bool is_ascii_digit(char c) {
  return c >= '0' && c <= '9';
}

// A picture replaced by another of the same name is a new one.
struct Stamp {
  ino_t inode{0};
  timespec changed{};
  friend bool operator==(const Stamp& a, const Stamp& b) {
    return a.inode == b.inode && a.changed.tv_sec == b.changed.tv_sec &&
           a.changed.tv_nsec == b.changed.tv_nsec;
  }
};

std::optional<Stamp> stamp_of(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return Stamp{status.st_ino, status.st_mtim};
}

bool is_picture_name(const std::string& name) {
  if (name.empty() || name.front() == '.') return false;
  std::string suffix = fs::path(name).extension().string();
  std::transform(suffix.begin(), suffix.end(), suffix.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return suffix == ".png" || suffix == ".jpg" || suffix == ".jpeg" || suffix == ".webp";
}

struct NaturalLess {
  bool operator()(const std::string& a, const std::string& b) const { return natural_less(a, b); }
};
using Listing = std::map<std::string, Stamp, NaturalLess>;

tl::expected<Listing, std::string> list_pictures(const fs::path& folder) {
  std::error_code error;
  Listing listing;
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!is_picture_name(name)) continue;
    if (listing.size() == kMaxReplayPictures) {
      return tl::make_unexpected(folder.string() + ": more than " + std::to_string(kMaxReplayPictures) +
                                 " pictures");
    }
    if (const auto stamp = stamp_of(entry->path())) listing.emplace(name, *stamp);
  }
  if (error) return tl::make_unexpected(folder.string() + ": " + error.message());
  return listing;
}

class ReplayCamera final : public Camera {
 public:
  ReplayCamera(fs::path folder, const ReplayOptions& options, Listing listing)
      : folder_(std::move(folder)), options_(options), seen_(std::move(listing)) {
    queue_all();
  }

  tl::expected<Captured, CameraError> next(std::chrono::milliseconds patience) override {
    return next_wanted(patience, [](std::size_t) { return true; });
  }

  tl::expected<Captured, CameraError> next_wanted(std::chrono::milliseconds patience,
                                                  const Wanted& wanted) override {
    const auto deadline = Clock::now() + patience;
    if (due_ > Clock::now()) {
      std::this_thread::sleep_until(std::min(due_, deadline));
      if (due_ > Clock::now()) return error(CameraError::Kind::no_frame_yet, "the next picture is not due");
    }
    do {
      if (next_in_queue_ == queue_.size()) {
        if (auto out_of_pictures = refill(deadline)) return tl::make_unexpected(std::move(*out_of_pictures));
        continue;
      }
      const fs::path path = folder_ / queue_[next_in_queue_++];
      const std::size_t compressed_bytes = jpeg_bytes(path);
      if (!wanted(compressed_bytes)) {
        ++status_.passed_over;
        pace();
        break;
      }
      auto frame = read_picture(path);
      if (frame) return give(std::move(*frame), path, compressed_bytes);
      ++status_.skipped;
      status_.last_skipped = frame.error().message;
    } while (Clock::now() < deadline);
    return error(CameraError::Kind::no_frame_yet, folder_.string() + ": no new picture");
  }

  [[nodiscard]] CameraStatus status() const override { return status_; }

 private:
  static tl::unexpected<CameraError> error(CameraError::Kind kind, std::string message) {
    return tl::make_unexpected(CameraError{kind, std::move(message)});
  }

  // As a camera's frame would be: by the suffix, since the file is not opened for it.
  static std::size_t jpeg_bytes(const fs::path& path) {
    const std::string suffix = path.extension().string();
    std::error_code unknown;
    const auto bytes = suffix == ".jpg" || suffix == ".jpeg" ? fs::file_size(path, unknown) : 0;
    return unknown ? 0 : static_cast<std::size_t>(bytes);
  }

  void pace() {
    given_this_round_ = true;
    if (options_.frames_per_second <= 0) return;
    // No hurry after a stall: the pause is between pictures, not a debt.
    due_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                              std::chrono::duration<double>(1.0 / options_.frames_per_second));
  }

  Captured give(GrayFrame frame, const fs::path& path, std::size_t compressed_bytes) {
    pace();
    return {std::make_shared<const GrayFrame>(std::move(frame)), status_.frames++, Clock::now(),
            path.string(), compressed_bytes};
  }

  void queue_all() {
    queue_.clear();
    next_in_queue_ = 0;
    for (const auto& [name, stamp] : seen_) queue_.push_back(name);
  }

  // The queue is used up: more of it, or why there is none. Waits no longer than until `deadline`.
  std::optional<CameraError> refill(Clock::time_point deadline) {
    if (!options_.loop && !options_.follow) {
      return CameraError{CameraError::Kind::ended, folder_.string() + ": all pictures were shown"};
    }
    const bool pause = options_.follow || !given_this_round_;
    if (pause) std::this_thread::sleep_until(std::min(deadline, last_look_ + kLookEvery));
    last_look_ = Clock::now();
    auto listing = list_pictures(folder_);
    if (!listing) {
      std::this_thread::sleep_until(std::min(deadline, last_look_ + kLookEvery));
      return CameraError{CameraError::Kind::lost, listing.error()};
    }
    given_this_round_ = false;
    if (options_.loop) {
      seen_ = std::move(*listing);
      queue_all();
    } else if (*listing == looked_) {
      queue_new(std::move(*listing));
    } else {
      // Pictures are coming in: a folder read meanwhile may show a later one and not an earlier one, so
      // nothing is played before two looks agree.
      looked_ = std::move(*listing);
    }
    return std::nullopt;
  }

  void queue_new(Listing listing) {
    queue_.clear();
    next_in_queue_ = 0;
    for (const auto& [name, stamp] : listing) {
      const auto known = seen_.find(name);
      if (known == seen_.end() || !(known->second == stamp)) queue_.push_back(name);
    }
    seen_ = std::move(listing);
  }

  fs::path folder_;
  ReplayOptions options_;
  Listing seen_;
  Listing looked_;  // followed: what the last look saw
  std::vector<std::string> queue_;
  std::size_t next_in_queue_{0};
  bool given_this_round_{false};
  Clock::time_point due_{};
  Clock::time_point last_look_{};
  CameraStatus status_;
};

}  // namespace

bool natural_less(std::string_view a, std::string_view b) {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (!is_ascii_digit(a[i]) || !is_ascii_digit(b[j])) {
      if (a[i] != b[j]) return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[j]);
      ++i;
      ++j;
      continue;
    }
    const auto number_at = [](std::string_view text, std::size_t from) {
      std::size_t end = from;
      while (end < text.size() && is_ascii_digit(text[end])) ++end;
      const std::size_t first = std::min(text.find_first_not_of('0', from), end);
      return std::pair{text.substr(first, end - first), end};
    };
    const auto [number_a, end_a] = number_at(a, i);
    const auto [number_b, end_b] = number_at(b, j);
    if (number_a.size() != number_b.size()) return number_a.size() < number_b.size();
    if (number_a != number_b) return number_a < number_b;
    i = end_a;
    j = end_b;
  }
  if (i < a.size() || j < b.size()) return i >= a.size();
  return a < b;  // 02 and 2 are one number, yet two names
}

OpenedCamera open_replay(const std::filesystem::path& folder, const ReplayOptions& options) {
  auto listing = list_pictures(folder);
  if (!listing) return tl::make_unexpected(CameraError{CameraError::Kind::failed, listing.error()});
  if (listing->empty() && !options.follow) {
    return tl::make_unexpected(
        CameraError{CameraError::Kind::failed, folder.string() + ": no PNG, JPEG or WebP in it"});
  }
  return std::make_unique<ReplayCamera>(folder, options, std::move(*listing));
}

}  // namespace lanyard::scanner
