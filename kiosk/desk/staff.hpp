// Who of the staff may open staff mode, by PIN.
// Threads: reentrant. Slow on purpose: some 100 ms a PIN (Argon2id), so never on the thread that draws.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sync/pin.hpp"

namespace lanyard::kiosk {

using sync::hash_pin;
using sync::is_pin_hash;

inline constexpr std::size_t kMaxStaff = 16;        // of the kiosk's own settings; each is tried in turn
inline constexpr std::size_t kMaxRosterStaff = 60;  // at 0.1 s each

struct StaffMember {
  std::string id;        // stands in the journal
  std::string pin_hash;  // "$argon2id$..." as `lanyard-kiosk hash-pin` prints it
};

// Whose PIN it is. Every member is tried, whoever matches: the time says nothing about who.
[[nodiscard]] std::optional<std::string> whose_pin(std::string_view digits,
                                                   const std::vector<StaffMember>& staff);

}  // namespace lanyard::kiosk
