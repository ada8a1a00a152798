// What peers of the server may take of it: time, connections, and memory. Only orders of magnitude of time
// are looked at: a peer is dropped, or it is not.
#include <atomic>

#include "sync/http_client.hpp"
#include "tests/sync/http_server_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

// Until the connection has gone; false if it holds for the test's patience.
bool is_dropped_while_dripping(const RawSocket& socket) {
  for (int i = 0; i < 1000; ++i) {
    if (!socket.send("x")) return true;
    std::this_thread::sleep_for(20ms);
  }
  return false;
}

TEST_CASE("a client that sends a byte now and then is dropped") {
  HttpLimits limits;
  limits.read_timeout = 300ms;
  RunningServer server(limits);
  const RawSocket socket(server.port());
  const std::string request = "GET /a HTTP/1.1\r\nHost: " + std::string(200, 'x') + "\r\n\r\n";
  bool dropped = false;
  for (const char byte : request) {
    dropped = dropped || !socket.send(std::string_view(&byte, 1));
    std::this_thread::sleep_for(10ms);
  }
  CHECK((dropped || socket.receive().empty()));
}

TEST_CASE("a client that sends its body a byte now and then is dropped") {
  HttpLimits limits;
  limits.read_timeout = 300ms;
  RunningServer server(limits);
  const RawSocket socket(server.port());
  REQUIRE(socket.send("POST /v1/journal HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"));
  CHECK(is_dropped_while_dripping(socket));
}

TEST_CASE("a client that goes on sending after it was refused is dropped") {
  HttpLimits limits;
  limits.discard_patience = 300ms;
  RunningServer server(limits);
  const RawSocket socket(server.port());
  REQUIRE(socket.send("POST /v1/journal HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n"));
  CHECK(socket.receive_until("\r\n\r\n").rfind("HTTP/1.1 400", 0) == 0);
  CHECK(is_dropped_while_dripping(socket));
}

constexpr std::size_t kTooManyBodies = kMaxBodiesInFlight / kMaxBodyBytes + 1;

TEST_CASE("large bodies that were announced without a token take nothing from those with one") {
  RunningServer server({}, RunningServer::echo, [](const Request& head) -> std::optional<Response> {
    if (head.token == "good" && head.path == "/v1/journal" && head.body.empty()) return std::nullopt;
    return problem(401, "who is it?");
  });
  std::vector<std::unique_ptr<RawSocket>> strangers;
  for (const char* body : {"Content-Length: 4194304", "Transfer-Encoding: chunked"}) {
    for (std::size_t i = 0; i < kTooManyBodies; ++i) {
      strangers.push_back(std::make_unique<RawSocket>(server.port()));
      REQUIRE(strangers.back()->send("POST /v1/journal HTTP/1.1\r\nHost: x\r\n" + std::string(body) +
                                     "\r\n\r\n"));
      // At once: nothing of the body has come, and nothing of it is waited for.
      CHECK(strangers.back()->receive_until("\r\n\r\n").rfind("HTTP/1.1 401", 0) == 0);
    }
  }
  HttpClient client;
  const std::string body(3'000'000, 'x');
  CHECK(client.request({"POST", server.url() + "/v1/journal", "good", body}).value().status == 200);
}

TEST_CASE("a body that was refused gives its share back before its client goes") {
  RunningServer server;
  std::vector<std::unique_ptr<RawSocket>> refused;
  for (std::size_t i = 0; i < kTooManyBodies; ++i) {
    refused.push_back(std::make_unique<RawSocket>(server.port()));
    REQUIRE(refused.back()->send(
        "POST /v1/journal HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n"));
    CHECK(refused.back()->receive_until("\r\n\r\n").rfind("HTTP/1.1 400", 0) == 0);  // never 503
  }
}

