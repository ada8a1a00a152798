#include "kiosk/start_record.hpp"

#include <fstream>

#include "tests/catch.hpp"
#include "tests/sync/temporary_folder.hpp"

namespace lanyard::kiosk {
namespace {

using std::chrono::seconds;
using sync::hub::TemporaryFolder;

TEST_CASE("a kiosk that came down three times in five minutes starts in safe mode") {
  const TemporaryFolder folder;
  CHECK(StartRecord(folder.path(), seconds(100)).mode() == StartMode::usual);
  CHECK(StartRecord(folder.path(), seconds(110)).mode() == StartMode::usual);
  CHECK(StartRecord(folder.path(), seconds(120)).mode() == StartMode::usual);
  CHECK(StartRecord(folder.path(), seconds(130)).mode() == StartMode::safe);
  CHECK(StartRecord(folder.path(), seconds(140)).mode() == StartMode::safe);
}

TEST_CASE("three faults in a day are no reason for safe mode") {
  const TemporaryFolder folder;
  for (int hour = 0; hour < 24; ++hour)
    CHECK(StartRecord(folder.path(), seconds(3600 * hour)).mode() == StartMode::usual);
}

TEST_CASE("a start that ended well counts for none") {
  const TemporaryFolder folder;
  for (int at = 0; at < 10; ++at) {
    const StartRecord record(folder.path(), seconds(10 * at));
    CHECK(record.mode() == StartMode::usual);
    record.ended_well();
  }
}

TEST_CASE("after safe mode the usual way is tried with a clean slate, and left sooner or later again") {
  const TemporaryFolder folder;
  for (int at = 0; at < 3; ++at) CHECK(StartRecord(folder.path(), seconds(at)).mode() == StartMode::usual);
  const StartRecord safe(folder.path(), seconds(5));
  REQUIRE(safe.mode() == StartMode::safe);
  safe.ended_well();
  for (int at = 6; at < 9; ++at) CHECK(StartRecord(folder.path(), seconds(at)).mode() == StartMode::usual);
  CHECK(StartRecord(folder.path(), seconds(9)).mode() == StartMode::safe);
}

TEST_CASE("a record that cannot be read or kept is no reason not to start") {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "starts") << "nonsense \xff 12 99999999999999999999";
  CHECK(StartRecord(folder.path(), seconds(1)).mode() == StartMode::usual);
  CHECK(StartRecord(folder.path() / "nowhere", seconds(1)).mode() == StartMode::usual);
  CHECK(StartRecord({}, seconds(1)).mode() == StartMode::usual);
  // One of another start of the machine, whose clock was further.
  std::ofstream(folder.path() / "starts") << "1000\n1001\n1002\n";
  CHECK(StartRecord(folder.path(), seconds(5)).mode() == StartMode::usual);
}

}  // namespace
}  // namespace lanyard::kiosk
