// `lanyard-hub journal explain ROW`: the one command of the hub that decides, and so stands where deciding is
// known.
#pragma once

#include "sync/hub/commands.hpp"

namespace lanyard::kiosk {

// Adds the command below `journal`; its callback leaves the exit status in `status`: 0 where the decision
// comes out the same (or the row is none), 1 where the row was altered.
void add_explain_command(CLI::App& journal, const sync::hub::Common& common, int& status);

}  // namespace lanyard::kiosk
