#include "sync/hub/failure_log.hpp"

namespace lanyard::sync::hub {

std::optional<std::string> FailureLog::line_for(std::string_view failure, Instant now) {
  if (const auto known = told_.find(failure); known != told_.end()) {
    Told& told = known->second;
    if (now - told.at < kFailurePause) {
      ++told.since;
      return std::nullopt;
    }
    std::string line(failure);
    if (told.since > 0) line += " (and " + std::to_string(told.since) + " more like it since the last line)";
    told = {now, 0};
    return line;
  }
  // Old news goes first; where all is new, whatever is known: at worst it is told twice.
  if (told_.size() >= kMaxFailureKinds)
    std::erase_if(told_, [&](const auto& one) { return now - one.second.at >= kFailurePause; });
  if (told_.size() >= kMaxFailureKinds) told_.erase(told_.begin());
  told_.emplace(failure, Told{now, 0});
  return std::string(failure);
}

}  // namespace lanyard::sync::hub
