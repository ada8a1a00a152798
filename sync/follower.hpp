// Brings the rows of the other kiosks as soon as the hub has them: one question after another, which the hub
// keeps until there is news.
//
// Threads: a Follower and its store belong to one thread, another than the Carrier's.
#pragma once

#include <cstdint>
#include <functional>

#include "sync/hub_line.hpp"
#include "sync/store.hpp"

namespace lanyard::sync {

// Where the reader stands.
struct Heard {
  FeedCursor feed;
  std::int64_t roster_version{0};
};
// Whose feed it is: a kiosk's store, or that of a hub which follows another.
struct FeedReader {
  std::function<Expected<Heard>()> heard;
  std::function<Expected<void>(const FeedPage&, const FeedCursor& asked)> take;
};

class Follower {
 public:
  // The store must hold an identity. It is not owned.
  Follower(Store& store, SyncdConfig config, Transport transport, Clock clock);
  Follower(FeedReader reader, SyncdConfig config, HubLine line);

  // Asks, and takes over what comes: blocks for as long as the transport does. A failure is noted, and backed
  // off from. The time until which there is nothing to do, or nullopt if there may be more at once.
  // Errors: corrupt, where going on would make things worse.
  [[nodiscard]] Expected<std::optional<SteadyTime>> step();

  // The newest version of the roster that the hub told of; 0 before the first answer. For the Carrier.
  [[nodiscard]] std::int64_t roster_told() const { return roster_told_; }
  // The hub has said that this kiosk is shut out.
  [[nodiscard]] bool is_revoked() const { return line_.is_revoked(); }
  [[nodiscard]] const std::string& standing() const { return line_.standing(); }

 private:
  Expected<void> listen(std::chrono::seconds wait);

  FeedReader reader_;
  SyncdConfig config_;
  HubLine line_;
  FollowerState state_;
  std::int64_t roster_told_{0};
  std::size_t page_{kMaxBatchRows};  // rows asked for: halved while that is too much for the line
};

}  // namespace lanyard::sync
