// serve.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <thread>

#include <CLI/CLI.hpp>
#include <sys/resource.h>
#include <unistd.h>

#include "sync/hub/commands.hpp"
#include "sync/hub/failure_log.hpp"
#include "sync/hub/http_server.hpp"
#include "sync/hub/metrics.hpp"
#include "sync/hub/tls_identity.hpp"
#include "sync/hub/update_shelf.hpp"
#include "sync/hub/uplink.hpp"
#include "sync/log.hpp"

namespace lanyard::sync::hub {

namespace {

// Each connection takes a descriptor, and a shell's usual limit is lower than ours.
void allow_descriptors(std::size_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return;
  limit.rlim_cur = std::min<rlim_t>(wanted, limit.rlim_max);
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < wanted) {
    log::warn("at most {} open files, so that fewer kiosks than {} can be connected", limit.rlim_cur, wanted);
  }
}

struct ServeOptions {
  std::string address{"127.0.0.1:8080"};
  std::size_t of_one_address{0};  // connections; 0 = a quarter of all
  std::vector<std::string> proxies;
  bool own_tls{false};
  TlsFiles tls;
  std::string metrics;  // address; "" = nowhere
  bool no_uplink{false};
  std::string updates;  // folder; "" = none are offered
  std::string update_window{"02:00-05:00"};
};

// By this machine's own time zone.
std::chrono::minutes now_of_day() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  return std::chrono::hours(local.tm_hour) + std::chrono::minutes(local.tm_min);
}

// nullopt where none are to be offered. A folder that is not as it should be is said now, and not at night.
Expected<std::optional<UpdateShelf>> shelf_of(const ServeOptions& options) {
  if (options.updates.empty()) return std::nullopt;
  const auto window = parse_window(options.update_window);
  if (!window)
    return fail(Error::Kind::invalid, "'" + printable(options.update_window, 40) + "' is not as 02:00-05:00");
  std::error_code wrong;
  if (!std::filesystem::is_directory(options.updates, wrong))
    return fail(Error::Kind::invalid, options.updates + " is no folder");
  UpdateShelf shelf(options.updates, *window);
  const auto offered = shelf.offer(now_of_day());
  if (!offered) return tl::make_unexpected(offered.error());
  if (*offered) {
    log::info("kiosks are given version {}, and install it between {}", (*offered)->version,
              options.update_window);
  } else {
    log::info("there is no SHA256SUMS in {}: nothing is offered until there is", options.updates);
  }
  return shelf;
}

// By which the kiosks know this hub; nullopt if it speaks in the clear.
Expected<std::optional<TlsIdentity>> tls_of(const Common& common, const ServeOptions& options,
                                            HubStore& store) {
  if (!options.own_tls && options.tls.certificate.empty()) return std::nullopt;
  auto identity =
      options.own_tls ? own_tls_identity(store, common.data, wall_now()) : read_tls_files(options.tls);
  if (!identity) return tl::make_unexpected(identity.error().within("TLS"));
  return std::move(*identity);
}

// An authority's certificate is renewed every few months, or weeks, while the hub serves.
std::function<std::optional<TlsIdentity>()> renewal_of(const TlsFiles& files, const TlsIdentity& known) {
  const auto watch = std::make_shared<TlsFilesWatch>(files, known);
  return [watch]() -> std::optional<TlsIdentity> {
    auto seen = watch->look();
    if (!seen) {
      log::warn("{}; TLS goes on by the certificate of before", seen.error().message);
      return std::nullopt;
    }
    if (*seen) log::info("another certificate: whoever connects from now on gets it");
    return std::move(*seen);
  };
}

Expected<std::set<std::string>> peers_of(const std::vector<std::string>& addresses) {
  std::set<std::string> peers;
  for (const std::string& address : addresses) {
    const auto peer = peer_named(address);
    if (!peer) return fail(Error::Kind::invalid, "--proxy: '" + printable(address, 60) + "' is no address");
    peers.insert(*peer);
  }
  return peers;
}

// All connections that there may be must find room, or strangers could have the hub killed.
HttpLimits limits_of(const ServeOptions& options, bool is_secure) {
  const auto memory = static_cast<std::size_t>(::sysconf(_SC_PHYS_PAGES)) *
                      static_cast<std::size_t>(::sysconf(_SC_PAGE_SIZE));
  HttpLimits limits;
  limits.connections = connections_within(memory, is_secure ? kSecureConnectionBytes : kConnectionBytes);
  limits.connections_per_peer = options.of_one_address > 0 ? options.of_one_address : limits.connections / 4;
  if (limits.connections < kMaxConnections) {
    log::info("at most {} connections, two a kiosk, by the memory of this machine", limits.connections);
  }
  return limits;
}

