#include "tests/fuzz/seeds.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace lanyard::smoke {

void keep_seeds(const std::string& name, const std::vector<Bytes>& seeds) {
  const char* told = std::getenv("LANYARD_FUZZ_SEEDS");
  if (told == nullptr) return;
  const auto folder = std::filesystem::path(told) / name;
  std::filesystem::create_directories(folder);
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    std::ofstream file(folder / std::to_string(i), std::ios::binary);
    file.write(reinterpret_cast<const char*>(seeds[i].data()), static_cast<std::streamsize>(seeds[i].size()));
    if (!file.flush()) std::abort();
  }
}

}  // namespace lanyard::smoke
