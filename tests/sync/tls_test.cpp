// The hub by TLS, over real sockets: whom it is known by, and who is turned away.
#include <fstream>

#include "sync/http_client.hpp"
#include "sync/hub/tls_identity.hpp"
#include "tests/sync/http_server_fixture.hpp"
#include "tests/sync/temporary_folder.hpp"

namespace lanyard::sync::hub {
namespace {

const Timestamp kBegun =
    std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());

std::filesystem::path file_with(const std::filesystem::path& name, const std::string& text) {
  std::ofstream(name) << text;
  return name;
}

class SecureHub {
 public:
  Expected<HttpAnswer> ask(const HttpTrust& trust, const std::string& host = "127.0.0.1",
                           std::string body = "") {
    const std::string url = "https://" + host + ":" + std::to_string(server_.port()) + "/v1/journal";
    return HttpClient({}, trust).request({body.empty() ? "GET" : "POST", url, "T0k.en", std::move(body)});
  }
  // What whoever trusts it as an authority has.
  [[nodiscard]] const std::filesystem::path& certificate() const { return certificate_; }
  [[nodiscard]] std::string pin() const { return pin_of(identity_).value(); }
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

  TlsIdentity identity_{new_tls_identity(kBegun).value()};
  TemporaryFolder folder_;
  std::filesystem::path certificate_{file_with(folder_.path() / "certificate.pem", identity_.certificate)};
  RunningServer server_{limits(), HttpService{answer, RunningServer::let_in, {}, {}}, identity_};
};

TEST_CASE("a hub is known by its key, at a bare address too, and by no other key") {
  SecureHub hub;
  const std::string pin = hub.pin();
  const auto known = hub.ask({"", pin});
  REQUIRE(known.has_value());
  CHECK(known->body == "T0k.en");
  CHECK(hub.ask({"", pin}, "localhost").has_value());
  const auto large = hub.ask({"", pin}, "127.0.0.1", std::string(2'000'000, 'x'));
  REQUIRE(large.has_value());
  CHECK(large->body.size() == 6 + 2'000'000);

  const std::string other = pin_of(new_tls_identity(kBegun).value()).value();
  const auto refused = hub.ask({"", other});
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().kind == Error::Kind::unavailable);
}

TEST_CASE("a hub that nobody vouches for is not spoken to") {
  SecureHub hub;
  CHECK_FALSE(hub.ask({}).has_value());
  CHECK_FALSE(hub.ask({"/dev/null", ""}).has_value());
  // Vouched for, for these names and this address, and no others.
  CHECK(hub.ask({hub.certificate(), ""}, "127.0.0.1").has_value());
  CHECK(hub.ask({hub.certificate(), ""}, "localhost").has_value());
  CHECK_FALSE(hub.ask({hub.certificate(), ""}, "127.0.0.2").has_value());
  // Both at once: the authority does not make up for another key.
  const std::string other = pin_of(new_tls_identity(kBegun).value()).value();
  CHECK_FALSE(hub.ask({hub.certificate(), other}, "127.0.0.1").has_value());
}

TEST_CASE("who does not speak TLS to a hub that does gets no answer, and the hub lives on") {
  SecureHub hub;
  for (const std::string& bytes : {std::string("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), std::string(),
                                   std::string("\x16\x03\x01\x00\x05hello", 10), std::string(5000, '\0')}) {
    const RawSocket socket(hub.port());
    (void)socket.send(bytes);
    CHECK(socket.receive().find("HTTP/1.1 200") == std::string::npos);
  }
  CHECK(hub.ask({"", hub.pin()}).has_value());
}

TEST_CASE("TLS by an identity that is none is refused before anybody is served") {
  const TlsIdentity good = new_tls_identity(kBegun).value();
  const auto listen = [](const TlsIdentity& identity) {
    return HttpServer::listen("127.0.0.1:0", {}, HttpService{}, identity);
  };
  CHECK(listen({"noise", good.key}).error().kind == Error::Kind::invalid);
  CHECK(listen({good.certificate, "noise"}).error().kind == Error::Kind::invalid);
  CHECK(listen({"", ""}).error().kind == Error::Kind::invalid);
  CHECK(listen({good.certificate, new_tls_identity(kBegun).value().key}).error().kind ==
        Error::Kind::invalid);
}

}  // namespace
}  // namespace lanyard::sync::hub
