// A workbook (.xlsx) -> CSV, by Debian's xlsx2csv as a process of its own: a workbook is a zip of XML from a
// stranger, and no part of it is read in here. Threads: reentrant.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "sync/error.hpp"

namespace lanyard::sync::hub {

// Whatever a workbook unpacks to (42 kB can be 4 GB), the program gets no further than this.
struct WorkbookLimits {
  std::size_t file_bytes{64UL * 1024 * 1024};
  std::size_t text_bytes{256UL * 1024 * 1024};         // of the sheet, as CSV
  std::size_t memory_bytes{2UL * 1024 * 1024 * 1024};  // address space
  std::chrono::seconds cpu{120};
  std::chrono::seconds wait{300};
  std::string program{"xlsx2csv"};  // looked for in PATH
};

// By its first bytes, whatever it is called.
[[nodiscard]] bool is_workbook(std::string_view first_bytes);
// An .xls of before 2007, or an .xlsx with a password: nothing reads it here.
[[nodiscard]] bool is_old_workbook(std::string_view first_bytes);

// The sheet of this name, or the first, its numbers and dates as they are shown there. (xlsx2csv 0.7.8 keeps
// the end alone of an inline text of more than 8 KB, or of several runs; Excel and LibreOffice write shared
// ones.) Line breaks within cells become blanks, so that a line of the text is a row of the sheet. Errors:
// invalid for a workbook that cannot be read, lacks the sheet or passes a limit; unavailable if xlsx2csv is
// not installed.
[[nodiscard]] Expected<std::string> csv_of_workbook(const std::filesystem::path& file,
                                                    const std::string& sheet,
                                                    const WorkbookLimits& limits = {});

}  // namespace lanyard::sync::hub
