// Carries a hub from its SQLite file to PostgreSQL: all of it or nothing.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "sync/error.hpp"

namespace lanyard::sync::hub {

// What was counted and hashed at both ends, each by reading all of it again.
struct MigratedPart {
  std::string name;  // a table, or a device
  std::uint64_t from{0};
  std::uint64_t to{0};
  bool same{false};  // every row, byte by byte, and in the same order
  std::string hash;  // of a device: that of its last row
};
struct MigrationReport {
  std::string event;
  std::vector<MigratedPart> tables;
  std::vector<MigratedPart> chains;
};

// `say` hears how far it is, a line at a time. The hub in `data` is only read; nobody may write to it
// meanwhile. Epoch, tokens, versions and hub_seq stay as they are, so that kiosks notice nothing. Errors:
// invalid if `data` holds no hub, or the database holds its event already; storage, with nothing left in the
// database, if either end fails, if somebody wrote to `data` meanwhile, or if the two ends differ.
[[nodiscard]] Expected<MigrationReport> migrate_to_postgres(
    const std::filesystem::path& data, const std::string& url,
    const std::function<void(const std::string&)>& say);

}  // namespace lanyard::sync::hub
