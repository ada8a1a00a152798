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
  Network(World& world, HubHost& hub);

  // Sets it off. The outcome comes while the world goes on, and `wake` is called when it does.
  // `patience`: so long the sender waits for it.
  void send(const std::string& from, const sync::HttpRequest& request, Ms patience,
            const std::shared_ptr<Trip>& trip);

  // Something on the way to it does not let the roster's pages through; the rest does pass.
  void hold_back_roster(const std::string& kiosk) { rosterless_.insert(kiosk); }
  void let_roster_through(const std::string& kiosk) { rosterless_.erase(kiosk); }
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
  // At the hub, which may keep the answer back for news.
  struct Kept {
    std::shared_ptr<const Sent> sent;
    std::shared_ptr<Trip> trip;
    std::optional<Timestamp> until;  // once it is kept back
    sync::HttpAnswer answer;
  };
  void ask(const Kept& kept);
  void take_answer(Kept kept, std::optional<HubHost::Answer> answer);
  void ask_again();  // for all that are kept back: there is news
  void send_due();
  [[nodiscard]] bool is_gone(const Kept& kept) const;  // nobody waits for it any more
  void bring_back(Kept kept);
  void settle(const std::shared_ptr<Trip>& trip, Ms wait, sync::Expected<sync::HttpAnswer> outcome);
  // Cut short, or with some of its bytes others than they were.
  std::string torn(std::string body);
  Ms latency();

  World& world_;
  HubHost& hub_;
  Dice dice_;
  std::set<std::string> cut_, rosterless_;
  std::vector<Kept> kept_;
};

}  // namespace lanyard::simulation
