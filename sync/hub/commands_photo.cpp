// photo import, photo missing.
#include <cstdio>
#include <set>

#include <CLI/CLI.hpp>

#include "sync/hub/commands.hpp"
#include "sync/hub/photo.hpp"

namespace lanyard::sync::hub {

namespace {

struct PhotoOptions {
  std::string folder;
  bool past_problems{false};
};

int import(const Common& common, const PhotoOptions& options) {
  auto store = open_central_store(common);
  if (!store) return failed(store.error());
  const auto done = import_photos(**store, options.folder, options.past_problems);
  if (!done) return failed(done.error());
  for (const std::string& problem : done->problems) (void)std::fprintf(stderr, "%s\n", problem.c_str());
  if (!done->problems.empty() && !options.past_problems) {
    (void)std::fprintf(stderr, "%zu file(s) cannot be taken: nothing was done; --skip-bad takes the others\n",
                       done->problems.size());
    return kFailed;
  }
  (void)std::fprintf(stderr, "%zu photo(s) taken, %zu known already, %zu passed over\n", done->taken,
                     done->unchanged, done->problems.size());
  return kDone;
}

int print_missing(const Common& common) {
  auto store = open_store(common);
  if (!store) return failed(store.error());
  const auto known = (*store)->photo_hashes();
  if (!known) return failed(known.error());
  const std::set<std::string_view> here(known->begin(), known->end());
  const auto done = (*store)->each_attendee([&](const Attendee& attendee) -> Expected<void> {
    if (here.contains(attendee.photo)) return {};
    const char* const centre = attendee.photo.empty() ? "" : "\tat the centre, and not here yet";
    (void)std::printf("%s\t%s%s\n", attendee.id.c_str(), attendee.name.c_str(), centre);
    return {};
  });
  return done ? kDone : failed(done.error());
}

}  // namespace

void add_photo_commands(CLI::App& app, const Common& common, int& status) {
  const auto options = std::make_shared<PhotoOptions>();
  auto* photo = app.add_subcommand("photo", "Portraits, by which staff know people");
  photo->require_subcommand(1);
  auto* import_command = photo->add_subcommand(
      "import",
      "Take the pictures of a folder, each named by an attendee's id, such as A0042.jpg; they are made"
      " small, and what the camera noted of place and time is left out");
  import_command->add_option("DIR", options->folder, "With the pictures")->required();
  import_command->add_flag("--skip-bad", options->past_problems,
                           "Take the others, where some cannot be taken");
  import_command->callback([&common, &status, options] { status = import(common, *options); });
  auto* missing = photo->add_subcommand("missing", "Print who has none, or whose is not at this venue yet");
  missing->callback([&common, &status] { status = print_missing(common); });
}

}  // namespace lanyard::sync::hub
