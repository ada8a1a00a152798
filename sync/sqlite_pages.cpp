#include "sync/sqlite_pages.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace lanyard::sync {

namespace {

constexpr std::uint32_t kUsualPageSize = 4096;
constexpr std::size_t kHeadBytes = 100;  // of the file, before the tree of page 1
constexpr std::size_t kWalHeadBytes = 32;
constexpr std::size_t kFrameHeadBytes = 24;
constexpr std::uint32_t kWalMagic = 0x377f0682;  // its last bit: checksums go by big-endian words
constexpr std::uint8_t kIndexInterior = 2;
constexpr std::uint8_t kTableInterior = 5;
constexpr std::uint8_t kIndexLeaf = 10;
constexpr std::uint8_t kTableLeaf = 13;

std::uint64_t big_endian(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value = value << 8 | static_cast<std::uint8_t>(bytes[at + i]);
  return value;
}
std::uint32_t u32(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint32_t>(big_endian(bytes, at, 4));
}
std::uint32_t u16(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint32_t>(big_endian(bytes, at, 2));
}

bool is_page_size(std::uint32_t size) {
  return size >= 512 && size <= 65536 && std::has_single_bit(size);
}

// SQLite's varint: 7 bits a byte, the highest first, and all 8 of the ninth. Moves `at` behind it.
std::optional<std::uint64_t> varint(std::string_view bytes, std::size_t& at) {
  std::uint64_t value = 0;
  for (int i = 0; i < 9; ++i) {
    if (at >= bytes.size()) return std::nullopt;
    const auto byte = static_cast<std::uint8_t>(bytes[at++]);
    if (i == 8) return value << 8 | byte;
    value = value << 7 | (byte & 0x7f);
    if ((byte & 0x80) == 0) return value;
  }
  return std::nullopt;
}

// The two running sums of the log's frames.
struct WalSums {
  std::uint32_t first{0};
  std::uint32_t second{0};
  friend bool operator==(const WalSums&, const WalSums&) = default;
};
WalSums added(WalSums sums, std::string_view bytes, bool big) {
  for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
    const auto word = [&](std::size_t where) {
      const std::uint32_t value = u32(bytes, where);
      return big ? value : __builtin_bswap32(value);
    };
    sums.first += word(at) + sums.second;
    sums.second += word(at + 4) + sums.first;
  }
  return sums;
}

SqliteValue value_of(std::string_view bytes, std::uint64_t type) {
  static constexpr std::size_t kIntegerBytes[] = {0, 1, 2, 3, 4, 6, 8};
  if (type == 0 || type == 7) return SqliteValue{};
  if (type == 8 || type == 9) return SqliteValue{static_cast<std::int64_t>(type - 8)};
  if (type <= 6) {
    const std::size_t count = kIntegerBytes[type];
    std::uint64_t value = big_endian(bytes, 0, count);
    const bool negative = count < 8 && (value >> (8 * count - 1) & 1) != 0;
    if (negative) value |= ~std::uint64_t{0} << (8 * count);
    return SqliteValue{std::bit_cast<std::int64_t>(value)};
  }
  if (type % 2 == 0) return SqliteValue{SqliteBlob{std::string(bytes)}};
  return SqliteValue{std::string(bytes)};
}

std::optional<std::size_t> bytes_of_type(std::uint64_t type) {
  static constexpr std::size_t kFixed[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0};
  if (type < 10) return kFixed[type];
  if (type < 12 || type > 2 * kMaxRecordBytes) return std::nullopt;  // 10 and 11 are for SQLite's own use
  return static_cast<std::size_t>((type - 12) / 2);
}

std::optional<SqliteRecord> record_of(std::string_view payload) {
  std::size_t at = 0;
  const auto head = varint(payload, at);
  if (!head || *head < at || *head > payload.size()) return std::nullopt;
  const auto head_bytes = static_cast<std::size_t>(*head);
  std::size_t body = head_bytes;
  SqliteRecord record;
  while (at < head_bytes) {
    const auto type = varint(payload.substr(0, head_bytes), at);
    const auto size = type ? bytes_of_type(*type) : std::nullopt;
    if (!size || *size > payload.size() - body || record.size() >= kMaxRecordColumns) return std::nullopt;
    record.push_back(value_of(payload.substr(body, *size), *type));
    body += *size;
  }
  if (body != payload.size()) return std::nullopt;
  return record;
}

}  // namespace

