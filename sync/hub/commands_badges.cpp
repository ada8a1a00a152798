// badges export.
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>

#include "sync/hub/attendance.hpp"
#include "sync/hub/badge_log.hpp"
#include "sync/hub/commands.hpp"
#include "sync/hub/csv_reader.hpp"
#include "sync/hub/json_text.hpp"

namespace lanyard::sync::hub {

namespace {

struct BadgesOptions {
  std::string format{"csv"};
  bool all{false};
};

void print_badge_csv(const BadgeLine& line, const Calendar& calendar) {
  std::string text = venue_time(line.when, calendar);
  for (const std::string& cell :
       {line.attendee, line.name, line.kind, line.reason, std::to_string(line.generation), line.operator_id,
        line.device, line.checkpoint, line.outcome, line.detail}) {
    text += "," + spreadsheet_field(cell);
  }
  (void)std::puts(text.c_str());
}

void print_badge_json(const BadgeLine& line) {
  const std::string json =
      "{\"when\":" + json_string(to_rfc3339(line.when)) + ",\"row\":" + json_string(line.row) +
      ",\"id\":" + json_string(line.attendee) + ",\"name\":" + json_string(line.name) +
      ",\"kind\":" + json_string(line.kind) + ",\"reason\":" + json_string(line.reason) +
      ",\"generation\":" + std::to_string(line.generation) +
      ",\"operator\":" + json_string(line.operator_id) + ",\"device\":" + json_string(line.device) +
      ",\"checkpoint\":" + json_string(line.checkpoint) + ",\"outcome\":" + json_string(line.outcome) +
      ",\"detail\":" + json_string(line.detail) + "}";
  (void)std::puts(json.c_str());
}

int export_badges(const Common& common, const BadgesOptions& options) {
  auto store = open_store(common);
  if (!store) return failed(store.error());
  const auto event = (*store)->event();
  if (!event) return failed(event.error());
  if (!*event) return used_wrongly("the hub has no event yet");
  const auto log = badge_log(**store);
  if (!log) return failed(log.error());
  const bool csv = options.format == "csv";
  if (csv) (void)std::puts("when,id,name,kind,reason,generation,operator,device,checkpoint,outcome,detail");
  std::size_t reprints = 0;
  for (const BadgeLine& line : *log) {
    reprints += line.is_reprint() ? 1U : 0U;
    if (!options.all && !line.is_reprint()) continue;
    csv ? print_badge_csv(line, (*event)->calendar) : print_badge_json(line);
  }
  (void)std::fprintf(stderr, "%zu badges were asked for, %zu of them reprints\n", log->size(), reprints);
  return kDone;
}

}  // namespace

void add_badges_commands(CLI::App& app, const Common& common, int& status) {
  const auto options = std::make_shared<BadgesOptions>();
  auto* badges = app.add_subcommand("badges", "What was printed");
  badges->require_subcommand(1);
  auto* command = badges->add_subcommand(
      "export",
      "Print one line a reprint: whose, why, by whom, where, and what came of it. Times are of the venue's"
      " clocks in CSV, and UTC in JSON");
  command->add_option("--format", options->format, "csv, or json: one object a line")
      ->check(CLI::IsMember({"csv", "json"}));
  command->add_flag("--all", options->all,
                    "Every badge that was asked for, first ones and those for a day too");
  command->callback([&common, &status, options] { status = export_badges(common, *options); });
}

}  // namespace lanyard::sync::hub
