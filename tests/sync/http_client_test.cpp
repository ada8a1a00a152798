// The client against a server that answers with exactly these bytes.
#include "sync/http_client.hpp"

#include "sync/content_digest.hpp"
#include "sync/wire.hpp"
#include "tests/sync/raw_socket.hpp"

namespace lanyard::sync {
namespace {

using namespace std::chrono_literals;

Expected<HttpAnswer> ask(RawServer& server, HttpPatience patience = {}) {
  return HttpClient(patience).request({"GET", server.url() + "/x", "secret", ""});
}

TEST_CASE("an answer is taken with its status, type, date and Retry-After") {
  RawServer server(
      "HTTP/1.1 503 Busy\r\nDate: Mon, 23 Nov 2026 08:30:00 GMT\r\nretry-after: 17\r\nContent-Type: "
      "text/x\r\n"
      "Content-Length: 2\r\n\r\nno");
  const auto answer = ask(server);
  REQUIRE(answer.has_value());
  CHECK(answer->status == 503);
  CHECK(answer->body == "no");
  CHECK(answer->content_type == "text/x");
  CHECK(answer->retry_after == 17s);
  CHECK(answer->date == parse_rfc3339("2026-11-23T08:30:00Z"));
  const std::string request = server.request();
  CHECK(request.find("Authorization: Bearer secret\r\n") != std::string::npos);
  CHECK(request.find("Expect") == std::string::npos);
}

TEST_CASE("a Retry-After that is a date counts from the server's own clock") {
  RawServer server(
      "HTTP/1.1 503 Busy\r\nDate: Mon, 23 Nov 2026 08:30:00 GMT\r\nRetry-After: Mon, 23 Nov 2026 08:31:00 "
      "GMT\r\n"
      "Content-Length: 0\r\n\r\n");
  CHECK(ask(server).value().retry_after == 60s);
  RawServer nonsense("HTTP/1.1 503 Busy\r\nRetry-After: soon\r\nContent-Length: 0\r\n\r\n");
  CHECK_FALSE(ask(nonsense).value().retry_after.has_value());
}

TEST_CASE("an answer in chunks is taken whole, and one cut off is an error") {
  RawServer whole("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  CHECK(ask(whole).value().body == "abcde");
  for (const char* cut :
       {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc", "HTTP/1.1 200 OK\r\nContent-Le",
        "HT", "", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n"}) {
    RawServer server(cut);
    INFO(cut);
    const auto answer = ask(server);
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().kind == Error::Kind::unavailable);
  }
}

TEST_CASE("an answer that was altered on its way is an error, and may be asked for again") {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Digest: " + content_digest("{}");
  RawServer whole(head + "\r\n\r\n{}");
  CHECK(ask(whole).value().body == "{}");
  RawServer altered(head + "\r\n\r\n{ ");
  CHECK(ask(altered).error().kind == Error::Kind::unavailable);
}

TEST_CASE("an answer larger than any body of the protocol is an error") {
  RawServer server("HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n" + std::string(5'000'000, 'x'));
  const auto answer = ask(server);
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().message.find("larger than") != std::string::npos);
}

TEST_CASE("a redirect is an answer and is not followed") {
  RawServer elsewhere("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nstolen");
  RawServer server("HTTP/1.1 302 Found\r\nLocation: " + elsewhere.url() + "/\r\nContent-Length: 0\r\n\r\n");
  CHECK(ask(server).value().status == 302);
}

TEST_CASE("a hub that says nothing is unavailable after the patience given") {
  // Listens, and never accepts within the test.
  RawServer silent("", 0);
  const auto answer = ask(silent, {200ms, 200ms});
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().kind == Error::Kind::unavailable);
}

TEST_CASE("a request ends when it is told to stop") {
  RawServer silent("", 0);
  const std::atomic<bool> stop{true};
  const auto answer = HttpClient().request({"GET", silent.url(), "", ""}, &stop);
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().message == "stopped");
}

TEST_CASE("only http and https are spoken") {
  for (const char* url : {"file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/"}) {
    const auto answer = HttpClient().request({"GET", url, "", ""});
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().kind == Error::Kind::invalid);
  }
}

}  // namespace
}  // namespace lanyard::sync