std::uint32_t page_size_of(const SqliteBytes& database) {
  const std::string head = database.read(0, kHeadBytes);
  if (head.size() < kHeadBytes || !head.starts_with("SQLite format 3")) return kUsualPageSize;
  const std::uint32_t said = u16(head, 16);
  const std::uint32_t size = said == 1 ? 65536 : said;
  return is_page_size(size) ? size : kUsualPageSize;
}

WalFrames read_wal(const SqliteBytes& wal, std::uint32_t page_size) {
  WalFrames frames;
  const std::string head = wal.read(0, kWalHeadBytes);
  if (head.size() < kWalHeadBytes) return frames;
  const std::uint32_t magic = u32(head, 0);
  const bool big = (magic & 1) != 0;
  WalSums sums = added({}, std::string_view(head).substr(0, 24), big);
  const bool is_whole = (magic & ~1U) == kWalMagic && is_page_size(u32(head, 8)) &&
                        sums == WalSums{u32(head, 24), u32(head, 28)};
  frames.page_size = is_whole ? u32(head, 8) : page_size;
  if (!is_page_size(frames.page_size)) return {};
  const std::uint64_t frame_bytes = kFrameHeadBytes + frames.page_size;
  bool is_sound = is_whole;
  std::map<std::uint32_t, std::uint64_t> uncommitted;
  for (std::uint64_t at = kWalHeadBytes; at + frame_bytes <= wal.size; at += frame_bytes) {
    const std::string frame = wal.read(at, static_cast<std::size_t>(frame_bytes));
    if (frame.size() < frame_bytes) {  // cannot be read: the others may be
      is_sound = false;
      continue;
    }
    const std::string_view bytes = frame;
    const std::uint64_t content = at + kFrameHeadBytes;
    frames.all.push_back(content);
    // Of a head that cannot be read nobody knows which frames are its own.
    const bool of_this_log = !is_whole || bytes.substr(8, 8) == std::string_view(head).substr(16, 8);
    sums = added(added(sums, bytes.substr(0, 8), big), bytes.substr(kFrameHeadBytes), big);
    is_sound = is_sound && of_this_log && sums == WalSums{u32(bytes, 16), u32(bytes, 20)};
    if (!is_sound) {
      if (!of_this_log) continue;
      frames.behind_break.push_back(content);
      frames.newest_behind_break[u32(bytes, 0)] = content;
      continue;
    }
    uncommitted[u32(bytes, 0)] = content;
    if (u32(bytes, 4) == 0) continue;  // not the last of its transaction
    for (const auto& [page, where] : uncommitted) frames.committed[page] = where;
    uncommitted.clear();
  }
  return frames;
}

SqlitePages::SqlitePages(const SqliteBytes& database, const SqliteBytes& wal)
    : database_(database),
      wal_(wal),
      frames_(read_wal(wal, page_size_of(database))),
      page_size_(frames_.page_size != 0 ? frames_.page_size : page_size_of(database)),
      count_(static_cast<std::uint32_t>(database.size / page_size_)) {
  if (!frames_.committed.empty()) count_ = std::max(count_, frames_.committed.rbegin()->first);
}

SqlitePage SqlitePages::page_in_log(std::uint64_t at) const {
  return wal_.read(at, page_size_);
}

SqlitePage SqlitePages::page(std::uint32_t number, Chains chains) const {
  const auto behind = frames_.newest_behind_break.find(number);
  if (chains == Chains::behind_break && behind != frames_.newest_behind_break.end())
    return page_in_log(behind->second);
  const auto newer = frames_.committed.find(number);
  if (newer != frames_.committed.end()) return page_in_log(newer->second);
  if (number == 0) return {};
  return database_.read(std::uint64_t{number - 1} * page_size_, page_size_);
}

