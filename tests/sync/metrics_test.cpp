// What the hub tells of itself.
#include "sync/hub/metrics.hpp"

#include <algorithm>

#include "tests/sync/hub_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

using namespace std::chrono_literals;

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST_CASE("the metrics tell of each kiosk how it is, of the journal and the server, and of no person") {
  HubFixture hub;
  REQUIRE(hub.store().transact([&] { return hub.store().put_attendee(attendee_of("A1")); }));
  const std::string token = hub.enrol("north-1");
  hub.enrol("south-2");
  const std::string waiting = hub.new_code_for("west-3");
  const Heartbeat beat{"test", 7, 3, 1, 0, hub.now + 2s};
  REQUIRE(hub.post("/v1/heartbeat", token, to_body(beat)).status == 200);
  hub.upload(token, {RowWriter("north-1").write(RowKind::admitted, "A1", hub.now)});
  HttpCounts counts;
  counts.answered("/v1/journal", 200, 100);
  counts.answered("/v1/journal", 200, 100);
  counts.answered("/../etc", 404, 10);
  counts.handled(3ms);
  counts.handled(2min);
  counts.connections(5);
  const std::string text = metrics_text(counts, standing_of(hub.store()), hub.now + 10s);
  for (const char* line :
       {"lanyard_http_answers_total{path=\"/v1/journal\",status=\"2xx\"} 2",
        "lanyard_http_answers_total{path=\"other\",status=\"4xx\"} 1",
        "lanyard_http_answer_bytes_total{path=\"/v1/journal\"} 200",
        "lanyard_http_handling_seconds_bucket{le=\"0.001\"} 0",
        "lanyard_http_handling_seconds_bucket{le=\"0.005\"} 1",
        "lanyard_http_handling_seconds_bucket{le=\"+Inf\"} 2", "lanyard_http_handling_seconds_count 2",
        "lanyard_http_connections 5", "lanyard_store_readable 1", "lanyard_attendees 1",
        "lanyard_journal_number 1", "lanyard_devices{standing=\"enrolled\"} 2",
        "lanyard_devices{standing=\"waiting\"} 1", "lanyard_devices_online 1",
        "lanyard_device_unsent_rows{device=\"north-1\"} 3",
        "lanyard_device_rejected_rows{device=\"north-1\"} 1",
        "lanyard_device_clock_ahead_seconds{device=\"north-1\"} 2"}) {
    INFO(line);
    INFO(text);
    CHECK(has_line(text, line));
  }
  CHECK(text.ends_with("\n# EOF\n"));
  CHECK(text.find("A1") == std::string::npos);
  CHECK(text.find(waiting) == std::string::npos);
}

TEST_CASE("each family of metrics begins once, with its type and what it is") {
  HubFixture hub;
  const std::string text = metrics_text(HttpCounts(), standing_of(hub.store()), hub.now);
  std::vector<std::string> families;
  std::string current;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at);
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    if (line.starts_with("# TYPE ")) {
      current = line.substr(7, line.rfind(' ') - 7);
      CHECK(std::ranges::find(families, current) == families.end());
      families.push_back(current);
    } else {
      INFO(line);
      CHECK((line.starts_with("# HELP " + current + " ") || line.starts_with(current) || line == "# EOF"));
    }
  }
  CHECK(families.size() > 10);
}

TEST_CASE("of a hub that has joined another the metrics tell how the way there is") {
  HubFixture hub;
  CHECK(metrics_text(HttpCounts(), standing_of(hub.store()), hub.now).find("uplink") == std::string::npos);
  Uplink uplink;
  uplink.hub = "https://centre.example";
  uplink.device = "expo";
  uplink.token = "secret";
  REQUIRE(hub.store().set_uplink(uplink));
  REQUIRE(hub.store().note_uplink_standing({"online", hub.now, 7}));
  const std::string text = metrics_text(HttpCounts(), standing_of(hub.store()), hub.now);
  CHECK(has_line(text, "lanyard_uplink_online 1"));
  CHECK(has_line(text, "lanyard_uplink_waiting_rows 7"));
  CHECK(text.find("secret") == std::string::npos);
  const auto later = metrics_text(HttpCounts(), standing_of(hub.store()), hub.now + std::chrono::minutes(5));
  CHECK(has_line(later, "lanyard_uplink_online 0"));
}

TEST_CASE("a store that cannot be read is a metric, not a silence") {
  const std::string text =
      metrics_text(HttpCounts(), fail(Error::Kind::storage, "the database stayed locked"), Timestamp{});
  CHECK(has_line(text, "lanyard_store_readable 0"));
  CHECK(text.find("locked") == std::string::npos);
  CHECK(text.ends_with("# EOF\n"));
}

}  // namespace
}  // namespace lanyard::sync::hub
