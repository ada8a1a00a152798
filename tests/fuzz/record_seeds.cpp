#include "tests/fuzz/record_seeds.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "sync/chain.hpp"
#include "sync/facts.hpp"
#include "sync/hub/roster_csv.hpp"
#include "sync/wire.hpp"

namespace lanyard::sync::fuzz {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp kMorning = std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} + 1h;

KeyPair pair_of(std::uint8_t number) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(number);
  return key_pair(seed);
}

Bytes bytes_of(std::string_view text) {
  return {text.begin(), text.end()};
}

Bytes body_of(WireKind kind, std::string_view text) {
  Bytes bytes{static_cast<std::uint8_t>(kind)};
  bytes.insert(bytes.end(), text.begin(), text.end());
  return bytes;
}

Attendee sample_attendee() {
  Attendee a;
  a.id = "A0042";
  a.name = "Dr ZHANG Wei";
  a.name_native = "张伟";
  a.name_sort = "Zhang, \"Wei\"";
  a.badge_names = {"Will", "张伟"};
  a.title = "Director";
  a.organisation = "World Trade Organization";
  a.delegation = "wto";
  a.category = "delegate";
  a.zones = {"site", "plenary"};
  a.languages = {"zh-Hans", "en"};
  a.access_needs = {"large-text"};
  a.companion_of = "A0009";
  a.status = Status::approved;
  a.seats = {{"", "Row 4, seat 12"}, {"gala", "Table 7"}, {"workshop", ""}};
  a.valid_from = kMorning;
  a.valid_until = kMorning + 48h;
  return a;
}

Checkpoint sample_checkpoint() {
  Checkpoint c;
  c.id = "main";
  c.name = {{"en", "Main Entrance"}, {"zh", "主入口"}};
  c.zone = "site";
  c.mode = Mode::once_a_day;
  c.access = {{"delegates", {"delegate"}, {{kMorning, kMorning + 8h}}}, {"rest", {"*"}, {}}};
  c.capacity = 500;
  c.delegation_quota = 8;
  c.badge = BadgePolicy::on_first_entry;
  c.companion = CompanionPolicy::with_principal;
  c.grace = 10min;
  c.reserve = 20;
  c.delegation_quotas = {{"min-kenya", 12}};
  c.organisation_quota = 9;
  c.companions_each = 1;
  c.provisional = 20;
  c.access[0].needs_tags = {"letter"};
  c.access[0].bars_tags = {"minor"};
  c.access[0].escorts = {"protocol"};
  c.access[0].escort_of_delegation = true;
  c.access[0].reserve = true;
  return c;
}

EventInfo sample_event() {
  EventInfo e;
  e.id = "forum-2026";
  e.name = {{"en", "Forum"}, {"zh-Hans", "论坛"}};
  e.calendar.utc_offset = 8h;
  e.runs = {kMorning - 9h, kMorning + 63h};
  e.help_desk = {{"en", "Help Desk"}};
  e.protocol_desk = {{"en", "Protocol Desk"}};
  e.categories = {{"delegate", {{"en", "Delegate"}}, 0x1A2B3C}};
  e.zones = {{"site", {{"en", "Site"}}}, {"hall", {{"en", "Hall"}}, "site", {"site"}}};
  e.calendar.changes = {{kMorning, 9h}};
  e.calendar.day_begins = 4h;
  e.categories.push_back({"floater", {{"en", "Card"}}, 0, true});
  e.roles = {{"steward", {{"en", "Steward"}}, {StaffAction::admit, StaffAction::undo}, {"presence.*"}}};
  e.ticket_items = {{7, 0, "delegate", {"site"}}};
  e.sessions = {
      {"opening", {{"en", "Opening"}}, {{"en", "Hall 1"}}, "hall", {kMorning, kMorning + 1h}, {}, true},
      {"workshop", {{"en", "Workshop"}}, {}, "", {kMorning + 1h, kMorning + 2h}, {"delegate"}, false, true}};
  return e;
}

