// Taking rows: the chain of each device, and what the rows of several devices contradict.
#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <utility>

#include "sync/chain.hpp"
#include "sync/erasure.hpp"
#include "sync/hub/erase.hpp"
#include "sync/hub/hub.hpp"
#include "sync/hub/own_row.hpp"
#include "sync/hub/store_values.hpp"
#include "sync/hub/venue.hpp"
#include "sync/merge.hpp"

namespace lanyard::sync::hub {

namespace {

// What the hub itself has to say, appended to its own chain once per subject.
struct Finding {
  std::string subject;
  std::string rule;
  std::string detail;
  JournalRow about;  // its attendee, checkpoint and zone are the alert's
};

constexpr std::string_view kBarred = "barred_admission";
std::string barred_subject(std::string_view row_id) {
  return "barred:" + std::string(row_id);
}

class Upload {
 public:
  Upload(const Device& device, HubStore& store, Timestamp now, const Random& random)
      : device_(device), store_(store), now_(now), random_(random) {}

  Expected<UploadAnswer> take(const CheckedUpload& upload) {
    speaks_later_ = upload.wire > kWireVersion;
    // First of all, as whoever forgets people waits for those who take rows, and goes on to the chains.
    if (auto known = learn_whom_to_forget(upload); !known) return tl::make_unexpected(known.error());
    auto end = store_.chain_end(device_.id);
    if (!end) return tl::make_unexpected(end.error());
    end_ = *end;
    auto bad = upload.bad.begin();
    auto aside = upload.set_aside.begin();
    const auto take_others_before = [&](std::uint64_t seq) -> Expected<void> {
      for (; bad != upload.bad.end() && bad->seq < seq; ++bad) {
        auto answered = take_unreadable(*bad);
        if (!answered) return tl::make_unexpected(answered.error());
        answers_.push_back(std::move(*answered));
      }
      for (; aside != upload.set_aside.end() && aside->seq < seq; ++aside) {
        auto answered = take_aside(*aside);
        if (!answered) return tl::make_unexpected(answered.error());
        answers_.push_back(std::move(*answered));
      }
      return {};
    };
    // Readable and unreadable rows came as one list in order of seq: take them in that order.
    for (const CheckedRow& given : upload.rows) {
      if (auto before = take_others_before(given.row.seq); !before)
        return tl::make_unexpected(before.error());
      auto answered = take_row(given);
      if (!answered) return tl::make_unexpected(answered.error());
      answers_.push_back(std::move(*answered));
    }
    if (auto rest = take_others_before(UINT64_MAX); !rest) return tl::make_unexpected(rest.error());
    if (auto appended = append_taken(); !appended) return tl::make_unexpected(appended.error());
    if (auto raised = raise_alerts(); !raised) return tl::make_unexpected(raised.error());
    if (auto vouched = vouch_for(store_, erased_, now_, random_); !vouched)
      return tl::make_unexpected(vouched.error());
    return UploadAnswer{std::move(answers_), end_.seq};
  }

 private:
  static RowAnswer rejected(std::uint64_t seq, std::string why) {
    return {seq, RowAnswerKind::rejected, 0, std::move(why)};
  }
  [[nodiscard]] RowAnswer gap(std::uint64_t seq) const {
    return rejected(seq, "gap after " + std::to_string(end_.seq));
  }

  Expected<void> learn_whom_to_forget(const CheckedUpload& upload) {
    const auto forgetting = store_.forgetting();
    if (!forgetting) return tl::make_unexpected(forgetting.error());
    forgetting_ = *forgetting;
    const auto founding = store_.founding();
    if (!founding) return tl::make_unexpected(founding.error());
    if (!*founding) return {};
    // A venue's that was restored may have them from its kiosks before it hears of any erasure again.
    takes_what_is_left_ = forgetting_.has_erased || (*founding)->name != kHubDevice;
    if (!forgetting_.has_erased) return {};
    std::vector<const JournalRow*> rows;
    for (const CheckedRow& given : upload.rows) rows.push_back(&given.row);
    auto pseudonyms = pseudonyms_in(store_, rows, (*founding)->fingerprint_key);
    if (!pseudonyms) return tl::make_unexpected(pseudonyms.error());
    pseudonyms_ = std::move(*pseudonyms);
    return {};
  }

