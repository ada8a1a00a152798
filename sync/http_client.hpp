// One HTTP request at a time, over connections that stay open. The only file that knows curl.
//
// TLS 1.2 at least, and the server is always verified, a bare address too: by its certificate, or by its very
// key where that is known. Redirects are not followed (a token goes to the hub, and nowhere
// else); proxies of the environment are ignored. Threads: a client belongs to one thread.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sync/error.hpp"
#include "sync/record.hpp"

namespace lanyard::sync {

struct HttpRequest {
  std::string method;  // "GET", "POST"
  std::string url;
  std::string bearer;  // token, or ""
  std::string body;    // JSON, of a POST
};

struct HttpAnswer {
  int status{0};
  std::string content_type;
  std::string body;  // at most kMaxBodyBytes
  std::optional<std::chrono::seconds> retry_after;
  std::optional<Timestamp> date;  // what the server's clock says, to the second
  std::string digest{};           // the header Content-Digest, which the body fits
};

// Whether it is the hub that says no: a proxy in between, a portal or a wrong address answers otherwise.
[[nodiscard]] bool is_problem(const HttpAnswer& answer);

struct HttpPatience {
  std::chrono::milliseconds connect{5'000};
  std::chrono::milliseconds total{30'000};
};

// By what a server of https is known: neither = an authority that the system trusts, for this name or
// address.
struct HttpTrust {
  std::filesystem::path authorities;  // a file of PEM certificates, instead of the system's
  std::string pin;  // enrolment_code.hpp; the key that it must have, whatever vouches for it
};

class HttpClient {
 public:
  explicit HttpClient(HttpPatience patience = {}, HttpTrust trust = {});
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;
  ~HttpClient();

  // Any status is an answer. Bodies go by zstd once the other end has said that it takes them so, and what
  // comes coded is decoded, to kMaxBodyBytes at most. Errors: unavailable (no connection, time-out, an answer
  // cut off, too large or altered on its way, or not coded as it says), invalid (a URL that is none, or
  // neither http nor https). When `*stop` becomes true, the request ends within a tenth of a second, as
  // unavailable.
  [[nodiscard]] Expected<HttpAnswer> request(const HttpRequest& request,
                                             const std::atomic<bool>* stop = nullptr);

 private:
  Expected<HttpAnswer> send(const HttpRequest& request, std::string_view body, bool coded,
                            const std::atomic<bool>* stop);

  struct Inside;
  std::unique_ptr<Inside> in_;
};

}  // namespace lanyard::sync