JournalRow sample_row(std::uint64_t seq, const Digest& before) {
  JournalRow r;
  r.id = uuid7(kMorning, {1, 2, 3, 4, 5, 6, 7, 8, 9, static_cast<std::uint8_t>(seq)});
  r.device = "north-1";
  r.seq = seq;
  r.hlc = {kMorning.time_since_epoch().count(), 3};
  r.boot_id = "b1";
  r.monotonic_ms = 12'345;
  r.wall = kMorning + 123ms;
  r.offset_ms = -42;
  r.kind = seq == 1 ? RowKind::admitted : RowKind::refused;
  r.attendee = "A0042";
  r.checkpoint = "main";
  r.zone = "site";
  r.operator_id = "S1";
  r.roster_version = 17;
  r.rule = "delegates";
  r.generation = 2;
  r.detail = "seen at \"the\" gate";
  r.prev_hash = before;
  r.hash = chain_hash(r);
  return r;
}

Basis sample_basis() {
  Basis basis;
  basis.policy = "0123456789abcdef";
  SignedCredential card;
  card.event = event_tag("forum-2026");
  card.attendee = "A0042";
  card.valid_from = kMorning;
  basis.presented = Credential(card);
  basis.facts.event = "forum-2026";
  basis.facts.as_of = kMorning;
  basis.facts.attendee = sample_attendee();
  basis.facts.stands_in_for = sample_attendee();
  basis.facts.presence.inside = true;
  basis.facts.presence.last_entry = kMorning;
  basis.facts.inside = 12;
  basis.facts.escorts = {{"protocol", "min-kenya", kMorning}};
  basis.waived = {"presence.*"};
  basis.now = kMorning;
  return basis;
}

RosterPage sample_page() {
  RosterPage page;
  page.epoch = "00ff";
  page.from_start = true;
  page.next = 42;
  page.more = true;
  page.event = sample_event();
  page.checkpoints = {sample_checkpoint()};
  page.keys = minted().keys;
  page.attendees = {sample_attendee()};
  page.removed = {"A0007"};
  page.credentials = {{Fingerprint{9}, "A0042", 2}};
  return page;
}

}  // namespace

const Minted& minted() {
  static const Minted all = [] {
    Minted made;
    made.event = event_tag("forum-2026");
    const KeyPair hub = pair_of(1);
    const KeyPair kiosk = pair_of(2);
    made.keys = {{hub.public_key, "hub"}, {kiosk.public_key, "north-1"}};
    SignedCredential fields{made.event, "A0001", 1, {}, {}};
    const auto mint_by = [&](const KeyPair& by) {
      made.genuine.emplace(mint(fields, by.secret_key), fields);
    };
    for (const char* attendee : {"A0001", "A0002", "x", "guest_of.the-host_0123456789.ABC"}) {
      fields.attendee = attendee;
      fields.generation = 1;
      mint_by(hub);
      fields.generation = 2;
      mint_by(kiosk);
    }
    fields.valid_from = kMorning;
    fields.valid_until = kMorning + 48h;
    mint_by(hub);
    fields.event = event_tag("another-event");
    mint_by(hub);
    made.strange.push_back(mint(fields, pair_of(3).secret_key));
    fields.event = made.event;
    made.strange.push_back(mint(fields, pair_of(3).secret_key));
    return made;
  }();
  return all;
}

const std::vector<JournalRow>& journal() {
  static const std::vector<JournalRow> rows = [] {
    const JournalRow first = sample_row(1, Digest{});
    return std::vector<JournalRow>{first, sample_row(2, first.hash)};
  }();
  return rows;
}

