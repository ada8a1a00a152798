// The commands of lanyard-hub. Each prints data on stdout and words on stderr, and returns the exit status: 0
// done, 1 failed, 2 used wrongly.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sync/hub/hub_store.hpp"

namespace CLI {
class App;
}

namespace lanyard::sync::hub {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kWrongUse = 2;

// What all commands are told: where the hub's data is, either way. `database` may hold a password: it is
// never printed.
struct Common {
  std::filesystem::path data;  // a folder with a SQLite file, or
  std::string database;        // a URL of PostgreSQL,
  std::string event_id;        // and which of its events; "" if it has one alone
  // A text as a QR code for a terminal; "" if it cannot be one. The program's: sync knows no codes.
  std::function<std::string(const std::string&)> draw_code;
};

// Each adds its subcommands; the callbacks leave their status in `status`.
void add_event_commands(CLI::App& app, const Common& common, int& status);   // init, event import, check
void add_roster_commands(CLI::App& app, const Common& common, int& status);  // roster, credential
void add_device_commands(CLI::App& app, const Common& common, int& status);  // device add, list, revoke
void add_order_commands(CLI::App& device, const Common& common,
                        int& status);  // device out-of-service, restart ...
void add_notice_commands(CLI::App& app, const Common& common, int& status);  // notice add, list, remove
void add_recover_command(CLI::App& journal, const Common& common, int& status);
void add_photo_commands(CLI::App& app, const Common& common, int& status);  // photo import, missing
void add_key_commands(CLI::App& app, const Common& common, int& status);    // key list, next, use ...
void add_journal_commands(CLI::App& app, const Common& common,
                          int& status);  // journal export, verify, receipt; alerts
void add_attendance_commands(CLI::App& app, const Common& common, int& status);
void add_badges_commands(CLI::App& app, const Common& common, int& status);
// person erase, and event purge beside the other commands of the event, which are there before.
void add_forget_commands(CLI::App& app, const Common& common, int& status);
void add_inside_command(CLI::App& app, const Common& common, int& status);
void add_uplink_commands(CLI::App& app, const Common& common, int& status);  // join, uplink
void add_migrate_command(CLI::App& app, const Common& common, int& status);
void add_serve_command(CLI::App& app, const Common& common, int& status);

[[nodiscard]] Timestamp wall_now();
// "lanyard-hub: WHAT" on stderr.
int failed(const Error& error);
int used_wrongly(const std::string& what);
// "the hub in /var/lib/lanyard-hub", "the hub of forum-2026 in the database".
[[nodiscard]] std::string name_of_hub(const Common& common);
// The store of a hub that init has made; an error of kind invalid if there is none.
[[nodiscard]] Expected<std::unique_ptr<HubStore>> open_store(const Common& common);
// The same of a hub that has joined no other: what belongs to the centre is not changed at a venue, which an
// error of kind invalid says.
[[nodiscard]] Expected<std::unique_ptr<HubStore>> open_central_store(const Common& common);
// A store for a hub that is yet to be made: the folder is made, and closed to others; `event` is its id.
[[nodiscard]] Expected<std::unique_ptr<HubStore>> make_store(const Common& common, const std::string& event);
// The whole file; an error if it is larger than `most_bytes`.
[[nodiscard]] Expected<std::string> read_file(const std::filesystem::path& file, std::size_t most_bytes);

}  // namespace lanyard::sync::hub
