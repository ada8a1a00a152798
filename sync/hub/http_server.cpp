#include <utility>  // first: Boost 1.74 forgets to include it
// (a comment, so that the formatter leaves it first)

#include <charconv>
#include <ctime>
#include <set>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <spdlog/spdlog.h>
#include <systemd/sd-daemon.h>

#include "sync/hub/http_server.hpp"
#include "sync/hub/http_worker.hpp"

namespace lanyard::sync::hub {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t kMaxQueryItems = 16;
constexpr std::size_t kMaxDiscardedBytes = 8UL * 1024 * 1024;
constexpr std::chrono::milliseconds kDiscardPatience{2000};
constexpr std::chrono::milliseconds kAcceptAgain{100};
constexpr std::chrono::milliseconds kJobPatience{60'000};

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// RFC 3986 §2.1; nullopt for a '%' without two digits.
std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size() || hex_digit(text[i + 1]) < 0 || hex_digit(text[i + 2]) < 0) return std::nullopt;
    out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
    i += 2;
  }
  return out;
}

// False if the query cannot be read.
bool read_target(std::string_view target, Request& request) {
  const auto mark = target.find('?');
  request.path = target.substr(0, mark);
  std::string_view query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
  while (!query.empty()) {
    const std::string_view item = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(item.size() + 1, query.size()));
    const auto equals = item.find('=');
    const auto name = percent_decoded(item.substr(0, equals));
    const auto value =
        percent_decoded(equals == std::string_view::npos ? std::string_view() : item.substr(equals + 1));
    if (!name || !value || request.query.size() == kMaxQueryItems) return false;
    request.query[*name] = *value;
  }
  return true;
}

std::string bearer_of(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() <= kScheme.size() ||
      !beast::iequals({authorization.data(), kScheme.size()}, {kScheme.data(), kScheme.size()})) {
    return {};
  }
  return std::string(authorization.substr(kScheme.size()));
}

std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  // Names by hand: strftime's follow the locale.
  static constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::array<char, 64> text{};
  (void)std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                      kDays[static_cast<std::size_t>(utc.tm_wday) % kDays.size()], utc.tm_mday,
                      kMonths[static_cast<std::size_t>(utc.tm_mon) % kMonths.size()], utc.tm_year + 1900,
                      utc.tm_hour, utc.tm_min, utc.tm_sec);
  return text.data();
}

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

class Session;

}  // namespace

struct HttpServer::Inside {
  Inside(HttpLimits given, Handler handle) : limits(given), handler(std::move(handle)) {}

  void accept();
  void stop();
  void gone(Session* session);
  void beat_watchdog();

  HttpLimits limits;
  Handler handler;
  // Before io, which destroys the last sessions when it goes.
  std::set<Session*> sessions;
  std::size_t bodies_in_flight{0};
  bool stopping{false};
  asio::io_context io{1};
  tcp::acceptor acceptor{io};
  asio::steady_timer accept_again{io};
  asio::steady_timer watchdog{io};
  asio::steady_timer last_call{io};
  asio::signal_set signals{io};
  asio::executor_work_guard<asio::io_context::executor_type> stay{io.get_executor()};
  std::optional<HttpWorker> worker;  // while run() runs
};

