// roster import, roster export, credential issue.
#include <cstdio>
#include <optional>

#include <CLI/CLI.hpp>

#include "sync/hub/commands.hpp"
#include "sync/hub/issue.hpp"
#include "sync/hub/roster_csv.hpp"
#include "sync/hub/roster_import.hpp"
#include "sync/hub/roster_preview.hpp"
#include "sync/hub/table_text.hpp"
#include "sync/hub/workbook.hpp"

namespace lanyard::sync::hub {

namespace {

constexpr std::size_t kMaxRosterFileBytes = 512UL * 1024 * 1024;

struct RosterOptions {
  std::string file;
  std::string sheet;
  std::vector<std::string> columns;  // FIELD=HEADING
  std::vector<std::string> ignored;
  bool replace{false};
  bool skip_bad{false};
  bool dry_run{false};
  bool yes{false};
  bool json{false};
  std::string mint;  // a file, or ""
  std::vector<std::string> attendees;
  bool all{false};
  std::string format{"plain"};
};

void print_problems(const RosterCsv& roster) {
  for (const std::string& column : roster.left_out)
    (void)std::fprintf(stderr, "note: %s says nothing that Lanyard knows, and is left out\n", column.c_str());
  for (const RosterProblem& problem : roster.problems) {
    (void)std::fprintf(stderr, "%s\n", to_text(problem).c_str());
  }
  if (roster.problem_count > roster.problems.size()) {
    (void)std::fprintf(stderr, "and %zu more\n", roster.problem_count - roster.problems.size());
  }
}

// The list as text, whatever it was saved as.
Expected<std::string> read_list(const RosterOptions& options) {
  auto bytes = read_file(options.file, kMaxRosterFileBytes);
  if (!bytes) return bytes;
  const bool workbook = is_workbook(*bytes);
  const bool said_so = !options.sheet.empty() || options.file.ends_with(".xlsx");
  if (is_old_workbook(*bytes) || (said_so && !workbook)) {
    return fail(Error::Kind::invalid,
                options.file +
                    " is no workbook of today's kind: save it as .xlsx without a password, or as"
                    " CSV (UTF-8)");
  }
  if (!workbook) {
    return utf8_of_table(std::move(*bytes)).map_error([&](const Error& error) {
      return error.within(options.file);
    });
  }
  bytes->clear();
  return csv_of_workbook(options.file, options.sheet);
}

Expected<RosterReading> reading_of(const RosterOptions& options) {
  RosterReading how;
  if (options.json) how.most_problems = kMaxRosterRecords;
  how.choice.ignored = options.ignored;
  for (const std::string& said : options.columns) {
    const auto equals = said.find('=');
    if (equals == std::string::npos || !roster_field(said.substr(0, equals))) {
      return fail(Error::Kind::invalid,
                  "--column " + printable(said, 60) + ": say FIELD=HEADING, as in category=\"Badge type\"");
    }
    how.choice.headings[said.substr(0, equals)] = said.substr(equals + 1);
  }
  return how;
}

// What the last part of an import's transaction is to do. A preview keeps what it is told, and has all of it
// undone.
class Finish {
 public:
  Finish(HubStore& store, const RosterOptions& options) : store_(store), options_(options) {}

  Expected<void> before() {
    if (options_.mint.empty() || options_.dry_run) return {};
    file_.emplace(options_.mint);
    return file_->open();
  }

  Expected<void> within(const ImportCount& count) {
    count_ = count;
    doubt_ = doubt(count);
    if (options_.dry_run) return fail(Error::Kind::invalid, "");
    if (!doubt_.empty() && !options_.yes) return fail(Error::Kind::invalid, "");
    if (!file_) return {};
    const auto lines = issue_to(*file_, store_, count.touched);
    if (!lines) return tl::make_unexpected(lines.error());
    minted_ = *lines;
    return {};
  }

  Expected<void> after() {
    if (!file_) return {};
    if (auto kept = file_->keep(); !kept) {
      return tl::make_unexpected(
          kept.error().within("the roster was imported, but its credentials were not written"));
    }
    (void)std::fprintf(stderr, "%zu credential(s) written to %s\n", minted_, options_.mint.c_str());
    return {};
  }

  // Of an import that was undone on purpose: by a preview, or for a doubt.
  [[nodiscard]] bool was_told(const Error& error) const {
    return count_.has_value() && error.message.empty();
  }
  [[nodiscard]] const ImportCount& count() const { return *count_; }
  [[nodiscard]] const std::string& why_not() const { return doubt_; }

