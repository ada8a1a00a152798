// A kiosk's desk over a real store with the demo's roster, and who acts at it.
#pragma once

#include <string>
#include <vector>

#include "kiosk/desk/admit.hpp"
#include "tests/kiosk/demo_event.hpp"

namespace lanyard::kiosk {

using namespace std::chrono_literals;
using sync::JournalRow;
using sync::RowKind;

class Kiosk {
 public:
  explicit Kiosk(const std::string& device = "north-1", const std::string& checkpoint = "main",
                 const sync::RosterPage& roster = demo_roster(), const std::filesystem::path& folder = {})
      : file_((folder.empty() ? folder_.path() : folder) / "store.db"),
        desk_(sync::Store::open(file_).value()) {
    furnish(desk_.store(), device, checkpoint, roster);
  }

  Desk& desk() { return desk_; }
  [[nodiscard]] const std::filesystem::path& file() const { return file_; }
  Decision show(const std::string& symbol, Timestamp now = kOpening) {
    return desk_.admit(symbol, stamp_at(now)).value();
  }
  std::vector<JournalRow> rows() { return desk_.store().own_rows(0, 1000).value(); }
  // As the hub would pass on what `other` wrote.
  void hear(Kiosk& other) {
    sync::FeedPage page;
    for (JournalRow& row : other.rows())
      page.rows.push_back({static_cast<std::int64_t>(row.seq), std::move(row)});
    REQUIRE(desk_.store().apply(page).has_value());
  }

 private:
  TemporaryFolder folder_;
  std::filesystem::path file_;
  Desk desk_;
};

inline Operator of_role(const char* role) {
  return {std::string("staff-") + role, *sync::find_role(*demo_roster().event, role)};
}

}  // namespace lanyard::kiosk
