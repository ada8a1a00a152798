// A hub: the real one over its real store, on a machine with a clock, a disk and a way to die. The centre is
// "hub", a venue's is under its name there.
#pragma once

#include <deque>
#include <filesystem>
#include <memory>
#include <optional>

#include "sync/http_client.hpp"
#include "sync/hub/feed_window.hpp"
#include "sync/hub/hub.hpp"
#include "tests/simulation/machine.hpp"
#include "tests/simulation/model.hpp"
#include "tests/simulation/tap.hpp"

namespace lanyard::simulation {

class HubHost {
 public:
  HubHost(World& world, std::filesystem::path folder, const sync::EventInfo& event,
          const std::vector<sync::Checkpoint>& checkpoints);
  // A venue's, which joins the centre.
  HubHost(World& world, std::filesystem::path folder, const std::string& name, const sync::EventInfo& event,
          const std::vector<sync::Checkpoint>& checkpoints, HubHost& centre);

  [[nodiscard]] const std::string& name() const { return name_; }
  // What tells its draws from the centre's.
  [[nodiscard]] std::string suffix() const { return name_ == sync::hub::kHubDevice ? "" : " " + name_; }

  // What a request gets; nullopt where the hub is down, or goes down over it.
  struct Answer {
    sync::HttpAnswer http;
    Ms hold{0};  // so long the server keeps it back, in case of news
  };
  using Answered = std::function<void(std::optional<Answer>)>;
  // A request arrives: it waits until those before it are done with, and is then handled with all that have
  // come meanwhile, in one commit, as HttpServer does. `digest`: of the body as it was sent.
  void ask(const sync::HttpRequest& request, const std::string& digest, Answered answered);
  // The same at once, for a kiosk that is being enrolled.
  std::optional<Answer> take(const sync::HttpRequest& request);
  // There may be other answers to what is kept back.
  std::function<void()> on_news;
  // Of its process, for what else lives in it; and rows have come.
  std::function<void()> on_start, on_stop, on_rows;

  // Somebody at the accreditation office changes the roster. False where that cannot be written now.
  bool change(const std::function<sync::Expected<void>(sync::hub::HubStore&)>& work);
  // A one-time code for a new kiosk at this checkpoint.
  std::string code_for(const std::string& device, const std::string& checkpoint, bool is_hub = false);

  // Somebody else in its process has written to its database.
  void notice();

  [[nodiscard]] bool up() const { return store_ != nullptr; }
  [[nodiscard]] bool full() const { return full_; }
  void crash();  // and comes back after a while
  void fill_disk(bool full);
  void back_up();
  void restore();  // from the last backup, if there is one
  [[nodiscard]] std::size_t restored() const { return restored_; }

  [[nodiscard]] sync::hub::HubStore& store() { return *store_; }
  Tap& tap() { return tap_; }
  Machine& machine() { return machine_; }
  [[nodiscard]] const sync::hub::Founding& founding() const { return founding_; }
  // All rows that it has, and the alerts that they should have raised.
  [[nodiscard]] const Watch& watch() const { return watch_; }
  [[nodiscard]] std::int64_t newest() const { return heard_; }

 private:
  void start();
  struct Asked {
    sync::hub::Request request;
    Answered answered;
  };
  void serve();
  // In one commit, if any of them writes; empty where the hub has died over it.
  std::vector<std::optional<Answer>> handle(const std::vector<Asked>& asked);
  void look_at_promises(const std::vector<Asked>& asked, const std::vector<sync::hub::Response>& responses);
  void stop();
  void hear_rows();  // those that are new to `watch_`
  void look_soon();
  void look_for_news();
  void arm_crash();
  [[nodiscard]] bool struck();  // by what arm_crash drew

  World& world_;
  std::string name_;
  std::filesystem::path folder_;
  Machine machine_;
  sync::hub::Random random_;
  Tap tap_;
  std::unique_ptr<sync::hub::HubStore> store_;
  sync::hub::FeedWindow window_;
  sync::hub::Founding founding_;
  Watch watch_;
  std::deque<Asked> waiting_;
  bool serving_{false};
  bool looking_{false};
  std::optional<Watch> watch_at_backup_;
  std::int64_t heard_{0};  // of the hub's order, up to where `watch_` has it
  std::int64_t heard_at_backup_{0};
  bool full_{false};
  bool dies_after_{false};
  std::size_t restored_{0};
};

}  // namespace lanyard::simulation
