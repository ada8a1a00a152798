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
#include <utility>
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

using RowPlace = std::pair<std::string, std::uint64_t>;  // device, seq

// Where somebody of these ids and names stands in the journal, up to one of its rows.
struct Sought {
  std::vector<std::string> ids;
  std::vector<std::string> names;
  std::vector<RowPlace> rows;
  std::int64_t until{0};  // hub_seq
};

// What the centre has erased, taken over at a venue's hub: by the fingerprints alone, under the centre's
// pseudonyms. Uploads wait for each transaction, so that each is of one person of whom anything is known, and
// all rows are looked through before. What is left undone is done when the page is asked for again. Whoever
// has the store's file written anew sees by Uplink::has_traces that it is due.
class ErasuresOfCentre {
 public:
  // Reads only, outside of a transaction, and takes a look at every row. Whoever is erased already under that
  // pseudonym is passed over. The store is not owned.
  [[nodiscard]] static Expected<ErasuresOfCentre> look(HubStore& store, const std::vector<ErasedId>& erased);
  [[nodiscard]] bool is_done() const { return next_ == parts_.size(); }
  // The next of them, in one transaction. After an error they are the next still.
  [[nodiscard]] Expected<void> take_some(Timestamp now, const Random& random);

 private:
  explicit ErasuresOfCentre(HubStore& store) : store_(&store) {}
  void divide(const std::vector<ErasedId>& fresh);
  Expected<void> find_ids();
  Expected<void> take_part(const std::vector<ErasedId>& part, Timestamp now, const Random& random);

  HubStore* store_;
  FingerprintKey key_{};
  std::map<Fingerprint, std::string> ids_;  // of whom is to be erased; "" = not known here
  PeopleMark found_until_;                  // the ids of those who came later are still to be looked at
  std::map<std::string, Sought> sought_;    // by id
  std::vector<std::vector<ErasedId>> parts_;
  std::size_t next_{0};
};

// All of them, one part after the other: with an error, those before it are done.
[[nodiscard]] Expected<void> take_erasures(HubStore& store, const std::vector<ErasedId>& erased,
                                           Timestamp now, const Random& random);

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
