// The demo's event as a kiosk's store has it: for tests of the desk and of the threads.
#pragma once

#include <array>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "kiosk/desk/admit.hpp"
#include "sync/event_toml.hpp"
#include "sync/hub/roster_csv.hpp"
#include "tests/catch.hpp"
#include "tests/sync/temporary_folder.hpp"

namespace lanyard::kiosk {

using sync::Timestamp;
using sync::hub::TemporaryFolder;

// 09:00 of the first day at the venue.
inline const Timestamp kOpening = sync::parse_rfc3339("2026-11-23T01:00:00Z").value();

// Of a machine that was started at kOpening, and whose clock has been right since.
inline sync::RowStamp stamp_at(Timestamp now) {
  static std::atomic<std::uint64_t> count{0};
  const std::uint64_t n = ++count;
  sync::RowStamp stamp{now, "boot-1", (now - kOpening).count(), {}, false};
  for (std::size_t i = 0; i < 7; ++i) stamp.random[3 + i] = static_cast<std::uint8_t>(n >> (8 * i));
  return stamp;
}

// Somebody at the desk who may do everything.
inline Operator operator_named(const std::string& id) {
  return {id, local_role()};
}

inline sync::KeyPair keys_of(std::string_view who) {
  std::array<std::uint8_t, 32> seed{};
  std::copy(who.begin(), who.end(), seed.begin());
  return sync::key_pair(seed);
}
inline sync::FingerprintKey fingerprint_key() {
  sync::FingerprintKey key{};
  key.fill(5);
  return key;
}

inline sync::Identity identity_of(const std::string& device, const std::string& checkpoint) {
  return {device, "The " + device, "forum-2026", checkpoint, fingerprint_key(), keys_of(device).secret_key};
}

inline std::string demo_file(const char* name) {
  std::ifstream in(std::filesystem::path(LANYARD_ASSETS) / "demo" / name, std::ios::binary);
  REQUIRE(in.good());
  return {std::istreambuf_iterator<char>(in), {}};
}

// The whole of the demo's roster on one page.
inline const sync::RosterPage& demo_roster() {
  static const sync::RosterPage page = [] {
    const auto event = sync::parse_event_toml(demo_file("event.toml"), "event.toml").value();
    const auto csv =
        sync::hub::parse_roster_csv(demo_file("roster.csv"), event.event, [](auto) { return false; });
    REQUIRE(csv.problem_count == 0);
    sync::RosterPage made;
    made.epoch = "demo";
    made.from_start = true;
    made.next = 1;
    made.event = event.event;
    made.checkpoints = event.checkpoints;
    made.keys = sync::KeyRing{{keys_of("hub").public_key, "hub"},
                              {keys_of("north-1").public_key, "north-1"},
                              {keys_of("south-1").public_key, "south-1"}};
    for (const sync::hub::RosterRow& row : csv.rows) {
      made.attendees.push_back(row.attendee);
      if (row.credential.empty()) continue;
      made.credentials.push_back({sync::fingerprint(row.credential, fingerprint_key()), row.attendee.id, 1});
    }
    return made;
  }();
  return page;
}

// What the hub issued to an attendee.
inline std::string issued(const std::string& attendee, std::uint16_t generation = 1) {
  sync::SignedCredential fields;
  fields.event = sync::event_tag("forum-2026");
  fields.attendee = attendee;
  fields.generation = generation;
  return sync::mint(fields, keys_of("hub").secret_key);
}

// Enrols the store and gives it the roster, as the daemon would.
inline void furnish(sync::Store& store, const std::string& device, const std::string& checkpoint,
                    const sync::RosterPage& roster = demo_roster()) {
  REQUIRE(store.set_identity(identity_of(device, checkpoint)).has_value());
  REQUIRE(store.apply(roster, kOpening).has_value());
}

}  // namespace lanyard::kiosk
