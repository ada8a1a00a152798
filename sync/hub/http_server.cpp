#include <utility>  // first: Boost 1.74 forgets to include it
// (a comment, so that the formatter leaves it first)

#include <algorithm>
#include <charconv>
#include <ctime>
#include <deque>
#include <map>
#include <set>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <spdlog/spdlog.h>
#include <systemd/sd-daemon.h>

#include "sync/content_coding.hpp"
#include "sync/hub/http_server.hpp"
#include "sync/hub/http_stream.hpp"
#include "sync/hub/http_text.hpp"
#include "sync/hub/http_worker.hpp"

namespace lanyard::sync::hub {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t kMaxDiscardedBytes = 8UL * 1024 * 1024;
constexpr std::chrono::milliseconds kAcceptAgain{100};
constexpr std::chrono::milliseconds kJobPatience{60'000};

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

std::vector<Response> answers_of(const HttpService& service, HttpCounts& counts,
                                 std::span<const HttpWorker::Asked> asked) {
  std::vector<Response> answers;
  const auto began = std::chrono::steady_clock::now();
  const auto handle_all = [&] {
    for (const HttpWorker::Asked& one : asked) {
      answers.push_back(one.prepared ? one.prepared() : service.handle(*one.request));
    }
  };
  // Those who only read need not wait for whoever writes at the moment.
  const auto reads = [](const HttpWorker::Asked& one) { return one.request->method == "GET"; };
  const bool apart = !service.together || std::ranges::all_of(asked, reads);
  bool done = true;
  if (apart) {
    handle_all();
  } else {
    done = service.together(handle_all);
    counts.committed(asked.size());
  }
  const auto took = std::chrono::steady_clock::now() - began;
  spdlog::debug("{} requests, {} us", asked.size(),
                std::chrono::duration_cast<std::chrono::microseconds>(took).count());
  if (done) return answers;
  Response failed = problem(503, "the hub cannot store or read at the moment");
  failed.headers.emplace_back("Retry-After", "5");
  return std::vector(asked.size(), failed);
}

// Of what a proxy in front might see the end elsewhere, so that it would take for a body what we take for a
// request, or the other way round (RFC 9112 §3.2, §6.1, §6.3); "" if there is nothing.
std::string_view ambiguity_of(const http::request<http::string_body>& message) {
  const auto encodings = message.count(http::field::transfer_encoding);
  const auto encoding = view(message[http::field::transfer_encoding]);
  if (encodings > 1 || (encodings == 1 && (message.version() < 11 || !is_chunked(encoding)))) {
    return "a body may be chunked, and nothing else";
  }
  const auto lengths = message.count(http::field::content_length);
  if (lengths > 1 || (lengths == 1 && !is_length(view(message[http::field::content_length])))) {
    return "the length of the body must be one number";
  }
  const auto hosts = message.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && message.version() >= 11)) return "there must be one Host";
  if (!is_authority(view(message[http::field::host]))) return "Host names no host";
  return "";
}

// An empty text that was assigned would keep its memory.
void give_back(std::string& text) {
  std::string().swap(text);
}

