// Carries the rows of a venue's hub and of its kiosks to the centre, and the roster from it, one step at a
// time: what lanyard-syncd's Carrier is for a kiosk.
//
// Nothing is noted of what the centre has: it says so whenever it is asked (POST /v1/devices) and with each
// answer. So a centre that was restored from a backup gets again what it has lost, and so does a venue.
//
// Threads: an UplinkCarrier and its store belong to one thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sync/hub/from_centre.hpp"
#include "sync/hub_line.hpp"

namespace lanyard::sync::hub {

inline constexpr std::size_t kUplinkRows = 200;        // in one body
inline constexpr std::size_t kUplinkAside = 20;        // and of those that were set aside
inline constexpr std::chrono::seconds kTellEvery{60};  // of the kiosks, if nothing about them has changed
inline constexpr std::chrono::seconds kNoteEvery{5};   // how the uplink is, if its words have not changed

// The line of a lane: `lane` as in HubLine. The token is the store's.
[[nodiscard]] HubLine uplink_line(HubStore& store, const SyncdConfig& config, Transport transport,
                                  Clock clock, std::string_view lane);

class UplinkCarrier {
 public:
  // The store must have joined a centre. It is not owned. `name` is the hub's (Founding).
  UplinkCarrier(HubStore& store, std::string name, SyncdConfig config, Transport transport, Clock clock);

  // Does the one thing that is next. A failure is noted, and backed off from.
  // The time until which there is nothing to do, or nullopt if there may be more at once.
  [[nodiscard]] std::optional<SteadyTime> step();
  // Has a row come since they were last counted? Cheap.
  [[nodiscard]] bool has_news();
  // The version of the roster that the centre told of (Follower::roster_told). True if that is news.
  bool hear_roster(std::int64_t version);

  [[nodiscard]] const std::string& standing() const { return line_.standing(); }
  // Rows that are not at the centre, as far as it is known.
  [[nodiscard]] std::uint64_t waiting() const { return waiting_; }

 private:
  Expected<void> act(const CarrierAction& action);
  Expected<void> push();
  Expected<void> push_rows_of(const std::string& device);
  Expected<void> pull_roster();
  Expected<void> pull_photo();
  Expected<void> keep_photo(const std::string& hash, const std::string& bytes);
  Expected<void> drop_photos();
  Expected<void> beat();
  Expected<void> take_notices(const HeartbeatAnswer& answer);
  Expected<void> renew_token();
  void clear_traces_at_rest();

  Expected<std::vector<ToldDevice>> devices_to_tell();
  Expected<void> tell();
  Expected<void> tell_of(std::vector<ToldDevice> some);
  Expected<void> obey(const DeviceStanding& standing);

  Expected<void> count();
  std::string next_with_rows();
  Expected<UploadRequest> rows_to_send(const std::string& device, std::uint64_t after, std::uint64_t until);
  void note_standing();

  HubStore& store_;
  std::string name_;
  SyncdConfig config_;
  HubLine line_;
  RosterFromCentre roster_;
  CarrierState state_;
  FeedCursor counted_at_{-1, ""};
  SteadyTime rests_since_{};  // no row has come
  // By device: where its chain ends here, and where there.
  std::map<std::string, std::uint64_t> ends_;
  std::map<std::string, std::uint64_t> known_to_;
  std::vector<std::string> hubs_;  // whose chains hold alerts
  std::uint64_t waiting_{0};
  std::uint64_t rejected_{0};
  std::string last_pushed_;
  bool told_{false};  // and known_to_ is as the centre said
  std::vector<ToldDevice> told_devices_;
  SteadyTime told_at_{};
  std::int64_t heard_roster_{0};
  std::size_t batch_{kUplinkRows};
  std::size_t most_batch_{kUplinkRows};  // of those that wait now: what a proxy has refused more of
  std::size_t roster_page_{kRosterPageAsked};
  std::int64_t photos_dropped_at_{-1};  // the version of our own roster
  SteadyTime look_for_traces_at_{};
  std::optional<SteadyTime> traces_seen_at_;
  UplinkStanding noted_;
  std::optional<Timestamp> contact_;
  SteadyTime noted_at_{};
};

}  // namespace lanyard::sync::hub
