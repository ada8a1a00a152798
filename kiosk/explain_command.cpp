#include "kiosk/explain_command.hpp"

#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>

#include "kiosk/desk/explain.hpp"

namespace lanyard::kiosk {

namespace {

namespace hub = sync::hub;

int explain_row(const hub::Common& common, const std::string& name) {
  auto store = hub::open_store(common);
  if (!store) return hub::failed(store.error());
  const auto row = (*store)->row(name);
  if (!row) return hub::failed(row.error());
  if (!*row) {
    return hub::failed(
        {sync::Error::Kind::invalid, "there is no row '" + sync::printable(name, 60) +
                                         "': say its id, or DEVICE:SEQ, as `journal export` has them"});
  }
  const auto policy_of = [&](std::string_view id) -> std::optional<Policy> {
    auto policy = (*store)->policy(id);
    return policy ? std::move(*policy) : std::nullopt;
  };
  const Explanation explanation = explain(**row, policy_of);
  for (const std::string& line : in_words(**row, explanation)) (void)std::puts(line.c_str());
  return explanation.finding == Explanation::Finding::altered ? hub::kFailed : hub::kDone;
}

}  // namespace

void add_explain_command(CLI::App& journal, const sync::hub::Common& common, int& status) {
  const auto name = std::make_shared<std::string>();
  auto* command = journal.add_subcommand(
      "explain", "Decide a row again from what it says it was based on; fails if it comes out otherwise");
  command->add_option("ROW", *name, "The row's id, or DEVICE:SEQ")->required();
  command->callback([&common, &status, name] { status = explain_row(common, *name); });
}

}  // namespace lanyard::kiosk
