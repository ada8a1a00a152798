// Callers behind a proxy: told apart where the proxy is known, and nobody else is believed.
#include "sync/hub/http_text.hpp"
#include "tests/sync/http_server_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

// Says for whom the caller counts.
Response echo_peer(const Request& request) {
  for (const char* address : {"127.0.0.1", "127.0.0.2", "192.0.2.1", "2001:db8::1"}) {
    if (request.peer == peer_named(address)) return {200, "text/plain", address, {}, {}, {}};
  }
  return {200, "text/plain", "nobody", {}, {}, {}};
}

HttpService behind_proxy() {
  HttpService service{echo_peer, RunningServer::let_in, {}, {}};
  service.proxies = {peer_named("127.0.0.1").value()};
  return service;
}

std::string peer_by(const RunningServer& server, const std::string& headers,
                    in_addr_t from = INADDR_LOOPBACK) {
  const RawSocket socket(server.port(), from);
  REQUIRE(socket.send("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers + "\r\n"));
  const std::string said = socket.receive();
  return said.substr(said.find("\r\n\r\n") + 4);
}

TEST_CASE("what a proxy of ours wrote last is who asks, and what stands before it is nobody's word") {
  const RunningServer server({}, behind_proxy());
  CHECK(peer_by(server, "X-Forwarded-For: 192.0.2.1\r\n") == "192.0.2.1");
  CHECK(peer_by(server, "X-Forwarded-For: 198.51.100.7, 192.0.2.1\r\n") == "192.0.2.1");
  CHECK(peer_by(server, "X-Forwarded-For: 198.51.100.7\r\nX-Forwarded-For:\t192.0.2.1 \r\n") == "192.0.2.1");
  CHECK(peer_by(server, "X-Forwarded-For: 2001:db8::abcd\r\n") == "2001:db8::1");  // one /64
  // A proxy that says nothing, or nothing that can be read, asks for itself.
  CHECK(peer_by(server, "") == "127.0.0.1");
  for (const char* wrong : {"", "unknown", "192.0.2.1,", "192.0.2", ","}) {
    INFO(wrong);
    CHECK(peer_by(server, std::string("X-Forwarded-For: ") + wrong + "\r\n") == "127.0.0.1");
  }
  // Not a proxy.
  CHECK(peer_by(server, "X-Forwarded-For: 192.0.2.1\r\n", INADDR_LOOPBACK + 1) == "127.0.0.2");
}

TEST_CASE("of one connection of a proxy each request is of whom it says") {
  const RunningServer server({}, behind_proxy());
  const RawSocket socket(server.port());
  for (const std::string who : {"192.0.2.1", "2001:db8::1"}) {
    REQUIRE(socket.send("GET /a HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: " + who + "\r\n\r\n"));
    CHECK(socket.receive_until(who).find("200 OK") != std::string::npos);
  }
  REQUIRE(socket.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"));
  CHECK(socket.receive_until("127.0.0.1").find("200 OK") != std::string::npos);
}

TEST_CASE("without a proxy nobody says who he is") {
  const RunningServer server({}, echo_peer);
  CHECK(peer_by(server, "X-Forwarded-For: 192.0.2.1\r\n") == "127.0.0.1");
}

TEST_CASE("what is no address counts for nobody") {
  CHECK(peer_named("::ffff:192.0.2.1") == peer_named("192.0.2.1"));
  for (const char* wrong : {"", "hub", "192.0.2.1:80", "192.0.2.1/24"}) {
    INFO(wrong);
    CHECK_FALSE(peer_named(wrong).has_value());
  }
  CHECK(last_of_list("a, b ,\tc ") == "c");
  CHECK(last_of_list("a") == "a");
  CHECK(last_of_list("a, ").empty());
  CHECK(last_of_list("").empty());
}

}  // namespace
}  // namespace lanyard::sync::hub
