// The log: lines on stderr, which systemd takes to its journal. Never a name, a code, a token or an id of a
// delegate's that an operator has no need of.
//
// A door of our own to spdlog, whose headers take a compiler five seconds where these take a third of one.
// Threads: any.
#pragma once

#include <string_view>

#include <fmt/core.h>

namespace lanyard::log {

enum class Level { debug, info, warn, error, off };

// Of this program's name, for the whole process; before that, spdlog's own default.
void begin(std::string_view program);
// What is less than this is not written. At first: info.
void set_level(Level least);

void write(Level level, fmt::string_view format, fmt::format_args arguments);

template <class... Arguments>
void debug(fmt::format_string<const Arguments&...> format, const Arguments&... arguments) {
  write(Level::debug, format, fmt::make_format_args(arguments...));
}
template <class... Arguments>
void info(fmt::format_string<const Arguments&...> format, const Arguments&... arguments) {
  write(Level::info, format, fmt::make_format_args(arguments...));
}
template <class... Arguments>
void warn(fmt::format_string<const Arguments&...> format, const Arguments&... arguments) {
  write(Level::warn, format, fmt::make_format_args(arguments...));
}
template <class... Arguments>
void error(fmt::format_string<const Arguments&...> format, const Arguments&... arguments) {
  write(Level::error, format, fmt::make_format_args(arguments...));
}

}  // namespace lanyard::log