// TLS 1.2 and 1.3, with what OpenSSL thinks sound of either.
Expected<void> use_tls(std::optional<asio::ssl::context>& tls, const TlsFiles& files) {
  error_code error;
  tls.emplace(asio::ssl::context::tls_server);
  const auto wrong = [&](const std::filesystem::path& file) {
    return fail(Error::Kind::invalid, "TLS by " + file.string() + ": " + error.message());
  };
  SSL_CTX_set_min_proto_version(tls->native_handle(), TLS1_2_VERSION);
  // Thousands wait at once: without it each keeps the buffers of two records, 34 KiB, while nothing comes.
  SSL_CTX_set_mode(tls->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(tls->native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  tls->use_certificate_chain_file(files.certificate.string(), error);
  if (error) return wrong(files.certificate);
  tls->use_private_key_file(files.key.string(), asio::ssl::context::pem, error);
  if (error) return wrong(files.key);
  return {};
}

class Session;

}  // namespace

struct HttpServer::Inside {
  Inside(HttpLimits given, HttpService what)
      : limits(given), service(std::move(what)), admission(given.connections, given.connections_per_peer) {}

  void accept();
  void greet(tcp::socket socket);
  void tell_turned_away();
  void stop();
  void gone(Session* session);
  void hold(std::shared_ptr<Session> session);
  void use_room();
  void beat_watchdog();
  void look_for_news();
  void end_of_look(std::chrono::steady_clock::time_point began);
  void expire_held(std::chrono::steady_clock::time_point now);
  void handle_held_again();

  HttpLimits limits;
  HttpService service;
  std::shared_ptr<HttpCounts> counts{std::make_shared<HttpCounts>()};
  Admission admission;
  std::optional<asio::ssl::context> tls;
  // Before io, which destroys the last sessions when it goes.
  std::set<Session*> sessions;
  std::map<Session*, std::shared_ptr<Session>> held;      // whose answers are kept back
  std::deque<std::shared_ptr<Session>> waiting_for_room;  // of an answer that may be large
  bool looking{false};                                    // the timer runs, or a look is under way
  std::chrono::milliseconds between_looks{kLookForNews};
  bool stopping{false};
  asio::io_context io{1};
  tcp::acceptor acceptor{io};
  asio::steady_timer accept_again{io};
  asio::steady_timer tell_again{io};
  asio::steady_timer watchdog{io};
  asio::steady_timer next_look{io};
  asio::steady_timer last_call{io};
  asio::signal_set signals{io};
  asio::executor_work_guard<asio::io_context::executor_type> stay{io.get_executor()};
  std::optional<HttpWorker> worker;  // while run() runs
};

namespace {

// One connection: read a request, have it handled, write the answer, again.
class Session : public std::enable_shared_from_this<Session> {
 public:
  // The peer's place is taken already; gone() gives it back.
  Session(tcp::socket socket, std::string peer, HttpServer::Inside& server)
      : stream_(std::move(socket), server.tls ? &*server.tls : nullptr),
        peer_(std::move(peer)),
        server_(server) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() {
    release_body();
    release_answer(0);
    server_.gone(this);
  }

  [[nodiscard]] const std::string& peer() const { return peer_; }

  void begin() {
    if (!stream_.is_secure()) return read_next();
    // One deadline for all of it. Who does not speak TLS is not answered, and not logged: anybody may knock.
    idle_ = true;
    stream_.connection().expires_after(server_.limits.handshake_timeout);
    stream_.async_handshake([self = shared_from_this()](error_code error) {
      self->idle_ = false;
      if (!error) self->read_next();
    });
  }

  void read_next() {
    request_ = {};
    parser_.emplace();
    parser_->header_limit(kMaxHeaderBytes);
    parser_->body_limit(kMaxBodyBytes);
    if (buffer_.size() > 0) return read_header();  // sent ahead
    idle_ = true;
    stream_.connection().expires_after(server_.limits.idle_timeout);
    stream_.async_read_some(buffer_.prepare(kReadBytes),
                            [self = shared_from_this()](error_code error, std::size_t bytes) {
                              self->idle_ = false;
                              if (error) return;  // gone, or idle for too long
                              self->buffer_.commit(bytes);
                              self->read_header();
                            });
  }

  // An idle connection owes nobody anything, and one whose answer is kept back has it now.
  void stop() {
    closing_ = true;
    if (idle_) close();
  }
  void close() {
    error_code ignored;
    stream_.connection().socket().close(ignored);
  }
  // Of one that is held.
  [[nodiscard]] bool is_due(std::chrono::steady_clock::time_point now) const { return now >= held_until_; }
  void send_held() { send(std::move(held_)); }
  // One at a time: until the answer is there, the session is not held.
  void handle() {
    if (!server_.worker) return;  // ~HttpServer: what io still held
    asked_at_ = std::chrono::steady_clock::now();
    // An answer to a GET may be large, and thousands may ask at once: the next has its turn as one has gone.
    // How the hub is can always be asked: a balancer sends all kiosks elsewhere otherwise.
    const bool may_be_large = request_.method == "GET" && request_.path != "/healthz";
    if (may_be_large && !server_.admission.reserve_answer(answer_held_)) {
      server_.waiting_for_room.push_back(shared_from_this());
      return;
    }
    // Back to the thread of the sockets, with the session: it must not be destroyed on the other one.
    HttpWorker::Asked asked{&request_, [self = shared_from_this()](Response response) mutable {
                              asio::io_context& io = self->server_.io;
                              asio::post(io,
                                         [session = std::move(self), answer = std::move(response)]() mutable {
                                           session->answer(std::move(answer));
                                         });
                            }};
    if (is_worth_preparing(request_)) return server_.worker->add_to_prepare(std::move(asked));
    server_.worker->add(std::move(asked));
  }

 private:
  static constexpr std::size_t kReadBytes = 8UL * 1024;
  static constexpr std::chrono::steady_clock::time_point kNotHeld{};

  void read_header() {
    // One deadline for the whole request: who sends a byte a second is dropped.
    stream_.connection().expires_after(server_.limits.read_timeout);
    http::async_read_header(stream_, buffer_, *parser_,
                            [self = shared_from_this()](error_code error, std::size_t) {
                              if (error) return self->refuse(error);
                              self->look_at_header();
                            });
  }

  void look_at_header() {
    const auto& message = parser_->get();
    keep_alive_ = message.keep_alive();
    version_ = message.version();
    // All of it now: what trailers add to the header later is nobody's token.
    request_.method = std::string(view(message.method_string()));
    request_.token = bearer_of(view(message[http::field::authorization]));
    request_.digest = std::string(view(message["Content-Digest"]));
    request_.coding = std::string(view(message[http::field::content_encoding]));
    request_.takes_zstd = takes_zstd(view(message[http::field::accept_encoding]));
    if (const auto why = ambiguity_of(message); !why.empty()) return refuse(400, why);
    if (!read_target(view(message.target()), request_)) return refuse(400, "the address cannot be read");
    const std::size_t most = most_of_body(request_);
    const auto length = parser_->content_length();
    if (length && *length > most) return refuse(413, "the body is too large");
    parser_->body_limit(most);
    const std::size_t expected = length ? static_cast<std::size_t>(*length) : parser_->chunked() ? most : 0;
    if (expected <= kMaxUngatedBytes) return read_body();
    // This is about the memory for the rows: whoever uploads batch after batch need not wait for his turn at
    // the store twice a batch. His token is looked at with each of them all the same.
    if (!let_in_.empty() && let_in_ == request_.token) return take_memory(expected);
    ask_gate(expected);
  }

  void take_memory(std::size_t expected) {
    if (!server_.admission.reserve_body(expected)) return refuse(503, "the hub is busy");
    body_held_ = expected;
    read_body();
  }

  void ask_gate(std::size_t expected) {
    if (!server_.worker) return;
    server_.worker->add(HttpWorker::Job([self = shared_from_this(), expected]() mutable {
      auto refusal = self->server_.service.gate(self->request_);
      asio::io_context& io = self->server_.io;
      asio::post(io, [session = std::move(self), expected, no = std::move(refusal)]() mutable {
        if (no) return session->refuse(std::move(*no));
        session->let_in_ = session->request_.token;
        session->take_memory(expected);
      });
    }));
  }

  void read_body() {
    if (beast::iequals(parser_->get()[http::field::expect], "100-continue")) return say_continue();
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
      self->request_.body = std::move(self->parser_->get().body());
      self->handle();
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
    Response response = problem(status, detail);
    if (status == 503) response.headers.emplace_back("Retry-After", "2");
    refuse(std::move(response));
  }

  void refuse(Response response) {
    keep_alive_ = false;
    unread_ = true;
    send(std::move(response));
  }

  void answer(Response response) {
    const bool again = held_until_ != kNotHeld;
    const auto now = std::chrono::steady_clock::now();
    server_.counts->handled(now - asked_at_);
    release_answer(response.body.size());
    if (response.hold.count() <= 0 || closing_ || server_.stopping || (again && is_due(now))) {
      return send(std::move(response));
    }
    if (!again) {
      held_until_ = now + response.hold;
      parser_.reset();
      release_body();
      if (buffer_.size() == 0) buffer_.shrink_to_fit();  // thousands wait at once
      stream_.connection().expires_never();
    }
    held_ = std::move(response);
    server_.hold(shared_from_this());
  }

  void send(Response response) {
    // The body is done with, however long the peer takes to go: its memory first, then its share.
    parser_.reset();
    release_body();
    held_until_ = kNotHeld;
    server_.counts->answered(request_.path, response.status, response.body.size());
    if (response.status == 401 || response.status == 403) let_in_.clear();
    message_ = {};
    message_.version(version_);
    message_.result(static_cast<unsigned>(response.status));
    message_.set(http::field::date, http_date(std::time(nullptr)));
    message_.set(http::field::content_type, response.content_type);
    for (const auto& [name, value] : response.headers) message_.set(name, value);
    message_.keep_alive(keep_alive_ && !closing_ && !server_.stopping);
    message_.body() = std::move(response.body);
    message_.prepare_payload();
    // Whoever asks so reads none, and would take it for the beginning of the next answer (RFC 9110 §9.3.2).
    if (request_.method == "HEAD") message_.body().clear();
    stream_.connection().expires_after(server_.limits.read_timeout);
    http::async_write(stream_, message_, [self = shared_from_this()](error_code error, std::size_t) {
      give_back(self->message_.body());
      self->release_answer(0);
      if (error) return;
      if (self->message_.keep_alive()) return self->read_next();
      error_code ignored;
      self->stream_.connection().socket().shutdown(tcp::socket::shutdown_send, ignored);
      if (!self->unread_) return;
      // One deadline for all of it: who goes on sending is dropped.
      self->stream_.connection().expires_after(self->server_.limits.discard_patience);
      self->discard();
    });
  }

  // Closing with data unread would reset the connection, and could take the answer with it.
  void discard() {
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(kReadBytes),
                            [self = shared_from_this()](error_code error, std::size_t bytes) {
                              self->discarded_ += bytes;
                              if (!error && self->discarded_ < kMaxDiscardedBytes) self->discard();
                            });
  }

  void release_body() {
    give_back(request_.body);
    server_.admission.release_body(std::exchange(body_held_, 0));
  }
  // All but so much of it.
  void release_answer(std::size_t bytes) {
    if (answer_held_ == 0) return;
    server_.admission.set_answer(answer_held_, bytes);
    server_.use_room();
  }

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
    greet(std::move(socket));
    accept();
  });
}

