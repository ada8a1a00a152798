// How a kiosk forgets all that it knows: it was shut out, was told to go, or has been alone for too long.
#include <algorithm>

#include "sync/carrier.hpp"
#include "sync/log.hpp"
#include "sync/mend.hpp"
#include "sync/private_file.hpp"
#include "sync/sealed_rows.hpp"

namespace lanyard::sync {

namespace {

constexpr std::size_t kMaxRowsSealedAtOnce = 5000;

// The key that the hub signs with, or will: any of its own opens what was sealed for it.
std::optional<PublicKey> hub_key(const KeyRing& ring) {
  const auto key = std::ranges::find_if(
      ring, [](const IssuerKey& one) { return one.issuer == kHubIssuer && one.kind == KeyKind::lanyard; });
  if (key == ring.end()) return std::nullopt;
  return key->key;
}

Expected<void> write_file(const std::filesystem::path& name, std::string_view bytes) {
  PrivateFile file(name);
  if (auto opened = file.open(); !opened) return opened;
  if (auto written = file.write(bytes); !written) return written;
  return file.keep();
}

}  // namespace

Expected<void> end_withdrawal(Store& store, const SyncdConfig& config) {
  if (auto gone = forget_tokens(config.tokens); !gone) return gone;
  if (auto gone = forget_set_aside(config.store, 0); !gone) return gone;
  return store.clear_traces();
}

// The tokens that are on the disk die with the first use of another, which is written nowhere. Whoever has
// the machine afterwards is nobody to the hub, also by root's file, which this daemon cannot remove.
Expected<void> Carrier::end_tokens() {
  if (!line_.holds_token()) {
    const auto body = line_.ask("POST", "/v1/token", "");
    if (!body) return {};
    const auto answer = parse_token_answer(*body);
    if (!answer) return tl::make_unexpected(answer.error());
    line_.hold_token(answer->token);
  }
  state_.heartbeat_at.reset();
  if (auto beaten = beat(); !beaten) return beaten;
  tokens_ended_ = state_.heartbeat_at.has_value();
  return {};
}

// Once the tokens have ended, or that has been tried for long enough; and if nothing has come in between.
Expected<bool> Carrier::is_ready_to_leave() {
  const SteadyTime now = line_.now().steady;
  if (!leaves_since_) leaves_since_ = now;
  if (!tokens_ended_ && now - *leaves_since_ < kFarewellTries) {
    if (auto ended = end_tokens(); !ended) return tl::make_unexpected(ended.error());
    if (!tokens_ended_) return false;
  }
  if (!tokens_ended_)
    log::error(
        "the hub cannot be asked to end this kiosk's tokens: revoke it there, if its disk may be read");
  const bool is_still_to_go = state_.leave_due && state_.unsent == 0;
  if (is_still_to_go) return true;
  // The office has thought better of it, or there is a row to be sent: with a token that is on the disk.
  leaves_since_.reset();
  tokens_ended_ = false;
  state_.token_due = line_.holds_token();
  return false;
}

Expected<void> Carrier::prepare_farewell() {
  const auto held = store_.orders();
  if (!held) return tl::make_unexpected(held.error());
  farewell_ = {software_name(), counted_.last_seq, counted_.unsent, counted_.rejected, 0, {}, held->version};
  farewell_->forgotten = true;
  return {};
}

Expected<void> Carrier::forget() {
  if (!withdrawal_ && !farewell_) {
    const auto ready = is_ready_to_leave();
    if (!ready) return tl::make_unexpected(ready.error());
    if (!*ready) return {};
    if (auto prepared = prepare_farewell(); !prepared) return prepared;
  }
  const auto seal = [this]() -> Expected<void> {
    const auto identity = store_.identity();
    if (!identity) return tl::make_unexpected(identity.error());
    return *identity ? seal_what_is_left(**identity) : Expected<void>();
  };
  takes_long_();
  const auto wiped = store_.wipe(withdrawal_.value_or(Withdrawal::ordered), seal);
  // Also where only the traces are left to be cleared, which may have to wait for another program.
  const auto withdrawn = store_.withdrawn();
  if (!withdrawn) return tl::make_unexpected(withdrawn.error());
  if (*withdrawn) {
    line_.hold_token(line_.token());
    if (auto gone = forget_tokens(config_.tokens); !gone) return gone;
    if (auto gone = forget_set_aside(config_.store, 0); !gone) return gone;
  }
  // What comes in before the next try is to be sent first.
  if (!*withdrawn) farewell_.reset();
  if (!wiped) return wiped;
  state_ = {};
  if (farewell_ && !withdrawal_) {
    state_.farewell_due = true;
    leaves_since_ = line_.now().steady;
    return {};
  }
  note_forgotten();
  return {};
}

Expected<void> Carrier::say_farewell() {
  farewell_->device_now = line_.now().wall;
  const auto answer = line_.send("POST", "/v1/heartbeat", to_body(*farewell_));
  // Where the hub does not know this token, it has heard it before: the answer was lost.
  const bool is_nobody = answer && is_problem(*answer) && (answer->status == 401 || answer->status == 403);
  const bool is_heard = answer && answer->status == 200 && parse_heartbeat_answer(answer->body);
  if (is_nobody || is_heard) {
    note_forgotten();
    return {};
  }
  if (line_.now().steady - *leaves_since_ >= kFarewellTries) {
    log::error("the hub has not heard that this kiosk has forgotten all, and goes on waiting for it");
    note_forgotten();
    return {};
  }
  if (answer) line_.note_refusal(*answer);
  return {};
}

void Carrier::note_forgotten() {
  state_ = {};
  forgotten_ = true;
  line_.note_withdrawn();
}

Expected<void> Carrier::seal_what_is_left(const Identity& identity) {
  const auto ring = store_.keys();
  if (!ring) return tl::make_unexpected(ring.error());
  const auto key = hub_key(*ring);
  const auto seal_part = [&](std::vector<JournalRow> rows, const std::string& part) -> Expected<void> {
    if (!key && withdrawal_ == Withdrawal::revoked) {
      log::error("{} rows are lost: no hub's key is known that they could be sealed for", rows.size());
      return {};
    }
    if (!key)
      return fail(Error::Kind::unavailable, "rows that the hub lacks cannot be sealed: its key is not known");
    const std::size_t count = rows.size();
    const auto sealed = seal({identity.device, std::move(rows)}, *key);
    if (!sealed) return tl::make_unexpected(sealed.error());
    const auto file =
        config_.store.parent_path() / ("undelivered-" + identity.device + "-" + part + ".sealed");
    if (auto written = write_file(file, *sealed); !written) return written;
    log::warn("{} rows that the hub does not have are sealed for it in {}: lanyard-hub journal recover",
              count, file.string());
    return {};
  };
  // A hub that was restored from a backup lacks what it had acknowledged, and takes no row behind it.
  for (std::uint64_t seq = resend_after_.value_or(counted_.last_seq); seq < counted_.last_seq;) {
    auto rows = store_.own_rows(seq, kMaxRowsSealedAtOnce);
    if (!rows) return tl::make_unexpected(rows.error());
    if (rows->empty()) break;
    const std::string part = "from-" + std::to_string(seq + 1);
    seq = rows->back().seq;
    if (auto done = seal_part(std::move(*rows), part); !done) return done;
  }
  std::string device;
  std::uint64_t seq = 0;
  for (int part = 1;; ++part) {
    auto rows = store_.undelivered(device, seq, kMaxRowsSealedAtOnce);
    if (!rows) return tl::make_unexpected(rows.error());
    if (rows->empty()) return {};
    device = rows->back().device;
    seq = rows->back().seq;
    if (auto done = seal_part(std::move(*rows), std::to_string(part)); !done) return done;
  }
}

}  // namespace lanyard::sync
