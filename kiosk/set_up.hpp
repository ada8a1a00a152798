// What a set-up code becomes on a kiosk: the texts of its settings. PURE. Threads: reentrant.
#pragma once

#include <filesystem>
#include <string>

#include "sync/setup_code.hpp"

namespace lanyard::kiosk {

// kiosk.toml. `folder`, where it is not empty, is that of SetUpLine: a kiosk that is to be set up anew asks
// for it.
[[nodiscard]] std::string kiosk_settings(const sync::SetupCode& code, const std::filesystem::path& folder);
// gate.toml; "" where the code names no chip.
[[nodiscard]] std::string gate_settings(const sync::SetupCode::Gate& gate);
// systemd.network(5), for the cable or the radio; "" where the code says nothing of it: DHCP by cable.
[[nodiscard]] std::string network_settings(const sync::SetupCode::Network& network);
// wpa_supplicant.conf(5); "" without Wi-Fi.
[[nodiscard]] std::string wifi_settings(const sync::SetupCode::Network& network);
// A chrony .sources file; "" where the code names no server.
[[nodiscard]] std::string time_settings(const sync::SetupCode::Network& network);

}  // namespace lanyard::kiosk
