#include "sync/hub/http_session.hpp"

#include <ctime>

#include "sync/content_coding.hpp"
#include "sync/hub/http_text.hpp"

namespace lanyard::sync::hub {

namespace {

constexpr std::size_t kMaxDiscardedBytes = 8UL * 1024 * 1024;

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
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

// What stands before the last, anybody may have written.
std::string_view forwarded_for(const http::request<http::string_body>& message) {
  const auto [first, end] = message.equal_range("X-Forwarded-For");
  std::string_view last;
  for (auto one = first; one != end; ++one) last = last_of_list(view(one->value()));
  return last;
}

// An empty text that was assigned would keep its memory.
void give_back(std::string& text) {
  std::string().swap(text);
}

}  // namespace

HttpSession::~HttpSession() {
  release_body();
  release_answer(0);
  server_.gone(this);
}

void HttpSession::begin() {
  if (!stream_.is_secure()) return read_next();
  // One deadline for all of it. Who does not speak TLS is not answered, and not logged: anybody may knock.
  idle_ = true;
  stream_.connection().expires_after(server_.limits.handshake_timeout);
  stream_.async_handshake([self = shared_from_this()](error_code error) {
    self->idle_ = false;
    if (!error) self->read_next();
  });
}

void HttpSession::read_next() {
  request_ = {};
  parser_.emplace();
  parser_->header_limit(kMaxHeaderBytes);
  parser_->body_limit(kMaxBodyBytes);
  if (buffer_.size() > 0) return read_header();                  // sent ahead
  if (buffer_.capacity() > kReadBytes) buffer_.shrink_to_fit();  // one large header must not be kept for good
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

void HttpSession::stop() {
  closing_ = true;
  if (idle_) close();
}

void HttpSession::close() {
  error_code ignored;
  stream_.connection().socket().close(ignored);
}

void HttpSession::handle() {
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

void HttpSession::read_header() {
  // One deadline for the whole request: who sends a byte a second is dropped.
  stream_.connection().expires_after(server_.limits.read_timeout);
  http::async_read_header(stream_, buffer_, *parser_,
                          [self = shared_from_this()](error_code error, std::size_t) {
                            if (error) return self->refuse(error);
                            self->look_at_header();
                          });
}

void HttpSession::look_at_header() {
  const auto& message = parser_->get();
  keep_alive_ = message.keep_alive();
  version_ = message.version();
  // All of it now: what trailers add to the header later is nobody's token.
  request_.peer = peer_;
  if (server_.service.proxies.contains(peer_))
    request_.peer = peer_named(forwarded_for(message)).value_or(peer_);
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

void HttpSession::take_memory(std::size_t expected) {
  if (!server_.admission.reserve_body(expected)) return refuse(503, "the hub is busy");
  body_held_ = expected;
  read_body();
}

void HttpSession::ask_gate(std::size_t expected) {
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

void HttpSession::read_body() {
  if (beast::iequals(parser_->get()[http::field::expect], "100-continue")) return say_continue();
  read_rest();
}

void HttpSession::say_continue() {
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  asio::async_write(stream_, asio::buffer(kContinue),
                    [self = shared_from_this()](error_code error, std::size_t) {
                      if (!error) self->read_rest();
                    });
}

void HttpSession::read_rest() {
  http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
    if (error) return self->refuse(error);
    self->request_.body = std::move(self->parser_->get().body());
    self->handle();
  });
}

void HttpSession::refuse(error_code error) {
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

void HttpSession::refuse(int status, std::string_view detail) {
  Response response = problem(status, detail);
  if (status == 503) response.headers.emplace_back("Retry-After", "2");
  refuse(std::move(response));
}

void HttpSession::refuse(Response response) {
  keep_alive_ = false;
  unread_ = true;
  send(std::move(response));
}

void HttpSession::answer(Response response) {
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

void HttpSession::send(Response response) {
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

void HttpSession::discard() {
  buffer_.clear();
  stream_.async_read_some(buffer_.prepare(kReadBytes),
                          [self = shared_from_this()](error_code error, std::size_t bytes) {
                            self->discarded_ += bytes;
                            if (!error && self->discarded_ < kMaxDiscardedBytes) self->discard();
                          });
}

void HttpSession::release_body() {
  give_back(request_.body);
  server_.admission.release_body(std::exchange(body_held_, 0));
}

void HttpSession::release_answer(std::size_t bytes) {
  if (answer_held_ == 0) return;
  server_.admission.set_answer(answer_held_, bytes);
  server_.use_room();
}

}  // namespace lanyard::sync::hub
