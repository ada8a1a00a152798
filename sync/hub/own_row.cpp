#include "sync/hub/own_row.hpp"

#include "sync/chain.hpp"

namespace lanyard::sync::hub {

Expected<JournalRow> append_own_row(HubStore& store, JournalRow draft, Timestamp now, const Random& random) {
  const auto end = store.chain_end(kHubDevice);
  if (!end) return tl::make_unexpected(end.error());
  const auto last = store.rows_of_device(kHubDevice, end->seq == 0 ? 0 : end->seq - 1, 1);
  if (!last) return tl::make_unexpected(last.error());
  const auto version = store.roster_version();
  if (!version) return tl::make_unexpected(version.error());

  std::array<std::uint8_t, 10> bytes{};
  random(bytes);
  draft.id = uuid7(now, bytes);
  draft.device = std::string(kHubDevice);
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
