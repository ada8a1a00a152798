#include "sync/http_client.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>

#include <curl/curl.h>

#include "sync/content_coding.hpp"
#include "sync/content_digest.hpp"
#include "sync/http_word.hpp"
#include "sync/wire.hpp"

namespace lanyard::sync {

namespace {

constexpr int kSliceMs = 100;
constexpr long kMostConnections = 2;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.remove_suffix(1);
  return text;
}

std::optional<Timestamp> http_time(const std::string& text) {
  const std::time_t seconds = curl_getdate(text.c_str(), nullptr);
  if (seconds < 0) return std::nullopt;
  return Timestamp(std::chrono::seconds(seconds));
}

// RFC 9110 §10.2.3: seconds, or a date (which counts from the server's own Date).
std::optional<std::chrono::seconds> retry_after_of(const std::string& text,
                                                   const std::optional<Timestamp>& date) {
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error == std::errc() && end == text.data() + text.size() && seconds >= 0)
    return std::chrono::seconds(seconds);
  const auto when = http_time(text);
  if (!when || !date || *when < *date) return std::nullopt;
  return std::chrono::floor<std::chrono::seconds>(*when - *date);
}

// What curl fills while the answer comes.
struct Receiving {
  HttpAnswer answer;
  std::string date;
  std::string retry_after;
  std::string coding;
  bool takes_zstd{false};
  bool too_large{false};
  bool header_whole{false};  // curl takes a header that breaks off for one that ends
};

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* to) {
  auto& receiving = *static_cast<Receiving*>(to);
  const std::size_t bytes = size * count;
  if (receiving.answer.body.size() + bytes > kMaxBodyBytes) {
    receiving.too_large = true;
    return 0;  // curl stops
  }
  receiving.answer.body.append(data, bytes);
  return bytes;
}

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* to) {
  auto& receiving = *static_cast<Receiving*>(to);
  const std::string_view line(data, size * count);
  if (line.starts_with("HTTP/")) receiving.header_whole = false;  // after an interim answer
  if (line == "\r\n" || line == "\n") receiving.header_whole = true;
  const auto colon = line.find(':');
  if (colon != std::string_view::npos) {
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trimmed(line.substr(colon + 1)).substr(0, kMaxTextBytes);
    if (same_word(name, "date")) receiving.date = value;
    if (same_word(name, "retry-after")) receiving.retry_after = value;
    if (same_word(name, "content-type")) receiving.answer.content_type = value;
    if (same_word(name, "content-digest")) receiving.answer.digest = value;
    if (same_word(name, "content-encoding")) receiving.coding = value;
    if (same_word(name, "accept-encoding")) receiving.takes_zstd = takes_zstd(value);
  }
  return size * count;
}

Expected<void> decode(Receiving& receiving) {
  if (receiving.coding.empty() || same_word(receiving.coding, "identity")) return {};
  if (!same_word(receiving.coding, kZstd))
    return fail(Error::Kind::unavailable, "the answer is of an unknown coding");
  auto body = zstd_decode(receiving.answer.body, kMaxBodyBytes);
  if (!body) return fail(Error::Kind::unavailable, "the answer: " + body.error().message);
  receiving.answer.body = std::move(*body);
  return {};
}

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Headers = std::unique_ptr<curl_slist, FreeList>;

// `body`: as it goes over the line.
Headers headers_of(const HttpRequest& request, std::string_view body, bool coded) {
  Headers headers;
  const auto add = [&](const std::string& line) {
    curl_slist* longer = curl_slist_append(headers.get(), line.c_str());
    if (longer == nullptr) std::abort();  // out of memory
    (void)headers.release();
    headers.reset(longer);
  };
  add("Accept: application/json");
  add("Accept-Encoding: zstd");  // decoded here, and not by curl: the digest is of what came
  add("Expect:");                // no pause before a large body
  if (!request.bearer.empty()) add("Authorization: Bearer " + request.bearer);
  if (request.method == "POST") {
    add("Content-Type: application/json");
    add("Content-Digest: " + content_digest(body));
    if (coded) add("Content-Encoding: zstd");
  }
  return headers;
}

}  // namespace

struct HttpClient::Inside {
  Inside() : multi(curl_multi_init()), easy(curl_easy_init()) {
    if (multi == nullptr || easy == nullptr) std::abort();  // out of memory
    curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, kMostConnections);
  }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
  ~Inside() {
    curl_easy_cleanup(easy);
    curl_multi_cleanup(multi);
  }

  void prepare(const HttpRequest& request, std::string_view body, curl_slist* headers,
               Receiving& receiving) const;
  // The result of the transfer; nullopt when told to stop.
  [[nodiscard]] std::optional<CURLcode> transfer(const std::atomic<bool>* stop) const;

  void prepare_trust() const;

  HttpPatience patience;
  HttpTrust trust;
  bool peer_takes_zstd{false};
  CURLM* multi;
  CURL* easy;
};

