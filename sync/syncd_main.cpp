// lanyard-syncd: carries rows to the hub, and the roster and the others' rows from it.
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <thread>
#include <utility>

#include <CLI/CLI.hpp>
#include <sodium.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "sync/carrier.hpp"
#include "sync/device_clock.hpp"
#include "sync/enrolment_code.hpp"
#include "sync/file_lock.hpp"
#include "sync/follower.hpp"
#include "sync/log.hpp"
#include "sync/mend.hpp"
#include "sync/setup_code.hpp"
#include "sync/update_pull.hpp"

namespace {

using namespace lanyard::sync;  // a program's own file

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kWrongUse = 2;
constexpr std::chrono::milliseconds kLookAgain{100};  // for news in the store, and for SIGTERM

constexpr std::chrono::minutes kClearAgain{1};  // what a withdrawn kiosk could not clear at once

std::atomic<bool> g_stop{false};
static_assert(std::atomic<bool>::is_always_lock_free);  // else the signal handler could not use it
extern "C" void on_signal(int) {
  g_stop = true;
}

int failed(const Error& error) {
  (void)std::fprintf(stderr, "lanyard-syncd: %s\n", error.message.c_str());
  return kFailed;
}

// Of a store that is damaged, others are told to let go; whoever opens it next mends it.
int failed_at_work(const Error& error, const std::filesystem::path& file, const Store& store) {
  if (error.kind == Error::Kind::corrupt) {
    if (auto asked = ask_for_mending(file, store.file_id()); !asked) (void)failed(asked.error());
  }
  return failed(error);
}

// systemd's patience with us, where it watches.
class Watchdog {
 public:
  Watchdog() {
    if (sd_watchdog_enabled(0, &usual_usec_) <= 0) usual_usec_ = 0;
  }
  void come_round() {
    if (std::exchange(is_patient_, false)) set(usual_usec_);
    sd_notify(0, "WATCHDOG=1");
  }
  // Until we come round the next time: a store of a gigabyte takes minutes to be written anew on a slow disk.
  void be_patient() {
    if (usual_usec_ == 0) return;
    is_patient_ = true;
    set(std::chrono::microseconds(std::chrono::minutes(30)).count());
    sd_notify(0, "WATCHDOG=1");
  }

 private:
  template <class Count>
  static void set(Count usec) {
    sd_notify(0, ("WATCHDOG_USEC=" + std::to_string(usec)).c_str());
  }

  std::uint64_t usual_usec_{0};
  bool is_patient_{false};
};

Expected<SyncdConfig> read_config(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(Error::Kind::invalid, "cannot read " + file);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const auto folder = [](const char* variable) {
    const char* set = std::getenv(variable);
    return std::filesystem::path(set == nullptr ? "" : set);
  };
  return parse_syncd_config(text, file, {folder("CREDENTIALS_DIRECTORY"), folder("STATE_DIRECTORY")});
}

Timestamp wall_now() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

Moment moment() {
  return {std::chrono::steady_clock::now(), wall_now(), randombytes_random() / 4294967296.0, since_boot_ms(),
          boot_id()};
}

// So long a look for news in the store, and for SIGTERM, may wait; or less, if there is something to do
// sooner.
void nap(SteadyTime until) {
  std::this_thread::sleep_for(
      std::min<std::chrono::nanoseconds>(kLookAgain, until - std::chrono::steady_clock::now()));
}

// The follower's thread, with a store and connections of its own.
class Following {
 public:
  Following(Store store, const SyncdConfig& config)
      : store_(std::move(store)),
        file_(config.store),
        client_({.connect = HttpPatience{}.connect, .total = config.pace.listen_for + HttpPatience{}.total},
                config.trust),
        follower_(
            store_, config, [this](const HttpRequest& request) { return client_.request(request, &g_stop); },
            moment),
        longest_step_(3 * (config.pace.listen_for + HttpPatience{}.total)),
        thread_([this] { run(); }) {}
  Following(const Following&) = delete;
  Following& operator=(const Following&) = delete;
  ~Following() {
    g_stop = true;
    thread_.join();
  }

