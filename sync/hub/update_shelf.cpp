#include "sync/hub/update_shelf.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

#include "sync/content_digest.hpp"
#include "sync/hub/commands.hpp"

namespace lanyard::sync::hub {

namespace {

constexpr std::string_view kSums = "SHA256SUMS";
constexpr std::string_view kSignature = "SHA256SUMS.gpg";
constexpr std::size_t kMaxSumsBytes = 16UL * 1024;

// The kernel's file names the version: "lanyard_0.2.0.efi".
constexpr std::string_view kKernelBegins = "lanyard_";
constexpr std::string_view kKernelEnds = ".efi";

std::optional<std::string> version_in(std::string_view name) {
  if (!name.starts_with(kKernelBegins) || !name.ends_with(kKernelEnds)) return std::nullopt;
  name.remove_prefix(kKernelBegins.size());
  name.remove_suffix(kKernelEnds.size());
  return std::string(name);
}

std::optional<std::chrono::minutes> parse_time_of_day(std::string_view text) {
  const auto number = [](std::string_view digits) -> std::optional<int> {
    int value = 0;
    const auto [end, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (wrong != std::errc() || end != digits.data() + digits.size() || digits.front() == '-') return {};
    return value;
  };
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hour = number(text.substr(0, 2)), minute = number(text.substr(3));
  if (!hour || !minute || *hour > 23 || *minute > 59) return std::nullopt;
  return std::chrono::hours(*hour) + std::chrono::minutes(*minute);
}

// A line of sha256sum's: the sum, a space, a space or an asterisk, the name.
Expected<UpdateFile> parse_line(std::string_view line) {
  constexpr std::size_t kSumEnds = 64;
  const bool has_sum = line.size() > kSumEnds + 2 && line[kSumEnds] == ' ' &&
                       line.find_first_not_of("0123456789abcdef") == kSumEnds;
  const std::string_view name = has_sum ? line.substr(kSumEnds + 2) : "";
  if (!is_update_name(name))
    return fail(Error::Kind::invalid, "'" + printable(line, 100) + "' is no line of sha256sum's");
  return UpdateFile{std::string(name), 0, std::string(line.substr(0, kSumEnds))};
}

Expected<void> measure(const std::filesystem::path& folder, UpdateFile& file) {
  std::error_code wrong;
  const auto bytes = std::filesystem::file_size(folder / file.name, wrong);
  if (wrong) return fail(Error::Kind::invalid, file.name + " is not there: " + wrong.message());
  if (bytes > kMaxUpdateFileBytes) return fail(Error::Kind::invalid, file.name + " is too large");
  file.bytes = bytes;
  return {};
}

Expected<UpdateFile> small_file(const std::filesystem::path& folder, std::string_view name) {
  const auto text = read_file(folder / name, kMaxSumsBytes);
  if (!text) return tl::make_unexpected(text.error());
  return UpdateFile{std::string(name), text->size(), sha256_hex(*text)};
}

Response bytes_of(const std::filesystem::path& file, std::uint64_t from, std::size_t most) {
  std::ifstream in(file, std::ios::binary);
  std::string bytes(most, '\0');
  in.seekg(static_cast<std::streamoff>(from));
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (in.gcount() != static_cast<std::streamsize>(most)) {
    Response wrong = problem(503, "the file cannot be read");
    wrong.cause = "reading " + file.string();
    return wrong;
  }
  return {200, "application/octet-stream", std::move(bytes), {{"Cache-Control", "private"}}, {}, {}};
}

}  // namespace

bool DayWindow::contains(std::chrono::minutes of_day) const {
  if (from == to) return true;
  return from < to ? from <= of_day && of_day < to : of_day >= from || of_day < to;
}

std::optional<DayWindow> parse_window(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto from = parse_time_of_day(text.substr(0, dash)), to = parse_time_of_day(text.substr(dash + 1));
  if (!from || !to) return std::nullopt;
  return DayWindow{*from, *to};
}

Expected<std::optional<UpdateOffer>> UpdateShelf::offer(std::chrono::minutes of_day) const {
  std::error_code wrong;
  if (!std::filesystem::exists(folder_ / kSums, wrong)) {
    if (wrong) return fail(Error::Kind::storage, folder_.string() + ": " + wrong.message());
    return std::nullopt;
  }
  const auto text = read_file(folder_ / kSums, kMaxSumsBytes);
  if (!text) return tl::make_unexpected(text.error());
  UpdateOffer offer{"", window_.contains(of_day), {}};
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    auto file = parse_line(line);
    if (!file) return tl::make_unexpected(file.error().within(std::string(kSums)));
    if (auto measured = measure(folder_, *file); !measured) return tl::make_unexpected(measured.error());
    if (const auto version = version_in(file->name)) offer.version = *version;
    offer.files.push_back(std::move(*file));
  }
  for (const std::string_view name : {kSums, kSignature}) {
    auto file = small_file(folder_, name);
    if (!file) return tl::make_unexpected(file.error());
    offer.files.push_back(std::move(*file));
  }
  if (offer.version.empty()) return fail(Error::Kind::invalid, "SHA256SUMS names no lanyard_VERSION.efi");
  // As the kiosks will read it.
  return parse_update_offer(to_body(offer)).map([](UpdateOffer read) {
    return std::optional(std::move(read));
  });
}

std::optional<Response> UpdateShelf::answer(const Request& request, std::chrono::minutes of_day) const {
  const std::string_view path = request.path;
  if (!path.starts_with(kUpdates)) return std::nullopt;
  const std::string_view behind = path.substr(kUpdates.size());
  if (!behind.empty() && behind.front() != '/') return std::nullopt;
  if (request.method != "GET") {
    Response wrong = problem(405, "not with this method");
    wrong.headers.emplace_back("Allow", "GET");
    return wrong;
  }
  if (!behind.empty()) return piece(behind.substr(1), request, of_day);
  const auto offered = offered_or_why(of_day);
  if (!offered) return offered.error();
  return Response{200, "application/json", to_body(*offered), {}, {}, {}};
}

tl::expected<UpdateOffer, Response> UpdateShelf::offered_or_why(std::chrono::minutes of_day) const {
  auto offered = offer(of_day);
  if (offered && *offered) return std::move(**offered);
  if (offered) return tl::make_unexpected(problem(404, "there is no update"));
  Response wrong = problem(503, "the update is not whole");
  wrong.headers.emplace_back("Retry-After", "60");
  wrong.cause = "the update in " + folder_.string() + ": " + offered.error().message;
  return tl::make_unexpected(std::move(wrong));
}

Response UpdateShelf::piece(std::string_view name, const Request& request,
                            std::chrono::minutes of_day) const {
  const auto offered = offered_or_why(of_day);
  if (!offered) return offered.error();
  const auto file = std::ranges::find(offered->files, name,
                                      [](const UpdateFile& one) { return std::string_view(one.name); });
  if (file == offered->files.end()) return problem(404, "there is no such file of the update");
  std::uint64_t from = 0;
  if (const auto said = request.query.find("from"); said != request.query.end()) {
    const std::string& text = said->second;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), from);
    if (wrong != std::errc() || end != text.data() + text.size() || from > file->bytes)
      return problem(400, "from: must be a number of bytes within the file");
  }
  return bytes_of(folder_ / file->name, from,
                  static_cast<std::size_t>(std::min<std::uint64_t>(kUpdatePieceBytes, file->bytes - from)));
}

}  // namespace lanyard::sync::hub
