// The bodies of the protocol.
#include "sync/wire.hpp"

#include <algorithm>

#include "sync/chain.hpp"
#include "sync/content_digest.hpp"
#include "sync/erasure.hpp"
#include "sync/wire_json.hpp"

namespace lanyard::sync {

namespace {

using wire::Field;
using wire::Json;
using wire::Trouble;

constexpr int kMaxWireVersion = 1'000'000;
constexpr std::int64_t kMaxInteger = std::numeric_limits<std::int64_t>::max();
constexpr std::uint64_t kMaxSeq = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t kMaxCodeBytes = 32;
constexpr std::size_t kMaxEpochBytes = 64;

std::string_view name_of(RowAnswerKind kind) {
  switch (kind) {
    case RowAnswerKind::accepted:
      return "accepted";
    case RowAnswerKind::known:
      return "known";
    case RowAnswerKind::rejected:
      return "rejected";
  }
  return "rejected";
}

std::optional<RowAnswerKind> row_answer_named(std::string_view name) {
  for (const auto kind : {RowAnswerKind::accepted, RowAnswerKind::known, RowAnswerKind::rejected}) {
    if (name_of(kind) == name) return kind;
  }
  return std::nullopt;
}

constexpr std::size_t kMaxKindBytes = 64;
constexpr std::size_t kMarkDigits = 16;

// nullopt for a kind that a later version knows: such a key signs nothing that is read here.
std::optional<IssuerKey> read_key(const Field& field) {
  IssuerKey key;
  field.at("key").hexadecimal(key.key);
  key.issuer = field.at("issuer").id();
  if (const Field kind = field.at("kind"); kind.present()) {
    const auto known = key_kind_named(kind.text(kMaxKindBytes));
    if (!known) return std::nullopt;
    key.kind = *known;
  }
  return key;
}

KeyRing read_ring(const Field& field) {
  KeyRing ring;
  for (std::optional<IssuerKey>& key : field.list(kMaxKeys, read_key)) {
    if (key) ring.push_back(std::move(*key));
  }
  return ring;
}

CredentialRecord read_credential_record(const Field& field) {
  CredentialRecord record;
  field.at("fingerprint").hexadecimal(record.fingerprint);
  record.attendee = field.at("attendee").id();
  record.generation = field.at("generation").number<std::uint32_t>(1, kMaxGeneration);
  return record;
}

ErasedId read_erased(const Field& field) {
  ErasedId erased;
  field.at("subject").hexadecimal(erased.subject);
  const Field pseudonym = field.at("pseudonym");
  erased.pseudonym = pseudonym.id();
  pseudonym.must(is_pseudonym(erased.pseudonym), "is no pseudonym");
  return erased;
}

RowAnswer read_row_answer(const Field& field) {
  RowAnswer answer;
  answer.seq = field.at("seq").number<std::uint64_t>(0, kMaxSeq);
  answer.kind = field.at("kind").named(row_answer_named);
  if (answer.kind == RowAnswerKind::rejected) {
    answer.why = field.at("why").text(kMaxDetailBytes);
  } else {
    answer.hub_seq = field.at("hub_seq").number<std::int64_t>(1, kMaxInteger);
  }
  return answer;
}

RosterPage read_roster_page(const Field& field) {
  RosterPage page;
  page.epoch = field.at("epoch").text(kMaxEpochBytes);
  page.from_start = field.at("from_start").flag();
  page.next = field.at("next").number<std::int64_t>(0, kMaxInteger);
  page.more = field.at("more").flag();
  if (const Field version = field.at("version"); version.present())
    page.version = version.number<std::int64_t>(0, kMaxInteger);
  if (const Field event = field.at("event"); event.present()) page.event = wire::read_event(event);
  if (const Field checkpoints = field.at("checkpoints"); checkpoints.present()) {
    std::size_t unknown = 0;
    page.checkpoints = checkpoints.list_of_known(kMaxCheckpoints, unknown, wire::read_checkpoint);
    page.checkpoints_unknown = unknown > 0;
    if (page.checkpoints_unknown) page.checkpoints.clear();  // it is all of them or none
  }
  if (const Field keys = field.at("keys"); keys.present()) {
    page.keys = read_ring(keys);
    if (const Field version = field.at("keys_version"); version.present()) {
      page.keys_version = version.number<std::int64_t>(0, kMaxInteger);
    }
  }
  page.attendees = field.at("attendees").list_or_empty(kMaxRosterPageRecords, wire::read_attendee);
  page.removed =
      field.at("removed").list_or_empty(kMaxRosterPageRecords, [](const Field& item) { return item.id(); });
  page.erased = field.at("erased").list_or_empty(kMaxRosterPageRecords, read_erased);
  page.credentials = field.at("credentials").list_or_empty(kMaxRosterPageRecords, read_credential_record);
  return page;
}

FeedRow read_feed_row(const Field& field) {
  FeedRow row;
  row.hub_seq = field.at("hub_seq").number<std::int64_t>(1, kMaxInteger);
  row.row = wire::read_row(field.at("row"));
  return row;
}

std::string read_token(const Field& field) {
  std::string token = field.text(kMaxTokenBytes);
  // It becomes a header line: nothing may end that early.
  for (const char c : token) field.must(c > ' ' && c < '\x7f', "holds a blank");
  field.must(!token.empty(), "is empty");
  return token;
}

std::uint64_t seq_if_readable(const Field& row) {
  Trouble ignored;
  const auto seq = row.apart(ignored).at("seq").number<std::uint64_t>(0, kMaxSeq);
  return ignored.any() ? 0 : seq;
}

}  // namespace

std::string to_body(const EnrolRequest& request) {
  Json json{{"code", request.code}, {"public_key", hex(request.public_key)}, {"software", request.software}};
  if (request.hub) json["hub"] = true;
  return wire::write_json(json);
}

std::string to_body(const EnrolAnswer& answer) {
  return wire::write_json({{"device", answer.device},
                           {"name", answer.name},
                           {"token", answer.token},
                           {"checkpoint", answer.checkpoint},
                           {"event", answer.event},
                           {"fingerprint_key", hex(answer.fingerprint_key)}});
}

std::string roster_path(const RosterCursor& cursor) {
  return "/v1/roster?after=" + std::to_string(cursor.version) + "&epoch=" + cursor.epoch +
         "&version=" + std::to_string(cursor.page_version);
}

std::string to_body(const RosterPage& page) {
  Json json{{"epoch", page.epoch}, {"from_start", page.from_start}, {"next", page.next}, {"more", page.more}};
  if (page.version > 0) json["version"] = page.version;
  if (page.event) json["event"] = wire::json_of(*page.event);
  for (const Checkpoint& checkpoint : page.checkpoints)
    json["checkpoints"].push_back(wire::json_of(checkpoint));
  if (page.keys) {
    json["keys"] = Json::array();
    json["keys_version"] = page.keys_version;
    for (const IssuerKey& key : *page.keys) {
      Json item{{"key", hex(key.key)}, {"issuer", key.issuer}};
      if (key.kind != KeyKind::lanyard) item["kind"] = to_name(key.kind);
      json["keys"].push_back(std::move(item));
    }
  }
  for (const Attendee& attendee : page.attendees) json["attendees"].push_back(wire::json_of(attendee));
  for (const std::string& id : page.removed) json["removed"].push_back(id);
  for (const ErasedId& one : page.erased)
    json["erased"].push_back({{"subject", hex(one.subject)}, {"pseudonym", one.pseudonym}});
  for (const CredentialRecord& record : page.credentials) {
    json["credentials"].push_back({{"fingerprint", hex(record.fingerprint)},
                                   {"attendee", record.attendee},
                                   {"generation", record.generation}});
  }
  return wire::write_json(json);
}

std::string to_body(const UploadRequest& request) {
  std::string body = R"({"rows":[)";
  for (const JournalRow& row : request.rows) {
    if (body.back() != '[') body += ',';
    body += to_json(row);
  }
  body += ']';
  if (!request.set_aside.empty()) body += ",\"set_aside\":" + wire::aside_list(request.set_aside);
  return body + ",\"wire\":" + std::to_string(request.wire) + "}";
}

// An item for each of hundreds of rows: without a tree, as rows are.
std::string to_body(const UploadAnswer& answer) {
  std::string answers = "[";
  for (const RowAnswer& one : answer.answers) {
    const bool is_rejected = one.kind == RowAnswerKind::rejected;
    wire::ObjectWriter json(64 + one.why.size());
    if (!is_rejected) json.number("hub_seq", one.hub_seq);
    json.text("kind", name_of(one.kind));
    json.number("seq", one.seq);
    if (is_rejected) json.text("why", one.why);
    if (answers.size() > 1) answers += ',';
    answers += json.finish();
  }
  wire::ObjectWriter body(answers.size() + 64);
  body.raw("answers", answers + "]");
  body.number("known_to", answer.known_to);
  return body.finish();
}

std::string mark_of(const Digest& row_hash) {
  return hex(std::span(row_hash).first<kMarkDigits / 2>());
}

bool is_mark(std::string_view text) {
  std::array<std::uint8_t, kMarkDigits / 2> bytes{};
  return text.empty() || unhex(text, bytes);
}

bool is_photo_hash(std::string_view text) {
  return text.size() == kPhotoHashDigits &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_photo(std::string_view bytes, std::string_view hash) {
  return !bytes.empty() && bytes.size() <= kMaxPhotoBytes && sha256_hex(bytes) == hash;
}

std::string feed_item(const FeedRow& row) {
  return R"({"hub_seq":)" + std::to_string(row.hub_seq) + R"(,"row":)" + to_json(row.row) + "}";
}

std::string feed_body(std::span<const std::string> items, const FeedCursor& next, bool more,
                      std::int64_t roster_version) {
  std::size_t bytes = 0;
  for (const std::string& item : items) bytes += item.size() + 1;
  std::string body;
  body.reserve(bytes + 128);
  body += R"({"rows":[)";
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) body += ',';
    body += items[i];
  }
  body += "],\"next\":" + std::to_string(next.seq) + R"(,"mark":")" + next.mark + R"(","more":)" +
          (more ? "true" : "false") + R"(,"roster_version":)" + std::to_string(roster_version) + "}";
  return body;
}

