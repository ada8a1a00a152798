// Fetching an update of the kiosk's disk from the hub, piece by piece, into a folder from which others
// install it. A piece that came stays: a line that breaks off, or a power cut, costs one. What a file is was
// said before it came (its sum); whether it is the maker's is for the installer to find out.
//
// In the folder: NAME.part while a file comes, NAME once it is whole, and `install`, with the version, while
// all are and the hub says that it is the time; who finds it minutes old has not heard from the hub since.
//
// Threads: an UpdatePull belongs to one thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sync/hub_line.hpp"
#include "sync/update_offer.hpp"

namespace lanyard::sync {

inline constexpr std::chrono::seconds kAskForUpdates{60};
// After a file that is not what was offered: whoever put it there has to act.
inline constexpr std::chrono::hours kFetchAgain{1};
// Left free on the disk, whatever an update would take: for rows.
inline constexpr std::uint64_t kUpdateLeavesBytes = 512ULL * 1024 * 1024;

// What this machine runs, and what it has tried: "IMAGE_VERSION=" of os-release(5), and a file of versions,
// one a line. Empty where the file does not say.
[[nodiscard]] std::string running_version(const std::filesystem::path& os_release);
[[nodiscard]] std::vector<std::string> passed_over(const std::filesystem::path& file);
// What the hub is told of who runs here: "lanyard-syncd 0.1.0", and where the disk is updated, its version
// and the last that it has been given and did not keep: ", image 0.1.1, left 0.1.2". At most
// kMaxSoftwareBytes.
[[nodiscard]] std::string software_of(const UpdateSettings& settings);

class UpdatePull {
 public:
  UpdatePull(const SyncdConfig& config, HubLine line);

  // One question, blocking for as long as the transport does. The time until which there is nothing to do, or
  // nullopt if there may be more at once. A failure is noted, and backed off from.
  [[nodiscard]] std::optional<SteadyTime> step();

 private:
  // nullopt: a request has been made.
  [[nodiscard]] std::optional<SteadyTime> go_on();
  void ask();
  void take(UpdateOffer offer);
  [[nodiscard]] bool is_wanted(const UpdateOffer& offer) const;
  [[nodiscard]] std::optional<UpdateFile> next_file() const;
  [[nodiscard]] Expected<void> fetch(const UpdateFile& file);
  void say_whether_to_install() const;
  void clear_but(const std::vector<UpdateFile>& files) const;

  UpdateSettings settings_;
  Pace pace_;
  HubLine line_;
  std::optional<UpdateOffer> offer_;  // that is wanted here
  SteadyTime ask_at_{};
  SteadyTime piece_at_{};  // not before: half of a thin line is for rows
};

}  // namespace lanyard::sync
