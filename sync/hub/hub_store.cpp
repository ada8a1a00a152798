// What a store answers one by one, unless it can ask its database for all at once.
#include "sync/hub/hub_store.hpp"

#include <utility>

namespace lanyard::sync::hub {

Expected<std::int64_t> HubStore::append(const JournalRow& row, Timestamp received) {
  const std::string record = to_json(row);
  const NewRow one{&row, record};
  return append_all({&one, 1}, received).map([](const std::vector<std::int64_t>& places) {
    return places.front();
  });
}

Expected<const EntryRules*> HubStore::entry_rules() {
  const auto version = roster_version();
  if (!version) return tl::make_unexpected(version.error());
  if (rules_version_ == *version) return &rules_;
  const auto event = this->event();
  if (!event) return tl::make_unexpected(event.error());
  const auto checkpoints = this->checkpoints();
  if (!checkpoints) return tl::make_unexpected(checkpoints.error());
  rules_ = {};
  if (*event) {
    rules_.calendar = (*event)->calendar;
    rules_.zones = (*event)->zones;
  }
  for (const Checkpoint& checkpoint : *checkpoints) {
    // Where badges are given out, nobody comes in.
    if (checkpoint.direction != Direction::entry || checkpoint.badge == BadgePolicy::station) continue;
    if (checkpoint.mode == Mode::unlimited) rules_.unlimited_zones.push_back(checkpoint.zone);
    if (checkpoint.mode == Mode::once) rules_.once_zones.push_back(checkpoint.zone);
  }
  rules_version_ = *version;
  return &rules_;
}

Expected<std::map<Fingerprint, std::string>> HubStore::pseudonyms_of(const std::vector<Fingerprint>& ids) {
  std::map<Fingerprint, std::string> known;
  for (const Fingerprint& id : ids) {
    auto one = pseudonym(id);
    if (!one) return tl::make_unexpected(one.error());
    if (*one) known.emplace(id, std::move(**one));
  }
  return known;
}

Expected<void> HubStore::each_attendee(const std::function<Expected<void>(const Attendee&)>& visit) {
  constexpr std::size_t kReadAtOnce = 500;
  std::string after;
  for (;;) {
    const auto some = attendees(after, kReadAtOnce);
    if (!some) return tl::make_unexpected(some.error());
    if (some->empty()) return {};
    after = some->back().id;
    for (const Attendee& attendee : *some) {
      if (auto done = visit(attendee); !done) return done;
    }
  }
}

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
