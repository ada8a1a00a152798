#include "kiosk/gate/lines.hpp"

#include <algorithm>
#include <filesystem>
#include <vector>

namespace lanyard::gate {

Switched switched(const Levels& levels) {
  Switched on{};
  on[static_cast<std::size_t>(Wire::turnstile)] = levels.open;
  on[static_cast<std::size_t>(Wire::ready)] = levels.light == Light::ready;
  on[static_cast<std::size_t>(Wire::busy)] = levels.light == Light::busy;
  on[static_cast<std::size_t>(Wire::stop)] = levels.light == Light::stop;
  return on;
}

sync::Expected<std::string> chip_file(const std::string& chip,
                                      const std::function<std::string(const std::string&)>& label_of,
                                      const std::string& folder) {
  constexpr std::string_view kByLabel = "label:";
  std::error_code unread;
  if (!chip.starts_with(kByLabel)) {
    // A name that udev made is a link to it.
    const auto file = std::filesystem::canonical(chip, unread);
    if (unread) return sync::fail(sync::Error::Kind::unavailable, chip + " is not there");
    return file.string();
  }
  const std::string label = chip.substr(kByLabel.size());
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder, unread)) {
    if (entry.path().filename().string().starts_with("gpiochip")) files.push_back(entry.path().string());
  }
  std::ranges::sort(files);
  std::erase_if(files, [&](const std::string& file) { return label_of(file) != label; });
  if (files.empty()) return sync::fail(sync::Error::Kind::unavailable, "no chip calls itself " + label);
  if (files.size() > 1) {
    // Which of the two has the turnstile, nobody has said.
    return sync::fail(sync::Error::Kind::unavailable,
                      files[0] + " and " + files[1] + " both call themselves " + label);
  }
  return files.front();
}

}  // namespace lanyard::gate
