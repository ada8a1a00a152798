// Behind the sockets: what is prepared before its turn at the handler, and who shares a commit.
#include "sync/hub/http_worker.hpp"

#include <atomic>

#include "sync/http_client.hpp"
#include "tests/sync/http_server_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

TEST_CASE("requests that wait are handled together, and all are refused where that fails") {
  std::atomic<bool> go{false};
  std::atomic<int> most{0};
  std::atomic<bool> works{true};
  int under_way = 0;
  HttpService service{[&](const Request& request) {
                        while (!go) std::this_thread::sleep_for(1ms);
                        most = std::max(most.load(), ++under_way);
                        return RunningServer::echo(request);
                      },
                      RunningServer::let_in, RunningServer::no_news,
                      [&](const std::function<void()>& all) {
                        under_way = 0;
                        all();
                        return works.load();
                      }};
  RunningServer server({}, std::move(service));
  constexpr const char* kTell = "POST /board HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
  std::vector<std::unique_ptr<RawSocket>> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(std::make_unique<RawSocket>(server.port()));
    REQUIRE(clients.back()->send(kTell));
  }
  go = true;
  // Whether they come together is up to the scheduler, but not a hundred times.
  for (int round = 0; round == 0 || (most < 2 && round < 100); ++round) {
    for (const auto& client : clients) {
      if (round > 0) REQUIRE(client->send(kTell));
    }
    for (const auto& client : clients)
      CHECK(client->receive_until("POST /board").find("200 OK") != std::string::npos);
  }
  CHECK(most > 1);
  works = false;
  REQUIRE(clients.front()->send(kTell));
  CHECK(clients.front()->receive_until("\r\n\r\n").find("503") != std::string::npos);
}

TEST_CASE("who only reads does not wait for a commit") {
  std::atomic<int> commits{0};
  HttpService service{RunningServer::echo, RunningServer::let_in, RunningServer::no_news,
                      [&](const std::function<void()>& all) {
                        ++commits;
                        all();
                        return true;
                      }};
  RunningServer server({}, std::move(service));
  HttpClient client;
  CHECK(client.request({"GET", server.url() + "/a", "", ""}).value().status == 200);
  CHECK(commits == 0);
  CHECK(client.request({"POST", server.url() + "/a", "", "x"}).value().status == 200);
  CHECK(commits == 1);
}

TEST_CASE("a large upload is prepared on another thread, and answered on the handler's in its turn") {
  std::atomic<int> prepared{0};
  std::atomic<bool> apart{true};
  std::thread::id handler{};
  HttpService service;
  service.handle = [&](const Request& request) {
    handler = std::this_thread::get_id();
    return RunningServer::echo(request);
  };
  service.gate = RunningServer::let_in;
  service.prepare = [&](const Request& request) {
    ++prepared;
    return [&, by = std::this_thread::get_id()] {
      if (by == std::this_thread::get_id() || handler != std::this_thread::get_id()) apart = false;
      Response response = RunningServer::echo(request);
      response.body += " prepared";
      return response;
    };
  };
  RunningServer server({}, std::move(service));
  HttpClient client;
  const auto said = [&](const std::string& method, const std::string& path, std::size_t bytes) {
    return client.request({method, server.url() + path, "", std::string(bytes, 'x')}).value().body;
  };
  CHECK(said("POST", "/v1/journal", 10) == "POST /v1/journal  10");
  CHECK(said("POST", "/v1/journal", 5000) == "POST /v1/journal  5000 prepared");
  CHECK(said("POST", "/v1/journal", 50'000) == "POST /v1/journal  50000 prepared");
  CHECK(said("POST", "/v1/heartbeat", 5000) == "POST /v1/heartbeat  5000");
  CHECK(prepared == 2);
  CHECK(apart);
}

TEST_CASE("uploads are prepared no further ahead than a named number of them") {
  constexpr std::size_t kUploads = 3 * HttpWorker::kMostAhead;
  std::atomic<std::size_t> prepared{0};
  std::atomic<bool> go{false};
  std::atomic<std::size_t> answered{0};
  const Request request;
  {
    HttpWorker worker(
        1,
        [&](std::span<const HttpWorker::Asked> asked) {
          while (!go) std::this_thread::sleep_for(1ms);
          return std::vector<Response>(asked.size());
        },
        [&](const Request&) {
          ++prepared;
          return [] { return Response{}; };
        });
    for (std::size_t i = 0; i < kUploads; ++i) {
      worker.add_to_prepare({&request, [&](const Response&) { ++answered; }});
    }
    // One is with the handler, who keeps it; the others wait before it.
    while (prepared < HttpWorker::kMostAhead + 1) std::this_thread::sleep_for(1ms);
    std::this_thread::sleep_for(20ms);
    CHECK(prepared == HttpWorker::kMostAhead + 1);
    go = true;
    while (answered < kUploads) std::this_thread::sleep_for(1ms);
  }
  CHECK(prepared == kUploads);
}

TEST_CASE("a server that stops while uploads are prepared ends in order") {
  HttpLimits limits;
  limits.stop_patience = 50ms;
  std::atomic<int> begun{0};
  HttpService service{RunningServer::echo, RunningServer::let_in, RunningServer::no_news, {}};
  service.prepare = [&](const Request& request) {
    ++begun;
    std::this_thread::sleep_for(100ms);
    return [&request] { return RunningServer::echo(request); };
  };
  RunningServer server(limits, std::move(service));
  std::vector<std::unique_ptr<RawSocket>> clients;
  const std::string upload =
      "POST /v1/journal HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n" + std::string(5000, 'x');
  for (int i = 0; i < 10; ++i) {
    clients.push_back(std::make_unique<RawSocket>(server.port()));
    REQUIRE(clients.back()->send(upload));
  }
  while (begun == 0) std::this_thread::sleep_for(1ms);
  server.stop();
}

}  // namespace
}  // namespace lanyard::sync::hub