std::string to_body(const FeedPage& page) {
  std::vector<std::string> items;
  items.reserve(page.rows.size());
  for (const FeedRow& row : page.rows) items.push_back(feed_item(row));
  return feed_body(items, page.next, page.more, page.roster_version);
}

std::string to_body(const Heartbeat& beat) {
  Json json{{"software", beat.software},
            {"last_seq", beat.last_seq},
            {"unsent", beat.unsent},
            {"rejected", beat.rejected},
            {"roster_version", beat.roster_version},
            {"orders_version", beat.orders_version},
            {"device_now", to_rfc3339(beat.device_now)}};
  if (beat.forgotten) json["forgotten"] = true;
  return wire::write_json(json);
}

std::string to_body(const HeartbeatAnswer& answer) {
  Json json{{"hub_now", to_rfc3339(answer.hub_now)},
            {"checkpoint", answer.checkpoint},
            {"roster_version", answer.roster_version},
            {"known_to", answer.known_to}};
  if (answer.orders) {
    json["orders"] = wire::json_of(*answer.orders);
    json["orders_version"] = version_of(*answer.orders);
  }
  if (answer.renew_token) json["renew_token"] = true;
  return wire::write_json(json);
}

std::string to_body(const TokenAnswer& answer) {
  return wire::write_json({{"token", answer.token}});
}

