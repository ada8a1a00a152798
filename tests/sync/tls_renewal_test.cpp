// A certificate that is renewed while the hub serves.
#include <fstream>

#include "sync/http_client.hpp"
#include "sync/hub/tls_identity.hpp"
#include "tests/sync/http_server_fixture.hpp"
#include "tests/sync/temporary_folder.hpp"

namespace lanyard::sync::hub {
namespace {

const Timestamp kToday =
    std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());

void put(const TlsFiles& files, const TlsIdentity& identity) {
  std::ofstream(files.certificate) << identity.certificate;
  std::ofstream(files.key) << identity.key;
}

TEST_CASE("files that are renewed are seen once, and half of them is none") {
  const TemporaryFolder folder;
  const TlsFiles files{folder.path() / "certificate.pem", folder.path() / "key.pem"};
  const TlsIdentity before = new_tls_identity(kToday).value();
  const TlsIdentity after = new_tls_identity(kToday).value();
  put(files, before);
  TlsFilesWatch watch(files, before);
  CHECK_FALSE(watch.look().value().has_value());
  // Whoever copies them is between the two.
  std::ofstream(files.certificate) << after.certificate;
  CHECK(watch.look().error().kind == Error::Kind::invalid);
  CHECK_FALSE(watch.look().value().has_value());  // said once
  std::filesystem::remove(files.certificate);
  CHECK_FALSE(watch.look().has_value());  // something else is wrong now
  put(files, after);
  const auto seen = watch.look().value();
  REQUIRE(seen.has_value());
  CHECK(seen->certificate == after.certificate);
  CHECK_FALSE(watch.look().value().has_value());
}

TEST_CASE("a renewed certificate is had by whoever connects from then on, and others stay connected") {
  const TlsIdentity before = new_tls_identity(kToday).value();
  const TlsIdentity after = new_tls_identity(kToday).value();
  std::atomic<int> asked{0};
  std::atomic<bool> renew{false};
  HttpLimits limits;
  limits.tells_systemd = false;
  limits.ask_renewed = 1ms;
  HttpService service{RunningServer::echo, RunningServer::let_in, {}, {}};
  service.renewed = [&]() -> std::optional<TlsIdentity> {
    if (!renew) return std::nullopt;
    // The first is one that nobody can speak by: the certificate of before goes on.
    const int turn = asked++;
    if (turn == 0) return TlsIdentity{after.certificate, "no key"};
    if (turn == 1) return after;
    return std::nullopt;
  };
  const RunningServer server(limits, std::move(service), before);
  const std::string url = "https://127.0.0.1:" + std::to_string(server.port()) + "/v1/journal";
  HttpClient connected({}, {"", pin_of(before).value()});
  REQUIRE(connected.request({"GET", url, "", ""}).has_value());
  renew = true;
  while (asked < 3) std::this_thread::sleep_for(1ms);
  CHECK(HttpClient({}, {"", pin_of(after).value()}).request({"GET", url, "", ""}).has_value());
  CHECK_FALSE(HttpClient({}, {"", pin_of(before).value()}).request({"GET", url, "", ""}).has_value());
  CHECK(connected.request({"GET", url, "", ""}).has_value());
}

}  // namespace
}  // namespace lanyard::sync::hub
