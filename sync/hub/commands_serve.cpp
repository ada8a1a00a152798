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

int serve(const Common& common, const std::string& address) {
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
  const auto news = [&] {
    const auto any = window.look(**store);
    if (!any) spdlog::error("looking for news: {}", any.error().message);
    return any.value_or(false);
  };
  const auto together = [&](const std::function<void()>& all) {
    const auto done = (*store)->together(all);
    if (!done) spdlog::error("{}", done.error().message);
    return done.has_value();
  };
  auto server = HttpServer::listen(address, HttpLimits{}, HttpService{answer, gate, news, together});
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
  const auto address = std::make_shared<std::string>("127.0.0.1:8080");
  auto* command = app.add_subcommand("serve", "Answer the kiosks");
  command->add_option("--listen", *address, "Where; port 0 takes any free one")
      ->type_name("ADDR:PORT")
      ->capture_default_str();
  command->callback([&common, &status, address] { status = serve(common, *address); });
}

}  // namespace lanyard::sync::hub