  // What an erasure has left of a row that the sender had delivered before: this hub was restored from a
  // backup since, or is the centre of one that has erased it first. Its hash can tell nothing of what is
  // left, and it need not name whoever was erased (a companion's row did): whoever may send the row could
  // have written another in its place just as well. A row of this hub's vouches for it from now on.
  [[nodiscard]] bool is_left_of_erasure(const JournalRow& row) const {
    return row.erased && takes_what_is_left_;
  }

  Expected<RowAnswer> take_row(const CheckedRow& given) {
    const JournalRow& row = given.row;
    if (row.device != device_.id) return rejected(row.seq, "a row of another device");
    if (row.seq > end_.seq + 1) return gap(row.seq);
    // A kiosk that was cut off tells late of somebody who was erased meanwhile.
    auto left = pseudonyms_.empty() ? std::nullopt : as_kept(row, pseudonyms_);
    if (!left) return row.seq <= end_.seq ? compare(given, row) : take_next(given, given);
    std::string record = to_json(*left);
    left_.push_back({std::move(*left), std::move(record), given.hash_holds});
    return row.seq <= end_.seq ? compare(given, left_.back().row) : take_next(given, left_.back());
  }

  // The row behind the last; `kept`, which lives until the end, is what may stay of it.
  Expected<RowAnswer> take_next(const CheckedRow& given, const CheckedRow& kept) {
    const JournalRow& row = given.row;
    if (forgetting_.was_purged) return put_aside_unread(row);
    if (!given.hash_holds && speaks_later_ && !row.erased) return leave_with_sender(row.seq);
    if (!given.hash_holds && !is_left_of_erasure(row))
      return put_aside(kept, "its hash is not that of its contents", "bad_hash");
    if (end_.hash && row.prev_hash != *end_.hash) {
      return put_aside(kept, "it does not follow the row before it", "broken_chain");
    }
    if (auto moved = touch_those_placed_anew(row); !moved) return tl::make_unexpected(moved.error());
    if (device_.is_hub && kept.row.rule == kBarred && !kept.row.target.empty())
      told_by_venue_.push_back(barred_subject(kept.row.target));
    end_ = {row.seq, row.hash};
    taken_.push_back({&kept.row, kept.record});
    if (kept.row.erased) erased_.push_back(kept.row);
    if (!kept.row.attendee.empty()) touched_.insert(kept.row.attendee);
    if (kept.row.kind == RowKind::admitted) admitted_.push_back(&kept.row);
    return RowAnswer{row.seq, RowAnswerKind::accepted, 0, ""};  // its place is known when it is appended
  }

  // All that were taken since this was last called, at once: a database far away is asked once for them.
  Expected<void> append_taken() {
    if (taken_.empty()) return {};
    const auto places = store_.append_all(taken_, now_);
    if (!places) return tl::make_unexpected(places.error());
    taken_.clear();
    auto place = places->begin();
    for (; place != places->end(); ++next_unplaced_) {
      RowAnswer& answer = answers_.at(next_unplaced_);
      if (answer.kind == RowAnswerKind::accepted) answer.hub_seq = *place++;
    }
    return {};
  }

  // Nothing of it is kept but its place, so that the device has no more to send.
  Expected<RowAnswer> put_aside_unread(const JournalRow& row) {
    if (auto kept = store_.set_aside({row.device, row.seq, row.hash, std::string(kWasPurged), ""}, now_);
        !kept)
      return tl::make_unexpected(kept.error());
    end_ = {row.seq, row.hash};
    return rejected(row.seq, std::string(kWasPurged));
  }

