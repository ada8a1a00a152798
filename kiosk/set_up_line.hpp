// Between the kiosk's screen, which sees a set-up code, and lanyard-setup, which may act on it: two files in
// a folder that is made anew at each start.
//
//   FOLDER/in/code    from the kiosk, who alone writes there; systemd starts lanyard-setup as it appears
//   FOLDER/status     from lanyard-setup: the stage's name, and on a line of its own what is wrong, if
//   anything
//
// Threads: none shared; whole files take the place of others, so neither end sees half of one.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "kiosk/desk/state.hpp"
#include "sync/error.hpp"

namespace lanyard::kiosk {

// The kiosk's end.
class SetUpLine {
 public:
  // "": there is none, and nothing of it is asked.
  explicit SetUpLine(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // Whether somebody listens: lanyard-setup's folder is there.
  [[nodiscard]] bool is_there() const;
  // Errors: storage.
  [[nodiscard]] sync::Expected<void> hand_over(const std::string& code);
  // What has been told since the last time; nullopt: nothing.
  [[nodiscard]] std::optional<event::SetUpTold> told();

 private:
  std::filesystem::path folder_;
  std::string last_;
};

// The other end. Errors: storage.
[[nodiscard]] sync::Expected<void> tell_stage(const std::filesystem::path& folder, SetUpStage stage,
                                              const std::string& problem);
// The code, whose file is gone then. One that is no plain file, or too large, is not read. Errors: invalid.
[[nodiscard]] sync::Expected<std::string> take_code(const std::filesystem::path& file);

}  // namespace lanyard::kiosk
