// A second opinion: the order of checks once more, slow and naive, written from the text of the design and
// from nothing else. Every rule is asked whether it objects, whatever the others say; then the first
// objection in the design's order that nobody set aside decides.
#pragma once

#include "kiosk/desk/decide.hpp"

namespace lanyard::kiosk::rulebook {

struct Opinion {
  Verdict verdict{Verdict::refused};
  std::string rule_id;
  bool badge_owed{false};
  std::optional<Timestamp> opens_at;
};
[[nodiscard]] Opinion naive_opinion(const Presented&, const Facts&, const Policy&, Timestamp now,
                                    std::span<const std::string> waived);

}  // namespace lanyard::kiosk::rulebook
