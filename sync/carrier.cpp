#include "sync/carrier.hpp"

#include <algorithm>
#include <set>

#include "sync/log.hpp"
#include "sync/photo_pull.hpp"
#include "sync/room.hpp"
#include "sync/roster_pull.hpp"
#include "sync/update_pull.hpp"

namespace lanyard::sync {

namespace {

// A heartbeat that took longer says little about the difference between two clocks.
constexpr std::chrono::milliseconds kMostClockTrip{5000};

// Whoever says so, and a proxy in between often takes less than the hub does: half as many rows may pass.
bool is_too_large(const HttpAnswer& answer) {
  return answer.status == 413;
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

Carrier::Carrier(Store& store, SyncdConfig config, Transport transport, Clock clock, SeedSource new_seed)
    : store_(store),
      config_(std::move(config)),
      transport_(std::move(transport)),
      new_seed_(std::move(new_seed)),
      line_(config_, tokens_of(config_, device_of(store)), transport_, std::move(clock), "") {
  room_ = [file = config_.store] { return free_beside(file); };
  // An error of the store shows at once, elsewhere.
  (void)store_.read_by(kWireVersion);
  // What was ordered before this process began.
  if (const auto held = store_.orders()) obey(held->orders);
}

bool Carrier::has_news() {
  const auto version = store_.data_version();
  return version && *version != seen_version_;
}

Expected<std::optional<SteadyTime>> Carrier::step() {
  line_.look_at_clock();
  if (has_news()) {
    if (auto counted = count_unsent(); !counted) {
      if (counted.error().kind == Error::Kind::corrupt) return tl::make_unexpected(counted.error());
      line_.note_failure(counted.error().message);
    }
  }
  if (auto looked = look_for_the_end(); !looked) {
    if (looked.error().kind == Error::Kind::corrupt) return tl::make_unexpected(looked.error());
    line_.note_failure(looked.error().message);
  }
  clear_traces_at_rest();
  make_room();
  const CarrierAction action = next(state_, line_.back_off(), config_.pace, line_.now().steady);
  if (const auto* wait = std::get_if<Wait>(&action)) return wait->until;
  if (auto done = act(action); !done) {
    if (done.error().kind == Error::Kind::corrupt) return tl::make_unexpected(done.error());
    line_.note_failure(done.error().message);
  }
  if (line_.is_revoked()) (void)hear_revocation();
  return std::nullopt;
}

Expected<void> Carrier::act(const CarrierAction& action) {
  if (std::holds_alternative<Push>(action)) return push();
  if (std::holds_alternative<PullRoster>(action)) return pull_roster();
  if (std::holds_alternative<PullPhoto>(action)) return pull_photo();
  if (std::holds_alternative<RenewToken>(action)) return renew_token();
  if (std::holds_alternative<EnrolAnew>(action)) return enrol_anew();
  if (std::holds_alternative<Forget>(action)) return forget();
  if (std::holds_alternative<Farewell>(action)) return say_farewell();
  return beat();
}

bool Carrier::hear_roster(std::int64_t version) {
  if (version == heard_roster_) return false;
  heard_roster_ = version;
  state_.roster_stale = true;
  return true;
}

// --- own rows
// --------------------------------------------------------------------------------------------------

Expected<void> Carrier::count_unsent() {
  const auto version = store_.data_version();
  if (!version) return tl::make_unexpected(version.error());
  seen_version_ =
      *version;  // whatever comes of it: news that cannot be counted must not be looked at without end
  const auto count = store_.unsent_count();
  if (!count) return tl::make_unexpected(count.error());
  if (!rests_since_ || count->last_seq != counted_.last_seq) rests_since_ = line_.now().steady;
  counted_ = *count;
  const auto note = store_.mend_note();
  if (!note) return tl::make_unexpected(note.error());
  mended_ = note->has_value();
  if (mended_) {
    // Their places are yet to come, and nobody knows what the hub has acknowledged: it is promised nothing.
    // One at least is to be sent, so that this store is not taken for one that may be forgotten.
    counted_.unsent = std::max<std::uint64_t>(1, counted_.unsent);
    counted_.last_seq = counted_.unsent;
  }
  state_.unsent = resend_after_ ? std::max<std::uint64_t>(1, count->unsent) : count->unsent;
  if (state_.unsent == 0) most_batch_ = kMaxBatchRows;
  return {};
}

Expected<std::vector<JournalRow>> Carrier::rows_to_send() {
  return resend_after_ ? store_.own_rows(*resend_after_, batch_) : store_.unsent(batch_);
}

Expected<void> Carrier::push() {
  if (mended_) return beat();  // which is how the hub tells where they go
  auto rows = rows_to_send();
  if (!rows) return tl::make_unexpected(rows.error());
  if (rows->empty()) {
    // Rows of an earlier identity of this store count, but are not ours to send.
    resend_after_.reset();
    state_.unsent = 0;
    return {};
  }
  std::string body = body_that_fits(*rows);  // which may drop some of them
  const auto answer = line_.send("POST", "/v1/journal", std::move(body));
  batch_ = next_size(batch_, rows->size(), most_batch_, line_.took());
  if (!answer) return {};
  if (refuses_contents(*answer) || (is_too_large(*answer) && rows->size() > 1)) {
    return narrow_down(*rows, *answer);
  }
  if (answer->status != 200) {
    line_.note_refusal(*answer);
    return {};
  }
  const auto parsed = parse_upload_answer(answer->body);
  if (!parsed) return tl::make_unexpected(parsed.error());
  return take_answers(*rows, *parsed);
}

Expected<void> Carrier::take_answers(const std::vector<JournalRow>& sent, const UploadAnswer& answer) {
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
    if (one.kind == RowAnswerKind::rejected) log::error("the hub rejects row {}: {}", one.seq, one.why);
  }

  const bool waits = answer.known_to < sent.back().seq;  // for rows that the hub lacks
  const bool began_right = sent.front().seq == answer.known_to + 1;
  if (waits && began_right) {
    const auto first = std::ranges::find(answer.answers, sent.front().seq, &RowAnswer::seq);
    return fail(Error::Kind::unavailable, "the hub neither takes nor rejects row " +
                                              std::to_string(sent.front().seq) + ": " +
                                              printable(first->why, kMaxProblemBytes));
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
  line_.note_success();
  if (auto counted = count_unsent(); !counted) return counted;
  return answer.known_to > counted_.last_seq ? go_on_behind(answer.known_to) : Expected<void>();
}

Expected<void> Carrier::narrow_down(const std::vector<JournalRow>& sent, const HttpAnswer& answer) {
  if (sent.size() > 1) {
    batch_ = sent.size() / 2;
    if (is_too_large(answer)) most_batch_ = batch_;
    log::warn("a batch of {} rows is refused ({} {}): trying {}", sent.size(), answer.status,
              problem_text(answer.body), batch_);
    return {};
  }
  // One row that the hub cannot read at all: it is kept and counted, and the others go past it.
  const std::uint64_t seq = sent.front().seq;
  const RowAnswer verdict{seq, RowAnswerKind::rejected, 0, problem_text(answer.body)};
  if (auto applied = store_.apply(std::span(&verdict, 1)); !applied) return applied;
  if (resend_after_) resend_after_ = seq;
  if (auto counted = count_unsent(); !counted) return counted;
  line_.note_failure("the hub refuses row " + std::to_string(seq) + ": " + verdict.why);
  return {};
}

Expected<void> Carrier::compare_with_hub(std::uint64_t known_to) {
  if (auto counted = count_unsent(); !counted) return counted;
  if (mended_) return place_rows(known_to);
  if (known_to > counted_.last_seq) return go_on_behind(known_to);
  // The first row that we hold to be unsent comes right behind what the hub has, unless the hub has lost
  // some.
  const auto unsent = store_.unsent(1);
  if (!unsent) return tl::make_unexpected(unsent.error());
  const std::uint64_t first_unsent = unsent->empty() ? counted_.last_seq + 1 : unsent->front().seq;
  if (known_to + 1 < first_unsent && !resend_after_) {
    log::warn("the hub lacks rows from {} on: sending them again", known_to + 1);
    resend_after_ = known_to;
    state_.unsent = std::max<std::uint64_t>(1, state_.unsent);
  }
  return {};
}

// Rows of seqs that the hub has others of would be rejected one by one. What comes behind those does not
// follow the last of them, whose hash was lost with it, and the hub sets it aside with an alert: so it is a
// row of the kiosk's own, and nobody's check-in.
Expected<void> Carrier::go_on_behind(std::uint64_t known_to) {
  const std::string lost =
      "rows " + std::to_string(counted_.last_seq + 1) + " to " + std::to_string(known_to);
  if (!trusts_hub(config_)) {
    // A seq that the hub does not know, by whoever is on the way, would be a gap that nothing fills.
    log::error(
        "the hub is said to have {} of this kiosk, by a line that anybody may write to: if its store is an"
        " old copy, the machine needs a new store and another name",
        lost);
    return {};
  }
  JournalRow row;
  row.kind = RowKind::alert;
  row.rule = "journal.old_copy";
  row.detail = lost + " are at the hub alone: this kiosk's store is an old copy";
  const auto stamp = stamp_row(row);
  if (!stamp) return tl::make_unexpected(stamp.error());
  if (auto gone_on = store_.go_on_behind(known_to, std::move(row), *stamp); !gone_on) return gone_on;
  log::error("the hub has {} of this kiosk, whose store is an old copy: it goes on behind them", lost);
  return count_unsent();
}

// For a row of the kiosk's own.
Expected<RowStamp> Carrier::stamp_row(JournalRow& row) {
  const auto identity = store_.identity();
  if (!identity) return tl::make_unexpected(identity.error());
  if (*identity) row.checkpoint = (*identity)->checkpoint;
  RowStamp stamp{line_.now().wall, line_.now().boot_id, line_.now().since_boot_ms, {}};
  const auto random = new_seed_();
  std::copy_n(random.begin(), stamp.random.size(), stamp.random.begin());
  return stamp;
}

Expected<void> Carrier::place_rows(std::uint64_t known_to) {
  const auto note = store_.mend_note();
  if (!note) return tl::make_unexpected(note.error());
  if (*note && known_to > (*note)->highest && !trusts_hub(config_)) {
    // As in go_on_behind: nobody on the way has this kiosk leave places free that nothing fills.
    return fail(Error::Kind::unavailable,
                "the hub is said to have more rows of this kiosk than its store ever spoke of, by a line that"
                " anybody may write to: none is sent");
  }
  JournalRow report;
  report.kind = RowKind::alert;
  report.rule = kStoreMended;
  const auto stamp = stamp_row(report);
  if (!stamp) return tl::make_unexpected(stamp.error());
  if (auto placed = store_.place_rows(known_to, report, *stamp); !placed) return placed;
  log::info("the rows of the mended store go on behind row {}, which is the hub's last", known_to);
  return count_unsent();
}

// --- what the hub has
// ------------------------------------------------------------------------------------------

Expected<void> Carrier::pull_roster() {
  const auto standing = store_.standing();
  if (!standing) return tl::make_unexpected(standing.error());
  const RosterCursor asked{standing->epoch, standing->roster_version, standing->page_version};
  const auto answer = ask_for_roster(line_, asked, roster_page_);
  if (!answer) return tl::make_unexpected(answer.error());
  if (!*answer) return {};
  const RosterPage& page = **answer;
  if (auto sound = check_progress(page, standing->roster_version); !sound) return sound;
  if (page.keys && page.keys_version < standing->keys_version) {
    log::warn("the hub's key ring is older ({}) than ours ({}): ours is kept; was the hub restored?",
              page.keys_version, standing->keys_version);
  }
  if (auto applied = store_.apply(page, line_.now().wall, asked); !applied) return applied;
  if (note_roster_page(state_, page.from_start, page.more, line_.now().steady)) {
    line_.note_success();
    if (is_short_of_room_) state_.photo_due = false;
  } else {
    line_.note_failure("the hub began another roster before the end of the last");
  }
  return {};
}

Expected<void> Carrier::pull_photo() {
  return sync::pull_photo(
      line_, state_, config_.pace,
      {[this](std::string_view after) { return store_.missing_photos(after, 1); },
       [this](const std::string& /*hash*/, const std::string& bytes) { return store_.put_photo(bytes); }});
}

Expected<void> Carrier::beat() {
  const auto standing = store_.standing();
  if (!standing) return tl::make_unexpected(standing.error());
  const auto identity = store_.identity();
  if (!identity) return tl::make_unexpected(identity.error());
  if (auto counted = count_unsent(); !counted) return counted;
  const auto held = store_.orders();
  if (!held) return tl::make_unexpected(held.error());
  const Moment before = line_.look_at_clock();
  const Heartbeat beat{software_of(config_.update), counted_.last_seq, counted_.unsent, counted_.rejected,
                       standing->roster_version,    before.wall,       held->version};
  const auto body = line_.ask("POST", "/v1/heartbeat", to_body(beat));
  if (!body) return {};
  const auto answer = parse_heartbeat_answer(*body);
  if (!answer) return tl::make_unexpected(answer.error());
  if (auto compared = compare_clocks(before, answer->hub_now); !compared) return compared;
  if (auto taken = take_orders(*answer); !taken) return taken;
  if (*identity && (*identity)->checkpoint != answer->checkpoint) {
    log::info("moved to the checkpoint {}", answer->checkpoint);
    if (auto moved = store_.set_checkpoint(answer->checkpoint); !moved) return moved;
  }
  if (answer->roster_version != standing->roster_version) state_.roster_stale = true;
  state_.heartbeat_at = line_.now().steady;
  line_.note_success();
  return compare_with_hub(answer->known_to);
}

Expected<void> Carrier::compare_clocks(const Moment& before, Timestamp hub_now) {
  std::optional<ClockMeasure> clock;
  const auto trip = line_.now().steady - before.steady;
  if (trip < kMostClockTrip) {
    // The hub read its clock about halfway.
    const Timestamp halfway = before.wall + std::chrono::duration_cast<std::chrono::milliseconds>(trip / 2);
    const std::int64_t halfway_boot =
        before.since_boot_ms + (line_.now().since_boot_ms - before.since_boot_ms) / 2;
    clock = ClockMeasure{(hub_now - halfway).count(), before.boot_id,
                         hub_now.time_since_epoch().count() - halfway_boot};
  }
  return store_.note_contact(line_.now().wall, clock);
}

}  // namespace lanyard::sync
