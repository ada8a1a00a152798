#include "sync/hub/admission.hpp"

#include <vector>

#include "tests/catch.hpp"

namespace lanyard::sync::hub {
namespace {

using namespace std::chrono_literals;

TEST_CASE("one peer gets its share of the places and the others get theirs") {
  Admission admission(3, 2);
  CHECK(admission.enter("a"));
  CHECK(admission.enter("a"));
  CHECK_FALSE(admission.enter("a"));
  CHECK(admission.enter("b"));
  CHECK_FALSE(admission.enter("c"));  // all are taken
  admission.leave("a");
  CHECK(admission.enter("c"));
  CHECK_FALSE(admission.enter("a"));
  admission.leave("c");
  CHECK(admission.enter("a"));
}

TEST_CASE("the default share of one peer leaves places for others") {
  Admission admission(kMaxConnections, kMaxConnectionsPerPeer);
  while (admission.enter("greedy")) {
  }
  CHECK(admission.enter("kiosk"));
}

TEST_CASE("however many are turned away, it is said once a period with their number") {
  Admission admission(0, 0);
  const Admission::Instant start{};
  CHECK_FALSE(admission.turned_away_to_tell(start).has_value());
  (void)admission.enter("a");
  CHECK(admission.turned_away_to_tell(start) == 1U);
  for (int i = 0; i < 1000; ++i) {
    (void)admission.enter("a");
    CHECK_FALSE(admission.turned_away_to_tell(start + 59s).has_value());
  }
  CHECK(admission.turned_away_to_tell(start + 60s) == 1000U);
  CHECK_FALSE(admission.turned_away_to_tell(start + 300s).has_value());
}

TEST_CASE("an IPv6 peer is known by its network, and an IPv4 peer by its address in either form") {
  using Bytes = std::vector<std::uint8_t>;
  const Bytes host{0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1};
  Bytes neighbour = host;
  neighbour.back() = 2;
  Bytes elsewhere = host;
  elsewhere[7] = 2;
  CHECK(peer_of(host) == peer_of(neighbour));
  CHECK(peer_of(host) != peer_of(elsewhere));
  const Bytes v4{192, 0, 2, 1};
  const Bytes other_v4{192, 0, 2, 2};
  const Bytes mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 192, 0, 2, 1};
  CHECK(peer_of(v4) == peer_of(mapped));
  CHECK(peer_of(v4) != peer_of(other_v4));
}

TEST_CASE("large bodies share their memory, and what was given back is given again") {
  Admission admission(1, 1);
  CHECK(admission.reserve_body(kMaxBodiesInFlight - 1));
  CHECK_FALSE(admission.reserve_body(2));
  CHECK_FALSE(admission.reserve_body(SIZE_MAX));
  CHECK(admission.reserve_body(1));
  admission.release_body(kMaxBodiesInFlight - 1);
  CHECK(admission.reserve_body(2));
}

TEST_CASE("answers share their memory, and one is made however large it is") {
  Admission admission(1, 1);
  std::vector<std::size_t> held(kMaxAnswersInFlight / kAnswerExpected);
  for (std::size_t& one : held) CHECK(admission.reserve_answer(one));
  std::size_t next = 0;
  CHECK_FALSE(admission.reserve_answer(next));
  admission.set_answer(held[0], 100);  // it came out small
  CHECK_FALSE(admission.reserve_answer(next));
  admission.set_answer(held[0], 0);
  CHECK(admission.reserve_answer(next));
  for (std::size_t& one : held) admission.set_answer(one, 0);
  admission.set_answer(next, 2 * kMaxAnswersInFlight);
  CHECK_FALSE(admission.reserve_answer(held[0]));
  admission.set_answer(next, 0);
  CHECK(admission.reserve_answer(held[0]));
}

}  // namespace
}  // namespace lanyard::sync::hub
