#include "sync/hub/http_server.hpp"

#include <algorithm>
#include <charconv>

#include <systemd/sd-daemon.h>

#include "sync/hub/http_session.hpp"
#include "sync/log.hpp"

namespace lanyard::sync::hub {

namespace {

constexpr std::chrono::milliseconds kAcceptAgain{100};
constexpr std::chrono::milliseconds kJobPatience{60'000};

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
  log::debug("{} requests, {} us", asked.size(),
             std::chrono::duration_cast<std::chrono::microseconds>(took).count());
  if (done) return answers;
  Response failed = problem(503, "the hub cannot store or read at the moment");
  failed.headers.emplace_back("Retry-After", "5");
  return std::vector(asked.size(), failed);
}

std::string peer_of_ip(const asio::ip::address& address) {
  return address.is_v4() ? peer_of(address.to_v4().to_bytes()) : peer_of(address.to_v6().to_bytes());
}

// TLS 1.2 and 1.3, with what OpenSSL thinks sound of either.
Expected<asio::ssl::context> context_of(const TlsIdentity& identity) {
  error_code error;
  asio::ssl::context tls(asio::ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
  // Thousands wait at once: without it each keeps the buffers of two records, 34 KiB, while nothing comes.
  SSL_CTX_set_mode(tls.native_handle(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(tls.native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  tls.use_certificate_chain(asio::buffer(identity.certificate), error);
  if (error) return fail(Error::Kind::invalid, "the certificate of TLS: " + error.message());
  tls.use_private_key(asio::buffer(identity.key), asio::ssl::context::pem, error);
  if (error) return fail(Error::Kind::invalid, "the key of TLS: " + error.message());
  return tls;
}

}  // namespace

std::optional<std::string> peer_named(std::string_view address) {
  error_code error;
  const auto ip = asio::ip::make_address(std::string(address), error);
  if (error) return std::nullopt;
  return peer_of_ip(ip);
}

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
  const std::string peer = peer_of_ip(address);
  if (!admission.enter(peer)) {
    counts->turned_away();
    return tell_turned_away();
  }
  socket.set_option(tcp::no_delay(true), error);
  const auto session = std::make_shared<HttpSession>(std::move(socket), peer, *this);
  sessions.insert(session.get());
  counts->connections(sessions.size());
  session->begin();
}

// A flood of connections must not become one of the log.
void HttpServer::Inside::tell_turned_away() {
  const auto count = admission.turned_away_to_tell(std::chrono::steady_clock::now());
  if (!count) return;
  log::warn("connections turned away: {} (at most {} at once, {} from one address)", *count,
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

void HttpServer::Inside::hold(std::shared_ptr<HttpSession> session) {
  HttpSession* const key = session.get();
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

void HttpServer::Inside::look_for_renewed() {
  next_renewed.expires_after(limits.ask_renewed);
  next_renewed.async_wait([this](error_code cancelled) {
    if (cancelled || stopping) return;
    if (const auto identity = service.renewed()) {
      auto context = context_of(*identity);
      if (context) tls = std::move(*context);
      if (!context) log::warn("{}; TLS goes on as before", context.error().message);
    }
    look_for_renewed();
  });
}

void HttpServer::Inside::gone(HttpSession* session) {
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
  next_renewed.cancel();
  if (sessions.empty()) return io.stop();
  for (HttpSession* session : sessions) session->stop();
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
  for (HttpSession* session : in_->sessions) session->close();
  in_->io.restart();
  in_->io.poll();
}

Expected<std::unique_ptr<HttpServer>> HttpServer::listen(std::string_view address, HttpLimits limits,
                                                         HttpService service,
                                                         const std::optional<TlsIdentity>& tls) {
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
    auto context = context_of(*tls);
    if (!context) return tl::make_unexpected(context.error());
    in->tls = std::move(*context);
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
  if (in_->tls && in_->service.renewed) in_->look_for_renewed();
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
