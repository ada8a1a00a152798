// RFC 8011 (IPP/1.1 model and semantics): Get-Printer-Attributes, Print-Job, then Get-Job-Attributes until it
// ends. Polled: printers without job subscriptions are common.
#include "kiosk/badge/printer_ipp.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <cups/cups.h>

namespace lanyard::kiosk {

namespace {

using sync::Error;
using sync::Expected;
using sync::fail;

constexpr int kConnectTimeoutMs = 4000;
constexpr double kAnswerTimeoutS = 8.0;
constexpr std::chrono::milliseconds kPollEvery{500};

struct CloseHttp {
  void operator()(http_t* http) const { httpClose(http); }
};
struct DeleteIpp {
  void operator()(ipp_t* ipp) const { ippDelete(ipp); }
};
using HttpPtr = std::unique_ptr<http_t, CloseHttp>;
using IppPtr = std::unique_ptr<ipp_t, DeleteIpp>;

struct Address {
  std::string uri;
  std::string host;
  std::string path;
  int port{631};
  bool encrypted{false};
};

std::vector<std::string> texts_of(ipp_t* answer, const char* name) {
  std::vector<std::string> texts;
  if (ipp_attribute_t* attribute = ippFindAttribute(answer, name, IPP_TAG_ZERO)) {
    for (int i = 0; i < ippGetCount(attribute); ++i) {
      if (const char* text = ippGetString(attribute, i, nullptr)) texts.emplace_back(text);
    }
  }
  return texts;
}

int number_of(ipp_t* answer, const char* name) {
  ipp_attribute_t* attribute = ippFindAttribute(answer, name, IPP_TAG_ZERO);
  return attribute == nullptr ? 0 : ippGetInteger(attribute, 0);
}

std::vector<std::string> plain_reasons_of(ipp_t* answer) {
  std::vector<std::string> plain;
  for (const std::string& reason : texts_of(answer, "printer-state-reasons")) {
    if (reason != "none") plain.push_back(plain_reason(reason));
  }
  return plain;
}

std::string in_a_line(const std::vector<std::string>& reasons) {
  std::string line;
  for (const std::string& reason : reasons) line += (line.empty() ? "" : ", ") + reason;
  return line;
}

// What the printer says while it has a job.
struct Standing {
  bool stopped{false};
  bool may_stop{false};
  std::string reasons;  // for people
};

Standing standing_of(ipp_t* answer) {
  Standing now;
  now.stopped = number_of(answer, "printer-state") == IPP_PSTATE_STOPPED;
  now.may_stop = std::ranges::any_of(texts_of(answer, "printer-state-reasons"), may_stop);
  now.reasons = in_a_line(plain_reasons_of(answer));
  if (now.reasons.empty() && now.stopped) now.reasons = "stopped";
  return now;
}

class IppPrinter : public Printer {
 public:
  IppPrinter(Address address, PrinterOptions options) : address_(std::move(address)), options_(options) {}

  Expected<void> print(std::string_view job, const BadgePage& page) override {
    auto http = connect();
    if (!http) return tl::make_unexpected(http.error());
    IppPtr request(ippNewRequest(IPP_OP_PRINT_JOB));
    name_printer(request.get());
    const std::string name(job);
    ippAddString(request.get(), IPP_TAG_OPERATION, IPP_TAG_NAME, "job-name", nullptr, name.c_str());
    ippAddString(request.get(), IPP_TAG_OPERATION, IPP_TAG_MIMETYPE, "document-format", nullptr,
                 "application/pdf");
    auto answer = send(http->get(), std::move(request), page.bytes);
    if (!answer) return tl::make_unexpected(answer.error());
    const int id = number_of(answer->get(), "job-id");
    if (id <= 0) return fail(Error::Kind::unavailable, "the printer took no job");
    return wait_for(http->get(), id);
  }

  Expected<PrinterState> state() override {
    auto http = connect();
    if (!http) return tl::make_unexpected(http.error());
    auto answer = attributes(http->get());
    if (!answer) return tl::make_unexpected(answer.error());
    const auto names = texts_of(answer->get(), "printer-make-and-model");
    const auto formats = texts_of(answer->get(), "document-format-supported");
    bool pdf = false;
    for (const std::string& format : formats) pdf = pdf || format == "application/pdf";
    if (!pdf) return fail(Error::Kind::invalid, "the printer does not take PDF");
    return PrinterState{names.empty() ? address_.uri : names.front(), plain_reasons_of(answer->get())};
  }

  Expected<std::string> describe() override {
    return state().map([](const PrinterState& now) {
      return now.name + (now.reasons.empty() ? ", ready" : ", " + in_a_line(now.reasons));
    });
  }

 private:
  void name_printer(ipp_t* request) const {
    ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", nullptr, address_.uri.c_str());
    ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name", nullptr, "lanyard");
  }

