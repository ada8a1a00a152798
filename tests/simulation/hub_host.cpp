#include "tests/simulation/hub_host.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "sync/hub/uplink.hpp"
#include "tests/simulation/disk.hpp"
#include "tests/sync/request_of.hpp"

namespace lanyard::simulation {

namespace {

using sync::Expected;
using sync::HttpAnswer;
using sync::HttpRequest;
namespace hub = sync::hub;

hub::Request as_asked(const HttpRequest& request, const std::string& digest) {
  hub::Request asked = sync::request_of(request);
  asked.digest = digest;
  return asked;
}

HttpAnswer as_answered(hub::Response response) {
  HttpAnswer answer{response.status, std::move(response.content_type), std::move(response.body), {}, {}};
  for (const auto& [name, value] : response.headers) {
    if (name == "Content-Digest") answer.digest = value;
    if (name == "Retry-After") answer.retry_after = std::chrono::seconds(std::stoi(value));
  }
  return answer;
}

constexpr std::size_t kMostTogether = 64;  // as HttpWorker takes them
constexpr Ms kLookForNews{50};             // as HttpServer does

}  // namespace

HubHost::HubHost(World& world, std::filesystem::path folder, const sync::EventInfo& event,
                 const std::vector<sync::Checkpoint>& checkpoints)
    : world_(world),
      name_(hub::kHubDevice),
      folder_(std::move(folder)),
      machine_(world, name_),
      random_([this](std::span<std::uint8_t> out) { machine_.dice().fill(out); }),
      watch_(event, checkpoints) {
  std::filesystem::create_directories(folder_);
  start();
  founding_ = hub::new_founding(random_);
  const auto founded = store_->transact([&]() -> Expected<void> {
    if (auto done = store_->found(founding_, machine_.wall()); !done) return done;
    return store_->set_event(event, checkpoints);
  });
  if (!founded) throw std::runtime_error("founding the hub: " + founded.error().message);
}

HubHost::HubHost(World& world, std::filesystem::path folder, const std::string& name,
                 const sync::EventInfo& event, const std::vector<sync::Checkpoint>& checkpoints,
                 HubHost& centre)
    : world_(world),
      name_(name),
      folder_(std::move(folder)),
      machine_(world, name_),
      random_([this](std::span<std::uint8_t> out) { machine_.dice().fill(out); }),
      watch_(event, checkpoints) {
  std::filesystem::create_directories(folder_);
  sync::EnrolmentCode code;
  code.hub = "https://hub";
  code.code = centre.code_for(name, checkpoints.front().id, true);
  const auto joined = hub::join(
      code, nullptr, [&](const std::string& /*event*/) { return hub::open_sqlite_store(folder_); },
      [&](const HttpRequest& request) -> Expected<HttpAnswer> {
        auto answer = centre.take(request);
        if (!answer) return sync::fail(sync::Error::Kind::unavailable, "the centre is down");
        return std::move(answer->http);
      },
      random_, machine_.wall());
  if (!joined) throw std::runtime_error(name + " does not join: " + joined.error().message);
  start();
  founding_ = store_->founding().value().value();
}

void HubHost::start() {
  if (store_) return;
  auto opened = tap_.watch([&] { return hub::open_sqlite_store(folder_); });
  if (!opened) throw std::runtime_error("the hub does not start: " + opened.error().message);
  store_ = std::move(*opened);
  if (full_) tap_.fill_disk(true);
  window_ = {};
  hear_rows();
  look_for_news();
  world_.note(name_, "", "starts");
  if (on_start) on_start();
}

void HubHost::stop() {
  if (on_stop) on_stop();
  store_.reset();
  tap_.forget();
  // Whoever was waiting hears that it is gone.
  for (const Asked& one : std::exchange(waiting_, {})) one.answered(std::nullopt);
}

void HubHost::crash() {
  if (!store_) return;
  stop();
  if (on_news) world_.after(Ms(1), on_news);  // so does whoever was kept waiting
  world_.note(name_, "", "dies");
  world_.after(Ms(machine_.dice().between(500, 20'000)), [this] { start(); });
}

void HubHost::arm_crash() {
  dies_after_ = false;
  if (!world_.faults.happens(Fault::hub_crash, 0.002)) return;
  switch (machine_.dice().below(3)) {
    case 0:
      tap_.crash_at(Tap::Point::before_commit);
      break;
    case 1:
      tap_.crash_at(Tap::Point::after_commit);
      break;
    default:
      dies_after_ = true;
  }
}

bool HubHost::struck() {
  if (!tap_.doomed() && !dies_after_) {
    tap_.crash_at(Tap::Point::none);
    return false;
  }
  crash();
  return true;
}

void HubHost::ask(const HttpRequest& request, const std::string& digest, Answered answered) {
  if (!store_) return answered(std::nullopt);
  waiting_.push_back({as_asked(request, digest), std::move(answered)});
  if (serving_) return;
  serving_ = true;
  world_.after(Ms(0), [this] { serve(); });
}

void HubHost::serve() {
  std::vector<Asked> asked;
  while (!waiting_.empty() && asked.size() < kMostTogether) {
    asked.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  std::vector<std::optional<Answer>> answers = handle(asked);
  for (std::size_t i = 0; i < asked.size(); ++i) asked[i].answered(std::move(answers[i]));
  serving_ = !waiting_.empty() || !asked.empty();
  if (!serving_) return;
  // So long a commit takes: who comes meanwhile waits.
  Dice& dice = machine_.dice();
  world_.after(Ms(dice.one_in(50) ? dice.between(100, 1'500) : dice.between(0, 12)), [this] { serve(); });
}

std::vector<std::optional<HubHost::Answer>> HubHost::handle(const std::vector<Asked>& asked) {
  std::vector<std::optional<Answer>> answers(asked.size());
  if (!store_) return answers;
  std::vector<hub::Response> responses;
  const auto handle_all = [&] {
    for (const Asked& one : asked)
      responses.push_back(hub::handle(one.request, *store_, machine_.wall(), random_, &window_));
  };
  const auto reads = [](const Asked& one) { return one.request.method == "GET"; };
  const bool apart = std::ranges::all_of(asked, reads);
  bool done = true;
  if (apart) {
    handle_all();
  } else {
    arm_crash();
    done = store_->together(handle_all).has_value();
    const bool dead = struck();
    if (asked.size() > 1 || !done) {
      world_.note(
          name_, "",
          (done && !dead ? "has done " : "has not done ") + std::to_string(asked.size()) + " together");
    }
    if (dead) return answers;
  }
  if (done) look_at_promises(asked, responses);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    hub::Response& response = responses[i];
    if (response.status == 500) world_.accuse("", "the hub failed: " + response.cause);
    if (!done) {
      response = hub::problem(503, "the hub cannot store or read at the moment");
      response.headers.emplace_back("Retry-After", "5");
    }
    const Ms hold = response.hold;
    answers[i] = Answer{as_answered(std::move(response)), hold};
  }
  if (!apart) {
    hear_rows();
    look_soon();
    if (on_rows) on_rows();
  }
  return answers;
}

// What an answer says is here is here.
void HubHost::look_at_promises(const std::vector<Asked>& asked, const std::vector<hub::Response>& responses) {
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (asked[i].request.method != "POST" || responses[i].status != 200) continue;
    if (asked[i].request.path != "/v1/journal") continue;
    const auto told = sync::parse_upload_answer(responses[i].body);
    const auto brought = asked[i].request.query.find("device");
    const std::string device(brought == asked[i].request.query.end()
                                 ? hub::device_of_token(asked[i].request.token)
                                 : std::string_view(brought->second));
    const auto end = store_->chain_end(device);
    if (!told || !end || told->known_to > end->seq)
      world_.accuse("", "the hub answers for rows of " + device + " that it does not keep");
  }
}

std::optional<HubHost::Answer> HubHost::take(const HttpRequest& request) {
  return std::move(handle({{as_asked(request, ""), nullptr}}).front());
}

void HubHost::notice() {
  if (!store_) return;
  hear_rows();
  look_soon();
}

// As the server's thread does while answers are kept back.
void HubHost::look_soon() {
  if (std::exchange(looking_, true)) return;
  world_.after(kLookForNews, [this] {
    looking_ = false;
    if (store_) look_for_news();
  });
}

void HubHost::look_for_news() {
  const auto news = window_.look(*store_);
  if (news.value_or(true) && on_news) world_.after(Ms(1), on_news);
}

bool HubHost::change(const std::function<Expected<void>(hub::HubStore&)>& work) {
  if (!store_) return false;
  arm_crash();
  const auto done = store_->transact([&] { return work(*store_); });
  if (struck()) return false;
  look_soon();
  return done.has_value();
}

std::string HubHost::code_for(const std::string& device, const std::string& checkpoint, bool is_hub) {
  const std::string code = hub::new_code(random_);
  const bool done = change([&](hub::HubStore& store) -> Expected<void> {
    if (auto put = store.put_device(device, "The " + device, checkpoint); !put) return put;
    if (is_hub) {
      if (auto marked = store.mark_as_hub(device); !marked) return marked;
    }
    return store.set_code(device, hub::hash_code(hub::normal_code(code)), machine_.wall() + hub::kCodeLife);
  });
  if (!done) throw std::runtime_error("no code for " + device);
  return code;
}

void HubHost::hear_rows() {
  std::vector<sync::JournalRow> rows;
  for (const auto& found : tap_.read("SELECT hub_seq, record FROM journal WHERE hub_seq > " +
                                     std::to_string(heard_) + " ORDER BY hub_seq")) {
    auto row = sync::parse_row(found[1]);
    if (!row) throw std::runtime_error("a row at the hub cannot be read: " + row.error().message);
    rows.push_back(std::move(*row));
    heard_ = std::stoll(found[0]);
  }
  // Uploads that share a commit are looked at one after the other: each is of one device.
  for (auto from = rows.begin(); from != rows.end();) {
    const auto until =
        std::find_if(from, rows.end(), [&](const auto& row) { return row.device != from->device; });
    watch_.hear({std::make_move_iterator(from), std::make_move_iterator(until)});
    from = until;
  }
}

void HubHost::fill_disk(bool full) {
  full_ = full;
  if (store_) tap_.fill_disk(full);
  world_.note(name_, "", full ? "has no room on its disk" : "has room on its disk again");
}

void HubHost::back_up() {
  if (!store_) return;
  disk::remove(folder_ / "backup.db");
  tap_.copy_to(folder_ / "backup.db");
  watch_at_backup_ = watch_;
  heard_at_backup_ = heard_;
  world_.note(name_, "", "is backed up");
}

void HubHost::restore() {
  if (!watch_at_backup_) return;
  stop();
  disk::remove(folder_ / "hub.db-wal");
  disk::copy(folder_ / "backup.db", folder_ / "hub.db");
  watch_ = *watch_at_backup_;
  heard_ = heard_at_backup_;
  ++restored_;
  world_.faults.count(Fault::hub_restored);
  world_.note(name_, "", "is restored from its backup");
  start();
}

}  // namespace lanyard::simulation
