// lanyard-hub-bench: how many rows a hub takes, how many kiosks it keeps waiting, and how soon they hear.
// Prints tables; fails if a line is crossed. The hub is a process of its own, as in the field.
#include <cstdio>
#include <cstring>
#include <exception>
#include <string_view>

#include <sodium.h>

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
    const auto wanted = [&](std::string_view name) { return part == "all" || part == name; };
    bool holds = true;
    if (wanted("rows")) holds = measure_rows() && holds;
    return holds ? 0 : 1;
  } catch (const std::exception& thrown) {
    (void)std::fprintf(stderr, "lanyard-hub-bench: %s\n", thrown.what());
    return 1;
  }
}