  [[nodiscard]] std::int64_t roster_told() const { return roster_told_; }
  [[nodiscard]] bool is_revoked() const { return revoked_; }
  // Ended, which it does only where going on would make things worse, or stuck.
  [[nodiscard]] bool lost() const {
    return ended_ || std::chrono::steady_clock::now().time_since_epoch() - last_step_.load() > longest_step_;
  }

 private:
  using Ticks = std::chrono::steady_clock::duration;

  void run() {
    while (!g_stop) {
      const auto until = follower_.step();
      if (!until) {
        (void)failed_at_work(until.error(), file_, store_);
        ended_ = true;
        return;
      }
      roster_told_ = follower_.roster_told();
      revoked_ = follower_.is_revoked();
      while (*until && !g_stop && std::chrono::steady_clock::now() < **until) {
        last_step_ = std::chrono::steady_clock::now().time_since_epoch();
        nap(**until);
      }
      last_step_ = std::chrono::steady_clock::now().time_since_epoch();
    }
  }

  Store store_;
  const std::filesystem::path file_;
  HttpClient client_;
  Follower follower_;
  const Ticks longest_step_;
  std::atomic<std::int64_t> roster_told_{0};
  std::atomic<Ticks> last_step_{std::chrono::steady_clock::now().time_since_epoch()};
  std::atomic<bool> ended_{false};
  std::atomic<bool> revoked_{false};
  std::thread thread_;  // last: it uses the others
};

// Fetches updates of the disk, where it is updated as a whole; nothing else waits for it.
class Updating {
 public:
  Updating(const SyncdConfig& config, std::string device)
      : client_({}, config.trust),
        pull_(config, HubLine(
                          config, tokens_of(config, std::move(device)),
                          [this](const HttpRequest& request) { return client_.request(request, &g_stop); },
                          moment, "updates")),
        thread_([this] { run(); }) {}
  Updating(const Updating&) = delete;
  Updating& operator=(const Updating&) = delete;
  ~Updating() {
    g_stop = true;
    thread_.join();
  }

 private:
  void run() {
    while (!g_stop) {
      const auto until = pull_.step();
      while (until && !g_stop && std::chrono::steady_clock::now() < *until) nap(*until);
    }
  }

