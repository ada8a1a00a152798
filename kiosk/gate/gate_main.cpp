// lanyard-gate: opens a turnstile for a moment, and lights the lamp beside it, as the kiosk says. A program
// of its own, so that what reads strangers' pictures has no right to a line, and a kiosk that hangs leaves no
// gate open.
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>
#include <iostream>

#include <CLI/CLI.hpp>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "kiosk/gate/gate_config.hpp"
#include "kiosk/gate/gate_server.hpp"
#include "kiosk/gate/lines.hpp"
#include "sync/log.hpp"

namespace {

using namespace lanyard;
using namespace lanyard::gate;

constexpr int kFailed = 1;
constexpr int kWrongUse = 2;
constexpr int kUnfit = 78;  // settings that no restart mends (sysexits.h: EX_CONFIG)

constexpr std::size_t kMaxSettingsBytes = 64UL * 1024;

struct CommandLine {
  std::string config{"/etc/lanyard/gate.toml"};
  std::string socket;  // "": systemd's
  bool off{false};
};

sync::Expected<GateConfig> settings_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text(kMaxSettingsBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || (!in && !in.eof()))
    return sync::fail(sync::Error::Kind::invalid, file + ": it cannot be read");
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kMaxSettingsBytes)
    return sync::fail(sync::Error::Kind::invalid, file + ": it is too large");
  return parse_gate_config(text, file);
}

tl::unexpected<sync::Error> no_socket(const std::string& why) {
  return sync::fail(sync::Error::Kind::unavailable, why);
}

sync::Expected<int> systemds_socket() {
  const int given = sd_listen_fds(1);
  if (given == 1 && sd_is_socket(SD_LISTEN_FDS_START, AF_UNIX, SOCK_SEQPACKET, 1) > 0)
    return SD_LISTEN_FDS_START;
  return no_socket("systemd has given no socket to listen at (lanyard-gate.socket): say --socket PATH");
}

// For this user alone.
sync::Expected<int> own_socket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return no_socket(path + " is too long for a socket's name");
  path.copy(static_cast<char*>(address.sun_path), path.size());
  const int fd = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  if (fd < 0) return no_socket(std::string("no socket: ") + std::strerror(errno));
  ::unlink(path.c_str());
  const mode_t before = ::umask(0177);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the way of the socket's interface
  const bool listens =
      ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 && ::listen(fd, 1) == 0;
  ::umask(before);
  if (listens) return fd;
  const std::string why = std::strerror(errno);
  ::close(fd);
  return no_socket(path + ": " + why);
}

// Readable once somebody asks this program to end.
int signals_to_end() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  if (sigprocmask(SIG_BLOCK, &signals, nullptr) != 0) return -1;
  return ::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

int turn_off(const GateConfig& config) {
  const auto lines = open_lines(config.wiring);
  if (!lines) {
    log::error("{}", lines.error().message);
    return kFailed;
  }
  std::string named;
  for (const Wire wire : kWires) {
    if (const auto& pin = config.wiring.pin(wire))
      named += std::string(" ") + to_name(wire) + " " + std::to_string(pin->line);
  }
  log::info("{}: off:{}", (*lines)->chip(), named);
  return 0;
}

int serve(const CommandLine& line, const GateConfig& config) {
  const auto listener = line.socket.empty() ? systemds_socket() : own_socket(line.socket);
  if (!listener) {
    log::error("{}", listener.error().message);
    return kFailed;
  }
  const int stop = signals_to_end();
  if (stop < 0) return kFailed;
  GateServer server(*listener, stop, config.rules, [&config] { return open_lines(config.wiring); });
  log::info("{}; a pulse is {} ms", lines_library(), config.rules.pulse.count());
  sd_notify(0, "READY=1");
  const auto ended = server.run();
  if (ended) return 0;
  log::error("{}", ended.error().message);
  return kFailed;
}

int run(int argc, char** argv) {
  CLI::App app(
      "Opens a turnstile for a moment and lights a lamp, as the kiosk says; all is off when it says nothing.",
      "lanyard-gate");
  app.set_version_flag("--version", "lanyard-gate " LANYARD_VERSION);
  CommandLine line;
  app.add_option("--config", line.config, "Which line of which chip does what")
      ->capture_default_str()
      ->type_name("FILE");
  app.add_option("--socket", line.socket, "Listen here for this user's kiosk, instead of at systemd's socket")
      ->type_name("PATH");
  app.add_flag("--off", line.off, "Switch everything off that the settings name, and end");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& stopped) {
    return app.exit(stopped, std::cout, std::cerr) == 0 ? 0 : kWrongUse;
  }
  const auto config = settings_of(line.config);
  if (!config) {
    log::error("{}", config.error().message);
    return kUnfit;
  }
  return line.off ? turn_off(*config) : serve(line, *config);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    log::begin("lanyard-gate");
    return run(argc, argv);
  } catch (const std::exception& thrown) {
    (void)std::fprintf(stderr, "lanyard-gate: %s\n", thrown.what());
    return kFailed;
  }
}