void SqlitePages::each_record(const TakeRecord& take) const {
  // Page 1 has the schema, and its tree begins behind the file's head: nothing of ours stands in it.
  for (std::uint32_t number = 2; number <= count_; ++number) records_of(page(number), take);
}

void SqlitePages::each_older_record(const TakeRecord& take) const {
  // What is long goes on in pages of which either content may be the right one: the taker can tell.
  for (const Chains chains : {Chains::committed, Chains::behind_break}) {
    if (chains == Chains::behind_break && frames_.behind_break.empty()) continue;
    for (auto at = frames_.all.rbegin(); at != frames_.all.rend(); ++at)
      records_of(page_in_log(*at), take, chains);
  }
  for (const auto& [number, where] : frames_.committed) {
    if (number > 1) records_of(database_.read(std::uint64_t{number - 1} * page_size_, page_size_), take);
  }
}

void SqlitePages::each_record_behind_break(const TakeRecord& take) const {
  for (const std::uint64_t at : frames_.behind_break) records_of(page_in_log(at), take, Chains::behind_break);
}

void SqlitePages::records_of(const SqlitePage& page, const TakeRecord& take, Chains chains) const {
  if (page.size() < page_size_) return;
  const auto kind = static_cast<std::uint8_t>(page[0]);
  if (kind == kTableInterior) return;
  if (kind == kTableLeaf || kind == kIndexLeaf || kind == kIndexInterior)
    return cells_of(page, kind, take, chains);
  // Of another kind: empty, of an overflow chain, or a page whose first byte is what was damaged.
  cells_of(page, kTableLeaf, take, chains);
  cells_of(page, kIndexLeaf, take, chains);
}

void SqlitePages::cells_of(std::string_view page, std::uint8_t kind, const TakeRecord& take,
                           Chains chains) const {
  const std::size_t head = kind == kIndexInterior ? 12 : 8;
  const std::size_t before = kind == kIndexInterior ? 4 : 0;  // of a cell: the child page
  // As many as are said, or as there is room for before the first cell: one of the two may be damaged.
  const std::uint32_t content = u16(page, 5);
  const std::size_t room = content > head ? (content - head) / 2 : 0;
  const std::size_t most =
      std::min<std::size_t>(std::max<std::size_t>(u16(page, 3), room), (page.size() - head) / 2);
  for (std::size_t i = 0; i < most; ++i) {
    const std::size_t at = u16(page, head + 2 * i);
    if (at < head || at + before >= page.size()) continue;
    const bool of_index = kind != kTableLeaf;
    if (const auto record = record_at(page, at + before, of_index, chains)) take(*record, of_index);
  }
}

std::optional<SqliteRecord> SqlitePages::record_at(std::string_view page, std::size_t at, bool of_index,
                                                   Chains chains) const {
  const auto size = varint(page, at);
  if (!size || *size == 0 || *size > kMaxRecordBytes) return std::nullopt;
  if (!of_index && !varint(page, at)) return std::nullopt;  // the rowid
  const auto whole = static_cast<std::size_t>(*size);
  // What of a record stands in its cell, by the format's section 1.6; no store of ours reserves bytes at a
  // page's end.
  const std::size_t most = of_index ? (page_size_ - 12) * 64 / 255 - 23 : page_size_ - 35;
  std::size_t here = whole;
  if (whole > most) {
    const std::size_t least = (page_size_ - 12) * 32 / 255 - 23;
    here = least + (whole - least) % (page_size_ - 4);
    if (here > most) here = least;
  }
  if (at + here > page.size()) return std::nullopt;
  if (here == whole) return record_of(page.substr(at, here));
  if (at + here + 4 > page.size()) return std::nullopt;
  std::string payload(page.substr(at, here));
  std::uint32_t next = u32(page, at + here);
  while (payload.size() < whole) {
    const SqlitePage more = next == 0 ? SqlitePage() : this->page(next, chains);
    if (more.size() < page_size_) return std::nullopt;
    payload.append(more, 4, std::min<std::size_t>(whole - payload.size(), page_size_ - 4));
    next = u32(more, 0);
  }
  return record_of(payload);
}

}  // namespace lanyard::sync
