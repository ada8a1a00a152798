// In place of libgpiod: a chip "label:FOLDER".
//
//   FOLDER/levels      what its lines are now, by Wire: "1000". As a real chip's they stay when nobody holds
//                      them
//   FOLDER/driven      a line for each change: milliseconds of the steady clock, and the levels
//   FOLDER/pulled-out  if it is there, the chip is not
#include <chrono>
#include <filesystem>
#include <fstream>

#include "kiosk/gate/lines.hpp"

namespace lanyard::gate {

namespace {

class FolderLines : public Lines {
 public:
  explicit FolderLines(std::filesystem::path folder) : folder_(std::move(folder)) {}
  ~FolderLines() override {
    if (const auto off = drive({}); !off) return;
  }

  sync::Expected<void> drive(const Switched& on) override {
    if (std::filesystem::exists(folder_ / "pulled-out"))
      return sync::fail(sync::Error::Kind::unavailable, "the chip was pulled out");
    std::string levels;
    for (const bool is_on : on) levels += is_on ? '1' : '0';
    std::string before;
    std::ifstream(folder_ / "levels") >> before;
    if (levels == before) return {};
    // Whoever reads it sees one or the other.
    std::ofstream(folder_ / "levels.new") << levels << '\n';
    std::filesystem::rename(folder_ / "levels.new", folder_ / "levels");
    const auto at = std::chrono::steady_clock::now().time_since_epoch();
    std::ofstream(folder_ / "driven", std::ios::app)
        << std::chrono::duration_cast<std::chrono::milliseconds>(at).count() << ' ' << levels << '\n';
    return {};
  }
  [[nodiscard]] std::string chip() const override { return folder_.string(); }

 private:
  std::filesystem::path folder_;
};

}  // namespace

OpenedLines open_lines(const Wiring& wiring) {
  constexpr std::string_view kByLabel = "label:";
  auto lines = std::make_unique<FolderLines>(wiring.chip.substr(kByLabel.size()));
  if (auto off = lines->drive({}); !off) return tl::make_unexpected(off.error());
  return lines;
}

std::string lines_library() {
  return "a folder in place of a chip";
}

}  // namespace lanyard::gate
