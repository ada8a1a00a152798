#include "sync/hub/purge.hpp"

#include <algorithm>

#include "sync/chain.hpp"
#include "sync/hub/json_text.hpp"
#include "sync/hub/own_row.hpp"

namespace lanyard::sync::hub {

namespace {

// Categories with few people, as one: nobody is known by being alone of their kind.
std::map<AttendanceTotals::Key, AttendanceCount> without_few(const AttendanceTotals& totals) {
  std::map<AttendanceTotals::Key, AttendanceCount> kept;
  for (const auto& [key, count] : totals.counts) {
    if (key.by == "organisation") continue;
    AttendanceTotals::Key as = key;
    if (key.by == "category" && count.people < kLeastPeopleCounted) as.what = "(others)";
    kept[as].people += count.people;
    kept[as].entries += count.entries;
  }
  return kept;
}

class Purging {
 public:
  Purging(HubStore& store, Timestamp now, const Random& random) : store_(store), now_(now), random_(random) {}

  Expected<PurgeReport> run() {
    if (auto held = store_.hold_rows(); !held) return tl::make_unexpected(held.error());
    if (auto held = store_.hold_roster(); !held) return tl::make_unexpected(held.error());
    const auto before = store_.purged();
    if (!before) return tl::make_unexpected(before.error());
    if (*before)
      return fail(Error::Kind::invalid, "the event was purged before, at " + to_rfc3339((*before)->at));
    for (const auto step :
         {&Purging::describe, &Purging::count_people, &Purging::find_chains, &Purging::renew_keys}) {
      if (auto done = (this->*step)(); !done) return tl::make_unexpected(done.error());
    }
    const Founding anew = new_founding(random_);
    auto purged = store_.purge({now_, to_json(report_)}, chains_, anew.epoch, anew.fingerprint_key);
    if (!purged) return tl::make_unexpected(purged.error());
    return std::move(report_);
  }

 private:
  Expected<void> describe() {
    const auto event = store_.event();
    if (!event) return tl::make_unexpected(event.error());
    if (!*event) return fail(Error::Kind::invalid, "the hub has no event yet");
    report_.event = (*event)->id;
    report_.runs = (*event)->runs;
    report_.calendar = (*event)->calendar;
    report_.at = now_;
    return {};
  }

  Expected<void> count_people() {
    auto counted = attendance(store_, {});
    if (!counted) return tl::make_unexpected(counted.error());
    for (const AttendanceLine& line : counted->lines) {
      if (!line.on_roster) continue;
      ++report_.attendees;
      const auto credentials = store_.credentials_of(line.attendee.id);
      if (!credentials) return tl::make_unexpected(credentials.error());
      report_.credentials += credentials->size();
    }
    report_.totals = std::move(counted->totals);
    report_.totals.counts = without_few(report_.totals);
    const auto pseudonyms = store_.pseudonyms();
    if (!pseudonyms) return tl::make_unexpected(pseudonyms.error());
    report_.erased_before = pseudonyms->size();
    return {};
  }

  Expected<void> find_chains() {
    const auto devices = store_.devices();
    if (!devices) return tl::make_unexpected(devices.error());
    const auto self = own_chain(store_);
    if (!self) return tl::make_unexpected(self.error());
    std::vector<std::string> ids{*self};
    for (const Device& device : *devices) ids.push_back(device.id);
    for (const std::string& id : ids) {
      const auto end = store_.chain_end(id);
      if (!end) return tl::make_unexpected(end.error());
      if (end->seq == 0) continue;
      const auto aside = store_.rows_set_aside(id);
      if (!aside) return tl::make_unexpected(aside.error());
      report_.set_aside += aside->size();
      report_.rows += end->seq - std::min<std::uint64_t>(end->seq, aside->size());
      report_.chains.push_back({id, end->seq, end->hash ? hex(*end->hash) : ""});
      chains_.push_back({id, *end});
    }
    return {};
  }

