// RFC 8011 (IPP/1.1 model and semantics): Create-Job, which prints nothing, then Send-Document;
// Get-Job-Attributes tells how it stands, and Get-Jobs finds it again by its name. Polled: printers without
// job subscriptions are common.
#include "kiosk/badge/printer_ipp.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstring>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <cups/cups.h>

#include "kiosk/badge/ipp_words.hpp"

namespace lanyard::kiosk {

namespace {

using sync::Error;
using sync::Expected;
using sync::fail;

constexpr int kConnectTimeoutMs = 4000;
constexpr int kLookUpForMs = 5000;
constexpr double kAnswerTimeoutS = 8.0;
constexpr std::chrono::milliseconds kPollEvery{100};
// For a job to end that was taken back: a sheet on its way comes out first.
constexpr std::chrono::seconds kTakenBackFor{3};
constexpr std::chrono::seconds kBusyFor{5};
constexpr int kMaxJobsListed = 500;
constexpr std::string_view kMarkOfJob = "job ";
constexpr std::string_view kSides = ", sides ";
constexpr std::string_view kMarkWithoutId = "by name";

struct CloseHttp {
  void operator()(http_t* http) const { httpClose(http); }
};
using HttpPtr = std::unique_ptr<http_t, CloseHttp>;

struct Address {
  // "ipps://NAME._ipps._tcp.local/", whose `host` is empty as long as it has not been looked up; "": a plain
  // one.
  std::string name;
  std::string uri;
  std::string host;
  std::string path;
  int port{631};
  bool encrypted{false};
};

// A DNS-SD service instance (RFC 6763, 4.1) where others have a host.
bool is_by_name(std::string_view uri) {
  return uri.find("._ipp._tcp.") != std::string_view::npos ||
         uri.find("._ipps._tcp.") != std::string_view::npos;
}

class IppPrinter : public Printer {
 public:
  IppPrinter(Address address, int dpi) : address_(std::move(address)), dpi_(dpi) {}

  Expected<PrinterState> state() override {
    auto http = connect();
    if (!http) return tl::make_unexpected(http.error());
    auto answer = attributes(http->get());
    if (!answer) return tl::make_unexpected(answer.error());
    auto can = abilities_in(answer->get(), dpi_);
    if (!can) return tl::make_unexpected(can.error());
    abilities_ = *can;
    return state_in(answer->get(), address_.uri);
  }

  Expected<PageWish> wish() override {
    return abilities().map([](const Abilities& can) { return can.wish; });
  }

  Expected<std::string> open(std::string_view job, const PrintPage& page) override {
    const auto can = abilities();
    if (!can) return tl::make_unexpected(can.error());
    if (!can->create_job) return std::string(kMarkWithoutId);
    auto http = connect();
    if (!http) return tl::make_unexpected(http.error());
    const auto request = [&] {
      IppPtr made = new_request(IPP_OP_CREATE_JOB);
      add_name(made.get(), job);
      return made;
    };
    const auto as_wished = [&] {
      IppPtr made = request();
      add_job_template(made.get(), page, *can);
      return made;
    };
    auto answer = unless_busy(http->get(), as_wished);
    // Some refuse a size that they do not know, and print it all the same if nobody asks.
    if (!answer && answer.error().kind == Error::Kind::invalid) answer = unless_busy(http->get(), request);
    if (!answer) return tl::make_unexpected(answer.error());
    const int id = number_of(answer->get(), "job-id");
    if (id <= 0) return fail(Error::Kind::unavailable, "the printer took no job");
    return std::string(kMarkOfJob) + std::to_string(id) + std::string(kSides) + std::to_string(page.sides);
  }

