#include "sync/update_pull.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include "sync/chain.hpp"
#include "sync/durable.hpp"
#include "sync/log.hpp"
#include "sync/private_file.hpp"
#include "sync/wire.hpp"

namespace lanyard::sync {

namespace {

namespace fs = std::filesystem;

constexpr const char* kInstall = "install";
constexpr const char* kPart = ".part";
constexpr std::size_t kMaxLine = 256;

std::vector<std::string> short_lines(const fs::path& file) {
  constexpr std::size_t kMaxLines = 200;
  std::vector<std::string> lines;
  std::ifstream in(file);
  for (std::string line; lines.size() < kMaxLines && std::getline(in, line);)
    lines.push_back(line.substr(0, kMaxLine));
  return lines;
}

Expected<void> append(const fs::path& file, std::string_view bytes) {
  const auto error = [&] {
    return fail(Error::Kind::storage, "writing " + file.string() + ": " + std::strerror(errno));
  };
  const int out = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (out < 0) return error();
  auto result = write_all(out, bytes) ? Expected<void>{} : error();
  ::close(out);
  return result;
}

bool has_sum(const fs::path& file, const std::string& sum) {
  std::ifstream in(file, std::ios::binary);
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  std::vector<char> piece(kUpdatePieceBytes);
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())) || in.gcount() > 0)
    crypto_hash_sha256_update(&state, reinterpret_cast<const unsigned char*>(piece.data()),
                              static_cast<unsigned long long>(in.gcount()));
  Digest hash{};
  crypto_hash_sha256_final(&state, hash.data());
  return !in.bad() && hex(hash) == sum;
}

std::uint64_t bytes_of(const fs::path& file) {
  std::error_code none;
  const auto bytes = fs::file_size(file, none);
  return none ? 0 : bytes;
}

}  // namespace

std::string running_version(const fs::path& os_release) {
  constexpr std::string_view kKey = "IMAGE_VERSION=";
  for (const std::string& line : short_lines(os_release)) {
    if (!line.starts_with(kKey)) continue;
    std::string version = line.substr(kKey.size());
    if (version.size() >= 2 && version.front() == '"' && version.back() == '"')
      version = version.substr(1, version.size() - 2);
    return is_update_name(version) ? version : "";
  }
  return "";
}

std::vector<std::string> passed_over(const fs::path& file) {
  auto versions = short_lines(file);
  std::erase_if(versions, [](const std::string& version) { return !is_update_name(version); });
  return versions;
}

std::string software_of(const UpdateSettings& settings) {
  std::string said = software_name();
  if (settings.folder.empty()) return said;
  if (const auto version = running_version(settings.os_release); !version.empty())
    said += ", image " + version;
  if (const auto left = passed_over(settings.passed_over); !left.empty()) said += ", left " + left.back();
  return said.substr(0, kMaxSoftwareBytes);
}

UpdatePull::UpdatePull(const SyncdConfig& config, HubLine line)
    : settings_(config.update), pace_(config.pace), line_(std::move(line)) {}

std::optional<SteadyTime> UpdatePull::step() {
  const SteadyTime now = line_.look_at_clock().steady;
  if (now < line_.back_off().not_before) return line_.back_off().not_before;
  return go_on();
}

std::optional<SteadyTime> UpdatePull::go_on() {
  const SteadyTime now = line_.now().steady;
  if (now >= ask_at_) {
    ask();
    return std::nullopt;
  }
  const auto file = offer_ ? next_file() : std::nullopt;
  if (!file) return ask_at_;
  if (now < piece_at_) return std::min(piece_at_, ask_at_);
  if (auto fetched = fetch(*file); !fetched) line_.note_failure(fetched.error().message);
  return std::nullopt;
}

void UpdatePull::ask() {
  const auto answer = line_.send("GET", std::string(kUpdates), "");
  if (!answer) return;
  if (answer->status != 200 && answer->status != 404) return line_.note_refusal(*answer);
  if (answer->status == 200) {
    auto offer = parse_update_offer(answer->body);
    if (!offer) return line_.note_failure(offer.error().message);
    take(std::move(*offer));
  } else {
    offer_.reset();
  }
  // What is not offered any more, runs already or was not kept goes from the disk.
  if (!offer_) clear_but({});
  say_whether_to_install();
  ask_at_ = line_.now().steady + kAskForUpdates;
  line_.note_success();
}