  // What signed badges goes, and what verified them: no badge of this event is good any more.
  Expected<void> renew_keys() {
    const auto ring = store_.ring();
    if (!ring) return tl::make_unexpected(ring.error());
    const SecretKey key = new_founding(random_).signing_key;
    RingChange change;
    change.own = {key};
    for (const RingKey& old : ring->keys) change.dropped.push_back(old.key.key);
    report_.keys = change.dropped.size();
    if (auto changed = store_.change_ring(change, now_); !changed) return changed;
    PublicKey half{};
    std::copy_n(key.end() - static_cast<std::ptrdiff_t>(half.size()), half.size(), half.begin());
    return store_.use_key(half);
  }

  HubStore& store_;
  Timestamp now_;
  const Random& random_;
  std::vector<PurgedChain> chains_;
  PurgeReport report_;
};

}  // namespace

std::string to_json(const PurgeReport& report) {
  std::string json = "{\"event\":" + json_string(report.event) +
                     ",\"purged\":" + json_string(to_rfc3339(report.at)) +
                     ",\"ran\":{\"from\":" + json_string(to_rfc3339(report.runs.from)) +
                     ",\"until\":" + json_string(to_rfc3339(report.runs.until)) + "},\"removed\":{";
  const auto number = [&](const char* name, std::uint64_t value, bool last = false) {
    json += json_string(name) + ":" + std::to_string(value) + (last ? "" : ",");
  };
  number("attendees", report.attendees);
  number("credentials", report.credentials);
  number("journal_rows", report.rows);
  number("rows_set_aside", report.set_aside);
  number("pseudonyms", report.erased_before);
  number("keys", report.keys, true);
  json += "},\"expected\":" + std::to_string(report.totals.expected) +
          ",\"came\":" + std::to_string(report.totals.came) + ",\"counts\":[";
  bool first = true;
  for (const auto& [key, count] : report.totals.counts) {
    json += first ? "" : ",";
    first = false;
    json += "{\"day\":" + (key.day ? json_string(day_text(*key.day)) : "null") +
            ",\"by\":" + json_string(key.by) + ",\"of\":" + json_string(key.what) + ",";
    number("people", count.people);
    number("entries", count.entries, true);
    json += "}";
  }
  json += "],\"chains\":[";
  first = true;
  for (const PurgeReport::Chain& chain : report.chains) {
    json += first ? "" : ",";
    first = false;
    json += "{\"device\":" + json_string(chain.device) + ",\"rows\":" + std::to_string(chain.seq) +
            ",\"hash\":" + json_string(chain.hash) + "}";
  }
  return json + "]}";
}

Expected<std::vector<std::string>> reasons_to_wait(HubStore& store, Timestamp now) {
  std::vector<std::string> reasons;
  const auto event = store.event();
  if (!event) return tl::make_unexpected(event.error());
  if (!*event) return fail(Error::Kind::invalid, "the hub has no event yet");
  const Timestamp end = (*event)->runs.until;
  if (now < end) reasons.push_back("the event runs until " + to_rfc3339(end));
  const auto devices = store.devices();
  if (!devices) return tl::make_unexpected(devices.error());
  for (const Device& device : *devices) {
    if (device.revoked || !device.token_hash) continue;
    if (!device.last_contact) {
      reasons.push_back("kiosk " + device.id + " was never heard of");
      continue;
    }
    const auto got = store.chain_end(device.id);
    if (!got) return tl::make_unexpected(got.error());
    const std::uint64_t missing = device.beat.last_seq > got->seq ? device.beat.last_seq - got->seq : 0;
    if (missing > 0)
      reasons.push_back("kiosk " + device.id + " holds " + std::to_string(missing) +
                        " row(s) that are not here");
    if (*device.last_contact < std::min(end, now)) {
      reasons.push_back("kiosk " + device.id + " was last heard of at " + to_rfc3339(*device.last_contact) +
                        ", before the event ended");
    }
  }
  return reasons;
}

Expected<PurgeReport> purge_event(HubStore& store, Timestamp now, const Random& random,
                                  const std::function<Expected<void>(const PurgeReport&)>& then) {
  PurgeReport report;
  const auto done = store.transact([&]() -> Expected<void> {
    auto purged = Purging(store, now, random).run();
    if (!purged) return tl::make_unexpected(purged.error());
    report = std::move(*purged);
    if (auto dropped = store.drop_unused_photos(); !dropped) return dropped;
    return then ? then(report) : Expected<void>();
  });
  if (!done) return tl::make_unexpected(done.error());
  return report;
}

}  // namespace lanyard::sync::hub
