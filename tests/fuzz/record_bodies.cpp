#include "tests/fuzz/record_bodies.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "sync/chain.hpp"
#include "sync/event_toml.hpp"
#include "sync/facts.hpp"
#include "sync/hub/column_names.hpp"
#include "sync/hub/roster_csv.hpp"
#include "sync/hub/table_text.hpp"
#include "sync/setup_code.hpp"
#include "sync/toml_reader.hpp"
#include "sync/wire.hpp"
#include "tests/fuzz/record_seeds.hpp"

namespace lanyard::sync::fuzz {
namespace {

// Names its caller's line, which the fuzzers' build loses in a trace.
void require(bool holds, int line = __builtin_LINE()) {
  if (holds) return;
  (void)std::fprintf(stderr, "record_bodies.cpp:%d does not hold\n", line);
  std::abort();
}

// In memory of exactly its size, so that a step past its end shows.
class Exact {
 public:
  explicit Exact(Input input) : copy_(input.begin(), input.end()) { copy_.shrink_to_fit(); }
  [[nodiscard]] std::string_view text() const { return {copy_.data(), copy_.size()}; }

 private:
  std::vector<char> copy_;
};

// What is printed about a stranger's bytes moves no terminal's cursor.
void require_printable(std::string_view message, int line = __builtin_LINE()) {
  require(!message.empty() && is_utf8(message) && !has_control(message), line);
}

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

void check_opaque(const OpaqueCredential& opaque, std::string_view text) {
  require(opaque.text == without_blanks(text));
  require(!opaque.text.empty() && opaque.text.size() <= kMaxCredentialBytes);
  require(!opaque.text.starts_with("L1:") && is_utf8(opaque.text));
  require(std::ranges::none_of(opaque.text,
                               [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }));
  require(read_credential(opaque.text, {}, {}) == Credential(opaque));
}

// `parse` and `write` belong together: what is read and written is read again, and is the same.
template <class Parse, class Write>
void check_return(std::string_view text, Parse parse, Write write) {
  const auto once = parse(text);
  if (!once) {
    require(once.error().kind == Error::Kind::invalid);
    require_printable(once.error().message);
    return;
  }
  const std::string written = write(*once);
  const auto twice = parse(written);
  require(twice.has_value());
  require(write(*twice) == written);
}

void check_upload(std::string_view text) {
  const auto upload = parse_upload_request(text);
  if (!upload) return require_printable(upload.error().message);
  require(upload->rows.size() + upload->bad.size() <= kMaxBatchRows);
  for (const RowAnswer& bad : upload->bad) {
    require(bad.kind == RowAnswerKind::rejected);
    require_printable(bad.why);
  }
  const auto again =
      parse_upload_request(to_body(UploadRequest{upload->rows, upload->set_aside, upload->wire}));
  require(again && again->rows == upload->rows && again->bad.empty());
  require(again->set_aside == upload->set_aside);
  // The hub's answer to it can be read by whoever sent it.
  const auto answer = parse_upload_answer(to_body(UploadAnswer{upload->bad, 0}));
  require(answer && answer->answers == upload->bad);
}

void check_row(std::string_view text) {
  const auto row = parse_row(text);
  if (!row) return require_printable(row.error().message);
  const auto again = parse_row(to_json(*row));
  require(again && *again == *row && chain_hash(*again) == chain_hash(*row));
  // A row whose hash is right is one that was written so: a change to any part of it shows. Who begins with
  // rows other than the journal's must leave this out.
  const bool holds = !find_break({&*row, 1}, row->prev_hash);
  require(holds == (row->hash == chain_hash(*row)));
  require(!holds || std::ranges::find(journal(), *row) != journal().end());
}

void check_texts(std::string_view text) {
  if (const auto time = parse_rfc3339(text)) {
    require(*time >= kFirstTime && *time <= kLastTime);
    require(parse_rfc3339(to_rfc3339(*time)) == time);
  }
  for (const std::size_t most : {std::size_t{0}, std::size_t{7}, text.size()}) {
    const std::string shown = printable(text, most);
    require(shown.size() <= most && is_utf8(shown) && !has_control(shown));
  }
  if (is_utf8(text) && !has_control(text)) require(printable(text, text.size()) == text);
}

template <class T>
std::string body_of(const T& value) {
  return to_body(value);
}
template <class T>
std::string json_text_of(const T& value) {
  return to_json(value);
}

const EventFile& demo_event() {
  static const EventFile event = [] {
    const auto read = parse_event_toml(demo_file("event.toml"), "event.toml");
    require(read.has_value());
    return *read;
  }();
  return event;
}

void check_event(const EventFile& file) {
  const auto event = parse_event(to_json(file.event));
  require(event && *event == file.event);
  require(file.event.runs.from < file.event.runs.until);
  for (const Checkpoint& checkpoint : file.checkpoints) {
    const auto again = parse_checkpoint(to_json(checkpoint));
    require(again && *again == checkpoint);
    require(find_zone(file.event, checkpoint.zone) != nullptr);
  }
}

}  // namespace

void fuzz_credential(Input input) {
  const Exact exact(input);
  const Minted& known = minted();
  const auto read = read_credential(exact.text(), known.keys, known.event);
  require(read || to_name(read.error()) != "?");
  if (read && std::holds_alternative<OpaqueCredential>(*read)) {
    check_opaque(std::get<OpaqueCredential>(*read), exact.text());
  } else if (read) {
    const auto genuine = known.genuine.find(without_blanks(exact.text()));
    require(genuine != known.genuine.end());
    require(std::get<SignedCredential>(*read) == genuine->second);
  } else if (known.genuine.contains(exact.text())) {
    require(false);  // a guest with a good badge before a closed door
  }
  // Two texts of the same bytes would be two badges of one signature.
  if (const auto bytes = base45_decode(exact.text())) require(base45_encode(*bytes) == exact.text());
  require(base45_decode(base45_encode(exact.text())) == exact.text());
}

void fuzz_setup(Input input) {
  const Exact exact(input);
  const auto read = parse_setup_code(exact.text());
  if (!read) {
    require(read.error().kind == Error::Kind::invalid);
    require_printable(read.error().message);
    return;
  }
  require(is_setup_code(exact.text()));
  const std::string text = to_text(*read);
  // Longer than it was, where it had bytes that nobody had to write as %XX.
  const auto again = parse_setup_code(text);
  require(again ? *again == *read : text.size() > kMaxSetupCodeBytes);
}

void fuzz_policy(Input input) {
  const Exact exact(input);
  const auto read = parse_event_toml(exact.text(), "event.toml");
  if (!read) {
    require(!read.error().empty() && read.error().size() <= kMaxTomlProblems);
    for (const std::string& problem : read.error()) require_printable(problem);
    return;
  }
  check_event(*read);
  constexpr std::chrono::minutes kRehearsal{-37 * 60 - 13};
  const auto shifted = parse_event_toml(exact.text(), "event.toml", kRehearsal);
  if (shifted) check_event(*shifted);
}

void fuzz_csv(Input input) {
  const Exact exact(input);
  const EventInfo& event = demo_event().event;
  const auto known = [](std::string_view id) { return id.ends_with('9'); };
  const hub::RosterCsv read = hub::parse_roster_csv(exact.text(), event, known);
  require(read.header_is_good || read.rows.empty());
  require(read.problems.size() == std::min(read.problem_count, hub::kMaxListedProblems));
  require(std::ranges::is_sorted(read.problems, {}, &hub::RosterProblem::line));
  for (const hub::RosterProblem& problem : read.problems) require_printable(to_text(problem));
  if (!read.header_is_good) return;

  std::string written = hub::roster_csv_header();
  for (const hub::RosterRow& row : read.rows) {
    written += hub::to_csv_line(row.attendee);
    const auto sent = parse_attendee(to_json(row.attendee));
    require(sent && *sent == row.attendee);
    require(row.credential.empty() ||
            read_credential(row.credential, {}, {}) == Credential(OpaqueCredential{row.credential}));
  }
  const hub::RosterCsv again = hub::parse_roster_csv(written, event, known);
  require(again.problem_count == 0);
  require(
      std::ranges::equal(again.rows, read.rows, {}, &hub::RosterRow::attendee, &hub::RosterRow::attendee));
}

void fuzz_list(Input input) {
  const Exact exact(input);
  const auto text = hub::utf8_of_table(std::string(exact.text()));
  if (!text) return require_printable(text.error().message);
  require(is_utf8(*text));
  const std::string heading = hub::folded(*text);
  require(is_utf8(heading) && hub::folded(heading) == heading);
  hub::CsvReader reader(*text, hub::separator_of(*text));
  while (const auto record = reader.next()) {
    if (!*record) continue;
    for (const std::string& field : (*record)->fields) {
      const std::string written = "x," + hub::spreadsheet_field(field);
      hub::CsvReader again(written);
      const auto read = again.next();
      // One more apostrophe or quote may be one too many for a line.
      require(read && (!*read || hub::from_spreadsheet((*read)->fields.at(1)) == field));
    }
  }
  fuzz_csv({reinterpret_cast<const std::uint8_t*>(text->data()), text->size()});
}

void fuzz_wire(Input input) {
  if (input.empty()) return;
  const Exact exact(input.subspan(1));
  const std::string_view text = exact.text();
  switch (static_cast<WireKind>(input[0] % kWireKinds)) {
    case WireKind::enrol_request:
      return check_return(text, parse_enrol_request, body_of<EnrolRequest>);
    case WireKind::enrol_answer:
      return check_return(text, parse_enrol_answer, body_of<EnrolAnswer>);
    case WireKind::roster_page:
      return check_return(text, parse_roster_page, body_of<RosterPage>);
    case WireKind::upload_request:
      return check_upload(text);
    case WireKind::upload_answer:
      return check_return(text, parse_upload_answer, body_of<UploadAnswer>);
    case WireKind::feed_page:
      return check_return(text, parse_feed_page, body_of<FeedPage>);
    case WireKind::heartbeat:
      return check_return(text, parse_heartbeat, body_of<Heartbeat>);
    case WireKind::heartbeat_answer:
      return check_return(
          text, [](std::string_view body) { return parse_heartbeat_answer(body); }, body_of<HeartbeatAnswer>);
    case WireKind::attendee:
      return check_return(text, parse_attendee, json_text_of<Attendee>);
    case WireKind::checkpoint:
      return check_return(text, parse_checkpoint, json_text_of<Checkpoint>);
    case WireKind::event:
      return check_return(text, parse_event, json_text_of<EventInfo>);
    case WireKind::row:
      return check_row(text);
    case WireKind::problem: {
      const std::string shown = problem_text(text);
      return require(shown.size() <= kMaxProblemBytes && is_utf8(shown) && !has_control(shown));
    }
    case WireKind::time:
      return check_texts(text);
    case WireKind::policy:
      return check_return(text, parse_policy, json_text_of<Policy>);
    case WireKind::basis:
      return check_return(text, parse_basis, [](const Basis& basis) { return to_basis_json(basis, "site"); });
    case WireKind::devices_request:
      return check_return(text, parse_devices_request, body_of<DevicesRequest>);
    case WireKind::devices_answer:
      return check_return(text, parse_devices_answer, body_of<DevicesAnswer>);
  }
}

}  // namespace lanyard::sync::fuzz
