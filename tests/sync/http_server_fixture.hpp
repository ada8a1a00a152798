// A server of the hub's that runs on a port of its own, for tests that speak to it over real sockets.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "sync/hub/http_server.hpp"
#include "tests/catch.hpp"
#include "tests/sync/raw_socket.hpp"

namespace lanyard::sync::hub {

using namespace std::chrono_literals;

// Its handler says what it was asked.
class RunningServer {
 public:
  using Handler = decltype(HttpService::handle);
  using Gate = decltype(HttpService::gate);
  using News = decltype(HttpService::news);
  explicit RunningServer(HttpLimits limits = {}, Handler handler = echo, Gate gate = let_in,
                         News news = no_news)
      : RunningServer(limits, HttpService{std::move(handler), std::move(gate), std::move(news), {}}) {}
  RunningServer(HttpLimits limits, HttpService service, const std::optional<TlsIdentity>& tls = std::nullopt)
      : server_(HttpServer::listen("127.0.0.1:0", limits, std::move(service), tls).value()) {
    const std::string address = server_->address();
    port_ = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
    thread_ = std::thread([this] { server_->run(); });
  }
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;
  ~RunningServer() { stop(); }

  void stop() {
    server_->stop();
    if (thread_.joinable()) thread_.join();
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  static Response echo(const Request& request) {
    std::string said = request.method + " " + request.path;
    for (const auto& [name, value] : request.query) said.append(" ").append(name).append("=").append(value);
    return {200, "text/plain", said + " " + request.token + " " + std::to_string(request.body.size()),
            {},  {},           {}};
  }
  static std::optional<Response> let_in(const Request& /*head*/) { return std::nullopt; }
  static bool no_news() { return false; }

 private:
  std::unique_ptr<HttpServer> server_;
  std::uint16_t port_{0};
  std::thread thread_;
};

}  // namespace lanyard::sync::hub
