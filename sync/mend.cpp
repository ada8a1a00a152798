#include "sync/mend.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sync/durable.hpp"
#include "sync/store_mend.hpp"

namespace lanyard::sync {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kAside = ".aside-";
constexpr std::string_view kFoundAtOpening = "at its opening\n";

fs::path beside(const fs::path& file, std::string_view end) {
  return fs::path(file.string() + std::string(end));
}

tl::unexpected<Error> failed(const std::string& doing, const fs::path& what) {
  return fail(Error::Kind::storage, doing + " " + what.string() + ": " + std::strerror(errno));
}

// A descriptor that is closed with the value.
class Descriptor {
 public:
  Descriptor(const fs::path& file, int flags) : fd_(::open(file.c_str(), flags | O_CLOEXEC, 0660)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

Expected<void> remove_durably(const fs::path& file) {
  if (::unlink(file.c_str()) != 0 && errno != ENOENT) return failed("removing", file);
  return folder_to_disk(file);
}

Expected<void> remove_folder(const fs::path& folder) {
  std::error_code error;
  fs::remove_all(folder, error);
  if (error) return fail(Error::Kind::storage, "removing " + folder.string() + ": " + error.message());
  return folder_to_disk(folder);
}

// The bytes of a file, piece by piece; what the disk does not give is counted.
class FileBytes {
 public:
  explicit FileBytes(const fs::path& file, std::function<void()> alive = {})
      : fd_(file, O_RDONLY), alive_(std::move(alive)) {
    struct stat found {};
    if (fd_.is_open() && ::fstat(fd_.get(), &found) == 0)
      bytes_.size = static_cast<std::uint64_t>(found.st_size);
    bytes_.read = [this](std::uint64_t offset, std::size_t most) { return read(offset, most); };
  }
  [[nodiscard]] const SqliteBytes& bytes() const { return bytes_; }
  [[nodiscard]] bool was_refused() const { return was_refused_; }

 private:
  std::string read(std::uint64_t offset, std::size_t most) {
    if (alive_) alive_();
    std::string text(most, '\0');
    if (!fd_.is_open()) return {};
    const ssize_t got = ::pread(fd_.get(), text.data(), most, static_cast<off_t>(offset));
    was_refused_ = was_refused_ || got < 0;
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
  }

  Descriptor fd_;
  std::function<void()> alive_;
  SqliteBytes bytes_;
  bool was_refused_{false};
};

std::optional<std::int64_t> time_of_aside(const fs::path& file, const fs::path& folder) {
  const std::string name = folder.filename().string();
  const std::string prefix = file.filename().string() + std::string(kAside);
  if (!name.starts_with(prefix)) return std::nullopt;
  std::int64_t when = 0;
  const char* const end = name.data() + name.size();
  const auto [behind, error] = std::from_chars(name.data() + prefix.size(), end, when);
  return error == std::errc() && behind == end ? std::optional(when) : std::nullopt;
}

bool is_mended_too_often(const fs::path& file, Timestamp now) {
  const auto folders = set_aside(file);
  const auto is_late = [&](const fs::path& folder) {
    const Timestamp when{std::chrono::milliseconds(*time_of_aside(file, folder))};
    return when <= now && now - when < kMostMendsWithin;
  };
  return static_cast<std::size_t>(std::ranges::count_if(folders, is_late)) >= kMostMends;
}

std::string read_mark(const fs::path& file) {
  const FileBytes mark(beside(file, ".to-mend"));
  return mark.bytes().read(0, 100);
}

// What the mark says of damage that was found at work: in that file, and in no other that has its name since.
std::string found_at_work(const FileId& in) {
  return "in " + std::to_string(in.device) + ":" + std::to_string(in.number) + "\n";
}

// On the disk before anybody acts upon it: a machine that is switched off now mends its store when it starts.
Expected<void> leave_mark(const fs::path& file, std::string_view what) {
  const fs::path mark = beside(file, ".to-mend");
  const Descriptor fd(mark, O_WRONLY | O_CREAT | O_TRUNC);
  if (!fd.is_open()) return failed("making", mark);
  if (!write_all(fd.get(), what) || ::fsync(fd.get()) != 0) return failed("writing", mark);
  return folder_to_disk(mark);
}

Expected<void> leave_mark_of_opening(const fs::path& file) {
  return waits_for_mending(file) ? Expected<void>() : leave_mark(file, kFoundAtOpening);
}

// By a second name for each, so that nothing is copied and the first stays where it is.
Expected<void> keep_damaged(const fs::path& file, const fs::path& folder) {
  const fs::path part = beside(file, ".mending.part");
  if (auto gone = remove_folder(part); !gone) return gone;
  if (::mkdir(part.c_str(), 0770) != 0) return failed("making", part);
  for (const char* end : {"", "-wal"}) {
    const fs::path from = beside(file, end);
    const fs::path to = part / from.filename();
    if (::link(from.c_str(), to.c_str()) != 0 && errno != ENOENT) return failed("setting aside", from);
  }
  if (auto kept = to_disk(part); !kept) return kept;
  return rename_durably(part, folder);
}

Expected<Mended> make_new(const fs::path& file, const fs::path& damaged, const fs::path& fresh,
                          const std::function<void()>& alive) {
  for (const char* end : {"", "-wal", "-shm"}) {
    if (auto gone = remove_durably(beside(fresh, end)); !gone) return tl::make_unexpected(gone.error());
  }
  const FileBytes database(damaged / file.filename(), alive);
  const FileBytes wal(damaged / beside(file, "-wal").filename(), alive);
  const SqlitePages pages(database.bytes(), wal.bytes());
  auto salvaged = write_salvaged(fresh, pages);
  if (!salvaged) return tl::make_unexpected(salvaged.error());
  Mended mended;
  mended.note = salvaged->note;
  mended.knows_itself = salvaged->settings.contains("device");
  // The disk may be away, and come back: that is no reason to forget who this is.
  if (!mended.knows_itself && (database.was_refused() || wal.was_refused()))
    return fail(Error::Kind::storage, "the disk does not give back what is on it");
  if (auto kept = to_disk(fresh); !kept) return tl::make_unexpected(kept.error());
  return mended;
}

// Of one who has the store alone.
Expected<Mended> mend_alone(const fs::path& file, Timestamp now, const MendHooks& hooks) {
  const fs::path damaged = beside(file, ".mending");
  const fs::path fresh = beside(file, ".new");
  std::error_code error;
  const auto step = [&](const char* name) {
    if (hooks.step) hooks.step(name);
  };
  step("keep");
  if (!fs::exists(damaged, error)) {
    if (auto kept = keep_damaged(file, damaged); !kept) return tl::make_unexpected(kept.error());
  }
  step("read");
  auto mended = make_new(file, damaged, fresh, hooks.alive);
  if (!mended) return mended;
  step("part");
  // A log beside a file that it is not of would be taken for its own. Both have their second name by now.
  for (const char* end : {"-wal", "-shm"}) {
    if (auto gone = remove_durably(beside(file, end)); !gone) return tl::make_unexpected(gone.error());
  }
  step("replace");
  if (auto replaced = rename_durably(fresh, file); !replaced) return tl::make_unexpected(replaced.error());
  step("aside");
  mended->aside = beside(file, std::string(kAside) + std::to_string(now.time_since_epoch().count()));
  if (auto put = rename_durably(damaged, mended->aside); !put) return tl::make_unexpected(put.error());
  step("unmark");
  if (auto gone = remove_durably(beside(file, ".to-mend")); !gone) return tl::make_unexpected(gone.error());
  return mended;
}

// What SQLite would not notice: it removes a log beside an empty file, and takes a damaged frame for the end.
Expected<void> look_before_opening(const fs::path& file) {
  const FileBytes wal(beside(file, "-wal"));
  if (wal.bytes().size == 0) return {};
  const FileBytes database(file);
  if (database.bytes().size == 0)
    return fail(Error::Kind::corrupt, "the database is damaged: it is empty, and its log is not");
  if (hides_rows(SqlitePages(database.bytes(), wal.bytes())))
    return fail(Error::Kind::corrupt,
                "the database is damaged: its log breaks off before rows of the journal");
  return {};
}

// Whether it is the marked file that is there, or whether another has mended it between somebody's look and
// their mark.
bool is_damaged(const fs::path& file) {
  const std::string mark = read_mark(file);
  if (mark == found_at_work(id_of_file(file))) return true;
  return !look_before_opening(file) || !can_be_opened(file);
}

Expected<FileLock> lock_of_opener(const fs::path& file, bool& is_alone) {
  const fs::path name = beside(file, ".users");
  const auto until = std::chrono::steady_clock::now() + kBusyPatience;
  for (;;) {
    auto alone = FileLock::take(name);
    is_alone = alone.has_value();
    if (is_alone || alone.error().kind != Error::Kind::unavailable) return alone;
    auto shared = FileLock::share(name);
    const bool waits = !shared && shared.error().kind == Error::Kind::unavailable;
    if (!waits || std::chrono::steady_clock::now() >= until) return shared;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

}  // namespace

bool waits_for_mending(const fs::path& file) {
  return ::access(beside(file, ".to-mend").c_str(), F_OK) == 0;
}

Expected<FileLock> hold_store(const fs::path& file) {
  bool is_alone = false;
  auto lock = lock_of_opener(file, is_alone);
  if (!lock) return lock;
  if (waits_for_mending(file))
    return fail(Error::Kind::corrupt, "opening " + file.string() + ": it is damaged, and waits to be mended");
  if (!is_alone) return lock;
  if (auto sound = look_before_opening(file); !sound)
    return tl::make_unexpected(sound.error().within("opening " + file.string()));
  if (auto shared = lock->let_others_share(); !shared) return tl::make_unexpected(shared.error());
  return lock;
}

Expected<void> ask_for_mending(const fs::path& file, const FileId& found_in) {
  if (found_in != id_of_file(file)) return {};
  return leave_mark(file, found_at_work(found_in));
}

Expected<Mended> mend_store(const fs::path& file, Timestamp now, const std::optional<FileId>& found_in,
                            const MendHooks& hooks) {
  Mended untouched;
  untouched.was_damaged = false;
  if (found_in && found_in != id_of_file(file) && !waits_for_mending(file)) return untouched;
  if (is_mended_too_often(file, now))
    return fail(Error::Kind::corrupt, "the database is damaged once more: the disk is to be changed");
  const auto marked = found_in ? ask_for_mending(file, *found_in) : leave_mark_of_opening(file);
  if (!marked) return tl::make_unexpected(marked.error());
  const auto lock = FileLock::take(beside(file, ".users"));
  if (!lock) return tl::make_unexpected(lock.error());
  if (!waits_for_mending(file)) return untouched;
  std::error_code error;
  if (!fs::exists(beside(file, ".mending"), error) && !is_damaged(file)) {
    if (auto gone = remove_durably(beside(file, ".to-mend")); !gone) return tl::make_unexpected(gone.error());
    return untouched;
  }
  return mend_alone(file, now, hooks);
}

std::string described(const Mended& mended) {
  if (!mended.was_damaged) return "the store is mended already";
  const std::string aside = "the damaged file is in " + mended.aside.string();
  if (!mended.knows_itself)
    return "the store was damaged, and who this kiosk is cannot be read any more: it is to be set up anew; " +
           aside;
  return "the store was damaged, and is mended: " + std::to_string(mended.note.read) + " rows were read, " +
         std::to_string(mended.note.unverifiable) + " are not to be trusted; " + aside;
}

Expected<OpenedStore> open_or_mend(const fs::path& file, Timestamp now, const MendHooks& hooks) {
  auto store = Store::open(file);
  if (store) return OpenedStore{std::move(*store), std::nullopt};
  if (store.error().kind != Error::Kind::corrupt) return tl::make_unexpected(store.error());
  auto mended = mend_store(file, now, {}, hooks);
  if (!mended) return tl::make_unexpected(mended.error().within(store.error().message));
  store = Store::open(file);
  if (!store) return tl::make_unexpected(store.error());
  return OpenedStore{std::move(*store), std::move(*mended)};
}

std::vector<fs::path> set_aside(const fs::path& file) {
  std::vector<fs::path> found;
  std::error_code error;
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (time_of_aside(file, entry.path())) found.push_back(entry.path());
  }
  std::ranges::sort(found, {}, [&](const fs::path& one) { return *time_of_aside(file, one); });
  return found;
}

Expected<void> forget_set_aside(const fs::path& file, std::size_t keep) {
  const auto folders = set_aside(file);
  for (std::size_t i = 0; i + keep < folders.size(); ++i) {
    if (auto gone = remove_folder(folders[i]); !gone) return gone;
  }
  return {};
}

}  // namespace lanyard::sync
