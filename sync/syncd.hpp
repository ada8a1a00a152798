// The sync daemon's settings, its enrolment and its token. Its work is done by a Carrier and a Follower.
#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sync/enrolment_code.hpp"
#include "sync/error.hpp"
#include "sync/http_client.hpp"
#include "sync/plan.hpp"
#include "sync/store.hpp"
#include "sync/token_file.hpp"

namespace lanyard::sync {

// Of a kiosk whose disk is updated as a whole (update_pull.hpp).
struct UpdateSettings {
  std::filesystem::path folder;  // "" = it is not
  std::filesystem::path os_release{"/usr/lib/os-release"};
  std::filesystem::path passed_over{"/run/lanyard-update/passed-over"};
};

struct SyncdConfig {
  std::filesystem::path store;
  std::string hub;  // "http://127.0.0.1:8080", without a slash at the end; "" = as enrolment was told
  HttpTrust trust;
  TokenFiles tokens;
  Pace pace;
  UpdateSettings update{};
};

// TOML; Error::Kind::invalid names file, line and key of everything wrong, a line each.
//
//   store = "/var/lib/lanyard/store.db"
//   hub = "https://hub.example:8443"     # optional, as all that follow: an enrolment code names it
//   hub_pin = "sha256//BASE64"           # the key that the hub must have
//   hub_authorities = "/etc/hub-ca.pem"  # who vouches for it, in place of whom the system trusts
//   token_file = "/etc/lanyard/token"
//   [pace]                               # milliseconds
//   listen_for_ms, feed_every_ms, roster_every_ms, heartbeat_every_ms, back_off_first_ms, back_off_most_ms
//   [update]
//   folder = "/var/lib/lanyard-update"
//   os_release = "/usr/lib/os-release"
//   passed_over = "/run/lanyard-update/passed-over"
//
// What systemd says of a service, or "" each: "token" in `credentials`, $CREDENTIALS_DIRECTORY, goes before
// token_file, and tokens that the hub gives later are kept in `state`, $STATE_DIRECTORY; else beside it.
struct ServiceFolders {
  std::filesystem::path credentials{};
  std::filesystem::path state{};
};
[[nodiscard]] Expected<SyncdConfig> parse_syncd_config(std::string_view text, const std::string& file,
                                                       const ServiceFolders& folders);

[[nodiscard]] std::string software_name();  // "lanyard-syncd 0.1.0"

// The settings, with what enrolment was told of the hub where they say nothing of it. Error::Kind::invalid if
// neither does.
[[nodiscard]] Expected<SyncdConfig> with_hub_of(Store& store, SyncdConfig config);

// Whether what comes from there is the hub's: by TLS, or from this very machine. Anybody on the way may say
// anything else, and nobody has a kiosk forget its rows that way.
[[nodiscard]] bool trusts_hub(const SyncdConfig& config);

// Sends a request and brings the answer: HttpClient, or a test's own hub.
using Transport = std::function<Expected<HttpAnswer>(const HttpRequest&)>;

// The one-time code for a token. When it returns without error, the token is in its file (mode 0600) and on
// the disk, and the store knows who this kiosk is. `seed` makes the device's key pair. Errors: refused (the
// hub does not know the code), invalid (this store is enrolled already), unavailable, storage.
[[nodiscard]] Expected<Identity> enrol(Store& store, const SyncdConfig& config, std::string_view code,
                                       const std::array<std::uint8_t, 32>& seed, const Transport& transport);

// The same for a kiosk that the hub knows, under another key and with another token; its store stays, and the
// badges that it signed so far are dead. Errors: refused, where another try with this code would be in vain
// (the hub does not know it, or it is another kiosk's or event's); unavailable and storage, where one may
// help: it finds the same key (Store::next_seed).
[[nodiscard]] Expected<Identity> enrol_anew(Store& store, const SyncdConfig& config, std::string_view code,
                                            const std::array<std::uint8_t, 32>& seed,
                                            const Transport& transport);

// Either of them, by what was typed or scanned, which says where the hub is: the store knows that too. Cut
// off at any point, a kiosk that is enrolled knows its hub, and one that was not lost none that it had.
// `config` has the hub and the pin of the code.
[[nodiscard]] Expected<Identity> enrol_by_hand(Store& store, const SyncdConfig& config,
                                               const EnrolmentCode& code, bool anew,
                                               const std::array<std::uint8_t, 32>& seed,
                                               const Transport& transport);

}  // namespace lanyard::sync
