#include "kiosk/desk/staff.hpp"

namespace lanyard::kiosk {

std::optional<std::string> whose_pin(std::string_view digits, const std::vector<StaffMember>& staff) {
  std::optional<std::string> found;
  for (const StaffMember& member : staff) {
    if (sync::fits_pin(member.pin_hash, digits)) found = member.id;
  }
  return found;
}

}  // namespace lanyard::kiosk
