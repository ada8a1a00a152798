#include "sync/hub/hub.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "sync/chain.hpp"
#include "sync/content_coding.hpp"
#include "sync/content_digest.hpp"
#include "sync/hub/orders_told.hpp"
#include "sync/hub/venue.hpp"

namespace lanyard::sync::hub {

namespace {

constexpr std::string_view kEnrol = "/v1/enrol";

std::string_view title_of(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 503:
      return "Service Unavailable";
    default:
      return "Internal Server Error";
  }
}

// What the caller may know of an error of ours: nothing of paths, statements or other people's data.
Response problem_of(const Error& error) {
  switch (error.kind) {
    case Error::Kind::invalid:
      return problem(400, error.message);
    case Error::Kind::refused:
      return problem(403, error.message);
    case Error::Kind::unavailable:
      return problem(503, error.message);
    case Error::Kind::storage:
    case Error::Kind::corrupt:
      break;
  }
  const bool passes = error.kind == Error::Kind::storage;
  Response ours =
      passes ? problem(503, "the hub cannot store or read at the moment") : problem(500, "the hub failed");
  if (passes) ours.headers.emplace_back("Retry-After", "5");
  ours.cause = error.message;
  return ours;
}

Response problem_document(const Problem& problem) {
  return {
      problem.status, "application/problem+json", to_body(problem), {{"Cache-Control", "no-store"}}, {}, {}};
}

Response revoked() {
  return problem_document({403, std::string(title_of(403)), "this kiosk has been shut out", true});
}

Response json(std::string body) {
  return {200, "application/json", std::move(body), {{"Cache-Control", "no-store"}}, {}, {}};
}

template <class T>
Response json_or_problem(const Expected<T>& answer) {
  return answer ? json(to_body(*answer)) : problem_of(answer.error());
}

Expected<std::int64_t> number_of(const Request& request, std::string_view name, std::int64_t otherwise,
                                 std::int64_t least, std::int64_t most) {
  const auto found = request.query.find(name);
  if (found == request.query.end()) return otherwise;
  const std::string& text = found->second;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least || value > most) {
    return fail(Error::Kind::invalid, std::string(name) + " must be a number from " + std::to_string(least) +
                                          " to " + std::to_string(most));
  }
  return value;
}

// Who calls, or what they are answered instead.
tl::expected<Device, Response> caller(const Request& request, HubStore& store) {
  const auto nobody = [] {
    Response who = problem(401, "this token is not valid");
    who.headers.emplace_back("WWW-Authenticate", "Bearer");
    return tl::make_unexpected(std::move(who));
  };
  const std::string_view id = device_of_token(request.token);
  if (request.token.size() > kMaxTokenBytes || !is_id(id)) return nobody();
  const auto found = store.device(id);
  if (!found) return tl::make_unexpected(problem_of(found.error()));
  if (!*found || !(*found)->token_hash) return nobody();
  const Device& device = **found;
  const Digest given = hash_token(request.token);
  const bool is_next = device.next_token_hash && same(given, *device.next_token_hash);
  if (!is_next && !same(given, *device.token_hash)) return nobody();
  // Nobody else is told so: a kiosk that only has a wrong token must not forget its rows over it.
  if (device.revoked) return tl::make_unexpected(revoked());
  return device;
}

// The token that the device was given in place of its first has arrived there: the first one dies.
Expected<void> settle_token(const Request& request, Device& device, HubStore& store, Timestamp now) {
  if (!device.next_token_hash || !same(hash_token(request.token), *device.next_token_hash)) return {};
  return store.transact([&]() -> Expected<void> {
    auto held = store.hold_device(device.id);
    if (!held) return tl::make_unexpected(held.error());
    if (!*held) return {};
    device = std::move(**held);
    // Another hub may have done all this meanwhile.
    if (!device.next_token_hash || !same(hash_token(request.token), *device.next_token_hash)) return {};
    const Digest code = hash_code(normal_code(device.orders.enrol_code));
    const auto unspent =
        store.device_of_code(code, Timestamp{});  // however old: renew_code has it good again
    if (!unspent) return tl::make_unexpected(unspent.error());
    // Which ends the code too, with which the device has got that token.
    if (auto taken = store.take_token(device.id, *device.next_token_hash, now); !taken) return taken;
    if (device.orders.enrol_code.empty()) return {};
    // But not where it is the week's new token: then the order has yet to be heard of.
    if (*unspent) return store.set_code(device.id, code, now + kCodeLife);
    device.orders.enrol_code.clear();  // it has enrolled anew, and knows it
    return store.set_orders(device.id, device.orders);
  });
}

