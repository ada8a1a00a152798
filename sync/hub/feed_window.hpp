// The newest rows of the journal as they go over the wire: read from the store and written as JSON once, for
// all kiosks that follow. The journal only grows, so that what is here stays right, whoever else writes.
//
// Threads: that of the store.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "sync/hub/hub_store.hpp"

namespace lanyard::sync::hub {

inline constexpr std::size_t kMaxWindowRows = 5000;
inline constexpr std::size_t kMaxWindowBytes = 8UL * 1024 * 1024;

class FeedWindow {
 public:
  // Looks for rows that came since the last look, and for another version of the roster: true if there are
  // any, and at the first look.
  [[nodiscard]] Expected<bool> look(HubStore& store);

  // The body of a page as HubStore::feed gives it, where the window reaches back to the cursor.
  struct Page {
    std::string body;
    bool empty{true};
  };
  [[nodiscard]] std::optional<Page> page(const FeedCursor& after, std::string_view without,
                                         std::size_t most) const;
  // As of the last look.
  [[nodiscard]] std::int64_t roster_version() const { return roster_version_; }

 private:
  struct Item {
    FeedCursor at;
    std::string device;
    std::string json;  // feed_item
  };
  void take(const FeedPage& page);
  void begin_at(FeedCursor cursor);

  bool begun_{false};
  FeedCursor before_;  // where a reader stands whose next row is the first of the window
  std::deque<Item> items_;
  std::size_t bytes_{0};
  std::int64_t roster_version_{0};
};

}  // namespace lanyard::sync::hub
