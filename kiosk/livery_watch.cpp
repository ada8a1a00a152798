#include "kiosk/livery_watch.hpp"

#include <algorithm>
#include <utility>

#include "sync/log.hpp"

namespace lanyard::kiosk {
namespace {

constexpr std::chrono::milliseconds kLookEvery{1000};
constexpr std::size_t kMostFiles = 4096;

}  // namespace

LiveryWatch::LiveryWatch(Canvas& canvas, Textures& textures, std::filesystem::path file, Scheme usual)
    : canvas_(canvas),
      file_(file.empty() ? file : std::filesystem::absolute(file)),
      usual_(usual),
      drawings_(textures) {}

LiveryWatch::Written LiveryWatch::written() const {
  Written times;
  std::error_code trouble;
  std::filesystem::directory_iterator entry(file_.parent_path(), trouble);
  for (; !trouble && entry != std::filesystem::directory_iterator() && times.size() < kMostFiles;
       entry.increment(trouble)) {
    std::error_code gone;  // between the listing and now
    times.push_back(std::filesystem::last_write_time(entry->path(), gone));
  }
  std::sort(times.begin(), times.end());
  return times;
}

bool LiveryWatch::look(Moment now) {
  if (file_.empty()) return false;
  const bool resized = canvas_.metrics.width_px != width_px_ || canvas_.metrics.height_px != height_px_;
  if (!resized && looked_ != Moment{} && now - looked_ < kLookEvery) return false;
  looked_ = now;
  Written written_now = written();
  if (!resized && written_now == seen_) return false;
  seen_ = std::move(written_now);
  width_px_ = canvas_.metrics.width_px;
  height_px_ = canvas_.metrics.height_px;
  read();
  return true;
}

void LiveryWatch::read() {
  auto fresh = read_livery(file_, usual_);
  if (fresh) {
    if (auto made = drawings_.make(*fresh, canvas_.metrics); !made) {
      fresh = tl::make_unexpected(made.error().within(file_.string()));
    }
  }
  if (!fresh) {
    log::error("theme: {}{}", fresh.error().message, livery_ ? "; what was worn before stays" : "");
    return;
  }
  livery_ = std::move(*fresh);
  canvas_.dress(livery_->theme);
}

}  // namespace lanyard::kiosk