Response health(HubStore& store) {
  const auto founding = store.founding();
  if (!founding) return problem_of(founding.error());
  if (!*founding) return problem(503, "the hub has not been set up");
  return json(R"({"status":"ok"})");
}

// Of a device that has a token: that one and the code are good until the new token has been used, so that the
// same may be asked again after an answer that was lost.
Expected<void> enrol_anew(const Device& device, const Digest& token, const PublicKey& key, HubStore& store,
                          Timestamp now) {
  if (auto offered = store.offer_token(device.id, token); !offered) return offered;
  const auto ring = store.ring();
  if (!ring) return tl::make_unexpected(ring.error());
  RingChange change;
  for (const RingKey& one : ring->keys) {
    if (one.key.issuer == device.id && one.key.kind == KeyKind::lanyard)
      change.dropped.push_back(one.key.key);
  }
  if (change.dropped == std::vector<PublicKey>{key}) return {};
  change.added = {{key, device.id, KeyKind::lanyard}};
  return store.change_ring(change, now);
}

Expected<EnrolAnswer> enrol(std::string_view body, const std::string& peer, HubStore& store, Timestamp now,
                            const Random& random) {
  const auto asked = parse_enrol_request(body);
  if (!asked) return tl::make_unexpected(asked.error());
  const auto founding = store.founding();
  const auto event = store.event();
  if (!founding || !event) return tl::make_unexpected(founding ? event.error() : founding.error());
  if (!*founding || !*event) return fail(Error::Kind::unavailable, "the hub has no event yet");

  EnrolAnswer answer;
  bool wrong = false;
  bool other_kind = false;
  const auto done = store.transact([&]() -> Expected<void> {
    const std::string code = normal_code(asked->code);
    const Digest code_and_key = hash_code(code + hex(asked->public_key));
    auto device = store.device_of_code(hash_code(code), now);
    if (device && !*device) device = store.device_of_code(code_and_key, now);
    if (!device) return tl::make_unexpected(device.error());
    if (code.empty() || !*device) {
      wrong = true;
      return store.note_wrong_code(peer, now);
    }
    other_kind = (*device)->is_hub != asked->hub;
    if (other_kind) return {};
    answer = {(*device)->id,         (*device)->name, new_token((*device)->id, random),
              (*device)->checkpoint, (*event)->id,    (*founding)->fingerprint_key};
    const Digest token = hash_token(answer.token);
    if ((*device)->token_hash) {
      // From now on the code is this key's alone.
      if (auto bound = store.set_code(answer.device, code_and_key, now + kCodeLife); !bound) return bound;
      if (auto anew = enrol_anew(**device, token, asked->public_key, store, now); !anew) return anew;
      if (!(*device)->orders.wipe) return {};
      (*device)->orders.wipe = false;  // whoever has a code is to be here, and has forgotten all
      return store.set_orders(answer.device, (*device)->orders);
    }
    if (auto enrolled = store.enrol(answer.device, token, asked->public_key, now); !enrolled) return enrolled;
    Orders orders = (*device)->orders;  // it is here: what had it come, or go, is done
    orders.enrol_code.clear();
    orders.wipe = false;
    return store.set_orders(answer.device, orders);
  });
  if (!done) return tl::make_unexpected(done.error());
  if (wrong) return fail(Error::Kind::refused, "no such code: it is mistyped, used, or too old");
  if (other_kind) {
    return fail(Error::Kind::refused, asked->hub ? "this code is for a kiosk, and not for a venue's hub"
                                                 : "this code is for a venue's hub: lanyard-hub join");
  }
  return answer;
}

Response enrol_within_limit(const Request& request, std::string_view body, HubStore& store, Timestamp now,
                            const Random& random) {
  const auto* address = reinterpret_cast<const std::uint8_t*>(request.peer.data());
  const std::string peer = hex({address, request.peer.size()});
  const auto wrong = store.wrong_codes(peer, now - kWrongCodeWindow, now);
  if (!wrong) return problem_of(wrong.error());
  if (wrong->of_peer >= kMaxWrongCodes || wrong->of_all >= kMaxWrongCodesOfAll) {
    Response busy = problem(429, "too many wrong codes; wait a minute");
    busy.headers.emplace_back("Retry-After", std::to_string(std::chrono::seconds(kWrongCodeWindow).count()));
    return busy;
  }
  return json_or_problem(enrol(body, peer, store, now, random));
}

