#include "sync/hub/own_row.hpp"

#include "sync/chain.hpp"

namespace lanyard::sync::hub {

Expected<std::string> own_chain(HubStore& store) {
  const auto founding = store.founding();
  if (!founding) return tl::make_unexpected(founding.error());
  return *founding ? (*founding)->name : std::string(kHubDevice);
}

Expected<JournalRow> append_own_row(HubStore& store, JournalRow draft, Timestamp now, const Random& random) {
  const auto self = own_chain(store);
  if (!self) return tl::make_unexpected(self.error());
  const auto end = store.chain_end(*self);
  if (!end) return tl::make_unexpected(end.error());
  const auto last = store.rows_of_device(*self, end->seq == 0 ? 0 : end->seq - 1, 1);
  if (!last) return tl::make_unexpected(last.error());
  const auto version = store.roster_version();
  if (!version) return tl::make_unexpected(version.error());

  std::array<std::uint8_t, 10> bytes{};
  random(bytes);
  draft.id = uuid7(now, bytes);
  draft.device = *self;
  draft.seq = end->seq + 1;
  draft.hlc = hlc_next(last->empty() ? Hlc{} : last->front().hlc, now);
  draft.wall = now;
  draft.offset_ms = 0;
  draft.roster_version = *version;
  // At most kMaxDetailBytes, cut between characters.
  draft.detail = printable(draft.detail, kMaxDetailBytes);
  draft.prev_hash = end->hash.value_or(Digest{});
  draft.hash = chain_hash(draft);
  const auto appended = store.append(draft, now);
  if (!appended) return tl::make_unexpected(appended.error());
  return draft;
}

}  // namespace lanyard::sync::hub
