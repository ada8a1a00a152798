// lanyard-scan --report: how many photographs of known text are read, by which pass and at what cost. This is
// what the order of the passes is chosen by.
#pragma once

#include <filesystem>
#include <iosfwd>

namespace lanyard::scanner {

// `folder` holds pictures and truth.tsv, a line of names first, then for each picture: its file, a category,
// the number of codes in it (or nothing), where the truth comes from ("none": there is no code in it;
// "unknown"), and the texts as a JSON list. Prints tables (or a JSON object) to `out`, and how far it is to
// `progress`, null for nobody. False, and a line on `errors`, if the folder cannot be read.
[[nodiscard]] bool report(const std::filesystem::path& folder, bool as_json, std::ostream& out,
                          std::ostream& errors, std::ostream* progress);

}  // namespace lanyard::scanner
