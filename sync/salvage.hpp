// What a damaged store still says, known again record by record: a row of the journal vouches for itself by
// its hash, a setting by its form, the identity by a digest of its own. Nothing is guessed: what does not
// hold is counted, and left where it is.
// PURE. Threads: reentrant.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "sync/record.hpp"
#include "sync/sqlite_pages.hpp"
#include "sync/store.hpp"

namespace lanyard::sync {

// A row of the table `journal` that says what its hash says; of one that an erasure has rewritten, whose hash
// says nothing of what is left, its form alone. nullopt: another record, or a row that was damaged.
struct FoundRow {
  JournalRow row;
  std::optional<std::int64_t> hub_seq;
};
[[nodiscard]] std::optional<FoundRow> row_of(const SqliteRecord& record);
// Whether the record was meant to be such a row, whole or not.
[[nodiscard]] bool is_meant_as_row(const SqliteRecord& record);

// By name, as the store keeps them.
using Settings = std::map<std::string, std::string, std::less<>>;
// Those that a mended store goes on with: who it is, where the hub is, what the office wants, how the clocks
// stand. Cursors are not among them: what they stand for is asked for again.
[[nodiscard]] std::optional<std::pair<std::string, std::string>> setting_of(const SqliteRecord& record);
// In which form and digest hold. An identity that does not hold is left out as a whole.
[[nodiscard]] Settings settings_that_hold(const Settings& current, const Settings& older);
// What `identity_check` is to be, of the settings that make the identity.
[[nodiscard]] std::string identity_check(const Settings& settings);

// How the setting `mended` has it.
[[nodiscard]] std::string to_text(const MendNote& note);
[[nodiscard]] std::optional<MendNote> mend_note_of(std::string_view text);

// Seqs from here on are those of rows that were written before the hub had told how far it has the rows of a
// mended store: they get their places then, and are not sent before.
inline constexpr std::uint64_t kUnplacedSeq = std::uint64_t{1} << 40;

// Takes what is found; called for each row once, in no order.
struct SalvageTaker {
  std::function<void(const Settings&)> settings;  // before any other
  std::function<void(const FoundRow&)> row;
  std::function<void(const SqliteRecord&)> other;  // a record that is neither row nor setting
};
// Of the settings first, as they say whose store it is; without an identity no row is looked for.
struct Salvaged {
  Settings settings;
  MendNote note;
};
[[nodiscard]] Salvaged salvage(const SqlitePages& pages, const SalvageTaker& take);

// Whether the log has rows that a reader of it, who stops at a damaged frame, would never come to.
[[nodiscard]] bool hides_rows(const SqlitePages& pages);

}  // namespace lanyard::sync
