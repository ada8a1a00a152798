#include "sync/hub/uplink.hpp"

#include <algorithm>

#include <sodium.h>

#include "sync/device_clock.hpp"
#include "sync/log.hpp"

namespace lanyard::sync::hub {

namespace {

constexpr std::chrono::milliseconds kLookAgain{100};  // for rows, and for the end

Moment moment() {
  return {std::chrono::steady_clock::now(),
          std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now()),
          randombytes_random() / 4294967296.0, since_boot_ms(), boot_id()};
}

Expected<std::string> ask(const Transport& transport, const HttpRequest& request) {
  auto answer = transport(request);
  if (!answer) return tl::make_unexpected(answer.error().within("the centre"));
  if (answer->status == 200) return std::move(answer->body);
  return fail(answer->status == 403 ? Error::Kind::refused : Error::Kind::unavailable,
              "the centre answers " + std::to_string(answer->status) + " " + problem_text(answer->body));
}

Expected<void> take_whole_roster(HubStore& store, const Uplink& uplink, const Transport& transport,
                                 Timestamp now) {
  RosterFromCentre roster(store);
  for (bool more = true; more;) {
    const auto asked = roster.question();
    if (!asked) return tl::make_unexpected(asked.error());
    const auto body = ask(transport, {"GET", uplink.hub + roster_path(*asked), uplink.token, ""});
    if (!body) return tl::make_unexpected(body.error());
    const auto page = parse_roster_page(*body);
    if (!page) return tl::make_unexpected(page.error());
    if (auto taken = roster.take(*page, now); !taken) return taken;
    more = page->more;
  }
  return {};
}

}  // namespace

Expected<std::string> join(const EnrolmentCode& code, HubStore* known, const StoreMaker& make,
                           const Transport& transport, const Random& random, Timestamp now) {
  Founding founding = new_founding(random);
  if (known != nullptr) {
    const auto uplink = known->uplink();
    if (!uplink) return tl::make_unexpected(uplink.error());
    if (!*uplink) {
      return fail(Error::Kind::invalid,
                  "this hub is there already, with an event of its own: a venue's is made anew");
    }
    const auto made = known->founding();
    if (!made) return tl::make_unexpected(made.error());
    founding = **made;
  }
  const EnrolRequest request{code.code, public_half(founding.signing_key),
                             std::string("lanyard-hub ") + LANYARD_VERSION, true};
  const auto body = ask(transport, {"POST", code.hub + "/v1/enrol", "", to_body(request)});
  if (!body) return tl::make_unexpected(body.error());
  const auto enrolled = parse_enrol_answer(*body);
  if (!enrolled) return tl::make_unexpected(enrolled.error());
  Uplink uplink;
  uplink.hub = code.hub;
  uplink.pin = code.pin;
  uplink.device = enrolled->device;
  uplink.token = enrolled->token;
  if (known != nullptr) {
    if (enrolled->device != founding.name || enrolled->fingerprint_key != founding.fingerprint_key)
      return fail(Error::Kind::invalid, "the code is that of another hub, " + enrolled->device);
    if (auto set = known->transact([&] { return known->set_uplink(uplink); }); !set)
      return tl::make_unexpected(set.error());
    return uplink.device;
  }
  auto store = make(enrolled->event);
  if (!store) return tl::make_unexpected(store.error());
  founding.name = enrolled->device;
  founding.fingerprint_key = enrolled->fingerprint_key;
  const auto founded = (*store)->transact([&]() -> Expected<void> {
    if (auto done = (*store)->found(founding, now); !done) return done;
    return (*store)->set_uplink(uplink);
  });
  if (!founded) return tl::make_unexpected(founded.error());
  if (auto taken = take_whole_roster(**store, uplink, transport, now); !taken)
    return tl::make_unexpected(taken.error().within("the hub has joined, but has no roster yet"));
  return uplink.device;
}

FeedReader feed_from_centre(HubStore& store, const Clock& clock) {
  return {[&store]() -> Expected<Heard> {
            const auto uplink = store.uplink();
            if (!uplink) return tl::make_unexpected(uplink.error());
            if (!*uplink) return fail(Error::Kind::invalid, "this hub has not joined another");
            return Heard{(*uplink)->feed, (*uplink)->roster_version};
          },
          [&store, clock](const FeedPage& page, const FeedCursor& /*asked*/) {
            return take_feed(page, store, clock().wall);
          }};
}

Expected<std::unique_ptr<UplinkLanes>> UplinkLanes::start(std::unique_ptr<HubStore> carrying,
                                                          std::unique_ptr<HubStore> following,
                                                          const Pace& pace) {
  const auto uplink = carrying->uplink();
  if (!uplink) return tl::make_unexpected(uplink.error());
  if (!*uplink) return fail(Error::Kind::invalid, "this hub has not joined another");
  return std::unique_ptr<UplinkLanes>(
      new UplinkLanes(std::move(carrying), std::move(following), **uplink, pace));
}

UplinkLanes::UplinkLanes(std::unique_ptr<HubStore> carrying, std::unique_ptr<HubStore> following,
                         const Uplink& uplink, const Pace& pace)
    : carrying_(std::move(carrying)), following_(std::move(following)), uplink_(uplink) {
  config_.hub = uplink.hub;
  config_.trust.pin = uplink.pin;
  config_.pace = pace;
  config_.pace.photo_every = std::max(pace.photo_every, kPhotoEvery);
  carrier_ = std::thread([this] { carry(); });
  follower_ = std::thread([this] { follow(); });
}

UplinkLanes::~UplinkLanes() {
  stop_ = true;
  carrier_.join();
  follower_.join();
}

void UplinkLanes::rest_until(SteadyTime until, const std::function<bool()>& has_news) {
  while (!stop_ && std::chrono::steady_clock::now() < until && !has_news()) {
    std::this_thread::sleep_for(
        std::min<std::chrono::nanoseconds>(kLookAgain, until - std::chrono::steady_clock::now()));
  }
}

void UplinkLanes::carry() {
  HttpClient client({}, config_.trust);
  UplinkCarrier carrier(
      *carrying_, uplink_.device, config_,
      [&](const HttpRequest& request) { return client.request(request, &stop_); }, moment);
  log::info("uplink: {} brings its rows to {}", uplink_.device, uplink_.hub);
  while (!stop_) {
    const auto until = carrier.step();
    if (!until) continue;
    // Nothing that comes meanwhile is sent before the pause after a failure is over.
    const bool pausing = carrier.standing() != "online";
    rest_until(*until, [&] { return !pausing && (carrier.has_news() || carrier.hear_roster(roster_told_)); });
  }
}

void UplinkLanes::follow() {
  HttpClient client(
      {.connect = HttpPatience{}.connect, .total = config_.pace.listen_for + HttpPatience{}.total},
      config_.trust);
  const Transport transport = [&](const HttpRequest& request) { return client.request(request, &stop_); };
  Follower follower(feed_from_centre(*following_, moment), config_,
                    uplink_line(*following_, config_, transport, moment, "uplink, the others' rows"));
  while (!stop_) {
    const auto until = follower.step();
    roster_told_ = follower.roster_told();
    if (!until) {
      // Damage of the store, which the hub's own thread meets as well: not for this one to end it.
      log::error("uplink: {}", until.error().message);
      rest_until(std::chrono::steady_clock::now() + config_.pace.back_off_most, [] { return false; });
    } else if (*until) {
      rest_until(**until, [] { return false; });
    }
  }
}

}  // namespace lanyard::sync::hub
