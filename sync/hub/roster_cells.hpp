// The cells of a list -> what an attendee's record says. PURE. Threads: reentrant.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "sync/hub/roster_csv.hpp"

namespace lanyard::sync::hub {

[[nodiscard]] std::string_view trimmed(std::string_view text);
// As a message quotes a cell: its beginning, made printable.
[[nodiscard]] std::string in_quotes(std::string_view text);

// Of the event what cells are read by. It must outlive this.
class CellContext {
 public:
  explicit CellContext(const EventInfo& event);
  [[nodiscard]] const EventInfo& event() const { return event_; }
  // By its id, or by its name in any language, where no other has the same. "" if there is none.
  [[nodiscard]] std::string category_called(std::string_view word) const;
  [[nodiscard]] std::string zone_called(std::string_view word) const;
  [[nodiscard]] std::string session_called(std::string_view word) const;

 private:
  const EventInfo& event_;
  std::map<std::string, std::string> categories_, zones_, sessions_;
};

// Reads one cell, of a field by its place in kRosterFields, into the row; what is wrong with it, or "".
[[nodiscard]] std::string read_cell(std::size_t field, std::string_view cell, const CellContext& context,
                                    RosterRow& row);
// The name and the one to sort by from their parts, each where the list has no column of it; what is wrong,
// or "".
[[nodiscard]] std::string compose_name(RosterRow& row, bool has_name, bool has_sort);

}  // namespace lanyard::sync::hub
