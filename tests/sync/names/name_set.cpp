#include "tests/sync/names/name_set.hpp"

#include <fstream>
#include <map>
#include <random>
#include <stdexcept>

namespace lanyard::sync {
namespace {

struct Part {
  std::string native;
  std::vector<std::string> latin;
};
struct Script {
  std::vector<Part> surnames;
  std::vector<Part> given;
};

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells(1);
  for (const char c : line) {
    if (c == '\t') {
      cells.emplace_back();
    } else {
      cells.back() += c;
    }
  }
  return cells;
}

std::map<std::string, Script> read(const std::filesystem::path& parts) {
  std::ifstream file(parts);
  if (!file) throw std::runtime_error(parts.string() + " is not there");
  std::map<std::string, Script> scripts;
  std::string line;
  while (std::getline(file, line)) {
    if (line.empty() || line[0] == '#') continue;
    const std::vector<std::string> cells = cells_of(line);
    Part part{cells.at(2), {cells.begin() + 3, cells.end()}};
    Script& script = scripts[cells[0]];
    (cells[1] == "surname" ? script.surnames : script.given).push_back(std::move(part));
  }
  return scripts;
}

// The place of the longest word, where a slip is likeliest, and its length.
std::pair<std::size_t, std::size_t> longest_word(const std::string& text) {
  std::pair<std::size_t, std::size_t> longest{0, 0};
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end - at > longest.second) longest = {at, end - at};
    at = end + 1;
  }
  return longest;
}

std::string begun(const std::string& text) {
  return text.substr(0, std::min<std::size_t>(text.size(), 4));
}

bool spaced(const std::string& script) {
  return script != "Hans" && script != "Kore";
}

void ask(NameSet& set, const Attendee& who, const std::string& script, const Part& surname, const Part& given,
         std::uint64_t seed) {
  const auto add = [&](std::string query, Typed how) {
    set.asked.push_back({std::move(query), who.id, how, script});
  };
  const std::string& family = surname.latin[0];
  const std::string& first = given.latin[0];
  add(first + " " + family, Typed::as_listed);
  add(family + " " + first, Typed::other_order);
  const char* blank = spaced(script) ? " " : "";
  add(surname.native + blank + given.native, Typed::own_letters);
  if (spaced(script)) add(given.native + " " + surname.native, Typed::own_letters);
  for (std::size_t i = 1; i < std::max(surname.latin.size(), given.latin.size()); ++i) {
    add(given.latin[std::min(i, given.latin.size() - 1)] + " " +
            surname.latin[std::min(i, surname.latin.size() - 1)],
        Typed::other_spelling);
  }
  const std::string whole = family + " " + first;
  if (longest_word(whole).second >= 5) add(with_typo(whole, seed), Typed::typo);
  add(family + " " + begun(first), Typed::begun);
}

}  // namespace

const char* to_name(Typed how) {
  switch (how) {
    case Typed::as_listed:
      return "as listed";
    case Typed::other_order:
      return "other order";
    case Typed::own_letters:
      return "own letters";
    case Typed::other_spelling:
      return "other spelling";
    case Typed::typo:
      return "typo";
    case Typed::begun:
      return "begun";
  }
  return "";
}

std::string with_typo(std::string text, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto [at, length] = longest_word(text);
  if (length < 3) return text;
  const std::size_t place = at + 1 + random() % (length - 2);  // neither the first letter nor the last
  const auto letter = static_cast<char>('a' + random() % 26);
  switch (random() % 4) {
    case 0:
      text[place] = text[place] == letter ? 'e' : letter;
      break;
    case 1:
      text.insert(place, 1, letter);
      break;
    case 2:
      text.erase(place, 1);
      break;
    default:
      std::swap(text[place], text[place + 1]);
      break;
  }
  return text;
}

NameSet name_set(const std::filesystem::path& parts, std::size_t per_script, std::uint64_t seed) {
  NameSet set;
  for (const auto& [name, script] : read(parts)) {
    for (std::size_t i = 0; i < per_script; ++i) {
      // Each surname with as many given names as it takes, and no pair twice.
      const std::size_t s = i % script.surnames.size();
      const Part& surname = script.surnames[s];
      const Part& given = script.given[(s * 3 + i / script.surnames.size()) % script.given.size()];
      Attendee who;
      who.id = name + std::to_string(1000 + i);
      who.category = "delegate";
      who.status = Status::approved;
      who.organisation = i % 2 == 0 ? "Ministry of Trade and Industry" : "World Trade Organization";
      const std::string latin = given.latin[0] + " " + surname.latin[0];
      const std::string native =
          spaced(name) ? given.native + " " + surname.native : surname.native + given.native;
      const std::size_t form = (i + i / script.surnames.size()) % 3;
      who.name = form == 2 ? native : latin;
      if (form == 0) who.name_native = native;
      ask(set, who, name, surname, given, seed + set.people.size());
      set.people.push_back(std::move(who));
    }
  }
  return set;
}

}  // namespace lanyard::sync
