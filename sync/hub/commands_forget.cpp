// person erase, event purge.
#include <cstdio>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>

#include "sync/hub/commands.hpp"
#include "sync/hub/erase.hpp"
#include "sync/hub/purge.hpp"
#include "sync/private_file.hpp"

namespace lanyard::sync::hub {

namespace {

struct ForgetOptions {
  std::string attendee;
  std::string pseudonym;
  std::string force;  // the event's id
  std::string report;
  bool yes{false};
};

// The last part of a preview's transaction: has it undone.
tl::unexpected<Error> only_a_preview() {
  return fail(Error::Kind::invalid, "");
}

void say_kiosks(HubStore& store) {
  const auto version = store.roster_version();
  const auto devices = store.devices();
  if (!version || !devices) return;
  for (const Device& device : *devices) {
    if (device.revoked || !device.token_hash || device.beat.roster_version >= *version) continue;
    (void)std::fprintf(stderr, "note: kiosk %s has yet to hear of it\n", device.id.c_str());
  }
}

void say(const Erasure& erasure, const std::string& id) {
  (void)std::fprintf(
      stderr,
      "%s: %s, %zu credential(s), %zu row(s) of the journal, %zu row(s) set aside, named by %zu"
      " companion(s)\n",
      id.c_str(), erasure.on_roster ? "on the roster" : "not on the roster", erasure.credentials,
      erasure.rows, erasure.set_aside, erasure.companions.size());
}

int erase(const Common& common, const ForgetOptions& options) {
  auto store = open_central_store(common);
  if (!store) return failed(store.error());
  std::optional<Erasure> seen;
  const auto erased = erase_person(
      **store, options.attendee, wall_now(), system_random(),
      [&](const Erasure& erasure) -> Expected<void> {
        seen = erasure;
        if (!options.yes) return only_a_preview();
        return {};
      },
      options.pseudonym);
  if (!erased && !(seen && erased.error().message.empty())) return failed(erased.error());
  say(*seen, options.attendee);
  if (!options.yes) {
    (void)std::fprintf(stderr,
                       "this was a preview, and nothing was changed: say --yes to erase them for good\n");
    return kDone;
  }
  (void)std::printf("%s\n", seen->pseudonym.c_str());
  (void)std::fprintf(stderr, "erased; what is counted of them is under %s\n", seen->pseudonym.c_str());
  say_kiosks(**store);
  if (auto gone = (*store)->overwrite_deleted(false); !gone) return failed(gone.error());
  return kDone;
}

int write_report(const std::string& json, const std::string& name) {
  (void)std::printf("%s\n", json.c_str());
  if (name.empty()) return kDone;
  PrivateFile file(name);
  if (auto opened = file.open(); !opened) return failed(opened.error());
  if (auto written = file.write(json + "\n"); !written) return failed(written.error());
  if (auto kept = file.keep(); !kept) return failed(kept.error());
  return kDone;
}

// Once more after a purge: its report again, and what could not be written over then.
int purge_again(HubStore& store, const Purge& purge, const ForgetOptions& options) {
  (void)std::fprintf(stderr, "the event was purged at %s\n", to_rfc3339(purge.at).c_str());
  if (const int written = write_report(purge.report, options.report); written != kDone || !options.yes)
    return written;
  const auto gone = store.overwrite_deleted(true);
  return gone ? kDone : failed(gone.error());
}

int purge(const Common& common, const ForgetOptions& options) {
  auto store = open_store(common);
  if (!store) return failed(store.error());
  const auto before = (*store)->purged();
  if (!before) return failed(before.error());
  if (*before) return purge_again(**store, **before, options);
  const auto event = (*store)->event();
  if (!event) return failed(event.error());
  if (!*event) return used_wrongly("the hub has no event yet");
  const auto reasons = reasons_to_wait(**store, wall_now());
  if (!reasons) return failed(reasons.error());
  for (const std::string& reason : *reasons) (void)std::fprintf(stderr, "not yet: %s\n", reason.c_str());
  const bool forced = options.force == (*event)->id;
  if (!options.force.empty() && !forced)
    return used_wrongly("--force names another event than this hub's, which is " + (*event)->id);
  if (options.yes && !reasons->empty() && !forced) {
    (void)std::fprintf(stderr, "lanyard-hub: nothing was purged; to do it all the same: --force %s\n",
                       (*event)->id.c_str());
    return kFailed;
  }
  std::optional<PurgeReport> seen;
  const auto purged =
      purge_event(**store, wall_now(), system_random(), [&](const PurgeReport& report) -> Expected<void> {
        seen = report;
        if (!options.yes) return only_a_preview();
        return {};
      });
  if (!purged && !(seen && purged.error().message.empty())) return failed(purged.error());
  if (!options.yes) {
    (void)std::printf("%s\n", to_json(*seen).c_str());
    (void)std::fprintf(
        stderr,
        "this was a preview, and nothing was changed: say --yes to remove %llu attendee(s) and %llu"
        " row(s) for good. Export the journal before, if it is to be kept\n",
        static_cast<unsigned long long>(seen->attendees), static_cast<unsigned long long>(seen->rows));
    return kDone;
  }
  // The files first: whether the report could be written is for a second try.
  const auto gone = (*store)->overwrite_deleted(true);
  const int written = write_report(to_json(*seen), options.report);
  if (!gone) return failed(gone.error());
  (void)std::fprintf(
      stderr, "purged. Backups of this hub's data are yours to remove, as are the kiosks' own files\n");
  return written;
}

}  // namespace

void add_forget_commands(CLI::App& app, const Common& common, int& status) {
  const auto options = std::make_shared<ForgetOptions>();
  auto* person = app.add_subcommand("person", "One person's data");
  person->require_subcommand(1);
  auto* erase_command = person->add_subcommand("erase",
                                               "Remove a person from roster and journal; counts stay right, "
                                               "under a pseudonym that is printed. Without --yes,"
                                               " say what there is of them, and do nothing");
  erase_command->add_option("ATTENDEE", options->attendee, "Id")->required();
  erase_command
      ->add_option("--as", options->pseudonym,
                   "After this hub was restored from a backup: the pseudonym of the erasure that it has lost")
      ->type_name("PSEUDONYM");
  erase_command->add_flag("--yes", options->yes, "Do it; there is no way back");
  erase_command->callback([&common, &status, options] { status = erase(common, *options); });

  auto* purge_command = app.get_subcommand("event")->add_subcommand(
      "purge",
      "After the event: remove everything about people, and print a report of counts and of the chains' ends."
      " Without --yes, print the report only, and do nothing");
  purge_command->add_flag("--yes", options->yes, "Do it; there is no way back");
  purge_command
      ->add_option(
          "--force", options->force,
          "Although the event runs still, or kiosks have not delivered what they hold: the event's id")
      ->type_name("EVENT");
  purge_command->add_option("--report", options->report, "Write the report into this file too")
      ->type_name("FILE");
  purge_command->callback([&common, &status, options] { status = purge(common, *options); });
}

}  // namespace lanyard::sync::hub
