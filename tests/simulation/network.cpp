#include "tests/simulation/network.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

#include "sync/content_digest.hpp"

namespace lanyard::simulation {

namespace {

using sync::Error;
using sync::fail;
using sync::HttpAnswer;
using sync::HttpRequest;

}  // namespace

Network::Network(World& world, HubHost& hub)
    : world_(world), hub_(hub), dice_(world.root.branch("network" + hub.suffix())) {
  hub_.on_news = [this] { ask_again(); };
}

Ms Network::latency() {
  return Ms(dice_.one_in(20) ? dice_.between(300, 4'000) : dice_.between(4, 150));
}

std::string Network::torn(std::string body) {
  if (body.empty()) return body;
  if (dice_.one_in(2)) {
    body.resize(static_cast<std::size_t>(dice_.below(body.size())));
    return body;
  }
  for (std::uint64_t n = 1 + dice_.below(4); n > 0; --n) {
    char& byte = body[static_cast<std::size_t>(dice_.below(body.size()))];
    byte = static_cast<char>(byte ^ static_cast<char>(1U << dice_.below(7)));
  }
  return body;
}

void Network::settle(const std::shared_ptr<Trip>& trip, Ms wait, sync::Expected<HttpAnswer> outcome) {
  world_.after(wait, [trip, outcome = std::move(outcome)]() mutable {
    if (trip->outcome || !trip->wake) return;
    trip->outcome = std::move(outcome);
    trip->wake();
  });
}

void Network::send(const std::string& from, const HttpRequest& request, Ms patience,
                   const std::shared_ptr<Trip>& trip) {
  Faults& faults = world_.faults;
  if (cut_.contains(from)) {
    return settle(trip, Ms(dice_.between(1, 5'000)), fail(Error::Kind::unavailable, "no route"));
  }
  settle(trip, patience, fail(Error::Kind::unavailable, "no answer in time"));
  Sent made{from, request, request.body.empty() ? "" : sync::content_digest(request.body)};
  if (faults.happens(Fault::request_torn, 0.004)) made.request.body = torn(std::move(made.request.body));
  if (faults.happens(Fault::request_lost, 0.01)) return;
  // Some come when their sender has long given up.
  const Ms late = faults.happens(Fault::delayed, 0.01) ? Ms(dice_.between(1'000, 90'000)) : latency();
  const auto sent = std::make_shared<const Sent>(std::move(made));
  world_.after(late, [this, sent, trip] {
    // What is under way arrives, though its sender may have given up.
    if (!cut_.contains(sent->from)) ask({sent, trip, std::nullopt, {}});
  });
  if (faults.happens(Fault::duplicated, 0.01)) {
    world_.after(late + Ms(dice_.between(0, 240'000)),
                 [this, sent] { hub_.ask(sent->request, sent->digest, [](const auto&) {}); });
  }
}

void Network::ask(const Kept& kept) {
  hub_.ask(kept.sent->request, kept.sent->digest,
           [this, kept](std::optional<HubHost::Answer> answer) { take_answer(kept, std::move(answer)); });
}

bool Network::is_gone(const Kept& kept) const {
  return cut_.contains(kept.sent->from) || !kept.trip->wake || kept.trip->outcome;
}

void Network::take_answer(Kept kept, std::optional<HubHost::Answer> answer) {
  if (!answer) return settle(kept.trip, latency(), fail(Error::Kind::unavailable, "connection reset"));
  if (is_gone(kept)) return;
  const bool first = !kept.until;
  if (first) kept.until = world_.now() + answer->hold;
  kept.answer = std::move(answer->http);
  if (answer->hold == Ms(0) || world_.now() >= *kept.until) return bring_back(std::move(kept));
  if (first) world_.at(*kept.until, [this] { send_due(); });
  kept_.push_back(std::move(kept));
}

void Network::ask_again() {
  for (const Kept& one : std::exchange(kept_, {})) {
    if (!is_gone(one)) ask(one);
  }
}

void Network::send_due() {
  const auto due = [&](const Kept& one) { return world_.now() >= *one.until; };
  const auto first_due = std::stable_partition(kept_.begin(), kept_.end(), std::not_fn(due));
  const std::vector<Kept> list(std::make_move_iterator(first_due), std::make_move_iterator(kept_.end()));
  kept_.erase(first_due, kept_.end());
  for (const Kept& one : list) {
    if (!is_gone(one)) bring_back(one);
  }
}

void Network::bring_back(Kept kept) {
  if (world_.faults.happens(Fault::answer_lost, 0.01)) return;
  HttpAnswer& answer = kept.answer;
  if (rosterless_.contains(kept.sent->from) && kept.sent->request.url.find("/v1/roster") != std::string::npos)
    answer = {502, "text/html", "<html>Bad Gateway</html>", {}, {}};
  const bool is_torn = world_.faults.happens(Fault::answer_torn, 0.004);
  if (is_torn) answer.body = torn(std::move(answer.body));
  const Ms late = world_.faults.happens(Fault::delayed, 0.005) ? Ms(dice_.between(1'000, 40'000)) : latency();
  // As HttpClient looks at it; of what is as the hub made it, once in a while.
  const bool looked_at = is_torn || dice_.one_in(16);
  if (looked_at && !sync::fits_digest(answer.body, answer.digest))
    return settle(kept.trip, late, fail(Error::Kind::unavailable, "the answer was altered on its way"));
  settle(kept.trip, late, std::move(answer));
}

}  // namespace lanyard::simulation