// Tells who watches, at an address of its own, with a store of its own: so that neither holds up a kiosk.
class MetricsServer {
 public:
  static Expected<std::unique_ptr<MetricsServer>> start(const Common& common, const std::string& address,
                                                        std::shared_ptr<const HttpCounts> counts) {
    auto store = open_store(common);
    if (!store) return tl::make_unexpected(store.error());
    HttpLimits limits;
    limits.connections = kMostWatching;
    limits.tells_systemd = false;
    const auto answer = [store = std::shared_ptr<HubStore>(std::move(*store)),
                         counts = std::move(counts)](const Request& request) {
      if (request.path != "/metrics") return problem(404, "there is nothing of this name but /metrics");
      if (request.method != "GET") return problem(405, "not with this method");
      return Response{
          200, std::string(kMetricsType), metrics_text(*counts, standing_of(*store), wall_now()), {}, {}, {}};
    };
    const auto gate = [](const Request&) { return std::optional(problem(413, "the body is too large")); };
    HttpService service;
    service.handle = answer;
    service.gate = gate;
    auto server = HttpServer::listen(address, limits, std::move(service));
    if (!server) return tl::make_unexpected(server.error());
    return std::unique_ptr<MetricsServer>(new MetricsServer(std::move(*server)));
  }
  MetricsServer(const MetricsServer&) = delete;
  MetricsServer& operator=(const MetricsServer&) = delete;
  ~MetricsServer() {
    server_->stop();
    thread_.join();
  }
  [[nodiscard]] std::string address() const { return server_->address(); }

 private:
  static constexpr std::size_t kMostWatching = 16;
  explicit MetricsServer(std::unique_ptr<HttpServer> server)
      : server_(std::move(server)), thread_([this] { server_->run(); }) {}

  std::unique_ptr<HttpServer> server_;
  std::thread thread_;
};

// nullptr of a hub that has joined no other.
Expected<std::unique_ptr<UplinkLanes>> lanes_to_centre(const Common& common, HubStore& store) {
  const auto uplink = store.uplink();
  if (!uplink) return tl::make_unexpected(uplink.error());
  if (!*uplink) return nullptr;
  auto carrying = open_store(common);
  if (!carrying) return tl::make_unexpected(carrying.error());
  auto following = open_store(common);
  if (!following) return tl::make_unexpected(following.error());
  return UplinkLanes::start(std::move(*carrying), std::move(*following));
}

// For whoever started it.
Expected<void> say_where(const ServeOptions& options, const std::optional<TlsIdentity>& tls,
                         const HttpServer& server, const MetricsServer* metrics) {
  // An authority's is not to be pinned: whoever renews it makes another key for it, more often than not.
  if (options.own_tls) {
    const auto pin = pin_of(*tls);
    if (!pin) return tl::make_unexpected(pin.error());
    (void)std::fprintf(stderr, "the hub's key, for device add --pin: %s\n", pin->c_str());
  }
  (void)std::printf("listening on %s://%s\n", tls ? "https" : "http", server.address().c_str());
  if (metrics != nullptr) (void)std::printf("metrics on http://%s/metrics\n", metrics->address().c_str());
  (void)std::fflush(stdout);
  return {};
}

