#include "sync/syncd.hpp"

#include <algorithm>
#include <set>

#include <spdlog/spdlog.h>

namespace lanyard::sync {

namespace {

// A revoked token is not mended by asking often; a person has to act.
constexpr std::chrono::seconds kRefusedPause{60};
// A heartbeat that took longer says little about the difference between two clocks.
constexpr std::chrono::milliseconds kMostClockTrip{5000};

// A hub whose pages never come to an end would be asked without a pause.
Expected<void> check_progress(const RosterPage& page, const Standing& standing) {
  const auto wrong = [](const char* why) {
    return fail(Error::Kind::invalid, std::string("roster: ") + why);
  };
  const std::int64_t asked_after = standing.roster_version;
  if (!page.more) return {};
  if (page.next <= (page.from_start ? 0 : asked_after)) return wrong("the cursor does not move");
  if (page.attendees.empty() && page.removed.empty()) return wrong("more to come, and nothing given");
  return {};
}

bool is_problem(const HttpAnswer& answer) {
  return answer.content_type.starts_with("application/problem+json");
}

// Only the hub itself, having read the body, answers so: a proxy in between or a wrong address does not.
bool refuses_contents(const HttpAnswer& answer) {
  return is_problem(answer) && (answer.status == 400 || answer.status == 413 || answer.status == 422);
}

// Of as many of the rows as make no larger body than the hub takes; the others go next time.
std::string body_that_fits(std::vector<JournalRow>& rows) {
  std::string body = to_body(UploadRequest{rows});
  while (body.size() > kMaxBodyBytes && rows.size() > 1) {
    rows.resize(rows.size() / 2);
    body = to_body(UploadRequest{rows});
  }
  return body;
}

}  // namespace

std::string software_name() {
  return "lanyard-syncd " LANYARD_VERSION;
}

Daemon::Daemon(Store& store, SyncdConfig config, Transport transport, Clock clock)
    : store_(store), config_(std::move(config)), transport_(std::move(transport)), clock_(std::move(clock)) {}

bool Daemon::has_news() {
  const auto version = store_.data_version();
  return version && *version != seen_version_;
}

Expected<std::optional<SteadyTime>> Daemon::step() {
  now_ = clock_();
  if (has_news()) {
    if (auto counted = count_unsent(); !counted) note_failure(counted.error().message);
  }
  const Action action = next(state_, config_.pace, now_.steady);
  if (const auto* wait = std::get_if<Wait>(&action)) return wait->until;
  if (auto done = act(action); !done) {
    if (done.error().kind == Error::Kind::corrupt) return tl::make_unexpected(done.error());
    note_failure(done.error().message);
  }
  return std::nullopt;
}

Expected<void> Daemon::act(const Action& action) {
  if (token_.empty()) {
    auto token = read_token(config_.token_file);
    if (!token) return tl::make_unexpected(token.error());
    token_ = std::move(*token);
  }
  if (std::holds_alternative<Push>(action)) return push();
  if (std::holds_alternative<PullFeed>(action)) return pull_feed();
  if (std::holds_alternative<PullRoster>(action)) return pull_roster();
  return beat();
}

// --- asking
// ----------------------------------------------------------------------------------------------------

std::optional<HttpAnswer> Daemon::send(const char* method, const std::string& path, std::string body) {
  auto answer = transport_({method, config_.hub + path, token_, std::move(body)});
  now_ = clock_();
  if (answer) return std::move(*answer);
  note_failure("the hub cannot be reached: " + answer.error().message);
  return std::nullopt;
}

std::optional<std::string> Daemon::ask(const char* method, const std::string& path, std::string body) {
  auto answer = send(method, path, std::move(body));
  if (!answer) return std::nullopt;
  if (answer->status == 200) return std::move(answer->body);
  note_refusal(*answer);
  return std::nullopt;
}

void Daemon::note_failure(const std::string& what, std::optional<std::chrono::seconds> retry_after) {
  stand(what);
  state_ = failed(state_, config_.pace, now_.steady, now_.random01, retry_after);
}

void Daemon::note_refusal(const HttpAnswer& answer) {
  const std::string said = std::to_string(answer.status) + " " + problem_text(answer.body);
  if (answer.status != 401) {
    return note_failure("the hub answers " + said, answer.retry_after);
  }
  token_.clear();  // read again next time: this kiosk may have been enrolled anew
  note_failure("the hub does not accept this kiosk's token; its rows are kept: " + said,
               std::max(kRefusedPause, answer.retry_after.value_or(std::chrono::seconds(0))));
}

void Daemon::note_success() {
  state_.failures = 0;
  state_.not_before = {};
  stand("online");
}

// Each change is worth a line; a hub that is away all night is not worth a thousand.
void Daemon::stand(const std::string& standing) {
  if (standing == standing_) return;
  standing_ = standing;
  if (standing == "online") {
    spdlog::info("online");
  } else {
    spdlog::warn("{}", standing);
  }
}

// --- own rows
// --------------------------------------------------------------------------------------------------

Expected<void> Daemon::count_unsent() {
  const auto version = store_.data_version();
  if (!version) return tl::make_unexpected(version.error());
  const auto count = store_.unsent_count();
  if (!count) return tl::make_unexpected(count.error());
  seen_version_ = *version;
  counted_ = *count;
  state_.unsent = resend_after_ ? std::max<std::uint64_t>(1, count->unsent) : count->unsent;
  return {};
}

Expected<std::vector<JournalRow>> Daemon::rows_to_send() {
  return resend_after_ ? store_.own_rows(*resend_after_, batch_) : store_.unsent(batch_);
}

Expected<void> Daemon::push() {
  auto rows = rows_to_send();
  if (!rows) return tl::make_unexpected(rows.error());
  if (rows->empty()) {
    // Rows of an earlier identity of this store count, but are not ours to send.
    resend_after_.reset();
    state_.unsent = 0;
    return {};
  }
  const auto answer = send("POST", "/v1/journal", body_that_fits(*rows));
  if (!answer) return {};
  if (refuses_contents(*answer)) return narrow_down(*rows, *answer);
  if (answer->status != 200) {
    note_refusal(*answer);
    return {};
  }
  const auto parsed = parse_upload_answer(answer->body);
  if (!parsed) return tl::make_unexpected(parsed.error());
  return take_answers(*rows, *parsed);
}

Expected<void> Daemon::take_answers(const std::vector<JournalRow>& sent, const UploadAnswer& answer) {
  std::set<std::uint64_t> answered;
  std::vector<RowAnswer> verdicts;
  for (const RowAnswer& one : answer.answers) {
    answered.insert(one.seq);
    if (one.seq > 0 && one.seq <= answer.known_to) verdicts.push_back(one);
  }
  for (const JournalRow& row : sent) {
    if (!answered.contains(row.seq)) {
      return fail(Error::Kind::unavailable, "the hub did not answer for row " + std::to_string(row.seq));
    }
  }
  if (auto applied = store_.apply(verdicts); !applied) return applied;
  for (const RowAnswer& one : verdicts) {
    if (one.kind == RowAnswerKind::rejected) spdlog::error("the hub rejects row {}: {}", one.seq, one.why);
  }
  batch_ = std::min(kMaxBatchRows, batch_ * 2);

  const bool waits = answer.known_to < sent.back().seq;  // for rows that the hub lacks
  const bool began_right = sent.front().seq == answer.known_to + 1;
  if (waits && began_right) {
    return fail(Error::Kind::unavailable,
                "the hub neither takes nor rejects row " + std::to_string(sent.front().seq));
  }
  if (waits && resend_after_ == answer.known_to) {
    return fail(Error::Kind::unavailable, "the hub asks for row " + std::to_string(answer.known_to + 1) +
                                              ", which this kiosk does not have");
  }
  if (waits || (resend_after_ && answer.known_to < counted_.last_seq)) {
    resend_after_ = answer.known_to;
  } else {
    resend_after_.reset();
  }
  note_success();
  return count_unsent();
}

Expected<void> Daemon::narrow_down(const std::vector<JournalRow>& sent, const HttpAnswer& answer) {
  if (sent.size() > 1) {
    batch_ = sent.size() / 2;
    spdlog::warn("the hub refuses a batch of {} rows ({}): trying {}", sent.size(), problem_text(answer.body),
                 batch_);
    return {};
  }
  // One row that the hub cannot read at all: it is kept and counted, and the others go past it.
  const std::uint64_t seq = sent.front().seq;
  const RowAnswer verdict{seq, RowAnswerKind::rejected, 0, problem_text(answer.body)};
  if (auto applied = store_.apply(std::span(&verdict, 1)); !applied) return applied;
  if (resend_after_) resend_after_ = seq;
  if (auto counted = count_unsent(); !counted) return counted;
  note_failure("the hub refuses row " + std::to_string(seq) + ": " + verdict.why);
  return {};
}

Expected<void> Daemon::compare_with_hub(std::uint64_t known_to) {
  if (auto counted = count_unsent(); !counted) return counted;
  if (known_to > counted_.last_seq) {
    spdlog::error(
        "the hub knows row {} of this kiosk, whose newest is {}: its store is an old copy; enrol it anew",
        known_to, counted_.last_seq);
    return {};
  }
  // The first row that we hold to be unsent comes right behind what the hub has, unless the hub has lost
  // some.
  const auto unsent = store_.unsent(1);
  if (!unsent) return tl::make_unexpected(unsent.error());
  const std::uint64_t first_unsent = unsent->empty() ? counted_.last_seq + 1 : unsent->front().seq;
  if (known_to + 1 < first_unsent && !resend_after_) {
    spdlog::warn("the hub lacks rows from {} on: sending them again", known_to + 1);
    resend_after_ = known_to;
    state_.unsent = std::max<std::uint64_t>(1, state_.unsent);
  }
  return {};
}

// --- what the hub has
// ------------------------------------------------------------------------------------------

Expected<void> Daemon::pull_feed() {
  const auto standing = store_.standing();
  if (!standing) return tl::make_unexpected(standing.error());
  const auto body = ask("GET",
                        "/v1/journal?after=" + std::to_string(standing->feed_cursor) +
                            "&limit=" + std::to_string(kMaxBatchRows),
                        "");
  if (!body) return {};
  const auto page = parse_feed_page(*body);
  if (!page) return tl::make_unexpected(page.error());
  if (page->more && page->rows.empty()) return fail(Error::Kind::invalid, "feed: more rows, and none given");
  if (!page->rows.empty() || page->next != standing->feed_cursor) {
    if (auto applied = store_.apply(*page); !applied) return applied;
  }
  state_.feed_more = page->more;
  state_.feed_at = now_.steady;
  note_success();
  return {};
}

Expected<void> Daemon::pull_roster() {
  const auto standing = store_.standing();
  if (!standing) return tl::make_unexpected(standing.error());
  const auto body = ask("GET",
                        "/v1/roster?after=" + std::to_string(standing->roster_version) +
                            "&epoch=" + standing->epoch + "&limit=" + std::to_string(kRosterPageAsked),
                        "");
  if (!body) return {};
  const auto page = parse_roster_page(*body);
  if (!page) return tl::make_unexpected(page.error());
  if (auto sound = check_progress(*page, *standing); !sound) return sound;
  if (page->keys && page->keys_version < standing->keys_version) {
    spdlog::warn("the hub's key ring is older ({}) than ours ({}): ours is kept; was the hub restored?",
                 page->keys_version, standing->keys_version);
  }
  if (auto applied = store_.apply(*page, now_.wall); !applied) return applied;
  const bool broke_off = state_.roster_more && page->from_start;
  state_.roster_more = page->more;
  if (!page->more) state_.roster_at = now_.steady;
  if (broke_off && page->more) {
    note_failure("the hub began another roster before the end of the last");
  } else {
    note_success();
  }
  return {};
}

Expected<void> Daemon::beat() {
  const auto standing = store_.standing();
  if (!standing) return tl::make_unexpected(standing.error());
  const auto identity = store_.identity();
  if (!identity) return tl::make_unexpected(identity.error());
  if (auto counted = count_unsent(); !counted) return counted;
  const Moment before = clock_();
  const Heartbeat beat{software_name(),   counted_.last_seq,        counted_.unsent,
                       counted_.rejected, standing->roster_version, before.wall};
  const auto body = ask("POST", "/v1/heartbeat", to_body(beat));
  if (!body) return {};
  const auto answer = parse_heartbeat_answer(*body);
  if (!answer) return tl::make_unexpected(answer.error());

  std::optional<ClockMeasure> clock;
  const auto trip = now_.steady - before.steady;
  if (trip < kMostClockTrip) {
    // The hub read its clock about halfway.
    const Timestamp halfway = before.wall + std::chrono::duration_cast<std::chrono::milliseconds>(trip / 2);
    const std::int64_t halfway_boot = before.since_boot_ms + (now_.since_boot_ms - before.since_boot_ms) / 2;
    clock = ClockMeasure{(answer->hub_now - halfway).count(), before.boot_id,
                         answer->hub_now.time_since_epoch().count() - halfway_boot};
  }
  if (auto noted = store_.note_contact(now_.wall, clock); !noted) return noted;
  if (*identity && (*identity)->checkpoint != answer->checkpoint) {
    spdlog::info("moved to the checkpoint {}", answer->checkpoint);
    if (auto moved = store_.set_checkpoint(answer->checkpoint); !moved) return moved;
  }
  state_.heartbeat_at = now_.steady;
  note_success();
  return compare_with_hub(answer->known_to);
}

}  // namespace lanyard::sync
