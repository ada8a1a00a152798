// init, event import.
#include <algorithm>
#include <cstdio>

#include <CLI/CLI.hpp>

#include "sync/event_toml.hpp"
#include "sync/hub/commands.hpp"
#include "sync/hub/secrets.hpp"
#include "sync/toml_reader.hpp"

namespace lanyard::sync::hub {

namespace {

struct EventOptions {
  std::string file;
  std::string rehearse;  // "day 1 09:30"
};

int report(const Problems& problems, const char* so = "the event was not taken over:") {
  for (const std::string& problem : problems) (void)std::fprintf(stderr, "%s\n", problem.c_str());
  (void)std::fprintf(stderr, "lanyard-hub: %s %zu thing(s) to mend\n", so, problems.size());
  return kFailed;
}

// The event as it is, or moved so that `rehearse` is now.
tl::expected<EventFile, Problems> read_event(const EventOptions& options, Timestamp now) {
  const auto text = read_file(options.file, kMaxTomlBytes);
  if (!text) return tl::make_unexpected(Problems{text.error().message});
  auto event = parse_event_toml(*text, options.file);
  if (!event || options.rehearse.empty()) return event;
  const EventInfo& info = event->event;
  const auto days = std::chrono::floor<std::chrono::days>(info.runs.until - info.runs.from).count();
  const auto moment = parse_day_clock(options.rehearse, days);
  if (!moment) {
    return tl::make_unexpected(Problems{"--rehearse '" + options.rehearse +
                                        "' is not as \"day 1 09:30\", of " + std::to_string(days) +
                                        " day(s)"});
  }
  const auto shift = std::chrono::floor<std::chrono::minutes>(now - (info.runs.from + *moment));
  return parse_event_toml(*text, options.file, shift);
}

void say_event(const EventFile& file) {
  (void)std::fprintf(stderr, "event %s: %zu categories, %zu zones, %zu checkpoints, from %s until %s\n",
                     file.event.id.c_str(), file.event.categories.size(), file.event.zones.size(),
                     file.checkpoints.size(), to_rfc3339(file.event.runs.from).c_str(),
                     to_rfc3339(file.event.runs.until).c_str());
}

int init(const Common& common, const EventOptions& options) {
  const auto event = read_event(options, wall_now());
  if (!event) return report(event.error());
  auto store = make_store(common, event->event.id);
  if (!store) return failed(store.error());
  const auto founding = (*store)->founding();
  if (!founding) return failed(founding.error());
  if (*founding) {
    Common made = common;
    made.event_id = event->event.id;
    return used_wrongly(name_of_hub(made) + " is there already; see: event import");
  }
  const auto done = (*store)->transact([&]() -> Expected<void> {
    if (auto founded = (*store)->found(new_founding(system_random()), wall_now()); !founded) return founded;
    return (*store)->set_event(event->event, event->checkpoints);
  });
  if (!done) return failed(done.error());
  say_event(*event);
  return kDone;
}

struct Orphans {
  std::size_t categories{0};  // people of one that the new event no longer has: refused everywhere
  std::size_t seats{0};       // people with a seat in a session that it no longer has
};

Expected<Orphans> count_orphans(HubStore& store, const EventInfo& event) {
  Orphans orphans;
  const auto counted = store.each_attendee([&](const Attendee& attendee) -> Expected<void> {
    if (find_category(event, attendee.category) == nullptr) ++orphans.categories;
    const bool sits_nowhere = std::ranges::any_of(attendee.seats, [&](const Seat& seat) {
      return !seat.session.empty() && find_session(event, seat.session) == nullptr;
    });
    if (sits_nowhere) ++orphans.seats;
    return {};
  });
  if (!counted) return tl::make_unexpected(counted.error());
  return orphans;
}

int import_event(const Common& common, const EventOptions& options) {
  auto store = open_central_store(common);
  if (!store) return failed(store.error());
  const auto event = read_event(options, wall_now());
  if (!event) return report(event.error());
  const auto known = (*store)->event();
  if (!known) return failed(known.error());
  if (*known && (*known)->id != event->event.id) {
    return used_wrongly("this hub is for the event '" + (*known)->id + "', and the file is of '" +
                        event->event.id + "': another event needs a hub of its own: init");
  }
  const auto devices = (*store)->devices();
  if (!devices) return failed(devices.error());
  for (const Device& device : *devices) {
    const bool has =
        std::ranges::find(event->checkpoints, device.checkpoint, &Checkpoint::id) != event->checkpoints.end();
    if (!has && !device.revoked && !device.is_hub) {
      return used_wrongly("device " + device.id + " stands at the checkpoint '" + device.checkpoint +
                          "', which the file does not have");
    }
  }
  const auto done = (*store)->transact([&] { return (*store)->set_event(event->event, event->checkpoints); });
  if (!done) return failed(done.error());
  say_event(*event);
  const auto orphans = count_orphans(**store, event->event);
  if (!orphans) return failed(orphans.error());
  if (orphans->categories > 0) {
    (void)std::fprintf(stderr,
                       "lanyard-hub: %zu attendee(s) are of categories that the event no longer has\n",
                       orphans->categories);
  }
  if (orphans->seats > 0) {
    (void)std::fprintf(stderr,
                       "lanyard-hub: %zu attendee(s) have seats in sessions that the event no longer has\n",
                       orphans->seats);
  }
  return kDone;
}

// Categories that no entrance lets in: allowed, since they may have no business at any; but mostly forgotten.
std::vector<std::string> without_entrance(const EventFile& file) {
  std::vector<std::string> forgotten;
  for (const Category& category : file.event.categories) {
    const auto lists = [&](const AccessRule& rule) {
      return std::ranges::any_of(rule.categories,
                                 [&](const std::string& one) { return one == "*" || one == category.id; });
    };
    const auto admits = [&](const Checkpoint& checkpoint) {
      return std::ranges::any_of(checkpoint.access, lists);
    };
    if (std::ranges::none_of(file.checkpoints, admits)) forgotten.push_back(category.id);
  }
  return forgotten;
}

int check_event(const EventOptions& options) {
  const auto event = read_event(options, wall_now());
  if (!event) return report(event.error(), "the file has");
  say_event(*event);
  for (const std::string& category : without_entrance(*event))
    (void)std::fprintf(stderr, "note: no entrance lets '%s' in\n", category.c_str());
  return kDone;
}

}  // namespace

void add_event_commands(CLI::App& app, const Common& common, int& status) {
  const auto options = std::make_shared<EventOptions>();
  const auto rehearse = [&](CLI::App* command) {
    command
        ->add_option("--rehearse", options->rehearse, "Move the whole programme so that this moment is now")
        ->type_name("\"day N HH:MM\"");
  };
  auto* init_command = app.add_subcommand("init", "Make a hub for an event");
  init_command->add_option("--event", options->file, "The event's file")->required()->type_name("FILE.toml");
  rehearse(init_command);
  init_command->callback([&common, &status, options] { status = init(common, *options); });

  auto* event = app.add_subcommand("event", "The event: its checkpoints, categories and hours");
  event->require_subcommand(1);
  auto* import_command = event->add_subcommand("import", "Take over a changed file");
  import_command->add_option("FILE", options->file, "The event's file")->required()->type_name("FILE.toml");
  rehearse(import_command);
  import_command->callback([&common, &status, options] { status = import_event(common, *options); });
  auto* check = event->add_subcommand("check", "Say what is wrong with a file, and change nothing");
  check->add_option("FILE", options->file, "The event's file")->required()->type_name("FILE.toml");
  check->callback([&status, options] { status = check_event(*options); });
}

}  // namespace lanyard::sync::hub
