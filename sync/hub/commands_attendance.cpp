// attendance export.
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>

#include "sync/hub/attendance.hpp"
#include "sync/hub/commands.hpp"
#include "sync/hub/csv_reader.hpp"
#include "sync/hub/json_text.hpp"

namespace lanyard::sync::hub {

namespace {

struct AttendanceOptions {
  std::string format{"csv"};
  std::string day;
  std::string zone;
  bool totals{false};
};

template <class List, class Text>
std::string joined(const List& list, Text&& text) {
  std::string all;
  for (const auto& item : list) all += (all.empty() ? "" : ";") + text(item);
  return all;
}

std::string same(const std::string& text) {
  return text;
}

void print_csv(const std::vector<AttendanceLine>& lines, const Calendar& calendar) {
  (void)std::puts(
      "id,name,organisation,delegation,category,status,came,first_admitted,last_seen,entries,days_present,"
      "days,"
      "checkpoints,badge_printed");
  const auto time = [&](const std::optional<Timestamp>& when) {
    return when ? venue_time(*when, calendar) : "";
  };
  for (const AttendanceLine& line : lines) {
    const Attendee& who = line.attendee;
    std::string text = spreadsheet_field(who.id);
    for (const std::string& cell :
         {who.name, who.organisation, who.delegation, who.category,
          std::string(line.on_roster ? to_name(who.status) : ""),
          std::string(line.entries > 0 ? "yes" : "no"), time(line.first_admitted), time(line.last_seen),
          std::to_string(line.entries), std::to_string(line.days.size()), joined(line.days, day_text),
          joined(line.checkpoints, same), std::string(line.badge_printed ? "yes" : "no")}) {
      text += "," + spreadsheet_field(cell);
    }
    (void)std::puts(text.c_str());
  }
}

void print_json(const std::vector<AttendanceLine>& lines) {
  const auto time = [](const std::optional<Timestamp>& when) {
    return when ? json_string(to_rfc3339(*when)) : std::string("null");
  };
  const auto array = [](const auto& list, auto&& text) {
    std::string all = "[";
    for (const auto& item : list) all += (all.size() > 1 ? "," : "") + json_string(text(item));
    return all + "]";
  };
  for (const AttendanceLine& line : lines) {
    const Attendee& who = line.attendee;
    const std::string json =
        "{\"id\":" + json_string(who.id) + ",\"name\":" + json_string(who.name) +
        ",\"organisation\":" + json_string(who.organisation) +
        ",\"delegation\":" + json_string(who.delegation) + ",\"category\":" + json_string(who.category) +
        ",\"status\":" + (line.on_roster ? json_string(to_name(who.status)) : "null") +
        ",\"came\":" + (line.entries > 0 ? "true" : "false") +
        ",\"first_admitted\":" + time(line.first_admitted) + ",\"last_seen\":" + time(line.last_seen) +
        ",\"entries\":" + std::to_string(line.entries) + ",\"days\":" + array(line.days, day_text) +
        ",\"checkpoints\":" + array(line.checkpoints, same) +
        ",\"badge_printed\":" + (line.badge_printed ? "true" : "false") + "}";
    (void)std::puts(json.c_str());
  }
}

void print_totals(const AttendanceTotals& totals, bool csv) {
  if (csv) (void)std::puts("day,by,of,people,entries");
  for (const auto& [key, count] : totals.counts) {
    const std::string day = key.day ? day_text(*key.day) : "";
    const std::string people = std::to_string(count.people);
    const std::string entries = std::to_string(count.entries);
    const std::string line = csv ? (key.day ? day : "all") + "," + key.by + "," +
                                       spreadsheet_field(key.what) + "," + people + "," + entries
                                 : "{\"day\":" + (key.day ? json_string(day) : "null") +
                                       ",\"by\":" + json_string(key.by) + ",\"of\":" + json_string(key.what) +
                                       ",\"people\":" + people + ",\"entries\":" + entries + "}";
    (void)std::puts(line.c_str());
  }
}

int export_attendance(const Common& common, const AttendanceOptions& options) {
  auto store = open_store(common);
  if (!store) return failed(store.error());
  const auto event = (*store)->event();
  if (!event) return failed(event.error());
  if (!*event) return used_wrongly("the hub has no event yet");
  AttendanceFilter filter;
  filter.zone = options.zone;
  if (!options.zone.empty() && find_zone(**event, options.zone) == nullptr)
    return used_wrongly("the event has no zone '" + printable(options.zone, 40) + "'");
  if (!options.day.empty()) {
    filter.day = day_named(options.day);
    if (!filter.day) return used_wrongly("--day is a date, such as 2026-11-23");
  }
  const auto all = attendance(**store, filter);
  if (!all) return failed(all.error());
  const bool csv = options.format == "csv";
  if (options.totals) {
    print_totals(all->totals, csv);
  } else if (csv) {
    print_csv(all->lines, (*event)->calendar);
  } else {
    print_json(all->lines);
  }
  (void)std::fprintf(stderr, "%llu came, of %llu expected\n",
                     static_cast<unsigned long long>(all->totals.came),
                     static_cast<unsigned long long>(all->totals.expected));
  return kDone;
}

}  // namespace

void add_attendance_commands(CLI::App& app, const Common& common, int& status) {
  const auto options = std::make_shared<AttendanceOptions>();
  auto* attendance = app.add_subcommand("attendance", "Who came, and how many");
  attendance->require_subcommand(1);
  auto* command = attendance->add_subcommand("export",
                                             "Print one line a person, also of those who did not come. Times "
                                             "are of the venue's clocks in CSV, and UTC in"
                                             " JSON");
  command->add_option("--format", options->format, "csv, or json: one object a line")
      ->check(CLI::IsMember({"csv", "json"}));
  command->add_option("--day", options->day, "Only what happened on this day of the venue's")
      ->type_name("DATE");
  command->add_option("--zone", options->zone, "Only of this zone and those within it")->type_name("ID");
  command->add_flag("--totals", options->totals,
                    "Instead, people and admissions by day, category, organisation and checkpoint");
  command->callback([&common, &status, options] { status = export_attendance(common, *options); });
}

}  // namespace lanyard::sync::hub