void HttpServer::Inside::greet(tcp::socket socket) {
  error_code error;
  const auto address = socket.remote_endpoint(error).address();
  if (error) return;  // gone already
  const std::string peer =
      address.is_v4() ? peer_of(address.to_v4().to_bytes()) : peer_of(address.to_v6().to_bytes());
  if (!admission.enter(peer)) {
    counts->turned_away();
    return tell_turned_away();
  }
  socket.set_option(tcp::no_delay(true), error);
  const auto session = std::make_shared<Session>(std::move(socket), peer, *this);
  sessions.insert(session.get());
  counts->connections(sessions.size());
  session->begin();
}

// A flood of connections must not become one of the log.
void HttpServer::Inside::tell_turned_away() {
  const auto count = admission.turned_away_to_tell(std::chrono::steady_clock::now());
  if (!count) return;
  spdlog::warn("connections turned away: {} (at most {} at once, {} from one address)", *count,
               limits.connections, limits.connections_per_peer);
  tell_again.expires_after(kTurnedAwayPeriod);
  tell_again.async_wait([this](error_code cancelled) {
    if (!cancelled) tell_turned_away();
  });
}

// As many of those who wait as there is room for now; not at once, as one of them may be what has just gone.
void HttpServer::Inside::use_room() {
  if (waiting_for_room.empty()) return;
  asio::post(io, [this] {
    while (!waiting_for_room.empty() && admission.has_room_for_answer()) {
      const auto session = waiting_for_room.front();
      waiting_for_room.pop_front();
      session->handle();
    }
  });
}

