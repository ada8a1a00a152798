#include "sync/hub/commands.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

namespace lanyard::sync::hub {

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

Expected<std::unique_ptr<HubStore>> open_store(const Common& common) {
  std::error_code ignored;
  if (!std::filesystem::exists(common.data / "hub.db", ignored)) {
    return fail(Error::Kind::invalid, "there is no hub in " + common.data.string() +
                                          "; make one with: lanyard-hub --data " + common.data.string() +
                                          " init --event FILE.toml");
  }
  auto store = open_sqlite_store(common.data);
  if (!store) return store;
  const auto founding = (*store)->founding();
  if (!founding) return tl::make_unexpected(founding.error());
  if (!*founding)
    return fail(Error::Kind::invalid, "the hub in " + common.data.string() + " is half made: init again");
  return store;
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
