// What lists call their columns in the six languages of the UN, and how a heading is compared with that: a
// table, and no more. PURE. Threads: reentrant.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sync/record.hpp"

namespace lanyard::sync::hub {

// Case, accents, blanks and punctuation do not count, nor do the vowel signs and the several forms of one
// letter in Arabic: "Prénom :", "PRENOM" and "prenom" are one. "" if nothing is left.
[[nodiscard]] std::string folded(std::string_view text);

// The fields that a heading may mean, mostly one. Two where the language has one word for both: "Nom" is the
// whole name, or the family's beside a "Prénom"; the others of the file decide. None: not a name that Lanyard
// knows.
[[nodiscard]] std::vector<std::string_view> fields_named(std::string_view heading);

// "approved", "Approuvé", "已批准", "معتمد", and so on.
[[nodiscard]] std::optional<Status> status_in_words(std::string_view text);

}  // namespace lanyard::sync::hub
