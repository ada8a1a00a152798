// The server over real sockets: requests as they come, and the answers to them.
#include "sync/hub/http_server.hpp"

#include <atomic>

#include "sync/content_digest.hpp"
#include "sync/http_client.hpp"
#include "tests/sync/http_server_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

TEST_CASE("a request arrives whole and its answer comes back") {
  RunningServer server;
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
  RunningServer server({}, [](const Request& request) {
    return Response{200, "text/plain", request.digest, {}, {}};
  });
  CHECK(HttpClient().request({"POST", server.url() + "/x", "", "{}"}).value().body == content_digest("{}"));
}

TEST_CASE("a connection serves many requests, also sent ahead") {
  RunningServer server;
  const RawSocket socket(server.port());
  REQUIRE(socket.send(
      "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  const std::string both = socket.receive();
  CHECK(both.find("GET /1  0") != std::string::npos);
  CHECK(both.find("GET /2  0") != std::string::npos);
}

TEST_CASE("what is too large or no HTTP is refused with a reason, and the server lives on") {
  RunningServer server;
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
  RunningServer server;
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
  RunningServer server;
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
  RunningServer server;
  const RawSocket socket(server.port());
  REQUIRE(socket.send(
      "HEAD /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  const std::string both = socket.receive();
  const auto body = both.find("\r\n\r\n") + 4;
  CHECK(both.substr(body, 9) == "HTTP/1.1 ");
  CHECK(both.find("GET /b") != std::string::npos);
}

TEST_CASE("extensions of a chunk and trailers are bounded as the header is") {
  RunningServer server;
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
  RunningServer server;
  const RawSocket socket(server.port());
  REQUIRE(
      socket.send("POST /v1/journal HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n"
                  "Connection: close\r\n\r\n"));
  CHECK(socket.receive_until("\r\n\r\n").rfind("HTTP/1.1 100", 0) == 0);
  REQUIRE(socket.send("abc"));
  CHECK(socket.receive().find("POST /v1/journal  3") != std::string::npos);
}

TEST_CASE("a token among the trailers is nobody's") {
  RunningServer server;
  const RawSocket socket(server.port());
  REQUIRE(
      socket.send("POST /v1/enrol HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n"
                  "\r\n0\r\nAuthorization: Bearer smuggled\r\n\r\n"));
  CHECK(socket.receive().find("POST /v1/enrol  0") != std::string::npos);
}

TEST_CASE("a client that goes away in the middle harms nobody") {
  RunningServer server;
  for (const char* part :
       {"", "G", "GET /a HTTP/1.1\r\n", "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab"}) {
    const RawSocket socket(server.port());
    REQUIRE(socket.send(part));
  }
  HttpClient client;
  CHECK(client.request({"GET", server.url() + "/a", "", ""}).value().status == 200);
}

TEST_CASE("a server that stops while a gate is asked ends in order") {
  HttpLimits limits;
  limits.stop_patience = 50ms;
  std::atomic<bool> asked{false};
  {
    RunningServer server(limits, RunningServer::echo, [&](const Request&) -> std::optional<Response> {
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
  RunningServer server({}, [&](const Request& request) {
    began = true;
    while (!go) std::this_thread::sleep_for(1ms);
    return RunningServer::echo(request);
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
  RunningServer server;
  for (const char* wrong : {"", "8080", "localhost:80", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:80x"}) {
    INFO(wrong);
    const auto listening = HttpServer::listen(
        wrong, {}, {RunningServer::echo, RunningServer::let_in, RunningServer::no_news, {}});
    REQUIRE_FALSE(listening.has_value());
    CHECK(listening.error().kind == Error::Kind::invalid);
  }
  const auto taken =
      HttpServer::listen("127.0.0.1:" + std::to_string(server.port()), {},
                         {RunningServer::echo, RunningServer::let_in, RunningServer::no_news, {}});
  REQUIRE_FALSE(taken.has_value());
  CHECK(taken.error().kind == Error::Kind::unavailable);
}

}  // namespace
}  // namespace lanyard::sync::hub
