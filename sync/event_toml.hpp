// The event's file (TOML) -> EventInfo and Checkpoints: the whole policy of a venue. assets/demo/event.toml
// shows and explains the format: [event], [[category]], [[zone]], [[role]], [[ticket_item]], [[session]],
// [[checkpoint]] and [[checkpoint.access]]; times are of the venue's clocks, a `day` counts from first_day,
// "24:00" is a day's end, and a window whose end is not after its beginning ends on the next day. What can
// never come true is wrong too: rules that others hide, categories that do not exist, windows that overlap.
// Reads the system's time zones; otherwise PURE. Threads: reentrant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "sync/event_file.hpp"
#include "sync/wire.hpp"

namespace lanyard::sync {

inline constexpr std::int64_t kMaxEventDays = 60;

// Everything wrong with the file, "FILE:LINE: KEY: what", at most kMaxTomlProblems.
using Problems = std::vector<std::string>;

// `shift` moves the whole programme for a rehearsal: first day, windows, and the venue's clocks with them, so
// that midnight stays midnight.
[[nodiscard]] tl::expected<EventFile, Problems> parse_event_toml(std::string_view text,
                                                                 const std::string& file,
                                                                 std::chrono::minutes shift = {});

// "07:30" -> minutes since midnight; "24:00" is the end of the day.
[[nodiscard]] std::optional<std::chrono::minutes> parse_clock(std::string_view text);

// "day 2 09:30" -> since the first day's midnight. Days count from 1 to `days`.
[[nodiscard]] std::optional<std::chrono::minutes> parse_day_clock(std::string_view text, std::int64_t days);

}  // namespace lanyard::sync
