// Scenarios of the rulebook, as an event manager writes them: tests/kiosk/rulebook/README.md tells how to
// read one. Each is played on real kiosks: stores on disk, credentials that are signed, the desk that the
// kiosk has.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/desk/admit.hpp"
#include "sync/event_file.hpp"

namespace lanyard::kiosk::rulebook {

// Somebody of cast.toml.
struct Person {
  std::string key;  // as scenarios name them
  sync::Attendee attendee;
  std::string code;      // opaque text of the registration, or ""
  bool on_roster{true};  // else the hub alone knows them yet
};
using Cast = std::map<std::string, Person, std::less<>>;

struct Scenario {
  std::string file;
  std::string name;
  std::string who;    // of the cast; "" where `shows` needs nobody
  std::string at;     // checkpoint
  std::string when;   // "day 2 09:30"
  std::string shows;  // "badge", "code", "day badge", "old badge", "text:...", "by hand"
  std::string as;     // role, of "by hand"
  std::vector<std::string> before;
  std::string verdict;
  std::string rule;
  std::string opens;   // "day 1 14:00", or ""
  std::string way_on;  // WayOn's name, or "" for any
  std::optional<bool> badge_owed;
};

[[nodiscard]] Cast read_cast(const std::filesystem::path& file, const sync::EventFile& event);
[[nodiscard]] std::vector<Scenario> read_scenarios(const std::filesystem::path& file);

// Plays one from an empty journal; what differs from what it says, or "".
class Stage {
 public:
  Stage(sync::EventFile event, Cast cast);
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;
  [[nodiscard]] std::string play(const Scenario&);

 private:
  struct Inside;
  std::unique_ptr<Inside> in_;
};

}  // namespace lanyard::kiosk::rulebook
