// The daemon's settings.
#include <algorithm>

#include "sync/enrolment_code.hpp"
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

void read_hub(TomlTable& root, SyncdConfig& config) {
  if (root.has("hub")) {
    const std::string url = root.text("hub", 1024);
    if (auto hub = normal_hub_url(url)) {
      config.hub = std::move(*hub);
    } else if (!url.empty()) {
      root.wrong("hub", "must be as \"https://hub.example\", without user, query or fragment");
    }
  }
  if (root.has("hub_authorities")) config.trust.authorities = root.text("hub_authorities");
  if (!root.has("hub_pin")) return;
  config.trust.pin = root.text("hub_pin");
  if (!config.trust.pin.empty() && !is_hub_pin(config.trust.pin))
    root.wrong("hub_pin", "must be as \"sha256//BASE64\", of 32 bytes");
  if (config.hub.starts_with("http://")) root.wrong("hub_pin", "wants a hub by https");
}

void read_update(TomlTable& table, UpdateSettings& update) {
  update.folder = table.text("folder");
  if (table.has("os_release")) update.os_release = table.text("os_release");
  if (table.has("passed_over")) update.passed_over = table.text("passed_over");
  table.no_other_keys();
}

}  // namespace

Expected<SyncdConfig> parse_syncd_config(std::string_view text, const std::string& file,
                                         const ServiceFolders& folders) {
  TomlTrouble trouble(file);
  SyncdConfig config;
  if (const auto document = parse_toml(text, trouble)) {
    TomlTable root(*document, "", trouble);
    config.store = root.text("store");
    read_hub(root, config);
    if (root.has("token_file")) config.tokens.enrolled = root.text("token_file");
    config.tokens.folder = folders.state.empty() ? config.tokens.enrolled.parent_path() : folders.state;
    // As a service: systemd's copy, which this user can read, of the file that it cannot.
    if (!folders.credentials.empty()) config.tokens.enrolled = folders.credentials / "token";
    if (auto pace = root.table("pace")) read_pace(*pace, config.pace);
    if (auto update = root.table("update")) read_update(*update, config.update);
    root.no_other_keys();
  }
  if (!trouble.any()) return config;
  return trouble.error();
}

Expected<SyncdConfig> with_hub_of(Store& store, SyncdConfig config) {
  const auto told = store.hub();
  if (!told) return tl::make_unexpected(told.error());
  if (config.hub.empty()) config.hub = told->url;
  if (config.hub.empty()) {
    return fail(Error::Kind::invalid,
                "neither the settings nor enrolment say where the hub is: see lanyard-syncd enrol --help");
  }
  const bool says_whom_to_trust = !config.trust.pin.empty() || !config.trust.authorities.empty();
  if (config.hub == told->url && !says_whom_to_trust) config.trust.pin = told->pin;
  return config;
}

bool trusts_hub(const SyncdConfig& config) {
  if (config.hub.starts_with("https://")) return true;
  for (const std::string_view here : {"http://127.0.0.1", "http://[::1]", "http://localhost"}) {
    if (!config.hub.starts_with(here)) continue;
    const std::string_view behind = std::string_view(config.hub).substr(here.size());
    if (behind.empty() || behind.front() == ':' || behind.front() == '/') return true;
  }
  return false;
}

}  // namespace lanyard::sync
