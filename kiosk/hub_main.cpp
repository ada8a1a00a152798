// lanyard-hub: the other end of every kiosk. The hub's code is sync/hub; its program is put together here,
// where the rulebook is, so that it explains a decision by the very rules that made it.
#include <cstdio>
#include <cstdlib>
#include <exception>

#include <CLI/CLI.hpp>

#include "kiosk/badge/qr_code.hpp"
#include "kiosk/explain_command.hpp"
#include "sync/hub/commands.hpp"
#include "sync/log.hpp"

namespace {

using lanyard::sync::hub::Common;

// --data and --database are two places for one thing: what is said on the command line goes before the
// environment, and neither before the other.
void find_data(Common& common, bool may_do_without) {
  if (!common.data.empty() && !common.database.empty()) {
    throw CLI::ValidationError("--data and --database", "say one of them");
  }
  const char* database = std::getenv("LANYARD_DATABASE");
  if (common.data.empty() && common.database.empty() && database != nullptr) common.database = database;
  const bool is_url =
      common.database.rfind("postgresql://", 0) == 0 || common.database.rfind("postgres://", 0) == 0;
  if (!common.database.empty() && !is_url) {
    throw CLI::ValidationError("--database", "is not a URL that begins with postgresql://");
  }
  if (common.data.empty() && common.database.empty() && !may_do_without) {
    throw CLI::RequiredError("--data or --database");
  }
}

int run(int argc, char** argv) {
  CLI::App app("The hub of Lanyard: keeps the roster and the journal, and talks to the kiosks.",
               "lanyard-hub");
  app.set_version_flag("--version", std::string("lanyard-hub ") + LANYARD_VERSION);
  app.require_subcommand(1);
  app.fallthrough();  // so that --data may stand behind the command too
  Common common;
  common.draw_code = [](const std::string& text) {
    const auto code = lanyard::kiosk::encode_qr(text);
    return code ? lanyard::kiosk::drawn_in_blocks(*code) : std::string();
  };
  app.add_option("--data", common.data, "Folder of the hub's data")->type_name("DIR");
  app.add_option(
         "--database", common.database,
         "Instead of --data, a PostgreSQL database, which several hubs may share. LANYARD_DATABASE in the"
         " environment says the same; a password is better there, or in a file (PGPASSFILE), than on a"
         " command line, which everybody on the machine can read")
      ->type_name("postgresql://USER@HOST/NAME");
  app.add_option("--event-id", common.event_id, "Which event, where the database holds several")
      ->type_name("ID");
  bool verbose = false;
  app.add_flag("--verbose", verbose, "Log every request");

  int status = lanyard::sync::hub::kDone;
  lanyard::sync::hub::add_event_commands(app, common, status);
  lanyard::sync::hub::add_serve_command(app, common, status);
  lanyard::sync::hub::add_roster_commands(app, common, status);
  lanyard::sync::hub::add_photo_commands(app, common, status);
  lanyard::sync::hub::add_device_commands(app, common, status);
  lanyard::sync::hub::add_notice_commands(app, common, status);
  lanyard::sync::hub::add_key_commands(app, common, status);
  lanyard::sync::hub::add_journal_commands(app, common, status);
  lanyard::kiosk::add_explain_command(*app.get_subcommand("journal"), common, status);
  lanyard::sync::hub::add_attendance_commands(app, common, status);
  lanyard::sync::hub::add_badges_commands(app, common, status);
  lanyard::sync::hub::add_forget_commands(app, common, status);
  lanyard::sync::hub::add_inside_command(app, common, status);
  lanyard::sync::hub::add_uplink_commands(app, common, status);
  lanyard::sync::hub::add_migrate_command(app, common, status);
  app.parse_complete_callback([&] {
    lanyard::log::set_level(verbose ? lanyard::log::Level::debug : lanyard::log::Level::info);
    const CLI::App* event = app.get_subcommand("event");
    const bool checks_a_file = event->parsed() && event->get_subcommand("check")->parsed();
    find_data(common, checks_a_file);
  });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& stopped) {  // --help and --version come this way too
    return app.exit(stopped, std::cout, std::cerr) == 0 ? lanyard::sync::hub::kDone
                                                        : lanyard::sync::hub::kWrongUse;
  }
  // Data that did not reach its reader is a failure (a full disk behind a redirection).
  if (std::fflush(stdout) != 0 && status == lanyard::sync::hub::kDone) {
    std::perror("lanyard-hub: writing the output");
    return lanyard::sync::hub::kFailed;
  }
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    lanyard::log::begin("lanyard-hub");
    return run(argc, argv);
  } catch (const std::exception& thrown) {
    (void)std::fprintf(stderr, "lanyard-hub: %s\n", thrown.what());
    return lanyard::sync::hub::kFailed;
  }
}
