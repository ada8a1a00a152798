#include "sync/hub/feed_window.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace lanyard::sync::hub {

Expected<bool> FeedWindow::look(HubStore& store) {
  const auto head = store.feed_head();
  if (!head) return tl::make_unexpected(head.error());
  const auto version = store.roster_version();
  if (!version) return tl::make_unexpected(version.error());
  bool news = !begun_ || *version != roster_version_;
  // With a person who goes from the roster, rows may have been left without them: the store has these.
  if (news) begin_at(*head);
  roster_version_ = *version;
  for (;;) {
    const FeedCursor end = items_.empty() ? before_ : items_.back().at;
    if (end == *head) return news;
    const auto page = store.feed(end, "", kMaxBatchRows);
    if (!page) return tl::make_unexpected(page.error());
    if (page->rows.empty() && page->next == end) return news;  // the head stands back for a moment
    news = true;
    const bool began_anew = !page->rows.empty() && page->rows.front().hub_seq <= end.seq;
    // Another database than a moment ago: nobody's cursor is taken for one of ours.
    if (began_anew || page->rows.empty()) {
      begin_at(*head);
      return news;
    }
    take(*page);
    if (!page->more) return news;  // what came after `head` was read is there too
  }
}

void FeedWindow::begin_at(FeedCursor cursor) {
  begun_ = true;
  before_ = std::move(cursor);
  items_.clear();
  bytes_ = 0;
}

void FeedWindow::take(const FeedPage& page) {
  for (const FeedRow& row : page.rows) {
    items_.push_back({{row.hub_seq, mark_of(row.row.hash)}, row.row.device, feed_item(row)});
    bytes_ += items_.back().json.size();
  }
  while (items_.size() > kMaxWindowRows || (bytes_ > kMaxWindowBytes && !items_.empty())) {
    before_ = std::move(items_.front().at);
    bytes_ -= items_.front().json.size();
    items_.pop_front();
  }
}

std::optional<FeedWindow::Page> FeedWindow::page(const FeedCursor& after, std::string_view without,
                                                 std::size_t most) const {
  if (!begun_ || after.mark.empty()) return std::nullopt;
  auto from = items_.begin();
  if (after != before_) {
    from = std::ranges::lower_bound(items_, after.seq, {}, [](const Item& item) { return item.at.seq; });
    if (from == items_.end() || from->at != after) return std::nullopt;
    ++from;
  }
  std::vector<std::string> rows;
  std::size_t bytes = 0;
  FeedCursor next = items_.empty() ? before_ : items_.back().at;
  bool more = false;
  FeedCursor last;
  for (; from != items_.end(); ++from) {
    if (from->device == without) continue;
    if (rows.size() == most || bytes > kMaxPageBytes) {
      more = true;
      next = last;
      break;
    }
    rows.push_back(from->json);
    bytes += from->json.size();
    last = from->at;
  }
  return Page{feed_body(rows, next, more, roster_version_), rows.empty()};
}

}  // namespace lanyard::sync::hub