void HttpServer::Inside::hold(std::shared_ptr<Session> session) {
  Session* const key = session.get();
  held.emplace(key, std::move(session));
  counts->held(held.size());
  if (!looking) look_for_news();
}

// While answers are kept back: waits, looks on the handler's thread, and handles again what may be answered.
void HttpServer::Inside::look_for_news() {
  looking = !held.empty() && !stopping;
  if (!looking) return;
  next_look.expires_after(between_looks);
  next_look.async_wait([this](error_code cancelled) {
    if (cancelled || stopping) return;
    const auto began = std::chrono::steady_clock::now();
    expire_held(began);
    worker->add(HttpWorker::Job([this, began] {
      const bool any = service.news();
      asio::post(io, [this, any, began] {
        if (stopping) return;
        if (any) handle_held_again();
        // Behind all that: on the handler's thread and, when it comes back, on this one.
        worker->add(
            HttpWorker::Job([this, began] { asio::post(io, [this, began] { end_of_look(began); }); }));
      });
    }));
  });
}

void HttpServer::Inside::end_of_look(std::chrono::steady_clock::time_point began) {
  if (stopping) return;
  const auto took =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
  between_looks = std::clamp(took, kLookForNews, kMostBetweenNews);
  look_for_news();
}

void HttpServer::Inside::expire_held(std::chrono::steady_clock::time_point now) {
  for (auto one = held.begin(); one != held.end();) {
    const auto session = one->second;
    if (!session->is_due(now)) {
      ++one;
      continue;
    }
    one = held.erase(one);
    session->send_held();
  }
  counts->held(held.size());
}