std::string demo_file(const std::string& name) {
  std::ifstream file(LANYARD_DEMO "/" + name, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (text.empty()) std::abort();
  return text;
}

std::vector<Bytes> credential_seeds() {
  std::vector<Bytes> seeds;
  for (const auto& [text, fields] : minted().genuine) seeds.push_back(bytes_of(text));
  for (const std::string& text : minted().strange) seeds.push_back(bytes_of(text));
  for (const char* text :
       {"CQ2WE2JN6KGQZ2IF", " L1:\r\n", "L1:", "https://example.org/b/7?x=张", "\xf4\x8f\xbf\xbf"}) {
    seeds.push_back(bytes_of(text));
  }
  return seeds;
}

std::vector<Bytes> setup_seeds() {
  std::vector<Bytes> seeds;
  for (const char* text :
       {"lanyard-enrol:K7QF-2M9D@https://192.0.2.7:8443#sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
        " language=fr panel-mm=546 lower-edge-mm=760 printer=ipp://192.0.2.8/ipp/print",
        "lanyard-enrol:K7QF@http://hub wifi=Forum%20Guest wifi-password=a%20word%20of%2012 time=ntp.example",
        "lanyard-enrol:K7QF@http://hub address=192.0.2.20/24 gateway=192.0.2.1 dns=192.0.2.1,2001:db8::1",
        "lanyard-enrol:K7QF@http://"
        "hub\r\nstaff=desk\r\npin-hash=$argon2id$v=19$m=32768,t=3,p=1$c2FsdA$aGFzaA",
        "L1:", ""}) {
    seeds.push_back(bytes_of(text));
  }
  return seeds;
}

std::vector<Bytes> policy_seeds() {
  const std::string smallest = R"([event]
id = "e"
name = { en = "Forum" }
first_day = 2026-11-23
days = 3
utc_offset = "+08:00"
help_desk = { en = "Desk" }
protocol_desk = { en = "Desk" }
[[category]]
id = "delegate"
name = { en = "Delegate" }
colour = "#430021"
[[zone]]
id = "site"
name = { en = "Site" }
[[checkpoint]]
id = "main"
name = { en = "Main" }
zone = "site"
direction = "entry"
mode = "once_a_day"
)";
  const std::string rule = R"([[checkpoint.access]]
id = "main.all"
categories = [ "delegate" ]
windows = [ { day = 1, from = "05:00", until = "23:00" }, { day = 3, from = "06:30", until = "24:00" } ]
)";
  const std::string more = R"(reentry = false
capacity = 240
delegation_quota = 4
badge = "on_first_entry"
companion = "with_principal"
)";
  const std::string way_out = R"([[checkpoint]]
id = "out"
name = { zh-Hans = "出口" }
zone = "site"
direction = "exit"
mode = "unlimited"
)";
  return {bytes_of(smallest + rule), bytes_of(smallest + more + rule + way_out), bytes_of(smallest),
          bytes_of(demo_file("event.toml"))};
}

std::vector<Bytes> csv_seeds() {
  std::vector<Bytes> seeds;
  const std::string roster = demo_file("roster.csv");
  const auto header_end = roster.find('\n') + 1;
  const std::string header = roster.substr(0, header_end);
  // A few lines each: a reader of 300 would be busy with what it has read before.
  constexpr std::size_t kSlice = 300;
  for (auto from = header_end; from < roster.size() && seeds.size() < 12;) {
    const auto until = roster.find('\n', std::min(from + kSlice, roster.size() - 1)) + 1;
    seeds.push_back(bytes_of(header + roster.substr(from, until - from)));
    from = until;
  }
  seeds.push_back(bytes_of(hub::roster_csv_header() + hub::to_csv_line(sample_attendee())));
  seeds.push_back(
      bytes_of("\xEF\xBB\xBFstatus,category,id,name,companion_of,valid_from\r\n"
               "approved,delegate,A1,\"A, \"\"B\"\"\",,day 1 09:30\r\n"
               "pending,companion,A2,C,A1,day 3 24:00\r\n"
               "blocked,media,A3,\"D\nE\",A29,2026-11-23T08:30:00+08:00\r\n"));
  return seeds;
}