namespace {

// One connection: read a request, have it handled, write the answer, again.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, HttpServer::Inside& server) : stream_(std::move(socket)), server_(server) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() {
    release_body();
    server_.gone(this);
  }

  void read_next() {
    release_body();
    parser_.emplace();
    parser_->header_limit(kMaxHeaderBytes);
    parser_->body_limit(kMaxBodyBytes);
    if (buffer_.size() > 0) return read_header();  // sent ahead
    idle_ = true;
    stream_.expires_after(server_.limits.idle_timeout);
    stream_.async_read_some(buffer_.prepare(kReadBytes),
                            [self = shared_from_this()](error_code error, std::size_t bytes) {
                              self->idle_ = false;
                              if (error) return;  // gone, or idle for too long
                              self->buffer_.commit(bytes);
                              self->read_header();
                            });
  }

  // An idle connection owes nobody anything.
  void stop() {
    closing_ = true;
    if (idle_) close();
  }
  void close() {
    error_code ignored;
    stream_.socket().close(ignored);
  }

 private:
  static constexpr std::size_t kReadBytes = 8UL * 1024;

  void read_header() {
    // One deadline for the whole request: who sends a byte a second is dropped.
    stream_.expires_after(server_.limits.read_timeout);
    http::async_read_header(stream_, buffer_, *parser_,
                            [self = shared_from_this()](error_code error, std::size_t) {
                              if (error) return self->refuse(error);
                              self->read_body();
                            });
  }

  void read_body() {
    const auto& message = parser_->get();
    const auto path = view(message.target()).substr(0, view(message.target()).find('?'));
    const bool may_be_large = message.method() == http::verb::post && path == "/v1/journal";
    const std::size_t most = may_be_large ? kMaxBodyBytes : kMaxSmallBodyBytes;
    const auto length = parser_->content_length();
    if (length && *length > most) return refuse(413, "the body is too large");
    parser_->body_limit(most);
    const std::size_t expected = length ? static_cast<std::size_t>(*length) : parser_->chunked() ? most : 0;
    if (expected > kMaxSmallBodyBytes) {
      if (server_.bodies_in_flight + expected > kMaxBodiesInFlight) {
        return refuse(503, "the hub is busy");
      }
      server_.bodies_in_flight += expected;
      body_held_ = expected;
    }
    if (beast::iequals(message[http::field::expect], "100-continue")) return say_continue();
    read_rest();
  }

  void say_continue() {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(stream_, asio::buffer(kContinue),
                      [self = shared_from_this()](error_code error, std::size_t) {
                        if (!error) self->read_rest();
                      });
  }

  void read_rest() {
    http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
      if (error) return self->refuse(error);
      self->handle();
    });
  }

  void handle() {
    auto message = parser_->release();
    keep_alive_ = message.keep_alive();
    version_ = message.version();
    Request request;
    request.method = std::string(view(message.method_string()));
    request.token = bearer_of(view(message[http::field::authorization]));
    if (!read_target(view(message.target()), request)) return refuse(400, "the address cannot be read");
    request.body = std::move(message.body());
    server_.worker->add([self = shared_from_this(), request = std::move(request)]() mutable {
      const auto began = std::chrono::steady_clock::now();
      Response response = self->server_.handler(request);
      const auto took = std::chrono::steady_clock::now() - began;
      spdlog::debug("{} {} {} {} us", request.method, printable(request.path, 80), response.status,
                    std::chrono::duration_cast<std::chrono::microseconds>(took).count());
      // Back to the thread of the sockets, with the session: it must not be destroyed on this one.
      asio::io_context& io = self->server_.io;
      asio::post(io, [session = std::move(self), answer = std::move(response)]() mutable {
        session->answer(std::move(answer));
      });
    });
  }

  void refuse(error_code error) {
    if (error == http::error::header_limit) return refuse(431, "the header is too large");
    if (error == http::error::body_limit) return refuse(413, "the body is too large");
    if (error == http::error::buffer_overflow) {
      return refuse(400, "a chunk's extension or the trailers are too large");
    }
    // A peer that is gone, or too slow, gets no answer; one that does not speak HTTP gets one.
    if (error.category() != http::make_error_code(http::error::bad_method).category()) return;
    if (error == http::error::end_of_stream || error == http::error::partial_message) return;
    refuse(400, "this is not HTTP");
  }

  void refuse(int status, std::string_view detail) {
    keep_alive_ = false;
    unread_ = true;
    Response response = problem(status, detail);
    if (status == 503) response.headers.emplace_back("Retry-After", "2");
    answer(std::move(response));
  }

  void answer(Response response) {
    message_ = {};
    message_.version(version_);
    message_.result(static_cast<unsigned>(response.status));
    message_.set(http::field::date, http_date());
    message_.set(http::field::content_type, response.content_type);
    for (const auto& [name, value] : response.headers) message_.set(name, value);
    message_.keep_alive(keep_alive_ && !closing_ && !server_.stopping);
    message_.body() = std::move(response.body);
    message_.prepare_payload();
    stream_.expires_after(server_.limits.read_timeout);
    http::async_write(stream_, message_, [self = shared_from_this()](error_code error, std::size_t) {
      if (error) return;
      if (self->message_.keep_alive()) return self->read_next();
      error_code ignored;
      self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
      if (self->unread_) self->discard();
    });
  }

  // Closing with data unread would reset the connection, and could take the answer with it.
  void discard() {
    stream_.expires_after(kDiscardPatience);
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(kReadBytes),
                            [self = shared_from_this()](error_code error, std::size_t bytes) {
                              self->discarded_ += bytes;
                              if (!error && self->discarded_ < kMaxDiscardedBytes) self->discard();
                            });
  }

  void release_body() { server_.bodies_in_flight -= std::exchange(body_held_, 0); }

  beast::tcp_stream stream_;
  HttpServer::Inside& server_;
  // Bounded here: no limit of Beast's parser counts what comes between the chunks and behind the last one.
  beast::flat_buffer buffer_{kMaxBufferedBytes};
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> message_;
  std::size_t body_held_{0};
  std::size_t discarded_{0};
  unsigned version_{11};
  bool keep_alive_{false};
  bool idle_{false};
  bool closing_{false};
  bool unread_{false};
};

}  // namespace

