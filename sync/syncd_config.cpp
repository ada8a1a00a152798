// The daemon's settings.
#include <algorithm>

#include "sync/syncd.hpp"
#include "sync/toml_reader.hpp"

namespace lanyard::sync {

namespace {

constexpr std::int64_t kLeastPaceMs = 10;
constexpr std::int64_t kMostPaceMs = 3'600'000;

void read_pace(TomlTable& table, Pace& pace) {
  const auto read = [&](const char* key, std::chrono::milliseconds& into) {
    if (table.has(key)) into = std::chrono::milliseconds(table.number(key, kLeastPaceMs, kMostPaceMs));
  };
  read("listen_for_ms", pace.listen_for);
  read("feed_every_ms", pace.feed_every);
  read("roster_every_ms", pace.roster_every);
  read("heartbeat_every_ms", pace.heartbeat_every);
  read("back_off_first_ms", pace.back_off_first);
  read("back_off_most_ms", pace.back_off_most);
  if (pace.back_off_most < pace.back_off_first)
    table.wrong("back_off_most_ms", "is less than back_off_first_ms");
  table.no_other_keys();
}

}  // namespace

std::optional<std::string> normal_hub_url(std::string_view url) {
  constexpr std::size_t kMaxUrlBytes = 512;
  const std::size_t scheme = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
  if (scheme == 0 || url.size() > kMaxUrlBytes) return std::nullopt;
  // Printable ASCII; no user, whose password would end up in logs, and nothing behind the path.
  const bool plain = std::ranges::all_of(url, [](char c) { return c > ' ' && c < '\x7f'; });
  if (!plain || url.find_first_of("@?#\\") != std::string_view::npos) return std::nullopt;
  while (url.ends_with('/')) url.remove_suffix(1);
  if (url.size() <= scheme || url[scheme] == '/' || url[scheme] == ':') return std::nullopt;
  return std::string(url);
}

Expected<SyncdConfig> parse_syncd_config(std::string_view text, const std::string& file,
                                         const ServiceFolders& folders) {
  TomlTrouble trouble(file);
  SyncdConfig config;
  if (const auto document = parse_toml(text, trouble)) {
    TomlTable root(*document, "", trouble);
    config.store = root.text("store");
    const std::string url = root.text("hub", 1024);
    if (auto hub = normal_hub_url(url)) {
      config.hub = std::move(*hub);
    } else if (!url.empty()) {
      root.wrong("hub", "must be as \"https://hub.example\", without user, query or fragment");
    }
    if (root.has("token_file")) config.tokens.enrolled = root.text("token_file");
    config.tokens.renewed = folders.state / "token";
    if (folders.state.empty()) config.tokens.renewed = config.tokens.enrolled.string() + ".renewed";
    // As a service: systemd's copy, which this user can read, of the file that it cannot.
    if (!folders.credentials.empty()) config.tokens.enrolled = folders.credentials / "token";
    if (auto pace = root.table("pace")) read_pace(*pace, config.pace);
    root.no_other_keys();
  }
  if (!trouble.any()) return config;
  std::string all;
  for (const std::string& problem : trouble.problems()) all += (all.empty() ? "" : "\n") + problem;
  return fail(Error::Kind::invalid, std::move(all));
}

}  // namespace lanyard::sync
