// The sync daemon's work: carries rows to the hub, and rosters and the others' rows from it, one step at a
// time. It never loses a row: what the hub has not answered for stays unsent in the store.
//
// Threads: a Daemon and its Store belong to one thread.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sync/error.hpp"
#include "sync/http_client.hpp"
#include "sync/plan.hpp"
#include "sync/store.hpp"

namespace lanyard::sync {

struct SyncdConfig {
  std::filesystem::path store;
  std::string hub;  // "http://127.0.0.1:8080", without a slash at the end
  std::filesystem::path token_file{"/etc/lanyard/token"};
  Pace pace;
};

// TOML; Error::Kind::invalid names file, line and key of everything wrong, a line each.
//   store = "/var/lib/lanyard/store.db"
//   hub = "http://127.0.0.1:8080"
//   token_file = "/etc/lanyard/token"             # optional; "token" of systemd's $CREDENTIALS_DIRECTORY
//   goes before it [pace]                                        # optional, as are its keys; milliseconds
//   feed_every_ms, roster_every_ms, heartbeat_every_ms, back_off_first_ms, back_off_most_ms
// `credentials_directory`: what $CREDENTIALS_DIRECTORY says, or "".
[[nodiscard]] Expected<SyncdConfig> parse_syncd_config(std::string_view text, const std::string& file,
                                                       const std::string& credentials_directory);

// "http://host[:port][/path]" or https; without user, query or fragment; nullopt for anything else. A slash
// at the end is dropped.
[[nodiscard]] std::optional<std::string> normal_hub_url(std::string_view url);

[[nodiscard]] std::string software_name();  // "lanyard-syncd 0.1.0"

// Sends a request and brings the answer: HttpClient, or a test's own hub.
using Transport = std::function<Expected<HttpAnswer>(const HttpRequest&)>;

// The one-time code for a token. When it returns without error, the token is in its file (mode 0600) and on
// the disk, and the store knows who this kiosk is. `seed` makes the device's key pair. Errors: refused (the
// hub does not know the code), invalid (this store is enrolled already), unavailable, storage.
[[nodiscard]] Expected<Identity> enrol(Store& store, const SyncdConfig& config, std::string_view code,
                                       const std::array<std::uint8_t, 32>& seed, const Transport& transport);

[[nodiscard]] Expected<std::string> read_token(const std::filesystem::path& file);

class Daemon {
 public:
  struct Moment {
    SteadyTime steady{};
    Timestamp wall{};
    double random01{0};  // in [0, 1)
    std::int64_t since_boot_ms{0};
    std::string boot_id;
  };
  using Clock = std::function<Moment()>;

  // The store must hold an identity. It is not owned.
  Daemon(Store& store, SyncdConfig config, Transport transport, Clock clock);

  // Does the one thing that is next. A failure is noted, and backed off from.
  // The time until which there is nothing to do, or nullopt if there may be more at once.
  // Errors: corrupt, where going on would make things worse.
  [[nodiscard]] Expected<std::optional<SteadyTime>> step();
  // Has another process written to the store since the last step? Cheap.
  [[nodiscard]] bool has_news();

  // For the log and for systemd: "online", or what is wrong.
  [[nodiscard]] const std::string& standing() const { return standing_; }
  [[nodiscard]] const SyncState& state() const { return state_; }

 private:
  Expected<void> act(const Action& action);
  Expected<void> push();
  Expected<void> pull_feed();
  Expected<void> pull_roster();
  Expected<void> beat();

  // nullopt after noting why there is no answer.
  std::optional<HttpAnswer> send(const char* method, const std::string& path, std::string body);
  // The body of an answer of 200; nullopt after noting anything else.
  std::optional<std::string> ask(const char* method, const std::string& path, std::string body);
  void note_failure(const std::string& what, std::optional<std::chrono::seconds> retry_after = {});
  void note_refusal(const HttpAnswer& answer);
  void note_success();
  void stand(const std::string& standing);

  Expected<std::vector<JournalRow>> rows_to_send();
  Expected<void> take_answers(const std::vector<JournalRow>& sent, const UploadAnswer& answer);
  Expected<void> narrow_down(const std::vector<JournalRow>& sent, const HttpAnswer& answer);
  Expected<void> count_unsent();
  // The hub has every row up to `known_to`: is that less than what it has acknowledged?
  Expected<void> compare_with_hub(std::uint64_t known_to);

  Store& store_;
  SyncdConfig config_;
  Transport transport_;
  Clock clock_;
  Moment now_;
  std::string token_;
  SyncState state_;
  UnsentCount counted_;
  std::int64_t seen_version_{-1};              // of the store, when the rows were last counted
  std::size_t batch_{kMaxBatchRows};           // halved while a whole batch is refused
  std::optional<std::uint64_t> resend_after_;  // the hub lacks what came behind this row
  std::string standing_{"starting"};
};

}  // namespace lanyard::sync
