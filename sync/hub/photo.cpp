#include "sync/hub/photo.hpp"

#include <algorithm>
#include <set>

#include "sync/content_digest.hpp"

namespace lanyard::sync::hub {

namespace {

constexpr std::size_t kMaxFiles = 250'000;

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

class Importing {
 public:
  explicit Importing(HubStore& store) : store_(store) {}

  Expected<void> take(const std::filesystem::path& file) {
    const std::string id = file.stem().string();
    const auto wrong = [&](const std::string& why) {
      done_.problems.push_back(printable(file.filename().string(), kMaxTextBytes) + ": " + why);
      return Expected<void>();
    };
    if (!is_id(id)) return wrong("its name is no attendee's id");
    auto attendee = store_.attendee(id);
    if (!attendee) return tl::make_unexpected(attendee.error());
    if (!*attendee) return wrong("there is nobody of this id on the roster");
    if (!seen_.insert(id).second) return wrong("there is another picture of the same person");
    const auto picture = portrait_of(file);
    if (!picture) return wrong(picture.error().message);
    const std::string hash = sha256_hex(*picture);
    if ((*attendee)->photo == hash) {
      ++done_.unchanged;
      return {};
    }
    if (auto put = store_.put_photo(hash, *picture); !put) return put;
    (*attendee)->photo = hash;
    ++done_.taken;
    return store_.put_attendee(**attendee);
  }

  [[nodiscard]] PhotoImport& done() { return done_; }

 private:
  HubStore& store_;
  std::set<std::string> seen_;
  PhotoImport done_;
};

}  // namespace

Expected<PhotoImport> import_photos(HubStore& store, const std::filesystem::path& folder,
                                    bool past_problems) {
  const auto files = files_in(folder);
  if (!files) return tl::make_unexpected(files.error());
  Importing importing(store);
  bool kept = true;
  const auto done = store.transact([&]() -> Expected<void> {
    if (auto held = store.hold_roster(); !held) return held;
    for (const auto& file : *files) {
      if (auto taken = importing.take(file); !taken) return taken;
    }
    kept = past_problems || importing.done().problems.empty();
    if (!kept) return fail(Error::Kind::invalid, "some pictures cannot be taken");
    return store.drop_unused_photos();
  });
  if (!done && kept) return tl::make_unexpected(done.error());
  return std::move(importing.done());
}

}  // namespace lanyard::sync::hub
