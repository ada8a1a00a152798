// The causes for which a code is not read, one at a time, from easy to hard; and the range in which a reader
// has to work. For the limits in the tests and the benchmark. PURE. Threads: reentrant.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/e2e/arrivals/conditions.hpp"
#include "tests/e2e/arrivals/props.hpp"

namespace lanyard::arrivals {

struct Cause {
  std::string_view name;  // with its unit
  std::vector<double> levels;
  // All is easy but this one; modules of 4 px unless it is they.
  Conditions (*at)(double level);
  // On which things; which of them is the seed's affair.
  std::vector<PropKind> kinds;
};
[[nodiscard]] std::span<const Cause> causes();

// A thing of each kind, which a seed's trials share: making one takes longer than looking at it.
class PropBox {
 public:
  explicit PropBox(std::uint64_t seed) : seed_(seed) {}
  [[nodiscard]] const Prop& of(PropKind kind);
  [[nodiscard]] const Prop& for_cause(const Cause& cause);

 private:
  std::uint64_t seed_;
  std::vector<Prop> made_;  // reserved for all kinds: references stay
};

// This level of this cause, rolled a little by the seed.
[[nodiscard]] Scene trial(const Cause& cause, double level, const Prop& prop, const Hall& hall,
                          std::uint64_t seed);

// How hard what is held in the working range is: module >= 2.5 px, defocus <= 1.4 px, motion <= 5 px, tilt <=
// 45 degrees, contrast >= 40 levels, noise <= 20, glare <= 5 % of the code.
enum class Draw : std::uint8_t {
  one_near,   // its limit, within the last tenth of its range; the others are moderate (in the easy part of
              // theirs; modules of 4 px to 6)
  two_near,   // two that do not ask for the same pixels: a fine module may be neither blurred nor smeared as
              // far as one of 4 px, nor may what is blurred be smeared
  pair_near,  // any two
  uniform,    // each anywhere in its range, all at once
};
inline constexpr int kDraws = 4;
[[nodiscard]] std::string_view to_name(Draw draw);

struct Drawn {
  Conditions conditions;
  std::string near;  // the causes near their limits: "noise + tilt"; empty for `uniform`
};
[[nodiscard]] Drawn draw_working(Draw draw, Surface surface, std::uint64_t seed);

}  // namespace lanyard::arrivals
