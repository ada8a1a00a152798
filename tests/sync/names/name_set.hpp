// People with names in ten scripts, made up of tests/sync/names/parts.tsv, and what staff type to find each.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "sync/record.hpp"

namespace lanyard::sync {

// How somebody comes to what they type.
enum class Typed : std::uint8_t { as_listed, other_order, own_letters, other_spelling, typo, begun };

struct Sought {
  std::string query;
  std::string attendee;
  Typed how{Typed::as_listed};
  std::string script;
};

struct NameSet {
  std::vector<Attendee> people;
  std::vector<Sought> asked;
};

[[nodiscard]] const char* to_name(Typed how);
// `per_script` people of each script: a third are on the list in Latin letters and their own, a third in
// Latin ones alone, a third in their own alone.
[[nodiscard]] NameSet name_set(const std::filesystem::path& parts, std::size_t per_script,
                               std::uint64_t seed);
// With an error that one finger makes.
[[nodiscard]] std::string with_typo(std::string text, std::uint64_t seed);

}  // namespace lanyard::sync
