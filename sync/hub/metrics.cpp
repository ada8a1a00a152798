#include "sync/hub/metrics.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace lanyard::sync::hub {

namespace {

constexpr std::array<std::string_view, 8> kPathNames{"/healthz",    "/v1/enrol",     "/v1/roster",
                                                     "/v1/journal", "/v1/heartbeat", "/v1/token",
                                                     "/v1/devices", "other"};
constexpr std::chrono::minutes kOnline{1};

// "# TYPE", "# HELP", as each family of metrics begins.
void begin(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
  fmt::format_to(std::back_inserter(out), "# TYPE {} {}\n# HELP {} {}\n", name, type, name, help);
}

template <class Value>
void gauge(std::string& out, std::string_view name, std::string_view help, Value value) {
  begin(out, name, "gauge", help);
  fmt::format_to(std::back_inserter(out), "{} {}\n", name, value);
}

void counter(std::string& out, std::string_view name, std::string_view help, std::uint64_t value) {
  begin(out, name, "counter", help);
  fmt::format_to(std::back_inserter(out), "{}_total {}\n", name, value);
}

double seconds(std::chrono::milliseconds time) {
  return static_cast<double>(time.count()) / 1000;
}

const char* word_of(const Device& device) {
  if (device.revoked) return "revoked";
  if (device.token_hash) return "enrolled";
  return device.last_contact ? "forgotten" : "waiting";
}

void tell_devices(std::string& out, const std::vector<Device>& devices, Timestamp now) {
  begin(out, "lanyard_devices", "gauge", "Kiosks, by how they stand.");
  for (const char* word : {"enrolled", "waiting", "forgotten", "revoked"}) {
    const auto count = std::ranges::count_if(
        devices, [&](const Device& device) { return std::string_view(word_of(device)) == word; });
    fmt::format_to(std::back_inserter(out), "lanyard_devices{{standing=\"{}\"}} {}\n", word, count);
  }
  const auto online = std::ranges::count_if(devices, [&](const Device& device) {
    return device.last_contact && now - *device.last_contact < kOnline;
  });
  gauge(out, "lanyard_devices_online", "Kiosks heard of within the last minute.", online);
  // An id is letters, digits, '.', '_' and '-': nothing to be escaped.
  const auto each = [&](std::string_view name, std::string_view help, auto&& value_of) {
    begin(out, name, "gauge", help);
    for (const Device& device : devices) {
      if (device.revoked || !device.last_contact) continue;
      fmt::format_to(std::back_inserter(out), "{}{{device=\"{}\"}} {}\n", name, device.id, value_of(device));
    }
  };
  each("lanyard_device_last_contact_seconds", "When the kiosk was last heard of, in seconds since 1970.",
       [](const Device& device) { return seconds(device.last_contact->time_since_epoch()); });
  each("lanyard_device_unsent_rows", "Rows that the kiosk still had to send, at its last heartbeat.",
       [](const Device& device) { return device.beat.unsent; });
  each("lanyard_device_rejected_rows", "Rows of the kiosk that the hub does not take.",
       [](const Device& device) { return device.beat.rejected; });
  each("lanyard_device_roster_version", "The roster that the kiosk decides by.",
       [](const Device& device) { return device.beat.roster_version; });
  each("lanyard_device_clock_ahead_seconds", "By how much the kiosk's clock is ahead of the hub's.",
       [](const Device& device) { return seconds(device.beat.device_now - *device.last_contact); });
}

void tell_uplink(std::string& out, const UplinkStanding& uplink, Timestamp now) {
  gauge(out, "lanyard_uplink_online", "Whether the hub that was joined has answered within the last minute.",
        uplink.contact && now - *uplink.contact < kOnline ? 1 : 0);
  gauge(out, "lanyard_uplink_last_contact_seconds", "When it last answered, in seconds since 1970.",
        uplink.contact ? seconds(uplink.contact->time_since_epoch()) : 0);
  gauge(out, "lanyard_uplink_waiting_rows", "Rows that are not there yet.", uplink.waiting);
}

}  // namespace

void HttpCounts::answered(std::string_view path, int status, std::size_t body_bytes) {
  const auto found = std::ranges::find(kPathNames, path);
  const std::size_t index =
      found == kPathNames.end() ? kPaths - 1 : static_cast<std::size_t>(found - kPathNames.begin());
  const int digit = status / 100;
  ++answers_.at(index).at(digit > 0 && digit < 6 ? static_cast<std::size_t>(digit) : 0);
  bytes_.at(index) += body_bytes;
}