std::string to_body(const Problem& problem) {
  Json json{{"type", "about:blank"},
            {"status", problem.status},
            {"title", problem.title},
            {"detail", problem.detail}};
  if (problem.revoked) json["revoked"] = true;
  return wire::write_json(json);
}

Expected<EnrolRequest> parse_enrol_request(std::string_view body) {
  return wire::parse_as(body, "enrolment", [](const Field& field) {
    EnrolRequest request;
    request.code = field.at("code").text(kMaxCodeBytes);
    field.at("public_key").hexadecimal(request.public_key);
    request.software = field.at("software").text(kMaxSoftwareBytes);
    request.hub = field.at("hub").flag_or_false();
    return request;
  });
}

Expected<EnrolAnswer> parse_enrol_answer(std::string_view body) {
  return wire::parse_as(body, "answer to the enrolment", [](const Field& field) {
    EnrolAnswer answer;
    answer.device = field.at("device").id();
    answer.name = field.at("name").text();
    answer.token = read_token(field.at("token"));
    answer.checkpoint = field.at("checkpoint").id();
    answer.event = field.at("event").id();
    field.at("fingerprint_key").hexadecimal(answer.fingerprint_key);
    return answer;
  });
}

Expected<RosterPage> parse_roster_page(std::string_view body) {
  return wire::parse_as(body, "roster", read_roster_page);
}

Expected<void> check_progress(const RosterPage& page, std::int64_t asked_after) {
  const auto wrong = [](const char* why) {
    return fail(Error::Kind::invalid, std::string("roster: ") + why);
  };
  if (!page.more) return {};
  if (page.next <= (page.from_start ? 0 : asked_after)) return wrong("the cursor does not move");
  if (page.attendees.empty() && page.removed.empty() && page.erased.empty())
    return wrong("more to come, and nothing given");
  return {};
}

