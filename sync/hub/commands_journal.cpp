// journal export, journal verify, alerts.
#include <algorithm>
#include <array>
#include <cstdio>
#include <set>

#include <CLI/CLI.hpp>

#include "sync/chain.hpp"
#include "sync/hub/commands.hpp"
#include "sync/hub/csv_reader.hpp"
#include "sync/hub/erase.hpp"

namespace lanyard::sync::hub {

namespace {

constexpr std::size_t kReadAtOnce = 500;

struct JournalOptions {
  std::string format{"csv"};
  std::string receipt;
};

std::string to_csv(const FeedRow& feed, const std::optional<Timestamp>& corrected) {
  const JournalRow& row = feed.row;
  const std::array cells{std::to_string(feed.hub_seq),
                         row.device,
                         std::to_string(row.seq),
                         row.id,
                         to_rfc3339(row.wall),
                         row.offset_ms ? std::to_string(*row.offset_ms) : "",
                         corrected ? to_rfc3339(*corrected) : "",
                         std::string(to_name(row.kind)),
                         row.attendee,
                         row.checkpoint,
                         row.zone,
                         row.operator_id,
                         row.rule,
                         std::to_string(row.generation),
                         std::to_string(row.roster_version),
                         row.detail,
                         row.related,
                         row.target,
                         hex(row.hash),
                         std::string(row.erased ? "erased" : "")};
  constexpr std::size_t kOffset = 5;  // a number, and often a negative one
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i)
    line += (i == 0 ? "" : ",") + (i == kOffset ? csv_field(cells[i]) : spreadsheet_field(cells[i]));
  return line;
}

int export_journal(const Common& common, const JournalOptions& options) {
  auto store = open_store(common);
  if (!store) return failed(store.error());
  const bool csv = options.format == "csv";
  if (csv) {
    (void)std::puts(
        "hub_seq,device,seq,id,wall,offset_ms,corrected,kind,attendee,checkpoint,zone,operator,rule,"
        "generation,"
        "roster_version,detail,related,target,hash,erased");
  }
  FeedCursor after;
  for (;;) {
    const auto page = (*store)->feed(after, "", kReadAtOnce);
    if (!page) return failed(page.error());
    std::vector<std::string> ids;
    if (csv)
      std::ranges::transform(page->rows, std::back_inserter(ids), [](const auto& row) { return row.row.id; });
    const auto corrected = (*store)->corrected_times(ids);
    if (!corrected) return failed(corrected.error());
    for (std::size_t i = 0; i < page->rows.size(); ++i) {
      const FeedRow& row = page->rows[i];
      (void)std::puts((csv ? to_csv(row, (*corrected)[i]) : to_json(row.row)).c_str());
    }
    if (!page->more) return kDone;
    after = page->next;
  }
}

// A device's chain may have rows set aside in it; it is checked piece by piece between them.
class Verification {
 public:
  explicit Verification(HubStore& store) : store_(store) {}

  // Which rows may be erased: a row of the hub's vouches for them, as they are now.
  Expected<void> learn_erasures() {
    const auto all = store_.erasures();
    if (!all) return tl::make_unexpected(all.error());
    for (const std::uint64_t erasure : *all) {
      const auto rows = store_.rows_erased_by(erasure);
      if (!rows) return tl::make_unexpected(rows.error());
      const auto good = is_vouched_for(store_, erasure, *rows);
      if (!good) return tl::make_unexpected(good.error());
      if (!*good) continue;
      for (const JournalRow& row : *rows) vouched_.emplace(row.device, row.seq);
    }
    return {};
  }

  // Prints one line; an error is one of the store, not of the chain.
  // `acknowledged`: so far the device says that the hub had its rows.
  Expected<void> verify(const std::string& device, std::uint64_t acknowledged) {
    const auto aside = store_.rows_set_aside(device);
    if (!aside) return tl::make_unexpected(aside.error());
    std::optional<ChainBreak> broken;
    std::optional<Digest> before = Digest{};
    std::uint64_t seq = 0;
    std::uint64_t count = 0;
    std::uint64_t erased = 0;
    auto next_aside = aside->begin();
    for (;;) {
      const auto rows = store_.rows_of_device(device, seq, kReadAtOnce);
      if (!rows) return tl::make_unexpected(rows.error());
      if (rows->empty()) break;
      for (const JournalRow& row : *rows) {
        for (; next_aside != aside->end() && next_aside->seq == seq + 1; ++next_aside) {
          before = next_aside->hash;
          seq = next_aside->seq;
        }
        // Behind a row whose hash could not be read, the chain begins anew.
        if (!broken && row.seq != seq + 1) broken = {seq + 1, "the row is missing"};
        if (!broken) broken = find_break(std::span(&row, 1), before.value_or(row.prev_hash));
        if (row.erased) ++erased;
        if (!broken && row.erased && !vouched_.contains({row.device, row.seq}))
          broken = {row.seq, "it is erased, and no erasure of the hub's vouches for what is left of it"};
        before = row.hash;
        seq = row.seq;
        ++count;
      }
    }
    for (; next_aside != aside->end() && next_aside->seq == seq + 1; ++next_aside) seq = next_aside->seq;
    if (!broken && acknowledged > seq) broken = {seq + 1, "rows that the device had sent are missing"};
    report(device, count, erased, aside->size(), broken);
    return {};
  }

  [[nodiscard]] bool all_hold() const { return all_hold_; }