void HttpClient::Inside::prepare(const HttpRequest& request, std::string_view body, curl_slist* headers,
                                 Receiving& receiving) const {
  curl_easy_reset(easy);  // keeps its connections
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
  prepare_trust();
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(patience.connect.count()));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(patience.total.count()));
  curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "lanyard-syncd/" LANYARD_VERSION);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &receiving);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &receiving);
  if (request.method == "POST") {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  }
}

// With a pin and no authorities, the key alone is compared, and that always: curl does so whatever else it
// verifies, and ends the connection over another key before a byte of the request is sent.
void HttpClient::Inside::prepare_trust() const {
  const bool by_key_alone = !trust.pin.empty() && trust.authorities.empty();
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, by_key_alone ? 0L : 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, by_key_alone ? 0L : 2L);
  if (!trust.pin.empty()) curl_easy_setopt(easy, CURLOPT_PINNEDPUBLICKEY, trust.pin.c_str());
  if (!trust.authorities.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, trust.authorities.c_str());
}

std::optional<CURLcode> HttpClient::Inside::transfer(const std::atomic<bool>* stop) const {
  curl_multi_add_handle(multi, easy);
  std::optional<CURLcode> result;
  for (int running = 1; running > 0;) {
    if (stop != nullptr && stop->load()) break;
    if (curl_multi_perform(multi, &running) != CURLM_OK) {
      result = CURLE_FAILED_INIT;
      break;
    }
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
      if (message->msg == CURLMSG_DONE) result = message->data.result;
    }
    if (running > 0) curl_multi_poll(multi, nullptr, 0, kSliceMs, nullptr);
  }
  curl_multi_remove_handle(multi, easy);
  return result;
}

bool is_problem(const HttpAnswer& answer) {
  return answer.content_type.starts_with("application/problem+json");
}

HttpClient::HttpClient(HttpPatience patience, HttpTrust trust) {
  // Once a process, and before any thread: the C++ runtime sees to both.
  static const CURLcode kReady = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (kReady != CURLE_OK) std::abort();
  in_ = std::make_unique<Inside>();
  in_->patience = patience;
  in_->trust = std::move(trust);
}
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

Expected<HttpAnswer> HttpClient::request(const HttpRequest& request, const std::atomic<bool>* stop) {
  const bool coded = in_->peer_takes_zstd && request.body.size() >= kLeastCodedBytes;
  auto answer =
      coded ? send(request, zstd_encode(request.body), true, stop) : send(request, request.body, false, stop);
  // Another hub by now, at the same address, or behind the same balancer: one that does not know of codings
  // takes the body for something else.
  if (coded && answer && !in_->peer_takes_zstd) {
    answer = send(request, request.body, false, stop);
  }
  return answer;
}

Expected<HttpAnswer> HttpClient::send(const HttpRequest& request, std::string_view body, bool coded,
                                      const std::atomic<bool>* stop) {
  Receiving receiving;
  const Headers headers = headers_of(request, body, coded);
  in_->prepare(request, body, headers.get(), receiving);
  const auto result = in_->transfer(stop);
  if (!result) return fail(Error::Kind::unavailable, "stopped");
  if (receiving.too_large) {
    return fail(Error::Kind::unavailable,
                "the answer is larger than " + std::to_string(kMaxBodyBytes) + " bytes");
  }
  if (*result != CURLE_OK) {
    const bool ours = *result == CURLE_URL_MALFORMAT || *result == CURLE_UNSUPPORTED_PROTOCOL;
    return fail(ours ? Error::Kind::invalid : Error::Kind::unavailable, curl_easy_strerror(*result));
  }
  if (!receiving.header_whole) return fail(Error::Kind::unavailable, "the answer breaks off in its header");
  if (!fits_digest(receiving.answer.body, receiving.answer.digest))
    return fail(Error::Kind::unavailable, "the answer was altered on its way");
  if (auto decoded = decode(receiving); !decoded) return tl::make_unexpected(decoded.error());
  in_->peer_takes_zstd = receiving.takes_zstd;
  long status = 0;
  curl_easy_getinfo(in_->easy, CURLINFO_RESPONSE_CODE, &status);
  receiving.answer.status = static_cast<int>(status);
  receiving.answer.date = http_time(receiving.date);
  if (!receiving.retry_after.empty()) {
    receiving.answer.retry_after = retry_after_of(receiving.retry_after, receiving.answer.date);
  }
  return std::move(receiving.answer);
}

}  // namespace lanyard::sync
