#include "tests/simulation/simulation.hpp"

#include <cstdio>
#include <exception>

#include "sync/hub/erase.hpp"
#include "tests/simulation/check.hpp"
#include "tests/simulation/disk.hpp"

namespace lanyard::simulation {

namespace {

constexpr Ms kTick{10'000};  // how often misfortune is drawn for
constexpr Ms kMostDraining{3'600'000};
constexpr Ms kLongestDark{120'000};  // of a kiosk without power
// So long, with nothing in the way, no row waits: some requests that are lost in a row, each given up after
// 30 s.
constexpr Ms kPrompt{300'000};
constexpr std::size_t kPeopleFor = 10;  // arrivals a head
constexpr std::size_t kErasures = 4;
constexpr std::size_t kArrivalsBetweenErasures = 8;

// A venue: its hub, which lives and dies with the lanes to the centre, and the way to it from its kiosks.
struct Venue {
  Venue(World& world, Network& up, HubHost& centre, const Plan& plan, const std::string& name,
        const std::filesystem::path& folder, const sync::SyncdConfig& config)
      : hub(world, folder, name, plan.event, plan.checkpoints, centre),
        network(world, hub),
        uplink({world, up, hub.machine(), name, config, Fault::hub_crash, [this] { hub.notice(); }},
               carry_for_venue(folder), follow_for_venue(folder)) {
    hub.on_start = [this] { uplink.start(); };
    hub.on_stop = [this] { uplink.kill(); };
    hub.on_rows = [this] { uplink.news(); };
    uplink.on_death = [this] { hub.crash(); };
    uplink.start();
  }

  HubHost hub;
  Network network;
  TwoLanes uplink;
};

class Run {
 public:
  Run(const Options& options, const std::filesystem::path& folder)
      : world_(options),
        dice_(world_.root.branch("run")),
        plan_(plan_of(world_.root.branch("event"))),
        hub_(world_, folder / "hub", plan_.event, plan_.checkpoints),
        network_(world_, hub_),
        crowd_(world_, hub_, kiosks_, people_of(world_.root.branch("people"), people_for(options))) {
    sync::Pace pace;
    pace.feed_every = Ms(dice_.between(4'000, 20'000));
    pace.roster_every = Ms(dice_.between(5'000, 30'000));
    for (std::uint64_t i = 1; i <= options.venues; ++i) {
      const std::string name = "v" + std::to_string(i);
      sync::SyncdConfig config;
      config.hub = "https://hub";
      config.pace = pace;
      venues_.push_back(std::make_unique<Venue>(world_, network_, hub_, plan_, name, folder / name, config));
    }
    const auto places = places_of(world_.root.branch("places"), options.kiosks);
    for (std::size_t i = 0; i < places.size(); ++i) {
      const std::string name = "k" + std::to_string(i + 1);
      // Those of the centre, of the first venue and so on in turn.
      const std::size_t at = i % (venues_.size() + 1);
      kiosks_.push_back(
          at == 0 ? std::make_unique<KioskHost>(world_, network_, hub_, name, places[i], folder / name, pace)
                  : std::make_unique<KioskHost>(world_, venues_[at - 1]->network, venues_[at - 1]->hub,
                                                venues_[at - 1]->hub.name() + "." + name, places[i],
                                                folder / name, pace));
    }
  }

  Outcome play() {
    world_.run_until(world_.now() + std::chrono::minutes(2));  // until all have the roster
    world_.faults.begin();
    const auto days = static_cast<std::uint64_t>(dice_.between(1, 3));
    backups_ = schedule_backups();
    for (std::uint64_t day = 0; day < days; ++day) {
      if (day > 0) sleep_over_night();
      live_through_day(world_.options.arrivals * (day + 1) / days);
    }
    // In the evening there are no new rows that would tell the hub what it lacks.
    if (dice_.one_in(2)) restore_hub();
    settle();
    if (world_.violations().empty()) check_all(world_, hub_, venue_hubs(), kiosks_, crowd_, plan_);
    came_ = crowd_.arrivals();
    if (world_.violations().empty()) erase_some();
    return told();
  }

 private:
  static std::size_t people_for(const Options& options) {
    return static_cast<std::size_t>(std::max<std::uint64_t>(20, options.arrivals / kPeopleFor));
  }

  void live_through_day(std::uint64_t until_arrival) {
    Timestamp next_tick = world_.now();
    // Behind the first thing that must not be, all else is its consequence.
    while (crowd_.arrivals() < until_arrival && world_.violations().empty()) {
      world_.run_until(world_.now() + until_the_next());
      crowd_.arrive();
      if (dice_.one_in(60)) crowd_.office();
      if (world_.now() < next_tick) continue;
      next_tick = world_.now() + kTick;
      misfortune();
      keep_up_desks();
      look_for_rows_that_wait();
    }
  }

  // There are queues, and there are hours with hardly anybody.
  Ms until_the_next() {
    if (flow_for_ == 0) {
      flow_for_ = dice_.between(20, 150);
      most_between_ = dice_.one_in(5) ? Ms(6'000) : dice_.one_in(3) ? Ms(1'900) : Ms(500);
    }
    --flow_for_;
    return Ms(dice_.between(50, most_between_.count()));
  }

  // The kiosks are switched off in the evening, and on in the morning.
  void sleep_over_night() {
    const Ms night(dice_.between(6 * 3'600'000, 14 * 3'600'000));
    for (const auto& kiosk : kiosks_) kiosk->switch_off(night + Ms(dice_.between(0, 60'000)));
    world_.run_until(world_.now() + night + std::chrono::minutes(2));
    for (const auto& kiosk : kiosks_) hindered_[kiosk->name()] = world_.now();  // nobody looked meanwhile
  }

  // What the kiosk's own threads see to now and then.
  void keep_up_desks() {
    for (const auto& kiosk : kiosks_) {
      (void)kiosk->perform<std::size_t>(
          [](kiosk::Desk& desk, const sync::RowStamp& stamp) { return desk.reconcile(stamp); });
    }
  }

  // What fails beside them does not keep rows here.
  void look_for_rows_that_wait() {
    for (const auto& kiosk : kiosks_) {
      Timestamp& hindered = hindered_[kiosk->name()];
      HubHost& hub = kiosk->hub();
      if (!hub.up() || hub.full() || hub.restored() != restored_seen_[hub.name()] ||
          kiosk->network().is_cut(kiosk->name()) || !kiosk->up() || !kiosk->syncd_runs()) {
        hindered = world_.now();
        continue;
      }
      if (world_.now() - hindered < kPrompt) continue;
      const std::uint64_t heard = hub.store().chain_end(kiosk->name()).value().seq;
      const auto& written = kiosk->acknowledged_at();
      if (heard >= written.size() || world_.now() - written[heard] < kPrompt) continue;
      world_.accuse(
          "", kiosk->name() + ": row " + std::to_string(heard + 1) + " waits, and nothing is in its way");
      hindered = world_.now();
    }
    for (HubHost* hub : all_hubs()) restored_seen_[hub->name()] = hub->restored();
  }

  std::vector<HubHost*> venue_hubs() {
    std::vector<HubHost*> hubs;
    for (const auto& venue : venues_) hubs.push_back(&venue->hub);
    return hubs;
  }

  std::vector<HubHost*> all_hubs() {
    std::vector<HubHost*> hubs = venue_hubs();
    hubs.push_back(&hub_);
    return hubs;
  }

  HubHost& some_hub() {
    if (venues_.empty()) return hub_;
    auto hubs = all_hubs();
    return *dice_.pick(hubs);
  }

  void misfortune() {
    Faults& faults = world_.faults;
    KioskHost& kiosk = *dice_.pick(kiosks_);
    const Ms long_span(dice_.between(20'000, 500'000));
    if (faults.happens(Fault::partition, 0.05)) cut_off({&kiosk}, long_span);
    if (faults.happens(Fault::partition, 0.006)) cut_off(everybody(), long_span);
    if (faults.happens(Fault::kiosk_crash, 0.03)) kiosk.crash();
    for (const auto& venue : venues_) {
      if (faults.happens(Fault::partition, 0.03)) cut_line(*venue, long_span * 2);
    }
    HubHost& hub = some_hub();
    if (faults.happens(Fault::hub_crash, 0.015)) hub.crash();
    if (faults.happens(Fault::power_cycle, 0.04)) {
      kiosk.switch_off(Ms(dice_.between(2'000, kLongestDark.count())));
      // The switch in the cupboard hung on the same fuse: no hub tells the time after the start.
      if (dice_.one_in(2)) cut_off({&kiosk}, long_span);
      // Nor does the clock, whose battery is empty.
      if (dice_.one_in(2)) set_wrong(kiosk);
    }
    const Ms jump(dice_.between(-86'400'000, 86'400'000) / (dice_.one_in(2) ? 1 : 500));
    if (dice_.chance(0.02)) set_wrong(kiosk);
    if (faults.happens(Fault::hub_clock, 0.004)) {
      hub.machine().jump(jump);
      world_.note(hub.name(), "", "its clock jumps by " + std::to_string(jump.count()) + " ms");
      world_.after(long_span, [&hub, jump] { hub.machine().jump(-jump); });
    }
    if (faults.happens(Fault::kiosk_disk, 0.02)) {
      kiosk.fill_disk(true);
      world_.after(long_span * 2, [&kiosk] { kiosk.fill_disk(false); });
    }
    if (faults.happens(Fault::hub_disk, 0.006)) {
      fill_disk(hub, true);
      world_.after(long_span, [this, &hub] { fill_disk(hub, false); });
    }
    if (faults.happens(Fault::roster_fails, 0.01)) {
      hold_back_roster(dice_.one_in(2) ? std::vector{&kiosk} : everybody(), long_span * 2);
    }
    if (dice_.one_in(200)) move(kiosk);
    while (!backups_.empty() && crowd_.arrivals() >= backups_.front().first) {
      const bool restore = backups_.front().second;
      backups_.erase(backups_.begin());
      if (!restore) kept_ = &some_hub();
      restore ? restore_hub() : kept_->back_up();
    }
  }

  void restore_hub() {
    if (!world_.faults.may(Fault::hub_restored)) return;
    kept_->restore();
  }

  // A venue's hub and its lanes write to one disk.
  void fill_disk(HubHost& hub, bool full) {
    hub.fill_disk(full);
    for (const auto& venue : venues_) {
      if (&venue->hub == &hub) venue->uplink.fill_disk(full);
    }
  }

  // The venue works on alone.
  void cut_line(Venue& venue, Ms time) {
    network_.cut(venue.hub.name());
    world_.note(venue.hub.name(), "",
                "is cut off from the centre for " + std::to_string(time.count()) + " ms");
    world_.after(time, [this, &venue] { network_.mend(venue.hub.name()); });
  }

  void set_wrong(KioskHost& kiosk) {
    const Ms jump(dice_.between(-86'400'000, 86'400'000) / (dice_.one_in(2) ? 1 : 500));
    if (kiosk.machine().synchronised() || !world_.faults.happens(Fault::kiosk_clock, 1.0)) return;
    kiosk.machine().jump(jump);
    world_.note(kiosk.name(), "", "its clock jumps by " + std::to_string(jump.count()) + " ms");
  }

  void hold_back_roster(const std::vector<KioskHost*>& kiosks, Ms time) {
    for (KioskHost* kiosk : kiosks) {
      kiosk->network().hold_back_roster(kiosk->name());
      world_.note(kiosk->name(), "",
                  "gets no page of the roster for " + std::to_string(time.count()) + " ms");
      world_.after(time, [kiosk] { kiosk->network().let_roster_through(kiosk->name()); });
    }
  }

  // (arrival, whether it is a restoration), ascending.
  std::vector<std::pair<std::uint64_t, bool>> schedule_backups() {
    std::vector<std::pair<std::uint64_t, bool>> list;
    const std::uint64_t times = dice_.one_in(2) ? 1 + dice_.below(2) : 0;
    for (std::uint64_t i = 0; i < times; ++i) {
      const std::uint64_t half = world_.options.arrivals / (times * 2 + 1);
      const std::uint64_t begin = half * 2 * i + dice_.below(half + 1);
      list.emplace_back(begin, false);
      list.emplace_back(begin + 1 + dice_.below(half + 1), true);
    }
    return list;
  }

  void move(KioskHost& kiosk) {
    const std::string to = dice_.pick(plan_.checkpoints).id;
    const bool done = kiosk.hub().change([&](sync::hub::HubStore& store) {
      return store.put_device(kiosk.name(), "The " + kiosk.name(), to);
    });
    if (done) world_.note(kiosk.hub().name(), "", "moves " + kiosk.name() + " to " + to);
  }

  std::vector<KioskHost*> everybody() {
    std::vector<KioskHost*> all;
    for (const auto& kiosk : kiosks_) all.push_back(kiosk.get());
    return all;
  }

  void cut_off(const std::vector<KioskHost*>& kiosks, Ms time) {
    for (KioskHost* kiosk : kiosks) {
      kiosk->network().cut(kiosk->name());
      world_.note(kiosk->name(), "", "is cut off for " + std::to_string(time.count()) + " ms");
      world_.after(time, [kiosk] { kiosk->network().mend(kiosk->name()); });
    }
  }

  // No more faults, until everybody has told and heard everything.
  void settle() {
    if (!world_.violations().empty()) return;
    world_.faults.stop();
    for (HubHost* hub : all_hubs()) {
      hub->machine().set_right();
      fill_disk(*hub, false);
      network_.mend(hub->name());
    }
    for (const auto& kiosk : kiosks_) {
      kiosk->network().mend(kiosk->name());
      kiosk->network().let_roster_through(kiosk->name());
      kiosk->fill_disk(false);
    }
    world_.run_until(world_.now() + kLongestDark);
    const Timestamp end = world_.now() + kMostDraining;
    std::string why = "x";
    while (!why.empty() && world_.now() < end) {
      world_.run_until(world_.now() + std::chrono::seconds(10));
      keep_up_desks();
      why = unsettled(hub_, venue_hubs(), kiosks_);
    }
    if (!why.empty()) world_.accuse("", "an hour after the last fault: " + why);
  }

  // Some are forgotten while half of the kiosks are cut off, and people, they among them, come on.
  void erase_some() {
    Dice dice(world_.root.branch("erasures"));
    std::vector<KioskHost*> away;
    for (const auto& kiosk : kiosks_) {
      if (dice.one_in(2)) away.push_back(kiosk.get());
    }
    const auto visit = [&](std::size_t arrivals) {
      for (std::size_t i = 0; i < arrivals; ++i) {
        world_.run_until(world_.now() + until_the_next());
        crowd_.arrive();
      }
    };
    cut_off(away, Ms(60'000));
    std::map<std::string, std::string> erased;
    for (std::size_t i = 0; i < kErasures; ++i) {
      visit(kArrivalsBetweenErasures);
      const std::string id = dice.pick(crowd_.people()).attendee.id;
      const auto done = sync::hub::erase_person(hub_.store(), id, world_.now(), [&](auto bytes) {
        for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(dice.below(256));
      });
      if (!done && done.error().message.starts_with("nothing is known of")) continue;
      if (!done) {
        world_.accuse(id, "hub cannot erase: " + done.error().message);
        continue;
      }
      erased[id] = done->pseudonym;
      world_.note("hub", id, "is erased");
    }
    (void)hub_.change([](sync::hub::HubStore&) { return sync::Expected<void>(); });  // it looks for news
    visit(kArrivalsBetweenErasures);
    settle();
    if (world_.violations().empty()) check_erased(world_, hub_, venue_hubs(), kiosks_, erased, plan_);
  }

  Outcome told() {
    Outcome outcome;
    for (const auto& kiosk : kiosks_) outcome.rows += kiosk->acknowledged().size();
    outcome.arrivals = came_;
    outcome.faults = world_.faults.counts();
    outcome.violations = world_.violations();
    for (const World::Entry& entry : world_.trace()) {
      outcome.trace.push_back(sync::to_rfc3339(entry.at) + " " + entry.where +
                              (entry.who.empty() ? "" : " " + entry.who) + ": " + entry.what);
    }
    return outcome;
  }

  World world_;
  Dice dice_;
  Plan plan_;
  HubHost hub_;
  Network network_;
  std::vector<std::unique_ptr<Venue>> venues_;
  Kiosks kiosks_;
  Crowd crowd_;
  std::vector<std::pair<std::uint64_t, bool>> backups_;
  std::map<std::string, Timestamp> hindered_;  // by kiosk: when something last stood in the way of its rows
  std::map<std::string, std::size_t> restored_seen_;  // by hub
  HubHost* kept_{&hub_};                              // the one that was backed up
  std::uint64_t came_{0};                             // before anybody was erased
  std::int64_t flow_for_{0};                          // so many arrivals more
  Ms most_between_{0};
};

}  // namespace

Outcome simulate(const Options& options, const std::filesystem::path& folder) {
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  disk::mount();
  disk::clear();
  Tap::seed_randomness(options.seed);
  Outcome outcome;
  try {
    outcome = Run(options, folder).play();
  } catch (const std::exception& thrown) {
    outcome.violations.push_back({"", std::string("the simulation itself: ") + thrown.what()});
  }
  std::filesystem::remove_all(folder);
  disk::clear();
  return outcome;
}

}  // namespace lanyard::simulation
