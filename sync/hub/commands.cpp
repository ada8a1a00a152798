#include "sync/hub/commands.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

#include <sys/stat.h>

namespace lanyard::sync::hub {

namespace {

// The folder for the keys and for everybody's names: nobody else's.
Expected<void> make_data_folder(const std::filesystem::path& data) {
  std::error_code error;
  std::filesystem::create_directories(data, error);
  if (error) return fail(Error::Kind::storage, "making " + data.string() + ": " + error.message());
  if (::chmod(data.c_str(), 0700) != 0) {
    return fail(Error::Kind::storage, "closing " + data.string() + " to others is not allowed");
  }
  return {};
}

}  // namespace

Timestamp wall_now() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

int failed(const Error& error) {
  (void)std::fprintf(stderr, "lanyard-hub: %s\n", error.message.c_str());
  return kFailed;
}

int used_wrongly(const std::string& what) {
  (void)std::fprintf(stderr, "lanyard-hub: %s\n", what.c_str());
  return kWrongUse;
}

std::string name_of_hub(const Common& common) {
  if (common.database.empty()) return "the hub in " + common.data.string();
  return common.event_id.empty() ? "the hub in the database"
                                 : "the hub of " + printable(common.event_id, 80) + " in the database";
}

Expected<std::unique_ptr<HubStore>> open_store(const Common& common) {
  const bool in_folder = common.database.empty();
  const std::string where = in_folder ? "--data " + common.data.string() : "--database URL";
  const auto make_one = [&] {
    return fail(Error::Kind::invalid, "there is no such hub: " + name_of_hub(common) +
                                          "; make one with: lanyard-hub " + where +
                                          " init --event FILE.toml");
  };
  std::error_code ignored;
  if (in_folder && !std::filesystem::exists(common.data / "hub.db", ignored)) return make_one();
  auto store =
      in_folder ? open_sqlite_store(common.data) : open_postgres_store(common.database, common.event_id);
  if (!store) return store;
  const auto founding = (*store)->founding();
  if (!founding) return tl::make_unexpected(founding.error());
  if (*founding) return store;
  if (!in_folder) return make_one();
  return fail(Error::Kind::invalid, name_of_hub(common) + " is half made: init again");
}

Expected<std::unique_ptr<HubStore>> open_central_store(const Common& common) {
  auto store = open_store(common);
  if (!store) return store;
  const auto uplink = (*store)->uplink();
  if (!uplink) return tl::make_unexpected(uplink.error());
  if (!*uplink) return store;
  return fail(Error::Kind::invalid, name_of_hub(common) +
                                        " is a venue's: event, roster and keys are those of " +
                                        (*uplink)->hub + ", and are changed there");
}

Expected<std::unique_ptr<HubStore>> make_store(const Common& common, const std::string& event) {
  if (!common.database.empty()) return open_postgres_store(common.database, event);
  if (auto made = make_data_folder(common.data); !made) return tl::make_unexpected(made.error());
  return open_sqlite_store(common.data);
}

Expected<std::string> read_file(const std::filesystem::path& file, std::size_t most_bytes) {
  std::error_code error;
  if (std::filesystem::is_directory(file, error))
    return fail(Error::Kind::invalid, file.string() + " is a folder");
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(Error::Kind::invalid, "cannot read " + file.string() + ": " + std::strerror(errno));
  std::string text;
  std::string part(64UL * 1024, '\0');
  while (in.read(part.data(), static_cast<std::streamsize>(part.size())) || in.gcount() > 0) {
    text.append(part.data(), static_cast<std::size_t>(in.gcount()));
    if (text.size() > most_bytes) {
      return fail(Error::Kind::invalid,
                  file.string() + " is larger than " + std::to_string(most_bytes) + " bytes");
    }
  }
  if (in.bad()) return fail(Error::Kind::storage, "reading " + file.string() + " failed");
  return text;
}

}  // namespace lanyard::sync::hub