 private:
  HubStore& store_;
  const RosterOptions& options_;
  std::optional<PrivateFile> file_;
  std::size_t minted_{0};
  std::optional<ImportCount> count_;
  std::string doubt_;
};

// Whom a bad line names is among the unnamed, and must not be removed for a slip of the pen.
bool bad_lines_stand_in_the_way(const RosterCsv& roster, const RosterOptions& options) {
  return roster.problem_count > 0 && (!options.skip_bad || options.replace);
}

// The exit status of an import that was previewed or refused.
int report_undone(const Finish& finish, const RosterCsv& roster, const RosterOptions& options) {
  const std::string& doubt = finish.why_not();
  if (options.json) {
    (void)std::puts(import_as_json(roster, finish.count(), doubt, false).c_str());
  } else {
    (void)std::fputs(changes_in_words(finish.count(), kMaxListedChanges).c_str(), stderr);
  }
  if (!options.dry_run) {
    (void)std::fprintf(stderr, "lanyard-hub: nothing was imported: %s. If that is right, say --yes\n",
                       doubt.c_str());
    return kFailed;
  }
  if (!doubt.empty()) (void)std::fprintf(stderr, "look twice (--yes will be asked for): %s\n", doubt.c_str());
  (void)std::fprintf(stderr, "%s; this was a preview, and nothing was changed\n",
                     summary_of(finish.count()).c_str());
  return bad_lines_stand_in_the_way(roster, options) ? kFailed : kDone;
}

// Before anything is written: what stands in the way.
std::optional<int> refuse(const RosterCsv& roster, const RosterOptions& options) {
  if (!roster.header_is_good || (bad_lines_stand_in_the_way(roster, options) && !options.dry_run)) {
    if (options.json) (void)std::puts(import_as_json(roster, {}, "", false).c_str());
    (void)std::fprintf(stderr, "lanyard-hub: nothing was imported: %zu thing(s) to mend%s\n",
                       roster.problem_count,
                       !roster.header_is_good ? ""
                       : options.replace      ? " (--replace would remove those whom bad lines name)"
                                              : " (or leave the bad lines out with --skip-bad)");
    return kFailed;
  }
  if (options.replace && roster.rows.empty())
    return used_wrongly("the file names nobody, and --replace would remove everybody");
  return std::nullopt;
}

int import_roster_file(const Common& common, const RosterOptions& options) {
  const auto how = reading_of(options);
  if (!how) return used_wrongly(how.error().message);
  auto store = open_central_store(common);
  if (!store) return failed(store.error());
  const auto event = (*store)->event();
  if (!event) return failed(event.error());
  if (!*event) return used_wrongly("the hub has no event yet");
  const auto text = read_list(options);
  if (!text) return failed(text.error());
  const auto known = [&](std::string_view id) {
    if (options.replace) return false;
    const auto attendee = (*store)->attendee(id);
    return attendee && attendee->has_value();
  };
  const RosterCsv roster = parse_roster_csv(*text, **event, known, *how);
  print_problems(roster);
  if (const auto refused = refuse(roster, options)) return *refused;
  Finish finish(**store, options);
  if (auto begun = finish.before(); !begun) return failed(begun.error());
  const auto count = import_roster(**store, roster, options.replace,
                                   [&](const ImportCount& done) { return finish.within(done); });
  if (!count)
    return finish.was_told(count.error()) ? report_undone(finish, roster, options) : failed(count.error());
  if (auto ended = finish.after(); !ended) return failed(ended.error());
  if (options.json) (void)std::puts(import_as_json(roster, *count, finish.why_not(), true).c_str());
  (void)std::fprintf(stderr, "%s%s\n", summary_of(*count).c_str(),
                     roster.problem_count > 0 ? "; bad lines were left out" : "");
  return kDone;
}

int export_roster(const Common& common) {
  auto store = open_store(common);
  if (!store) return failed(store.error());
  (void)std::fputs(roster_csv_header().c_str(), stdout);
  const auto done = (*store)->each_attendee([](const Attendee& attendee) -> Expected<void> {
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
    const auto done = (*store)->each_attendee([&](const Attendee& attendee) -> Expected<void> {
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

void add_import_command(CLI::App& roster, const std::shared_ptr<RosterOptions>& options, const Common& common,
                        int& status) {
  auto* command =
      roster.add_subcommand("import",
                            "Add and update attendees from a list: CSV (UTF-8 or UTF-16; comma, semicolon or "
                            "tab) or a workbook (.xlsx,"
                            " by xlsx2csv). Columns are found by their headings, in Arabic, Chinese, "
                            "English, French, Russian or Spanish;"
                            " id, name, category and status must be there. All of it is done, or nothing");
  command->add_option("FILE", options->file, "The list")->required()->type_name("FILE.csv|FILE.xlsx");
  command->add_flag("--dry-run", options->dry_run,
                    "Say who would be added, changed and removed, and do nothing");
  command->add_flag("--json", options->json, "Print all of that, and every bad line, as JSON");
  command->add_option("--sheet", options->sheet, "Of a workbook; else its first")->type_name("NAME");
  command
      ->add_option("--column", options->columns,
                   "Which column is a field of the roster, where its heading does not say so; once for each")
      ->type_name("FIELD=HEADING")
      ->expected(1)
      ->take_all();
  command->add_option("--ignore", options->ignored, "A column to leave out; once for each")
      ->type_name("HEADING")
      ->expected(1)
      ->take_all();
  command->add_flag("--replace", options->replace, "Remove the attendees that the file does not name");
  command->add_flag(
      "--yes", options->yes,
      "Do it although more than a tenth of the people would be removed, or most have another name");
  command->add_flag("--skip-bad", options->skip_bad,
                    "Import the good lines though others are bad; not with --replace");
  command
      ->add_option(
          "--mint", options->mint,
          "Write \"id,text\" of the signed credentials of all who were added or changed, and are neither"
          " blocked nor withdrawn")
      ->type_name("OUT.csv");
  command->callback([&common, &status, options] { status = import_roster_file(common, *options); });
}

}  // namespace

void add_roster_commands(CLI::App& app, const Common& common, int& status) {
  const auto options = std::make_shared<RosterOptions>();
  auto* roster = app.add_subcommand("roster", "The list of attendees");
  roster->require_subcommand(1);
  add_import_command(*roster, options, common, status);
  auto* export_command = roster->add_subcommand(
      "export",
      "Print the list as CSV (without credentials and PINs), as import reads it. A text that a spreadsheet"
      " would take for a formula has an apostrophe before it");
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
