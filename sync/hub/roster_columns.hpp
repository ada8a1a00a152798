// Which column of a list is which field of the roster. PURE. Threads: reentrant.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lanyard::sync::hub {

// As Lanyard writes them. The last two are read only: a list may have a person's names in two columns.
inline constexpr std::array<std::string_view, 24> kRosterFields{"id",
                                                                "name",
                                                                "name_native",
                                                                "name_sort",
                                                                "title",
                                                                "organisation",
                                                                "delegation",
                                                                "category",
                                                                "zones",
                                                                "languages",
                                                                "access_needs",
                                                                "companion_of",
                                                                "status",
                                                                "valid_from",
                                                                "valid_until",
                                                                "credential",
                                                                "other_categories",
                                                                "tags",
                                                                "role",
                                                                "pin",
                                                                "seats",
                                                                "badge_names",
                                                                "given_name",
                                                                "family_name"};
inline constexpr std::size_t kWrittenFields = 22;

[[nodiscard]] std::optional<std::size_t> roster_field(std::string_view name);

// What the operator said: it goes before what headings are taken for.
struct ColumnChoice {
  std::map<std::string, std::string, std::less<>> headings;  // field -> the heading of its column
  std::vector<std::string> ignored;                          // headings of columns to leave out
};

struct RosterColumns {
  struct Column {
    std::optional<std::size_t> field;  // an index of kRosterFields; nullopt = left out
    std::string name;                  // as a message names it: "status", or "'Статус' (status)"
  };
  std::vector<Column> columns;        // of each heading
  std::vector<std::string> left_out;  // "column 5 'Shoe size'": not asked for, and of no name that is known
  std::vector<std::string> problems;
};

// Headings are compared without case, accents, blanks and punctuation, in six languages (column_names.hpp).
// Two columns of one field are a problem that names both, and so is a required field of none.
[[nodiscard]] RosterColumns choose_columns(const std::vector<std::string>& headings,
                                           const ColumnChoice& choice);

}  // namespace lanyard::sync::hub
