// migrate.
#include <cstdio>

#include <CLI/CLI.hpp>

#include "sync/hub/commands.hpp"
#include "sync/hub/migration.hpp"

namespace lanyard::sync::hub {

namespace {

void print(const char* of, const std::vector<MigratedPart>& parts) {
  (void)std::printf("%s\trows in the folder\trows in the database\tcontents\tlast row's hash\n", of);
  for (const MigratedPart& part : parts) {
    (void)std::printf("%s\t%llu\t%llu\t%s\t%s\n", part.name.c_str(),
                      static_cast<unsigned long long>(part.from), static_cast<unsigned long long>(part.to),
                      part.same ? "same" : "DIFFER", part.hash.c_str());
  }
}

int migrate(const Common& common, const std::string& from) {
  if (common.database.empty())
    return used_wrongly("migrate goes from a folder to a database: say --database URL");
  const auto report = migrate_to_postgres(from, common.database, [](const std::string& line) {
    (void)std::fprintf(stderr, "%s\n", line.c_str());
  });
  if (!report) return failed(report.error());
  print("table", report->tables);
  (void)std::puts("");
  print("device", report->chains);
  (void)std::fprintf(
      stderr,
      "the hub of %s is in the database now, and %s is as it was: serve with --database from here"
      " on, and no more from the folder\n",
      report->event.c_str(), from.c_str());
  return kDone;
}

}  // namespace

void add_migrate_command(CLI::App& app, const Common& common, int& status) {
  const auto from = std::make_shared<std::string>();
  auto* command = app.add_subcommand(
      "migrate", "Carry a hub from its folder to the database, all of it or nothing; kiosks notice nothing");
  command->add_option("--from", *from, "The folder that the hub, which is stopped, had as --data")
      ->required()
      ->type_name("DIR");
  command->callback([&common, &status, from] { status = migrate(common, *from); });
}

}  // namespace lanyard::sync::hub
