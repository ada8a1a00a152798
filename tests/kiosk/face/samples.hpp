// A forum as it could be, and a state for every face of every screen: for the gallery and for the tests.
#pragma once

#include <string>
#include <vector>

#include "kiosk/face/screens.hpp"

namespace lanyard::kiosk::samples {

struct Sample {
  std::string name;  // a file name: "07-refused-too-early"
  State state;
  std::chrono::milliseconds after{10000};  // how long the screen has been up: motion has come to rest
  bool camera{false};                      // a preview is shown
  bool symbol{false};                      // and a badge is in sight
  scanner::Advice advice{scanner::Advice::none};
  std::vector<sync::Notice> notices{};
  std::string focus{};  // what the keypad has come to
  ReadersNow readers{};
  GateNow gate{GateNow::none};
};

// In the order in which the kiosk offers them.
[[nodiscard]] const std::vector<std::string>& languages();
[[nodiscard]] sync::LocalText six(std::string en, std::string zh, std::string fr, std::string es,
                                  std::string ru, std::string ar);
[[nodiscard]] sync::EventInfo forum();
[[nodiscard]] std::vector<sync::Session> programme();             // samples_programme.cpp, as the next
[[nodiscard]] std::string portrait(int width_px, int height_px);  // a JPEG
[[nodiscard]] std::vector<sync::Checkpoint> checkpoints();
[[nodiscard]] sync::Timestamp wall_now();  // 24 November 2026, 10:24 at the venue
[[nodiscard]] Moment moment_now();
[[nodiscard]] sync::Attendee attendee();                // an ordinary one
[[nodiscard]] std::vector<sync::Attendee> attendees();  // of many scripts and lengths
[[nodiscard]] Decision refusal(Rule rule);
[[nodiscard]] State with(Screen screen, std::string language);
[[nodiscard]] sync::Timestamp at(int day, int hour, int minute);  // of November 2026, at the venue
[[nodiscard]] KioskStatus all_right();                            // samples_status.cpp, as the next two
[[nodiscard]] KioskStatus much_wrong();
void add_status(std::vector<Sample>& out, const std::string& language);
[[nodiscard]] std::vector<Sample> all(const std::string& language);

}  // namespace lanyard::kiosk::samples
