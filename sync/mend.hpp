// A damaged store mends itself: what can be read of it goes into a new file, which takes its place, and the
// damaged one is set aside. docs/decisions.md says why so.
//
// Whoever has the store open holds a lock that it shares with the others. Whoever finds it damaged leaves a
// mark; all others see the mark, let go, and do not open it again; then one, alone, mends it. Every step can
// be cut off: the damaged file is never written to and never removed, and the next to come begins anew with
// it. Beside "store.db" there are:
//
//   store.db.users         the lock
//   store.db.to-mend       the mark
//   store.db.mending/      the damaged file and its log, while a new one is made of them
//   store.db.new           that one, until it is whole
//   store.db.aside-TIME/   what was set aside, milliseconds since 1970 UTC
//
// Threads: none shared.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "sync/error.hpp"
#include "sync/file_lock.hpp"
#include "sync/salvage.hpp"
#include "sync/store.hpp"

namespace lanyard::sync {

// A disk that damages a store again and again is no disk to go on with.
inline constexpr std::size_t kMostMends = 3;
inline constexpr std::chrono::hours kMostMendsWithin{1};
// What was set aside goes, the oldest first, down to so many, once all rows are with the hub.
inline constexpr std::size_t kKeptAside = 2;

struct Mended {
  bool was_damaged{true};   // false: another had mended it by now, and nothing was touched
  bool knows_itself{true};  // false: who it was could not be read, and it has to be set up anew
  MendNote note;
  std::filesystem::path aside;
};

// What happens on the way; either may be empty.
struct MendHooks {
  std::function<void()> alive{};                 // often: a large store takes longer than a watchdog waits
  std::function<void(const char* step)> step{};  // before each step: tests cut it off there
};

// Mends the store, whose handles this process has closed. `found_in`: the file in which damage was found at
// work (Store::file_id); without it, it is the opening that failed, and is tried once more before anything is
// done.
// Errors: unavailable, while another program has the store open: try again, it has been told; corrupt, if the
// store was mended kMostMends times lately; storage.
[[nodiscard]] Expected<Mended> mend_store(const std::filesystem::path& file, Timestamp now,
                                          const std::optional<FileId>& found_in = {},
                                          const MendHooks& hooks = {});

// In words, for the log.
[[nodiscard]] std::string described(const Mended& mended);

struct OpenedStore {
  Store store;
  std::optional<Mended> mended;  // if it had to be
};
// Opens the store, and mends it first if it is damaged.
[[nodiscard]] Expected<OpenedStore> open_or_mend(const std::filesystem::path& file, Timestamp now,
                                                 const MendHooks& hooks = {});

// Leaves the mark, of damage that was found at work in this file; nothing if another has its name by now. The
// caller closes its handles, as all others will.
[[nodiscard]] Expected<void> ask_for_mending(const std::filesystem::path& file, const FileId& found_in);

// Whether somebody has found the store damaged, and all are to let go of it. Cheap.
[[nodiscard]] bool waits_for_mending(const std::filesystem::path& file);

// The lock of one who opens the store. Errors: corrupt, if it waits to be mended, or if the file is not what
// SQLite would take it for: empty beside a full log, or with rows behind a damaged frame of that;
// unavailable.
[[nodiscard]] Expected<FileLock> hold_store(const std::filesystem::path& file);

// What was set aside of the store, the oldest first.
[[nodiscard]] std::vector<std::filesystem::path> set_aside(const std::filesystem::path& file);
// Takes the oldest of it away, down to `keep`.
[[nodiscard]] Expected<void> forget_set_aside(const std::filesystem::path& file, std::size_t keep);

}  // namespace lanyard::sync
