// One HTTP request at a time, over connections that stay open. The only file that knows curl.
//
// TLS certificates are always verified; redirects are not followed (a token goes to the hub, and nowhere
// else); proxies of the environment are ignored. Threads: a client belongs to one thread.
#pragma once

#include <atomic>
#include <chrono>
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

struct HttpPatience {
  std::chrono::milliseconds connect{5'000};
  std::chrono::milliseconds total{30'000};
};

class HttpClient {
 public:
  explicit HttpClient(HttpPatience patience = {});
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;
  ~HttpClient();

  // Any status is an answer. Errors: unavailable (no connection, time-out, an answer cut off, too large or
  // altered on its way), invalid (a URL that is none, or neither http nor https).
  // When `*stop` becomes true, the request ends within a tenth of a second, as unavailable.
  [[nodiscard]] Expected<HttpAnswer> request(const HttpRequest& request,
                                             const std::atomic<bool>* stop = nullptr);

 private:
  struct Inside;
  std::unique_ptr<Inside> in_;
};

}  // namespace lanyard::sync
