// By whose key the hub is known, and that it stays so: over a restart, a backup, several hubs on one
// database.
#include "sync/hub/tls_identity.hpp"

#include <fstream>

#include "sync/enrolment_code.hpp"
#include "tests/sync/hub_fixture.hpp"
#include "tests/sync/temporary_folder.hpp"

namespace lanyard::sync::hub {
namespace {

using namespace std::chrono_literals;

const Timestamp kNow = parse_rfc3339("2026-11-23T01:00:00Z").value();

void write(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file) << text;
}

TlsFiles files_in(const std::filesystem::path& folder) {
  return {folder / "tls-certificate.pem", folder / "tls-key.pem"};
}

void write(const TlsFiles& files, const TlsIdentity& identity) {
  write(files.certificate, identity.certificate);
  write(files.key, identity.key);
}

std::string pin(const TlsIdentity& identity) {
  return pin_of(identity).value();
}
std::string pin(const Expected<TlsIdentity>& identity) {
  return pin(identity.value());
}

void enrol(HubFixture& hub) {
  const std::string code = hub.new_code_for("north-1");
  REQUIRE(hub.post("/v1/enrol", "", to_body(EnrolRequest{code, PublicKey{1}, "x"})).status == 200);
}

TEST_CASE("a hub's own key is made once, and is with whatever else the hub's store has") {
  HubFixture hub;
  const TlsIdentity first = own_tls_identity(hub.store(), "", kNow).value();
  const std::string known = pin(first);
  CHECK(is_hub_pin(known));
  CHECK(pin(own_tls_identity(hub.store(), "", kNow)) == known);
  // Another hub on the same data, and one that a copy of the data was restored to.
  const auto again = hub.place().open(kSmallEventId).value();
  const TemporaryFolder elsewhere;
  CHECK(pin(own_tls_identity(*again, elsewhere.path(), kNow + 24h)) == known);
  enrol(hub);
  CHECK(pin(own_tls_identity(*again, elsewhere.path(), kNow + 24h)) == known);
}

TEST_CASE("of two hubs that make a key at once on one database both have the first") {
  HubFixture hub;
  const auto other = hub.place().open(kSmallEventId).value();
  const TlsIdentity first = new_tls_identity(kNow).value();
  REQUIRE(hub.store().add_tls_identity(first));
  REQUIRE(other->add_tls_identity(new_tls_identity(kNow).value()));
  CHECK(pin(own_tls_identity(*other, "", kNow)) == pin(first));
}

TEST_CASE("the key that an earlier version kept in files is taken over, and is the hub's from then on") {
  HubFixture hub;
  enrol(hub);
  const TemporaryFolder folder;
  const TlsIdentity before = new_tls_identity(kNow).value();
  write(files_in(folder.path()), before);
  CHECK(pin(own_tls_identity(hub.store(), folder.path(), kNow)) == pin(before));
  std::filesystem::remove(files_in(folder.path()).certificate);
  std::filesystem::remove(files_in(folder.path()).key);
  CHECK(pin(own_tls_identity(hub.store(), folder.path(), kNow)) == pin(before));
}

TEST_CASE("no key is made in place of one that enrolled kiosks may have pinned, but on purpose") {
  HubFixture hub;
  const TemporaryFolder folder;
  enrol(hub);
  const auto refused = own_tls_identity(hub.store(), folder.path(), kNow);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().kind == Error::Kind::invalid);
  CHECK(refused.error().message.find("tls-key.pem") != std::string::npos);
  CHECK_FALSE(hub.store().tls_identity().value().has_value());

  const TlsIdentity made = replace_tls_identity(hub.store(), kNow).value();
  CHECK(pin(own_tls_identity(hub.store(), folder.path(), kNow)) == pin(made));
  const TlsIdentity other = replace_tls_identity(hub.store(), kNow).value();
  CHECK(pin(other) != pin(made));
  CHECK(pin(own_tls_identity(hub.store(), folder.path(), kNow)) == pin(other));
}

TEST_CASE("half of an earlier version's files is no reason for another key") {
  HubFixture hub;
  const TemporaryFolder folder;
  write(files_in(folder.path()).key, new_tls_identity(kNow).value().key);
  CHECK(own_tls_identity(hub.store(), folder.path(), kNow).error().kind == Error::Kind::invalid);
  CHECK_FALSE(hub.store().tls_identity().value().has_value());
}

TEST_CASE("files that are no certificate with its key are named") {
  const TemporaryFolder folder;
  const TlsFiles files = files_in(folder.path());
  const TlsIdentity good = new_tls_identity(kNow).value();
  const auto message = [&] { return read_tls_files(files).error().message; };
  CHECK(message().find("tls-certificate.pem") != std::string::npos);
  write(files, good);
  CHECK(pin(read_tls_files(files)) == pin(good));
  write(files.key, "noise");
  CHECK(message().find("tls-key.pem holds no key") != std::string::npos);
  write(files.key, new_tls_identity(kNow).value().key);
  CHECK(message().find("is not that of") != std::string::npos);
  write(files, {"noise", good.key});
  CHECK(message().find("tls-certificate.pem holds no certificate") != std::string::npos);
  write(files.certificate, std::string(kMaxPemBytes + 1, 'x'));
  CHECK(message().find("too large") != std::string::npos);
  CHECK(pin_of({"noise", good.key}).error().kind == Error::Kind::invalid);
}

}  // namespace
}  // namespace lanyard::sync::hub
