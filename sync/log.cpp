#include "sync/log.hpp"

#include <string>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace lanyard::log {

namespace {

spdlog::level::level_enum level_of(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warn:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
    case Level::off:
      break;
  }
  return spdlog::level::off;
}

}  // namespace

void begin(std::string_view program) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt(std::string(program)));
}

void set_level(Level least) {
  spdlog::set_level(level_of(least));
}

void write(Level level, fmt::string_view format, fmt::format_args arguments) {
  spdlog::logger* logger = spdlog::default_logger_raw();
  if (logger->should_log(level_of(level))) logger->log(level_of(level), fmt::vformat(format, arguments));
}

}  // namespace lanyard::log
