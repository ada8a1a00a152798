// What is said of a screen, and what a keypad walks through: both from its semantic list alone. PURE.
// Threads: reentrant.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "kiosk/desk/state.hpp"
#include "kiosk/face/phrases.hpp"
#include "kiosk/face/semantics.hpp"

namespace lanyard::kiosk {

// Whose ears it is for. Without a headset a hall listens: nothing personal is said.
enum class Hearing : std::uint8_t { everybody, one_person };

// What a person has to do with: the question that lies over a screen, or the screen.
[[nodiscard]] std::span<const SemanticItem> on_top(const SemanticList& list);

// The whole screen: the answer first, then what is written, then how many choices there are. Nothing twice.
[[nodiscard]] std::vector<Sentence> reading_of(const SemanticList& list, Hearing hearing,
                                               const Tongue& tongue);
// What `now` says and `before` did not.
[[nodiscard]] std::vector<Sentence> news_of(const std::vector<Sentence>& before,
                                            const std::vector<Sentence>& now);

// By which an item is known from one frame to the next.
[[nodiscard]] std::string key_of(const SemanticItem& item);
// Where a keypad comes to from `from` ("": from outside), `by` places on; round the end to the beginning.
// Null: there is nothing to come to.
[[nodiscard]] const SemanticItem* stop_after(const SemanticList& list, const std::string& from, int by,
                                             Hearing hearing);
// What is said as it comes to an item.
[[nodiscard]] std::vector<Sentence> words_of(const SemanticItem& item, Hearing hearing, const Tongue& tongue);

}  // namespace lanyard::kiosk
