// Where a badge goes: an IPP printer, a label printer, or a folder. CUPS stands behind
// printer_ipp.cpp.
//
// A job goes in steps, so that the journal can hold a row before each that cannot be taken back:
//   wish       what kind of page this printer takes
//   open       the printer is there and will take the job; nothing can come out yet
//   send       the page: from here on a sheet may come out
//   look       how the job stands; asked again and again, after a crash too, by its name and mark alone
//   take_back  nothing of it is to come out any more
//
// Threads: a Printer belongs to the print thread. Each step blocks for some seconds at most, and none waits
// for the job to end.
// Errors: unavailable for what a refill or a look can cure (offline, paper out, cover open: it says which),
// invalid for what will not be cured by waiting (the printer takes none of our pages).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kiosk/badge/print_page.hpp"
#include "sync/error.hpp"

namespace lanyard::kiosk {

// What a printer says of itself.
struct PrinterState {
  std::string name;                  // make and model, or where it is
  std::vector<std::string> reasons;  // as plain_reason has them; none: it is ready
  // Nothing comes out until somebody has seen to it, as far as it says.
  bool held_up{false};
};

// "out of paper, the cover is open"; "" for none.
[[nodiscard]] std::string reasons_in_a_line(const std::vector<std::string>& reasons);
// "Zebra ZD421, ready", "Acme 9, out of paper, the cover is open".
[[nodiscard]] std::string described(const PrinterState&);

// How a job stands.
struct JobLook {
  enum class Stage : std::uint8_t {
    absent,   // the printer has no such page, nor has it had one: nothing came out
    waiting,  // it has the page, and is at it or at another's
    held_up,  // until somebody has seen to the printer: `why` says to what
    done,     // the printer says that the page is out
    lost,     // it has ended without a page: `why`
    unsure,   // the printer cannot tell any more: somebody has to look
  } stage{Stage::waiting};
  std::string why{};  // "out of paper"
};

class Printer {
 public:
  virtual ~Printer() = default;

  [[nodiscard]] virtual sync::Expected<PrinterState> state() = 0;
  [[nodiscard]] virtual sync::Expected<PageWish> wish() = 0;

  // `job` names the job at the printer, and no other ever: at most kMaxJobName letters, digits and hyphens.
  // Returns its mark, at most kMaxJobMark printable ASCII characters, which the other steps want back.
  [[nodiscard]] virtual sync::Expected<std::string> open(std::string_view job, const PrintPage&) = 0;
  // On an error part of it may be at the printer: `look` tells.
  [[nodiscard]] virtual sync::Expected<void> send(std::string_view job, std::string_view mark,
                                                  const PrintPage&) = 0;
  [[nodiscard]] virtual sync::Expected<JobLook> look(std::string_view job, std::string_view mark) = 0;
  // An earlier process may have opened a job of this name and ended before it had its mark: an empty job,
  // which keeps a printer of one job at a time from all others.
  virtual void close_unsent(std::string_view /*job*/) {}
  // How it stands afterwards: a page that was on its way comes out all the same.
  [[nodiscard]] virtual sync::Expected<JobLook> take_back(std::string_view job, std::string_view mark) = 0;
};

inline constexpr std::size_t kMaxJobName = 120;
inline constexpr std::size_t kMaxJobMark = 200;

// A printer that tells the network of itself (DNS-SD, by Avahi), and how the settings would name it.
struct FoundPrinter {
  std::string name;   // "Badge Printer"
  std::string where;  // "ipps://Badge%20Printer._ipps._tcp.local/": wherever it is, under that name
  std::string model;  // "" if it does not say
};
// Listens for so long. Empty where nothing answers, or no Avahi runs.
[[nodiscard]] std::vector<FoundPrinter> find_printers(std::chrono::milliseconds how_long);

// "ipp://host:port/ipp/print", "ipps://..." (or a name in place of a host: "ipps://NAME._ipps._tcp.local/"),
// "zpl://host:port", "brother-ql://host:port", "brother-ql:/dev/usb/lp0", or "folder:/path" (each page
// becomes a file, for tests and demos). Only the words are judged here; a printer that is away shows when it
// is asked. `dpi`: of one that does not say it itself.
[[nodiscard]] sync::Expected<std::unique_ptr<Printer>> make_printer(std::string_view where, int dpi);

// "ipps://user:secret@host/ipp/print" -> "ipps://host/ipp/print", for logs and the journal.
[[nodiscard]] std::string without_password(std::string_view where);

// A printer-state-reason as a person would say it: "media-empty-error" -> "out of paper". The suffixes
// -error, -warning and -report are ignored: printers disagree about them.
[[nodiscard]] std::string plain_reason(std::string_view ipp_reason);
// Whether it may be why nothing comes out until somebody has seen to it.
[[nodiscard]] bool may_stop(std::string_view ipp_reason);

}  // namespace lanyard::kiosk
