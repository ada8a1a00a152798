// Answers that the server keeps back until there is news.
#include <atomic>

#include "tests/sync/http_server_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

// A board on which something is written now and then; until there is, answers may be kept back.
struct Board {
  std::atomic<int> written{0};
  std::atomic<int> looks{0};
  std::atomic<int> handled{0};
  std::chrono::milliseconds patience{20s};

  RunningServer::Handler handler() {
    return [this](const Request&) {
      ++handled;
      Response answer{200, "text/plain", "written " + std::to_string(written), {}, {}, {}};
      if (written == 0) answer.hold = patience;
      return answer;
    };
  }
  RunningServer::News news() {
    return [this, seen = 0]() mutable {
      ++looks;
      return std::exchange(seen, written.load()) != seen;
    };
  }
};
constexpr const char* kAsk = "GET /board HTTP/1.1\r\nHost: x\r\n\r\n";

TEST_CASE("an answer is kept back until there is news, and the connection serves on") {
  Board board;
  RunningServer server({}, board.handler(), RunningServer::let_in, board.news());
  std::vector<std::unique_ptr<RawSocket>> waiting;
  for (int i = 0; i < 50; ++i) {
    waiting.push_back(std::make_unique<RawSocket>(server.port()));
    REQUIRE(waiting.back()->send(kAsk));
  }
  while (board.handled < 50 || board.looks < 3) std::this_thread::sleep_for(1ms);
  CHECK(board.handled == 50);  // without news nobody is handled again
  board.written = 1;
  for (const auto& one : waiting) CHECK(one->receive_until("written 1").find("200 OK") != std::string::npos);
  REQUIRE(waiting.front()->send(kAsk));
  CHECK(waiting.front()->receive_until("written 1").find("200 OK") != std::string::npos);
}

TEST_CASE("an answer is kept back no longer than it says") {
  Board board;
  board.patience = 200ms;
  RunningServer server({}, board.handler(), RunningServer::let_in, board.news());
  const RawSocket waiting(server.port());
  REQUIRE(waiting.send(kAsk));
  CHECK(waiting.receive_until("written 0").find("200 OK") != std::string::npos);
  CHECK(board.looks > 0);
}

TEST_CASE("news that does not concern a request leaves it waiting, and its time runs on") {
  std::atomic<int> handled{0};
  RunningServer server(
      {},
      [&](const Request&) {
        ++handled;
        Response answer{200, "text/plain", "nothing", {}, {}, {}};
        answer.hold = 600ms;
        return answer;
      },
      RunningServer::let_in, [] { return true; });
  const RawSocket waiting(server.port());
  REQUIRE(waiting.send(kAsk));
  CHECK(waiting.receive_until("nothing").find("200 OK") != std::string::npos);
  CHECK(handled > 1);
}

TEST_CASE("who goes away while their answer is kept back harms nobody, and a stop answers those who wait") {
  Board board;
  RunningServer server({}, board.handler(), RunningServer::let_in, board.news());
  const RawSocket waiting(server.port());
  {
    const RawSocket gone(server.port());
    REQUIRE(gone.send(kAsk));
    while (board.handled < 1) std::this_thread::sleep_for(1ms);
  }
  REQUIRE(waiting.send(kAsk));
  while (board.handled < 2) std::this_thread::sleep_for(1ms);
  server.stop();
  const std::string answer = waiting.receive();
  CHECK(answer.find("written 0") != std::string::npos);
  CHECK(answer.find("Connection: close") != std::string::npos);
}

}  // namespace
}  // namespace lanyard::sync::hub
