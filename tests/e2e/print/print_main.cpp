// lanyard-print: a kiosk's journal and print threads without camera and screen.
//
//   lanyard-print furnish STORE PEOPLE           enrols a store, with so many approved people on its roster
//   lanyard-print run STORE TEMPLATE HOLD_MS PRINTER [NEIGHBOUR...]
//
// `run` takes up what was under way, then reads ids from standard input, a line each, and orders a badge for
// each. It says how each came out: "printed ID", "held ID WHY", "owed ID WHY".
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <thread>

#include <sodium.h>

#include "kiosk/print_thread.hpp"
#include "kiosk/stamp.hpp"
#include "sync/log.hpp"

namespace {

using namespace lanyard;  // a program's own file
using namespace lanyard::kiosk;

template <class T>
T or_die(sync::Expected<T> made) {
  if (made) return std::move(*made);
  (void)std::fprintf(stderr, "lanyard-print: %s\n", made.error().message.c_str());
  std::exit(1);
}
void or_die(const sync::Expected<void>& done) {
  if (done) return;
  (void)std::fprintf(stderr, "lanyard-print: %s\n", done.error().message.c_str());
  std::exit(1);
}

sync::RosterPage roster_of(std::size_t people, const sync::PublicKey& key) {
  sync::RosterPage page;
  page.epoch = "print";
  page.from_start = true;
  page.next = 1;
  sync::EventInfo event;
  event.id = "print";
  event.name = {{"en", "Forum on Printing"}};
  const auto now = stamp_now().now;
  event.runs = {now - std::chrono::days(1), now + std::chrono::days(1)};
  event.categories = {{"delegate", {{"en", "Delegate"}}, 0x1f6f54}};
  event.zones = {{"site", {{"en", "Site"}}}};
  page.event = event;
  sync::Checkpoint door;
  door.id = "main";
  door.name = {{"en", "Main entrance"}};
  door.zone = "site";
  door.badge = sync::BadgePolicy::on_first_entry;
  page.checkpoints = {door};
  page.keys = sync::KeyRing{{key, "north-1"}};
  for (std::size_t i = 1; i <= people; ++i) {
    sync::Attendee one;
    one.id = "P" + std::to_string(10'000 + i);
    one.name = "Person " + std::to_string(i);
    one.organisation = "Ministry of Numbers";
    one.category = "delegate";
    one.zones = {"site"};
    one.status = sync::Status::approved;
    page.attendees.push_back(std::move(one));
  }
  return page;
}

int furnish(const std::string& file, std::size_t people) {
  sync::PublicKey public_key{};
  sync::SecretKey secret_key{};
  crypto_sign_keypair(public_key.data(), secret_key.data());
  auto store = or_die(sync::Store::open(file));
  sync::FingerprintKey fingerprints{};
  fingerprints.fill(7);
  or_die(store.set_identity({"north-1", "North", "print", "main", fingerprints, secret_key}));
  or_die(store.apply(roster_of(people, public_key), stamp_now().now));
  return 0;
}

void say(const Event& event) {
  if (const auto* done = std::get_if<event::BadgeDone>(&event)) {
    (void)std::printf("%s %s %s\n", done->printed ? "printed" : "owed", done->attendee.c_str(),
                      done->problem.c_str());
  } else if (const auto* held = std::get_if<event::BadgeHeld>(&event)) {
    (void)std::printf("held %s %s\n", held->attendee.c_str(), held->why.c_str());
  } else if (const auto* fault = std::get_if<event::FaultChanged>(&event)) {
    (void)std::printf("%s\n", fault->fault == Fault::none ? "ready" : "not ready");
  }
  (void)std::fflush(stdout);
}

int run(const std::string& store, const std::string& svg, int hold_ms, int printers, char** uris) {
  std::vector<PoolPrinter> pool;
  for (int i = 0; i < printers; ++i)
    pool.push_back(
        {or_die(make_printer(uris[i], 300)), without_password(uris[i]), i == 0 ? "" : "next-door"});
  PrintTimes times;
  times.hold_for = std::chrono::milliseconds(hold_ms);
  std::atomic<int> news{0};
  Inbox inbox([&news] {
    ++news;
    news.notify_one();
  });
  std::atomic<bool> over{false};
  const std::jthread speaker([&] {
    for (int seen = 0; !over;) {
      news.wait(seen);
      seen = news;
      for (const Event& event : inbox.drain()) say(event);
    }
  });
  {
    std::unique_ptr<PrintThread> print;
    JournalThread journal(store, {}, inbox, [&print](PrintJob job) { print->post(std::move(job)); });
    print = std::make_unique<PrintThread>(std::move(pool), or_die(BadgeTemplate::load(svg)),
                                          reports_to(journal, inbox), times);
    journal.post(ResumeBadges{});
    for (std::string id; std::getline(std::cin, id);) {
      while (!journal.post(effect::PrintBadge{id}))
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    print->stop();
  }
  over = true;
  ++news;
  news.notify_one();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  log::begin("lanyard-print");
  if (sodium_init() < 0) return 1;
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "furnish" && argc == 4) return furnish(argv[2], std::strtoul(argv[3], nullptr, 10));
  if (what == "run" && argc >= 6) return run(argv[2], argv[3], std::atoi(argv[4]), argc - 5, argv + 5);
  (void)std::fputs("usage: lanyard-print furnish STORE PEOPLE | run STORE TEMPLATE HOLD_MS PRINTER...\n",
                   stderr);
  return 2;
}
