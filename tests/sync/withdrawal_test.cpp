// A kiosk that is to forget all, by whose word and when; and what of its rows was not delivered.
#include <fstream>

#include "sync/sealed_rows.hpp"
#include "tests/sync/kiosk_fixture.hpp"

namespace lanyard::sync {
namespace {

using hub::all_bytes_in;

std::vector<std::filesystem::path> sealed_files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".sealed") files.push_back(entry.path());
  }
  return files;
}

TEST_CASE("a kiosk that is revoked forgets all, and what it had not delivered is sealed for the hub alone") {
  HubFixture hub;
  REQUIRE(hub.store().transact([&] { return hub.store().put_attendee(hub::attendee_of("REG-771940")); }));
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  kiosk.write(RowKind::admitted, "REG-771940");
  kiosk.settle();
  kiosk.cut = true;
  const JournalRow last = kiosk.write(RowKind::exited, "REG-771940");
  kiosk.settle();
  REQUIRE(all_bytes_in(kiosk.folder()).find("Name of REG-771940") != std::string::npos);
  const SecretKey hub_key = hub.store().founding().value()->signing_key;

  REQUIRE(hub.store().revoke("north-1", true, hub.now));
  kiosk.cut = false;
  kiosk.pass(40s);
  kiosk.settle_for_good();
  CHECK(kiosk.carrier().has_forgotten());
  CHECK_FALSE(kiosk.store().identity().value().has_value());
  CHECK(kiosk.store().withdrawn().value() == Withdrawal::revoked);
  CHECK(kiosk.store().attendee_count().value() == 0);
  const std::string bytes = all_bytes_in(kiosk.folder());
  for (const std::string& trace :
       {std::string("Name of REG-771940"), std::string("REG-771940"), std::string("main.all")})
    CHECK(bytes.find(trace) == std::string::npos);

  const auto files = sealed_files_in(kiosk.folder());
  REQUIRE(files.size() == 1);
  std::ifstream in(files.front(), std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const auto opened = unseal(text, hub_key);
  REQUIRE(opened.has_value());
  CHECK(opened->device == "north-1");
  REQUIRE(opened->rows.size() == 1);
  CHECK(opened->rows.front() == last);
  CHECK(unseal(text, key_pair({}).secret_key).error().kind == Error::Kind::refused);
}

TEST_CASE(
    "a row that is written while a kiosk forgets is sealed with the others, or refused, and never lost") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  kiosk.write(RowKind::admitted, "A1");
  std::size_t sealed = 0;
  REQUIRE(kiosk.store().wipe(Withdrawal::revoked, [&]() -> Expected<void> {
    sealed = kiosk.store().undelivered("", 0, 10).value().size();
    // The kiosk's own process, at this very moment: it waits for the end of the transaction.
    auto late = Store::open(kiosk.folder() / "store.db");
    CHECK_FALSE(late.has_value());
    return {};
  }));
  CHECK(sealed == 1);
  auto late = Store::open(kiosk.folder() / "store.db").value();
  CHECK(late.append(JournalRow{}, RowStamp{}).error().message.find("not enrolled") != std::string::npos);
}

TEST_CASE("what cannot be sealed is not forgotten") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  kiosk.write(RowKind::admitted, "A1");
  CHECK(kiosk.store()
            .wipe(Withdrawal::revoked, [] { return Expected<void>(fail(Error::Kind::storage, "full")); })
            .error()
            .kind == Error::Kind::storage);
  CHECK(kiosk.store().identity().value().has_value());
  CHECK(kiosk.store().unsent_count().value().unsent == 1);
}

TEST_CASE("a kiosk hears of its revocation on the lane that waits, too") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  REQUIRE(hub.store().revoke("north-1", true, hub.now));
  CHECK_FALSE(kiosk.follower().is_revoked());
  kiosk.pass(2s);
  REQUIRE(kiosk.follower().step().has_value());
  CHECK(kiosk.follower().is_revoked());
  CHECK(kiosk.carrier().hear_revocation());
  CHECK_FALSE(kiosk.carrier().hear_revocation());
}

TEST_CASE("a wrong token, a hub without this kiosk, or a proxy that forbids make no kiosk forget") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  const std::vector<HttpAnswer> answers{
      {401, "application/problem+json", R"({"status":401,"detail":"this token is not valid"})", {}, {}},
      {403, "text/html", "<html>forbidden</html>", {}, {}},
      {403, "application/problem+json", R"({"status":403,"title":"Forbidden","detail":"no"})", {}, {}},
      {403, "application/problem+json", R"({"status":403,"revoked":"true"})", {}, {}},
      {404, "application/problem+json", R"({"revoked":true})", {}, {}}};
  for (const HttpAnswer& answer : answers) {
    kiosk.lie = [&](const HttpRequest&) { return answer; };
    kiosk.pass(120s);
    kiosk.settle();
    CHECK_FALSE(kiosk.carrier().has_forgotten());
    CHECK(kiosk.store().identity().value().has_value());
  }
}

TEST_CASE("a kiosk that is to go delivers all that it has first") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  Orders leave;
  leave.wipe = true;
  REQUIRE(hub.store().set_orders("north-1", leave));
  bool refuse = true;
  kiosk.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (!refuse || request.method != "POST" || !request.url.ends_with("/v1/journal")) return std::nullopt;
    return HttpAnswer{503, "application/problem+json", "{}", {}, {}};
  };
  kiosk.write(RowKind::admitted, "A1");
  for (int i = 0; i < 5; ++i) kiosk.beat();
  CHECK(kiosk.store().orders().value().orders.wipe);
  CHECK_FALSE(kiosk.carrier().has_forgotten());
  refuse = false;
  kiosk.pass(40s);
  kiosk.settle_for_good();
  CHECK(kiosk.carrier().has_forgotten());
  CHECK(kiosk.store().withdrawn().value() == Withdrawal::ordered);
  CHECK(sealed_files_in(kiosk.folder()).empty());
  CHECK(rows_at_hub(hub, "north-1") == 1);
}

