// A read roster into the store: all of it, or nothing.
// Threads: that of the store.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sync/hub/hub_store.hpp"
#include "sync/hub/roster_csv.hpp"

namespace lanyard::sync::hub {

// What an import does to one attendee.
struct RosterChange {
  enum class Kind : std::uint8_t { added, changed, removed };
  struct Field {
    std::string name;  // of the file's format
    std::string from, to;
    friend bool operator==(const Field&, const Field&) = default;
  };
  Kind kind{Kind::added};
  std::string id;
  std::string name;
  std::vector<Field> fields;  // of one who changed; of a credential and a PIN only that they are others
};

struct ImportCount {
  std::size_t known{0};  // on the roster before
  std::size_t added{0};
  std::size_t changed{0};
  std::size_t unchanged{0};
  std::size_t removed{0};
  std::size_t renamed{0};             // of those changed: their names are others
  std::vector<std::string> touched;   // ids of those added and changed, in the file's order
  std::vector<RosterChange> changes;  // those removed first, then in the file's order
};

// Why somebody should look twice before this is done, or "": more than a tenth of the people would go, or
// people of the same ids have other names, as in the list of another event.
[[nodiscard]] std::string doubt(const ImportCount& count);

// Adds and updates; with `replace`, attendees that the file does not name are removed. A column that the file
// does not have leaves what is known as it is, and so does an empty credential. A new credential of a known
// attendee is a new generation: the earlier ones are dead. Errors: invalid if a credential is another
// attendee's, who keeps it, a PIN is another's, a person was erased, or what the list says goes ill with what
// stays as it is; all such lines are named, one below the other. `then` is the last part of the same
// transaction: with its error, nothing was imported. So a preview is an import whose `then` keeps what it is
// told and fails.
[[nodiscard]] Expected<ImportCount> import_roster(
    HubStore& store, const RosterCsv& roster, bool replace,
    const std::function<Expected<void>(const ImportCount&)>& then = {});

}  // namespace lanyard::sync::hub
