// A printer spoken to straight over IPP, without a print server between. See printer.hpp for the contract.
#pragma once

#include <memory>
#include <string_view>

#include "kiosk/badge/printer.hpp"

namespace lanyard::kiosk {

[[nodiscard]] sync::Expected<std::unique_ptr<Printer>> make_ipp_printer(std::string_view uri, int dpi);

}  // namespace lanyard::kiosk
