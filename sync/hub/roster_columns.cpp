#include "sync/hub/roster_columns.hpp"

#include <algorithm>
#include <set>

#include "sync/hub/column_names.hpp"
#include "sync/wire.hpp"

namespace lanyard::sync::hub {

namespace {

constexpr std::size_t kMaxQuotedBytes = 40;
constexpr std::array<std::string_view, 4> kRequired{"id", "name", "category", "status"};

std::string trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(kBlanks) - first + 1));
}

class Choosing {
 public:
  Choosing(const std::vector<std::string>& headings, const ColumnChoice& choice) : choice_(choice) {
    for (const std::string& heading : headings) headings_.push_back(trimmed(heading));
    meant_.resize(headings_.size());
  }

  RosterColumns choose() {
    take_what_was_said();
    for (std::size_t i = 0; i < headings_.size(); ++i) {
      if (!decided(i)) meant_[i] = fields_of(headings_[i]);
    }
    settle_names();
    for (std::size_t i = 0; i < headings_.size(); ++i) place(i);
    for (const std::string_view field : kRequired) {
      const bool composed =
          field == "name" && (taken_.contains("given_name") || taken_.contains("family_name"));
      if (!taken_.contains(field) && !composed)
        result_.problems.push_back("column '" + std::string(field) + "' is missing");
    }
    return std::move(result_);
  }

 private:
  [[nodiscard]] std::string quoted(std::size_t i) const {
    return "'" + printable(headings_[i], kMaxQuotedBytes) + "'";
  }
  [[nodiscard]] std::string numbered(std::size_t i) const {
    return std::to_string(i + 1) + (headings_[i].empty() ? " (without a heading)" : " " + quoted(i));
  }
  [[nodiscard]] bool decided(std::size_t i) const { return said_.contains(i) || ignored_.contains(i); }

  // A field's own name is never taken for another's.
  static std::vector<std::string_view> fields_of(const std::string& heading) {
    if (const auto field = roster_field(heading)) return {kRosterFields[*field]};
    return fields_named(heading);
  }

  // To the letter if there is such a heading, else as headings are compared.
  [[nodiscard]] std::vector<std::size_t> columns_headed(const std::string& heading) const {
    std::vector<std::size_t> exact;
    std::vector<std::size_t> alike;
    const std::string wanted = folded(heading);
    for (std::size_t i = 0; i < headings_.size(); ++i) {
      if (headings_[i] == trimmed(heading)) exact.push_back(i);
      if (!wanted.empty() && folded(headings_[i]) == wanted) alike.push_back(i);
    }
    return exact.empty() ? alike : exact;
  }

  void take_what_was_said() {
    for (const auto& [field, heading] : choice_.headings) {
      const auto known = roster_field(field);
      const auto columns = columns_headed(heading);
      const std::string said = "'" + printable(heading, kMaxQuotedBytes) + "'";
      if (!known) {
        result_.problems.push_back("'" + printable(field, kMaxQuotedBytes) + "' is no field of the roster");
      } else if (columns.empty()) {
        result_.problems.push_back("there is no column " + said);
      } else if (columns.size() > 1) {
        result_.problems.push_back("columns " + numbered(columns[0]) + " and " + numbered(columns[1]) +
                                   " are both called " + said);
      } else if (!said_.insert(columns.front()).second) {
        result_.problems.push_back("column " + numbered(columns.front()) + " is chosen for two fields");
      } else {
        meant_[columns.front()] = {kRosterFields[*known]};
        chosen_.insert(kRosterFields[*known]);
      }
    }
    for (const std::string& heading : choice_.ignored) {
      const auto columns = columns_headed(heading);
      if (columns.empty())
        result_.problems.push_back("there is no column '" + printable(heading, kMaxQuotedBytes) + "'");
      for (const std::size_t i : columns) ignored_.insert(i);
    }
  }

  // Some languages have one word for a person's name and for a part of it: the other part says which is
  // meant.
  void settle_names() {
    const auto has = [&](std::string_view field) {
      return std::ranges::any_of(
          meant_, [&](const auto& fields) { return fields.size() == 1 && fields[0] == field; });
    };
    const bool has_given = has("given_name");
    const bool has_family = has("family_name");
    for (auto& fields : meant_) {
      if (fields.size() < 2) continue;
      const bool of_given = std::ranges::find(fields, "given_name") != fields.end();
      if (of_given ? has_family : has_given) {
        fields = {of_given ? std::string_view("given_name") : std::string_view("family_name")};
      } else {
        fields = {"name"};
      }
    }
  }

  void place(std::size_t i) {
    RosterColumns::Column& column = result_.columns.emplace_back();
    if (ignored_.contains(i) && !said_.contains(i)) return;
    if (meant_[i].empty()) {
      if (!headings_[i].empty()) result_.left_out.push_back("column " + numbered(i));
      return;
    }
    const std::string_view field = meant_[i].front();
    if (chosen_.contains(field) && !said_.contains(i)) {  // another was chosen
      result_.left_out.push_back("column " + numbered(i));
      return;
    }
    const auto [first, is_new] = taken_.emplace(field, i);
    if (!is_new) {
      result_.problems.push_back("columns " + numbered(first->second) + " and " + numbered(i) +
                                 " both say the field '" + std::string(field) + "': choose one by --column " +
                                 std::string(field) + "=HEADING");
      return;
    }
    column.field = roster_field(field);
    column.name = headings_[i] == field ? std::string(field) : quoted(i) + " (" + std::string(field) + ")";
  }

  const ColumnChoice& choice_;
  std::vector<std::string> headings_;
  std::vector<std::vector<std::string_view>> meant_;  // of each heading
  std::set<std::size_t> said_, ignored_;
  std::set<std::string_view> chosen_;
  std::map<std::string_view, std::size_t> taken_;
  RosterColumns result_;
};

}  // namespace

std::optional<std::size_t> roster_field(std::string_view name) {
  const auto found = std::ranges::find(kRosterFields, name);
  if (found == kRosterFields.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kRosterFields.begin());
}

RosterColumns choose_columns(const std::vector<std::string>& headings, const ColumnChoice& choice) {
  return Choosing(headings, choice).choose();
}

}  // namespace lanyard::sync::hub