  Expected<void> send(std::string_view job, std::string_view mark, const PrintPage& page) override {
    if (page.files.size() != 1) return fail(Error::Kind::invalid, "the printer takes one file a job");
    auto http = connect();
    if (!http) return tl::make_unexpected(http.error());
    const int id = id_in(mark);
    IppPtr request = new_request(id > 0 ? IPP_OP_SEND_DOCUMENT : IPP_OP_PRINT_JOB);
    if (id > 0) {
      ippAddInteger(request.get(), IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id", id);
    } else {
      add_name(request.get(), job);
    }
    ippAddString(request.get(), IPP_TAG_OPERATION, IPP_TAG_MIMETYPE, "document-format", nullptr,
                 mime_of(page.form));
    if (id > 0) ippAddBoolean(request.get(), IPP_TAG_OPERATION, "last-document", 1);
    return send_request(http->get(), std::move(request), page.files.front()).map([](const IppPtr&) {});
  }

  Expected<JobLook> look(std::string_view job, std::string_view mark) override {
    auto http = connect();
    if (!http) return tl::make_unexpected(http.error());
    return look_by(http->get(), job, mark);
  }

  void close_unsent(std::string_view job) override {
    auto http = connect();
    if (!http) return;
    const auto found = find_listed(http->get(), job, "not-completed");
    if (found && *found) cancel(http->get(), (*found)->id);
  }

  Expected<JobLook> take_back(std::string_view job, std::string_view mark) override {
    auto http = connect();
    if (!http) return tl::make_unexpected(http.error());
    const auto found = find(http->get(), job, id_in(mark));
    if (!found) return tl::make_unexpected(found.error());
    if (*found) cancel(http->get(), (*found)->id);
    const auto deadline = std::chrono::steady_clock::now() + kTakenBackFor;
    for (;;) {
      auto now = look_by(http->get(), job, mark);
      const bool open =
          now && (now->stage == JobLook::Stage::waiting || now->stage == JobLook::Stage::held_up);
      if (!open || std::chrono::steady_clock::now() >= deadline) return now;
      std::this_thread::sleep_for(kPollEvery);
    }
  }

 private:
  // "job 17" -> 17; 0 if the printer gave it no number before the page.
  static int id_in(std::string_view mark) {
    if (!mark.starts_with(kMarkOfJob)) return 0;
    mark.remove_prefix(kMarkOfJob.size());
    int id = 0;
    (void)std::from_chars(mark.data(), mark.data() + mark.size(), id);
    return id;
  }

  // "job 17, sides 2" -> 2
  static int sides_in(std::string_view mark) {
    const std::size_t at = mark.find(kSides);
    int sides = 1;
    if (at != std::string_view::npos) {
      mark.remove_prefix(at + kSides.size());
      (void)std::from_chars(mark.data(), mark.data() + mark.size(), sides);
    }
    return sides;
  }

  [[nodiscard]] IppPtr new_request(ipp_op_t operation) const {
    IppPtr request(ippNewRequest(operation));
    ippAddString(request.get(), IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", nullptr, address_.uri.c_str());
    ippAddString(request.get(), IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name", nullptr, "lanyard");
    return request;
  }

  static void add_name(ipp_t* request, std::string_view job) {
    ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "job-name", nullptr, std::string(job).c_str());
  }

  // A name on the network is looked up when it is needed first, and anew where nothing answers any more.
  [[nodiscard]] Expected<HttpPtr> connect() {
    const bool by_name = !address_.name.empty();
    if (by_name && address_.host.empty()) {
      if (auto found = look_up(); !found) return tl::make_unexpected(found.error());
    }
    auto http = connect_to_address();
    if (!http && by_name) address_.host.clear();
    return http;
  }

  [[nodiscard]] Expected<void> look_up() {
    std::array<char, 512> resource{};
    cups_dest_t* const dest = cupsGetDestWithURI(nullptr, address_.name.c_str());
    const HttpPtr http(dest == nullptr ? nullptr
                                       : cupsConnectDest(dest, CUPS_DEST_FLAGS_DEVICE, kLookUpForMs, nullptr,
                                                         resource.data(), resource.size(), nullptr, nullptr));
    if (dest != nullptr) cupsFreeDests(1, dest);
    std::array<char, 256> host{};
    if (!http || httpGetHostname(http.get(), host.data(), static_cast<int>(host.size())) == nullptr)
      return fail(Error::Kind::unavailable, "no printer answers to " + address_.name);
    address_.host = host.data();
    address_.port = httpAddrPort(httpGetAddress(http.get()));
    address_.path = resource.data();
    address_.encrypted = httpIsEncrypted(http.get()) != 0;
    address_.uri = std::string(address_.encrypted ? "ipps" : "ipp") + "://" + address_.host + ":" +
                   std::to_string(address_.port) + address_.path;
    return {};
  }

  [[nodiscard]] Expected<HttpPtr> connect_to_address() const {
    HttpPtr http(httpConnect2(address_.host.c_str(), address_.port, nullptr, AF_UNSPEC,
                              address_.encrypted ? HTTP_ENCRYPTION_ALWAYS : HTTP_ENCRYPTION_IF_REQUESTED, 1,
                              kConnectTimeoutMs, nullptr));
    if (!http) return fail(Error::Kind::unavailable, "the printer does not answer at " + address_.uri);
    // An answer that never comes is given up, instead of holding the print thread for ever.
    httpSetTimeout(
        http.get(), kAnswerTimeoutS, [](http_t*, void*) { return 0; }, nullptr);
    return http;
  }

  Expected<IppPtr> send_request(http_t* http, IppPtr request, std::string_view document = {}) const {
    ipp_t* raw = request.release();  // cupsSendRequest leaves it ours, cupsDoRequest takes it
    if (document.empty()) {
      IppPtr answer(cupsDoRequest(http, raw, address_.path.c_str()));
      return checked(std::move(answer));
    }
    request.reset(raw);
    const std::size_t length = ippLength(raw) + document.size();
    http_status_t status = cupsSendRequest(http, raw, address_.path.c_str(), length);
    if (status == HTTP_STATUS_CONTINUE) status = cupsWriteRequestData(http, document.data(), document.size());
    if (status != HTTP_STATUS_CONTINUE && status != HTTP_STATUS_OK) {
      return fail(Error::Kind::unavailable, std::string("the printer broke off: ") + httpStatus(status));
    }
    return checked(IppPtr(cupsGetResponse(http, address_.path.c_str())));
  }

  // Some printers take one job at a time, and are at another's.
  template <class Make>
  Expected<IppPtr> unless_busy(http_t* http, const Make& request) const {
    const auto deadline = std::chrono::steady_clock::now() + kBusyFor;
    for (;;) {
      auto answer = send_request(http, request());
      const bool busy = !answer && answer.error().message.ends_with(ippErrorString(IPP_STATUS_ERROR_BUSY));
      if (!busy || std::chrono::steady_clock::now() >= deadline) return answer;
      std::this_thread::sleep_for(kPollEvery);
    }
  }

  static Expected<IppPtr> checked(IppPtr answer) {
    if (!answer)
      return fail(Error::Kind::unavailable, std::string("the printer broke off: ") + cupsLastErrorString());
    const ipp_status_t status = ippGetStatusCode(answer.get());
    if (status < IPP_STATUS_REDIRECTION_OTHER_SITE) return answer;
    const bool never = status == IPP_STATUS_ERROR_DOCUMENT_FORMAT_NOT_SUPPORTED ||
                       status == IPP_STATUS_ERROR_ATTRIBUTES_OR_VALUES;
    return fail(never ? Error::Kind::invalid : Error::Kind::unavailable,
                std::string("the printer says: ") + ippErrorString(status));
  }

  Expected<IppPtr> attributes(http_t* http) const {
    IppPtr request = new_request(IPP_OP_GET_PRINTER_ATTRIBUTES);
    constexpr std::array<const char*, 11> kWanted{"printer-state",
                                                  "printer-state-reasons",
                                                  "printer-make-and-model",
                                                  "document-format-supported",
                                                  "operations-supported",
                                                  "printer-resolution-supported",
                                                  "pwg-raster-document-resolution-supported",
                                                  "sides-supported",
                                                  "job-creation-attributes-supported",
                                                  "media-col-supported",
                                                  "print-scaling-supported"};
    ippAddStrings(request.get(), IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
                  static_cast<int>(kWanted.size()), nullptr, kWanted.data());
    return send_request(http, std::move(request));
  }

  // As it said with its state: whoever prints has just asked for that.
  Expected<Abilities> abilities() {
    if (!abilities_) {
      if (auto asked = state(); !asked) return tl::make_unexpected(asked.error());
    }
    return *abilities_;
  }

  // By its number, if that is still this job's: a printer that was switched off counts from 1 again.
  Expected<std::optional<JobFound>> find(http_t* http, std::string_view job, int id) const {
    if (id > 0) {
      IppPtr request = new_request(IPP_OP_GET_JOB_ATTRIBUTES);
      ippAddInteger(request.get(), IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id", id);
      ippAddStrings(request.get(), IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
                    static_cast<int>(kJobWanted.size()), nullptr, kJobWanted.data());
      IppPtr answer(cupsDoRequest(http, request.release(), address_.path.c_str()));
      const bool gone = answer && ippGetStatusCode(answer.get()) == IPP_STATUS_ERROR_NOT_FOUND;
      if (!gone) {
        auto known = checked(std::move(answer));
        if (!known) return tl::make_unexpected(known.error());
        JobFound found = job_in(known->get());
        found.id = id;
        if (found.name == job) return found;
      }
    }
    for (const char* which : {"not-completed", "completed"}) {
      auto listed = find_listed(http, job, which);
      if (!listed || *listed) return listed;
    }
    return std::nullopt;
  }

  Expected<std::optional<JobFound>> find_listed(http_t* http, std::string_view job, const char* which) const {
    IppPtr request = new_request(IPP_OP_GET_JOBS);
    ippAddString(request.get(), IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "which-jobs", nullptr, which);
    ippAddInteger(request.get(), IPP_TAG_OPERATION, IPP_TAG_INTEGER, "limit", kMaxJobsListed);
    ippAddStrings(request.get(), IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
                  static_cast<int>(kJobWanted.size()), nullptr, kJobWanted.data());
    auto answer = send_request(http, std::move(request));
    if (!answer) return tl::make_unexpected(answer.error());
    // One group of attributes a job, with a separator between them.
    JobFound now;
    const auto is_it = [&] { return now.id > 0 && now.name == job; };
    for (ipp_attribute_t* one = ippFirstAttribute(answer->get()); one != nullptr;
         one = ippNextAttribute(answer->get())) {
      const char* const name = ippGetName(one);
      if (ippGetGroupTag(one) != IPP_TAG_JOB || name == nullptr) {
        if (is_it()) return now;
        now = {};
        continue;
      }
      const std::string_view key = name;
      if (key == "job-id") now.id = ippGetInteger(one, 0);
      if (key == "job-state") now.state = ippGetInteger(one, 0);
      if (key == "job-impressions-completed") now.impressions = ippGetInteger(one, 0);
      if (key == "job-name" && ippGetString(one, 0, nullptr) != nullptr)
        now.name = ippGetString(one, 0, nullptr);
      if (key == "job-state-reasons") now.reasons = strings_of(one);
    }
    return is_it() ? std::optional(now) : std::nullopt;
  }

  Expected<JobLook> look_by(http_t* http, std::string_view job, std::string_view mark) const {
    using Stage = JobLook::Stage;
    const auto found = find(http, job, id_in(mark));
    if (!found) return tl::make_unexpected(found.error());
    // Forgotten, or (of a printer that gives no number before the page) never there: nobody knows.
    if (!*found) return JobLook{Stage::unsure, "the printer has forgotten the job"};
    const JobFound& is = **found;
    switch (is.state) {
      case IPP_JSTATE_COMPLETED:
        return JobLook{Stage::done, {}};
      case IPP_JSTATE_ABORTED:
      case IPP_JSTATE_CANCELED:
        // Cancelled once it was out; or, of two sides, between them.
        if (is.impressions >= sides_in(mark)) return JobLook{Stage::done, {}};
        if (is.impressions > 0) return JobLook{Stage::unsure, "a part of it is out"};
        return JobLook{Stage::lost, "the printer gave the job up"};
      case IPP_JSTATE_PENDING:
      case IPP_JSTATE_HELD:
        // Opened, and the page has never come.
        if (is_among(is.reasons, "job-data-insufficient") ||
            (is.state == IPP_JSTATE_HELD && is_among(is.reasons, "job-incoming")))
          return JobLook{Stage::absent, {}};
        break;
      default:
        break;
    }
    auto answer = attributes(http);
    if (!answer) return tl::make_unexpected(answer.error());
    const PrinterState now = state_in(answer->get(), address_.uri);
    const bool held = now.held_up || is.state == IPP_JSTATE_STOPPED || is.state == IPP_JSTATE_HELD;
    std::string why = reasons_in_a_line(now.reasons);
    if (held && why.empty()) why = "stopped";
    return JobLook{held ? Stage::held_up : Stage::waiting, std::move(why)};
  }

  // A job that is no longer waited for must not come out by itself later.
  void cancel(http_t* http, int job) const {
    IppPtr request = new_request(IPP_OP_CANCEL_JOB);
    ippAddInteger(request.get(), IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id", job);
    (void)send_request(http, std::move(request));
  }

  Address address_;
  int dpi_;
  std::optional<Abilities> abilities_;
};

}  // namespace

std::vector<FoundPrinter> find_printers(std::chrono::milliseconds how_long) {
  std::vector<FoundPrinter> found;
  const auto take = [](void* to, unsigned flags, cups_dest_t* dest) {
    if ((flags & CUPS_DEST_FLAGS_REMOVED) != 0) return 1;
    const auto option = [&](const char* name) {
      const char* const value = cupsGetOption(name, dest->num_options, dest->options);
      return std::string(value == nullptr ? "" : value);
    };
    FoundPrinter one{option("printer-info"), option("device-uri"), option("printer-make-and-model")};
    if (one.name.empty()) one.name = dest->name;
    auto& all = *static_cast<std::vector<FoundPrinter>*>(to);
    // A printer may be heard of on each of the machine's interfaces.
    const bool known = std::ranges::any_of(all, [&](const FoundPrinter& o) { return o.where == one.where; });
    if (is_by_name(one.where) && !known) all.push_back(std::move(one));
    return 1;
  };
  (void)cupsEnumDests(CUPS_DEST_FLAGS_NONE, static_cast<int>(how_long.count()), nullptr, 0, 0, take, &found);
  return found;
}

Expected<std::unique_ptr<Printer>> make_ipp_printer(std::string_view uri, int dpi) {
  std::array<char, 32> scheme{};
  std::array<char, 256> user{};
  std::array<char, 256> host{};
  std::array<char, 512> path{};
  Address address;
  address.uri = uri;
  const http_uri_status_t status = httpSeparateURI(
      HTTP_URI_CODING_ALL, address.uri.c_str(), scheme.data(), static_cast<int>(scheme.size()), user.data(),
      static_cast<int>(user.size()), host.data(), static_cast<int>(host.size()), &address.port, path.data(),
      static_cast<int>(path.size()));
  if (is_by_name(uri)) {
    address.name = std::exchange(address.uri, "");
    return std::make_unique<IppPrinter>(std::move(address), dpi);
  }
  if (status < HTTP_URI_STATUS_OK) {
    return fail(Error::Kind::invalid, "printer \"" + address.uri + "\": " + httpURIStatusString(status));
  }
  address.host = host.data();
  address.path = path.data();
  address.encrypted = std::strcmp(scheme.data(), "ipps") == 0;
  return std::make_unique<IppPrinter>(std::move(address), dpi);
}

}  // namespace lanyard::kiosk
