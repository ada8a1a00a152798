#include "kiosk/badge/printer.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "kiosk/badge/printer_ipp.hpp"
#include "kiosk/badge/printer_ql.hpp"
#include "kiosk/badge/printer_zpl.hpp"
#include "sync/durable.hpp"

namespace lanyard::kiosk {

namespace {

using sync::Error;
using sync::Expected;
using sync::fail;

// Each page becomes "<job>.pdf", complete or not there at all.
class FolderPrinter : public Printer {
 public:
  explicit FolderPrinter(std::filesystem::path folder) : folder_(std::move(folder)) {}

  Expected<PrinterState> state() override {
    std::error_code error;
    std::filesystem::create_directories(folder_, error);
    if (::access(folder_.c_str(), W_OK) != 0) return closed();
    return PrinterState{"folder " + folder_.string(), {}};
  }

  Expected<PageWish> wish() override { return PageWish{}; }

  Expected<std::string> open(std::string_view, const PrintPage&) override {
    return state().map([](const PrinterState&) { return std::string("file"); });
  }

  Expected<void> send(std::string_view job, std::string_view, const PrintPage& page) override {
    if (page.files.empty()) return fail(Error::Kind::invalid, "there is no page to print");
    std::error_code error;
    const std::filesystem::path part = folder_ / ("." + std::string(job) + ".part");
    const int fd = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (fd < 0) return closed();
    const bool written = sync::write_all(fd, page.files.front()) && ::fsync(fd) == 0;
    ::close(fd);
    if (written) std::filesystem::rename(part, file_of(job), error);
    if (!written || error)
      return fail(Error::Kind::unavailable, "the print folder is full: " + folder_.string());
    return {};
  }

  Expected<JobLook> look(std::string_view job, std::string_view) override {
    if (auto there = state(); !there) return tl::make_unexpected(there.error());
    std::error_code error;
    const bool done = std::filesystem::exists(file_of(job), error);
    return JobLook{done ? JobLook::Stage::done : JobLook::Stage::absent, {}};
  }

  Expected<JobLook> take_back(std::string_view job, std::string_view mark) override {
    return look(job, mark);  // what lies in the folder is out
  }

 private:
  [[nodiscard]] tl::unexpected<Error> closed() const {
    return fail(Error::Kind::unavailable, "the print folder cannot be written to: " + folder_.string());
  }
  [[nodiscard]] std::filesystem::path file_of(std::string_view job) const {
    return folder_ / (std::string(job) + ".pdf");
  }

  std::filesystem::path folder_;
};

struct Reason {
  std::string_view stem;  // of a printer-state-reason (RFC 8011 5.4.12)
  std::string_view plain;
  bool stops{true};
};
constexpr std::array<Reason, 12> kReasons{{
    {"media-empty", "out of paper"},
    {"media-needed", "out of paper"},
    {"media-low", "paper is low", false},
    {"media-jam", "paper is jammed"},
    {"cover-open", "the cover is open"},
    {"door-open", "a door is open"},
    {"toner-empty", "out of toner"},
    {"marker-supply-empty", "out of ink or ribbon"},
    {"offline", "offline"},
    {"shutdown", "switched off"},
    {"paused", "paused"},
    {"input-tray-missing", "the tray is missing"},
}};

std::string_view stem_of(std::string_view reason) {
  for (const std::string_view suffix : {"-error", "-warning", "-report"}) {
    if (reason.ends_with(suffix)) reason.remove_suffix(suffix.size());
  }
  return reason;
}

}  // namespace

std::string plain_reason(std::string_view reason) {
  reason = stem_of(reason);
  const auto* const known = std::ranges::find(kReasons, reason, &Reason::stem);
  return std::string(known == kReasons.end() ? reason : known->plain);
}

bool may_stop(std::string_view reason) {
  const auto* const known = std::ranges::find(kReasons, stem_of(reason), &Reason::stem);
  return known != kReasons.end() && known->stops;
}

std::string without_password(std::string_view where) {
  const std::size_t scheme = where.find("://");
  if (scheme == std::string_view::npos) return std::string(where);
  const std::size_t begin = scheme + 3;
  const std::size_t slash = std::min(where.find('/', begin), where.size());
  const std::size_t at = where.substr(0, slash).rfind('@');
  if (at == std::string_view::npos || at < begin) return std::string(where);
  return std::string(where.substr(0, begin)) + std::string(where.substr(at + 1));
}

std::string reasons_in_a_line(const std::vector<std::string>& reasons) {
  std::string line;
  for (const std::string& reason : reasons) line += (line.empty() ? "" : ", ") + reason;
  return line;
}

std::string described(const PrinterState& now) {
  if (now.reasons.empty()) return now.name + (now.held_up ? ", stopped" : ", ready");
  return now.name + ", " + reasons_in_a_line(now.reasons);
}

Expected<std::unique_ptr<Printer>> make_printer(std::string_view where, int dpi) {
  constexpr std::string_view kFolder = "folder:";
  if (where.starts_with(kFolder) && where.size() > kFolder.size()) {
    return std::make_unique<FolderPrinter>(std::string(where.substr(kFolder.size())));
  }
  if (where.starts_with("ipp://") || where.starts_with("ipps://")) return make_ipp_printer(where, dpi);
  if (where.starts_with("zpl:")) return make_zpl_printer(where, dpi);
  if (where.starts_with("brother-ql:")) return make_ql_printer(where, dpi);
  return fail(Error::Kind::invalid, "printer \"" + std::string(where) +
                                        "\": expected ipp://HOST/ipp/print, ipps://..., zpl://HOST, "
                                        "brother-ql://HOST, brother-ql:/DEVICE or folder:/PATH");
}

}  // namespace lanyard::kiosk
