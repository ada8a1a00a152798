// What errno says, behind what was being done. Threads: as std::strerror, in programs that set no locale.
#pragma once

#include <cerrno>
#include <cstring>
#include <string>

namespace lanyard::scanner {

[[nodiscard]] inline std::string because(const std::string& doing) {
  return doing + ": " + std::strerror(errno);
}

}  // namespace lanyard::scanner
