// What must hold in the end, when faults have stopped and all have heard of each other.
#pragma once

#include "tests/simulation/crowd.hpp"

namespace lanyard::simulation {

// Whether everybody has told and heard everything; "" or who has not.
[[nodiscard]] std::string unsettled(HubHost& centre, const std::vector<HubHost*>& venues,
                                    const Kiosks& kiosks);

// Accuses the world of whatever does not hold.
void check_all(World& world, HubHost& centre, const std::vector<HubHost*>& venues, const Kiosks& kiosks,
               const Crowd& crowd, const Plan& plan);

// Behind that: of people (their pseudonyms by their ids) whom the hub has erased, no kiosk says anything any
// more, and all have the same rows, the same people inside and the same counts as each other.
void check_erased(World& world, HubHost& hub, const std::vector<HubHost*>& venues, const Kiosks& kiosks,
                  const std::map<std::string, std::string>& erased, const Plan& plan);

}  // namespace lanyard::simulation
