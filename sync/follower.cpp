#include "sync/follower.hpp"

#include <algorithm>

namespace lanyard::sync {

namespace {

FeedReader reader_of(Store& store) {
  return {[&store] {
            return store.standing().map([](const Standing& standing) {
              return Heard{standing.feed, standing.roster_version};
            });
          },
          [&store](const FeedPage& page, const FeedCursor& asked) { return store.apply(page, asked); }};
}

}  // namespace

Follower::Follower(Store& store, SyncdConfig config, Transport transport, Clock clock)
    : reader_(reader_of(store)),
      config_(std::move(config)),
      line_(config_, tokens_of(config_, device_of(store)), std::move(transport), std::move(clock),
            "the others' rows") {}

Follower::Follower(FeedReader reader, SyncdConfig config, HubLine line)
    : reader_(std::move(reader)), config_(std::move(config)), line_(std::move(line)) {}

Expected<std::optional<SteadyTime>> Follower::step() {
  const FollowerAction action = next(state_, line_.back_off(), config_.pace, line_.look_at_clock().steady);
  if (const auto* wait = std::get_if<Wait>(&action)) return wait->until;
  if (auto done = listen(std::min(std::get<Listen>(action).wait, kMaxFeedWait)); !done) {
    if (done.error().kind == Error::Kind::corrupt) return tl::make_unexpected(done.error());
    line_.note_failure(done.error().message);
  }
  return std::nullopt;
}

Expected<void> Follower::listen(std::chrono::seconds wait) {
  const auto standing = reader_.heard();
  if (!standing) return tl::make_unexpected(standing.error());
  // A restored hub counts its versions anew from some earlier one, so that it is the last word that counts,
  // not the highest.
  const std::int64_t roster = roster_told_ == 0 ? standing->roster_version : roster_told_;
  const SteadyTime asked_at = line_.now().steady;
  const auto body =
      line_.ask("GET",
                "/v1/journal?after=" + std::to_string(standing->feed.seq) + "&mark=" + standing->feed.mark +
                    "&limit=" + std::to_string(page_) + "&wait=" + std::to_string(wait.count()) +
                    "&roster=" + std::to_string(roster),
                "");
  if (!line_.took()) page_ = next_size(page_, page_, kMaxBatchRows, std::nullopt);
  if (!body) return {};
  const auto page = parse_feed_page(*body);
  if (!page) return tl::make_unexpected(page.error());
  if (page->passed_over > 0)
    line_.warn(std::to_string(page->passed_over) +
               " rows of a kind that this version does not know are passed over until it is updated");
  if (page->more && page->rows.empty() && page->passed_over == 0)
    return fail(Error::Kind::invalid, "feed: more rows, and none given");
  // Of a page that is not full, the hub may have kept the answer: the line took less than that.
  if (page->more)
    page_ = next_size(page_, page->rows.size() + page->passed_over, kMaxBatchRows, line_.took());
  const bool moved = page->next != standing->feed;
  if (!page->rows.empty() || moved) {
    if (auto applied = reader_.take(*page, standing->feed); !applied) return applied;
  }
  const bool tells = page->roster_version > 0;  // version 2 does not
  const bool news = moved || (tells && page->roster_version != roster);
  if (tells) roster_told_ = page->roster_version;
  line_.note_success();
  state_.asked_at = line_.now().steady;
  state_.empty_at_once = !news && line_.now().steady - asked_at < config_.pace.feed_every;
  return {};
}

}  // namespace lanyard::sync