  Expected<HttpPtr> connect() const {
    HttpPtr http(httpConnect2(address_.host.c_str(), address_.port, nullptr, AF_UNSPEC,
                              address_.encrypted ? HTTP_ENCRYPTION_ALWAYS : HTTP_ENCRYPTION_IF_REQUESTED, 1,
                              kConnectTimeoutMs, nullptr));
    if (!http) return fail(Error::Kind::unavailable, "the printer does not answer at " + address_.uri);
    // An answer that never comes is given up, instead of holding the print thread for ever.
    httpSetTimeout(
        http.get(), kAnswerTimeoutS, [](http_t*, void*) { return 0; }, nullptr);
    return http;
  }

  Expected<IppPtr> send(http_t* http, IppPtr request, std::string_view document = {}) const {
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

  static Expected<IppPtr> checked(IppPtr answer) {
    if (!answer)
      return fail(Error::Kind::unavailable, std::string("the printer broke off: ") + cupsLastErrorString());
    const ipp_status_t status = ippGetStatusCode(answer.get());
    if (status < IPP_STATUS_REDIRECTION_OTHER_SITE) return answer;
    const auto kind = status == IPP_STATUS_ERROR_DOCUMENT_FORMAT_NOT_SUPPORTED ? Error::Kind::invalid
                                                                               : Error::Kind::unavailable;
    return fail(kind, std::string("the printer says: ") + ippErrorString(status));
  }

  Expected<IppPtr> attributes(http_t* http) const {
    IppPtr request(ippNewRequest(IPP_OP_GET_PRINTER_ATTRIBUTES));
    name_printer(request.get());
    constexpr std::array<const char*, 4> kWanted{"printer-state", "printer-state-reasons",
                                                 "printer-make-and-model", "document-format-supported"};
    ippAddStrings(request.get(), IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
                  static_cast<int>(kWanted.size()), nullptr, kWanted.data());
    return send(http, std::move(request));
  }

  enum class Job : std::uint8_t { waits, stopped, done, lost };

  Expected<void> wait_for(http_t* http, int job) const {
    using Clock = std::chrono::steady_clock;
    const auto deadline = Clock::now() + options_.patience;
    std::optional<Clock::time_point> since;
    Standing now;
    while (Clock::now() < deadline) {
      const auto is = look_at(http, job);
      if (!is) return tl::make_unexpected(is.error());
      if (*is == Job::done) return {};
      if (*is == Job::lost) return fail(Error::Kind::unavailable, "the printer gave the job up");
      if (auto printer = attributes(http)) now = standing_of(printer->get());
      const bool stopped = now.stopped || *is == Job::stopped;
      if (!stopped && !now.may_stop) since.reset();
      if ((stopped || now.may_stop) && !since) since = Clock::now();
      if (since && Clock::now() - *since >= (stopped ? options_.stopped_for : options_.warned_for)) break;
      std::this_thread::sleep_for(kPollEvery);
    }
    if (is_out_after_all(http, job)) return {};
    return fail(Error::Kind::unavailable,
                now.reasons.empty() ? "the printer is too slow" : "the printer is " + now.reasons);
  }

  Expected<Job> look_at(http_t* http, int job) const {
    IppPtr request(ippNewRequest(IPP_OP_GET_JOB_ATTRIBUTES));
    name_printer(request.get());
    ippAddInteger(request.get(), IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id", job);
    auto answer = send(http, std::move(request));
    if (!answer) return tl::make_unexpected(answer.error());
    switch (number_of(answer->get(), "job-state")) {
      case IPP_JSTATE_COMPLETED:
        return Job::done;
      case IPP_JSTATE_ABORTED:
      case IPP_JSTATE_CANCELED:
        // A page of one sheet that was cancelled once it was out.
        return number_of(answer->get(), "job-impressions-completed") > 0 ? Job::done : Job::lost;
      case IPP_JSTATE_STOPPED:
        return Job::stopped;
      default:
        return Job::waits;
    }
  }

  // Takes the job back. A sheet that was on its way comes out all the same, and is not to be printed again.
  bool is_out_after_all(http_t* http, int job) const {
    cancel(http, job);
    const auto deadline = std::chrono::steady_clock::now() + options_.cancel_for;
    for (;;) {
      const auto is = look_at(http, job);
      if (!is || *is == Job::lost) return false;
      if (*is == Job::done) return true;
      if (std::chrono::steady_clock::now() >= deadline) return false;
      std::this_thread::sleep_for(kPollEvery);
    }
  }

  // A job that we no longer wait for must not come out by itself later: the badge is owed, and printed anew.
  void cancel(http_t* http, int job) const {
    IppPtr request(ippNewRequest(IPP_OP_CANCEL_JOB));
    name_printer(request.get());
    ippAddInteger(request.get(), IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id", job);
    (void)send(http, std::move(request));
  }

  Address address_;
  PrinterOptions options_;
};

}  // namespace

Expected<std::unique_ptr<Printer>> make_ipp_printer(std::string_view uri, const PrinterOptions& options) {
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
  if (status < HTTP_URI_STATUS_OK) {
    return fail(Error::Kind::invalid, "printer \"" + address.uri + "\": " + httpURIStatusString(status));
  }
  address.host = host.data();
  address.path = path.data();
  address.encrypted = std::strcmp(scheme.data(), "ipps") == 0;
  return std::make_unique<IppPrinter>(std::move(address), options);
}

}  // namespace lanyard::kiosk