TEST_CASE("large bodies beyond their common memory are put off") {
  RunningServer server;
  std::vector<std::unique_ptr<RawSocket>> slow;
  std::size_t told_to_go_on = 0;
  for (std::size_t i = 0; i < kTooManyBodies; ++i) {
    slow.push_back(std::make_unique<RawSocket>(server.port()));
    REQUIRE(
        slow.back()->send("POST /v1/journal HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                          "Content-Length: 4194304\r\n\r\n"));
    const std::string said = slow.back()->receive_until("\r\n\r\n");
    if (said.rfind("HTTP/1.1 100", 0) == 0) ++told_to_go_on;
    if (i + 1 == kTooManyBodies) CHECK(said.find("Retry-After: ") != std::string::npos);
  }
  CHECK(told_to_go_on == kTooManyBodies - 1);
}

TEST_CASE("a connection that stays idle is closed") {
  HttpLimits limits;
  limits.idle_timeout = 100ms;
  RunningServer server(limits);
  const RawSocket socket(server.port());
  REQUIRE(socket.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"));
  // Ends because the server closes, long before the test's own patience.
  CHECK(socket.receive(60s).find("200 OK") != std::string::npos);
}

TEST_CASE("a connection too many is turned away and the others are served") {
  HttpLimits limits;
  limits.connections = 2;
  RunningServer server(limits);
  const RawSocket one(server.port());
  const RawSocket two(server.port());
  REQUIRE(one.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n"));
  CHECK(one.receive_until("GET /1").find("200 OK") != std::string::npos);
  REQUIRE(two.send("GET /2 HTTP/1.1\r\nHost: x\r\n\r\n"));
  CHECK(two.receive_until("GET /2").find("200 OK") != std::string::npos);
  const RawSocket three(server.port());
  (void)three.send("GET /3 HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(three.receive().empty());
}

TEST_CASE("one address that takes all its places leaves those of the others") {
  HttpLimits limits;
  limits.connections = 3;
  limits.connections_per_peer = 2;
  RunningServer server(limits);
  const auto is_served = [](const RawSocket& socket) {
    (void)socket.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    return socket.receive_until("GET /a").find("200 OK") != std::string::npos;
  };
  const RawSocket one(server.port());
  const RawSocket two(server.port());
  CHECK(is_served(one));
  CHECK(is_served(two));
  CHECK_FALSE(is_served(RawSocket(server.port())));
  CHECK(is_served(RawSocket(server.port(), INADDR_LOOPBACK + 1)));
}

constexpr std::size_t kLarge = 4UL * 1024 * 1024;  // more than sockets take by themselves

TEST_CASE("large answers that nobody takes are not made without end, and all are given in the end") {
  constexpr int kClients = 100;
  std::atomic<int> made{0};
  RunningServer server({}, [&](const Request&) {
    ++made;
    return Response{200, "text/plain", std::string(kLarge, 'x') + "end", {}, {}, {}};
  });
  std::vector<std::unique_ptr<RawSocket>> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.push_back(std::make_unique<RawSocket>(server.port()));
    REQUIRE(clients.back()->send("GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  }
  while (made < 1) std::this_thread::sleep_for(1ms);
  std::this_thread::sleep_for(200ms);
  CHECK(made <= static_cast<int>(kMaxAnswersInFlight / kAnswerExpected));
  std::atomic<int> taken{0};
  std::vector<std::thread> readers;
  readers.reserve(clients.size());
  for (const auto& client : clients) {
    readers.emplace_back([&] { taken += client->receive(60s).size() > kLarge ? 1 : 0; });
  }
  for (std::thread& reader : readers) reader.join();
  CHECK(taken == kClients);
  CHECK(made == kClients);
}

TEST_CASE("how the hub is can be asked while nobody takes their answers") {
  std::atomic<int> made{0};
  RunningServer server({}, [&](const Request& request) {
    if (request.path == "/healthz") return Response{200, "text/plain", "well", {}, {}, {}};
    ++made;
    return Response{200, "text/plain", std::string(kLarge, 'x'), {}, {}, {}};
  });
  std::vector<std::unique_ptr<RawSocket>> clients;
  for (int i = 0; i < 64; ++i) {
    clients.push_back(std::make_unique<RawSocket>(server.port()));
    REQUIRE(clients.back()->send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n"));
  }
  while (made < 2) std::this_thread::sleep_for(1ms);
  const RawSocket health(server.port());
  REQUIRE(health.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"));
  CHECK(health.receive_until("well").find("200 OK") != std::string::npos);
}

TEST_CASE("a body of more than some kilobytes is not read before its token is") {
  std::atomic<int> asked{0};
  RunningServer server({}, RunningServer::echo, [&](const Request&) -> std::optional<Response> {
    ++asked;
    return problem(401, "not with this token");
  });
  HttpClient client;
  CHECK(
      client.request({"POST", server.url() + "/v1/heartbeat", "t", std::string(2000, 'x')}).value().status ==
      200);
  CHECK(asked == 0);
  CHECK(
      client.request({"POST", server.url() + "/v1/heartbeat", "t", std::string(9000, 'x')}).value().status ==
      401);
  CHECK(asked == 1);
  CHECK(client.request({"POST", server.url() + "/v1/enrol", "", std::string(5000, 'x')}).value().status ==
        413);
}

TEST_CASE("a connection that was let in is not asked for its token before each large body") {
  std::atomic<int> asked{0};
  std::atomic<int> status{200};
  RunningServer server(
      {},
      [&](const Request& request) {
        return status == 200 ? RunningServer::echo(request) : problem(status, "shut out");
      },
      [&](const Request& head) -> std::optional<Response> {
        ++asked;
        if (head.token == "good") return std::nullopt;
        return problem(401, "not with this token");
      });
  HttpClient client;
  const auto upload = [&](const char* token) {
    return client.request({"POST", server.url() + "/v1/journal", token, std::string(9000, 'x')})
        .value()
        .status;
  };
  CHECK(upload("good") == 200);
  CHECK(upload("good") == 200);
  CHECK(asked == 1);
  // Whose token is good no more is asked again.
  status = 403;
  CHECK(upload("good") == 403);
  status = 200;
  CHECK(upload("good") == 200);
  CHECK(asked == 2);
  // Another token is another caller.
  CHECK(upload("bad") == 401);
  CHECK(asked == 3);
}

}  // namespace
}  // namespace lanyard::sync::hub