void UpdatePull::take(UpdateOffer offer) {
  if (!is_wanted(offer)) {
    offer_.reset();
    return;
  }
  const bool is_known = offer_ && offer_->files == offer.files;
  offer_ = std::move(offer);
  if (is_known) return;
  log::info("the hub has version {} for this kiosk", offer_->version);
  clear_but(offer_->files);
  // Of an earlier start, or of another list under the same names.
  std::error_code ignored;
  for (const UpdateFile& file : offer_->files) {
    if (fs::exists(settings_.folder / file.name, ignored) &&
        !has_sum(settings_.folder / file.name, file.sha256))
      fs::remove(settings_.folder / file.name, ignored);
  }
}

bool UpdatePull::is_wanted(const UpdateOffer& offer) const {
  const auto left = passed_over(settings_.passed_over);
  const bool is_left = std::ranges::find(left, offer.version) != left.end();
  const auto running = running_version(settings_.os_release);
  return !running.empty() && running != offer.version && !is_left;
}

std::optional<UpdateFile> UpdatePull::next_file() const {
  std::error_code ignored;
  for (const UpdateFile& file : offer_->files)
    if (!fs::exists(settings_.folder / file.name, ignored)) return file;
  return std::nullopt;
}

Expected<void> UpdatePull::fetch(const UpdateFile& file) {
  const fs::path whole = settings_.folder / file.name;
  const fs::path part = whole.string() + kPart;
  std::uint64_t have = bytes_of(part);
  std::error_code none;
  if (have > file.bytes) {
    fs::remove(part, none);
    have = 0;
  }
  const auto disk = fs::space(settings_.folder, none);
  if (none) return fail(Error::Kind::storage, settings_.folder.string() + ": " + none.message());
  if (disk.available < file.bytes - have + kUpdateLeavesBytes)
    return fail(Error::Kind::storage, "there is no room on the disk for an update");
  if (have < file.bytes || !fs::exists(part, none)) {
    const auto answer =
        line_.send("GET", std::string(kUpdates) + "/" + file.name + "?from=" + std::to_string(have), "");
    if (!answer) return {};
    if (answer->status == 404) ask_at_ = {};  // it is another by now
    if (answer->status != 200) {
      line_.note_refusal(*answer);
      return {};
    }
    if (answer->body.empty() != (file.bytes == 0) || answer->body.size() > file.bytes - have)
      return fail(Error::Kind::invalid, "the hub sends another piece than was asked for");
    piece_at_ = line_.now().steady + line_.took().value_or(pace_.feed_every);
    if (auto written = append(part, answer->body); !written) return written;
    line_.note_success();
    if (bytes_of(part) < file.bytes) return {};
  }
  if (!has_sum(part, file.sha256)) {
    fs::remove(part, none);
    const std::string name = file.name;  // of the offer
    offer_.reset();
    ask_at_ = line_.now().steady + kFetchAgain;
    return fail(Error::Kind::invalid, name + " is not what the hub said of it: the update waits for an hour");
  }
  if (auto flushed = to_disk(part); !flushed) return flushed;
  if (auto kept = rename_durably(part, whole); !kept) return kept;
  if (!next_file()) {
    log::info("version {} is here, and installed when it is the time", offer_->version);
    say_whether_to_install();
  }
  return {};
}

void UpdatePull::say_whether_to_install() const {
  const fs::path file = settings_.folder / kInstall;
  if (!offer_ || !offer_->now || next_file()) {
    std::error_code ignored;
    fs::remove(file, ignored);
    return;
  }
  PrivateFile word(file);
  auto said = word.open();
  if (said) said = word.write(offer_->version + "\n");
  if (said) said = word.keep();
  if (!said) line_.warn(said.error().message);
}

void UpdatePull::clear_but(const std::vector<UpdateFile>& files) const {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(settings_.folder, ignored)) {
    const std::string name = entry.path().filename().string();
    const bool stays = std::ranges::any_of(
        files, [&](const UpdateFile& file) { return name == file.name || name == file.name + kPart; });
    if (!stays) fs::remove_all(entry.path(), ignored);
  }
}

}  // namespace lanyard::sync
