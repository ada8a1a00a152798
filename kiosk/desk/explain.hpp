// Why: a past decision decided again, from what its row says it was based on. PURE. Threads: reentrant.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/desk/decide.hpp"

namespace lanyard::kiosk {

struct Explanation {
  enum class Finding : std::uint8_t {
    same,            // decided again, it comes out the same
    altered,         // ... it does not, or the row is not as it was written
    no_basis,        // no decision, or one of before rows had a basis
    policy_unknown,  // of another kiosk's own file, or another hub's
  };
  Finding finding{Finding::no_basis};
  Decision decision;  // that came out now
  std::optional<sync::Basis> basis;
  std::optional<Policy> policy;
  std::string why;  // of `altered`
};
[[nodiscard]] std::string_view to_name(Explanation::Finding);

// `policy_of(id)`: a policy by policy_id, if there is one here.
[[nodiscard]] Explanation explain(const sync::JournalRow& row,
                                  const std::function<std::optional<Policy>(std::string_view)>& policy_of);

// For a person to read, one fact a line, in the venue's time where the policy is known.
[[nodiscard]] std::vector<std::string> in_words(const sync::JournalRow& row, const Explanation&);

// The kind of row that a decision is written as; nullopt of one that is a step without a row (badge owed).
[[nodiscard]] std::optional<sync::RowKind> row_kind_of(Verdict);

}  // namespace lanyard::kiosk
