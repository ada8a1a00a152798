// The hub by TLS, over real sockets: whom it is known by, and who is turned away.
#include <fstream>

#include <sys/stat.h>

#include "sync/enrolment_code.hpp"
#include "sync/http_client.hpp"
#include "sync/hub/tls_identity.hpp"
#include "tests/sync/http_server_fixture.hpp"
#include "tests/sync/temporary_folder.hpp"

namespace lanyard::sync::hub {
namespace {

const Timestamp kNow =
    std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());

class SecureHub {
 public:
  Expected<HttpAnswer> ask(const HttpTrust& trust, const std::string& host = "127.0.0.1",
                           std::string body = "") {
    const std::string url = "https://" + host + ":" + std::to_string(server_.port()) + "/v1/journal";
    return HttpClient({}, trust).request({body.empty() ? "GET" : "POST", url, "T0k.en", std::move(body)});
  }
  [[nodiscard]] const TlsFiles& files() const { return files_; }
  [[nodiscard]] std::uint16_t port() const { return server_.port(); }

 private:
  static HttpLimits limits() {
    HttpLimits limits;
    limits.handshake_timeout = 300ms;
    limits.tells_systemd = false;
    return limits;
  }
  static Response answer(const Request& request) {
    return {200, "text/plain", request.token + std::string(request.body.size(), 'y'), {}, {}, {}};
  }

  TemporaryFolder folder_;
  TlsFiles files_{own_tls_files(folder_.path(), kNow).value()};
  RunningServer server_{limits(), HttpService{answer, RunningServer::let_in, {}, {}}, files_};
};

TEST_CASE("a hub's own certificate is made once, and its key is its owner's alone") {
  const TemporaryFolder folder;
  const TlsFiles files = own_tls_files(folder.path(), kNow).value();
  struct stat status {};
  REQUIRE(::stat(files.key.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600U);
  const std::string pin = pin_of(files.certificate).value();
  CHECK(is_hub_pin(pin));
  CHECK(pin_of(own_tls_files(folder.path(), kNow).value().certificate).value() == pin);
  CHECK(pin_of(folder.path() / "nothing").error().kind == Error::Kind::storage);
  CHECK(pin_of(files.key).error().kind == Error::Kind::invalid);
  CHECK(own_tls_files("/nonexistent", kNow).error().kind == Error::Kind::storage);
}

TEST_CASE("a hub is known by its key, at a bare address too, and by no other key") {
  SecureHub hub;
  const std::string pin = pin_of(hub.files().certificate).value();
  const auto known = hub.ask({"", pin});
  REQUIRE(known.has_value());
  CHECK(known->body == "T0k.en");
  CHECK(hub.ask({"", pin}, "localhost").has_value());
  const auto large = hub.ask({"", pin}, "127.0.0.1", std::string(2'000'000, 'x'));
  REQUIRE(large.has_value());
  CHECK(large->body.size() == 6 + 2'000'000);

  const TemporaryFolder elsewhere;
  const std::string other = pin_of(own_tls_files(elsewhere.path(), kNow).value().certificate).value();
  const auto refused = hub.ask({"", other});
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().kind == Error::Kind::unavailable);
}

TEST_CASE("a hub that nobody vouches for is not spoken to") {
  SecureHub hub;
  CHECK_FALSE(hub.ask({}).has_value());
  CHECK_FALSE(hub.ask({"/dev/null", ""}).has_value());
  // Vouched for, for these names and this address, and no others.
  CHECK(hub.ask({hub.files().certificate, ""}, "127.0.0.1").has_value());
  CHECK(hub.ask({hub.files().certificate, ""}, "localhost").has_value());
  CHECK_FALSE(hub.ask({hub.files().certificate, ""}, "127.0.0.2").has_value());
  // Both at once: the authority does not make up for another key.
  const TemporaryFolder elsewhere;
  const std::string other = pin_of(own_tls_files(elsewhere.path(), kNow).value().certificate).value();
  CHECK_FALSE(hub.ask({hub.files().certificate, other}, "127.0.0.1").has_value());
}

TEST_CASE("who does not speak TLS to a hub that does gets no answer, and the hub lives on") {
  SecureHub hub;
  for (const std::string& bytes : {std::string("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), std::string(),
                                   std::string("\x16\x03\x01\x00\x05hello", 10), std::string(5000, '\0')}) {
    const RawSocket socket(hub.port());
    (void)socket.send(bytes);
    CHECK(socket.receive().find("HTTP/1.1 200") == std::string::npos);
  }
  CHECK(hub.ask({"", pin_of(hub.files().certificate).value()}).has_value());
}

TEST_CASE("TLS by files that are none is refused before anybody is served") {
  const TemporaryFolder folder;
  const TlsFiles good = own_tls_files(folder.path(), kNow).value();
  std::ofstream(folder.path() / "noise") << "noise";
  const auto listen = [](const TlsFiles& files) {
    return HttpServer::listen("127.0.0.1:0", {}, HttpService{}, files);
  };
  CHECK(listen({folder.path() / "noise", good.key}).error().kind == Error::Kind::invalid);
  CHECK(listen({good.certificate, folder.path() / "noise"}).error().kind == Error::Kind::invalid);
  CHECK(listen({folder.path() / "missing", good.key}).error().kind == Error::Kind::invalid);
  const TemporaryFolder elsewhere;
  const TlsFiles other = own_tls_files(elsewhere.path(), kNow).value();
  CHECK(listen({good.certificate, other.key}).error().kind == Error::Kind::invalid);
}

}  // namespace
}  // namespace lanyard::sync::hub
