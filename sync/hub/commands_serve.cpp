// serve.
#include <algorithm>
#include <cstdio>

#include <CLI/CLI.hpp>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include "sync/hub/commands.hpp"
#include "sync/hub/http_server.hpp"

namespace lanyard::sync::hub {

namespace {

// Each connection takes a descriptor, and a shell's usual limit is lower than ours.
void allow_descriptors(std::size_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return;
  limit.rlim_cur = std::min<rlim_t>(wanted, limit.rlim_max);
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < wanted) {
    spdlog::warn("at most {} open files, so that fewer kiosks than {} can be connected", limit.rlim_cur,
                 wanted);
  }
}

struct ServeOptions {
  std::string address{"127.0.0.1:8080"};
  HttpLimits limits;
};

int serve(const Common& common, const ServeOptions& options) {
  constexpr std::size_t kOtherFiles = 256;
  allow_descriptors(kMaxConnections + kOtherFiles);
  auto store = open_store(common);
  if (!store) return failed(store.error());
  const Random random = system_random();
  FeedWindow window;
  // From here on the store and the window belong to the thread that calls these.
  const auto answer = [&](const Request& request) {
    Response response = handle(request, **store, wall_now(), random, &window);
    if (!response.cause.empty()) spdlog::error("{} {}: {}", request.method, request.path, response.cause);
    return response;
  };
  const auto gate = [&](const Request& head) { return refuse_unread(head, **store); };
  bool blind = false;  // a database that is away all night is not worth a line of the log each second
  const auto news = [&] {
    const auto any = window.look(**store);
    if (!any && !blind) spdlog::error("looking for news: {}", any.error().message);
    if (any && blind) spdlog::info("there can be news again");
    blind = !any;
    return any.value_or(false);
  };
  const auto together = [&](const std::function<void()>& all) {
    const auto done = (*store)->together(all);
    if (!done) spdlog::error("{}", done.error().message);
    return done.has_value();
  };
  HttpService service{answer, gate, news, {}};
  if ((*store)->commits_together()) service.together = together;
  auto server = HttpServer::listen(options.address, options.limits, std::move(service));
  if (!server) return failed(server.error());
  (*server)->stop_on_signals();
  (void)std::printf("listening on http://%s\n", (*server)->address().c_str());
  (void)std::fflush(stdout);
  (*server)->run();
  spdlog::info("stopped");
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
      ->add_option("--connections-of-one-address", options->limits.connections_per_peer,
                   "At most; more where all kiosks come by way of a balancer")
      ->check(CLI::Range(std::size_t{1}, kMaxConnections))
      ->type_name("N")
      ->capture_default_str();
  command->callback([&common, &status, options] { status = serve(common, *options); });
}

}  // namespace lanyard::sync::hub
