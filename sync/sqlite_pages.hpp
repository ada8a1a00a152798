// Reads what can still be read of a SQLite file that SQLite itself refuses: record by record, page by page,
// without the trees that lead to them. Of the format (https://www.sqlite.org/fileformat2.html) it knows the
// leaves, their records and overflow chains, and the write-ahead log; text is UTF-8. It believes nothing:
// whoever takes a record has to know it again, and to tell by its contents that it is whole.
// PURE over the bytes that it is handed. Threads: reentrant.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace lanyard::sync {

// A file of bytes: up to `most` from `offset` on; fewer at its end, none where it cannot be read.
using ReadAt = std::function<std::string(std::uint64_t offset, std::size_t most)>;

struct SqliteBytes {
  std::uint64_t size{0};
  ReadAt read;
};

// NULL and real numbers are monostate: no table of ours has anything to say by either but "nothing".
struct SqliteBlob {
  std::string bytes;
};
using SqliteValue = std::variant<std::monostate, std::int64_t, std::string, SqliteBlob>;
using SqliteRecord = std::vector<SqliteValue>;

inline constexpr std::size_t kMaxRecordBytes = 4UL * 1024 * 1024;  // longer than any row of ours
inline constexpr std::size_t kMaxRecordColumns = 64;

// A page's bytes: of the database or of a frame of its log.
using SqlitePage = std::string;

// What the log says of its database's pages.
struct WalFrames {
  std::uint32_t page_size{0};  // bytes; 0: no log, or its head cannot be read
  // Of each page, where in the file its newest content lies that was committed.
  std::map<std::uint32_t, std::uint64_t> committed;
  // All contents of pages in the file: those above, older ones, and those behind a frame that is damaged.
  std::vector<std::uint64_t> all;
  // ... of the same generation as the head, and behind the frame at which a reader of the log has to stop;
  // all, if the head cannot be read.
  std::vector<std::uint64_t> behind_break;
  std::map<std::uint32_t, std::uint64_t> newest_behind_break;  // of each page there
};
// `page_size`: to go by where the head cannot be read; 0: then there is nothing to be found.
[[nodiscard]] WalFrames read_wal(const SqliteBytes& wal, std::uint32_t page_size);

// As the file's head says; 4096, which is what SQLite writes, where it says nothing that can be.
[[nodiscard]] std::uint32_t page_size_of(const SqliteBytes& database);

// Called with each record found, and whether its page is of an index or a table without rowids.
using TakeRecord = std::function<void(const SqliteRecord&, bool of_index)>;

class SqlitePages {
 public:
  // Both are borrowed for as long as this lives. A log without bytes is none.
  SqlitePages(const SqliteBytes& database, const SqliteBytes& wal);

  // As the database stands: each page as it was committed last.
  void each_record(const TakeRecord& take) const;
  // What stands in the log beside that: earlier contents of pages, and what lies behind a damaged frame. And
  // pages of the database that the log has newer ones of.
  void each_older_record(const TakeRecord& take) const;
  // What lies behind a frame of the log that is damaged, the newest last.
  void each_record_behind_break(const TakeRecord& take) const;
  [[nodiscard]] const WalFrames& frames() const { return frames_; }

 private:
  // Where the pages of an overflow chain are looked for first.
  enum class Chains : std::uint8_t { committed, behind_break };
  [[nodiscard]] SqlitePage page(std::uint32_t number, Chains chains = Chains::committed) const;
  [[nodiscard]] SqlitePage page_in_log(std::uint64_t at) const;
  void records_of(const SqlitePage& page, const TakeRecord& take, Chains chains = Chains::committed) const;
  void cells_of(std::string_view page, std::uint8_t kind, const TakeRecord& take, Chains chains) const;
  [[nodiscard]] std::optional<SqliteRecord> record_at(std::string_view page, std::size_t at, bool of_index,
                                                      Chains chains) const;

  const SqliteBytes& database_;
  const SqliteBytes& wal_;
  WalFrames frames_;
  std::uint32_t page_size_;
  std::uint32_t count_;  // pages, also of the log alone
};

}  // namespace lanyard::sync
