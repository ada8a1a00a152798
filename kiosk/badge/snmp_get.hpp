// One value of a device on the network, asked for by SNMP version 1.
//
// A Brother QL on the network takes pages at its TCP port and says nothing there ("5.9 Normal Flow for
// Network": print data "is simply sent as is"). Its 32 bytes of status are to be had under an object
// identifier of Brother's instead.
//
// Sources: RFC 1157 (messages: 4.1; the community "public"), ITU-T X.690 (BER).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sync/error.hpp"

namespace lanyard::kiosk {

// iso.org.dod.internet.private.enterprises.brother(2435).3.3.9.1.6.1.0, as its contents in BER.
inline constexpr std::string_view kBrotherStatus{"\x2b\x06\x01\x04\x01\x93\x03\x03\x03\x09\x01\x06\x01\x00",
                                                 14};

// `object`: an identifier's contents, at most 40 bytes. `id`: 1 to 127.
[[nodiscard]] std::string snmp_question(std::string_view object, std::uint8_t id);
// The octet string in an answer to that question, and nothing of anything else.
[[nodiscard]] std::optional<std::string> parse_snmp_answer(std::string_view packet, std::string_view object,
                                                           std::uint8_t id);

// Asks until `patience` is over, a datagram being easily lost. Error: unavailable.
[[nodiscard]] sync::Expected<std::string> snmp_get(const std::string& host, std::uint16_t port,
                                                   std::string_view object,
                                                   std::chrono::milliseconds patience);

}  // namespace lanyard::kiosk
