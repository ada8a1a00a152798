// The server over real sockets. Only orders of magnitude of time are looked at: a peer is dropped, or it is
// not.
#include "sync/hub/http_server.hpp"

#include <atomic>
#include <thread>

#include "sync/http_client.hpp"
#include "tests/sync/hub_fixture.hpp"
#include "tests/sync/raw_socket.hpp"

namespace lanyard::sync::hub {
namespace {

using namespace std::chrono_literals;

// A running server; its handler says what it was asked.
class Running {
 public:
  explicit Running(HttpLimits limits = {}, HttpServer::Handler handler = echo)
      : server_(HttpServer::listen("127.0.0.1:0", limits, std::move(handler)).value()) {
    const std::string address = server_->address();
    port_ = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
    thread_ = std::thread([this] { server_->run(); });
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() { stop(); }

  void stop() {
    server_->stop();
    if (thread_.joinable()) thread_.join();
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  static Response echo(const Request& request) {
    std::string said = request.method + " " + request.path;
    for (const auto& [name, value] : request.query) said.append(" ").append(name).append("=").append(value);
    return {
        200, "text/plain", said + " " + request.token + " " + std::to_string(request.body.size()), {}, {}};
  }

 private:
  std::unique_ptr<HttpServer> server_;
  std::uint16_t port_{0};
  std::thread thread_;
};

TEST_CASE("a request arrives whole and its answer comes back") {
  Running server;
  HttpClient client;
  const auto got = client.request({"GET", server.url() + "/a?x=1&y=%C3%A9", "T0k.en", ""});
  REQUIRE(got.has_value());
  CHECK(got->status == 200);
  CHECK(got->body == "GET /a x=1 y=\xC3\xA9 T0k.en 0");
  CHECK(got->date.has_value());
  const auto posted = client.request({"POST", server.url() + "/v1/journal", "", std::string(3'000'000, 'x')});
  REQUIRE(posted.has_value());
  CHECK(posted->body == "POST /v1/journal  3000000");
}

TEST_CASE("a connection serves many requests, also sent ahead") {
  Running server;
  const RawSocket socket(server.port());
  REQUIRE(socket.send(
      "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  const std::string both = socket.receive();
  CHECK(both.find("GET /1  0") != std::string::npos);
  CHECK(both.find("GET /2  0") != std::string::npos);
}

TEST_CASE("what is too large or no HTTP is refused with a reason, and the server lives on") {
  Running server;
  const auto ask = [&](const std::string& bytes) {
    const RawSocket socket(server.port());
    (void)socket.send(bytes);
    return socket.receive().substr(0, 12);
  };
  CHECK(ask("GET /" + std::string(kMaxHeaderBytes, 'x') + " HTTP/1.1\r\n\r\n") == "HTTP/1.1 431");
  CHECK(ask("POST /v1/journal HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n") == "HTTP/1.1 413");
  CHECK(ask("POST /v1/enrol HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n") == "HTTP/1.1 413");
  CHECK(ask("POST /v1/enrol HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n11000\r\n" +
            std::string(0x11000, 'x') + "\r\n0\r\n\r\n") == "HTTP/1.1 413");
  CHECK(ask("\x16\x03\x01 this is TLS\r\n\r\n") == "HTTP/1.1 400");
  CHECK(ask("GET /%zz?a=%z HTTP/1.1\r\nHost: x\r\n\r\n") == "HTTP/1.1 400");
  CHECK(ask("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n") == "HTTP/1.1 400");
  HttpClient client;
  CHECK(client.request({"GET", server.url() + "/a", "", ""}).value().status == 200);
}

TEST_CASE("extensions of a chunk and trailers are bounded as the header is") {
  Running server;
  const auto ask = [&](const std::string& bytes) {
    const RawSocket socket(server.port());
    (void)socket.send("POST /v1/enrol HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + bytes);
    return socket.receive(5s).substr(0, 12);
  };
  // None of these ends: a server that waits for the end would hold them all, and not answer.
  CHECK(ask("5;" + std::string(kMaxBufferedBytes, 'a')) == "HTTP/1.1 400");
  CHECK(ask("0;" + std::string(kMaxBufferedBytes, 'a')) == "HTTP/1.1 400");
  std::string trailers;
  while (trailers.size() < kMaxBufferedBytes) trailers += "X-a: " + std::string(1000, 'a') + "\r\n";
  CHECK(ask("0\r\n" + trailers) == "HTTP/1.1 400");
  const RawSocket small(server.port());
  REQUIRE(small.send(
      "POST /v1/enrol HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
      "3;a=b\r\nabc\r\n0\r\nX-a: a\r\n\r\n"));
  CHECK(small.receive().find("POST /v1/enrol  3") != std::string::npos);
}

TEST_CASE("a client that waits for 100 Continue is told to go on") {
  Running server;
  const RawSocket socket(server.port());
  REQUIRE(
      socket.send("POST /v1/journal HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n"
                  "Connection: close\r\n\r\n"));
  CHECK(socket.receive_until("\r\n\r\n").rfind("HTTP/1.1 100", 0) == 0);
  REQUIRE(socket.send("abc"));
  CHECK(socket.receive().find("POST /v1/journal  3") != std::string::npos);
}

TEST_CASE("a client that sends a byte now and then is dropped") {
  HttpLimits limits;
  limits.read_timeout = 300ms;
  Running server(limits);
  const RawSocket socket(server.port());
  const std::string request = "GET /a HTTP/1.1\r\nHost: " + std::string(200, 'x') + "\r\n\r\n";
  bool dropped = false;
  for (const char byte : request) {
    dropped = dropped || !socket.send(std::string_view(&byte, 1));
    std::this_thread::sleep_for(10ms);
  }
  CHECK((dropped || socket.receive().empty()));
}

TEST_CASE("a connection that stays idle is closed") {
  HttpLimits limits;
  limits.idle_timeout = 100ms;
  Running server(limits);
  const RawSocket socket(server.port());
  REQUIRE(socket.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"));
  // Ends because the server closes, long before the test's own patience.
  CHECK(socket.receive(60s).find("200 OK") != std::string::npos);
}

TEST_CASE("a connection too many is turned away and the others are served") {
  HttpLimits limits;
  limits.connections = 2;
  Running server(limits);
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

TEST_CASE("a client that goes away in the middle harms nobody") {
  Running server;
  for (const char* part :
       {"", "G", "GET /a HTTP/1.1\r\n", "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab"}) {
    const RawSocket socket(server.port());
    REQUIRE(socket.send(part));
  }
  HttpClient client;
  CHECK(client.request({"GET", server.url() + "/a", "", ""}).value().status == 200);
}

TEST_CASE("a stop lets the request under way finish") {
  std::atomic<bool> began{false};
  std::atomic<bool> go{false};
  Running server({}, [&](const Request& request) {
    began = true;
    while (!go) std::this_thread::sleep_for(1ms);
    return Running::echo(request);
  });
  const RawSocket idle(server.port());
  const RawSocket busy(server.port());
  REQUIRE(busy.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"));
  while (!began) std::this_thread::sleep_for(1ms);
  std::thread stopper([&] { server.stop(); });
  CHECK(idle.receive().empty());  // closed at once
  go = true;
  CHECK(busy.receive().find("GET /slow") != std::string::npos);
  stopper.join();
}

TEST_CASE("an address that is none, or is taken, is an error") {
  Running server;
  for (const char* wrong : {"", "8080", "localhost:80", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:80x"}) {
    INFO(wrong);
    const auto listening = HttpServer::listen(wrong, {}, Running::echo);
    REQUIRE_FALSE(listening.has_value());
    CHECK(listening.error().kind == Error::Kind::invalid);
  }
  const auto taken = HttpServer::listen("127.0.0.1:" + std::to_string(server.port()), {}, Running::echo);
  REQUIRE_FALSE(taken.has_value());
  CHECK(taken.error().kind == Error::Kind::unavailable);
}

}  // namespace
}  // namespace lanyard::sync::hub
