// The server over real sockets. Only orders of magnitude of time are looked at: a peer is dropped, or it is
// not.
#include "sync/hub/http_server.hpp"

#include <atomic>
#include <thread>

#include "sync/content_digest.hpp"
#include "sync/http_client.hpp"
#include "sync/hub/http_worker.hpp"
#include "tests/sync/hub_fixture.hpp"
#include "tests/sync/raw_socket.hpp"

namespace lanyard::sync::hub {
namespace {

using namespace std::chrono_literals;

// A running server; its handler says what it was asked.
class Running {
 public:
  using Handler = decltype(HttpService::handle);
  using Gate = decltype(HttpService::gate);
  using News = decltype(HttpService::news);
  explicit Running(HttpLimits limits = {}, Handler handler = echo, Gate gate = let_in, News news = no_news)
      : Running(limits, HttpService{std::move(handler), std::move(gate), std::move(news), {}}) {}
  Running(HttpLimits limits, HttpService service)
      : server_(HttpServer::listen("127.0.0.1:0", limits, std::move(service)).value()) {
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
    return {200, "text/plain", said + " " + request.token + " " + std::to_string(request.body.size()),
            {},  {},           {}};
  }
  static std::optional<Response> let_in(const Request& /*head*/) { return std::nullopt; }
  static bool no_news() { return false; }

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

TEST_CASE("a body comes with its digest, as the client wrote it") {
  Running server({}, [](const Request& request) {
    return Response{200, "text/plain", request.digest, {}, {}};
  });
  CHECK(HttpClient().request({"POST", server.url() + "/x", "", "{}"}).value().body == content_digest("{}"));
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

TEST_CASE("a request whose end others might see elsewhere is refused, and what follows it is no request") {
  Running server;
  const std::string hidden = "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n";
  const auto ask = [&](const std::string& head) {
    const RawSocket socket(server.port());
    (void)socket.send(head + "\r\n" + hidden + "0\r\n\r\n" + hidden);
    return socket.receive();
  };
  const std::string post = "POST /v1/enrol HTTP/1.1\r\nHost: x\r\n";
  for (const std::string& head : std::vector<std::string>{
           post + "Transfer-Encoding: identity\r\n", post + "Transfer-Encoding: xchunked\r\n",
           post + "Transfer-Encoding: chunked, identity\r\n", post + "Transfer-Encoding: gzip, chunked\r\n",
           post + "Transfer-Encoding: \r\n", post + "Transfer-Encoding: chunked;q=1\r\n",
           post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
           post + "Transfer-Encoding: chunked\r\nContent-Length: 37\r\n",
           post + "Content-Length: 37\r\nTransfer-Encoding: identity\r\n",
           std::string("POST /v1/enrol HTTP/1.0\r\nTransfer-Encoding: chunked\r\n"),
           post + "Content-Length: 37\r\nContent-Length: 37\r\n", post + "Content-Length: 37, 37\r\n",
           post + "Content-Length: 37\r\nContent-Length: 5\r\n", post + "Content-Length: +37\r\n",
           std::string("GET /a HTTP/1.1\r\n"), "GET /a HTTP/1.1\r\nHost: x\r\nHost: y\r\n"}) {
    const std::string answer = ask(head);
    CAPTURE(head, answer);
    CHECK(answer.substr(8, 4) == " 400");
    CHECK(answer.find("hidden") == std::string::npos);
    CHECK(answer.find("HTTP/1.", 1) == std::string::npos);
  }
  // The encoding in any case, and HTTP/1.0 as it was.
  CHECK(ask("GET /a HTTP/1.0\r\n").find("GET /a") != std::string::npos);
  const RawSocket socket(server.port());
  (void)socket.send(post + "Transfer-Encoding: Chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
  CHECK(socket.receive().find("POST /v1/enrol  3") != std::string::npos);
}

TEST_CASE(
    "a request as a proxy gets it is answered as if it had no host in its address, whatever Host says") {
  Running server;
  const auto ask = [&](const std::string& head) {
    const RawSocket socket(server.port());
    (void)socket.send(head + "Connection: close\r\n\r\n");
    return socket.receive();
  };
  const std::string host = "Host: x\r\n";
  const std::string origin = ask("GET /v1/roster?after=7 HTTP/1.1\r\n" + host);
  CHECK(origin.find("GET /v1/roster after=7") != std::string::npos);
  for (const char* target : {"http://x/v1/roster?after=7", "HTTPS://127.0.0.1:8080/v1/roster?after=7",
                             "http://another.example/v1/roster?after=7"}) {
    const std::string answer = ask(std::string("GET ") + target + " HTTP/1.1\r\n" + host);
    CAPTURE(target, answer);
    CHECK(answer.substr(0, 12) == "HTTP/1.1 200");
    CHECK(answer.find("GET /v1/roster after=7") != std::string::npos);
  }
  CHECK(ask("GET http://x HTTP/1.1\r\n" + host).find("GET /  0") != std::string::npos);
  // Limits are those of the path.
  CHECK(ask("POST http://x/v1/enrol HTTP/1.1\r\n" + host + "Content-Length: 100000\r\n").substr(8, 4) ==
        " 413");
  CHECK(ask("GET http://x/" + std::string(kMaxHeaderBytes, 'x') + " HTTP/1.1\r\n" + host).substr(8, 4) ==
        " 431");
  for (const std::string& wrong :
       {"GET http:///healthz HTTP/1.1\r\n" + host, "GET http://ann@x/healthz HTTP/1.1\r\n" + host,
        std::string("GET http://x/healthz HTTP/1.1\r\n"), "GET http://x/healthz HTTP/1.1\r\n" + host + host,
        std::string("GET /healthz HTTP/1.1\r\nHost: a b\r\n"),
        std::string("GET http://x/healthz HTTP/1.1\r\nHost: ann@x\r\n")}) {
    const std::string answer = ask(wrong);
    CAPTURE(wrong, answer);
    CHECK(answer.substr(8, 4) == " 400");
  }
}

TEST_CASE("an answer to HEAD has no body, which would be taken for the next answer") {
  Running server;
  const RawSocket socket(server.port());
  REQUIRE(socket.send(
      "HEAD /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  const std::string both = socket.receive();
  const auto body = both.find("\r\n\r\n") + 4;
  CHECK(both.substr(body, 9) == "HTTP/1.1 ");
  CHECK(both.find("GET /b") != std::string::npos);
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

TEST_CASE("a client that sends its body a byte now and then is dropped") {
  HttpLimits limits;
  limits.read_timeout = 300ms;
  Running server(limits);
  const RawSocket socket(server.port());
  REQUIRE(socket.send("POST /v1/journal HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"));
  CHECK(is_dropped_while_dripping(socket));
}

TEST_CASE("a client that goes on sending after it was refused is dropped") {
  HttpLimits limits;
  limits.discard_patience = 300ms;
  Running server(limits);
  const RawSocket socket(server.port());
  REQUIRE(socket.send("POST /v1/journal HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n"));
  CHECK(socket.receive_until("\r\n\r\n").rfind("HTTP/1.1 400", 0) == 0);
  CHECK(is_dropped_while_dripping(socket));
}

constexpr std::size_t kTooManyBodies = kMaxBodiesInFlight / kMaxBodyBytes + 1;

TEST_CASE("large bodies that were announced without a token take nothing from those with one") {
  Running server({}, Running::echo, [](const Request& head) -> std::optional<Response> {
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
  Running server;
  std::vector<std::unique_ptr<RawSocket>> refused;
  for (std::size_t i = 0; i < kTooManyBodies; ++i) {
    refused.push_back(std::make_unique<RawSocket>(server.port()));
    REQUIRE(refused.back()->send(
        "POST /v1/journal HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n"));
    CHECK(refused.back()->receive_until("\r\n\r\n").rfind("HTTP/1.1 400", 0) == 0);  // never 503
  }
}

TEST_CASE("large bodies beyond their common memory are put off") {
  Running server;
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

TEST_CASE("a token among the trailers is nobody's") {
  Running server;
  const RawSocket socket(server.port());
  REQUIRE(
      socket.send("POST /v1/enrol HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n"
                  "\r\n0\r\nAuthorization: Bearer smuggled\r\n\r\n"));
  CHECK(socket.receive().find("POST /v1/enrol  0") != std::string::npos);
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

TEST_CASE("one address that takes all its places leaves those of the others") {
  HttpLimits limits;
  limits.connections = 3;
  limits.connections_per_peer = 2;
  Running server(limits);
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

// A board on which something is written now and then; until there is, answers may be kept back.
struct Board {
  std::atomic<int> written{0};
  std::atomic<int> looks{0};
  std::atomic<int> handled{0};
  std::chrono::milliseconds patience{20s};

  Running::Handler handler() {
    return [this](const Request&) {
      ++handled;
      Response answer{200, "text/plain", "written " + std::to_string(written), {}, {}, {}};
      if (written == 0) answer.hold = patience;
      return answer;
    };
  }
  Running::News news() {
    return [this, seen = 0]() mutable {
      ++looks;
      return std::exchange(seen, written.load()) != seen;
    };
  }
};
constexpr const char* kAsk = "GET /board HTTP/1.1\r\nHost: x\r\n\r\n";

TEST_CASE("large answers that nobody takes are not made without end, and all are given in the end") {
  constexpr std::size_t kLarge = 4UL * 1024 * 1024;  // more than sockets take by themselves
  constexpr int kClients = 100;
  std::atomic<int> made{0};
  Running server({}, [&](const Request&) {
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

TEST_CASE("requests that wait are handled together, and all are refused where that fails") {
  std::atomic<bool> go{false};
  std::atomic<int> most{0};
  std::atomic<bool> works{true};
  int under_way = 0;
  HttpService service{[&](const Request& request) {
                        while (!go) std::this_thread::sleep_for(1ms);
                        most = std::max(most.load(), ++under_way);
                        return Running::echo(request);
                      },
                      Running::let_in, Running::no_news,
                      [&](const std::function<void()>& all) {
                        under_way = 0;
                        all();
                        return works.load();
                      }};
  Running server({}, std::move(service));
  constexpr const char* kTell = "POST /board HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
  std::vector<std::unique_ptr<RawSocket>> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(std::make_unique<RawSocket>(server.port()));
    REQUIRE(clients.back()->send(kTell));
  }
  go = true;
  // Whether they come together is up to the scheduler, but not a hundred times.
  for (int round = 0; round == 0 || (most < 2 && round < 100); ++round) {
    for (const auto& client : clients) {
      if (round > 0) REQUIRE(client->send(kTell));
    }
    for (const auto& client : clients)
      CHECK(client->receive_until("POST /board").find("200 OK") != std::string::npos);
  }
  CHECK(most > 1);
  works = false;
  REQUIRE(clients.front()->send(kTell));
  CHECK(clients.front()->receive_until("\r\n\r\n").find("503") != std::string::npos);
}

TEST_CASE("an answer is kept back until there is news, and the connection serves on") {
  Board board;
  Running server({}, board.handler(), Running::let_in, board.news());
  std::vector<std::unique_ptr<RawSocket>> waiting;
  for (int i = 0; i < 50; ++i) {
    waiting.push_back(std::make_unique<RawSocket>(server.port()));
    REQUIRE(waiting.back()->send(kAsk));
  }
  while (board.handled < 50 || board.looks < 3) std::this_thread::sleep_for(1ms);
  CHECK(board.handled == 50);  // without news nobody is handled again
  board.written = 1;
  for (const auto& one : waiting) CHECK(one->receive_until("written 1").find("200 OK") != std::string::npos);
  REQUIRE(waiting.front()->send(kAsk));
  CHECK(waiting.front()->receive_until("written 1").find("200 OK") != std::string::npos);
}

TEST_CASE("an answer is kept back no longer than it says") {
  Board board;
  board.patience = 200ms;
  Running server({}, board.handler(), Running::let_in, board.news());
  const RawSocket waiting(server.port());
  REQUIRE(waiting.send(kAsk));
  CHECK(waiting.receive_until("written 0").find("200 OK") != std::string::npos);
  CHECK(board.looks > 0);
}

TEST_CASE("news that does not concern a request leaves it waiting, and its time runs on") {
  std::atomic<int> handled{0};
  Running server(
      {},
      [&](const Request&) {
        ++handled;
        Response answer{200, "text/plain", "nothing", {}, {}, {}};
        answer.hold = 600ms;
        return answer;
      },
      Running::let_in, [] { return true; });
  const RawSocket waiting(server.port());
  REQUIRE(waiting.send(kAsk));
  CHECK(waiting.receive_until("nothing").find("200 OK") != std::string::npos);
  CHECK(handled > 1);
}

TEST_CASE("who goes away while their answer is kept back harms nobody, and a stop answers those who wait") {
  Board board;
  Running server({}, board.handler(), Running::let_in, board.news());
  const RawSocket waiting(server.port());
  {
    const RawSocket gone(server.port());
    REQUIRE(gone.send(kAsk));
    while (board.handled < 1) std::this_thread::sleep_for(1ms);
  }
  REQUIRE(waiting.send(kAsk));
  while (board.handled < 2) std::this_thread::sleep_for(1ms);
  server.stop();
  const std::string answer = waiting.receive();
  CHECK(answer.find("written 0") != std::string::npos);
  CHECK(answer.find("Connection: close") != std::string::npos);
}

TEST_CASE("how the hub is can be asked while nobody takes their answers") {
  constexpr std::size_t kLarge = 4UL * 1024 * 1024;
  std::atomic<int> made{0};
  Running server({}, [&](const Request& request) {
    if (request.path == "/healthz") return Response{200, "text/plain", "well", {}, {}, {}};
    ++made;
    return Response{200, "text/plain", std::string(kLarge, 'x'), {}, {}, {}};
  });
  std::vector<std::unique_ptr<RawSocket>> clients;
  for (int i = 0; i < 64; ++i) {
    clients.push_back(std::make_unique<RawSocket>(server.port()));
    REQUIRE(clients.back()->send(kAsk));
  }
  while (made < 2) std::this_thread::sleep_for(1ms);
  const RawSocket health(server.port());
  REQUIRE(health.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"));
  CHECK(health.receive_until("well").find("200 OK") != std::string::npos);
}

TEST_CASE("who only reads does not wait for a commit") {
  std::atomic<int> commits{0};
  HttpService service{Running::echo, Running::let_in, Running::no_news,
                      [&](const std::function<void()>& all) {
                        ++commits;
                        all();
                        return true;
                      }};
  Running server({}, std::move(service));
  HttpClient client;
  CHECK(client.request({"GET", server.url() + "/a", "", ""}).value().status == 200);
  CHECK(commits == 0);
  CHECK(client.request({"POST", server.url() + "/a", "", "x"}).value().status == 200);
  CHECK(commits == 1);
}

TEST_CASE("a body of more than some kilobytes is not read before its token is") {
  std::atomic<int> asked{0};
  Running server({}, Running::echo, [&](const Request&) -> std::optional<Response> {
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

TEST_CASE("a server that stops while a gate is asked ends in order") {
  HttpLimits limits;
  limits.stop_patience = 50ms;
  std::atomic<bool> asked{false};
  {
    Running server(limits, Running::echo, [&](const Request&) -> std::optional<Response> {
      asked = true;
      std::this_thread::sleep_for(300ms);
      return std::nullopt;
    });
    const RawSocket socket(server.port());
    REQUIRE(socket.send(
        "POST /v1/journal HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"));
    while (!asked) std::this_thread::sleep_for(1ms);
    server.stop();
  }
  CHECK(asked);
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
    const auto listening =
        HttpServer::listen(wrong, {}, {Running::echo, Running::let_in, Running::no_news, {}});
    REQUIRE_FALSE(listening.has_value());
    CHECK(listening.error().kind == Error::Kind::invalid);
  }
  const auto taken = HttpServer::listen("127.0.0.1:" + std::to_string(server.port()), {},
                                        {Running::echo, Running::let_in, Running::no_news, {}});
  REQUIRE_FALSE(taken.has_value());
  CHECK(taken.error().kind == Error::Kind::unavailable);
}

TEST_CASE("a large upload is prepared on another thread, and answered on the handler's in its turn") {
  std::atomic<int> prepared{0};
  std::atomic<bool> apart{true};
  std::thread::id handler{};
  HttpService service;
  service.handle = [&](const Request& request) {
    handler = std::this_thread::get_id();
    return Running::echo(request);
  };
  service.gate = Running::let_in;
  service.prepare = [&](const Request& request) {
    ++prepared;
    return [&, by = std::this_thread::get_id()] {
      if (by == std::this_thread::get_id() || handler != std::this_thread::get_id()) apart = false;
      Response response = Running::echo(request);
      response.body += " prepared";
      return response;
    };
  };
  Running server({}, std::move(service));
  HttpClient client;
  const auto said = [&](const std::string& method, const std::string& path, std::size_t bytes) {
    return client.request({method, server.url() + path, "", std::string(bytes, 'x')}).value().body;
  };
  CHECK(said("POST", "/v1/journal", 10) == "POST /v1/journal  10");
  CHECK(said("POST", "/v1/journal", 5000) == "POST /v1/journal  5000 prepared");
  CHECK(said("POST", "/v1/journal", 50'000) == "POST /v1/journal  50000 prepared");
  CHECK(said("POST", "/v1/heartbeat", 5000) == "POST /v1/heartbeat  5000");
  CHECK(prepared == 2);
  CHECK(apart);
}

TEST_CASE("uploads are prepared no further ahead than a named number of them") {
  constexpr std::size_t kUploads = 3 * HttpWorker::kMostAhead;
  std::atomic<std::size_t> prepared{0};
  std::atomic<bool> go{false};
  std::atomic<std::size_t> answered{0};
  const Request request;
  {
    HttpWorker worker(
        1,
        [&](std::span<const HttpWorker::Asked> asked) {
          while (!go) std::this_thread::sleep_for(1ms);
          return std::vector<Response>(asked.size());
        },
        [&](const Request&) {
          ++prepared;
          return [] { return Response{}; };
        });
    for (std::size_t i = 0; i < kUploads; ++i) {
      worker.add_to_prepare({&request, [&](const Response&) { ++answered; }});
    }
    // One is with the handler, who keeps it; the others wait before it.
    while (prepared < HttpWorker::kMostAhead + 1) std::this_thread::sleep_for(1ms);
    std::this_thread::sleep_for(20ms);
    CHECK(prepared == HttpWorker::kMostAhead + 1);
    go = true;
    while (answered < kUploads) std::this_thread::sleep_for(1ms);
  }
  CHECK(prepared == kUploads);
}

TEST_CASE("a server that stops while uploads are prepared ends in order") {
  HttpLimits limits;
  limits.stop_patience = 50ms;
  std::atomic<int> begun{0};
  HttpService service{Running::echo, Running::let_in, Running::no_news, {}};
  service.prepare = [&](const Request& request) {
    ++begun;
    std::this_thread::sleep_for(100ms);
    return [&request] { return Running::echo(request); };
  };
  Running server(limits, std::move(service));
  std::vector<std::unique_ptr<RawSocket>> clients;
  const std::string upload =
      "POST /v1/journal HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n" + std::string(5000, 'x');
  for (int i = 0; i < 10; ++i) {
    clients.push_back(std::make_unique<RawSocket>(server.port()));
    REQUIRE(clients.back()->send(upload));
  }
  while (begun == 0) std::this_thread::sleep_for(1ms);
  server.stop();
}

TEST_CASE("a connection that was let in is not asked for its token before each large body") {
  std::atomic<int> asked{0};
  std::atomic<int> status{200};
  Running server(
      {},
      [&](const Request& request) {
        return status == 200 ? Running::echo(request) : problem(status, "shut out");
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