std::vector<Bytes> list_seeds() {
  std::vector<Bytes> seeds = csv_seeds();
  seeds.push_back(
      bytes_of("sep=;\r\n№;Фамилия;Имя;Категория;Статус;Зоны\r\nA1;Щербакова;Анна;Delegate;Одобрена;\"site;"
               "plenary\"\r\n"));
  seeds.push_back(
      bytes_of("编号\t姓\t名\t类别\t状态\nA1\t欧阳\t娜娜\tmedia\t已批准\nA2\t\t'=1+1\tmedia\t待定\n"));
  // ASCII in both orders of UTF-16.
  const std::string list = "id,name,category,status\nA1,X,media,approved\n";
  for (const bool big_endian : {false, true}) {
    std::string text = big_endian ? "\xFE\xFF" : "\xFF\xFE";
    for (const char c : list) text += big_endian ? std::string{'\0', c} : std::string{c, '\0'};
    seeds.push_back(bytes_of(text));
  }
  return seeds;
}

std::vector<Bytes> wire_seeds() {
  const std::vector<JournalRow>& rows = journal();
  FingerprintKey key{};
  key.fill(5);
  return {
      body_of(WireKind::enrol_request,
              to_body(EnrolRequest{"ABCD-2345", PublicKey{1, 2}, "lanyard-syncd 0.1.0"})),
      body_of(WireKind::enrol_answer,
              to_body(EnrolAnswer{"north-1", "North 1", "t0k3n", "main", "forum-2026", key})),
      body_of(WireKind::roster_page, to_body(sample_page())),
      body_of(WireKind::roster_page, to_body(RosterPage{})),
      body_of(WireKind::upload_request, to_body(UploadRequest{rows})),
      body_of(WireKind::upload_answer,
              to_body(UploadAnswer{{{1, RowAnswerKind::accepted, 9, ""},
                                    {2, RowAnswerKind::known, 10, ""},
                                    {3, RowAnswerKind::rejected, 0, "hash: must be 64 hexadecimal digits"}},
                                   2})),
      body_of(WireKind::feed_page,
              to_body(FeedPage{{{11, rows[0]}, {12, rows[1]}}, {12, mark_of(rows[1].hash)}, true, 9})),
      body_of(WireKind::heartbeat, to_body(Heartbeat{"lanyard-syncd 0.1.0", 9, 2, 1, 42, kMorning})),
      body_of(WireKind::heartbeat_answer, to_body(HeartbeatAnswer{kMorning, "main", 42, 9})),
      body_of(WireKind::attendee, to_json(sample_attendee())),
      body_of(WireKind::checkpoint, to_json(sample_checkpoint())),
      body_of(WireKind::event, to_json(sample_event())),
      body_of(WireKind::row, to_json(rows[0])),
      body_of(WireKind::row, to_json(rows[1])),
      body_of(WireKind::problem, to_body(Problem{409, "Conflict", "the code is used"})),
      body_of(WireKind::problem, "<html>502</html>"),
      body_of(WireKind::time, "2026-11-23T08:30:00.123+08:00"),
      body_of(WireKind::time, "0000-01-01T00:00:60z"),
      body_of(WireKind::policy, to_json(policy_of(sample_event(), sample_checkpoint()))),
      body_of(WireKind::upload_request,
              to_body(UploadRequest{{}, {{2, rows[0].hash, "its hash is not that of its contents", "{}"}}})),
      body_of(WireKind::devices_request,
              to_body(DevicesRequest{{{"expo.north-1", "North 1", "main", PublicKey{1}, true, true}}})),
      body_of(WireKind::devices_answer, to_body(DevicesAnswer{4, {{"expo.north-1", 9, true, true}}})),
      body_of(WireKind::basis, to_basis_json(sample_basis(), "site")),
  };
}

}  // namespace lanyard::sync::fuzz
