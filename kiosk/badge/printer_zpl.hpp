// A label printer that speaks ZPL II, at its TCP port. See printer.hpp for the contract.
//
// How a job is found again: the printer has no jobs with names, but counts its labels over its life. `open`
// notes the count in the mark, and whoever looks later, after a crash too, compares: grown by as many labels
// as the job has, and nothing left to print: done. Not grown, and nothing left: nothing came out.
//
// A printer shared by several kiosks counts the labels of all. Grown by more than the job has: unsure, as it
// may have been the others. Grown by just as many is taken for done, which is wrong if this job's were lost
// in the printer while another's came out. take_back cancels whatever the printer holds, of all. So a kiosk
// should have a ZPL printer to itself; several work as long as none of them crashes or takes a job back.
#pragma once

#include <chrono>
#include <memory>
#include <string_view>

#include "kiosk/badge/printer.hpp"

namespace lanyard::kiosk {

struct ZplOptions {
  std::chrono::milliseconds connect_for{3000};
  std::chrono::milliseconds answer_for{2000};  // to each question
  std::chrono::milliseconds send_for{10'000};  // for a label
  // A printer that has nothing left and has not counted may be between the two: so long it must stay so.
  std::chrono::milliseconds settle_for{5000};
  std::chrono::milliseconds take_back_for{7000};
  std::chrono::milliseconds poll_every{250};  // while it takes a job back
};

// "zpl://host[:port]", port 9100 unless said otherwise. `dpi`: 203, 300, ... as configured; a printer that
// says that it prints another is refused by `open`.
[[nodiscard]] sync::Expected<std::unique_ptr<Printer>> make_zpl_printer(std::string_view where, int dpi,
                                                                        const ZplOptions& = {});

}  // namespace lanyard::kiosk