Expected<RosterPage> roster(const Request& request, HubStore& store) {
  constexpr auto kMost = static_cast<std::int64_t>(kMaxRosterPageRecords);
  const auto after = number_of(request, "after", 0, 0, std::numeric_limits<std::int64_t>::max());
  if (!after) return tl::make_unexpected(after.error());
  const auto limit = number_of(request, "limit", kMost, 1, kMost);
  if (!limit) return tl::make_unexpected(limit.error());
  const auto version = number_of(request, "version", 0, 0, std::numeric_limits<std::int64_t>::max());
  if (!version) return tl::make_unexpected(version.error());
  constexpr std::size_t kMaxEpochBytes = 64;
  const auto epoch = request.query.find("epoch");
  if (epoch != request.query.end() && epoch->second.size() > kMaxEpochBytes) {
    return fail(Error::Kind::invalid, "epoch is longer than 64 bytes");
  }
  return store.roster_page(*after, epoch == request.query.end() ? std::string_view() : epoch->second,
                           static_cast<std::size_t>(*limit), *version);
}

struct FeedQuestion {
  FeedCursor after;
  std::size_t most{0};
  std::chrono::seconds wait{0};
  std::optional<std::int64_t> roster;  // the version that the caller knows
};

Expected<FeedQuestion> feed_question(const Request& request) {
  constexpr auto kMost = static_cast<std::int64_t>(kMaxBatchRows);
  constexpr auto kAny = std::numeric_limits<std::int64_t>::max();
  const auto after = number_of(request, "after", 0, 0, kAny);
  const auto limit = number_of(request, "limit", kMost, 1, kMost);
  const auto wait = number_of(request, "wait", 0, 0, kMaxFeedWait.count());
  const auto roster = number_of(request, "roster", -1, 0, kAny);
  for (const auto* number : {&after, &limit, &wait, &roster}) {
    if (!*number) return tl::make_unexpected(number->error());
  }
  FeedQuestion question{{*after, ""}, static_cast<std::size_t>(*limit), std::chrono::seconds(*wait), {}};
  if (*roster >= 0) question.roster = *roster;
  if (const auto mark = request.query.find("mark"); mark != request.query.end()) {
    if (!is_mark(mark->second)) return fail(Error::Kind::invalid, "mark must be 16 hexadecimal digits");
    question.after.mark = mark->second;
  }
  return question;
}

Expected<Response> feed(const Request& request, const Device& device, HubStore& store,
                        const FeedWindow* window) {
  const auto asked = feed_question(request);
  if (!asked) return tl::make_unexpected(asked.error());
  std::optional<FeedWindow::Page> page;
  std::int64_t roster = 0;
  const std::string_view without = device.is_hub ? std::string_view() : device.id;
  if (window != nullptr && asked->wait.count() > 0) {
    page = window->page(asked->after, without, asked->most);
    roster = window->roster_version();
    // The window is as old as its last look: of another roster the store has the word.
    if (page && page->empty && asked->roster.value_or(roster) != roster) page.reset();
  }
  if (!page) {
    auto read = store.feed(asked->after, without, asked->most);
    if (!read) return tl::make_unexpected(read.error());
    const auto version = store.roster_version();
    if (!version) return tl::make_unexpected(version.error());
    read->roster_version = roster = *version;
    page = {to_body(*read), read->rows.empty()};
  }
  Response answer = json(std::move(page->body));
  if (page->empty && asked->roster.value_or(roster) == roster) answer.hold = asked->wait;
  return answer;
}

Expected<HeartbeatAnswer> heartbeat(std::string_view body, const Device& device, HubStore& store,
                                    Timestamp now) {
  const auto beat = parse_heartbeat(body);
  if (!beat) return tl::make_unexpected(beat.error());
  if (auto noted = store.note_heartbeat(device.id, *beat, now); !noted)
    return tl::make_unexpected(noted.error());
  if (beat->forgotten && !device.is_hub) {
    if (auto gone = see_off(device, store); !gone) return tl::make_unexpected(gone.error());
    return HeartbeatAnswer{now, device.checkpoint, 0, beat->last_seq};
  }
  const auto version = store.roster_version();
  if (!version) return tl::make_unexpected(version.error());
  const auto end = store.chain_end(device.id);
  if (!end) return tl::make_unexpected(end.error());
  auto orders = orders_of(device, store, now);
  if (!orders) return tl::make_unexpected(orders.error());
  const auto code_renewed = renew_code(device, store, now);
  if (!code_renewed) return tl::make_unexpected(code_renewed.error());
  HeartbeatAnswer answer{now, device.checkpoint, *version, end->seq};
  answer.renew_token = !device.token_since || now - *device.token_since >= kTokenLife;
  if (*code_renewed || version_of(*orders) != beat->orders_version) answer.orders = std::move(*orders);
  return answer;
}

