#include "kiosk/start_record.hpp"

#include <algorithm>
#include <fstream>

namespace lanyard::kiosk {

namespace {

constexpr std::size_t kMaxStarts = 64;

// One that is later than now is of another start of the machine.
bool is_lately(std::chrono::seconds at, std::chrono::seconds now) {
  return at <= now && now - at < kStartsWithin;
}

std::vector<std::chrono::seconds> read_starts(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<std::chrono::seconds> starts;
  std::int64_t at = 0;
  while (starts.size() < kMaxStarts && in >> at) starts.emplace_back(at);
  return starts;
}

}  // namespace

StartMode mode_of(std::span<const std::chrono::seconds> earlier, std::chrono::seconds now) {
  const auto lately =
      std::ranges::count_if(earlier, [&](std::chrono::seconds at) { return is_lately(at, now); });
  return static_cast<std::size_t>(lately) >= kStartsInVain ? StartMode::safe : StartMode::usual;
}

StartRecord::StartRecord(const std::filesystem::path& folder, std::chrono::seconds now) {
  if (folder.empty()) return;
  file_ = folder / "starts";
  earlier_ = read_starts(file_);
  std::erase_if(earlier_, [&](std::chrono::seconds at) { return !is_lately(at, now); });
  mode_ = mode_of(earlier_, now);
  std::vector<std::chrono::seconds> with_this = earlier_;
  with_this.push_back(now);
  write(with_this);
}

void StartRecord::ended_well() const {
  // After a while in safe mode the usual way is tried with a clean slate.
  write(mode_ == StartMode::safe ? std::vector<std::chrono::seconds>{} : earlier_);
}

void StartRecord::write(const std::vector<std::chrono::seconds>& starts) const {
  if (file_.empty()) return;
  const std::filesystem::path beside = file_.string() + ".new";
  {
    std::ofstream out(beside, std::ios::trunc);
    for (const std::chrono::seconds at : starts) out << at.count() << '\n';
    if (!out.flush()) return;
  }
  std::error_code not_kept;
  std::filesystem::rename(beside, file_, not_kept);
}

}  // namespace lanyard::kiosk