  // The first row of a boot that knows the time tells of when those before it were (order.hpp): what they
  // contradict may be something else now.
  Expected<void> touch_those_placed_anew(const JournalRow& row) {
    if (!row.offset_ms || row.boot_id.empty() || row.boot_id == told_boot_) return {};
    told_boot_ = row.boot_id;
    if (auto appended = append_taken(); !appended) return appended;
    std::uint64_t chunk = 1;  // mostly the row before knew it already
    for (std::uint64_t end = row.seq - 1; end > 0; chunk = kMaxBatchRows) {
      const std::uint64_t from = end > chunk ? end - chunk : 0;
      const auto rows = store_.rows_of_device(device_.id, from, static_cast<std::size_t>(end - from));
      if (!rows) return tl::make_unexpected(rows.error());
      for (auto earlier = rows->rbegin(); earlier != rows->rend(); ++earlier) {
        if (earlier->seq > end) continue;  // behind one that was set aside
        if (earlier->offset_ms || earlier->boot_id != row.boot_id) return {};
        if (!earlier->attendee.empty()) touched_.insert(earlier->attendee);
      }
      end = from;
    }
    return {};
  }

  Expected<RowAnswer> compare(const CheckedRow& given, const JournalRow& kept) {
    const JournalRow& row = given.row;
    if (auto appended = append_taken(); !appended) return tl::make_unexpected(appended.error());
    const auto known = store_.known_row(device_.id, row.seq);
    if (!known) return tl::make_unexpected(known.error());
    if (!*known) return fail(Error::Kind::corrupt, "a hole in the journal of " + device_.id);
    // Of what an erasure has left, the hash names the row that it was.
    const bool is_named_rightly = given.hash_holds || row.erased;
    if ((*known)->hash == row.hash && is_named_rightly && (*known)->hub_seq > 0) {
      return RowAnswer{row.seq, RowAnswerKind::known, (*known)->hub_seq, ""};
    }
    if ((*known)->hub_seq == 0) return rejected(row.seq, (*known)->why);
    findings_.push_back(
        {"differs:" + row.device + ":" + std::to_string(row.seq), "row_differs",
         row.device + " sent another row " + std::to_string(row.seq) + " than it had sent before", kept});
    return rejected(row.seq, "differs from the row known");
  }

  // A row that can never be taken. It is kept, people hear of it, and the rows behind it are not held up.
  Expected<RowAnswer> put_aside(const CheckedRow& aside, const std::string& why, const std::string& rule) {
    const JournalRow& row = aside.row;
    if (auto kept = store_.set_aside({row.device, row.seq, row.hash, why, aside.record}, now_); !kept) {
      return tl::make_unexpected(kept.error());
    }
    end_ = {row.seq, row.hash};
    findings_.push_back({rule + ":" + row.device + ":" + std::to_string(row.seq), rule,
                         "row " + std::to_string(row.seq) + " of " + row.device + " was not taken: " + why,
                         row});
    return rejected(row.seq, why);
  }

  Expected<RowAnswer> take_unreadable(const RowAnswer& bad) {
    if (bad.seq == 0) return bad;
    if (bad.seq > end_.seq + 1) return gap(bad.seq);
    if (bad.seq == end_.seq + 1) {
      if (speaks_later_) return leave_with_sender(bad.seq);
      if (auto kept = store_.set_aside({device_.id, bad.seq, std::nullopt, bad.why, ""}, now_); !kept) {
        return tl::make_unexpected(kept.error());
      }
      end_ = {bad.seq, std::nullopt};
      findings_.push_back(
          {"unreadable:" + device_.id + ":" + std::to_string(bad.seq), "unreadable_row",
           "row " + std::to_string(bad.seq) + " of " + device_.id + " cannot be read: " + bad.why,
           JournalRow{}});
    }
    return bad;
  }

