// Fetching one of the photos that are missing: what a kiosk does and a venue's hub does alike.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sync/hub_line.hpp"

namespace lanyard::sync {

struct PhotoShelf {
  // Of those that the roster names and the store lacks, the first behind `after`; none: there are no more.
  std::function<Expected<std::vector<std::string>>(std::string_view after)> missing;
  std::function<Expected<void>(const std::string& hash, const std::string& bytes)> keep;
};

// Asks for the next one. One that the hub lacks, or in whose place it sends something else, holds up none of
// the others: the next look through them comes to it again. Errors: the shelf's; that one is asked for again.
[[nodiscard]] Expected<void> pull_photo(HubLine& line, CarrierState& state, const Pace& pace,
                                        const PhotoShelf& shelf);

}  // namespace lanyard::sync
