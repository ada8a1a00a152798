#include "sync/content_coding.hpp"

#include <algorithm>

#include "sync/content_digest.hpp"
#include "sync/http_client.hpp"
#include "tests/sync/hub_fixture.hpp"
#include "tests/sync/raw_socket.hpp"

namespace lanyard::sync {
namespace {

TEST_CASE("what unpacking takes is known before, and is the most where a body says less than it may hold") {
  const std::string body(100'000, 'x');
  const std::string coded = zstd_encode(body);
  CHECK(zstd_decoded_bytes(coded, 4'000'000) == body.size());
  CHECK(zstd_decoded_bytes(coded, 5'000) == 5'000);
  CHECK(zstd_decoded_bytes(zstd_encode("a") + coded, 4'000'000) == 4'000'000);
  CHECK(zstd_decoded_bytes(coded.substr(0, coded.size() / 2), 4'000'000) == 4'000'000);
  CHECK(zstd_decoded_bytes("no zstd", 4'000'000) == 4'000'000);
}

TEST_CASE("a body that was coded comes back as it was") {
  for (const std::string& body : {std::string(), std::string("{}"), std::string(3'000'000, 'x')}) {
    CHECK(zstd_decode(zstd_encode(body), 4'000'000).value() == body);
  }
  CHECK(zstd_encode(std::string(3'000'000, 'x')).size() < 1000);
}

TEST_CASE("a small body that would become a huge one is refused, and so is what is no zstd") {
  const std::string bomb = zstd_encode(std::string(50'000'000, '0'));
  REQUIRE(bomb.size() < 10'000);
  CHECK(zstd_decode(bomb, 1'000'000).error().message == "the body is too large");
  CHECK(zstd_decode(zstd_encode("0123456789"), 9).error().message == "the body is too large");
  CHECK(zstd_decode(zstd_encode("0123456789"), 10).value() == "0123456789");
  const std::string good = zstd_encode(std::string(10'000, 'a') + "b");
  for (std::size_t size = 0; size < good.size(); ++size)
    CHECK_FALSE(zstd_decode(good.substr(0, size), 20'000));
  CHECK_FALSE(zstd_decode(good + "x", 20'000).has_value());
  CHECK_FALSE(zstd_decode("\x1f\x8b\x08 this is gzip", 20'000).has_value());
  // A frame that wants a window of 2 GiB.
  CHECK_FALSE(zstd_decode(std::string("\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00", 9), 20'000).has_value());
}

TEST_CASE("who takes zstd says so by name, and not with a weight of nothing") {
  for (const char* yes : {"zstd", "gzip, zstd", "ZSTD", "gzip;q=1.0, zstd;q=0.5 , br", "zstd; q=1"})
    CHECK(takes_zstd(yes));
  for (const char* no : {"", "gzip", "zstd;q=0", "zstd; q=0.000", "zstdx", "*", "x-zstd"})
    CHECK_FALSE(takes_zstd(no));
}

TEST_CASE("a hub takes a coded body and answers so to whom it may") {
  hub::HubFixture hub;
  const std::string token = hub.enrol("north-1");
  std::vector<JournalRow> rows;
  hub::RowWriter writer("north-1");
  for (int i = 0; i < 50; ++i)
    rows.push_back(writer.write(RowKind::admitted, "A" + std::to_string(i), hub.now));
  hub::Request request{"POST", "/v1/journal", {}, token, zstd_encode(to_body(UploadRequest{rows}))};
  request.digest = content_digest(request.body);
  request.coding = "zstd";
  request.takes_zstd = true;
  const auto answer = hub::handle(request, hub.store(), hub.now, hub.random());
  REQUIRE(answer.status == 200);
  const auto header = [&](const char* name) {
    const auto found = std::ranges::find(answer.headers, name, [](const auto& one) { return one.first; });
    return found == answer.headers.end() ? std::string() : found->second;
  };
  CHECK(header("Content-Encoding") == "zstd");
  CHECK(header("Content-Digest") == content_digest(answer.body));
  CHECK(header("Accept-Encoding") == "zstd");
  const std::string body = zstd_decode(answer.body, kMaxBodyBytes).value();
  CHECK(parse_upload_answer(body).value().known_to == 50);
}

TEST_CASE("a hub refuses a coding that it does not know, a body that is not so coded, and one too large") {
  hub::HubFixture hub;
  const std::string token = hub.enrol("north-1");
  hub::Request request{"POST", "/v1/heartbeat", {}, token, "{}"};
  request.coding = "gzip";
  CHECK(hub::handle(request, hub.store(), hub.now, hub.random()).status == 415);
  request.coding = "zstd";
  CHECK(hub::handle(request, hub.store(), hub.now, hub.random()).status == 400);
  request.body = zstd_encode(std::string(hub::kMaxSmallBodyBytes + 1, ' '));
  CHECK(hub::handle(request, hub.store(), hub.now, hub.random()).status == 413);
  request.coding = "identity";
  request.body = "{";
  CHECK(hub::handle(request, hub.store(), hub.now, hub.random()).status == 400);
}

TEST_CASE(
    "a client codes what it sends once the other end has said that it takes it, and reads what is coded") {
  const std::string large(5000, 'x');
  const std::string coded = zstd_encode(large);
  RawServer server("HTTP/1.1 200 OK\r\nAccept-Encoding: zstd\r\nContent-Encoding: zstd\r\nContent-Length: " +
                   std::to_string(coded.size()) + "\r\n\r\n" + coded);
  HttpClient client;
  const auto answer = client.request({"POST", server.url() + "/x", "", large});
  REQUIRE(answer.has_value());
  CHECK(answer->body == large);
  CHECK(server.request().find("Content-Encoding") == std::string::npos);
  CHECK(server.request().find("Accept-Encoding: zstd") != std::string::npos);
}

TEST_CASE("an answer whose coding is a lie is an error, and may be asked for again") {
  for (const char* bytes : {"HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\nContent-Length: 2\r\n\r\n{}",
                            "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\n{}"}) {
    RawServer server(bytes);
    const auto answer = HttpClient().request({"GET", server.url() + "/x", "", ""});
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().kind == Error::Kind::unavailable);
  }
}

}  // namespace
}  // namespace lanyard::sync
