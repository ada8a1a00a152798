// lanyard-setup: makes a kiosk of a machine that has the programs, from one code. As root, once; what a
// stranger may have written is read by sync/setup_code.cpp alone.
#include <cstdio>
#include <exception>
#include <iostream>
#include <iterator>
#include <string>
#include <thread>

#include <CLI/CLI.hpp>
#include <pwd.h>
#include <sodium.h>
#include <unistd.h>

#include "kiosk/config.hpp"
#include "kiosk/face/text_file.hpp"
#include "kiosk/gate/gate_config.hpp"
#include "kiosk/set_up.hpp"
#include "kiosk/set_up_line.hpp"
#include "sync/http_client.hpp"
#include "sync/log.hpp"
#include "sync/syncd.hpp"
#include "sync/toml_reader.hpp"

namespace {

using namespace lanyard;
using namespace lanyard::kiosk;

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kWrongUse = 2;

// A network that has just been told its settings takes some seconds to be there, and Wi-Fi some more.
constexpr std::chrono::seconds kAgain{2};

struct CommandLine {
  std::string code;  // a file, or "": standard input
  std::string config{"/etc/lanyard/kiosk.toml"};
  std::string gate_config{"/etc/lanyard/gate.toml"};
  std::string syncd_config{"/etc/lanyard/syncd.toml"};
  std::string network;  // folder
  std::string time;     // folder
  std::string folder;   // of SetUpLine
  std::string user;     // by whom the hub is asked
  int patience_s{90};
};

// What it has come to: on the terminal, and where the kiosk's screen looks.
class Progress {
 public:
  explicit Progress(const std::string& folder) : folder_(folder) {}
  void tell(SetUpStage stage, const std::string& problem = {}) const {
    (void)std::fprintf(stderr, "lanyard-setup: %s%s%s\n", std::string(to_name(stage)).c_str(),
                       problem.empty() ? "" : ": ", problem.c_str());
    if (folder_.empty()) return;
    if (const auto told = tell_stage(folder_, stage, problem); !told)
      (void)std::fprintf(stderr, "lanyard-setup: %s\n", told.error().message.c_str());
  }
  [[nodiscard]] int fail(SetUpStage stage, const std::string& problem) const {
    tell(stage, problem);
    return kFailed;
  }

 private:
  std::string folder_;
};

sync::Expected<std::string> read_standard_input() {
  std::string text(sync::kMaxSetupCodeBytes + 1, '\0');
  if (isatty(STDIN_FILENO) != 0) (void)std::fputs("Set-up code: ", stderr);
  std::cin.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::cin.gcount()));
  return text;
}

// What the code says nothing of is not there.
sync::Expected<void> write_or_remove(const std::filesystem::path& file, const std::string& text,
                                     unsigned mode) {
  if (!text.empty()) return write_text_file(file, text, mode);
  std::error_code gone;
  std::filesystem::remove(file, gone);
  return {};
}

// Each program reads its own, and nobody else's.
sync::Expected<void> write_settings_of(const char* user, const std::string& file, const std::string& text) {
  if (auto written = write_or_remove(file, text, 0640); !written) return written;
  const passwd* reader = getpwnam(user);
  if (text.empty() || reader == nullptr || geteuid() != 0) return {};  // or a machine without the service
  if (::chown(file.c_str(), 0, reader->pw_gid) == 0) return {};
  return sync::fail(sync::Error::Kind::storage, "cannot give " + file + " to " + user);
}

// A gate that cannot be followed is told before anything is set up.
sync::Expected<void> check(const std::string& kiosk, const std::string& gate) {
  if (auto sound = parse_config(kiosk, "code"); !sound) return tl::make_unexpected(sound.error());
  if (gate.empty()) return {};
  if (auto sound = gate::parse_gate_config(gate, "code"); !sound) return tl::make_unexpected(sound.error());
  return {};
}

sync::Expected<void> write_network(const CommandLine& line, const sync::SetupCode::Network& network) {
  const std::string unit = network_settings(network);
  const std::string wifi = wifi_settings(network);
  const std::string time = time_settings(network);
  if (line.network.empty()) {
    if (unit.empty() && wifi.empty()) return {};
    return sync::fail(
        sync::Error::Kind::invalid,
        "the code sets the network up, and this machine's is its own: say --network FOLDER, or leave it"
        " out of the code");
  }
  const std::filesystem::path folder(line.network);
  if (auto written = write_or_remove(folder / "wifi.conf", wifi, 0600); !written) return written;
  if (auto written = write_or_remove(folder / "kiosk.network", unit, 0644); !written) return written;
  if (line.time.empty()) return {};
  return write_or_remove(std::filesystem::path(line.time) / "kiosk.sources", time, 0644);
}

// The hub is asked by the user who will talk to it: on a kiosk's firewall root has no way out.
class AsUser {
 public:
  explicit AsUser(const std::string& name) {
    if (name.empty() || geteuid() != 0) return;
    const passwd* user = getpwnam(name.c_str());
    is_other_ = user != nullptr && seteuid(user->pw_uid) == 0;
  }
  AsUser(const AsUser&) = delete;
  AsUser& operator=(const AsUser&) = delete;
  ~AsUser() {
    if (is_other_ && seteuid(0) != 0) std::abort();
  }

 private:
  bool is_other_{false};
};