void HttpCounts::handled(std::chrono::steady_clock::duration took) {
  const auto bound =
      std::ranges::find_if(kBounds, [&](std::chrono::milliseconds most) { return took <= most; });
  ++took_.at(static_cast<std::size_t>(bound - kBounds.begin()));
  took_us_ += static_cast<std::uint64_t>(
      std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::microseconds>(took).count()));
}

std::string HttpCounts::text() const {
  std::string out;
  begin(out, "lanyard_http_answers", "counter", "Answers, by path and by the first digit of their status.");
  for (std::size_t path = 0; path < kPaths; ++path) {
    for (std::size_t digit = 0; digit < kClasses; ++digit) {
      const std::uint64_t count = answers_.at(path).at(digit);
      if (count == 0) continue;
      fmt::format_to(std::back_inserter(out),
                     "lanyard_http_answers_total{{path=\"{}\",status=\"{}xx\"}} {}\n", kPathNames.at(path),
                     digit, count);
    }
  }
  begin(out, "lanyard_http_answer_bytes", "counter", "Bytes of their bodies.");
  for (std::size_t path = 0; path < kPaths; ++path) {
    fmt::format_to(std::back_inserter(out), "lanyard_http_answer_bytes_total{{path=\"{}\"}} {}\n",
                   kPathNames.at(path), bytes_.at(path).load());
  }
  begin(out, "lanyard_http_handling_seconds", "histogram",
        "From a whole request to its answer, without what was kept back for news.");
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < took_.size(); ++i) {
    sum += took_.at(i);
    const std::string bound = i < kBounds.size() ? fmt::format("{}", seconds(kBounds.at(i))) : "+Inf";
    fmt::format_to(std::back_inserter(out), "lanyard_http_handling_seconds_bucket{{le=\"{}\"}} {}\n", bound,
                   sum);
  }
  fmt::format_to(std::back_inserter(out),
                 "lanyard_http_handling_seconds_count {}\nlanyard_http_handling_seconds_sum {}\n", sum,
                 static_cast<double>(took_us_.load()) / 1e6);
  gauge(out, "lanyard_http_connections", "Connections that are open.", connections_.load());
  gauge(out, "lanyard_http_kept_back", "Questions that are kept for news.", held_.load());
  counter(out, "lanyard_http_turned_away", "Connections for which there was no room.", turned_away_);
  counter(out, "lanyard_commits", "Times that requests were committed together.", commits_);
  counter(out, "lanyard_requests_in_commits", "The requests in them.", in_commits_);
  return out;
}

Expected<HubStanding> standing_of(HubStore& store) {
  HubStanding standing;
  auto devices = store.devices();
  if (!devices) return tl::make_unexpected(devices.error());
  standing.devices = std::move(*devices);
  const auto journal = store.feed_head();
  if (!journal) return tl::make_unexpected(journal.error());
  standing.journal = *journal;
  const auto attendees = store.attendee_count();
  if (!attendees) return tl::make_unexpected(attendees.error());
  standing.attendees = *attendees;
  const auto version = store.roster_version();
  if (!version) return tl::make_unexpected(version.error());
  standing.roster_version = *version;
  const auto uplink = store.uplink();
  if (!uplink) return tl::make_unexpected(uplink.error());
  if (*uplink) standing.uplink = (*uplink)->standing;
  return standing;
}

std::string metrics_text(const HttpCounts& counts, const Expected<HubStanding>& standing, Timestamp now) {
  std::string out = counts.text();
  gauge(out, "lanyard_store_readable", "Whether the hub's store can be read.", standing.has_value() ? 1 : 0);
  if (standing) {
    gauge(out, "lanyard_attendees", "People on the roster.", standing->attendees);
    gauge(out, "lanyard_roster_version", "The roster's version.", standing->roster_version);
    gauge(out, "lanyard_journal_number", "The number of the newest row in the hub's order.",
          standing->journal.seq);
    tell_devices(out, standing->devices, now);
    if (standing->uplink) tell_uplink(out, *standing->uplink, now);
  }
  return out + "# EOF\n";
}

}  // namespace lanyard::sync::hub