  HttpClient client_;
  UpdatePull pull_;
  std::thread thread_;  // last: it uses the others
};

// Until there is something to do: the time has come, the kiosk has written, the hub has told of another
// roster, the store is damaged, or the end.
void wait_for_work(Carrier& carrier, const Following& following, const std::filesystem::path& store,
                   SteadyTime until) {
  while (!g_stop && std::chrono::steady_clock::now() < until && !carrier.has_news() &&
         !carrier.hear_roster(following.roster_told()) && !following.lost() && !waits_for_mending(store) &&
         !(following.is_revoked() && carrier.hear_revocation())) {
    nap(until);
    sd_notify(0, "WATCHDOG=1");
  }
}

std::array<std::uint8_t, 32> new_seed() {
  std::array<std::uint8_t, 32> seed{};
  randombytes_buf(seed.data(), seed.size());
  return seed;
}

// A kiosk that has forgotten all has nothing to carry, and what it needs no restart brings: it waits to be
// enrolled, and ends then, as a service to be started with the new token.
int wait_to_be_enrolled(Store& store, const SyncdConfig& settings) {
  sd_notify(0, "READY=1\nSTATUS=withdrawn: enrol it anew, under another name");
  lanyard::log::warn("this kiosk was withdrawn, and waits to be enrolled: lanyard-syncd enrol --help");
  Watchdog watchdog;
  bool is_cleared = false;
  SteadyTime clear_at{};
  while (!g_stop) {
    const auto identity = store.identity();
    if (identity && *identity) return kDone;
    if (waits_for_mending(settings.store)) return kFailed;
    if (const auto now = std::chrono::steady_clock::now(); !is_cleared && now >= clear_at) {
      watchdog.be_patient();
      const auto cleared = end_withdrawal(store, settings);
      if (!cleared) lanyard::log::error("{}", cleared.error().message);
      is_cleared = cleared.has_value();
      clear_at = now + kClearAgain;
    }
    watchdog.come_round();
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
  return kDone;
}

// Two would take each other's pages of the roster for their own, and each the other's token for dead.
Expected<FileLock> become_the_only_one(const SyncdConfig& settings) {
  auto lock = FileLock::take(settings.store.string() + ".lock");
  if (lock || lock.error().kind != Error::Kind::unavailable) return lock;
  return fail(Error::Kind::unavailable,
              "another lanyard-syncd carries " + settings.store.string() + " already");
}

// Mended first, where that is needed. Here it is looked through as well, as nobody stands before this
// program.
Expected<Store> open_sound(const std::filesystem::path& file) {
  MendHooks hooks;
  hooks.alive = [] { sd_notify(0, "WATCHDOG=1\nEXTEND_TIMEOUT_USEC=60000000"); };
  auto opened = open_or_mend(file, wall_now(), hooks);
  if (!opened) return tl::make_unexpected(opened.error());
  if (!opened->mended) {
    const auto sound = opened->store.check_quickly();
    if (sound || sound.error().kind != Error::Kind::corrupt) return std::move(opened->store);
    (void)failed_at_work(sound.error(), file, opened->store);
    opened = fail(Error::Kind::unavailable, "");  // closes it
    opened = open_or_mend(file, wall_now(), hooks);
    if (!opened) return tl::make_unexpected(opened.error());
  }
  if (opened->mended) lanyard::log::error("{}", described(*opened->mended));
  return std::move(opened->store);
}

int serve(const SyncdConfig& settings) {
  const auto only = become_the_only_one(settings);
  if (!only) return failed(only.error());
  auto store = open_sound(settings.store);
  if (!store) return failed(store.error());
  (void)std::signal(SIGTERM, on_signal);
  (void)std::signal(SIGINT, on_signal);
  const auto identity = store->identity();
  if (!identity) return failed(identity.error());
  if (!*identity) {
    const auto withdrawn = store->withdrawn();
    if (withdrawn && *withdrawn) return wait_to_be_enrolled(*store, settings);
    return failed({Error::Kind::invalid, "this kiosk is not enrolled; see: lanyard-syncd enrol --help"});
  }
  const auto whole = with_hub_of(*store, settings);
  if (!whole) return failed(whole.error());
  const SyncdConfig& config = *whole;
  auto second_store = Store::open(config.store);
  if (!second_store) return failed(second_store.error());

  HttpClient client({}, config.trust);
  Carrier carrier(
      *store, config, [&](const HttpRequest& request) { return client.request(request, &g_stop); }, moment,
      new_seed);
  Watchdog watchdog;
  carrier.before_long_work([&watchdog] { watchdog.be_patient(); });
  lanyard::log::info("{} carries the rows of {} to {}", software_name(), (*identity)->device, config.hub);
  const Following following(std::move(*second_store), config);
  std::optional<Updating> updating;
  if (!config.update.folder.empty()) updating.emplace(config, (*identity)->device);
  sd_notify(0, "READY=1");
  std::string told;
  while (!g_stop) {
    const auto until = carrier.step();
    if (!until) return failed_at_work(until.error(), config.store, *store);
    if (waits_for_mending(config.store))
      return failed({Error::Kind::corrupt, "the store is damaged, and waits to be mended"});
    if (following.lost())
      return failed({Error::Kind::unavailable, "nothing follows the others' rows any more"});
    watchdog.come_round();
    if (carrier.has_forgotten()) break;
    if (told != carrier.standing()) {
      told = carrier.standing();
      sd_notify(0, ("STATUS=" + told).c_str());
    }
    if (*until) wait_for_work(carrier, following, config.store, **until);
  }
  sd_notify(0, "STOPPING=1");
  lanyard::log::info("{}", carrier.has_forgotten() ? "forgot all" : "stopped");
  return kDone;
}

// The code, from standard input: a command line can be read by everyone on the machine.
std::string read_code() {
  if (isatty(STDIN_FILENO) != 0) (void)std::fputs("One-time code: ", stderr);
  std::string code;
  std::getline(std::cin, code);
  return code;
}

struct EnrolOptions {
  std::string url;  // or the whole text of an enrolment code
  std::string code;
  bool anew{false};
};

// Of the command line, or of what is typed or scanned.
Expected<EnrolmentCode> code_of(const EnrolOptions& options, const SyncdConfig& config) {
  const auto whole = [](const std::string& text) { return text.starts_with(kEnrolmentScheme); };
  // What else a set-up code says is lanyard-setup's.
  const auto enrolment_of = [](const std::string& text) {
    return parse_setup_code(text).map([](const SetupCode& code) { return code.enrolment; });
  };
  if (whole(options.url)) return enrolment_of(options.url);
  const std::string code = options.code.empty() ? read_code() : options.code;
  if (whole(code)) return enrolment_of(code);
  const auto hub = normal_hub_url(options.url.empty() ? config.hub : options.url);
  if (!hub)
    return fail(Error::Kind::invalid, "'" + printable(options.url, 60) + "' is not the address of a hub");
  return EnrolmentCode{*hub, code, ""};
}

int enrol_kiosk(SyncdConfig config, const EnrolOptions& options) {
  const auto code = code_of(options, config);
  if (!code) {
    (void)failed(code.error());
    return kWrongUse;
  }
  // The token is for the hub that gave it, and the daemon will send it to the one in its settings.
  if (!config.hub.empty() && code->hub != config.hub) {
    (void)std::fprintf(stderr, "lanyard-syncd: the settings name another hub, %s\n", config.hub.c_str());
    return kWrongUse;
  }
  config.hub = code->hub;
  if (!code->pin.empty()) config.trust.pin = code->pin;
  auto store = Store::open(config.store);
  if (!store) return failed(store.error());
  // By hand, where the service's own folder is none of ours: it turns to this file as its own is refused.
  config.tokens.folder.clear();
  auto seed = new_seed();
  HttpClient client({}, config.trust);
  const Transport transport = [&](const HttpRequest& request) { return client.request(request); };
  const auto identity = enrol_by_hand(*store, config, *code, options.anew, seed, transport);
  sodium_memzero(seed.data(), seed.size());
  if (!identity) return failed(identity.error());
  (void)std::printf("%s\n", identity->device.c_str());
  (void)std::fprintf(stderr, "enrolled as %s (%s) at the checkpoint %s of %s\n", identity->device.c_str(),
                     identity->name.c_str(), identity->checkpoint.c_str(), identity->event.c_str());
  return kDone;
}

int run(int argc, char** argv) {
  CLI::App app("Carries check-ins to the hub, and the roster from it.", "lanyard-syncd");
  app.set_version_flag("--version", software_name());
  app.fallthrough();
  std::string config_file{"/etc/lanyard/syncd.toml"};
  EnrolOptions enrolment;
  app.add_option("--config", config_file, "Settings")->capture_default_str()->type_name("FILE");
  auto* enrol_command = app.add_subcommand("enrol", "Make this kiosk known to a hub");
  enrol_command->add_option(
      "URL", enrolment.url,
      "The hub's address, where the settings do not say it; or a whole lanyard-enrol: text");
  enrol_command->add_option(
      "CODE", enrolment.code,
      "As `lanyard-hub device add` prints it; without it, read from standard input, where nobody else on this"
      " machine sees it");
  enrol_command->add_flag(
      "--anew", enrolment.anew,
      "As the same kiosk, with another key and token; the badges that it printed are dead");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& stopped) {  // --help and --version come this way too
    return app.exit(stopped, std::cout, std::cerr) == 0 ? kDone : kWrongUse;
  }
  auto config = read_config(config_file);
  if (!config) {
    (void)failed(config.error());
    return kWrongUse;
  }
  if (!enrol_command->parsed()) return serve(*config);
  return enrol_kiosk(std::move(*config), enrolment);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    lanyard::log::begin("lanyard-syncd");
    if (sodium_init() < 0) return kFailed;
    return run(argc, argv);
  } catch (const std::exception& thrown) {
    (void)std::fprintf(stderr, "lanyard-syncd: %s\n", thrown.what());
    return kFailed;
  }
}
