// A hub with a small event, in the store that the environment names, and devices that write rows for it.
#pragma once

#include <memory>
#include <string>

#include "sync/chain.hpp"
#include "sync/event_toml.hpp"
#include "sync/hub/hub.hpp"
#include "tests/catch.hpp"
#include "tests/sync/store_place.hpp"

namespace lanyard::sync::hub {

// Bytes that differ from call to call, and are the same in each run.
inline Random counting_random() {
  return [n = std::make_shared<std::uint8_t>(0)](std::span<std::uint8_t> out) {
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(++*n * 37);
  };
}

inline constexpr std::string_view kSmallEventId = "forum-2026";
inline constexpr std::string_view kSmallEvent = R"(
[event]
id = "forum-2026"
name = { en = "Forum" }
first_day = 2026-11-23
days = 3
utc_offset = "+08:00"
help_desk = { en = "Help" }
protocol_desk = { en = "Protocol" }

[[category]]
id = "delegate"
name = { en = "Delegate" }
colour = "#004e86"

[[category]]
id = "guest"
name = { en = "Guest" }
colour = "#9f52c1"

[[zone]]
id = "site"
name = { en = "Site" }

[[zone]]
id = "lounge"
name = { en = "Lounge" }

[[checkpoint]]
id = "main"
name = { en = "Main" }
zone = "site"
direction = "entry"
mode = "entry_and_exit"
badge = "on_first_entry"
[[checkpoint.access]]
id = "main.all"
categories = ["*"]
windows = [{ day = 1, from = "07:30", until = "20:00" }]

[[checkpoint]]
id = "lounge"
name = { en = "Lounge" }
zone = "lounge"
direction = "entry"
mode = "unlimited"
[[checkpoint.access]]
id = "lounge.all"
categories = ["*"]
)";

// With one part of its text replaced.
inline std::string small_event_with(std::string_view part, std::string_view replacement) {
  std::string text(kSmallEvent);
  const auto at = text.find(part);
  REQUIRE(at != std::string::npos);
  return text.replace(at, part.size(), replacement);
}

inline EventFile small_event() {
  return parse_event_toml(kSmallEvent, "event.toml").value();
}

inline Attendee attendee_of(const std::string& id) {
  Attendee attendee;
  attendee.id = id;
  attendee.name = "Name of " + id;
  attendee.category = "delegate";
  attendee.zones = {"site"};
  attendee.status = Status::approved;
  return attendee;
}

// What the hub said of each row.
inline std::vector<RowAnswerKind> kinds(const UploadAnswer& answer) {
  std::vector<RowAnswerKind> list;
  for (const RowAnswer& one : answer.answers) list.push_back(one.kind);
  return list;
}

// Writes rows as a kiosk does: each chained to the one before.
class RowWriter {
 public:
  explicit RowWriter(std::string device) : device_(std::move(device)) {}

  JournalRow write(RowKind kind, const std::string& attendee, Timestamp wall,
                   const std::string& zone = "site") {
    JournalRow row;
    ++seq_;
    row.id = uuid7(wall, {static_cast<std::uint8_t>(seq_ >> 8U), static_cast<std::uint8_t>(seq_)});
    row.device = device_;
    row.seq = seq_;
    row.hlc = hlc_next(hlc_, wall);
    row.boot_id = "boot-1";
    row.monotonic_ms = static_cast<std::int64_t>(seq_) * 1000;
    row.wall = wall;
    row.offset_ms = 0;
    row.kind = kind;
    row.attendee = attendee;
    row.checkpoint = zone == "site" ? "main" : "lounge";
    row.zone = zone;
    row.rule = "main.all";
    row.generation = 1;
    row.prev_hash = last_;
    hlc_ = row.hlc;
    return seal(row);
  }
  // The row written last, with something about it changed: its hash is right again, and the next follows it.
  JournalRow seal(JournalRow row) {
    row.hash = last_ = chain_hash(row);
    return row;
  }

 private:
  std::string device_;
  std::uint64_t seq_{0};
  Hlc hlc_;
  Digest last_{};
};

class HubFixture {
 public:
  HubFixture() {
    store_ = place_.open(kSmallEventId).value();
    const EventFile event = small_event();
    REQUIRE(store_->transact([&]() -> Expected<void> {
      if (auto founded = store_->found(new_founding(random_), now); !founded) return founded;
      return store_->set_event(event.event, event.checkpoints);
    }));
  }

  [[nodiscard]] HubStore& store() { return *store_; }
  [[nodiscard]] StorePlace& place() { return place_; }
  [[nodiscard]] const Random& random() const { return random_; }
  Timestamp now{parse_rfc3339("2026-11-23T01:00:00Z").value()};

  std::string new_code_for(const std::string& device) {
    const std::string code = new_code(random_);
    REQUIRE(store_->put_device(device, "The " + device, "main"));
    REQUIRE(store_->set_code(device, hash_code(normal_code(code)), now + kCodeLife));
    return code;
  }

  Response enrol_with(const std::string& code, std::uint8_t key_byte = 1) {
    EnrolRequest request{code, {}, "test"};
    request.public_key.fill(key_byte);
    return handle({"POST", "/v1/enrol", {}, "", to_body(request)}, *store_, now, random_);
  }

  // An enrolled device's token.
  std::string enrol(const std::string& device) {
    const Response answer = enrol_with(new_code_for(device), static_cast<std::uint8_t>(device.back()));
    REQUIRE(answer.status == 200);
    return parse_enrol_answer(answer.body).value().token;
  }

  Response get(const std::string& path, const std::map<std::string, std::string, std::less<>>& query,
               const std::string& token) {
    return handle({"GET", path, query, token, ""}, *store_, now, random_);
  }
  Response post(const std::string& path, const std::string& token, const std::string& body) {
    return handle({"POST", path, {}, token, body}, *store_, now, random_);
  }
  UploadAnswer upload(const std::string& token, const std::vector<JournalRow>& rows) {
    const Response answer = post("/v1/journal", token, to_body(UploadRequest{rows}));
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    return parse_upload_answer(answer.body).value();
  }
  RosterPage roster(const std::string& token, std::int64_t after, const std::string& epoch,
                    const std::string& limit = "1000") {
    const Response answer =
        get("/v1/roster", {{"after", std::to_string(after)}, {"epoch", epoch}, {"limit", limit}}, token);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    return parse_roster_page(answer.body).value();
  }
  FeedPage feed(const std::string& token, const FeedCursor& after, const std::string& limit = "500") {
    const Response answer = get(
        "/v1/journal", {{"after", std::to_string(after.seq)}, {"mark", after.mark}, {"limit", limit}}, token);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    return parse_feed_page(answer.body).value();
  }
  std::vector<FeedRow> alerts() { return store_->alerts(0, 1000).value(); }

 private:
  StorePlace place_;
  Random random_{counting_random()};
  std::unique_ptr<HubStore> store_;
};

inline std::optional<Timestamp> corrected_time(HubStore& store, const std::string& row_id) {
  return store.corrected_times({row_id}).value().at(0);
}

// A hub with two desks: their tokens, and what writes their rows.
struct TwoDesks {
  HubFixture hub;
  const std::string north{hub.enrol("north-1")};
  const std::string south{hub.enrol("south-2")};
  RowWriter at_north{"north-1"};
  RowWriter at_south{"south-2"};
};

}  // namespace lanyard::sync::hub
