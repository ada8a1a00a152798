// The badges that were asked for, and what came of each: a receipt for every reprint. Threads: that of the
// store.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sync/hub/hub_store.hpp"

namespace lanyard::sync::hub {

struct BadgeLine {
  Timestamp when{};
  std::string row;       // id of badge_requested
  std::string attendee;  // id, or the pseudonym of somebody erased
  std::string name;      // "" of somebody who is not on the roster
  std::string kind;      // "first", "station", "reprint", "again" (of the same code), "day"
  std::string reason;    // of a reprint: "lost", "misprint"
  std::uint32_t generation{0};
  std::string operator_id;  // "" = self-service
  std::string device;
  std::string checkpoint;
  std::string outcome;  // "printed", "failed", or "" as long as nobody knows
  std::string detail;   // why not, or what is to be looked at on it
  [[nodiscard]] bool is_reprint() const { return kind == "reprint" || kind == "again"; }
};

// In the order of asking. Reads the whole journal; some 300 bytes a badge are held. Errors: of the store.
[[nodiscard]] Expected<std::vector<BadgeLine>> badge_log(HubStore& store);

}  // namespace lanyard::sync::hub
