#include "tests/simulation/hub_host.hpp"

#include <stdexcept>

namespace lanyard::simulation {

namespace {

using sync::Expected;
using sync::HttpAnswer;
using sync::HttpRequest;
namespace hub = sync::hub;

hub::Request as_asked(const HttpRequest& request, const std::string& digest) {
  hub::Request asked{request.method, "", {}, request.bearer, request.body, digest};
  const std::string target = request.url.substr(std::string("http://hub").size());
  asked.path = target.substr(0, target.find('?'));
  std::string query = target.find('?') == std::string::npos ? "" : target.substr(target.find('?') + 1);
  while (!query.empty()) {
    const std::string item = query.substr(0, query.find('&'));
    query.erase(0, item.size() + 1);
    asked.query[item.substr(0, item.find('='))] = item.substr(item.find('=') + 1);
  }
  return asked;
}

HttpAnswer as_answered(const hub::Response& response) {
  HttpAnswer answer{response.status, response.content_type, response.body, {}, {}};
  for (const auto& [name, value] : response.headers) {
    if (name == "Content-Digest") answer.digest = value;
    if (name == "Retry-After") answer.retry_after = std::chrono::seconds(std::stoi(value));
  }
  return answer;
}

}  // namespace

HubHost::HubHost(World& world, std::filesystem::path folder, const sync::EventInfo& event,
                 const std::vector<sync::Checkpoint>& checkpoints)
    : world_(world),
      folder_(std::move(folder)),
      machine_(world, "hub"),
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

void HubHost::start() {
  if (store_) return;
  auto opened = tap_.watch([&] { return hub::open_sqlite_store(folder_); });
  if (!opened) throw std::runtime_error("the hub does not start: " + opened.error().message);
  store_ = std::move(*opened);
  if (full_) tap_.fill_disk(true);
  window_ = {};
  hear_rows();
  look_for_news();
  world_.note("hub", "", "starts");
}

void HubHost::crash() {
  if (!store_) return;
  store_.reset();
  tap_.forget();
  if (on_news) world_.after(Ms(1), on_news);  // whoever was kept waiting hears that it is gone
  world_.note("hub", "", "dies");
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

std::optional<HubHost::Answer> HubHost::take(const HttpRequest& request, const std::string& digest) {
  if (!store_) return std::nullopt;
  const bool writes = request.method == "POST";
  if (writes) arm_crash();
  const hub::Response response =
      hub::handle(as_asked(request, digest), *store_, machine_.wall(), random_, &window_);
  if (writes && struck()) return std::nullopt;
  if (response.status == 500) world_.accuse("", "the hub failed: " + response.cause);
  if (writes) {
    hear_rows();
    look_for_news();
  }
  return Answer{as_answered(response), response.hold};
}

// As the server's thread does between requests.
void HubHost::look_for_news() {
  const auto news = window_.look(*store_);
  if (news.value_or(true) && on_news) world_.after(Ms(1), on_news);
}

bool HubHost::change(const std::function<Expected<void>(hub::HubStore&)>& work) {
  if (!store_) return false;
  arm_crash();
  const auto done = store_->transact([&] { return work(*store_); });
  if (struck()) return false;
  look_for_news();
  return done.has_value();
}

std::string HubHost::code_for(const std::string& device, const std::string& checkpoint) {
  const std::string code = hub::new_code(random_);
  const bool done = change([&](hub::HubStore& store) -> Expected<void> {
    if (auto put = store.put_device(device, "The " + device, checkpoint); !put) return put;
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
  watch_.hear(std::move(rows));
}

void HubHost::fill_disk(bool full) {
  full_ = full;
  if (store_) tap_.fill_disk(full);
  world_.note("hub", "", full ? "has no room on its disk" : "has room on its disk again");
}

void HubHost::back_up() {
  if (!store_) return;
  std::filesystem::remove(folder_ / "backup.db");
  tap_.copy_to(folder_ / "backup.db");
  watch_at_backup_ = watch_;
  heard_at_backup_ = heard_;
  world_.note("hub", "", "is backed up");
}

void HubHost::restore() {
  if (!watch_at_backup_) return;
  store_.reset();
  tap_.forget();
  for (const char* left : {"hub.db-wal", "hub.db-shm"}) std::filesystem::remove(folder_ / left);
  std::filesystem::copy_file(folder_ / "backup.db", folder_ / "hub.db",
                             std::filesystem::copy_options::overwrite_existing);
  watch_ = *watch_at_backup_;
  heard_ = heard_at_backup_;
  ++restored_;
  world_.note("hub", "", "is restored from its backup");
  start();
}

}  // namespace lanyard::simulation
