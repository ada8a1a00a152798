// HTTP/1.1 for hub::handle: sockets, limits and time-outs; in the clear, or by TLS of its own.
//
// An answer that may be kept back (Response::hold) is, while the server asks for news every kLookForNews or
// less often, so that looking and answering take no more than half of the time; with news, each request whose
// answer is kept back is handled again.
//
// Threads: run() owns the sockets on the caller's thread; the service runs on one thread of the server's own,
// and only there, so that it may own the store; but for `prepare`, which has threads of its own. stop() may
// be called from any thread, and from a signal through stop_on_signals().
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "sync/hub/admission.hpp"
#include "sync/hub/hub.hpp"
#include "sync/hub/metrics.hpp"
#include "sync/hub/tls_identity.hpp"

namespace lanyard::sync::hub {

inline constexpr std::size_t kMaxHeaderBytes = 16UL * 1024;
// Of a request before it is read: its header, the extensions of one chunk, or all its trailers. Bodies go
// through it, and are never in it as a whole. Anybody may have it filled, on each connection.
inline constexpr std::size_t kMaxBufferedBytes = kMaxHeaderBytes + 4UL * 1024;

inline constexpr std::chrono::milliseconds kLookForNews{50};
inline constexpr std::chrono::milliseconds kMostBetweenNews{1000};

struct HttpLimits {
  std::size_t connections{kMaxConnections};
  std::size_t connections_per_peer{kMaxConnectionsPerPeer};
  std::chrono::milliseconds read_timeout{30'000};  // for one whole request, and for one whole answer
  std::chrono::milliseconds handshake_timeout{10'000};
  std::chrono::milliseconds idle_timeout{75'000};     // between two requests of a connection
  std::chrono::milliseconds discard_patience{2'000};  // for what a refused client still sends
  std::chrono::milliseconds stop_patience{5'000};     // for requests under way when it is to stop
  std::chrono::milliseconds ask_renewed{60'000};      // between two looks for another certificate
  bool tells_systemd{true};  // READY, WATCHDOG and STOPPING: one server of a program does
};

// What the server serves. All of it but `prepare` and `renewed` is called on the one thread of the handler.
struct HttpService {
  std::function<Response(const Request&)> handle;
  // Asked before a large body (more than kMaxUngatedBytes, or of unknown length) is given memory: the
  // answer that refuses it unread, or nullopt. The request has no body yet.
  std::function<std::optional<Response>(const Request&)> gate;
  // May there be another answer now to what is kept back?
  std::function<bool()> news = [] { return false; };
  // Runs `all`, which handles several requests one after the other. False: what they did is undone, and they
  // are answered 503. Without it, each is handled by itself.
  std::function<bool(const std::function<void()>& all)> together{};
  // Does what needs no turn at the handler, on other threads and of several requests at once; what comes of
  // it is called on the handler's in place of `handle`, while the request is still there. For those alone
  // that is_worth_preparing; without it, `handle` does all.
  std::function<std::function<Response()>(const Request&)> prepare{};
  // Of a server that speaks TLS: what it is to speak it by from now on, if that is another than before. Who
  // is connected stays so. Asked on the thread of the sockets; without it, TLS is as it was at the beginning.
  std::function<std::optional<TlsIdentity>()> renewed{};
  // Peers (peer_of) that are proxies of ours: for whom they ask is what they wrote last into X-Forwarded-For.
  std::set<std::string> proxies{};
};

// Whom an address as "192.0.2.1" or "2001:db8::1" counts for (peer_of); nullopt if it is none.
[[nodiscard]] std::optional<std::string> peer_named(std::string_view address);

class HttpServer {
 public:
  // Listens at once: "127.0.0.1:8080", "[::1]:8080"; port 0 takes any free one.
  // Errors: invalid for an address that is none, or an identity that TLS cannot be had by; unavailable for an
  // address that is taken.
  [[nodiscard]] static Expected<std::unique_ptr<HttpServer>> listen(
      std::string_view address, HttpLimits limits, HttpService service,
      const std::optional<TlsIdentity>& tls = std::nullopt);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();  // NOLINT(bugprone-exception-escape): what would throw is a bug, and ends the program

  // "127.0.0.1:40123": where it really listens.
  [[nodiscard]] std::string address() const;

  // What it has counted since it began; may be read from any thread, after the server is gone too.
  [[nodiscard]] std::shared_ptr<const HttpCounts> counts() const;

  // Serves until stop(). Tells systemd READY, WATCHDOG (while the handler's thread is alive) and STOPPING.
  void run();
  void stop();
  // SIGTERM and SIGINT stop the server.
  void stop_on_signals();

  struct Inside;

 private:
  explicit HttpServer(std::unique_ptr<Inside> in);
  std::unique_ptr<Inside> in_;
};

}  // namespace lanyard::sync::hub
