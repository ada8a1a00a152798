// A read roster into the store: all of it, or nothing.
// Threads: that of the store.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sync/hub/hub_store.hpp"
#include "sync/hub/roster_csv.hpp"

namespace lanyard::sync::hub {

struct ImportCount {
  std::size_t added{0};
  std::size_t changed{0};
  std::size_t unchanged{0};
  std::size_t removed{0};
  std::vector<std::string> touched;  // ids of those added and changed, in the file's order
};

// Adds and updates; with `replace`, attendees that the file does not name are removed. A column that the file
// does not have leaves what is known as it is, and so does an empty credential. A new credential of a known
// attendee is a new generation: the earlier ones are dead. Errors: invalid if a credential is another
// attendee's, who keeps it, or a PIN is another's. `then` is the last part of the same transaction: with its
// error, nothing was imported.
[[nodiscard]] Expected<ImportCount> import_roster(
    HubStore& store, const RosterCsv& roster, bool replace,
    const std::function<Expected<void>(const ImportCount&)>& then = {});

}  // namespace lanyard::sync::hub
