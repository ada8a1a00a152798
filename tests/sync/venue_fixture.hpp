// A venue's hub under a HubFixture, which is the centre: with a store of its own and its two lanes, in one
// process, and an uplink that can be cut.
#pragma once

#include "sync/hub/uplink.hpp"
#include "sync/hub/venue.hpp"
#include "tests/sync/kiosk_fixture.hpp"

namespace lanyard::sync::hub {

class Venue {
 public:
  Venue(HubFixture& centre, std::string name) : centre_(centre), name_(std::move(name)) {
    const auto joined = join_by(new_code_for_hub());
    INFO((joined ? std::string() : joined.error().message));
    REQUIRE(joined.has_value());
    CHECK(*joined == name_);
    store_ = place_.open(kSmallEventId).value();
    restart();
  }

  std::string new_code_for_hub() {
    const std::string code = new_code(centre_.random());
    REQUIRE(centre_.store().put_device(name_, "Venue " + name_, "main"));
    REQUIRE(centre_.store().mark_as_hub(name_));
    REQUIRE(centre_.store().set_code(name_, hash_code(normal_code(code)), centre_.now + kCodeLife));
    return code;
  }

  // By a code of the centre's, as a hub to be; or anew, once it is one.
  Expected<std::string> join_by(const std::string& code) {
    const auto make = [this](const std::string& event) { return place_.open(event); };
    return join({"http://hub", code, ""}, store_.get(), make, transport(), random_, centre_.now);
  }

  // As after a start of the hub: nothing is known but what is stored.
  void restart() {
    config_.hub = "http://hub";
    config_.pace.feed_every = std::chrono::milliseconds(0);
    const Clock clock = [this] { return Moment{steady, centre_.now, 0.5, 0, "boot"}; };
    carrier_ = std::make_unique<UplinkCarrier>(*store_, name_, config_, transport(), clock);
    follower_ = std::make_unique<Follower>(feed_from_centre(*store_, clock), config_,
                                           uplink_line(*store_, config_, transport(), clock, "feed"));
  }

  // Until both lanes have nothing to do, and some time on: with a heartbeat, which tells of the kiosks.
  void settle() {
    steady += std::chrono::minutes(2);
    for (int i = 0; i < 300; ++i) {
      const auto until = carrier_->step();
      const bool carried = until.has_value();
      if (carried && !cut && carrier_->standing() != "online") {
        steady = std::max(steady, *until);  // the pause after a failure
        continue;
      }
      const auto heard = store_->uplink().value()->feed;
      const auto followed = follower_->step();
      REQUIRE(followed.has_value());
      const bool news = carrier_->hear_roster(follower_->roster_told());
      if (carried && !news && !carrier_->has_news() && heard == store_->uplink().value()->feed) return;
      if (cut && carried) return;
    }
    FAIL("the uplink never rests");
  }

  std::string enrol(const std::string& kiosk) {
    const std::string code = new_code(random_);
    const std::string id = name_ + "." + kiosk;
    REQUIRE(store_->put_device(id, "The " + kiosk, "main"));
    REQUIRE(store_->set_code(id, hash_code(normal_code(code)), centre_.now + kCodeLife));
    EnrolRequest request{code, {}, "test"};
    random_(request.public_key);
    const Response answer = ask({"POST", "/v1/enrol", {}, "", to_body(request)});
    REQUIRE(answer.status == 200);
    return parse_enrol_answer(answer.body).value().token;
  }
  Response ask(const Request& request) { return handle(request, *store_, centre_.now, random_); }
  UploadAnswer upload(const std::string& token, const std::vector<JournalRow>& rows) {
    const Response answer = ask({"POST", "/v1/journal", {}, token, to_body(UploadRequest{rows})});
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    return parse_upload_answer(answer.body).value();
  }

  Transport transport() {
    return [this](const HttpRequest& request) -> Expected<HttpAnswer> {
      ++requests;
      if (request.url.find("/v1/photos/") != std::string::npos) ++photos_asked;
      if (cut) return fail(Error::Kind::unavailable, "no route");
      if (lie) {
        if (auto lied = lie(request)) return *lied;
      }
      const Response answer = handle(request_of(request), centre_.store(), centre_.now, centre_.random());
      if (lose_answers > 0 && request.method == "POST" && lose_answers-- > 0)
        return fail(Error::Kind::unavailable, "connection reset");
      return HttpAnswer{answer.status, answer.content_type, answer.body, {}, {}};
    };
  }
  // What comes in place of the centre's answers at this path; nullopt = its own.
  void lie_at(const std::string& path, std::function<std::optional<HttpAnswer>(const HttpRequest&)> what) {
    lie = [path, what = std::move(what)](const HttpRequest& request) -> std::optional<HttpAnswer> {
      if (!request.url.ends_with(path)) return std::nullopt;
      return what(request);
    };
  }
  std::string token() { return store_->uplink().value()->token; }

  [[nodiscard]] HubStore& store() { return *store_; }
  [[nodiscard]] StorePlace& place() { return place_; }
  [[nodiscard]] UplinkCarrier& carrier() { return *carrier_; }
  [[nodiscard]] const Random& random() const { return random_; }

  SteadyTime steady{std::chrono::hours(1)};
  bool cut{false};
  int lose_answers{0};
  std::function<std::optional<HttpAnswer>(const HttpRequest&)> lie;
  int requests{0};
  int photos_asked{0};

 private:
  HubFixture& centre_;
  std::string name_;
  StorePlace place_;
  // Of its own: two hubs that drew the same bytes would have the same keys.
  Random random_{[n = static_cast<std::uint8_t>(name_.front())](std::span<std::uint8_t> out) mutable {
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(++n * 41);
  }};
  std::unique_ptr<HubStore> store_;
  SyncdConfig config_;
  std::unique_ptr<UplinkCarrier> carrier_;
  std::unique_ptr<Follower> follower_;
};

// A centre with one venue, and a kiosk of the venue's.
struct VenueFixture {
  HubFixture centre;
  Venue expo{centre, "expo"};
  std::string kiosk{expo.enrol("desk-1")};  // its token; it stands at the checkpoint main
  RowWriter writer{"expo.desk-1"};
};

}  // namespace lanyard::sync::hub
