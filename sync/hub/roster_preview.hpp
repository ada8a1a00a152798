// What an import does, in words and as JSON. PURE. Threads: reentrant.
#pragma once

#include <cstddef>
#include <string>

#include "sync/hub/roster_csv.hpp"
#include "sync/hub/roster_import.hpp"

namespace lanyard::sync::hub {

inline constexpr std::size_t kMaxListedChanges = 20;

// "2 added, 1 changed, 40 unchanged, 0 removed".
[[nodiscard]] std::string summary_of(const ImportCount& count);
// One line a person, at most `most`, and how many more there are.
[[nodiscard]] std::string changes_in_words(const ImportCount& count, std::size_t most);
// All of it: counts, changes, columns taken and left out, what is wrong with the list, and `doubt` ("" if
// none).
[[nodiscard]] std::string import_as_json(const RosterCsv& roster, const ImportCount& count,
                                         const std::string& doubt, bool applied);

}  // namespace lanyard::sync::hub
