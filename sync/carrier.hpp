// Carries this kiosk's rows to the hub, and the roster from it, one step at a time. It never loses a row:
// what the hub has not answered for stays unsent in the store.
//
// Threads: a Carrier and its Store belong to one thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sync/hub_line.hpp"
#include "sync/store.hpp"

namespace lanyard::sync {

// With less free on the store's file system, pictures go, and what was set aside of damaged stores whose rows
// are with the hub: rows can use their room. Twice as much, and pictures are fetched again.
inline constexpr std::uint64_t kRoomForPictures = 128ULL * 1024 * 1024;  // bytes

using SeedSource = std::function<std::array<std::uint8_t, 32>()>;

// What a daemon that finds its store withdrawn has yet to do: the one before it may have been cut off there.
// No token stays in the folder, and no trace in the file, which is written anew. To be done again if it
// fails.
[[nodiscard]] Expected<void> end_withdrawal(Store& store, const SyncdConfig& config);

class Carrier {
 public:
  // The store must hold an identity. It is not owned. `new_seed`: of the key pair, should the office have
  // this kiosk enrol anew.
  Carrier(Store& store, SyncdConfig config, Transport transport, Clock clock, SeedSource new_seed);

  // Does the one thing that is next. A failure is noted, and backed off from.
  // The time until which there is nothing to do, or nullopt if there may be more at once.
  // Errors: corrupt, where going on would make things worse.
  [[nodiscard]] Expected<std::optional<SteadyTime>> step();
  // Has another process written to the store since the last step? Cheap.
  [[nodiscard]] bool has_news();
  // The version of the roster that the hub told of (Follower::roster_told). True if that is news, so that the
  // next step will ask for it.
  bool hear_roster(std::int64_t version);
  // The hub told the other lane that this kiosk is shut out. True the first time.
  bool hear_revocation();
  // Called before the store's file is written anew, which takes minutes on a slow disk.
  void before_long_work(std::function<void()> call) { takes_long_ = std::move(call); }
  // In place of the file system: the bytes that are free there.
  void measure_room_by(std::function<std::optional<std::uint64_t>()> measure) { room_ = std::move(measure); }
  // All that this kiosk knew is gone, and there is nothing left to do.
  [[nodiscard]] bool has_forgotten() const { return forgotten_; }

  // For the log and for systemd: "online", or what is wrong.
  [[nodiscard]] const std::string& standing() const { return line_.standing(); }
  [[nodiscard]] const CarrierState& state() const { return state_; }
  [[nodiscard]] const BackOff& back_off() const { return line_.back_off(); }

 private:
  Expected<void> act(const CarrierAction& action);
  Expected<void> push();
  Expected<void> pull_roster();
  Expected<void> pull_photo();
  Expected<void> beat();
  Expected<void> compare_clocks(const Moment& before, Timestamp hub_now);

  // What the office wants (carrier_orders.cpp), and the end of this kiosk (carrier_withdrawal.cpp).
  void obey(const Orders& orders);
  Expected<void> take_orders(const HeartbeatAnswer& answer);
  Expected<void> renew_token();
  Expected<void> enrol_anew();
  Expected<void> look_for_the_end();
  void clear_traces_at_rest();
  Expected<void> forget();
  Expected<bool> is_ready_to_leave();
  Expected<void> end_tokens();
  Expected<void> prepare_farewell();
  Expected<void> say_farewell();
  void note_forgotten();
  Expected<void> seal_what_is_left(const Identity& identity);

  Expected<std::vector<JournalRow>> rows_to_send();
  Expected<void> take_answers(const std::vector<JournalRow>& sent, const UploadAnswer& answer);
  Expected<void> narrow_down(const std::vector<JournalRow>& sent, const HttpAnswer& answer);
  Expected<void> count_unsent();
  // The hub has every row up to `known_to`: is that less than what it has acknowledged?
  Expected<void> compare_with_hub(std::uint64_t known_to);
  Expected<void> go_on_behind(std::uint64_t known_to);
  // Of a store that was mended: its rows come behind those that the hub has.
  Expected<void> place_rows(std::uint64_t known_to);
  Expected<RowStamp> stamp_row(JournalRow& row);
  // What was set aside of damaged stores, down to so many.
  void tidy_set_aside(std::size_t keep);
  // Once a minute: see kRoomForPictures (carrier_room.cpp).
  void make_room();

  Store& store_;
  SyncdConfig config_;
  Transport transport_;
  SeedSource new_seed_;
  HubLine line_;
  CarrierState state_;
  Orders orders_;                         // as last heard, or read from the store
  std::optional<Withdrawal> withdrawal_;  // why it is to forget
  bool forgotten_{false};
  bool tokens_ended_{false};                // but for the one that is held in memory
  std::optional<SteadyTime> leaves_since_;  // since when that is tried; and then, to say farewell
  std::optional<Heartbeat> farewell_;       // once it is certain that all is to be forgotten, as was ordered
  std::function<void()> takes_long_{[] {}};
  std::optional<SteadyTime> forsaken_since_;
  SteadyTime looked_for_the_end_{};
  UnsentCount counted_;
  std::function<std::optional<std::uint64_t>()> room_;
  bool is_short_of_room_{false};
  SteadyTime looked_for_room_{};
  bool mended_{false};                     // and the hub has not told yet how far it has our rows
  std::optional<SteadyTime> rests_since_;  // nobody has stood at this kiosk since
  SteadyTime looked_for_traces_{};
  std::int64_t heard_roster_{0};
  std::int64_t seen_version_{-1};     // of the store, when the rows were last counted
  std::size_t batch_{kMaxBatchRows};  // halved while a whole batch is refused, or too much for the line
  // What it grows to, while there are rows to send: a proxy that has refused more refuses it again.
  std::size_t most_batch_{kMaxBatchRows};
  std::size_t roster_page_{kRosterPageAsked};  // halved while that is too much for the line
  std::optional<std::uint64_t> resend_after_;  // the hub lacks what came behind this row
};

}  // namespace lanyard::sync
