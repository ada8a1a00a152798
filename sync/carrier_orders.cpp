// What the office wants of this kiosk beside rows and roster: other tokens, another identity; and whether it
// is to forget all (carrier_withdrawal.cpp).
#include "sync/carrier.hpp"
#include "sync/log.hpp"
#include "sync/mend.hpp"

namespace lanyard::sync {

namespace {

constexpr std::chrono::minutes kLookForTheEndEvery{1};
constexpr std::chrono::minutes kLookForTracesEvery{1};
constexpr std::chrono::hours kTracesPause{1};  // after a failure: the disk is full, or another program reads
// Writing the file anew takes a large kiosk seconds, for which a badge would have to wait.
constexpr std::chrono::minutes kRest{5};
constexpr std::chrono::hours kLongRest{2};
constexpr std::uint64_t kQuicklyWrittenBytes =
    16UL * 1024 * 1024;  // of a file: about a second, on a slow disk

}  // namespace

bool Carrier::hear_revocation() {
  if (withdrawal_) return false;
  log::error("the hub has shut this kiosk out: it forgets all that it knows");
  withdrawal_ = Withdrawal::revoked;
  state_.forget_due = true;
  return true;
}

void Carrier::obey(const Orders& orders) {
  orders_ = orders;
  state_.enrol_due = !orders.enrol_code.empty();
  state_.leave_due = orders.wipe && trusts_hub(config_);
  if (orders.wipe && !state_.leave_due)
    log::warn("told to forget all, by a line that anybody may write to: not obeyed; see hub in the settings");
}

Expected<void> Carrier::take_orders(const HeartbeatAnswer& answer) {
  state_.token_due = answer.renew_token || line_.holds_token();
  if (!answer.orders) return {};
  if (auto taken = store_.take_orders(*answer.orders, answer.orders_version); !taken) return taken;
  log::info("orders of the office: {}", summary_of(*answer.orders));
  obey(*answer.orders);
  return {};
}

Expected<void> Carrier::renew_token() {
  // Whatever becomes of it, the next heartbeat says whether it is still due: a hub that cannot is no reason
  // to hurry. Unless the one in use is on no disk (end_tokens).
  state_.token_due = line_.holds_token();
  const auto body = line_.ask("POST", "/v1/token", "");
  if (!body) return {};
  const auto answer = parse_token_answer(*body);
  if (!answer) return tl::make_unexpected(answer.error());
  if (auto kept = keep_token(config_.tokens, device_of(store_), answer->token, line_.token()); !kept)
    return kept;
  state_.token_due = false;
  tokens_ended_ = false;
  leaves_since_.reset();
  line_.take_new_token();
  line_.note_success();
  log::info("the hub has given this kiosk another token");
  return {};
}

Expected<void> Carrier::enrol_anew() {
  const auto identity = sync::enrol_anew(store_, config_, orders_.enrol_code, new_seed_(), transport_);
  if (!identity && identity.error().kind != Error::Kind::refused)
    return tl::make_unexpected(identity.error());
  // A code that is spent or wrong stays so. One that was only too old, the hub tells anew.
  state_.enrol_due = false;
  if (!identity) {
    log::error("enrolling anew: {}", identity.error().message);
    return {};
  }
  Orders done = orders_;
  done.enrol_code.clear();
  obey(done);
  if (auto taken = store_.take_orders(done, version_of(done)); !taken) return taken;
  line_.take_new_token();
  line_.note_success();
  log::info("enrolled anew as {}", identity->device);
  return {};
}

// Once in a while: has everybody gone home?
Expected<void> Carrier::look_for_the_end() {
  const SteadyTime now = line_.now().steady;
  if (withdrawal_ || (looked_for_the_end_ != SteadyTime{} && now - looked_for_the_end_ < kLookForTheEndEvery))
    return {};
  looked_for_the_end_ = now;
  const auto event = store_.event();
  if (!event) return tl::make_unexpected(event.error());
  const auto standing = store_.standing();
  if (!standing) return tl::make_unexpected(standing.error());
  const bool forsaken = *event && is_forsaken((*event)->runs.until, standing->hub_contact,
                                              (*event)->forget_after, line_.now().wall);
  if (!forsaken) {
    forsaken_since_.reset();
    return {};
  }
  if (!forsaken_since_) forsaken_since_ = now;
  if (now - *forsaken_since_ < kForgetHolds) return {};
  log::error("the event is long over, and no hub answers: this kiosk forgets all that it knows");
  withdrawal_ = Withdrawal::forgotten;
  state_.forget_due = true;
  return {};
}

// What an erasure may have left in the file. Without it, it is tried again later: another program may have
// been reading, or the disk be full.
void Carrier::clear_traces_at_rest() {
  const SteadyTime now = line_.now().steady;
  if (withdrawal_ || !rests_since_ || now - *rests_since_ < kRest ||
      now - looked_for_traces_ < kLookForTracesEvery)
    return;
  looked_for_traces_ = now;
  // Of a damaged store nobody is in need any more whose rows the hub has.
  const bool is_delivered = !mended_ && counted_.unsent == 0;
  if (is_delivered) tidy_set_aside(kKeptAside);
  const auto has_traces = store_.has_traces();
  if (!has_traces || !*has_traces) return;
  if (is_delivered) tidy_set_aside(0);  // who was erased stands there, too
  // Nobody can be let in while the file is written anew: a large one waits until the kiosk has long had
  // nobody before it, as at night.
  const auto is_large = store_.is_larger_than(kQuicklyWrittenBytes);
  if (!is_large || (*is_large && now - *rests_since_ < kLongRest)) return;
  takes_long_();
  if (auto cleared = store_.clear_traces(); !cleared) {
    looked_for_traces_ = now + kTracesPause;
    log::warn("an erasure has left traces in the file: {}", cleared.error().message);
  }
}

}  // namespace lanyard::sync
