// serve.
#include <cstdio>

#include <CLI/CLI.hpp>
#include <spdlog/spdlog.h>

#include "sync/hub/commands.hpp"
#include "sync/hub/http_server.hpp"

namespace lanyard::sync::hub {

namespace {

int serve(const Common& common, const std::string& address) {
  auto store = open_store(common);
  if (!store) return failed(store.error());
  const Random random = system_random();
  // From here on the store belongs to the thread that calls these two.
  const auto answer = [&](const Request& request) {
    Response response = handle(request, **store, wall_now(), random);
    if (!response.cause.empty()) spdlog::error("{} {}: {}", request.method, request.path, response.cause);
    return response;
  };
  const auto gate = [&](const Request& head) { return refuse_unread(head, **store); };
  auto server = HttpServer::listen(address, HttpLimits{}, answer, gate);
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
