// A kiosk's store and daemon against a hub in the same process.
#pragma once

#include <sys/stat.h>

#include "sync/carrier.hpp"
#include "sync/follower.hpp"
#include "tests/sync/hub_fixture.hpp"
#include "tests/sync/request_of.hpp"

namespace lanyard::sync {

using namespace std::chrono_literals;
using hub::HubFixture;

inline std::size_t rows_at_hub(HubFixture& hub, const std::string& device) {
  return hub.store().rows_of_device(device, 0, 10'000).value().size();
}

// A kiosk's store and its daemon's two lanes, and a wire that can be cut or lied on.
class Kiosk {
 public:
  explicit Kiosk(HubFixture& hub, const std::string& device = "north-1")
      : hub_(hub), store_(Store::open(folder_.path() / "store.db").value()), device_(device) {
    config_.store = folder_.path() / "store.db";
    config_.hub = "https://hub";
    config_.tokens = {folder_.path() / "token", folder_.path()};
  }

  Expected<Identity> enrol_with(const std::string& code) {
    std::array<std::uint8_t, 32> seed{};
    seed.fill(static_cast<std::uint8_t>(device_.back()));
    return sync::enrol(store_, config_, code, seed, transport());
  }
  void enrol() {
    REQUIRE(enrol_with(hub_.new_code_for(device_)).has_value());
    restart();
  }
  void restart() {
    const SeedSource new_seed = [this] {
      std::array<std::uint8_t, 32> seed{};
      seed.fill(static_cast<std::uint8_t>(0x80 + ++seeds_));
      return seed;
    };
    const Clock clock = [this] { return Moment{steady, hub_.now + skew, 0.5, since_boot_ms(), "boot"}; };
    carrier_ = std::make_unique<Carrier>(store_, config_, transport(), clock, new_seed);
    follower_ = std::make_unique<Follower>(store_, config_, transport(), clock);
  }

  [[nodiscard]] std::int64_t since_boot_ms() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(steady.time_since_epoch()).count();
  }

  // As the kiosk's own process writes, through another handle.
  JournalRow write(RowKind kind, const std::string& attendee, const std::string& basis = "") {
    auto kiosk = Store::open(folder_.path() / "store.db").value();
    JournalRow row;
    row.kind = kind;
    row.attendee = attendee;
    row.checkpoint = "main";
    row.zone = "site";
    row.basis = basis;
    ++written_;
    const RowStamp stamp{hub_.now + skew,
                         "boot",
                         since_boot_ms(),
                         {static_cast<std::uint8_t>(written_ >> 8), static_cast<std::uint8_t>(written_), 0, 0,
                          0, 0, 0, 0, 0, static_cast<std::uint8_t>(device_.back())}};
    return kiosk.append(row, stamp).value();
  }

  // Steps until there is nothing to do.
  void settle(int most = 200) {
    for (int i = 0; i < most; ++i) {
      const auto carried = carrier_->step();
      const auto followed = follower_->step();
      REQUIRE(carried.has_value());
      REQUIRE(followed.has_value());
      const bool news = carrier_->hear_roster(follower_->roster_told());
      if (*carried && *followed && !news) return;
    }
    FAIL("the daemon never rests");
  }
  // The same, of one that may forget all on the way.
  void settle_for_good(int most = 200) {
    for (int i = 0; i < most && !carrier_->has_forgotten(); ++i) {
      REQUIRE(carrier_->step().has_value());
      steady += 1s;
    }
  }
  void pass(std::chrono::milliseconds time) {
    steady += time;
    hub_.now += time;
  }
  // Time for a heartbeat, and what follows from its answer.
  void beat() {
    pass(16s);
    settle();
  }

  Transport transport() {
    return [this](const HttpRequest& request) -> Expected<HttpAnswer> {
      ++requests;
      if (cut) return fail(Error::Kind::unavailable, "no route");
      if (lie) {
        if (auto lied = lie(request)) return *lied;
      }
      const hub::Request asked = request_of(request);
      const hub::Response answer = hub::handle(asked, hub_.store(), hub_.now, hub_.random());
      if (lose_answer) return fail(Error::Kind::unavailable, "connection reset");
      const std::chrono::milliseconds takes((asked.body.size() + answer.body.size()) / bytes_per_ms);
      steady += std::min(takes, HttpPatience{}.total);
      if (takes > HttpPatience{}.total) return fail(Error::Kind::unavailable, "timeout was reached");
      return HttpAnswer{answer.status, answer.content_type, answer.body, {}, {}};
    };
  }

  SteadyTime steady{std::chrono::hours(1)};
  std::chrono::milliseconds skew{0};  // of the kiosk's clock
  bool cut{false};
  bool lose_answer{false};
  std::size_t bytes_per_ms{1'000'000};
  std::function<std::optional<HttpAnswer>(const HttpRequest&)> lie;
  int requests{0};

  [[nodiscard]] Store& store() { return store_; }
  [[nodiscard]] Carrier& carrier() { return *carrier_; }
  [[nodiscard]] Follower& follower() { return *follower_; }
  [[nodiscard]] SyncdConfig& config() { return config_; }
  [[nodiscard]] std::filesystem::path renewed() const { return folder_.path() / ("token-" + device_); }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  HubFixture& hub_;
  hub::TemporaryFolder folder_;
  Store store_;
  std::string device_;
  SyncdConfig config_;
  std::int64_t written_{0};
  int seeds_{0};
  std::unique_ptr<Carrier> carrier_;
  std::unique_ptr<Follower> follower_;
};

}  // namespace lanyard::sync
