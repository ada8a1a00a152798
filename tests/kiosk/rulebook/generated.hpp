// Cases that nobody would think of: random, from domains so small that everything meets everything. A seed
// tells them all again: LANYARD_SEED, else a fixed one; it is printed.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "kiosk/desk/decide.hpp"

namespace lanyard::kiosk::rulebook {

struct GeneratedCase {
  Presented presented{tl::make_unexpected(sync::Unreadable::empty)};
  Facts facts;
  Policy policy;
  Timestamp now{};
  std::vector<std::string> waived;
};

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  [[nodiscard]] GeneratedCase next();
  [[nodiscard]] Policy policy();
  [[nodiscard]] sync::Attendee attendee(const std::string& id);
  // 0 to n - 1.
  [[nodiscard]] std::uint64_t below(std::uint64_t n) { return random_() % n; }
  [[nodiscard]] bool one_in(std::uint64_t n) { return below(n) == 0; }
  // Around the noon of all generated cases, mostly on the hour.
  [[nodiscard]] Timestamp moment();

 private:
  [[nodiscard]] std::string pick(std::initializer_list<const char*> from);
  [[nodiscard]] std::vector<std::string> some(std::initializer_list<const char*> from, std::uint64_t one_of);
  [[nodiscard]] std::optional<Timestamp> perhaps_moment(std::uint64_t one_of);
  [[nodiscard]] Presented presented();
  [[nodiscard]] Facts facts();

  std::mt19937_64 random_;
};

// Of the environment, else `usual`; printed with `what`.
[[nodiscard]] std::uint64_t seed_for(const char* what);
// How many: LANYARD_CASES, else `usual`.
[[nodiscard]] std::uint64_t cases_or(std::uint64_t usual);
// For the message of a failed check.
[[nodiscard]] std::string in_words(const GeneratedCase&);

}  // namespace lanyard::kiosk::rulebook
