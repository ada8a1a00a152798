#include "tests/bench/stage.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>

#include "kiosk/stamp.hpp"
#include "scanner/decode.hpp"
#include "sync/event_toml.hpp"
#include "sync/hub/roster_csv.hpp"
#include "tests/e2e/arrivals/delegates.hpp"

namespace lanyard::bench {

namespace {

using sync::Error;
using sync::Expected;
using sync::fail;

constexpr arrivals::Size kFrame{1920, 1080};
constexpr const char* kCheckpoint = "main";
constexpr std::size_t kPageRecords = 1000;

sync::KeyPair keys_of(std::uint8_t byte) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(byte);
  return sync::key_pair(seed);
}

Expected<std::string> read_text(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(Error::Kind::invalid, file.string() + " cannot be opened");
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Expected<sync::RosterPage> roster_of_demo() {
  const std::filesystem::path demo = std::filesystem::path(LANYARD_ASSETS) / "demo";
  const auto toml = read_text(demo / "event.toml");
  const auto csv = read_text(demo / "roster.csv");
  if (!toml) return tl::make_unexpected(toml.error());
  if (!csv) return tl::make_unexpected(csv.error());
  auto file = sync::parse_event_toml(*toml, "event.toml");
  if (!file) return fail(Error::Kind::invalid, file.error().front());
  auto rows = sync::hub::parse_roster_csv(*csv, file->event, [](std::string_view) { return false; });
  if (rows.problem_count > 0) return fail(Error::Kind::invalid, "the demo's roster has problems");
  sync::RosterPage page;
  page.epoch = "bench";
  page.from_start = true;
  page.next = 1;
  page.event = file->event;
  // Today is a day of the event, whenever that is.
  const sync::Timestamp now = kiosk::stamp_now().now;
  page.event->runs = {now - std::chrono::days(1), now + std::chrono::days(1)};
  page.checkpoints = file->checkpoints;
  for (sync::Checkpoint& checkpoint : page.checkpoints) {
    checkpoint.badge = sync::BadgePolicy::none;
    for (sync::AccessRule& rule : checkpoint.access) rule.windows.clear();
  }
  page.keys = sync::KeyRing{{keys_of(1).public_key, "hub"}, {keys_of(2).public_key, identity().device}};
  for (sync::hub::RosterRow& row : rows.rows) page.attendees.push_back(std::move(row.attendee));
  return page;
}

bool may_enter(const sync::Attendee& attendee, const sync::Checkpoint& checkpoint) {
  const auto rule = std::ranges::find_if(checkpoint.access, [&](const sync::AccessRule& one) {
    return std::ranges::find(one.categories, attendee.category) != one.categories.end() ||
           std::ranges::find(one.categories, "*") != one.categories.end();
  });
  return rule != checkpoint.access.end() && attendee.status == sync::Status::approved &&
         !attendee.valid_from && !attendee.valid_until &&
         std::ranges::find(attendee.zones, checkpoint.zone) != attendee.zones.end();
}

std::string credential_of(const sync::Attendee& attendee, const sync::EventInfo& event) {
  sync::SignedCredential fields;
  fields.event = sync::event_tag(event.id);
  fields.attendee = attendee.id;
  return sync::mint(fields, keys_of(1).secret_key);
}

}  // namespace

sync::Identity identity() {
  sync::Identity made;
  made.device = "bench-1";
  made.name = "Bench 1";
  made.event = "forum-2026";
  made.checkpoint = kCheckpoint;
  made.signing_key = keys_of(2).secret_key;
  return made;
}

Expected<Stage> make_stage(std::size_t guests) {
  auto roster = roster_of_demo();
  if (!roster) return tl::make_unexpected(roster.error());
  Stage stage;
  stage.roster = std::move(*roster);
  stage.event = *stage.roster.event;
  auto badge =
      kiosk::BadgeTemplate::load(std::filesystem::path(LANYARD_ASSETS) / "badges" / "a6-portrait.svg");
  if (!badge) return tl::make_unexpected(badge.error());
  arrivals::Delegates delegates{stage.event, {}, {}, std::move(*badge)};
  const auto main = std::ranges::find(stage.roster.checkpoints, kCheckpoint, &sync::Checkpoint::id);
  const arrivals::Hall hall(kFrame, 1);
  arrivals::Scene nobody;
  nobody.frame = kFrame;
  nobody.hall = &hall;
  nobody.noise_sigma = 2;
  stage.empty_hall = std::make_shared<scanner::GrayFrame>(arrivals::compose(nobody, 1));
  for (const sync::Attendee& attendee : stage.roster.attendees) {
    if (stage.guests.size() == guests) break;
    if (!may_enter(attendee, *main)) continue;
    Guest guest{attendee, credential_of(attendee, stage.event), nullptr};
    delegates.roster.emplace(attendee.id, attendee);
    delegates.credentials.emplace(attendee.id, guest.text);
    const std::uint64_t seed = stage.guests.size() + 1;
    const auto holding =
        arrivals::holding_of({"bench", attendee.id, arrivals::Kind::badge, ""}, delegates, seed);
    if (!holding) return tl::make_unexpected(holding.error());
    guest.frame = std::make_shared<scanner::GrayFrame>(
        arrivals::compose(arrivals::held_up(holding->thing, hall, {.clean = false, .seed = seed}), seed));
    // What cannot be read at once would measure the camera's luck.
    const auto symbols = scanner::decode(guest.frame->view());
    if (!symbols.empty() && symbols.front().text == guest.text) stage.guests.push_back(std::move(guest));
  }
  if (stage.guests.size() < guests) return fail(Error::Kind::invalid, "the demo has too few badges");
  return stage;
}

Expected<sync::Store> furnished_store(const std::filesystem::path& file, const Stage& stage,
                                      std::size_t people) {
  for (const char* part : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + part);
  auto store = sync::Store::open(file);
  if (!store) return store;
  const sync::Timestamp now = kiosk::stamp_now().now;
  if (auto enrolled = store->set_identity(identity()); !enrolled)
    return tl::make_unexpected(enrolled.error());
  sync::RosterPage page = stage.roster;
  std::size_t count = page.attendees.size();
  std::int64_t version = 1;
  for (;;) {
    page.more = count < people;
    page.next = version++;
    if (auto applied = store->apply(page, now); !applied) return tl::make_unexpected(applied.error());
    if (!page.more) return store;
    page = {};
    page.epoch = stage.roster.epoch;
    for (; page.attendees.size() < kPageRecords && count < people; ++count) {
      sync::Attendee other = stage.roster.attendees[count % stage.roster.attendees.size()];
      other.id = "X" + std::to_string(count);
      page.attendees.push_back(std::move(other));
    }
  }
}

}  // namespace lanyard::bench
