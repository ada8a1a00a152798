// A kiosk's store in a temporary folder, and what is written to it.
#pragma once

#include <atomic>
#include <optional>

#include "sync/store.hpp"
#include "tests/sync/hub_fixture.hpp"

namespace lanyard::sync {

inline const Timestamp kMorning = parse_rfc3339("2026-11-23T01:00:00Z").value();

// Of a machine that was started at kMorning, and whose clock has been right since.
inline RowStamp stamp_at(Timestamp now) {
  static std::atomic<std::uint64_t> count{0};
  const std::uint64_t n = ++count;
  RowStamp stamp{now, "boot-1", (now - kMorning).count(), {}, false};
  for (std::size_t i = 0; i < 7; ++i) stamp.random[3 + i] = static_cast<std::uint8_t>(n >> (8 * i));
  return stamp;
}

// In the boot of `stamp_at`.
inline ClockMeasure measured(std::chrono::milliseconds offset) {
  return {offset.count(), "boot-1", (kMorning + offset).time_since_epoch().count()};
}

inline JournalRow moving(RowKind kind, const std::string& attendee, const std::string& zone = "site") {
  JournalRow row;
  row.kind = kind;
  row.attendee = attendee;
  row.zone = zone;
  row.checkpoint = "main";
  row.rule = "admit.main.all";
  row.generation = 1;
  return row;
}

inline Identity identity_of(const std::string& device) {
  Identity identity;
  identity.device = device;
  identity.name = "The " + device;
  identity.event = "forum-2026";
  identity.checkpoint = "main";
  identity.fingerprint_key.fill(3);
  identity.signing_key.fill(4);
  return identity;
}

class Kept {
 public:
  Kept() { REQUIRE(store().set_identity(identity_of("north-1")).has_value()); }
  explicit Kept(const std::filesystem::path& folder) : elsewhere_(folder) {
    REQUIRE(store().set_identity(identity_of("north-1")).has_value());
  }

  Store& store() {
    if (!store_) store_.emplace(Store::open(file()).value());
    return *store_;
  }
  void reopen() { store_.reset(); }
  [[nodiscard]] std::filesystem::path file() const {
    return (elsewhere_.empty() ? folder_.path() : elsewhere_) / "store.db";
  }
  JournalRow append(RowKind kind, const std::string& attendee, Timestamp now = kMorning) {
    return store().append(moving(kind, attendee), stamp_at(now)).value();
  }

 private:
  hub::TemporaryFolder folder_;
  std::filesystem::path elsewhere_;
  std::optional<Store> store_;
};

inline FeedPage feed_of(const std::vector<JournalRow>& rows, std::int64_t first = 1) {
  FeedPage page;
  for (const JournalRow& row : rows) page.rows.push_back({first++, row});
  if (!rows.empty()) page.next = {first - 1, mark_of(rows.back().hash)};
  return page;
}

inline RosterPage whole(const std::string& epoch, std::int64_t next, const std::vector<std::string>& ids) {
  RosterPage page;
  page.epoch = epoch;
  page.from_start = true;
  page.next = next;
  for (const std::string& id : ids) page.attendees.push_back(hub::attendee_of(id));
  return page;
}

}  // namespace lanyard::sync
