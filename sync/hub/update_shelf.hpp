// The update that a hub has for its kiosks: a folder as systemd/image/build makes it, with SHA256SUMS, the
// signature of that, and the files that it names. It is read anew with each question, so that another update
// is offered as soon as its SHA256SUMS is in place: which is to be put there last. Threads: none shared.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string_view>

#include "sync/hub/hub.hpp"
#include "sync/update_offer.hpp"

namespace lanyard::sync::hub {

// Of a day, in the hub's own time: from 22:00 to 04:00 is over midnight, and from a time to itself is all
// day.
struct DayWindow {
  std::chrono::minutes from{0};
  std::chrono::minutes to{0};
  [[nodiscard]] bool contains(std::chrono::minutes of_day) const;
  friend bool operator==(const DayWindow&, const DayWindow&) = default;
};
// "02:00-05:00"; nullopt for anything else.
[[nodiscard]] std::optional<DayWindow> parse_window(std::string_view text);

class UpdateShelf {
 public:
  UpdateShelf(std::filesystem::path folder, DayWindow window) : folder_(std::move(folder)), window_(window) {}

  // nullopt of a folder without SHA256SUMS. Errors: invalid, with what is wrong with it; storage.
  [[nodiscard]] Expected<std::optional<UpdateOffer>> offer(std::chrono::minutes of_day) const;
  // GET kUpdates: the offer. GET kUpdates/NAME?from=N: at most kUpdatePieceBytes of it from there on. The
  // caller's token has been looked at. nullopt: the request is of something else.
  [[nodiscard]] std::optional<Response> answer(const Request& request, std::chrono::minutes of_day) const;

 private:
  [[nodiscard]] tl::expected<UpdateOffer, Response> offered_or_why(std::chrono::minutes of_day) const;
  [[nodiscard]] Response piece(std::string_view name, const Request& request,
                               std::chrono::minutes of_day) const;

  std::filesystem::path folder_;
  DayWindow window_;
};

}  // namespace lanyard::sync::hub
