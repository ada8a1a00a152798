// The way between the kiosks and the hub, on which requests and answers get lost, late, doubled and torn.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>

#include "tests/simulation/hub_host.hpp"

namespace lanyard::simulation {

// One request under way, until the sender knows what became of it. Whoever dies meanwhile lets go of it.
struct Trip {
  std::optional<sync::Expected<sync::HttpAnswer>> outcome;
  std::function<void()> wake;  // the sender; empty once it is gone
};

class Network {
 public:
  Network(World& world, HubHost& hub) : world_(world), hub_(hub), dice_(world.root.branch("network")) {}

  // Sets it off. The outcome comes while the world goes on, and `wake` is called when it does.
  void send(const std::string& from, const sync::HttpRequest& request, const std::shared_ptr<Trip>& trip);

  void cut(const std::string& kiosk) { cut_.insert(kiosk); }
  void mend(const std::string& kiosk) { cut_.erase(kiosk); }
  [[nodiscard]] bool is_cut(const std::string& kiosk) const { return cut_.contains(kiosk); }

 private:
  // As the client puts it on the wire.
  struct Sent {
    std::string from;
    sync::HttpRequest request;
    std::string digest;
  };
  void deliver(const Sent& sent, const std::shared_ptr<Trip>& trip);
  void settle(const std::shared_ptr<Trip>& trip, Ms wait, sync::Expected<sync::HttpAnswer> outcome);
  // Cut short, or with some of its bytes others than they were.
  std::string torn(std::string body);
  Ms latency();

  World& world_;
  HubHost& hub_;
  Dice dice_;
  std::set<std::string> cut_;
};

}  // namespace lanyard::simulation
