// The time zones of the operating system (the IANA database in /usr/share/zoneinfo) -> Calendar. The one door
// to Hinnant's date library: the standard's own zones came with GCC 14. Threads: reentrant; the database is
// read at the first call.
#pragma once

#include <string>

#include <tl/expected.hpp>

#include "sync/calendar.hpp"

namespace lanyard::sync {

// Offsets and their changes from `from` to `until`. Errors: why not, as "there is no time zone
// 'Asia/Shangai'".
[[nodiscard]] tl::expected<Calendar, std::string> calendar_of(const std::string& time_zone, Timestamp from,
                                                              Timestamp until);

}  // namespace lanyard::sync
