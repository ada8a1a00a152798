#include "sync/hub/admission.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace lanyard::sync::hub {

std::string peer_of(std::span<const std::uint8_t> address) {
  static constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  if (address.size() == 16) {
    const bool is_v4 = std::ranges::equal(address.first(kMapped.size()), kMapped);
    address = is_v4 ? address.subspan(kMapped.size()) : address.first(8);
  }
  return {address.begin(), address.end()};
}

std::size_t connections_within(std::size_t memory, std::size_t bytes_each) {
  return std::min(kMaxConnections, memory / 2 / bytes_each);
}

bool Admission::enter(const std::string& peer) {
  const auto found = of_peer_.find(peer);
  if (inside_ >= most_ || (found != of_peer_.end() && found->second >= most_per_peer_)) {
    ++turned_away_;
    return false;
  }
  ++inside_;
  ++of_peer_[peer];
  return true;
}

void Admission::leave(const std::string& peer) {
  --inside_;
  const auto found = of_peer_.find(peer);
  if (--found->second == 0) of_peer_.erase(found);
}

std::optional<std::uint64_t> Admission::turned_away_to_tell(Instant now) {
  if (turned_away_ == 0 || (told_ && now - *told_ < kTurnedAwayPeriod)) return std::nullopt;
  told_ = now;
  return std::exchange(turned_away_, 0);
}

bool Admission::reserve_body(std::size_t bytes) {
  if (bytes > kMaxBodiesInFlight - bodies_in_flight_) return false;
  bodies_in_flight_ += bytes;
  return true;
}

bool Admission::reserve_answer(std::size_t& held) {
  if (!has_room_for_answer()) return false;
  set_answer(held, kAnswerExpected);
  return true;
}

}  // namespace lanyard::sync::hub
