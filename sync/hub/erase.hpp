// One person erased, with counts that stay right. docs/decisions.md says why it is done in this way.
//
// The attendee goes from the roster, and kiosks and venues hear of it by the fingerprint of the id
// (RosterPage::erased), which they look for among those that they know; rows are left
// without what they say of a person (sync/erasure.hpp), under a random pseudonym; and a row in the hub's own
// chain vouches for the erased ones by a digest, so that nobody passes off a row as erased in order to change
// it. An erasure that touches a row which was erased before (it spoke of two people) vouches for all of that
// earlier one's rows too. Threads: that of the store. Errors: as the store's.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sync/hub/hub_store.hpp"
#include "sync/hub/secrets.hpp"

namespace lanyard::sync::hub {

inline constexpr std::string_view kErasedRule = "person_erased";  // of the hub's row that vouches

struct Erasure {
  std::string pseudonym;
  std::string category;
  bool on_roster{false};
  std::size_t credentials{0};
  std::size_t rows{0};                  // of the journal
  std::size_t set_aside{0};             // rows that were not taken
  std::vector<std::string> companions;  // attendees who named them, and name the pseudonym now
};

// Errors: invalid if nothing is known of such an id, and for a pseudonym that is none, or somebody else's.
// `then` is the last part of the same transaction: with its error, nothing was erased. A second time it takes
// what has come since, and that under the pseudonym of the first. `pseudonym`: of an erasure that this hub
// has lost, as it was restored from a backup since.
[[nodiscard]] Expected<Erasure> erase_person(HubStore& store, const std::string& id, Timestamp now,
                                             const Random& random,
                                             const std::function<Expected<void>(const Erasure&)>& then = {},
                                             const std::string& pseudonym = {});

// What the centre has erased, at a venue's hub: in one transaction, by the fingerprints alone, under the
// centre's pseudonyms. What is known already is passed over. One Erasure for each id that something was known
// of.
[[nodiscard]] Expected<std::vector<Erasure>> take_erasures(HubStore& store,
                                                           const std::vector<ErasedId>& erased, Timestamp now,
                                                           const Random& random);

// Of the people in these rows who were erased, the pseudonyms by their ids: for as_kept (erasure.hpp).
[[nodiscard]] Expected<std::map<std::string, std::string>> pseudonyms_in(
    HubStore& store, const std::vector<const JournalRow*>& rows, const FingerprintKey& key);

// Vouches for rows that came erased, or late (as_kept), and were appended as they are kept.
[[nodiscard]] Expected<void> vouch_for(HubStore& store, const std::vector<JournalRow>& kept, Timestamp now,
                                       const Random& random);

// Whether the hub's row of this number vouches for all rows that are erased in its name, as they are now.
[[nodiscard]] Expected<bool> is_vouched_for(HubStore& store, std::uint64_t erasure,
                                            const std::vector<JournalRow>& rows);

}  // namespace lanyard::sync::hub
