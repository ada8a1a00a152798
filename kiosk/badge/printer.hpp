// Where a badge goes: an IPP printer, or a folder. The only file that includes CUPS is printer_ipp.cpp.
//
// Threads: a Printer belongs to the print thread. `print` blocks until the printer says how it ended.
// Errors: unavailable for what a refill or a look can cure (offline, paper out, cover open: it says which),
// invalid for what will not be cured by waiting (the printer does not take PDF).
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kiosk/badge/badge.hpp"
#include "sync/error.hpp"

namespace lanyard::kiosk {

// What a printer says of itself.
struct PrinterState {
  std::string name;                  // make and model, or where it is
  std::vector<std::string> reasons;  // as plain_reason has them; none: it is ready
};

class Printer {
 public:
  virtual ~Printer() = default;
  // `job` names the job at the printer: "badge-A0042-2". On success the printer has said that the page is
  // out.
  [[nodiscard]] virtual sync::Expected<void> print(std::string_view job, const BadgePage& page) = 0;
  [[nodiscard]] virtual sync::Expected<PrinterState> state() = 0;
  // What `lanyard-kiosk check` prints: the printer's own name and state.
  [[nodiscard]] virtual sync::Expected<std::string> describe() = 0;
};

struct PrinterOptions {
  std::chrono::seconds patience{20};  // for a job to be done
  // A printer that has stopped so long is waited for no longer: who stands there is told where the badge will
  // be.
  std::chrono::milliseconds stopped_for{1500};
  // Nor one that names a reason to stop (out of paper, cover open), and goes on: it may be another tray's, or
  // come with the last sheet. CUPS' own ippeveprinter never stops.
  std::chrono::milliseconds warned_for{6000};
  std::chrono::milliseconds cancel_for{3000};  // for a job to end that was taken back: it may come out yet
};

// "ipp://host:port/ipp/print", "ipps://...", or "folder:/path" (each page becomes a file, for tests and
// demos). Only the words are judged here; a printer that is away shows when it is asked.
[[nodiscard]] sync::Expected<std::unique_ptr<Printer>> make_printer(std::string_view where,
                                                                    const PrinterOptions&);

// A printer-state-reason as a person would say it: "media-empty-error" -> "out of paper". The suffixes
// -error, -warning and -report are ignored: printers disagree about them.
[[nodiscard]] std::string plain_reason(std::string_view ipp_reason);
// Whether it may be why nothing comes out until somebody has seen to it.
[[nodiscard]] bool may_stop(std::string_view ipp_reason);

}  // namespace lanyard::kiosk