  // It is no row gone bad, but one of a later version: it and those behind it stay where they are safe.
  RowAnswer leave_with_sender(std::uint64_t seq) {
    findings_.push_back({"later:" + device_.id + ":" + std::to_string(kWireVersion), "hub_is_older",
                         device_.id + " is of a later version than this hub: its rows from " +
                             std::to_string(seq) + " on wait there until the hub is updated",
                         JournalRow{}});
    return rejected(seq, "of a later version than this hub: it waits until the hub is updated");
  }

  // A row that the venue's hub has set aside, and has told people of.
  Expected<RowAnswer> take_aside(const AsideRow& row) {
    if (row.seq > end_.seq + 1) return gap(row.seq);
    if (row.seq == end_.seq + 1) {
      if (auto kept = store_.set_aside({device_.id, row.seq, row.hash, row.why, row.record}, now_); !kept) {
        return tl::make_unexpected(kept.error());
      }
      end_ = {row.seq, row.hash};
    }
    return rejected(row.seq, row.why);
  }

  // Some at a time: a database is asked once for all of them.
  Expected<void> find_contradictions(const EntryRules& rules) {
    // By whom they are and not by what their rows call them: that is the order in which they are waited for.
    std::set<std::string> holders;
    for (const std::string& name : touched_) {
      auto who = store_.holder(name);
      if (!who) return tl::make_unexpected(who.error());
      holders.insert(std::move(*who));
    }
    const auto people = store_.those_with_several_rows({holders.begin(), holders.end()});
    if (!people) return tl::make_unexpected(people.error());
    for (std::size_t next = 0; next < people->size(); next += kMaxAttendeesAtOnce) {
      const std::size_t end = std::min(people->size(), next + kMaxAttendeesAtOnce);
      const std::vector<std::string> some(people->begin() + static_cast<std::ptrdiff_t>(next),
                                          people->begin() + static_cast<std::ptrdiff_t>(end));
      const auto rows = store_.rows_of_attendees(some, kMaxRowsPerAttendee);
      if (!rows) return tl::make_unexpected(rows.error());
      for (const std::vector<JournalRow>& theirs : *rows) find_contradictions_in(theirs, rules);
    }
    return {};
  }

  void find_contradictions_in(const std::vector<JournalRow>& rows, const EntryRules& rules) {
    for (const Conflict& conflict : find_conflicts(rows, rules)) {
      if (!is_ours_to_say(conflict.earlier.row.device, conflict.later.row.device, self_)) continue;
      const auto key = [](const JournalRow& row) { return row.device + ":" + std::to_string(row.seq); };
      const std::string rule(to_name(conflict.kind));
      // One alert for the pair: which of the two was first may come out otherwise when more is known.
      const auto [one, other] = std::minmax({key(conflict.earlier.row), key(conflict.later.row)});
      std::string subject = rule;
      subject.append(":").append(one).append(":").append(other);
      findings_.push_back({std::move(subject), rule, describe(conflict, rules.calendar), conflict.later.row});
    }
  }

  // The hub said no before the kiosk had heard of it: the admission stands as a fact, and people look at it.
  Expected<void> find_barred() {
    std::vector<std::string> holders;
    for (const JournalRow* row : admitted_) {
      auto who = store_.holder(row->attendee);
      if (!who) return tl::make_unexpected(who.error());
      holders.push_back(std::move(*who));
    }
    const auto known = store_.attendees_of(holders);
    if (!known) return tl::make_unexpected(known.error());
    std::map<std::string_view, Status> status_of;
    for (const Attendee& attendee : *known) status_of.emplace(attendee.id, attendee.status);
    for (std::size_t i = 0; i < admitted_.size(); ++i) {
      const JournalRow& row = *admitted_[i];
      const auto found = status_of.find(holders[i]);
      if (found == status_of.end()) continue;
      const Status status = found->second;
      if (status != Status::blocked && status != Status::withdrawn) continue;
      findings_.push_back(
          {barred_subject(row.id), std::string(kBarred),
           holders[i] + " was admitted at " + row.checkpoint + " and is " + std::string(to_name(status)),
           row});
    }
    return {};
  }

