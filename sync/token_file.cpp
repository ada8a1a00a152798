#include "sync/token_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "sync/wire.hpp"

namespace lanyard::sync {

namespace {

constexpr std::size_t kMaxTokens = 2;                // in one file, a line each
constexpr std::string_view kRenewedName = "token-";  // and the device

bool is_token(std::string_view text) {
  return !text.empty() && text.size() <= kMaxTokenBytes &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

Expected<std::vector<std::string>> tokens_in(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return fail(Error::Kind::storage, "reading the token " + file.string() + ": " + std::strerror(errno));
  std::string text(kMaxTokens * (kMaxTokenBytes + 2) + 1, '\0');
  const ssize_t bytes = ::read(fd, text.data(), text.size());
  ::close(fd);
  text.resize(bytes > 0 ? static_cast<std::size_t>(bytes) : 0);
  std::vector<std::string> tokens;
  for (std::size_t at = 0; at < text.size() && tokens.size() < kMaxTokens;) {
    const auto end = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, end - at);
    if (line.ends_with('\r')) line.pop_back();
    at = end + 1;
    if (!is_token(line)) break;
    tokens.push_back(std::move(line));
  }
  if (tokens.empty()) return fail(Error::Kind::invalid, "there is no token in " + file.string());
  return tokens;
}

std::filesystem::path renewed_file(const TokenFiles& files, std::string_view device) {
  return files.folder / (std::string(kRenewedName) + std::string(device));
}

void add_once(std::vector<std::string>& list, std::string token) {
  if (std::ranges::find(list, token) == list.end()) list.push_back(std::move(token));
}

}  // namespace

Expected<std::string> read_token(const std::filesystem::path& file) {
  auto tokens = tokens_in(file);
  if (!tokens) return tl::make_unexpected(tokens.error());
  return std::move(tokens->front());
}

Expected<std::vector<std::string>> read_tokens(const TokenFiles& files, std::string_view device) {
  std::vector<std::string> all;
  if (!files.folder.empty())
    all = tokens_in(renewed_file(files, device)).value_or(std::vector<std::string>{});
  auto enrolled = tokens_in(files.enrolled);
  if (!enrolled && all.empty()) return tl::make_unexpected(enrolled.error());
  if (!enrolled) return all;
  for (std::string& token : *enrolled) add_once(all, std::move(token));
  return all;
}

NextToken::NextToken(const TokenFiles& files, std::string_view device)
    : files_(files),
      device_(device),
      file_(files.folder.empty() ? files.enrolled : renewed_file(files, device)) {}

Expected<void> NextToken::open() {
  return file_.open();
}

Expected<void> NextToken::keep(std::string_view token, std::string_view before) {
  std::string behind(before);
  if (behind.empty()) {
    const auto known = read_tokens(files_, device_);
    if (known) behind = known->front();
  }
  std::string text = std::string(token) + "\n";
  if (!behind.empty() && behind != token) text += behind + "\n";
  if (auto written = file_.write(text); !written) return written;
  return file_.keep();
}

Expected<void> keep_token(const TokenFiles& files, std::string_view device, std::string_view token,
                          std::string_view before) {
  NextToken next(files, device);
  if (auto opened = next.open(); !opened) return opened;
  return next.keep(token, before);
}

namespace {

Expected<void> remove_file(const std::filesystem::path& file) {
  std::error_code error;
  std::filesystem::remove(file, error);
  if (error) return fail(Error::Kind::storage, "removing " + file.string() + ": " + error.message());
  return {};
}

}  // namespace

Expected<void> forget_tokens(const TokenFiles& files, std::string_view device) {
  if (files.folder.empty()) return {};
  return remove_file(renewed_file(files, device));
}

Expected<void> forget_tokens(const TokenFiles& files) {
  if (files.folder.empty()) return {};
  std::error_code error;
  std::vector<std::filesystem::path> found;
  std::filesystem::directory_iterator entry(files.folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (entry->path().filename().string().starts_with(kRenewedName)) found.push_back(entry->path());
  }
  if (error && error != std::errc::no_such_file_or_directory)
    return fail(Error::Kind::storage,
                "looking for tokens in " + files.folder.string() + ": " + error.message());
  for (const std::filesystem::path& file : found) {
    if (auto gone = remove_file(file); !gone) return gone;
  }
  return {};
}

}  // namespace lanyard::sync
