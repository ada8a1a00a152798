// A Brother QL label printer, by its device file or at its TCP port. See printer.hpp for the contract.
//
// The printer numbers nothing and counts nothing: that a label is out it says once, while it prints, to
// whoever holds the line. So this object keeps the line from `open` until the job has ended, and remembers
// what it heard. Another object, such as after a crash, cannot tell how a job stands: its `look` is unsure,
// always.
//
// By a device file the printer tells by itself (manual, "5.1 Normal flow for USB connection"). At a TCP port
// most keep silent ("5.9"), and are asked by SNMP: printed is what was seen to print, and to rest again
// without an error. A print server that passes the line through both ways is heard as by a device file.
//
// What goes wrong while it prints does not end a job: some printers go on by themselves once the roll is
// changed. The job is held up until they do, or until it is taken back, which drops whatever the printer
// still has. A printer shared by several kiosks: each may take the other's label for its own. Do not share
// one.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>

#include "kiosk/badge/printer.hpp"

namespace lanyard::kiosk {

struct QlOptions {
  std::chrono::milliseconds connect_for{3000};
  std::chrono::milliseconds answer_for{3000};
  std::chrono::milliseconds send_for{10'000};  // for a label
  std::chrono::milliseconds listen_for{200};   // at each look
  // Without a word after the last label, cooling and errors apart: nobody knows any more.
  std::chrono::milliseconds silent_for{20'000};
  // Seen at rest for so long, by SNMP: it has printed, and is not between two labels.
  std::chrono::milliseconds settle_for{1500};
  std::chrono::milliseconds snmp_for{1000};
  std::uint16_t snmp_port{161};  // 0: never asked
};

// "brother-ql:/dev/usb/lp0" or "brother-ql://host[:port]", port 9100 unless said otherwise. Every QL prints
// 300 dpi, and `wish` says so whatever `dpi` is.
[[nodiscard]] sync::Expected<std::unique_ptr<Printer>> make_ql_printer(std::string_view where, int dpi,
                                                                       const QlOptions& = {});

}  // namespace lanyard::kiosk