TEST_CASE("nobody on the way of a line in the clear can have a kiosk forget anything") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.config().hub = "http://hub.example:8080";
  kiosk.enrol();
  kiosk.settle();
  Orders leave;
  leave.wipe = true;
  REQUIRE(hub.store().set_orders("north-1", leave));
  kiosk.beat();
  CHECK_FALSE(kiosk.carrier().has_forgotten());
  REQUIRE(hub.store().revoke("north-1", true, hub.now));
  kiosk.pass(60s);
  kiosk.settle();
  CHECK_FALSE(kiosk.carrier().has_forgotten());
  CHECK(kiosk.store().identity().value().has_value());
  for (const char* near : {"http://127.0.0.1:8080", "http://[::1]", "https://hub", "http://localhost/x"})
    CHECK(trusts_hub({.store = {}, .hub = near, .trust = {}, .tokens = {}, .pace = {}}));
  for (const char* far : {"http://hub", "http://127.0.0.1.example", "http://localhost.example:80"})
    CHECK_FALSE(trusts_hub({.store = {}, .hub = far, .trust = {}, .tokens = {}, .pace = {}}));
}

TEST_CASE("a kiosk that has forgotten all, and is enrolled again, is not told to forget once more") {
  HubFixture hub;
  const std::string before = hub.enrol("north-1");
  Orders leave;
  leave.wipe = true;
  REQUIRE(hub.store().set_orders("north-1", leave));
  REQUIRE(hub.enrol_with(hub.new_code_for("north-1"), 99).status == 200);
  CHECK_FALSE(hub.store().device("north-1").value()->orders.wipe);
}

TEST_CASE("what comes after a kiosk has forgotten all is not kept") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  REQUIRE(kiosk.store().wipe(Withdrawal::ordered).has_value());
  FeedPage page;
  page.rows = {{1, hub::RowWriter("south-2").write(RowKind::admitted, "A1", hub.now)}};
  page.next = {1, ""};
  CHECK_FALSE(kiosk.store().apply(page).has_value());
  CHECK_FALSE(kiosk.store().apply(RosterPage{}, hub.now).has_value());
  CHECK(kiosk.store().row_count().value() == 0);
}

TEST_CASE(
    "a kiosk without a hub forgets all a week after the event, and not while its clock only jumps there") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  kiosk.cut = true;
  kiosk.write(RowKind::admitted, "A1");
  const auto pass_hours = [&](int hours) {
    for (int i = 0; i < hours * 60; ++i) {
      kiosk.pass(1min);
      REQUIRE(kiosk.carrier().step().has_value());
      if (kiosk.carrier().has_forgotten()) return;
    }
  };
  kiosk.skew = std::chrono::hours(24 * 365);
  pass_hours(20);
  kiosk.skew = 0ms;
  pass_hours(2);
  CHECK_FALSE(kiosk.carrier().has_forgotten());
  kiosk.skew = std::chrono::hours(24 * 11);  // three days of event, and a week
  pass_hours(23);
  CHECK_FALSE(kiosk.carrier().has_forgotten());
  pass_hours(2);
  CHECK(kiosk.carrier().has_forgotten());
  CHECK(kiosk.store().withdrawn().value() == Withdrawal::forgotten);
  CHECK(sealed_files_in(kiosk.folder()).size() == 1);
}

TEST_CASE("nobody is forsaken before the event's end, nor soon after the hub's last answer") {
  const Timestamp end = parse_rfc3339("2026-11-25T16:00:00Z").value();
  CHECK_FALSE(is_forsaken(end, {}, 168h, end + 168h));
  CHECK(is_forsaken(end, {}, 168h, end + 168h + 1ms));
  CHECK_FALSE(is_forsaken(end, end + 48h, 168h, end + 200h));
  CHECK(is_forsaken(end, end - 100h, 168h, end + 200h));
}

TEST_CASE("a store that has forgotten all enrols as another kiosk") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  kiosk.write(RowKind::admitted, "A1");
  kiosk.settle();
  REQUIRE(kiosk.store().wipe(Withdrawal::ordered).has_value());
  REQUIRE(kiosk.store().check_integrity().has_value());
  const std::array<std::uint8_t, 32> seed{7};
  REQUIRE(sync::enrol(kiosk.store(), kiosk.config(), hub.new_code_for("north-2"), seed, kiosk.transport()));
  CHECK_FALSE(kiosk.store().withdrawn().value().has_value());
  kiosk.restart();
  kiosk.settle();
  CHECK(kiosk.write(RowKind::admitted, "A1").seq == 1);
  kiosk.settle();
  CHECK(rows_at_hub(hub, "north-2") == 1);
}

TEST_CASE("sealed rows that were cut, altered, or are something else are refused in words") {
  const KeyPair keys = key_pair({});
  const std::string sealed = seal({"north-1", {}}, keys.public_key).value();
  CHECK(unseal(sealed, keys.secret_key).value().device == "north-1");
  CHECK(unseal("", keys.secret_key).error().kind == Error::Kind::invalid);
  CHECK(unseal("L1:ABC", keys.secret_key).error().kind == Error::Kind::invalid);
  CHECK_FALSE(unseal(sealed.substr(0, sealed.size() - 1), keys.secret_key).has_value());
  std::string altered = sealed;
  altered.back() = static_cast<char>(altered.back() ^ 1);
  CHECK(unseal(altered, keys.secret_key).error().kind == Error::Kind::refused);
}

}  // namespace
}  // namespace lanyard::sync