 private:
  void report(const std::string& device, std::uint64_t count, std::uint64_t erased, std::size_t aside,
              const std::optional<ChainBreak>& broken) {
    std::string line = device + ": " + std::to_string(count) + " rows";
    if (erased > 0) line += ", " + std::to_string(erased) + " erased";
    if (aside > 0) line += ", " + std::to_string(aside) + " set aside";
    if (broken) {
      all_hold_ = false;
      line += ", breaks at row " + std::to_string(broken->seq) + ": " + broken->why;
    } else {
      line += ", holds";
    }
    (void)std::puts(line.c_str());
  }

  HubStore& store_;
  std::set<std::pair<std::string, std::uint64_t>> vouched_;
  bool all_hold_{true};
};

int verify_journal(const Common& common) {
  auto store = open_store(common);
  if (!store) return failed(store.error());
  const auto devices = (*store)->devices();
  if (!devices) return failed(devices.error());
  const auto purged = (*store)->purged();
  if (!purged) return failed(purged.error());
  if (*purged) return used_wrongly("the event was purged; what was kept of its chains is in: event purge");
  Verification verification(**store);
  if (auto learnt = verification.learn_erasures(); !learnt) return failed(learnt.error());
  if (auto done = verification.verify(std::string(kHubDevice), 0); !done) return failed(done.error());
  const auto founding = (*store)->founding();
  if (!founding) return failed(founding.error());
  // Of a venue's: its own chain beside the centre's.
  const std::string& name = (*founding)->name;
  if (name != kHubDevice) {
    if (auto done = verification.verify(name, 0); !done) return failed(done.error());
  }
  for (const Device& device : *devices) {
    const Heartbeat& beat = device.beat;
    const std::uint64_t acknowledged = beat.last_seq > beat.unsent ? beat.last_seq - beat.unsent : 0;
    if (auto done = verification.verify(device.id, acknowledged); !done) return failed(done.error());
  }
  return verification.all_hold() ? kDone : kFailed;
}

// What a liaison signs for: the badges of one receipt.
int print_receipt(const Common& common, const std::string& number) {
  auto store = open_store(common);
  if (!store) return failed(store.error());
  FeedCursor after;
  std::size_t count = 0;
  for (;;) {
    const auto page = (*store)->feed(after, "", kReadAtOnce);
    if (!page) return failed(page.error());
    for (const FeedRow& feed : page->rows) {
      const JournalRow& row = feed.row;
      if (row.kind != RowKind::handed_over || row.detail != number) continue;
      const auto attendee = (*store)->attendee(row.attendee);
      if (!attendee) return failed(attendee.error());
      if (count++ == 0) {
        (void)std::printf("receipt %s, %s, %s, handed over by %s to %s\n\n", number.c_str(),
                          to_rfc3339(row.wall).c_str(), row.rule.c_str(), row.operator_id.c_str(),
                          row.related.empty() ? "the bearer of a letter" : row.related.c_str());
      }
      (void)std::printf("%3zu  %-12s %s, %s\n", count, row.attendee.c_str(),
                        *attendee ? (*attendee)->name.c_str() : "not on the roster",
                        *attendee ? (*attendee)->organisation.c_str() : "");
    }
    if (!page->more) break;
    after = page->next;
  }
  if (count == 0)
    return failed({Error::Kind::invalid, "there is no receipt '" + printable(number, 60) + "'"});
  (void)std::printf("\n%zu badge(s)\n\nReceived: ______________________________\n", count);
  return kDone;
}

int print_alerts(const Common& common) {
  auto store = open_store(common);
  if (!store) return failed(store.error());
  std::int64_t after = 0;
  for (;;) {
    const auto rows = (*store)->alerts(after, kReadAtOnce);
    if (!rows) return failed(rows.error());
    if (rows->empty()) return kDone;
    for (const FeedRow& alert : *rows) {
      const JournalRow& row = alert.row;
      (void)std::printf("%s\t%s\t%s\t%s\t%s\n", to_rfc3339(row.wall).c_str(), row.device.c_str(),
                        row.rule.c_str(), row.attendee.c_str(),
                        printable(row.detail, kMaxDetailBytes).c_str());
    }
    after = rows->back().hub_seq;
  }
}

}  // namespace

void add_journal_commands(CLI::App& app, const Common& common, int& status) {
  const auto options = std::make_shared<JournalOptions>();
  auto* journal = app.add_subcommand("journal", "What happened, of all kiosks");
  journal->require_subcommand(1);
  auto* export_command = journal->add_subcommand("export", "Print all rows, in the hub's order");
  export_command->add_option("--format", options->format, "csv, or json: one object a line")
      ->check(CLI::IsMember({"csv", "json"}));
  export_command->callback([&common, &status, options] { status = export_journal(common, *options); });
  auto* verify = journal->add_subcommand("verify", "Check every kiosk's chain; fails if one is broken");
  verify->callback([&common, &status] { status = verify_journal(common); });
  auto* receipt = journal->add_subcommand("receipt", "Print the badges of one receipt, to be signed");
  receipt->add_option("NUMBER", options->receipt, "As the kiosk showed it, such as R-north-1-42")->required();
  receipt->callback([&common, &status, options] { status = print_receipt(common, options->receipt); });
  add_recover_command(*journal, common, status);
  auto* alerts = app.add_subcommand("alerts", "Print what a person should look at");
  alerts->callback([&common, &status] { status = print_alerts(common); });
}

}  // namespace lanyard::sync::hub
