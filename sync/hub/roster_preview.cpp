#include "sync/hub/roster_preview.hpp"

#include "sync/hub/json_text.hpp"
#include "sync/wire.hpp"

namespace lanyard::sync::hub {

namespace {

constexpr std::size_t kMaxShownBytes = 60;

std::string shown(const std::string& text) {
  return "'" + printable(text, kMaxShownBytes) + "'";
}

std::string line_of(const RosterChange& change) {
  const char sign = change.kind == RosterChange::Kind::added     ? '+'
                    : change.kind == RosterChange::Kind::removed ? '-'
                                                                 : '~';
  std::string line =
      std::string("  ") + sign + " " + change.id + " " + printable(change.name, kMaxShownBytes);
  for (const RosterChange::Field& field : change.fields) {
    line += &field == change.fields.data() ? ": " : ", ";
    const bool secret = field.from.empty() && (field.name == "credential" || field.name == "pin");
    line += field.name + (secret ? " " + field.to : " " + shown(field.from) + " -> " + shown(field.to));
  }
  return line + "\n";
}

const char* name_of(RosterChange::Kind kind) {
  switch (kind) {
    case RosterChange::Kind::added:
      return "added";
    case RosterChange::Kind::changed:
      return "changed";
    case RosterChange::Kind::removed:
      return "removed";
  }
  return "";
}

// An array: each item as `write` has it.
template <class List, class Write>
std::string array_of(const List& list, Write&& write) {
  std::string json = "[";
  for (const auto& item : list) json += (json.size() > 1 ? "," : "") + write(item);
  return json + "]";
}

}  // namespace

std::string summary_of(const ImportCount& count) {
  return std::to_string(count.added) + " added, " + std::to_string(count.changed) + " changed, " +
         std::to_string(count.unchanged) + " unchanged, " + std::to_string(count.removed) + " removed";
}

std::string changes_in_words(const ImportCount& count, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < count.changes.size() && i < most; ++i) text += line_of(count.changes[i]);
  if (count.changes.size() > most) text += "  and " + std::to_string(count.changes.size() - most) + " more\n";
  return text;
}

std::string import_as_json(const RosterCsv& roster, const ImportCount& count, const std::string& doubt,
                           bool applied) {
  const auto field = [](const RosterChange::Field& one) {
    return json_string(one.name) + ":[" + json_string(one.from) + "," + json_string(one.to) + "]";
  };
  const auto change = [&](const RosterChange& one) {
    std::string fields;
    for (const RosterChange::Field& each : one.fields) fields += (fields.empty() ? "" : ",") + field(each);
    return "{\"what\":" + json_string(name_of(one.kind)) + ",\"id\":" + json_string(one.id) +
           ",\"name\":" + json_string(one.name) + (fields.empty() ? "" : ",\"fields\":{" + fields + "}") +
           "}";
  };
  const auto problem = [](const RosterProblem& one) {
    return "{\"line\":" + std::to_string(one.line) + ",\"column\":" + json_string(one.column) +
           ",\"what\":" + json_string(one.what) + "}";
  };
  const auto text = [](const std::string& one) { return json_string(one); };
  return std::string("{\"applied\":") + (applied ? "true" : "false") +
         ",\"added\":" + std::to_string(count.added) + ",\"changed\":" + std::to_string(count.changed) +
         ",\"unchanged\":" + std::to_string(count.unchanged) +
         ",\"removed\":" + std::to_string(count.removed) + ",\"doubt\":" + json_string(doubt) +
         ",\"columns\":" + array_of(roster.columns, text) +
         ",\"left_out\":" + array_of(roster.left_out, text) +
         ",\"bad_lines\":" + std::to_string(roster.problem_count) +
         ",\"problems\":" + array_of(roster.problems, problem) +
         ",\"changes\":" + array_of(count.changes, change) + "}";
}

}  // namespace lanyard::sync::hub