void HttpServer::Inside::handle_held_again() {
  for (const auto& [key, session] : std::exchange(held, {})) session->handle();
}

void HttpServer::Inside::gone(Session* session) {
  sessions.erase(session);
  counts->connections(sessions.size());
  admission.leave(session->peer());
  if (stopping && sessions.empty()) io.stop();
}

void HttpServer::Inside::stop() {
  if (std::exchange(stopping, true)) return;
  if (limits.tells_systemd) sd_notify(0, "STOPPING=1");
  error_code ignored;
  acceptor.close(ignored);
  accept_again.cancel();
  next_look.cancel();
  if (sessions.empty()) return io.stop();
  for (Session* session : sessions) session->stop();
  for (const auto& [key, session] : std::exchange(held, {})) session->send_held();
  last_call.expires_after(limits.stop_patience);
  last_call.async_wait([this](error_code) { io.stop(); });
}

void HttpServer::Inside::beat_watchdog() {
  std::uint64_t every_us = 0;
  if (sd_watchdog_enabled(0, &every_us) <= 0) return;
  if (!worker) return;
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
  in_->held.clear();
  in_->waiting_for_room.clear();
  for (Session* session : in_->sessions) session->close();
  in_->io.restart();
  in_->io.poll();
}

Expected<std::unique_ptr<HttpServer>> HttpServer::listen(std::string_view address, HttpLimits limits,
                                                         HttpService service,
                                                         const std::optional<TlsFiles>& tls) {
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

  auto in = std::make_unique<Inside>(limits, std::move(service));
  if (tls) {
    if (auto ready = use_tls(in->tls, *tls); !ready) return tl::make_unexpected(ready.error());
  }
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

std::shared_ptr<const HttpCounts> HttpServer::counts() const {
  return in_->counts;
}

std::string HttpServer::address() const {
  error_code ignored;
  const auto endpoint = in_->acceptor.local_endpoint(ignored);
  const std::string host = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(endpoint.port());
}

void HttpServer::run() {
  const std::size_t most = in_->service.together ? HttpWorker::kMostTogether : 1;
  in_->worker.emplace(
      most,
      [in = in_.get()](std::span<const HttpWorker::Asked> asked) {
        return answers_of(in->service, *in->counts, asked);
      },
      in_->service.prepare);
  in_->accept();
  if (in_->limits.tells_systemd) {
    in_->beat_watchdog();
    sd_notify(0, "READY=1");
  }
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
