// The inside of HttpServer: what its connections share, and a connection. For http_server.cpp and
// http_session.cpp alone. Threads: all of it belongs to the thread of the sockets, but for the worker's.
#pragma once

#include <utility>  // first: Boost 1.74 forgets to include it
// (a comment, so that the formatter leaves it first)

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "sync/hub/http_server.hpp"
#include "sync/hub/http_stream.hpp"
#include "sync/hub/http_worker.hpp"

namespace lanyard::sync::hub {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

class HttpSession;

struct HttpServer::Inside {
  Inside(HttpLimits given, HttpService what)
      : limits(given), service(std::move(what)), admission(given.connections, given.connections_per_peer) {}

  void accept();
  void greet(tcp::socket socket);
  void tell_turned_away();
  void stop();
  void gone(HttpSession* session);
  void hold(std::shared_ptr<HttpSession> session);
  void use_room();
  void beat_watchdog();
  void look_for_news();
  void end_of_look(std::chrono::steady_clock::time_point began);
  void expire_held(std::chrono::steady_clock::time_point now);
  void handle_held_again();
  void look_for_renewed();

  HttpLimits limits;
  HttpService service;
  std::shared_ptr<HttpCounts> counts{std::make_shared<HttpCounts>()};
  Admission admission;
  std::optional<asio::ssl::context> tls;
  // Before io, which destroys the last sessions when it goes.
  std::set<HttpSession*> sessions;
  std::map<HttpSession*, std::shared_ptr<HttpSession>> held;  // whose answers are kept back
  std::deque<std::shared_ptr<HttpSession>> waiting_for_room;  // of an answer that may be large
  bool looking{false};                                        // the timer runs, or a look is under way
  std::chrono::milliseconds between_looks{kLookForNews};
  bool stopping{false};
  asio::io_context io{1};
  tcp::acceptor acceptor{io};
  asio::steady_timer accept_again{io};
  asio::steady_timer tell_again{io};
  asio::steady_timer watchdog{io};
  asio::steady_timer next_look{io};
  asio::steady_timer last_call{io};
  asio::steady_timer next_renewed{io};
  asio::signal_set signals{io};
  asio::executor_work_guard<asio::io_context::executor_type> stay{io.get_executor()};
  std::optional<HttpWorker> worker;  // while run() runs
};

// One connection: read a request, have it handled, write the answer, again.
class HttpSession : public std::enable_shared_from_this<HttpSession> {
 public:
  // The peer's place is taken already; gone() gives it back.
  HttpSession(tcp::socket socket, std::string peer, HttpServer::Inside& server)
      : stream_(std::move(socket), server.tls ? &*server.tls : nullptr),
        peer_(std::move(peer)),
        server_(server) {}
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;
  ~HttpSession();

  [[nodiscard]] const std::string& peer() const { return peer_; }

  void begin();

  // An idle connection owes nobody anything, and one whose answer is kept back has it now.
  void stop();
  void close();
  // Of one that is held.
  [[nodiscard]] bool is_due(std::chrono::steady_clock::time_point now) const { return now >= held_until_; }
  void send_held() { send(std::move(held_)); }
  // One at a time: until the answer is there, the session is not held.
  void handle();

 private:
  static constexpr std::size_t kReadBytes = 8UL * 1024;
  static constexpr std::chrono::steady_clock::time_point kNotHeld{};

  void read_next();
  void read_header();
  void look_at_header();
  void take_memory(std::size_t expected);
  void ask_gate(std::size_t expected);
  void read_body();
  void say_continue();
  void read_rest();
  void refuse(error_code error);
  void refuse(int status, std::string_view detail);
  void refuse(Response response);
  void answer(Response response);
  void send(Response response);
  // Closing with data unread would reset the connection, and could take the answer with it.
  void discard();
  void release_body();
  // All but so much of it.
  void release_answer(std::size_t bytes);

  HttpStream stream_;
  std::string peer_;
  HttpServer::Inside& server_;
  // Bounded here: no limit of Beast's parser counts what comes between the chunks and behind the last one.
  beast::flat_buffer buffer_{kMaxBufferedBytes};
  std::optional<http::request_parser<http::string_body>> parser_;
  Request request_;     // the one that is being read, or handled
  Response held_;       // its answer, while that is kept back
  std::string let_in_;  // the token with which the gate let this connection in
  std::chrono::steady_clock::time_point held_until_{kNotHeld};
  std::chrono::steady_clock::time_point asked_at_{};
  http::response<http::string_body> message_;
  std::size_t body_held_{0};
  std::size_t answer_held_{0};
  std::size_t discarded_{0};
  unsigned version_{11};
  bool keep_alive_{false};
  bool idle_{false};
  bool closing_{false};
  bool unread_{false};
};

}  // namespace lanyard::sync::hub
