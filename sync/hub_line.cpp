#include "sync/hub_line.hpp"

#include <algorithm>

#include "sync/log.hpp"
#include "sync/wire.hpp"

namespace lanyard::sync {

namespace {

// A revoked token is not mended by asking often; a person has to act.
constexpr std::chrono::seconds kRefusedPause{60};

}  // namespace

std::string device_of(Store& store) {
  const auto identity = store.identity();
  return identity && *identity ? (*identity)->device : "";
}

TokenSource tokens_of(const SyncdConfig& config, std::string device) {
  return [files = config.tokens, device = std::move(device)] { return read_tokens(files, device); };
}

HubLine::HubLine(const SyncdConfig& config, TokenSource tokens, Transport transport, Clock clock,
                 std::string_view lane)
    : config_(config),
      transport_(std::move(transport)),
      clock_(std::move(clock)),
      lane_(lane.empty() ? "" : std::string(lane) + ": "),
      tokens_(std::move(tokens)) {}

std::optional<HttpAnswer> HubLine::send(const char* method, const std::string& path, std::string body) {
  HttpRequest request{method, config_.hub + path, "", std::move(body)};
  for (;;) {
    took_.reset();
    if (token_.empty()) {
      if (auto chosen = choose_token(); !chosen) {
        note_failure(chosen.error().message);
        return std::nullopt;
      }
    }
    request.bearer = token_;
    const SteadyTime asked_at = now_.steady;
    auto answer = transport_(request);
    look_at_clock();
    if (!answer) {
      note_failure("the hub cannot be reached: " + answer.error().message);
      return std::nullopt;
    }
    took_ = std::chrono::duration_cast<std::chrono::milliseconds>(now_.steady - asked_at);
    if (answer->status == 401 && turn_to_another_token()) continue;
    if (answer->status != 401) refused_.clear();
    if (answer->status == 403 && tells_of_revocation(answer->body)) revoked_ = trusts_hub(config_);
    return std::move(*answer);
  }
}

// The newest that has not just been refused.
Expected<void> HubLine::choose_token() {
  auto tokens = tokens_();
  if (!tokens && held_.empty()) return tl::make_unexpected(tokens.error());
  if (!tokens) tokens = std::vector<std::string>{};
  if (!held_.empty()) tokens->insert(tokens->begin(), held_);
  const auto fresh = std::ranges::find_if(*tokens, [this](const std::string& token) {
    return std::ranges::find(refused_, token) == refused_.end();
  });
  token_ = fresh == tokens->end() ? tokens->front() : *fresh;
  return {};
}

// False once all are refused: from then on they are tried anew.
bool HubLine::turn_to_another_token() {
  refused_.push_back(std::exchange(token_, {}));
  const bool chosen = choose_token().has_value();
  const bool is_another = chosen && std::ranges::find(refused_, token_) == refused_.end();
  if (!is_another) {
    refused_.clear();
    token_.clear();
  }
  return is_another;
}

std::optional<std::string> HubLine::ask(const char* method, const std::string& path, std::string body) {
  auto answer = send(method, path, std::move(body));
  if (!answer) return std::nullopt;
  if (answer->status == 200) return std::move(answer->body);
  note_refusal(*answer);
  return std::nullopt;
}

void HubLine::note_failure(const std::string& what, std::optional<std::chrono::seconds> retry_after) {
  stand(what);
  back_off_ = failed(back_off_, config_.pace, now_.steady, now_.random01, retry_after);
}

void HubLine::note_refusal(const HttpAnswer& answer) {
  const std::string said = std::to_string(answer.status) + " " + problem_text(answer.body);
  if (answer.status != 401) {
    return note_failure("the hub answers " + said, answer.retry_after);
  }
  token_.clear();  // read again next time: we may have been enrolled anew
  note_failure("the hub does not accept our token; our rows are kept: " + said,
               std::max(kRefusedPause, answer.retry_after.value_or(std::chrono::seconds(0))));
}

void HubLine::note_success() {
  back_off_ = {};
  stand("online");
}

void HubLine::warn(std::string_view what) const {
  log::warn("{}{}", lane_, what);
}

// Each change is worth a line; a hub that is away all night is not worth a thousand.
void HubLine::stand(const std::string& standing) {
  if (standing == standing_) return;
  standing_ = standing;
  if (standing == "online") {
    log::info("{}online", lane_);
  } else {
    warn(standing);
  }
}

}  // namespace lanyard::sync
