// Rows of the hub's own chain. Threads: that of the store.
#pragma once

#include "sync/hub/hub_store.hpp"
#include "sync/hub/secrets.hpp"

namespace lanyard::sync::hub {

// The device under which this hub writes rows of its own: kHubDevice, or its id at its centre.
[[nodiscard]] Expected<std::string> own_chain(HubStore& store);
// Appends `draft`, of which kind, rule, detail and whom and what it is about are given, behind the last of
// the hub's rows; the row as it was appended. In a transaction.
[[nodiscard]] Expected<JournalRow> append_own_row(HubStore& store, JournalRow draft, Timestamp now,
                                                  const Random& random);

}  // namespace lanyard::sync::hub
