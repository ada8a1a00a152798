#include "tests/simulation/network.hpp"

#include <utility>

#include "sync/content_digest.hpp"

namespace lanyard::simulation {

namespace {

using sync::Error;
using sync::fail;
using sync::HttpAnswer;
using sync::HttpRequest;

}  // namespace

Network::Network(World& world, HubHost& hub) : world_(world), hub_(hub), dice_(world.root.branch("network")) {
  hub_.on_news = [this] { deliver_kept(); };
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
  world_.after(wait, [trip, outcome = std::move(outcome)] {
    if (trip->outcome || !trip->wake) return;
    trip->outcome = outcome;
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
  Sent sent{from, request, request.body.empty() ? "" : sync::content_digest(request.body)};
  if (faults.happens(Fault::request_torn, 0.004)) sent.request.body = torn(std::move(sent.request.body));
  if (faults.happens(Fault::request_lost, 0.01)) return;
  // Some come when their sender has long given up.
  const Ms late = faults.happens(Fault::delayed, 0.01) ? Ms(dice_.between(1'000, 90'000)) : latency();
  world_.after(late, [this, sent, trip] { deliver({sent, trip, {}}); });
  if (faults.happens(Fault::duplicated, 0.01)) {
    world_.after(late + Ms(dice_.between(0, 240'000)),
                 [this, sent] { (void)hub_.take(sent.request, sent.digest); });
  }
}

void Network::deliver(const Kept& kept) {
  const bool first = kept.until == Timestamp{};
  const bool given_up = !kept.trip->wake || kept.trip->outcome;
  // What is under way arrives even so; what the server keeps goes with its connection.
  if (cut_.contains(kept.sent.from) || (given_up && !first)) return;
  auto answer = hub_.take(kept.sent.request, kept.sent.digest);
  if (!answer) return settle(kept.trip, latency(), fail(Error::Kind::unavailable, "connection reset"));
  if (given_up) return;
  const Timestamp until = first ? world_.now() + answer->hold : kept.until;
  if (answer->hold == Ms(0) || world_.now() >= until) return bring_back(kept, std::move(answer->http));
  kept_.push_back({kept.sent, kept.trip, until});
  if (first) world_.at(until, [this] { deliver_kept(); });
}

void Network::deliver_kept() {
  for (const Kept& one : std::exchange(kept_, {})) deliver(one);
}

void Network::bring_back(const Kept& kept, HttpAnswer answer) {
  if (cut_.contains(kept.sent.from) || world_.faults.happens(Fault::answer_lost, 0.01)) return;
  if (world_.faults.happens(Fault::answer_torn, 0.004)) answer.body = torn(std::move(answer.body));
  const Ms late = world_.faults.happens(Fault::delayed, 0.005) ? Ms(dice_.between(1'000, 40'000)) : latency();
  // As HttpClient looks at it.
  if (!sync::fits_digest(answer.body, answer.digest))
    return settle(kept.trip, late, fail(Error::Kind::unavailable, "the answer was altered on its way"));
  settle(kept.trip, late, std::move(answer));
}

}  // namespace lanyard::simulation
