// lanyard-hub-bench: how many rows a hub takes, how many kiosks it keeps waiting, and how soon they hear.
// Prints tables; fails if a line is crossed. The hub is a process of its own, as in the field.
#include <cstdio>
#include <cstring>
#include <exception>
#include <string_view>

#include <sodium.h>
#include <sys/resource.h>

#include "tests/bench/hub/stage.hpp"

int main(int argc, char** argv) {
  using namespace lanyard::bench;  // a program's own file
  const std::string_view part = argc > 1 ? argv[1] : "all";
  if (part == "--help") {
    (void)std::puts("lanyard-hub-bench [rows|waiting|hearing|backlog|return|all]");
    return 0;
  }
  try {
    if (sodium_init() < 0) return 1;
    // Each of the kiosks takes one here too.
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
      files.rlim_cur = files.rlim_max;
      (void)::setrlimit(RLIMIT_NOFILE, &files);
    }
    const auto wanted = [&](std::string_view name) { return part == "all" || part == name; };
    bool holds = true;
    if (wanted("rows")) holds = measure_rows() && holds;
    if (wanted("waiting")) holds = measure_waiting(5000) && holds;
    if (wanted("hearing")) holds = measure_hearing() && holds;
    if (wanted("backlog")) holds = measure_backlog() && holds;
    if (wanted("return")) holds = measure_return() && holds;
    return holds ? 0 : 1;
  } catch (const std::exception& thrown) {
    (void)std::fprintf(stderr, "lanyard-hub-bench: %s\n", thrown.what());
    return 1;
  }
}
