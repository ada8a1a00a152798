// journal recover.
#include <cstdio>
#include <map>

#include <CLI/CLI.hpp>

#include "sync/hub/commands.hpp"
#include "sync/hub/hub.hpp"
#include "sync/sealed_rows.hpp"

namespace lanyard::sync::hub {

namespace {

struct Recovered {
  std::size_t taken{0};
  std::size_t known{0};
  std::size_t rejected{0};
};

// Sealed for one of the hub's keys, and it does not say for which.
Expected<SealedRows> open_with_any(std::string_view sealed, const std::vector<SecretKey>& keys) {
  Expected<SealedRows> opened = fail(Error::Kind::refused, "this hub has no key");
  for (const SecretKey& key : keys) {
    opened = unseal(sealed, key);
    if (opened || opened.error().kind != Error::Kind::refused) break;
  }
  return opened;
}

Expected<void> take(HubStore& store, const std::string& device_id, const std::vector<JournalRow>& rows,
                    Recovered& done) {
  const auto device = store.device(device_id);
  if (!device) return tl::make_unexpected(device.error());
  if (!*device) return fail(Error::Kind::invalid, "there is no device '" + device_id + "'");
  for (std::size_t at = 0; at < rows.size(); at += kMaxBatchRows) {
    const std::size_t end = std::min(rows.size(), at + kMaxBatchRows);
    const ParsedUpload some{
        {rows.begin() + static_cast<std::ptrdiff_t>(at), rows.begin() + static_cast<std::ptrdiff_t>(end)},
        {}};
    const auto answer = take_rows(checked(some), **device, store, wall_now(), system_random());
    if (!answer) return tl::make_unexpected(answer.error());
    for (const RowAnswer& one : answer->answers) {
      if (one.kind == RowAnswerKind::accepted) ++done.taken;
      if (one.kind == RowAnswerKind::known) ++done.known;
      if (one.kind != RowAnswerKind::rejected) continue;
      ++done.rejected;
      (void)std::fprintf(stderr, "%s:%llu: %s\n", device_id.c_str(), static_cast<unsigned long long>(one.seq),
                         one.why.c_str());
    }
  }
  return {};
}

int recover(const Common& common, const std::vector<std::string>& files) {
  auto store = open_store(common);
  if (!store) return failed(store.error());
  const auto keys = (*store)->own_keys();
  if (!keys) return failed(keys.error());
  Recovered done;
  for (const std::string& file : files) {
    const auto sealed = read_file(file, kMaxSealedBytes);
    if (!sealed) return failed(sealed.error());
    auto opened = open_with_any(*sealed, *keys);
    if (!opened) return failed(opened.error().within(file));
    std::map<std::string, std::vector<JournalRow>> by_device;
    for (JournalRow& row : opened->rows) by_device[row.device].push_back(std::move(row));
    for (const auto& [device, rows] : by_device) {
      if (auto taken = take(**store, device, rows, done); !taken) return failed(taken.error().within(file));
    }
  }
  (void)std::fprintf(stderr, "%zu row(s) taken, %zu known already, %zu rejected\n", done.taken, done.known,
                     done.rejected);
  return done.rejected == 0 ? kDone : kFailed;
}

}  // namespace

void add_recover_command(CLI::App& journal, const Common& common, int& status) {
  const auto files = std::make_shared<std::vector<std::string>>();
  auto* command = journal.add_subcommand(
      "recover", "Take the rows of kiosks that forgot all before they could deliver them");
  command->add_option("FILE", *files, "undelivered-*.sealed, from the kiosk's disk; the parts in their order")
      ->required();
  command->callback([&common, &status, files] { status = recover(common, *files); });
}

}  // namespace lanyard::sync::hub
