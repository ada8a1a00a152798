// What a store answers one by one, unless it can ask its database for all at once.
#include "sync/hub/hub_store.hpp"

#include <utility>

namespace lanyard::sync::hub {

Expected<std::vector<Attendee>> HubStore::attendees_of(const std::vector<std::string>& ids) {
  std::vector<Attendee> list;
  for (const std::string& id : ids) {
    auto one = attendee(id);
    if (!one) return tl::make_unexpected(one.error());
    if (*one) list.push_back(std::move(**one));
  }
  return list;
}

Expected<std::vector<std::vector<JournalRow>>> HubStore::rows_of_attendees(
    const std::vector<std::string>& attendees, std::size_t most) {
  std::vector<std::vector<JournalRow>> list;
  for (const std::string& attendee : attendees) {
    auto rows = rows_of_attendee(attendee, most);
    if (!rows) return tl::make_unexpected(rows.error());
    list.push_back(std::move(*rows));
  }
  return list;
}

}  // namespace lanyard::sync::hub
