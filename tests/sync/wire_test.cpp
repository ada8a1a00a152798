#include "sync/wire.hpp"

#include <functional>
#include <limits>

#include <nlohmann/json.hpp>

#include "sync/chain.hpp"
#include "sync/erasure.hpp"
#include "tests/catch.hpp"

namespace lanyard::sync {
namespace {

using Json = nlohmann::json;
using namespace std::chrono_literals;

Timestamp at(std::string_view text) {
  return parse_rfc3339(text).value();
}

Attendee sample_attendee() {
  Attendee a;
  a.id = "A0042";
  a.name = "Dr ZHANG Wei";
  a.name_native = "\xE5\xBC\xA0\xE4\xBC\x9F";
  a.name_sort = "Zhang, Wei";
  a.badge_names = {"Will Zhang", "ZHANG, Wei"};
  a.title = "Director";
  a.organisation = "World Trade Organization";
  a.delegation = "wto";
  a.category = "delegate";
  a.zones = {"site", "hall"};
  a.languages = {"zh-Hans", "en"};
  a.access_needs = {"large-text"};
  a.companion_of = "A0001";
  a.seats = {{"", "C 14"}, {"gala", "Table 7"}, {"workshop", ""}};
  a.status = Status::approved;
  a.valid_from = at("2026-11-23T00:00:00Z");
  a.valid_until = at("2026-11-26T00:00:00Z");
  return a;
}

Checkpoint sample_checkpoint() {
  Checkpoint c;
  c.id = "main-north";
  c.name = {{"en", "North gate"}, {"ru", "Северный вход"}};
  c.zone = "site";
  c.mode = Mode::once_a_day;
  c.access = {{"delegates", {"delegate"}, {{at("2026-11-23T00:00:00Z"), at("2026-11-23T12:00:00Z")}}},
              {"rest", {"*"}, {}}};
  c.capacity = 500;
  c.delegation_quota = 8;
  c.badge = BadgePolicy::on_first_entry;
  c.companion = CompanionPolicy::with_principal;
  return c;
}

EventInfo sample_event() {
  EventInfo e;
  e.id = "forum-2026";
  e.name = {{"en", "Forum"}};
  e.badge_preview = true;
  e.calendar.utc_offset = 480min;
  e.runs = {at("2026-11-22T16:00:00Z"), at("2026-11-25T16:00:00Z")};
  e.help_desk = {{"en", "Help desk"}};
  e.protocol_desk = {{"en", "Protocol desk"}};
  e.categories = {{"delegate", {{"en", "Delegate"}}, 0x1A2B3C}};
  e.zones = {{"site", {{"en", "Site"}}}};
  e.sessions = {{"opening",
                 {{"en", "Opening"}},
                 {{"en", "Hall 1"}},
                 "site",
                 {at("2026-11-23T01:00:00Z"), at("2026-11-23T02:00:00Z")},
                 {"delegate"},
                 true,
                 false},
                {"workshop",
                 {{"en", "Workshop"}},
                 {},
                 "",
                 {at("2026-11-23T03:00:00Z"), at("2026-11-23T04:00:00Z")},
                 {},
                 false,
                 true}};
  return e;
}

JournalRow sample_row(std::uint64_t seq) {
  JournalRow r;
  r.id = uuid7(at("2026-11-23T01:00:00Z"), {1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  r.device = "north-1";
  r.seq = seq;
  r.hlc = {1'795'000'000'000, 3};
  r.boot_id = "b1";
  r.monotonic_ms = 12345;
  r.wall = at("2026-11-23T01:00:00.123Z");
  r.offset_ms = -42;
  r.kind = RowKind::admitted;
  r.attendee = "A0042";
  r.checkpoint = "main-north";
  r.zone = "site";
  r.operator_id = "S1";
  r.roster_version = 17;
  r.rule = "delegates";
  r.generation = 2;
  r.detail = "seen at \"the\" gate";
  r.hash = chain_hash(r);
  return r;
}

RosterPage sample_page() {
  RosterPage page;
  page.epoch = "00ff";
  page.from_start = true;
  page.next = 42;
  page.more = true;
  page.event = sample_event();
  page.checkpoints = {sample_checkpoint()};
  page.keys = KeyRing{{PublicKey{1, 2, 3}, "hub"}, {PublicKey{4}, "pretix", KeyKind::pretix_sig1}};
  page.keys_version = 1'795'392'000;
  page.attendees = {sample_attendee()};
  page.removed = {"A0007"};
  page.erased = {{Fingerprint{7, 255}, pseudonym_of({1, 2, 3})}};
  page.credentials = {{Fingerprint{9}, "A0042", 2}};
  return page;
}

// Every place in a JSON document, as a pointer.
void each_place(const Json& json, const Json::json_pointer& here,
                const std::function<void(const Json::json_pointer&)>& visit) {
  visit(here);
  if (json.is_object()) {
    for (const auto& [key, value] : json.items()) each_place(value, here / key, visit);
  } else if (json.is_array()) {
    for (std::size_t i = 0; i < json.size(); ++i) each_place(json[i], here / i, visit);
  }
}

template <class T>
std::string why(const Expected<T>& parsed) {
  REQUIRE_FALSE(parsed.has_value());
  CHECK(parsed.error().kind == Error::Kind::invalid);
  return parsed.error().message;
}

TEST_CASE("records come back from the wire as they went") {
  CHECK(parse_attendee(to_json(sample_attendee())).value() == sample_attendee());
  CHECK(parse_checkpoint(to_json(sample_checkpoint())).value() == sample_checkpoint());
  CHECK(parse_event(to_json(sample_event())).value() == sample_event());
}

TEST_CASE("a roster page comes back from the wire as it went") {
  const RosterPage sent = sample_page();
  const auto got = parse_roster_page(to_body(sent));
  REQUIRE(got.has_value());
  CHECK(got->epoch == sent.epoch);
  CHECK(got->from_start);
  CHECK(got->next == 42);
  CHECK(got->more);
  CHECK(got->event == sent.event);
  CHECK(got->checkpoints == sent.checkpoints);
  CHECK(got->keys == sent.keys);
  CHECK(got->keys_version == sent.keys_version);
  CHECK(got->attendees == sent.attendees);
  CHECK(got->removed == sent.removed);
  CHECK(got->erased == sent.erased);
  CHECK(got->credentials == sent.credentials);
}

TEST_CASE("who is erased has a pseudonym in their place, and nobody else's id") {
  RosterPage page = sample_page();
  page.erased[0].pseudonym = "A0042";
  CHECK(why(parse_roster_page(to_body(page))) == "roster: erased[0].pseudonym: is no pseudonym");
  page = RosterPage{};
  page.next = 9;
  page.more = true;
  CHECK_FALSE(check_progress(page, 3).has_value());
  page.erased = sample_page().erased;
  CHECK(check_progress(page, 3).has_value());
}

TEST_CASE("a journal row keeps its hash over the wire") {
  const auto got = parse_upload_request(to_body(UploadRequest{{sample_row(1), sample_row(2)}}));
  REQUIRE(got.has_value());
  CHECK(got->bad.empty());
  REQUIRE(got->rows.size() == 2);
  CHECK(got->rows[0] == sample_row(1));
  CHECK(chain_hash(got->rows[1]) == got->rows[1].hash);
}

TEST_CASE("a roster body that is cut off anywhere is refused") {
  const std::string body = to_body(sample_page());
  for (std::size_t part = 0; part < 32; ++part) {
    const auto parsed = parse_roster_page(std::string_view(body).substr(0, body.size() * part / 32));
    CHECK_FALSE(parsed.has_value());
  }
}

TEST_CASE("a wrong type at any place of a roster page is refused and named") {
  const Json whole = Json::parse(to_body(sample_page()));
  int tried = 0;
  each_place(whole, Json::json_pointer(), [&](const Json::json_pointer& place) {
    Json broken = whole;
    const bool takes_number = whole.at(place).is_number();
    broken[place] = takes_number ? Json("seven") : Json(-7);
    INFO(place.to_string());
    const std::string message = why(parse_roster_page(broken.dump()));
    CHECK(message.rfind("roster: ", 0) == 0);
    ++tried;
  });
  CHECK(tried > 60);
}

TEST_CASE("a required field that is missing is named with its path") {
  Json page = Json::parse(to_body(sample_page()));
  page["attendees"][0].erase("name");
  CHECK(why(parse_roster_page(page.dump())) == "roster: attendees[0].name: is missing");
  page = Json::parse(to_body(sample_page()));
  page["attendees"][0]["status"] = 3;
  CHECK(why(parse_roster_page(page.dump())) == "roster: attendees[0].status: must be a text");
  page = Json::parse(to_body(sample_page()));
  page["checkpoints"][0]["access"][0]["windows"][0]["until"] = "tomorrow";
  CHECK(why(parse_roster_page(page.dump())) ==
        "roster: checkpoints[0].access[0].windows[0].until: 'tomorrow' is not a time of RFC 3339");
}

TEST_CASE("a field that this version does not know is ignored") {
  Json page = Json::parse(to_body(sample_page()));
  page["novelty"] = {{"deep", {1, 2, 3}}};
  page["attendees"][0]["shoe_size"] = 44;
  CHECK(parse_roster_page(page.dump()).has_value());
}

TEST_CASE("a name that this version does not know is no error where there is a reading of it") {
  Json page = Json::parse(to_body(sample_page()));
  page["attendees"][0]["status"] = "vip";
  page["checkpoints"][0]["badge"] = "tattooed";
  const auto got = parse_roster_page(page.dump());
  REQUIRE(got.has_value());
  CHECK(got->attendees[0].status == Status::blocked);
  CHECK(got->checkpoints.empty());
  CHECK(got->checkpoints_unknown);
  page["checkpoints"][0]["reentry"] = "sometimes";  // the first thing wrong is no unknown name
  CHECK(why(parse_roster_page(page.dump())) == "roster: checkpoints[0].reentry: must be true or false");

  Json feed = Json::parse(to_body(FeedPage{{{5, sample_row(1)}, {6, sample_row(2)}}, {6, ""}, false, 3}));
  feed["rows"][0]["row"]["kind"] = "vanished";
  const auto rows = parse_feed_page(feed.dump());
  REQUIRE(rows.has_value());
  CHECK(rows->passed_over == 1);
  REQUIRE(rows->rows.size() == 1);
  CHECK(rows->rows[0].hub_seq == 6);
  feed["rows"][1]["row"]["seq"] = "six";
  CHECK(why(parse_feed_page(feed.dump())) == "feed: rows[1].row.seq: must be an integer");
}

TEST_CASE("a key without a kind is Lanyard's, and one of a kind unknown here is passed over") {
  Json page = Json::parse(to_body(sample_page()));
  CHECK_FALSE(page["keys"][0].contains("kind"));
  CHECK(page["keys"][1]["kind"] == "pretix_sig1");
  page["keys"][1]["kind"] = "lanyard-L2";
  page.erase("keys_version");
  const auto got = parse_roster_page(page.dump());
  REQUIRE(got.has_value());
  CHECK(got->keys == KeyRing{{PublicKey{1, 2, 3}, "hub"}});
  CHECK(got->keys_version == 0);
}

TEST_CASE("a malformed row is an answer of its own and the others are taken") {
  Json body =
      Json::parse(to_body(UploadRequest{{sample_row(1), sample_row(2), sample_row(3), sample_row(4)}}));
  body["rows"][1]["kind"] = "vanished";
  body["rows"][2]["seq"] = "three";
  const auto parsed = parse_upload_request(body.dump());
  REQUIRE(parsed.has_value());
  REQUIRE(parsed->rows.size() == 2);
  CHECK(parsed->rows[1].seq == 4);
  REQUIRE(parsed->bad.size() == 2);
  CHECK(parsed->bad[0] == RowAnswer{2, RowAnswerKind::rejected, 0, "kind: unknown name 'vanished'"});
  CHECK(parsed->bad[1].seq == 0);
}

TEST_CASE("a wrong type at any place of a journal row rejects that row alone") {
  const Json row = Json::parse(to_json(sample_row(1)));
  each_place(row, Json::json_pointer(), [&](const Json::json_pointer& place) {
    Json broken = row;
    broken[place] = row.at(place).is_number() ? Json("seven") : Json(-7);
    INFO(place.to_string());
    const auto parsed =
        parse_upload_request(Json{{"rows", {broken, Json::parse(to_json(sample_row(2)))}}}.dump());
    REQUIRE(parsed.has_value());
    CHECK(parsed->bad.size() == 1);
    CHECK(parsed->rows.size() == 1);
  });
}

TEST_CASE("bodies over their limits are refused") {
  CHECK(why(parse_feed_page(std::string(kMaxBodyBytes + 1, ' '))).find("larger than") != std::string::npos);
  const std::string deep = std::string(40, '[') + std::string(40, ']');
  CHECK(why(parse_feed_page(deep)).find("nested deeper") != std::string::npos);
  UploadRequest many;
  many.rows.assign(kMaxBatchRows + 1, sample_row(1));
  CHECK(why(parse_upload_request(to_body(many))).find("more than 500") != std::string::npos);
  Json page = Json::parse(to_body(sample_page()));
  page["attendees"][0]["title"] = std::string(kMaxTextBytes + 1, 'x');
  CHECK(why(parse_roster_page(page.dump())).find("attendees[0].title: is longer") != std::string::npos);
}

TEST_CASE("bytes that are not UTF-8 are refused when read and replaced when written") {
  CHECK_FALSE(parse_heartbeat("{\"software\":\"\xC3\x28\"}").has_value());
  CHECK_FALSE(parse_heartbeat("{\"software\":\"\xED\xA0\x80\"}").has_value());
  JournalRow row = sample_row(1);
  row.detail = "half \xE5\xBC";
  CHECK(is_utf8(to_json(row)));
}

TEST_CASE("numbers that do not fit are refused") {
  for (const char* seq : {"-1", "0", "1.5", "1e300", "18446744073709551616", "9223372036854775808"}) {
    Json row = Json::parse(to_json(sample_row(1)));
    row["seq"] = Json::parse(seq);
    const auto parsed = parse_upload_request(Json{{"rows", {row}}}.dump());
    REQUIRE(parsed.has_value());
    INFO(seq);
    CHECK(parsed->bad.size() == 1);
  }
}

TEST_CASE("a number in a row that nobody can mean rejects that row and says which") {
  struct Case {
    const char* place;
    std::int64_t most;
    const char* why;
  };
  for (const Case& c : {Case{"/generation", 65'535, "generation: must be from 0 to 65535"},
                        Case{"/offset_ms", kMaxClockOffset.count(),
                             "offset_ms: must be from -3155695200000 to 3155695200000"},
                        Case{"/hlc/counter", UINT32_MAX - 1, "hlc.counter: must be from 0 to 4294967294"},
                        Case{"/hlc/wall_ms", kLastTime.time_since_epoch().count(),
                             "hlc.wall_ms: must be from -62167219200000 to 253402300799999"}}) {
    INFO(c.place);
    Json row = Json::parse(to_json(sample_row(1)));
    row[Json::json_pointer(c.place)] = c.most;
    CHECK(parse_upload_request(Json{{"rows", {row}}}.dump()).value().bad.empty());
    for (const std::int64_t beyond : {c.most + 1, std::numeric_limits<std::int64_t>::max()}) {
      row[Json::json_pointer(c.place)] = beyond;
      const auto parsed = parse_upload_request(Json{{"rows", {row}}}.dump()).value();
      REQUIRE(parsed.bad.size() == 1);
      CHECK(parsed.bad[0] == RowAnswer{1, RowAnswerKind::rejected, 0, c.why});
    }
  }
}

TEST_CASE("a body that is not there at all is refused") {
  CHECK_FALSE(parse_feed_page(std::string_view()).has_value());
  CHECK_FALSE(parse_row("").has_value());
}

TEST_CASE(
    "what a centre says to a venue's hub comes back as it went, and a kiosk takes no more than its screen") {
  HeartbeatAnswer beat{at("2026-11-23T01:00:00.001Z"), "main", 12, 3};
  beat.orders.emplace();
  for (std::size_t i = 0; i < kMaxNoticeRecords; ++i)
    beat.orders->notices.push_back(
        {"n" + std::to_string(i), {{"en", "x"}}, beat.hub_now, {"main", "lounge"}});
  const auto heard = parse_heartbeat_answer(to_body(beat), kMaxNoticeRecords).value();
  CHECK(heard.orders == beat.orders);
  CHECK(heard.orders_version == version_of(*beat.orders));
  CHECK_FALSE(parse_heartbeat_answer(to_body(beat)).has_value());
  CHECK(parse_notices(to_json(beat.orders->notices)).value() == beat.orders->notices);
  beat.orders->notices.push_back({"more", {{"en", "x"}}, {}});
  CHECK_FALSE(parse_heartbeat_answer(to_body(beat), kMaxNoticeRecords).has_value());
  CHECK_FALSE(parse_notices(to_json(beat.orders->notices)).has_value());

  DeviceStanding closed{"expo.north-1", 9, true, true};
  closed.orders.out_of_service = true;
  closed.orders.restart = beat.hub_now;
  const DevicesAnswer answer{3, {{"expo.desk-1", 1, false, false}, closed}};
  CHECK(parse_devices_answer(to_body(answer)).value().devices == answer.devices);
  CHECK_FALSE(
      parse_devices_answer(R"({"known_to":1,"devices":[{"id":"a","known_to":1,"orders":{"wipe":1}}]})"));
}

TEST_CASE("the small bodies come back from the wire as they went") {
  EnrolAnswer enrolled{"north-1", "North gate 1", "north-1.0123", "main-north", "forum-2026", {7, 8}};
  const auto got = parse_enrol_answer(to_body(enrolled)).value();
  CHECK(got.token == enrolled.token);
  CHECK(got.fingerprint_key == enrolled.fingerprint_key);
  enrolled.token = "a\r\nX-Evil: 1";
  CHECK_FALSE(parse_enrol_answer(to_body(enrolled)).has_value());

  const UploadAnswer answer{{{1, RowAnswerKind::accepted, 9, ""}, {2, RowAnswerKind::rejected, 0, "no"}}, 2};
  const auto answered = parse_upload_answer(to_body(answer)).value();
  CHECK(answered.answers == answer.answers);
  CHECK(answered.known_to == 2);
  CHECK(to_body(answer) == R"({"answers":[{"hub_seq":9,"kind":"accepted","seq":1},)"
                           R"({"kind":"rejected","seq":2,"why":"no"}],"known_to":2})");
  CHECK(parse_upload_answer(to_body(UploadAnswer{})).value().answers.empty());
  const UploadAnswer quoted{{{1, RowAnswerKind::rejected, 0, "not \"so\"\n"}}, 1};
  CHECK(parse_upload_answer(to_body(quoted)).value().answers == quoted.answers);

  const FeedPage feed{{{5, sample_row(1)}}, {5, mark_of(sample_row(1).hash)}, true, 12};
  const FeedPage fed = parse_feed_page(to_body(feed)).value();
  CHECK(fed.rows == feed.rows);
  CHECK(fed.next == feed.next);
  CHECK(fed.roster_version == 12);
  CHECK(parse_feed_page(R"({"rows":[],"next":5,"more":false})").value().next == FeedCursor{5, ""});
  CHECK_FALSE(parse_feed_page(R"({"rows":[],"next":5,"more":false,"mark":"&after=0"})").has_value());
  const HeartbeatAnswer beat{at("2026-11-23T01:00:00.001Z"), "main-north", 12, 3};
  CHECK(parse_heartbeat_answer(to_body(beat)).value().hub_now == beat.hub_now);
  CHECK(parse_heartbeat(to_body(Heartbeat{"x", 1, 2, 3, 4, beat.hub_now})).value().rejected == 3);
  CHECK(parse_enrol_request(to_body(EnrolRequest{"K7QF-2M9D", {5}, "x"})).value().public_key == PublicKey{5});
}

TEST_CASE("what a hub's error says is quoted short and printable") {
  CHECK(problem_text(to_body(Problem{409, "Conflict", "the code has been used"})) ==
        "the code has been used");
  CHECK(problem_text("<html>\x1b[31m\xFF") == "<html>?[31m?");
  CHECK(problem_text(std::string(5000, 'x')).size() == kMaxProblemBytes);
  CHECK(printable("\xC2", 10) == "?");
  CHECK(printable("a\u0085b\u202Ec\u2066d\u200Ce", 30) == "a?b?c?d\u200Ce");
  CHECK(printable("a\xE5\xBC\xA0", 3) == "a");
}

TEST_CASE("times of any RFC 3339 form are read and written in UTC with milliseconds") {
  CHECK(to_rfc3339(at("2026-11-23T08:30:00Z")) == "2026-11-23T08:30:00.000Z");
  CHECK(to_rfc3339(at("2026-11-23t16:30:00.5+08:00")) == "2026-11-23T08:30:00.500Z");
  CHECK(to_rfc3339(at("2024-02-29T23:59:60-00:30")) == "2024-03-01T00:30:00.000Z");
  CHECK(to_rfc3339(at("1969-12-31T23:59:59.9999Z")) == "1969-12-31T23:59:59.999Z");
  CHECK(to_rfc3339(at("9999-12-31T23:59:59.999Z")) == "9999-12-31T23:59:59.999Z");
  for (const char* wrong : {"", "9999-12-31T23:59:59-00:01", "0000-01-01T00:00:00+00:01", "2026-11-23",
                            "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-11-23T24:00:00Z",
                            "2026-11-23T08:30:00", "2026-11-23T08:30:00.Z", "2026-11-23T08:30:00+8:00",
                            "2026-11-23T08:30:00Zz", " 2026-11-23T08:30:00Z", "2026-11-23T08:61:00Z"}) {
    INFO(wrong);
    CHECK_FALSE(parse_rfc3339(wrong).has_value());
  }
}

TEST_CASE("the longest record of a row has room where a venue tells of one that it set aside") {
  JournalRow row = sample_row(1);
  // Written as six bytes each.
  row.basis = std::string(kMaxBasisBytes, '\x01');
  row.detail = std::string(kMaxDetailBytes, '\x01');
  row.rule = std::string(kMaxTextBytes, '\x01');
  row.boot_id = std::string(64, '\x01');
  row.monotonic_ms = -kMaxClockOffset.count();
  row.device = row.attendee = row.zone = row.checkpoint = row.operator_id = row.related =
      std::string(kMaxIdBytes, 'a');
  const std::string record = to_json(row);
  REQUIRE(parse_row(record).has_value());
  CHECK(record.size() <= kMaxAsideBytes);
  const UploadRequest upload{{}, {{7, row.hash, "its hash is not that of its contents", record}}};
  const auto parsed = parse_upload_request(to_body(upload));
  REQUIRE(parsed.has_value());
  CHECK(parsed->set_aside.at(0).record == record);
}

TEST_CASE("a row cannot say times so far apart that reckoning with them would run over") {
  JournalRow row = sample_row(1);
  for (const std::int64_t far : {std::numeric_limits<std::int64_t>::max(),
                                 std::numeric_limits<std::int64_t>::min() + 1, kMaxClockOffset.count() + 1}) {
    row.monotonic_ms = far;
    CHECK_FALSE(parse_row(to_json(row)).has_value());
  }
  row.monotonic_ms = kMaxClockOffset.count();
  CHECK(parse_row(to_json(row)).has_value());
}

}  // namespace
}  // namespace lanyard::sync
