// Signed credentials as the hub issues them, one line of CSV each. Threads: that of the store.
#pragma once

#include <string>

#include "sync/hub/hub_store.hpp"
#include "sync/private_file.hpp"

namespace lanyard::sync::hub {

inline constexpr std::string_view kIssuedHeader = "id,text\n";

// Whom `credential issue --all` and `roster import --mint` issue one: neither blocked nor withdrawn.
[[nodiscard]] bool gets_credential(const Attendee& attendee);

class CredentialIssue {
 public:
  // Errors: invalid if the hub has no event yet.
  [[nodiscard]] static Expected<CredentialIssue> begin(HubStore& store);

  // "id,text\n", of the attendee's living generation, signed with the hub's current key. Neither an id nor
  // base45 has a comma or a quote, so that the line needs no quoting.
  [[nodiscard]] Expected<std::string> line(const Attendee& attendee);

 private:
  CredentialIssue(HubStore& store, EventInfo event, const SecretKey& key)
      : store_(&store), event_(std::move(event)), key_(key) {}

  HubStore* store_;
  EventInfo event_;
  SecretKey key_;
};

// How many lines of those named were written, after the header; the others get none. All are on the disk when
// this returns, for the caller to keep.
[[nodiscard]] Expected<std::size_t> issue_to(PrivateFile& file, HubStore& store,
                                             const std::vector<std::string>& attendees);

}  // namespace lanyard::sync::hub