  Expected<void> raise_alerts() {
    if (touched_.empty() && findings_.empty() && told_by_venue_.empty()) return {};
    const auto founding = store_.founding();
    if (!founding) return tl::make_unexpected(founding.error());
    if (*founding) self_ = (*founding)->name;
    if (!touched_.empty()) {
      const auto rules = store_.entry_rules();
      if (!rules) return tl::make_unexpected(rules.error());
      if (auto found = find_contradictions(**rules); !found) return found;
      if (auto found = find_barred(); !found) return found;
    }
    // What a venue's hub has told of is not said again: its alert comes before the row that it is about.
    // Claimed only now, as all wait for people first, and for the hub's own chain behind that.
    for (const std::string& subject : told_by_venue_) {
      if (auto claimed = store_.claim_alert(subject); !claimed) return tl::make_unexpected(claimed.error());
    }
    for (const Finding& finding : findings_) {
      if (auto raised = raise(finding); !raised) return raised;
    }
    return {};
  }

  Expected<void> raise(const Finding& finding) {
    const auto first = store_.claim_alert(finding.subject);
    if (!first) return tl::make_unexpected(first.error());
    if (!*first) return {};
    JournalRow alert;
    alert.kind = RowKind::alert;
    alert.attendee = finding.about.attendee;
    alert.checkpoint = finding.about.checkpoint;
    alert.zone = finding.about.zone;
    alert.rule = finding.rule;
    if (finding.rule == kBarred) alert.target = finding.about.id;
    alert.detail = finding.detail;
    const auto appended = append_own_row(store_, std::move(alert), now_, random_);
    if (!appended) return tl::make_unexpected(appended.error());
    return {};
  }

  const Device& device_;
  HubStore& store_;
  Timestamp now_;
  const Random& random_;
  std::string self_{kHubDevice};  // in whose chain this hub's alerts stand
  ChainEnd end_;
  Forgetting forgetting_;
  bool speaks_later_{false};                       // than this hub
  bool takes_what_is_left_{false};                 // of rows, by erasures
  std::map<std::string, std::string> pseudonyms_;  // of ids in the rows, by id
  std::deque<CheckedRow> left_;                    // of rows that speak of people who were erased
  std::vector<RowAnswer> answers_;
  std::vector<NewRow> taken_;       // and not appended yet
  std::size_t next_unplaced_{0};    // of the answers: those before it have their places
  std::vector<JournalRow> erased_;  // of those taken
  std::set<std::string> touched_;
  std::string told_boot_;  // the last whose rows know the time
  std::vector<const JournalRow*> admitted_;
  std::vector<Finding> findings_;
  std::vector<std::string> told_by_venue_;  // subjects of alerts
};

}  // namespace

CheckedUpload checked(ParsedUpload upload) {
  CheckedUpload result{{}, std::move(upload.bad), std::move(upload.set_aside), upload.wire};
  result.rows.reserve(upload.rows.size());
  for (JournalRow& row : upload.rows) {
    const bool hash_holds = chain_hash(row) == row.hash;
    row.erased = !hash_holds && is_stub(row);  // and of a whole row it is the hub's to say
    std::string record = to_json(row);
    result.rows.push_back({std::move(row), std::move(record), hash_holds});
  }
  return result;
}

Expected<UploadAnswer> take_rows(const CheckedUpload& upload, const Device& device, HubStore& store,
                                 Timestamp now, const Random& random) {
  UploadAnswer answer;
  const auto done = store.transact([&]() -> Expected<void> {
    auto taken = Upload(device, store, now, random).take(upload);
    if (!taken) return tl::make_unexpected(taken.error());
    answer = std::move(*taken);
    return {};
  });
  if (!done) return tl::make_unexpected(done.error());
  return answer;
}

}  // namespace lanyard::sync::hub
