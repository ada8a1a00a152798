// A person erased from a journal that is append-only: what a row says of them is taken out, and what it says
// of the event stays. The row keeps its place, its hash and that of the row before it, so that the chain
// holds; its own contents can no longer be compared with its hash, which JournalRow::erased says.
// docs/decisions.md has the reasons. PURE. Threads: reentrant.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sync/record.hpp"

namespace lanyard::sync {

// An id (is_id) that says nothing of whose it was: "erased-" and 16 random bytes by base64url.
[[nodiscard]] std::string pseudonym_of(const std::array<std::uint8_t, 16>& random);
[[nodiscard]] bool is_pseudonym(std::string_view id);

// Whom a row is to forget.
struct Forgotten {
  std::vector<std::string>
      ids;  // the attendee's, and those of their tickets (credential.hpp, ticket_subject)
  // As they may stand in a text. What their badge may say instead is not among them: it stands in rows of
  // theirs alone, and many are called Ann.
  std::vector<std::string> names;
  std::string pseudonym;  // in their place
};

// What is left of the row, or nullopt if it says nothing of them. Of a row that does, what it was decided by
// and its text for staff go as a whole: they tell of a person without a name as well.
[[nodiscard]] std::optional<JournalRow> without(const JournalRow& row, const Forgotten& who);

// The ids of people in a row: whom it is about, by whom, and whom its decision looked at (the attendee, whose
// place they have, who has theirs, whose companion they are). Some of them may stand there several times.
[[nodiscard]] std::vector<std::string> people_in(const JournalRow& row);
// The same of a row that comes late, of which no names are known any more: `pseudonyms` by the ids that they
// are in the place of. nullopt if it speaks of none of them.
[[nodiscard]] std::optional<JournalRow> as_kept(const JournalRow& row,
                                                const std::map<std::string, std::string>& pseudonyms);
// Whether a row that is said to be erased has the form in which `without` leaves one: no text, no basis.
[[nodiscard]] bool is_stub(const JournalRow& row);

// Vouches for erased rows as they are left, in the order given, and for the rows that they were.
[[nodiscard]] std::string digest_of_erased(std::span<const JournalRow> rows);

}  // namespace lanyard::sync
