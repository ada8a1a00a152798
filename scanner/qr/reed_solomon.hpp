// Errors and erasures of one Reed-Solomon block, mended. PURE. Threads: reentrant.
// Field: GF(256) by x^8 + x^4 + x^3 + x^2 + 1, generator roots 2^0, 2^1, ... (ISO/IEC 18004:2015, annex A).
// Method: Berlekamp-Massey begun from the erasures, Chien's search, Forney's formula.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace lanyard::scanner::qr {

inline constexpr int kMaxBlockCodewords = 255;
inline constexpr int kMaxCheckCodewords = 30;

// Mends `block`, the check codewords last, in place. `erased`: places that hold nothing to be trusted, each
// once. The number of codewords that were changed; nullopt, and the block as it was, if there is no codeword
// within reach: twice the errors and the erasures may come to `check_codewords` less `spare` together. Each
// spare one makes it some 250 times less likely that a block of chance is taken for a codeword.
[[nodiscard]] std::optional<int> mend_block(std::span<std::uint8_t> block, int check_codewords, int spare,
                                            std::span<const std::uint8_t> erased);

}  // namespace lanyard::scanner::qr