int serve(const Common& common, const ServeOptions& options) {
  constexpr std::size_t kOtherFiles = 256;
  allow_descriptors(kMaxConnections + kOtherFiles);
  auto store = open_store(common);
  if (!store) return failed(store.error());
  const Random random = system_random();
  FeedWindow window;
  FailureLog failures;  // what failed is said in a cause: "appending rows: the disk is full"
  // From here on the store, the window and the failures belong to the thread that calls these.
  const auto log = [&](std::string_view failure) {
    if (const auto line = failures.line_for(failure, std::chrono::steady_clock::now()))
      log::error("{}", *line);
  };
  const auto logged = [&](Response response) {
    if (!response.cause.empty()) log(response.cause);
    return response;
  };
  const auto updates = shelf_of(options);
  if (!updates) return failed(updates.error().within("updates"));
  // To whom the hub knows, as everything else.
  const auto of_update = [&](const Request& request) -> std::optional<Response> {
    if (!*updates || !request.path.starts_with(kUpdates)) return std::nullopt;
    if (auto stranger = refuse_unread(request, **store)) return stranger;
    return (*updates)->answer(request, now_of_day());
  };
  const auto answer = [&](const Request& request) {
    if (auto response = of_update(request)) return logged(std::move(*response));
    return logged(handle(request, **store, wall_now(), random, &window));
  };
  const auto gate = [&](const Request& head) { return refuse_unread(head, **store); };
  bool blind = false;  // a database that is away all night is not worth a line of the log each second
  const auto news = [&] {
    const auto any = window.look(**store);
    if (!any && !blind) log::error("looking for news: {}", any.error().message);
    if (any && blind) log::info("there can be news again");
    blind = !any;
    return any.value_or(false);
  };
  const auto together = [&](const std::function<void()>& all) {
    const auto done = (*store)->together(all);
    if (!done) log(done.error().message);
    return done.has_value();
  };
  HttpService service{answer, gate, news};
  service.prepare = [&](const Request& request) {
    const auto prepared = std::make_shared<const Prepared>(prepare(request));
    return [&, prepared] { return logged(take(request, *prepared, **store, wall_now(), random, &window)); };
  };
  if ((*store)->commits_together()) service.together = together;
  const auto tls = tls_of(common, options, **store);
  if (!tls) return failed(tls.error());
  auto proxies = peers_of(options.proxies);
  if (!proxies) return failed(proxies.error());
  service.proxies = std::move(*proxies);
  if (*tls && !options.own_tls) service.renewed = renewal_of(options.tls, **tls);
  auto server =
      HttpServer::listen(options.address, limits_of(options, tls->has_value()), std::move(service), *tls);
  if (!server) return failed(server.error());
  std::unique_ptr<MetricsServer> metrics;
  if (!options.metrics.empty()) {
    auto started = MetricsServer::start(common, options.metrics, (*server)->counts());
    if (!started) return failed(started.error().within("the metrics"));
    metrics = std::move(*started);
  }
  std::unique_ptr<UplinkLanes> uplink;
  if (!options.no_uplink) {
    auto lanes = lanes_to_centre(common, **store);
    if (!lanes) return failed(lanes.error().within("the uplink"));
    uplink = std::move(*lanes);
  }
  (*server)->stop_on_signals();
  if (auto said = say_where(options, *tls, **server, metrics.get()); !said) return failed(said.error());
  (*server)->run();
  log::info("stopped");
  return kDone;
}

}  // namespace

void add_serve_command(CLI::App& app, const Common& common, int& status) {
  const auto options = std::make_shared<ServeOptions>();
  auto* command = app.add_subcommand("serve", "Answer the kiosks");
  command->add_option("--listen", options->address, "Where; port 0 takes any free one")
      ->type_name("ADDR:PORT")
      ->capture_default_str();
  command
      ->add_option("--connections-of-one-address", options->of_one_address,
                   "At most; more than a quarter of all where all kiosks come by way of a balancer")
      ->check(CLI::Range(std::size_t{1}, kMaxConnections))
      ->type_name("N");
  command
      ->add_option(
          "--proxy", options->proxies,
          "Of a proxy or balancer before the hub, so that callers are told apart by what it writes into"
          " X-Forwarded-For; may be said several times")
      ->type_name("ADDR");
  auto* own = command->add_flag(
      "--tls", options->own_tls,
      "Speak TLS, by a key of this hub's own that the kiosks pin; made once, and kept with its data");
  auto* certificate = command->add_option("--tls-certificate", options->tls.certificate,
                                          "Speak TLS by this one, of an authority: PEM, the whole chain");
  auto* key = command->add_option("--tls-key", options->tls.key, "Its key: PEM");
  for (CLI::Option* file : {certificate, key}) file->type_name("FILE")->excludes(own);
  certificate->needs(key);
  key->needs(certificate);
  command
      ->add_option(
          "--metrics", options->metrics,
          "Where to tell who watches the hub how it is, in the clear and to anybody who asks: an address of"
          " this machine's, or of a network for that")
      ->type_name("ADDR:PORT");
  command->add_flag("--no-uplink", options->no_uplink,
                    "Leave it to another of several hubs on one database to bring the rows to the hub that"
                    " was joined");
  command
      ->add_option(
          "--updates", options->updates,
          "Offer the kiosks the update of their disk that is in this folder, as the image's build makes"
          " it; without, none")
      ->type_name("DIR");
  command
      ->add_option(
          "--update-window", options->update_window,
          "When they may install it, by this machine's time, and only where nobody stands before them")
      ->type_name("FROM-TO")
      ->capture_default_str();
  command->callback([&common, &status, options] { status = serve(common, *options); });
}

}  // namespace lanyard::sync::hub
