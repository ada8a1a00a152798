// What the hub has to give to those who connect, and who gets it: places for connections, and memory for
// large bodies and answers. PURE: addresses and time are arguments. Threads: that of the sockets.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>

namespace lanyard::sync::hub {

// Of each kiosk two: one that waits for news, one for the rest.
inline constexpr std::size_t kMaxConnections = 16'384;
// A quarter: no one peer takes them all, and a proxy or a venue behind a single address has enough.
inline constexpr std::size_t kMaxConnectionsPerPeer = 4096;
// What a connection takes of the hub's memory at most, large bodies and answers aside: by TLS most of it is
// Asio's and OpenSSL's buffers (tests/bench/connections.py).
inline constexpr std::size_t kConnectionBytes = 64UL * 1024;
inline constexpr std::size_t kSecureConnectionBytes = 128UL * 1024;
// As many of these as half of so much memory holds; kMaxConnections at most.
[[nodiscard]] std::size_t connections_within(std::size_t memory, std::size_t bytes_each);
// Of large bodies, all connections together.
inline constexpr std::size_t kMaxBodiesInFlight = 64UL * 1024 * 1024;
// Of answers to a GET that are being made or sent, all connections together; and what such an answer is taken
// for before it is known.
inline constexpr std::size_t kMaxAnswersInFlight = 8UL * 1024 * 1024;
inline constexpr std::size_t kAnswerExpected = 256UL * 1024;
// Between two lines of the log about connections that were turned away.
inline constexpr std::chrono::minutes kTurnedAwayPeriod{1};

// Whom the bytes of an address (4 or 16, most significant first) count for: IPv4 by the whole address, also
// where it is written as IPv6; IPv6 by its first half, of which one machine may use every second half.
[[nodiscard]] std::string peer_of(std::span<const std::uint8_t> address);

class Admission {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  Admission(std::size_t most, std::size_t most_per_peer) : most_(most), most_per_peer_(most_per_peer) {}

  // A place; false if there is none for this peer, which is counted. Each true is followed by one leave().
  [[nodiscard]] bool enter(const std::string& peer);
  void leave(const std::string& peer);

  // How many were turned away since this was last said; nullopt if none were, or it was said less than a
  // period ago.
  [[nodiscard]] std::optional<std::uint64_t> turned_away_to_tell(Instant now);

  // Memory for a large body; each true is followed by one release_body() of as many bytes.
  [[nodiscard]] bool reserve_body(std::size_t bytes);
  void release_body(std::size_t bytes) { bodies_in_flight_ -= bytes; }

  // Memory for an answer of kAnswerExpected, whoever is first: false if there is none at the moment. What it
  // is in the end is set, and 0 when it has gone.
  [[nodiscard]] bool reserve_answer(std::size_t& held);
  [[nodiscard]] bool has_room_for_answer() const {
    return answers_in_flight_ == 0 || answers_in_flight_ + kAnswerExpected <= kMaxAnswersInFlight;
  }
  void set_answer(std::size_t& held, std::size_t bytes) {
    answers_in_flight_ = answers_in_flight_ - held + bytes;
    held = bytes;
  }

 private:
  std::size_t most_;
  std::size_t most_per_peer_;
  std::size_t inside_{0};
  std::map<std::string, std::size_t> of_peer_;  // no longer than the connections are many
  std::uint64_t turned_away_{0};
  std::optional<Instant> told_;
  std::size_t bodies_in_flight_{0};
  std::size_t answers_in_flight_{0};
};

}  // namespace lanyard::sync::hub
