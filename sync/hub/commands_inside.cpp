// inside: the evacuation list.
#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>

#include <CLI/CLI.hpp>

#include "sync/hub/commands.hpp"
#include "sync/hub/csv_reader.hpp"
#include "sync/presence.hpp"

namespace lanyard::sync::hub {

namespace {

struct InsideOptions {
  std::string zone;
  bool count{false};
};

struct Line {
  Attendee attendee;  // of somebody who is not on the roster, the id alone
  std::string zone;
  Presence presence;
};

// Everybody who came in today and has not left, in the zone where they were seen last.
Expected<std::vector<Line>> everybody_inside(HubStore& store, const EventInfo& event,
                                             const std::vector<std::string>& zones, Timestamp now) {
  const auto rows = store.moves_since(venue_day_start(now, event.calendar));
  if (!rows) return tl::make_unexpected(rows.error());
  std::map<std::string, std::vector<JournalRow>> by_attendee;
  for (const JournalRow& row : *rows) {
    if (row.attendee.empty()) continue;
    const auto who = store.holder(row.attendee);
    if (!who) return tl::make_unexpected(who.error());
    by_attendee[*who].push_back(row);
  }
  std::vector<Line> list;
  for (auto& [id, theirs] : by_attendee) {
    const PresenceByZone held = presence_of(std::move(theirs), {}, event.zones);
    const Line* last = nullptr;
    for (const auto& [zone, presence] : held) {
      if (!presence.inside || std::ranges::find(zones, zone) == zones.end()) continue;
      if (last != nullptr && last->presence.last_entry >= presence.last_entry) continue;
      if (last != nullptr) list.pop_back();
      Attendee unknown;
      unknown.id = id;
      list.push_back({std::move(unknown), zone, presence});
      last = &list.back();
    }
    if (last == nullptr) continue;
    const auto attendee = store.attendee(id);
    if (!attendee) return tl::make_unexpected(attendee.error());
    if (*attendee) list.back().attendee = **attendee;
  }
  const auto name_of = [](const Line& line) -> const std::string& {
    return line.attendee.name_sort.empty() ? line.attendee.name : line.attendee.name_sort;
  };
  std::ranges::stable_sort(list, {}, name_of);
  return list;
}

int print_inside(const Common& common, const InsideOptions& options) {
  auto store = open_store(common);
  if (!store) return failed(store.error());
  const auto event = (*store)->event();
  if (!event) return failed(event.error());
  if (!*event) return used_wrongly("the hub has no event yet");
  std::vector<std::string> zones;
  if (options.zone.empty()) {
    for (const Zone& zone : (*event)->zones) zones.push_back(zone.id);
  } else if (find_zone(**event, options.zone) == nullptr) {
    return used_wrongly("the event has no zone '" + printable(options.zone, 40) + "'");
  } else {
    zones = zones_within(options.zone, (*event)->zones);
  }
  const auto list = everybody_inside(**store, **event, zones, wall_now());
  if (!list) return failed(list.error());
  if (options.count) {
    (void)std::printf("%zu\n", list->size());
    return kDone;
  }
  (void)std::puts("id,name,name_native,organisation,delegation,category,zone,since");
  for (const Line& line : *list) {
    const Attendee& who = line.attendee;
    const std::string since = line.presence.last_entry ? to_rfc3339(*line.presence.last_entry) : "";
    std::string text;
    for (const std::string& cell : {who.id, who.name, who.name_native, who.organisation, who.delegation,
                                    who.category, line.zone, since}) {
      text += (text.empty() ? "" : ",") + spreadsheet_field(cell);
    }
    (void)std::puts(text.c_str());
  }
  (void)std::fprintf(stderr, "%zu inside\n", list->size());
  return kDone;
}

}  // namespace

void add_inside_command(CLI::App& app, const Common& common, int& status) {
  const auto options = std::make_shared<InsideOptions>();
  auto* command = app.add_subcommand("inside", "Who is inside now: the evacuation list, as CSV by name");
  command->add_option("--zone", options->zone, "Only of this zone and those within it");
  command->add_flag("--count", options->count, "Only how many");
  command->callback([&common, &status, options] { status = print_inside(common, *options); });
}

}  // namespace lanyard::sync::hub
