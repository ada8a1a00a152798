// roster import, roster export, credential issue.
#include <cstdio>

#include <CLI/CLI.hpp>

#include "sync/hub/commands.hpp"
#include "sync/hub/issue.hpp"
#include "sync/hub/roster_csv.hpp"
#include "sync/hub/roster_import.hpp"

namespace lanyard::sync::hub {

namespace {

constexpr std::size_t kMaxRosterFileBytes = 512UL * 1024 * 1024;
constexpr std::size_t kReadAtOnce = 1000;

struct RosterOptions {
  std::string file;
  bool replace{false};
  bool skip_bad{false};
  std::string mint;  // a file, or ""
  std::vector<std::string> attendees;
  bool all{false};
  std::string format{"plain"};
};

void print_problems(const RosterCsv& roster) {
  for (const RosterProblem& problem : roster.problems) {
    (void)std::fprintf(stderr, "%s\n", to_text(problem).c_str());
  }
  if (roster.problem_count > roster.problems.size()) {
    (void)std::fprintf(stderr, "and %zu more\n", roster.problem_count - roster.problems.size());
  }
}

// The import, and with --mint its credentials: both, or neither.
Expected<ImportCount> import_and_mint(HubStore& store, const RosterCsv& roster,
                                      const RosterOptions& options) {
  if (options.mint.empty()) return import_roster(store, roster, options.replace);
  PrivateFile file(options.mint);
  if (auto opened = file.open(); !opened) return tl::make_unexpected(opened.error());
  std::size_t minted = 0;
  auto count = import_roster(store, roster, options.replace, [&](const ImportCount& done) -> Expected<void> {
    const auto lines = issue_to(file, store, done.touched);
    if (!lines) return tl::make_unexpected(lines.error());
    minted = *lines;
    return {};
  });
  if (!count) return count;
  if (auto kept = file.keep(); !kept) {
    return tl::make_unexpected(
        kept.error().within("the roster was imported, but its credentials were not written"));
  }
  (void)std::fprintf(stderr, "%zu credential(s) written to %s\n", minted, options.mint.c_str());
  return count;
}

int import_roster_file(const Common& common, const RosterOptions& options) {
  auto store = open_central_store(common);
  if (!store) return failed(store.error());
  const auto event = (*store)->event();
  if (!event) return failed(event.error());
  if (!*event) return used_wrongly("the hub has no event yet");
  const auto text = read_file(options.file, kMaxRosterFileBytes);
  if (!text) return failed(text.error());
  const RosterCsv roster = parse_roster_csv(*text, **event, [&](std::string_view id) {
    if (options.replace) return false;
    const auto known = (*store)->attendee(id);
    return known && known->has_value();
  });
  print_problems(roster);
  if (!roster.header_is_good || (roster.problem_count > 0 && !options.skip_bad)) {
    (void)std::fprintf(stderr, "lanyard-hub: nothing was imported: %zu thing(s) to mend%s\n",
                       roster.problem_count,
                       roster.header_is_good ? " (or leave the bad lines out with --skip-bad)" : "");
    return kFailed;
  }
  if (options.replace && roster.rows.empty()) {
    return used_wrongly("the file names nobody, and --replace would remove everybody");
  }
  const auto count = import_and_mint(**store, roster, options);
  if (!count) return failed(count.error());
  (void)std::fprintf(stderr, "%zu added, %zu changed, %zu unchanged, %zu removed", count->added,
                     count->changed, count->unchanged, count->removed);
  (void)std::fprintf(stderr, roster.problem_count > 0 ? "; bad lines were left out\n" : "\n");
  return kDone;
}

// Each attendee on the roster, in order of id.
template <class Visit>
Expected<void> for_each_attendee(HubStore& store, Visit&& visit) {
  std::string after;
  for (;;) {
    const auto some = store.attendees(after, kReadAtOnce);
    if (!some) return tl::make_unexpected(some.error());
    if (some->empty()) return {};
    after = some->back().id;
    for (const Attendee& attendee : *some) {
      if (auto done = visit(attendee); !done) return done;
    }
  }
}

int export_roster(const Common& common) {
  auto store = open_store(common);
  if (!store) return failed(store.error());
  (void)std::fputs(roster_csv_header().c_str(), stdout);
  const auto done = for_each_attendee(**store, [](const Attendee& attendee) -> Expected<void> {
    (void)std::fputs(to_csv_line(attendee).c_str(), stdout);
    return {};
  });
  return done ? kDone : failed(done.error());
}

Expected<void> print_credential(CredentialIssue& issue, const Attendee& attendee) {
  const auto line = issue.line(attendee);
  if (!line) return tl::make_unexpected(line.error());
  (void)std::fputs(line->c_str(), stdout);
  return {};
}

int issue_credentials(const Common& common, const RosterOptions& options) {
  if (options.all != options.attendees.empty()) return used_wrongly("name attendees, or say --all");
  auto store = open_store(common);
  if (!store) return failed(store.error());
  auto issue = CredentialIssue::begin(**store);
  if (!issue) return failed(issue.error());
  if (options.format == "csv") (void)std::fputs(std::string(kIssuedHeader).c_str(), stdout);
  if (options.all) {
    const auto done = for_each_attendee(**store, [&](const Attendee& attendee) -> Expected<void> {
      return gets_credential(attendee) ? print_credential(*issue, attendee) : Expected<void>();
    });
    return done ? kDone : failed(done.error());
  }
  for (const std::string& id : options.attendees) {
    const auto attendee = (*store)->attendee(id);
    if (!attendee) return failed(attendee.error());
    if (!*attendee) return failed({Error::Kind::invalid, "there is no attendee '" + printable(id, 40) + "'"});
    if (auto issued = print_credential(*issue, **attendee); !issued) return failed(issued.error());
  }
  return kDone;
}

}  // namespace

void add_roster_commands(CLI::App& app, const Common& common, int& status) {
  const auto options = std::make_shared<RosterOptions>();
  auto* roster = app.add_subcommand("roster", "The list of attendees");
  roster->require_subcommand(1);
  auto* import_command = roster->add_subcommand("import", "Add and update attendees from a CSV file");
  import_command->add_option("FILE", options->file, "The list")->required()->type_name("FILE.csv");
  import_command->add_flag("--replace", options->replace, "Remove the attendees that the file does not name");
  import_command->add_flag("--skip-bad", options->skip_bad, "Import the good lines though others are bad");
  import_command
      ->add_option(
          "--mint", options->mint,
          "Write \"id,text\" of the signed credentials of all who were added or changed, and are neither"
          " blocked nor withdrawn")
      ->type_name("OUT.csv");
  import_command->callback([&common, &status, options] { status = import_roster_file(common, *options); });
  auto* export_command = roster->add_subcommand("export", "Print the list as CSV (without credentials)");
  export_command->callback([&common, &status] { status = export_roster(common); });

  auto* credential = app.add_subcommand("credential", "What the codes on badges say");
  credential->require_subcommand(1);
  auto* issue_command = credential->add_subcommand("issue", "Print \"id,text\" of signed credentials");
  issue_command->add_option("ATTENDEE", options->attendees, "Ids");
  issue_command->add_flag("--all", options->all, "Of everybody who is neither blocked nor withdrawn");
  issue_command->add_option("--format", options->format, "csv: with a header line")
      ->check(CLI::IsMember({"plain", "csv"}));
  issue_command->callback([&common, &status, options] { status = issue_credentials(common, *options); });
}

}  // namespace lanyard::sync::hub
