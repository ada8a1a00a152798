// An event and its checkpoints, as one file says them: the whole policy of a venue. A value.
#pragma once

#include <vector>

#include "sync/record.hpp"

namespace lanyard::sync {

struct EventFile {
  EventInfo event;
  std::vector<Checkpoint> checkpoints;
};

}  // namespace lanyard::sync