Expected<TokenAnswer> another_token(const Device& device, HubStore& store, const Random& random) {
  TokenAnswer answer{new_token(device.id, random)};
  const auto offered = store.transact([&] { return store.offer_token(device.id, hash_token(answer.token)); });
  if (!offered) return tl::make_unexpected(offered.error());
  return answer;
}

Expected<UploadAnswer> upload(const Request& request, const Prepared& prepared, const Device& device,
                              HubStore& store, Timestamp now, const Random& random) {
  const Expected<CheckedUpload>& rows = prepared.upload.value();
  if (!rows) return tl::make_unexpected(rows.error());
  const auto whose = request.query.find("device");
  if (whose == request.query.end() || whose->second == device.id) {
    if (!device.is_hub && !rows->set_aside.empty())
      return fail(Error::Kind::invalid, "only a venue's hub sets rows aside");
    return take_rows(*rows, device, store, now, random);
  }
  const bool may = is_id(whose->second) && device.is_hub && is_under(whose->second, device.id);
  if (!may) return fail(Error::Kind::refused, "the rows are those of another's device");
  const auto brought = store.device(whose->second);
  if (!brought) return tl::make_unexpected(brought.error());
  if (!*brought) return fail(Error::Kind::refused, "tell of the device first");
  return take_rows(*rows, **brought, store, now, random);
}

Expected<DevicesAnswer> devices(std::string_view body, const Device& device, HubStore& store, Timestamp now) {
  if (!device.is_hub) return fail(Error::Kind::refused, "only a venue's hub has kiosks");
  const auto told = parse_devices_request(body);
  if (!told) return tl::make_unexpected(told.error());
  return take_devices(*told, device, store, now);
}

constexpr std::string_view kPhotos = "/v1/photos/";

Response photo(const Request& request, HubStore& store) {
  const std::string_view hash = std::string_view(request.path).substr(kPhotos.size());
  if (!is_photo_hash(hash)) return problem(404, "there is no such photo");
  auto bytes = store.photo(hash);
  if (!bytes) return problem_of(bytes.error());
  if (!*bytes) return problem(404, "there is no such photo");
  return {200, std::string(kPhotoType), std::move(**bytes), {{"Cache-Control", "private, immutable"}}, {},
          {}};
}

std::string_view body_of(const Request& request, const Prepared& prepared) {
  return prepared.plain ? *prepared.plain : request.body;
}

bool is_upload(const Request& request) {
  return request.path == "/v1/journal" && request.method == "POST";
}

Response route_device(const Request& request, const Prepared& prepared, HubStore& store, Timestamp now,
                      const Random& random, const FeedWindow* window) {
  auto device = caller(request, store);
  if (!device) return device.error();
  if (auto settled = settle_token(request, *device, store, now); !settled) return problem_of(settled.error());
  if (request.path == "/v1/token") return json_or_problem(another_token(*device, store, random));
  if (request.path.starts_with(kPhotos)) return photo(request, store);
  if (request.path == "/v1/roster") return json_or_problem(roster(request, store));
  if (request.path == "/v1/heartbeat")
    return json_or_problem(heartbeat(body_of(request, prepared), *device, store, now));
  if (request.path == "/v1/devices")
    return json_or_problem(devices(body_of(request, prepared), *device, store, now));
  if (request.method == "GET") {
    auto page = feed(request, *device, store, window);
    return page ? std::move(*page) : problem_of(page.error());
  }
  return json_or_problem(upload(request, prepared, *device, store, now, random));
}

struct Route {
  std::string_view path;
  std::string_view methods;  // as the Allow header says it
};
constexpr auto kRoutes = std::to_array<Route>({{"/healthz", "GET"},
                                               {kEnrol, "POST"},
                                               {"/v1/roster", "GET"},
                                               {"/v1/journal", "GET, POST"},
                                               {"/v1/heartbeat", "POST"},
                                               {"/v1/devices", "POST"},
                                               {"/v1/token", "POST"},
                                               {kPhotos, "GET"}});

}  // namespace

