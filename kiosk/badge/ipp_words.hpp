// What IPP's answers say, and what is asked for with a job (RFC 8011, 5.2 and 5.4). Threads: reentrant, over
// an ipp_t that is one thread's.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <cups/cups.h>

#include "kiosk/badge/printer.hpp"

namespace lanyard::kiosk {

struct DeleteIpp {
  void operator()(ipp_t* ipp) const { ippDelete(ipp); }
};
using IppPtr = std::unique_ptr<ipp_t, DeleteIpp>;

[[nodiscard]] std::vector<std::string> strings_of(ipp_attribute_t* attribute);
[[nodiscard]] int number_of(ipp_t* answer, const char* name);
[[nodiscard]] bool is_among(const std::vector<std::string>& texts, std::string_view one);

// Of Get-Printer-Attributes. `otherwise`: the name of a printer that says none.
[[nodiscard]] PrinterState state_in(ipp_t* answer, const std::string& otherwise);
// What a printer that answers says of what it takes.
struct Abilities {
  PageWish wish;
  bool create_job{false};
  bool media_col{false};
  bool unscaled{false};
};

// `dpi`: wished for. Errors: invalid if it takes none of our pages.
[[nodiscard]] sync::Expected<Abilities> abilities_in(ipp_t* answer, int dpi);

[[nodiscard]] const char* mime_of(PageForm form);
// Paper of the page's own size, not fitted to whatever lies in the tray.
void add_job_template(ipp_t* request, const PrintPage& page, const Abilities& can);

// A job as the printer knows it.
struct JobFound {
  int id{0};
  int state{0};
  int impressions{0};
  std::string name;
  std::vector<std::string> reasons;
};

// Of Get-Job-Attributes.
[[nodiscard]] JobFound job_in(ipp_t* answer);
inline constexpr std::array<const char*, 5> kJobWanted{"job-id", "job-name", "job-state", "job-state-reasons",
                                                       "job-impressions-completed"};

}  // namespace lanyard::kiosk
