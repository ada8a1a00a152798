// The hub as a function: a request and what is stored give an answer. It knows no sockets (http_server.hpp
// does), reads no clock and makes no randomness of its own.
//
//   GET  /healthz                               is the store readable?            no token
//   POST /v1/enrol                              a one-time code -> a token        no token
//   GET  /v1/roster?after=N&epoch=E[&limit=N]   what changed
//   POST /v1/journal[?device=ID]                rows of the caller, or of a kiosk of its -> an answer a row
//   GET  /v1/journal?after=N&mark=M[&limit=N][&wait=SECONDS&roster=V]   rows of the others
//   POST /v1/heartbeat                          how the caller is -> what is wanted of it
//   POST /v1/token                              another token for the caller
//   POST /v1/devices                            the kiosks of a venue's hub -> how they stand here
//   (venue.hpp)
//
// A body that does not fit its Content-Digest is answered with 503: it is to be sent again. Answers have one.
// Bodies may come by zstd, and go so to those who say that they take it.
// Errors are application/problem+json (RFC 9457). Bodies: sync/wire.hpp; described in sync/openapi.yaml.
// Threads: that of the store, where nothing else is said.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sync/hub/feed_window.hpp"
#include "sync/hub/hub_store.hpp"
#include "sync/hub/secrets.hpp"

namespace lanyard::sync::hub {

inline constexpr std::chrono::minutes kWrongCodeWindow{1};
// Within it, of one caller: so few that a person who mistypes does not notice.
inline constexpr std::uint64_t kMaxWrongCodes = 20;
// And of all together, which nobody reaches from one address or one /64, so that nobody shuts enrolment for
// the others by guessing. A code has 40 bits, and is good for a day: against 100 open ones, 2,000 guesses a
// minute hit with a chance of 2000 * 1440 * 100 / 2^40, which is 0.00026 a day.
inline constexpr std::uint64_t kMaxWrongCodesOfAll = 2000;
inline constexpr std::chrono::hours kCodeLife{24};
inline constexpr std::chrono::days kTokenLife{7};               // then the device is asked to take another
inline constexpr std::size_t kMaxSmallBodyBytes = 64UL * 1024;  // of everything but rows and devices
inline constexpr std::size_t kMaxEnrolBodyBytes = 4UL * 1024;   // of whoever has no token yet
inline constexpr std::size_t kMaxUngatedBytes = 4UL * 1024;     // of a body that is read before its token is
inline constexpr std::size_t kMaxRowsPerAttendee = 1000;        // newest rows that are searched for conflicts

struct Request {
  std::string method;
  std::string path;  // without the query
  std::map<std::string, std::string, std::less<>> query;
  std::string token;  // of "Authorization: Bearer", or ""
  std::string body;
  std::string digest{};    // the header Content-Digest, or ""
  std::string coding{};    // the header Content-Encoding, or ""
  bool takes_zstd{false};  // says the header Accept-Encoding
  std::string peer{};      // whom the caller counts for (peer_of, admission.hpp), "" where nobody knows
};

struct Response {
  int status{200};
  std::string content_type{"application/json"};
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string cause;  // of a failure of ours: for the log, never for the caller
  // There is no news for the caller, who has time: this is the answer after so long, and until then the
  // request may be handled again whenever there may be news. Whoever does not keep it back is right too.
  std::chrono::milliseconds hold{0};
};

// A row of an upload, with what can be found out about it without the store.
struct CheckedRow {
  JournalRow row;
  std::string record;      // its JSON, as it is kept
  bool hash_holds{false};  // it is that of its contents
};
struct CheckedUpload {
  std::vector<CheckedRow> rows;
  std::vector<RowAnswer> bad;
  std::vector<AsideRow> set_aside;
  int wire{0};  // what the sender speaks
};
[[nodiscard]] CheckedUpload checked(ParsedUpload upload);

// What can be said of a request before the store is asked.
struct Prepared {
  std::optional<Response> refusal;   // whatever is stored
  std::optional<std::string> plain;  // the body, where it came by a coding
  std::optional<Expected<CheckedUpload>> upload;
};

// A request in one step, or in two: `prepare` is PURE and runs on any thread, several at once, and costs what
// the body costs, so that it is for callers whom refuse_unread has let in; `take` is the rest of it, with
// what was prepared of the same request.
// `window`, where there is one, answers those who wait for news in place of the store: it must be looked
// after while they wait.
[[nodiscard]] Response handle(const Request& request, HubStore& store, Timestamp now, const Random& random,
                              const FeedWindow* window = nullptr);
[[nodiscard]] Prepared prepare(const Request& request);
[[nodiscard]] Response take(const Request& request, const Prepared& prepared, HubStore& store, Timestamp now,
                            const Random& random, const FeedWindow* window = nullptr);
// Of so large a body most of the work is that which `prepare` does; a smaller one is not worth a thread, and
// may come from anybody.
[[nodiscard]] bool is_worth_preparing(const Request& request);
// How large the body is once it is unpacked, at most.
[[nodiscard]] std::size_t plain_bytes(const Request& request);

// How large the body of such a request may be.
[[nodiscard]] std::size_t most_of_body(const Request& head);
// The answer to a caller whose token is none of ours, else nullopt: asked before a large body is read.
[[nodiscard]] std::optional<Response> refuse_unread(const Request& head, HubStore& store);

// An error answer, for those who find something wrong before there is a Request.
[[nodiscard]] Response problem(int status, std::string_view detail);

// POST /v1/journal: rows of `device`. Each row is accepted, known, or rejected for good, or waits for a gap
// to close, or for this hub to be updated: one that cannot be read, of a sender who speaks a later version.
// In one transaction; what the rows contradict becomes alerts of the hub's own chain.
[[nodiscard]] Expected<UploadAnswer> take_rows(const CheckedUpload& upload, const Device& device,
                                               HubStore& store, Timestamp now, const Random& random);

}  // namespace lanyard::sync::hub
