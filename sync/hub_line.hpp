// One lane's way to the hub: its token, its questions, and how long it keeps away after a failure.
//
// Threads: a HubLine belongs to one thread.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sync/http_client.hpp"
#include "sync/plan.hpp"
#include "sync/syncd.hpp"

namespace lanyard::sync {

// All that a step needs to know of the moment.
struct Moment {
  SteadyTime steady{};
  Timestamp wall{};
  double random01{0};  // in [0, 1)
  std::int64_t since_boot_ms{0};
  std::string boot_id;
};
using Clock = std::function<Moment()>;
// All tokens that may be good, the newest first.
using TokenSource = std::function<Expected<std::vector<std::string>>()>;

// The id of the kiosk whose store it is; "" if it has none.
[[nodiscard]] std::string device_of(Store& store);
// Those in the files, of this device.
[[nodiscard]] TokenSource tokens_of(const SyncdConfig& config, std::string device);

class HubLine {
 public:
  // `lane` begins each line of the log about this one, unless it is empty.
  HubLine(const SyncdConfig& config, TokenSource tokens, Transport transport, Clock clock,
          std::string_view lane);

  // When it was last looked at the clock: at the beginning of a step, and after each answer.
  const Moment& look_at_clock() { return now_ = clock_(); }
  [[nodiscard]] const Moment& now() const { return now_; }
  [[nodiscard]] const BackOff& back_off() const { return back_off_; }
  // For the log and for systemd: "online", or what is wrong.
  [[nodiscard]] const std::string& standing() const { return standing_; }

  // An answer of any status; nullopt after noting why there is none. A token that is not accepted gives way
  // to the next of those that there are: the other lane may have got a new one, and a hub that was restored
  // from a backup may know the one before.
  std::optional<HttpAnswer> send(const char* method, const std::string& path, std::string body);
  // How long the last answer took, whatever it was; nullopt if none came.
  [[nodiscard]] std::optional<std::chrono::milliseconds> took() const { return took_; }
  // The body of an answer of 200; nullopt after noting anything else.
  std::optional<std::string> ask(const char* method, const std::string& path, std::string body);

  void note_failure(const std::string& what, std::optional<std::chrono::seconds> retry_after = {});
  void note_refusal(const HttpAnswer& answer);
  void note_success();
  // There is a newer token on the disk than the one in use.
  void take_new_token() {
    token_.clear();
    held_.clear();
  }
  // A token that is on no disk: it goes before all that are, until take_new_token.
  void hold_token(std::string token) { held_ = token_ = std::move(token); }
  [[nodiscard]] bool holds_token() const { return !held_.empty(); }
  [[nodiscard]] const std::string& token() const { return token_; }
  // A line of the log, about this lane.
  void warn(std::string_view what) const;
  void note_withdrawn() { stand("withdrawn: this kiosk has forgotten all that it knew"); }
  // The hub has said that this kiosk is shut out, and it was the hub (trusts_hub).
  [[nodiscard]] bool is_revoked() const { return revoked_; }

 private:
  void stand(const std::string& standing);
  [[nodiscard]] Expected<void> choose_token();
  bool turn_to_another_token();

  SyncdConfig config_;
  Transport transport_;
  Clock clock_;
  std::string lane_;
  TokenSource tokens_;
  std::string token_;                 // as read last; "" = to be read
  std::string held_;                  // or ""
  std::vector<std::string> refused_;  // of those that there are
  bool revoked_{false};
  Moment now_;
  std::optional<std::chrono::milliseconds> took_;
  BackOff back_off_;
  std::string standing_{"starting"};
};

}  // namespace lanyard::sync
