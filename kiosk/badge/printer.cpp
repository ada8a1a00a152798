#include "kiosk/badge/printer.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "kiosk/badge/printer_ipp.hpp"

namespace lanyard::kiosk {

namespace {

using sync::Error;
using sync::Expected;
using sync::fail;

// Each page becomes "<job>.pdf", complete or not there at all.
class FolderPrinter : public Printer {
 public:
  explicit FolderPrinter(std::filesystem::path folder) : folder_(std::move(folder)) {}

  Expected<void> print(std::string_view job, const BadgePage& page) override {
    std::error_code error;
    std::filesystem::create_directories(folder_, error);
    const std::filesystem::path file = folder_ / (std::string(job) + ".pdf");
    const std::filesystem::path part = folder_ / ("." + std::string(job) + ".part");
    const int fd = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (fd < 0)
      return fail(Error::Kind::unavailable, "the print folder cannot be written to: " + folder_.string());
    std::string_view rest = page.bytes;
    bool written = true;
    while (written && !rest.empty()) {
      const ssize_t count = ::write(fd, rest.data(), rest.size());
      written = count > 0;
      if (written) rest.remove_prefix(static_cast<std::size_t>(count));
    }
    written = ::fsync(fd) == 0 && written;
    ::close(fd);
    if (written) std::filesystem::rename(part, file, error);
    if (!written || error)
      return fail(Error::Kind::unavailable, "the print folder is full: " + folder_.string());
    return {};
  }

  Expected<PrinterState> state() override {
    std::error_code error;
    std::filesystem::create_directories(folder_, error);
    if (::access(folder_.c_str(), W_OK) != 0) {
      return fail(Error::Kind::unavailable, "the print folder cannot be written to: " + folder_.string());
    }
    return PrinterState{"folder " + folder_.string(), {}};
  }

  Expected<std::string> describe() override {
    return state().map([](const PrinterState& now) { return now.name; });
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace

namespace {

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

Expected<std::unique_ptr<Printer>> make_printer(std::string_view where, const PrinterOptions& options) {
  constexpr std::string_view kFolder = "folder:";
  if (where.starts_with(kFolder) && where.size() > kFolder.size()) {
    return std::make_unique<FolderPrinter>(std::string(where.substr(kFolder.size())));
  }
  if (where.starts_with("ipp://") || where.starts_with("ipps://")) return make_ipp_printer(where, options);
  return fail(Error::Kind::invalid, "printer \"" + std::string(where) +
                                        "\": expected ipp://HOST/ipp/print, ipps://... or folder:/PATH");
}

}  // namespace lanyard::kiosk