void HttpServer::Inside::accept() {
  acceptor.async_accept([this](error_code error, tcp::socket socket) {
    if (stopping) return;
    if (error) {
      // Out of descriptors, most likely: let connections end before asking again.
      accept_again.expires_after(kAcceptAgain);
      accept_again.async_wait([this](error_code cancelled) {
        if (!cancelled && !stopping) accept();
      });
      return;
    }
    if (sessions.size() < limits.connections) {
      error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      const auto session = std::make_shared<Session>(std::move(socket), *this);
      sessions.insert(session.get());
      session->read_next();
    } else {
      spdlog::warn("more than {} connections: one is turned away", limits.connections);
    }
    accept();
  });
}

void HttpServer::Inside::gone(Session* session) {
  sessions.erase(session);
  if (stopping && sessions.empty()) io.stop();
}

void HttpServer::Inside::stop() {
  if (std::exchange(stopping, true)) return;
  sd_notify(0, "STOPPING=1");
  error_code ignored;
  acceptor.close(ignored);
  accept_again.cancel();
  if (sessions.empty()) return io.stop();
  for (Session* session : sessions) session->stop();
  last_call.expires_after(limits.stop_patience);
  last_call.async_wait([this](error_code) { io.stop(); });
}

void HttpServer::Inside::beat_watchdog() {
  std::uint64_t every_us = 0;
  if (sd_watchdog_enabled(0, &every_us) <= 0) return;
  if (worker->alive(kJobPatience)) sd_notify(0, "WATCHDOG=1");
  watchdog.expires_after(std::chrono::microseconds(every_us / 2));
  watchdog.async_wait([this](error_code cancelled) {
    if (!cancelled) beat_watchdog();
  });
}

HttpServer::HttpServer(std::unique_ptr<Inside> in) : in_(std::move(in)) {}

HttpServer::~HttpServer() {  // NOLINT(bugprone-exception-escape): as declared
  // Sessions that io still holds refer to Inside: they go while it is whole.
  in_->stopping = true;
  for (Session* session : in_->sessions) session->close();
  in_->io.restart();
  in_->io.poll();
}

Expected<std::unique_ptr<HttpServer>> HttpServer::listen(std::string_view address, HttpLimits limits,
                                                         Handler handler) {
  const auto colon = address.rfind(':');
  const auto wrong = [&] {
    return fail(Error::Kind::invalid, "'" + printable(address, 60) + "' is not an address as 127.0.0.1:8080");
  };
  if (colon == std::string_view::npos) return wrong();
  std::string host(address.substr(0, colon));
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  std::uint16_t port = 0;
  const char* const end = address.data() + address.size();
  const auto [stop, bad] = std::from_chars(address.data() + colon + 1, end, port);
  error_code error;
  const auto ip = asio::ip::make_address(host, error);
  if (error || bad != std::errc() || stop != end || colon + 1 == address.size()) return wrong();

  auto in = std::make_unique<Inside>(limits, std::move(handler));
  const tcp::endpoint endpoint(ip, port);
  in->acceptor.open(endpoint.protocol(), error);
  if (!error) in->acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) in->acceptor.bind(endpoint, error);
  if (!error) in->acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    return fail(Error::Kind::unavailable, "listening on " + std::string(address) + ": " + error.message());
  }
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(in)));
}

std::string HttpServer::address() const {
  error_code ignored;
  const auto endpoint = in_->acceptor.local_endpoint(ignored);
  const std::string host = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(endpoint.port());
}

void HttpServer::run() {
  in_->worker.emplace();
  in_->accept();
  in_->beat_watchdog();
  sd_notify(0, "READY=1");
  in_->io.run();
  in_->worker.reset();
}

void HttpServer::stop() {
  asio::post(in_->io, [this] { in_->stop(); });
}

void HttpServer::stop_on_signals() {
  in_->signals.add(SIGTERM);
  in_->signals.add(SIGINT);
  in_->signals.async_wait([this](error_code cancelled, int) {
    if (!cancelled) in_->stop();
  });
}

}  // namespace lanyard::sync::hub
