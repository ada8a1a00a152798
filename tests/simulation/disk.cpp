#include "tests/simulation/disk.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include <sqlite3.h>

namespace lanyard::simulation::disk {

namespace {

struct Handle;

// What a write, or a change of the size, has overwritten.
struct Undo {
  std::size_t size_before{0};
  std::size_t at{0};
  std::size_t bytes{0};  // of `undone`, the next ones
};

struct File {
  std::string content;
  // Since the last sync, in order.
  std::vector<Undo> unsynced;
  std::string undone;
  std::vector<Handle*> handles;                      // those that have it open
  std::vector<std::unique_ptr<std::string>> shared;  // regions of memory that they share
};
using FilePtr = std::shared_ptr<File>;

struct Handle {
  sqlite3_file base;  // first: SQLite sees no more of it
  FilePtr file;
  int level{SQLITE_LOCK_NONE};
  unsigned shm_shared{0}, shm_exclusive{0};  // slots, as bits
};

std::map<std::string, FilePtr>& files() {
  static std::map<std::string, FilePtr> all;
  return all;
}

Handle& of(sqlite3_file* file) {
  return *reinterpret_cast<Handle*>(file);
}

void note(File& file, std::size_t at, std::size_t bytes) {
  const std::size_t had = at < file.content.size() ? std::min(bytes, file.content.size() - at) : 0;
  file.unsynced.push_back({file.content.size(), at, had});
  file.undone.append(file.content, std::min(at, file.content.size()), had);
}

void sync(File& file) {
  file.unsynced.clear();
  file.undone.clear();
}

// The last of the writes never was.
void undo_one(File& file) {
  const Undo last = file.unsynced.back();
  file.unsynced.pop_back();
  file.content.resize(last.size_before);
  if (last.bytes == 0) return;
  file.content.replace(last.at, last.bytes, file.undone, file.undone.size() - last.bytes, last.bytes);
  file.undone.resize(file.undone.size() - last.bytes);
}

// --- a file, as SQLite calls it (sqlite.org/c3ref/io_methods.html)
// -----------------------------------------------------

int on_close(sqlite3_file* base) {
  Handle& handle = of(base);
  auto& open = handle.file->handles;
  open.erase(std::ranges::find(open, &handle));
  handle.~Handle();
  return SQLITE_OK;
}

int on_read(sqlite3_file* base, void* to, int bytes, sqlite3_int64 from) {
  const std::string& content = of(base).file->content;
  const auto at = static_cast<std::size_t>(from);
  const auto wanted = static_cast<std::size_t>(bytes);
  const std::size_t got = at < content.size() ? std::min(wanted, content.size() - at) : 0;
  std::memcpy(to, content.data() + std::min(at, content.size()), got);
  if (got == wanted) return SQLITE_OK;
  std::memset(static_cast<char*>(to) + got, 0, wanted - got);
  return SQLITE_IOERR_SHORT_READ;
}

int on_write(sqlite3_file* base, const void* from, int bytes, sqlite3_int64 to) {
  File& file = *of(base).file;
  const auto at = static_cast<std::size_t>(to);
  const auto count = static_cast<std::size_t>(bytes);
  note(file, at, count);
  if (file.content.size() < at + count) {
    if (file.content.capacity() < at + count) file.content.reserve(2 * (at + count));
    file.content.resize(at + count);
  }
  std::memcpy(file.content.data() + at, from, count);
  return SQLITE_OK;
}

int on_truncate(sqlite3_file* base, sqlite3_int64 size) {
  File& file = *of(base).file;
  const auto to = static_cast<std::size_t>(size);
  note(file, to, file.content.size());
  file.content.resize(to);
  return SQLITE_OK;
}

int on_sync(sqlite3_file* base, int) {
  sync(*of(base).file);
  return SQLITE_OK;
}

int on_size(sqlite3_file* base, sqlite3_int64* size) {
  *size = static_cast<sqlite3_int64>(of(base).file->content.size());
  return SQLITE_OK;
}

bool another_holds(const Handle& handle, int least) {
  return std::ranges::any_of(handle.file->handles,
                             [&](const Handle* one) { return one != &handle && one->level >= least; });
}

int on_lock(sqlite3_file* base, int level) {
  Handle& handle = of(base);
  if (handle.level >= level) return SQLITE_OK;
  if (another_holds(handle, level == SQLITE_LOCK_SHARED ? SQLITE_LOCK_PENDING : SQLITE_LOCK_RESERVED))
    return SQLITE_BUSY;
  if (level == SQLITE_LOCK_EXCLUSIVE && another_holds(handle, SQLITE_LOCK_SHARED)) {
    handle.level = SQLITE_LOCK_PENDING;
    return SQLITE_BUSY;
  }
  handle.level = level;
  return SQLITE_OK;
}

int on_unlock(sqlite3_file* base, int level) {
  of(base).level = std::min(of(base).level, level);
  return SQLITE_OK;
}

int on_check_reserved(sqlite3_file* base, int* held) {
  *held = of(base).level >= SQLITE_LOCK_RESERVED || another_holds(of(base), SQLITE_LOCK_RESERVED) ? 1 : 0;
  return SQLITE_OK;
}

int on_control(sqlite3_file*, int, void*) {
  return SQLITE_NOTFOUND;
}

int on_sector_size(sqlite3_file*) {
  constexpr int kSectorBytes = 4096;
  return kSectorBytes;
}

int on_characteristics(sqlite3_file*) {
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;  // as SQLite takes any disk to be
}

int on_shm_map(sqlite3_file* base, int region, int bytes, int extend, void volatile** memory) {
  auto& shared = of(base).file->shared;
  const auto index = static_cast<std::size_t>(region);
  *memory = nullptr;
  if (index >= shared.size() && extend == 0) return SQLITE_OK;
  while (shared.size() <= index)
    shared.push_back(std::make_unique<std::string>(static_cast<std::size_t>(bytes), '\0'));
  *memory = shared[index]->data();
  return SQLITE_OK;
}

int on_shm_lock(sqlite3_file* base, int first, int count, int flags) {
  Handle& handle = of(base);
  const unsigned slots = ((1U << static_cast<unsigned>(count)) - 1U) << static_cast<unsigned>(first);
  if ((flags & SQLITE_SHM_UNLOCK) != 0) {
    handle.shm_shared &= ~slots;
    handle.shm_exclusive &= ~slots;
    return SQLITE_OK;
  }
  const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  for (const Handle* other : handle.file->handles) {
    if (other == &handle) continue;
    if ((other->shm_exclusive & slots) != 0 || (exclusive && (other->shm_shared & slots) != 0))
      return SQLITE_BUSY;
  }
  (exclusive ? handle.shm_exclusive : handle.shm_shared) |= slots;
  return SQLITE_OK;
}

void on_shm_barrier(sqlite3_file*) {}

// Memory is shared as long as anybody has the file open: whoever comes next reads the log.
int on_shm_unmap(sqlite3_file* base, int) {
  Handle& handle = of(base);
  handle.shm_shared = handle.shm_exclusive = 0;
  if (handle.file->handles.size() == 1) handle.file->shared.clear();
  return SQLITE_OK;
}

const sqlite3_io_methods& methods() {
  static const sqlite3_io_methods all = [] {
    sqlite3_io_methods made{};
    made.iVersion = 2;
    made.xClose = on_close;
    made.xRead = on_read;
    made.xWrite = on_write;
    made.xTruncate = on_truncate;
    made.xSync = on_sync;
    made.xFileSize = on_size;
    made.xLock = on_lock;
    made.xUnlock = on_unlock;
    made.xCheckReservedLock = on_check_reserved;
    made.xFileControl = on_control;
    made.xSectorSize = on_sector_size;
    made.xDeviceCharacteristics = on_characteristics;
    made.xShmMap = on_shm_map;
    made.xShmLock = on_shm_lock;
    made.xShmBarrier = on_shm_barrier;
    made.xShmUnmap = on_shm_unmap;
    return made;
  }();
  return all;
}

// --- the disks (sqlite.org/c3ref/vfs.html)
// -----------------------------------------------------------------------------

int on_open(sqlite3_vfs*, const char* name, sqlite3_file* base, int flags, int* flags_out) {
  base->pMethods = nullptr;
  FilePtr file;
  if (name == nullptr) {
    file = std::make_shared<File>();
  } else if (const auto found = files().find(name); found != files().end()) {
    file = found->second;
  } else {
    if ((flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
    file = files().emplace(name, std::make_shared<File>()).first->second;
  }
  auto* handle = new (base) Handle{};
  handle->file = std::move(file);
  handle->file->handles.push_back(handle);
  handle->base.pMethods = &methods();
  if (flags_out != nullptr) *flags_out = flags;
  return SQLITE_OK;
}

int on_delete(sqlite3_vfs*, const char* name, int) {
  return files().erase(name) > 0 ? SQLITE_OK : SQLITE_IOERR_DELETE_NOENT;
}

// SQLite asks whether there is a log or a journal: an empty one is none.
int on_access(sqlite3_vfs*, const char* name, int flags, int* there) {
  const auto found = files().find(name);
  *there = found != files().end() && (flags != SQLITE_ACCESS_EXISTS || !found->second->content.empty());
  return SQLITE_OK;
}

int on_full_path(sqlite3_vfs*, const char* name, int bytes, char* out) {
  sqlite3_snprintf(bytes, out, "%s", name);
  return SQLITE_OK;
}

// Nothing here comes from the world outside of the simulation.
int on_randomness(sqlite3_vfs*, int bytes, char* out) {
  std::memset(out, 0, static_cast<std::size_t>(bytes));
  return bytes;
}

int on_sleep(sqlite3_vfs*, int microseconds) {
  return microseconds;
}

int on_time(sqlite3_vfs*, sqlite3_int64* julian_ms) {
  constexpr sqlite3_int64 kSomeDay = 212'000'000'000'000;
  *julian_ms = kSomeDay;
  return SQLITE_OK;
}

int on_last_error(sqlite3_vfs*, int, char*) {
  return 0;
}

void told(int result) {
  if (result != SQLITE_OK) throw std::runtime_error("SQLite does not take the simulated disks");
}

File& closed(const std::filesystem::path& name) {
  const auto found = files().find(name.string());
  if (found == files().end() || !found->second->handles.empty())
    throw std::runtime_error("there is no such file on the disks, or it is open: " + name.string());
  return *found->second;
}

}  // namespace

void mount() {
  static sqlite3_vfs vfs{};
  if (vfs.zName != nullptr) return;
  // One thread, as documented: no locks of memory, and no counting of it.
  told(sqlite3_config(SQLITE_CONFIG_SINGLETHREAD));
  told(sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0));
  constexpr int kMostOfPath = 512;
  vfs.iVersion = 2;
  vfs.szOsFile = sizeof(Handle);
  vfs.mxPathname = kMostOfPath;
  vfs.zName = "simulated disks";
  vfs.xOpen = on_open;
  vfs.xDelete = on_delete;
  vfs.xAccess = on_access;
  vfs.xFullPathname = on_full_path;
  vfs.xRandomness = on_randomness;
  vfs.xSleep = on_sleep;
  vfs.xCurrentTimeInt64 = on_time;
  vfs.xGetLastError = on_last_error;
  told(sqlite3_vfs_register(&vfs, 1));
}

void clear() {
  files().clear();
}

void copy(const std::filesystem::path& from, const std::filesystem::path& to) {
  const File& source = closed(from);
  auto target = std::make_shared<File>();
  target->content = source.content;
  files()[to.string()] = std::move(target);
}

void remove(const std::filesystem::path& file) {
  files().erase(file.string());
}

void lose_power(const std::filesystem::path& folder, Dice& dice) {
  const std::string within = folder.string() + "/";
  for (auto found = files().lower_bound(within); found != files().end() && found->first.starts_with(within);
       ++found) {
    File& file = closed(found->first);
    for (std::uint64_t lost = dice.below(file.unsynced.size() + 1); lost > 0; --lost) undo_one(file);
    sync(file);
  }
}

}  // namespace lanyard::simulation::disk