Response problem(int status, std::string_view detail) {
  return problem_document({status, std::string(title_of(status)), std::string(detail)});
}

std::size_t most_of_body(const Request& head) {
  if (head.path == kEnrol) return kMaxEnrolBodyBytes;
  const bool is_large = is_upload(head) || (head.path == "/v1/devices" && head.method == "POST");
  return is_large ? kMaxBodyBytes : kMaxSmallBodyBytes;
}

std::optional<Response> refuse_unread(const Request& head, HubStore& store) {
  auto device = caller(head, store);
  if (device) return std::nullopt;
  return std::move(device.error());
}

namespace {

Response route(const Request& request, const Prepared& prepared, HubStore& store, Timestamp now,
               const Random& random, const FeedWindow* window) {
  const auto route = std::ranges::find_if(kRoutes, [&](const Route& one) {
    return one.path == request.path || (one.path == kPhotos && request.path.starts_with(kPhotos));
  });
  if (route == kRoutes.end()) return problem(404, "there is nothing of this name");
  const bool known_method = request.method == "GET" || request.method == "POST";
  if (!known_method || route->methods.find(request.method) == std::string_view::npos) {
    Response wrong = problem(405, "not with this method");
    wrong.headers.emplace_back("Allow", route->methods);
    return wrong;
  }
  const std::string_view body = body_of(request, prepared);
  if (body.size() > most_of_body(request)) return problem(413, "the body is too large");
  if (request.path == "/healthz") return health(store);
  if (request.path == kEnrol) return enrol_within_limit(request, body, store, now, random);
  return route_device(request, prepared, store, now, random, window);
}

bool is_coded(const Request& request) {
  return !request.coding.empty() && request.coding != "identity";
}

// The body as it was before its coding, where it has one; or the answer to a body of which nothing can be
// had.
tl::expected<std::optional<std::string>, Response> decoded(const Request& request) {
  // Not the caller's fault, which 400 would say it was: a row that is refused so is not sent again.
  if (!fits_digest(request.body, request.digest))
    return tl::make_unexpected(problem(503, "the body was altered on its way; send it again"));
  if (!is_coded(request)) return std::nullopt;
  if (request.coding != kZstd)
    return tl::make_unexpected(problem(415, "of codings, this hub takes zstd alone"));
  auto body = zstd_decode(request.body, most_of_body(request));
  if (body) return std::move(*body);
  const int status = body.error().kind == Error::Kind::refused ? 413 : 400;
  return tl::make_unexpected(problem(status, body.error().message));
}

Response finished(const Request& request, Response response) {
  response.headers.emplace_back("Accept-Encoding", kZstd);
  // A photo is as small as it gets.
  if (request.takes_zstd && response.content_type != kPhotoType && response.body.size() >= kLeastCodedBytes) {
    response.body = zstd_encode(response.body);
    response.headers.emplace_back("Content-Encoding", kZstd);
  }
  response.headers.emplace_back("Content-Digest", content_digest(response.body));
  return response;
}

}  // namespace

bool is_worth_preparing(const Request& request) {
  return is_upload(request) && request.body.size() > kMaxUngatedBytes;
}

std::size_t plain_bytes(const Request& request) {
  return is_coded(request) ? zstd_decoded_bytes(request.body, most_of_body(request)) : request.body.size();
}

Prepared prepare(const Request& request) {
  Prepared prepared;
  auto plain = decoded(request);
  if (!plain) {
    prepared.refusal = std::move(plain.error());
    return prepared;
  }
  prepared.plain = std::move(*plain);
  const std::string_view body = body_of(request, prepared);
  if (is_upload(request) && body.size() <= most_of_body(request))
    prepared.upload = parse_upload_request(body).map(checked);
  return prepared;
}

Response take(const Request& request, const Prepared& prepared, HubStore& store, Timestamp now,
              const Random& random, const FeedWindow* window) {
  return finished(
      request, prepared.refusal ? *prepared.refusal : route(request, prepared, store, now, random, window));
}

Response handle(const Request& request, HubStore& store, Timestamp now, const Random& random,
                const FeedWindow* window) {
  // A small body may become a large one: not before it is known whose it is.
  if (is_coded(request) && request.path != kEnrol) {
    if (auto stranger = refuse_unread(request, store)) return finished(request, std::move(*stranger));
  }
  return take(request, prepare(request), store, now, random, window);
}

}  // namespace lanyard::sync::hub
