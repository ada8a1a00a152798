#include "sync/hub/uplink_carrier.hpp"

#include <algorithm>
#include <numeric>

#include "sync/hub/venue.hpp"
#include "sync/log.hpp"
#include "sync/photo_pull.hpp"
#include "sync/roster_pull.hpp"

namespace lanyard::sync::hub {

namespace {

constexpr std::chrono::minutes kLookForTracesEvery{1};
constexpr std::chrono::hours kTracesPause{1};  // after a failure: the disk is full, or another program reads
// While the file is written anew, uploads wait. Where rows come all day long, they do once in a while.
constexpr std::chrono::minutes kRest{1};
constexpr std::chrono::hours kLongestWithoutRest{1};

std::string hub_software() {
  return std::string("lanyard-hub ") + LANYARD_VERSION;
}

// Of as many of the rows as make no larger body than the centre takes; the others go next time.
std::string body_that_fits(UploadRequest& upload) {
  std::string body = to_body(upload);
  while (body.size() > kMaxBodyBytes && upload.rows.size() > 1) {
    upload.rows.resize(upload.rows.size() / 2);
    const std::uint64_t last = upload.rows.back().seq;
    std::erase_if(upload.set_aside, [&](const AsideRow& row) { return row.seq > last; });
    body = to_body(upload);
  }
  return body;
}

}  // namespace

HubLine uplink_line(HubStore& store, const SyncdConfig& config, Transport transport, Clock clock,
                    std::string_view lane) {
  const auto tokens = [&store]() -> Expected<std::vector<std::string>> {
    const auto uplink = store.uplink();
    if (!uplink) return tl::make_unexpected(uplink.error());
    if (!*uplink) return fail(Error::Kind::invalid, "this hub has not joined another");
    std::vector good{(*uplink)->token};
    if (!(*uplink)->token_before.empty()) good.push_back((*uplink)->token_before);
    return good;
  };
  return {config, tokens, std::move(transport), std::move(clock), lane};
}

UplinkCarrier::UplinkCarrier(HubStore& store, std::string name, SyncdConfig config, Transport transport,
                             Clock clock)
    : store_(store),
      name_(std::move(name)),
      config_(std::move(config)),
      line_(uplink_line(store, config_, std::move(transport), std::move(clock), "uplink")),
      roster_(store) {
  // An error of the store shows at once, elsewhere.
  (void)store_.transact([&] { return store_.read_uplink_by(kWireVersion); });
}

bool UplinkCarrier::has_news() {
  const auto head = store_.feed_head();
  return head && *head != counted_at_;
}

bool UplinkCarrier::hear_roster(std::int64_t version) {
  if (version == heard_roster_) return false;
  heard_roster_ = version;
  state_.roster_stale = true;
  return true;
}

std::optional<SteadyTime> UplinkCarrier::step() {
  line_.look_at_clock();
  if (has_news()) {
    if (auto counted = count(); !counted) line_.note_failure(counted.error().message);
  }
  clear_traces_at_rest();
  // Until the centre has said what it has, there may be rows to send.
  state_.unsent = told_ ? waiting_ : std::max<std::uint64_t>(1, waiting_);
  const CarrierAction action = next(state_, line_.back_off(), config_.pace, line_.now().steady);
  if (const auto* wait = std::get_if<Wait>(&action)) {
    note_standing();
    return wait->until;
  }
  if (auto done = act(action); !done) line_.note_failure(done.error().message);
  if (line_.back_off().failures == 0) {
    contact_ = line_.now().wall;
  } else {
    told_ = false;  // whoever answers next may be another than before
  }
  note_standing();
  return std::nullopt;
}

Expected<void> UplinkCarrier::act(const CarrierAction& action) {
  if (std::holds_alternative<Push>(action)) return push();
  if (std::holds_alternative<PullRoster>(action)) return pull_roster();
  if (std::holds_alternative<PullPhoto>(action)) return pull_photo();
  if (std::holds_alternative<RenewToken>(action)) return renew_token();
  return beat();
}

// --- rows
// ------------------------------------------------------------------------------------------------

// Chains of hubs last, and our own behind them: an alert is committed with the row that it is about, or comes
// before it, so that the alerts of all rows that are counted here are counted too, and can go before them.
Expected<void> UplinkCarrier::count() {
  const auto head = store_.feed_head();
  if (!head) return tl::make_unexpected(head.error());
  if (*head != counted_at_) rests_since_ = line_.now().steady;
  counted_at_ = *head;
  const auto devices = store_.devices();
  if (!devices) return tl::make_unexpected(devices.error());
  std::vector<std::string> ids;
  hubs_.clear();
  for (const Device& device : *devices) {
    if (is_under(device.id, name_)) (device.is_hub ? hubs_ : ids).push_back(device.id);
  }
  hubs_.push_back(name_);
  ids.insert(ids.end(), hubs_.begin(), hubs_.end());
  for (const std::string& id : ids) {
    const auto end = store_.chain_end(id);
    if (!end) return tl::make_unexpected(end.error());
    ends_[id] = end->seq;
    if (!known_to_.contains(id)) told_ = false;
  }
  waiting_ = 0;
  for (const auto& [id, end] : ends_) waiting_ += end - std::min(end, known_to_[id]);
  if (waiting_ == 0) most_batch_ = kUplinkRows;
  if (!told_) {
    for (const std::string& id : ids) known_to_.try_emplace(id, 0);
  }
  return {};
}

// The next in turn, so that one with many rows holds up none of the others.
std::string UplinkCarrier::next_with_rows() {
  const auto has_rows = [&](const auto& one) { return one.second > known_to_[one.first]; };
  for (const std::string& hub : hubs_) {
    if (ends_[hub] > known_to_[hub]) return hub;
  }
  const auto after = ends_.upper_bound(last_pushed_);
  auto found = std::find_if(after, ends_.end(), has_rows);
  if (found == ends_.end()) found = std::find_if(ends_.begin(), after, has_rows);
  return found == ends_.end() ? std::string() : found->first;
}

Expected<void> UplinkCarrier::push() {
  if (!told_) return tell();
  const std::string device = next_with_rows();
  if (device.empty()) return count();
  last_pushed_ = device;
  return push_rows_of(device);
}

Expected<UploadRequest> UplinkCarrier::rows_to_send(const std::string& device, std::uint64_t after,
                                                    std::uint64_t until) {
  auto rows = store_.rows_of_device(device, after, batch_);
  if (!rows) return tl::make_unexpected(rows.error());
  const auto aside = store_.rows_set_aside(device);
  if (!aside) return tl::make_unexpected(aside.error());
  // Rows that came since they were counted wait for the alerts that may have come with them.
  std::erase_if(*rows, [&](const JournalRow& row) { return row.seq > until; });
  UploadRequest upload{std::move(*rows), {}};
  const std::uint64_t last = upload.rows.size() == batch_ ? upload.rows.back().seq : until;
  for (const SetAside& row : *aside) {
    if (row.seq <= after || row.seq > last) continue;
    if (upload.set_aside.size() == std::min(kUplinkAside, batch_)) {
      const std::uint64_t end = upload.set_aside.back().seq;
      std::erase_if(upload.rows, [&](const JournalRow& one) { return one.seq > end; });
      break;
    }
    upload.set_aside.push_back({row.seq, row.hash, row.why, row.record});
  }
  return upload;
}

Expected<void> UplinkCarrier::push_rows_of(const std::string& device) {
  const std::uint64_t after = known_to_[device];
  auto upload = rows_to_send(device, after, ends_[device]);
  if (!upload) return tl::make_unexpected(upload.error());
  std::string body = body_that_fits(*upload);
  const std::size_t sent = upload->rows.size() + upload->set_aside.size();
  const auto answer = line_.send("POST", "/v1/journal?device=" + device, std::move(body));
  batch_ = next_size(batch_, std::max<std::size_t>(1, sent), most_batch_, line_.took());
  if (!answer) return {};
  // A proxy in between often takes less than the centre does: half as many may pass.
  const std::size_t most = std::max(upload->rows.size(), upload->set_aside.size());
  if (answer->status == 413 && most > 1) {
    most_batch_ = batch_ = most / 2;
    log::warn("uplink: a batch of {} rows is refused ({} {}): trying {}", sent, answer->status,
              problem_text(answer->body), batch_);
    return {};
  }
  if (answer->status != 200) {
    line_.note_refusal(*answer);
    return {};
  }
  const auto parsed = parse_upload_answer(answer->body);
  if (!parsed) return tl::make_unexpected(parsed.error());
  known_to_[device] = parsed->known_to;
  for (const RowAnswer& one : parsed->answers) {
    const bool told =
        std::ranges::find(upload->set_aside, one.seq, &AsideRow::seq) != upload->set_aside.end();
    if (one.kind != RowAnswerKind::rejected || one.seq > parsed->known_to || told) continue;
    ++rejected_;
    log::error("uplink: the centre rejects row {} of {}: {}", one.seq, device, one.why);
  }
  if (parsed->known_to == after) {
    const auto first = std::ranges::find(parsed->answers, after + 1, &RowAnswer::seq);
    return fail(Error::Kind::unavailable,
                "the centre neither takes nor rejects row " + std::to_string(after + 1) + " of " + device +
                    (first == parsed->answers.end() ? "" : ": " + printable(first->why, kMaxProblemBytes)));
  }
  if (parsed->known_to < after) {
    log::warn("uplink: the centre lacks rows of {} from {} on: sending them again", device,
              parsed->known_to + 1);
  }
  line_.note_success();
  return count();
}

// --- the kiosks
// ------------------------------------------------------------------------------------------

Expected<std::vector<ToldDevice>> UplinkCarrier::devices_to_tell() {
  const auto devices = store_.devices();
  if (!devices) return tl::make_unexpected(devices.error());
  const auto ring = store_.ring();
  if (!ring) return tl::make_unexpected(ring.error());
  std::map<std::string_view, PublicKey> keys;
  for (const RingKey& key : ring->keys) {
    if (key.key.kind == KeyKind::lanyard) keys.emplace(key.key.issuer, key.key.key);
  }
  std::vector<ToldDevice> list;
  for (const Device& device : *devices) {
    if (!is_under(device.id, name_)) continue;
    ToldDevice told{device.id, device.name, device.checkpoint, std::nullopt, device.revoked, device.is_hub};
    if (const auto key = keys.find(device.id); key != keys.end()) told.key = key->second;
    list.push_back(std::move(told));
  }
  return list;
}

Expected<void> UplinkCarrier::tell() {
  auto devices = devices_to_tell();
  if (!devices) return tl::make_unexpected(devices.error());
  const int failures = line_.back_off().failures;
  std::size_t from = 0;
  do {  // once at least: the answer says where our own chain stands
    const std::size_t count = std::min(kMaxDevicesTold, devices->size() - from);
    const auto begin = devices->begin() + static_cast<std::ptrdiff_t>(from);
    if (auto told = tell_of({begin, begin + static_cast<std::ptrdiff_t>(count)}); !told) return told;
    if (line_.back_off().failures > failures) return {};
    from += count;
  } while (from < devices->size());
  told_ = true;
  told_devices_ = std::move(*devices);
  told_at_ = line_.now().steady;
  line_.note_success();
  return count();
}

Expected<void> UplinkCarrier::tell_of(std::vector<ToldDevice> some) {
  const auto body = line_.ask("POST", "/v1/devices", to_body(DevicesRequest{std::move(some)}));
  if (!body) return {};
  const auto answer = parse_devices_answer(*body);
  if (!answer) return tl::make_unexpected(answer.error());
  known_to_[name_] = answer->known_to;
  for (const DeviceStanding& standing : answer->devices) {
    if (!is_under(standing.id, name_)) continue;
    if (auto obeyed = obey(standing); !obeyed) return obeyed;
    // Of one whose chain has not been counted yet we ask again once it has.
    if (ends_.contains(standing.id)) known_to_[standing.id] = standing.known_to;
  }
  return {};
}

Expected<void> UplinkCarrier::obey(const DeviceStanding& standing) {
  const Orders orders = from_above(standing.orders);
  // Looked at before there is a transaction, which few answers need.
  const auto before = store_.device(standing.id);
  if (!before) return tl::make_unexpected(before.error());
  const bool has_news = *before && ((standing.revoked && !(*before)->revoked) ||
                                    (!(*before)->is_hub && orders != (*before)->centre_orders));
  if (!has_news) return {};
  return store_.transact([&]() -> Expected<void> {
    const auto device = store_.device(standing.id);
    if (!device) return tl::make_unexpected(device.error());
    if (!*device) return {};
    if (!(*device)->is_hub && orders != (*device)->centre_orders) {
      log::info("uplink: orders of the centre for {}: {}", standing.id, summary_of(orders));
      if (auto noted = store_.note_centre_orders(standing.id, orders); !noted) return noted;
    }
    if (!standing.revoked || (*device)->revoked) return {};
    log::warn("uplink: the centre has shut {} out", standing.id);
    return store_.revoke(standing.id, standing.badges_dead, line_.now().wall);
  });
}

// --- the rest
// --------------------------------------------------------------------------------------------

Expected<void> UplinkCarrier::pull_roster() {
  const auto asked = roster_.question();
  if (!asked) return tl::make_unexpected(asked.error());
  const auto answer = ask_for_roster(line_, *asked, roster_page_);
  if (!answer) return tl::make_unexpected(answer.error());
  if (!*answer) return {};
  const RosterPage& page = **answer;
  if (auto taken = roster_.take(page, line_.now().wall); !taken) return taken;
  const bool goes_on = note_roster_page(state_, page.from_start, page.more, line_.now().steady);
  if (!page.more) {
    if (auto dropped = drop_photos(); !dropped) return dropped;
  }
  if (goes_on) {
    line_.note_success();
  } else {
    line_.note_failure("the centre began another roster before the end of the last");
  }
  return {};
}

// Where nobody has changed nobody's photo has: a kiosk need not wait for a transaction over it.
Expected<void> UplinkCarrier::drop_photos() {
  const auto version = store_.roster_version();
  if (!version) return tl::make_unexpected(version.error());
  if (*version == photos_dropped_at_) return {};
  if (auto dropped = store_.transact([&] { return store_.drop_unused_photos(); }); !dropped) return dropped;
  photos_dropped_at_ = *version;
  return {};
}

Expected<void> UplinkCarrier::pull_photo() {
  return sync::pull_photo(
      line_, state_, config_.pace,
      {[this](std::string_view after) { return store_.missing_photos(after, 1); },
       [this](const std::string& hash, const std::string& bytes) { return keep_photo(hash, bytes); }});
}

Expected<void> UplinkCarrier::keep_photo(const std::string& hash, const std::string& bytes) {
  return store_.transact([&]() -> Expected<void> {
    if (auto held = store_.hold_roster(); !held) return held;
    // Whoever it shows may have been erased while it was under way.
    const auto missing = store_.missing_photos(state_.photo_asked, 1);
    if (!missing) return tl::make_unexpected(missing.error());
    return *missing == std::vector{hash} ? store_.put_photo(hash, bytes) : Expected<void>();
  });
}

Expected<void> UplinkCarrier::beat() {
  const auto devices = devices_to_tell();
  if (!devices) return tl::make_unexpected(devices.error());
  if (*devices != told_devices_ || line_.now().steady - told_at_ >= kTellEvery) {
    const int failures = line_.back_off().failures;
    if (auto told = tell(); !told) return told;
    if (line_.back_off().failures > failures) return {};
  }
  const auto uplink = store_.uplink();
  if (!uplink) return tl::make_unexpected(uplink.error());
  const std::int64_t roster = *uplink ? (*uplink)->roster_version : 0;
  const auto notices = store_.centre_notices();
  if (!notices) return tl::make_unexpected(notices.error());
  const Heartbeat beat{hub_software(),  ends_[name_], waiting_, rejected_, roster, line_.look_at_clock().wall,
                       notices->version};
  const auto body = line_.ask("POST", "/v1/heartbeat", to_body(beat));
  if (!body) return {};
  const auto answer = parse_heartbeat_answer(*body, kMaxNoticeRecords);
  if (!answer) return tl::make_unexpected(answer.error());
  if (answer->orders) {
    if (auto taken = take_notices(*answer); !taken) return taken;
  }
  state_.token_due = answer->renew_token;
  if (answer->roster_version != roster) state_.roster_stale = true;
  state_.heartbeat_at = line_.now().steady;
  line_.note_success();
  return {};
}

Expected<void> UplinkCarrier::take_notices(const HeartbeatAnswer& answer) {
  const CentreNotices told{answer.orders->notices, answer.orders_version};
  log::info("uplink: the centre has {} notice(s)", told.notices.size());
  return store_.transact([&] { return store_.note_centre_notices(told); });
}

// The token in use is good until the new one has been used, and that is stored before: whenever this ends in
// between, one of those in the store is good.
Expected<void> UplinkCarrier::renew_token() {
  state_.token_due = false;  // whatever becomes of it: the next heartbeat says whether it is still due
  const auto body = line_.ask("POST", "/v1/token", "");
  if (!body) return {};
  const auto answer = parse_token_answer(*body);
  if (!answer) return tl::make_unexpected(answer.error());
  auto kept = store_.transact([&] { return store_.set_uplink_token(answer->token, line_.token()); });
  if (!kept) return kept;
  line_.take_new_token();
  line_.note_success();
  log::info("uplink: the centre has given this hub another token");
  return {};
}

// What an erasure of the centre's has left in the file (Uplink::has_traces, which a restart does not forget).
void UplinkCarrier::clear_traces_at_rest() {
  const SteadyTime now = line_.now().steady;
  if (now < look_for_traces_at_) return;
  look_for_traces_at_ = now + kLookForTracesEvery;
  const auto uplink = store_.uplink();
  if (!uplink || !*uplink) return;
  if (!(*uplink)->has_traces) {
    traces_seen_at_.reset();
    return;
  }
  if (!traces_seen_at_) traces_seen_at_ = now;
  if (now - rests_since_ < kRest && now - *traces_seen_at_ < kLongestWithoutRest) return;
  auto cleared = store_.overwrite_deleted(false);
  // This thread alone erases at a venue: nothing has been left in between.
  if (cleared) cleared = store_.transact([&] { return store_.note_uplink_traces(false); });
  if (cleared) return;
  look_for_traces_at_ = now + kTracesPause;
  line_.warn("an erasure has left traces in the file: " + cleared.error().message);
}

// For `lanyard-hub uplink` and who watches: a write, and so not for each row.
void UplinkCarrier::note_standing() {
  const UplinkStanding now{line_.standing(), contact_, waiting_};
  const bool same_words = now.words == noted_.words && (now.waiting == 0) == (noted_.waiting == 0);
  if (same_words && line_.now().steady - noted_at_ < kNoteEvery) return;
  noted_at_ = line_.now().steady;
  if (same_words && now.waiting == noted_.waiting && now.contact == noted_.contact) return;
  const auto noted = store_.transact([&] { return store_.note_uplink_standing(now); });
  if (noted) noted_ = now;
}

}  // namespace lanyard::sync::hub
