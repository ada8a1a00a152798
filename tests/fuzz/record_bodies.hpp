// What is done with any bytes whatever that pass for records: by libFuzzer (LANYARD_FUZZ), and by the
// ordinary tests with some thousands of inputs. Each aborts if what it promises does not hold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace lanyard::sync::fuzz {

using Input = std::span<const std::uint8_t>;

// A symbol's text. Signed is what was minted (record_seeds.hpp), letter for letter, and nothing else.
void fuzz_credential(Input input);
// An event's file. What is taken reaches the kiosks as it was read.
void fuzz_policy(Input input);
// A roster for the demo's event. What is taken reaches the kiosks, and comes back from an export, as it was
// read.
void fuzz_csv(Input input);
// The bytes of a list, whatever it was saved as; what is text is then a roster.
void fuzz_list(Input input);
// A body or a record of the protocol; the first byte says which. What is taken and sent on is the same again.
void fuzz_wire(Input input);
// What a kiosk that nobody has set up was shown. What is taken can be written again, and is the same.
void fuzz_setup(Input input);

}  // namespace lanyard::sync::fuzz
