#include "sync/photo_pull.hpp"

namespace lanyard::sync {

Expected<void> pull_photo(HubLine& line, CarrierState& state, const Pace& pace, const PhotoShelf& shelf) {
  const auto missing = shelf.missing(state.photo_asked);
  if (!missing) return tl::make_unexpected(missing.error());
  if (missing->empty()) {
    note_no_photo_missing(state);
    return {};
  }
  const std::string& hash = missing->front();
  const auto answer = line.send("GET", "/v1/photos/" + hash, "");
  if (!answer) return {};
  if (answer->status != 200 && answer->status != 404) {
    line.note_refusal(*answer);
    return {};
  }
  const bool whole = answer->status == 200 && is_photo(answer->body, hash);
  if (answer->status == 200 && !whole)
    line.warn("the hub sends another photo than was asked for: it is left out");
  if (whole) {
    if (auto kept = shelf.keep(hash, answer->body); !kept) return kept;
  }
  note_photo(state, hash, !whole, pace, line.now().steady, line.took());
  line.note_success();
  return {};
}

}  // namespace lanyard::sync
