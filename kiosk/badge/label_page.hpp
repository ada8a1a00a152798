// What both label printers ask of a page before they take it.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "kiosk/badge/printer.hpp"
#include "sync/error.hpp"

namespace lanyard::kiosk {

inline constexpr int kMostLabels = 8;          // of a job
inline constexpr int kMostLabelDots = 12'000;  // a metre at 300 dpi, the longest label of either printer

// Why a label printer cannot take it, if it cannot: an error of the program that made it.
[[nodiscard]] inline std::optional<sync::Error> label_fault(std::string_view job, const PrintPage& page,
                                                            int dpi) {
  using sync::Error;
  const auto fault = [](std::string text) { return Error{Error::Kind::invalid, std::move(text)}; };
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  };
  if (job.empty() || job.size() > kMaxJobName || !std::ranges::all_of(job, plain))
    return fault("a print job without a proper name");
  if (page.form != PageForm::dots) return fault("a label printer takes dots only");
  if (page.dpi != dpi) {
    return fault("the badge was drawn at " + std::to_string(page.dpi) + " dpi, the printer prints " +
                 std::to_string(dpi));
  }
  if (page.width_px < 1 || page.width_px > kMostLabelDots || page.height_px < 1 ||
      page.height_px > kMostLabelDots)
    return fault("the badge is too large for a label printer");
  if (page.files.empty() || page.files.size() > kMostLabels) return fault("a print job without labels");
  const std::size_t bytes =
      (static_cast<std::size_t>(page.width_px) + 7) / 8 * static_cast<std::size_t>(page.height_px);
  const auto whole = [bytes](const std::string& file) { return file.size() == bytes; };
  if (!std::ranges::all_of(page.files, whole)) return fault("the badge's dots are not of its size");
  return std::nullopt;
}

}  // namespace lanyard::kiosk
