// What is done with any bytes whatever: by libFuzzer (LANYARD_FUZZ), and by the ordinary tests with some
// thousands of inputs. Each aborts if what it promises does not hold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace lanyard::scanner::fuzz {

using Input = std::span<const std::uint8_t>;

// A JPEG, at each scale; and once more by a reader that has read another one before.
void fuzz_jpeg(Input input);
// A picture of any kind: PNG, WebP, JPEG.
void fuzz_picture(Input input);
// A raw frame: its first eight bytes say format, measures and line length, the others are the buffer.
void fuzz_pixels(Input input);
// A picture to each of the two readers once: its first four bytes say measures, stride and how it is looked
// at, the others are its pixels, over and over.
void fuzz_reader(Input input);
// A frame as a stream's next and as a single picture: its first four bytes say measures, stride and what is
// looked for, the others are its pixels, over and over.
void fuzz_frame(Input input);
// Frames with noise, the same again and again and a little aside: the first sixteen bytes say measures, where
// something is sighted and how far it goes, the others are the pixels.
void fuzz_stack(Input input);
// A hand scanner's bytes in pieces with pauses; the first three bytes say how it is set.
void fuzz_hand(Input input);
// A keyboard's events, four bytes each.
void fuzz_keys(Input input);
// A text that may be a ticket of pretix, or a file of keys.
void fuzz_pretix(Input input);

}  // namespace lanyard::scanner::fuzz