Expected<ParsedUpload> parse_upload_request(std::string_view body) {
  const auto json = wire::parse_json(body);
  if (!json) return tl::make_unexpected(json.error().within("journal"));
  Trouble trouble;
  const Field body_field(*json, trouble);
  const Field list = body_field.at("rows");
  const std::vector<Field> items = list.list_items(kMaxBatchRows);
  if (trouble.any()) return tl::make_unexpected(trouble.first().within("journal"));
  ParsedUpload upload;
  upload.set_aside = body_field.at("set_aside").list_or_empty(kMaxBatchRows, wire::read_aside);
  if (const Field version = body_field.at("wire"); version.present())
    upload.wire = version.number<int>(0, kMaxWireVersion);
  if (trouble.any()) return tl::make_unexpected(trouble.first().within("journal"));
  upload.rows.reserve(items.size());
  for (const Field& item : items) {
    Trouble of_row;  // each row has its own
    JournalRow row = wire::read_row(item.apart(of_row));
    if (of_row.any()) {
      upload.bad.push_back({seq_if_readable(item), RowAnswerKind::rejected, 0,
                            printable(of_row.first().message, kMaxProblemBytes)});
    } else {
      upload.rows.push_back(std::move(row));
    }
  }
  return upload;
}

Expected<UploadAnswer> parse_upload_answer(std::string_view body) {
  return wire::parse_as(body, "answer to the journal", [](const Field& field) {
    UploadAnswer answer;
    answer.answers = field.at("answers").list(2 * kMaxBatchRows, read_row_answer);
    answer.known_to = field.at("known_to").number<std::uint64_t>(0, kMaxSeq);
    return answer;
  });
}

Expected<FeedPage> parse_feed_page(std::string_view body) {
  return wire::parse_as(body, "feed", [](const Field& field) {
    FeedPage page;
    page.rows = field.at("rows").list_of_known(kMaxBatchRows, page.passed_over, read_feed_row);
    page.next.seq = field.at("next").number<std::int64_t>(0, kMaxInteger);
    page.more = field.at("more").flag();
    if (const Field mark = field.at("mark"); mark.present()) {
      page.next.mark = mark.text(kMarkDigits);
      mark.must(is_mark(page.next.mark), "must be 16 hexadecimal digits, or nothing");
    }
    if (const Field version = field.at("roster_version"); version.present()) {
      page.roster_version = version.number<std::int64_t>(0, kMaxInteger);
    }
    return page;
  });
}

Expected<Heartbeat> parse_heartbeat(std::string_view body) {
  return wire::parse_as(body, "heartbeat", [](const Field& field) {
    Heartbeat beat;
    beat.software = field.at("software").text(kMaxSoftwareBytes);
    beat.last_seq = field.at("last_seq").number<std::uint64_t>(0, kMaxSeq);
    beat.unsent = field.at("unsent").number<std::uint64_t>(0, kMaxSeq);
    beat.rejected = field.at("rejected").number<std::uint64_t>(0, kMaxSeq);
    beat.roster_version = field.at("roster_version").number<std::int64_t>(0, kMaxInteger);
    beat.orders_version = field.at("orders_version").text_or_empty(kMaxOrdersVersionBytes);
    beat.device_now = field.at("device_now").time();
    beat.forgotten = field.at("forgotten").flag_or_false();
    return beat;
  });
}

Expected<HeartbeatAnswer> parse_heartbeat_answer(std::string_view body, std::size_t most_notices) {
  return wire::parse_as(body, "answer to the heartbeat", [most_notices](const Field& field) {
    HeartbeatAnswer answer;
    answer.hub_now = field.at("hub_now").time();
    answer.checkpoint = field.at("checkpoint").id();
    answer.roster_version = field.at("roster_version").number<std::int64_t>(0, kMaxInteger);
    answer.known_to = field.at("known_to").number<std::uint64_t>(0, kMaxSeq);
    if (const Field orders = field.at("orders"); orders.present()) {
      answer.orders = wire::read_orders(orders, most_notices);
      answer.orders_version = field.at("orders_version").text_or_empty(kMaxOrdersVersionBytes);
    }
    answer.renew_token = field.at("renew_token").flag_or_false();
    return answer;
  });
}

Expected<TokenAnswer> parse_token_answer(std::string_view body) {
  return wire::parse_as(body, "token",
                        [](const Field& field) { return TokenAnswer{read_token(field.at("token"))}; });
}

bool tells_of_revocation(std::string_view body) {
  const auto revoked =
      wire::parse_as(body, "problem", [](const Field& field) { return field.at("revoked").flag_or_false(); });
  return revoked.value_or(false);
}

std::string problem_text(std::string_view body) {
  if (const auto json = wire::parse_json(body)) {
    for (const char* key : {"detail", "title"}) {
      Trouble trouble;
      const Field root(*json, trouble);
      const std::string text = root.at(key).text(kMaxBodyBytes);
      if (!text.empty()) return printable(text, kMaxProblemBytes);
    }
  }
  return printable(body, kMaxProblemBytes);
}

}  // namespace lanyard::sync
