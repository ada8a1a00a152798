// How many connections a machine can hold, whatever they say.
#include "sync/hub/http_server.hpp"
#include "tests/catch.hpp"

namespace lanyard::sync::hub {
namespace {

constexpr std::size_t kGib = 1024UL * 1024 * 1024;

TEST_CASE(
    "connections take half of a small machine's memory at most, and a large one has no more than the most") {
  CHECK(connections_within(kGib, kSecureConnectionBytes) == 4096);
  CHECK(connections_within(2 * kGib, kSecureConnectionBytes) == 8192);
  CHECK(connections_within(2 * kGib, kConnectionBytes) == kMaxConnections);
  CHECK(connections_within(64 * kGib, kSecureConnectionBytes) == kMaxConnections);
}

TEST_CASE("what a stranger can have kept of a request is a small part of a connection's share") {
  CHECK(kMaxBufferedBytes >= kMaxHeaderBytes);
  CHECK(kMaxBufferedBytes + kMaxHeaderBytes <= kConnectionBytes);
}

}  // namespace
}  // namespace lanyard::sync::hub