sync::Expected<sync::Identity> enrol(const CommandLine& line, const sync::SetupCode& code,
                                     sync::SyncdConfig config, sync::Store& store, const Progress& progress) {
  config.hub = code.enrolment.hub;
  if (!code.enrolment.pin.empty()) config.trust.pin = code.enrolment.pin;
  config.tokens.folder.clear();
  std::array<std::uint8_t, 32> seed{};
  randombytes_buf(seed.data(), seed.size());
  sync::HttpClient client({}, config.trust);
  const sync::Transport transport = [&](const sync::HttpRequest& request) {
    const AsUser sync_daemon(line.user);
    return client.request(request);
  };
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(line.patience_s);
  for (;;) {
    progress.tell(SetUpStage::hub);
    auto identity = sync::enrol_by_hand(store, config, code.enrolment, false, seed, transport);
    if (identity || identity.error().kind != sync::Error::Kind::unavailable ||
        std::chrono::steady_clock::now() > give_up) {
      sodium_memzero(seed.data(), seed.size());
      return identity;
    }
    (void)std::fprintf(stderr, "lanyard-setup: %s\n", identity.error().message.c_str());
    std::this_thread::sleep_for(kAgain);
  }
}

sync::Expected<sync::SyncdConfig> syncd_settings(const std::string& file) {
  const auto text = read_text_file(file, sync::kMaxTomlBytes);
  if (!text) return tl::make_unexpected(text.error());
  return sync::parse_syncd_config(*text, file, {});
}

// Whoever holds a code up to a kiosk at work changes nothing of it.
sync::Expected<void> check_not_enrolled(sync::Store& store) {
  const auto identity = store.identity();
  if (!identity) return tl::make_unexpected(identity.error());
  if (!*identity) return {};
  return sync::fail(sync::Error::Kind::invalid, "this kiosk is set up already, as " + (*identity)->device);
}

int set_up(const CommandLine& line) {
  const Progress progress(line.folder);
  const auto text = line.code.empty() ? read_standard_input() : take_code(line.code);
  if (!text) return progress.fail(SetUpStage::not_a_code, text.error().message);
  const auto code = sync::parse_setup_code(*text);
  if (!code) return progress.fail(SetUpStage::not_a_code, code.error().message);
  const std::string settings = kiosk_settings(*code, line.folder);
  const std::string gate = gate_settings(code->gate);
  if (auto sound = check(settings, gate); !sound)
    return progress.fail(SetUpStage::not_a_code, sound.error().message);
  const auto config = syncd_settings(line.syncd_config);
  if (!config) return progress.fail(SetUpStage::failed, config.error().message);
  auto store = sync::Store::open(config->store);
  if (!store) return progress.fail(SetUpStage::failed, store.error().message);
  if (auto free = check_not_enrolled(*store); !free)
    return progress.fail(SetUpStage::failed, free.error().message);

  progress.tell(SetUpStage::network);
  if (auto written = write_network(line, code->network); !written)
    return progress.fail(SetUpStage::failed, written.error().message);
  const auto identity = enrol(line, *code, *config, *store, progress);
  if (!identity) {
    const auto kind = identity.error().kind;
    return progress.fail(kind == sync::Error::Kind::refused       ? SetUpStage::refused
                         : kind == sync::Error::Kind::unavailable ? SetUpStage::no_hub
                                                                  : SetUpStage::failed,
                         identity.error().message);
  }
  // The kiosk's own last: with it the machine is one.
  auto written = write_settings_of("lanyard-gate", line.gate_config, gate);
  if (written) written = write_settings_of("lanyard", line.config, settings);
  if (!written) return progress.fail(SetUpStage::failed, written.error().message);
  progress.tell(SetUpStage::done, identity->name);
  (void)std::printf("%s\n", identity->device.c_str());
  return kDone;
}

int run(int argc, char** argv) {
  CLI::App app("Makes a kiosk of this machine, from the code that `lanyard-hub device add` prints.",
               "lanyard-setup");
  app.set_version_flag("--version", "lanyard-setup " LANYARD_VERSION);
  CommandLine line;
  app.add_option("CODE", line.code, "A file with the code, which is taken away; without it, standard input")
      ->type_name("FILE");
  app.add_option("--config", line.config, "The kiosk's settings, which are written anew")
      ->capture_default_str()
      ->type_name("FILE");
  app.add_option("--gate-config", line.gate_config,
                 "The gate's settings, which are written anew, or removed where the code names none")
      ->capture_default_str()
      ->type_name("FILE");
  app.add_option("--syncd-config", line.syncd_config, "The sync daemon's settings")
      ->capture_default_str()
      ->type_name("FILE");
  app.add_option("--network", line.network, "Where the network's settings go (kiosk.network, wifi.conf)")
      ->type_name("FOLDER");
  app.add_option("--time", line.time, "Where the time server goes (kiosk.sources)")->type_name("FOLDER");
  app.add_option("--folder", line.folder, "Where a kiosk's screen looks for how far it is (status)")
      ->type_name("FOLDER");
  app.add_option("--ask-as", line.user, "The user by whom the hub is asked")->type_name("USER");
  app.add_option("--patience", line.patience_s, "How long the hub is waited for")
      ->capture_default_str()
      ->check(CLI::Range(0, 3600))
      ->type_name("SECONDS");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& stopped) {
    return app.exit(stopped, std::cout, std::cerr) == 0 ? kDone : kWrongUse;
  }
  return set_up(line);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    log::begin("lanyard-setup");
    if (sodium_init() < 0) return kFailed;
    return run(argc, argv);
  } catch (const std::exception& thrown) {
    (void)std::fprintf(stderr, "lanyard-setup: %s\n", thrown.what());
    return kFailed;
  }
}
