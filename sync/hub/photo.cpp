#include "sync/hub/photo.hpp"

#include <algorithm>
#include <set>

#include "sync/content_digest.hpp"

namespace lanyard::sync::hub {

namespace {

constexpr std::size_t kMaxFiles = 250'000;
constexpr std::size_t kMaxPortraitBytes = 512UL * 1024 * 1024;  // of one import, in memory

Expected<std::vector<std::filesystem::path>> files_in(const std::filesystem::path& folder) {
  std::error_code error;
  std::vector<std::filesystem::path> files;
  for (auto entry = std::filesystem::directory_iterator(folder, error);
       !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const bool hidden = entry->path().filename().string().starts_with('.');
    if (hidden || !entry->is_regular_file(error)) continue;
    files.push_back(entry->path());
    if (files.size() > kMaxFiles) return fail(Error::Kind::invalid, "there are too many files in the folder");
  }
  if (error) return fail(Error::Kind::storage, "reading " + folder.string() + ": " + error.message());
  std::ranges::sort(files);
  return files;
}

struct Portrait {
  std::string file;  // its name
  std::string id;
  std::string hash;
  std::string bytes;
};

class Importing {
 public:
  explicit Importing(HubStore& store) : store_(store) {}

  // Before the transaction, for which the kiosks' rows wait: a camera's picture takes a tenth of a second.
  Expected<void> read(const std::filesystem::path& file) {
    const std::string name = printable(file.filename().string(), kMaxTextBytes);
    const std::string id = file.stem().string();
    if (!is_id(id)) return wrong(name, "its name is no attendee's id");
    const auto attendee = store_.attendee(id);
    if (!attendee) return tl::make_unexpected(attendee.error());
    if (!*attendee) return wrong(name, "there is nobody of this id on the roster");
    if (!seen_.insert(id).second) return wrong(name, "there is another picture of the same person");
    auto picture = portrait_of(file);
    if (!picture) return wrong(name, picture.error().message);
    bytes_ += picture->size();
    if (bytes_ > kMaxPortraitBytes)
      return fail(Error::Kind::invalid, "the folder's portraits take more than " +
                                            std::to_string(kMaxPortraitBytes / 1024 / 1024) +
                                            " MiB: import them in several folders");
    std::string hash = sha256_hex(*picture);
    portraits_.push_back({name, id, std::move(hash), std::move(*picture)});
    return {};
  }

  Expected<void> put_all() {
    for (const Portrait& one : portraits_) {
      auto attendee = store_.attendee(one.id);
      if (!attendee) return tl::make_unexpected(attendee.error());
      if (!*attendee) {
        (void)wrong(one.file, "whom it shows has just been removed from the roster");
        continue;
      }
      if ((*attendee)->photo == one.hash) {
        ++done_.unchanged;
        continue;
      }
      if (auto put = store_.put_photo(one.hash, one.bytes); !put) return put;
      (*attendee)->photo = one.hash;
      if (auto put = store_.put_attendee(**attendee); !put) return put;
      ++done_.taken;
    }
    return {};
  }

  [[nodiscard]] PhotoImport& done() { return done_; }

 private:
  Expected<void> wrong(const std::string& file, const std::string& why) {
    done_.problems.push_back(file + ": " + why);
    return {};
  }

  HubStore& store_;
  std::set<std::string> seen_;
  std::vector<Portrait> portraits_;
  std::size_t bytes_{0};
  PhotoImport done_;
};

}  // namespace

Expected<PhotoImport> import_photos(HubStore& store, const std::filesystem::path& folder,
                                    bool past_problems) {
  const auto files = files_in(folder);
  if (!files) return tl::make_unexpected(files.error());
  Importing importing(store);
  for (const auto& file : *files) {
    if (auto read = importing.read(file); !read) return tl::make_unexpected(read.error());
  }
  if (!past_problems && !importing.done().problems.empty()) return std::move(importing.done());
  bool kept = true;
  const auto done = store.transact([&]() -> Expected<void> {
    if (auto held = store.hold_roster(); !held) return held;
    if (auto put = importing.put_all(); !put) return put;
    kept = past_problems || importing.done().problems.empty();
    if (!kept) return fail(Error::Kind::invalid, "some pictures cannot be taken");
    return store.drop_unused_photos();
  });
  if (!done && kept) return tl::make_unexpected(done.error());
  return std::move(importing.done());
}

}  // namespace lanyard::sync::hub
