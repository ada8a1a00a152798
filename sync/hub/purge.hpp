// The end of an event: everything about people goes, and counts without people stay. Threads: that of the
// store.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sync/hub/attendance.hpp"
#include "sync/hub/hub_store.hpp"
#include "sync/hub/secrets.hpp"

namespace lanyard::sync::hub {

// Categories of fewer people than this are counted together: a count of one is a person.
inline constexpr std::uint64_t kLeastPeopleCounted = 5;

struct PurgeReport {
  std::string event;
  Timestamp at{};
  Interval runs;
  std::uint64_t attendees{0}, credentials{0}, rows{0}, set_aside{0}, erased_before{0}, keys{0};
  AttendanceTotals totals;  // by day, category and checkpoint; of organisations none
  Calendar calendar;
  struct Chain {
    std::string device;
    std::uint64_t seq{0};
    std::string hash;  // of the last row, "" where it could not be read
  };
  std::vector<Chain> chains;  // an export of the journal that was kept is proven by these
};
[[nodiscard]] std::string to_json(const PurgeReport& report);

// Why the event is not to be purged yet: it runs still, or a kiosk holds rows that the hub has not got, or
// was not heard of since the event ended. Empty if nothing speaks against it.
[[nodiscard]] Expected<std::vector<std::string>> reasons_to_wait(HubStore& store, Timestamp now);

// Roster, credentials, journal, rows set aside, alerts and pseudonyms go, and with them the keys that signed
// and that fingerprints were made with; event, checkpoints, devices and the report stay. Rows that come later
// are answered and not kept. `then` is the last part of the same transaction: with its error, nothing was
// purged. Errors: invalid if it was purged before.
[[nodiscard]] Expected<PurgeReport> purge_event(
    HubStore& store, Timestamp now, const Random& random,
    const std::function<Expected<void>(const PurgeReport&)>& then = {});

}  // namespace lanyard::sync::hub
