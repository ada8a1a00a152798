#include "scanner/scan_report.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <fstream>
#include <functional>
#include <iomanip>
#include <map>
#include <optional>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "scanner/decode.hpp"
#include "scanner/engine.hpp"
#include "scanner/picture.hpp"
#include "scanner/pipeline.hpp"
#include "scanner/scan_output.hpp"

namespace lanyard::scanner {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxPhotographs = 100'000;

struct Photograph {
  std::string file;
  std::string category;
  bool has_code{true};
  bool all_known{true};  // the texts of all its codes
  std::vector<std::string> texts;
};

// Sets differ in how they keep the ends of lines.
std::string without_returns(std::string text) {
  std::erase(text, '\r');
  return text;
}

std::vector<Photograph> load_truth(std::istream& truth) {
  std::vector<Photograph> photographs;
  std::string line;
  std::getline(truth, line);  // the names of the columns
  while (photographs.size() < kMaxPhotographs && std::getline(truth, line)) {
    std::array<std::string, 5> fields;
    std::istringstream columns(line);
    for (std::string& field : fields) std::getline(columns, field, '\t');
    if (fields[0].empty()) continue;
    Photograph photograph{fields[0], fields[1], fields[3] != "none", true, {}};
    const json texts = json::parse(fields[4], nullptr, false);
    if (texts.is_array()) {
      for (const json& text : texts) {
        if (text.is_string()) photograph.texts.push_back(without_returns(text.get<std::string>()));
      }
    }
    const long codes = std::strtol(fields[2].c_str(), nullptr, 10);
    photograph.all_known = static_cast<long>(photograph.texts.size()) >= std::max(1L, codes);
    photographs.push_back(std::move(photograph));
  }
  return photographs;
}

double cpu_milliseconds() {
  std::timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

// A way to read a picture, and how it did.
struct Way {
  std::string name;
  std::function<std::vector<Symbol>(GrayView)> read;
  std::map<std::string, int> right_by_category;
  int right{0};
  int wrong{0};       // read, and not what it says
  int false_read{0};  // read where there is no code
  int unheard{0};     // read where nobody knows the text
  std::vector<double> milliseconds;

  [[nodiscard]] double mean() const {
    double sum = 0;
    for (const double one : milliseconds) sum += one;
    return milliseconds.empty() ? 0 : sum / static_cast<double>(milliseconds.size());
  }
  // The value that `share` of the pictures stay below.
  [[nodiscard]] double below(double share) const {
    if (milliseconds.empty()) return 0;
    std::vector<double> sorted = milliseconds;
    std::sort(sorted.begin(), sorted.end());
    return sorted[std::min(sorted.size() - 1,
                           static_cast<std::size_t>(share * static_cast<double>(sorted.size())))];
  }
};

void judge(Way& way, const Photograph& photograph, GrayView picture) {
  const double begun = cpu_milliseconds();
  const std::vector<Symbol> symbols = way.read(picture);
  way.milliseconds.push_back(cpu_milliseconds() - begun);
  bool right = false;
  bool wrong = false;
  for (const Symbol& symbol : symbols) {
    const bool known = std::find(photograph.texts.begin(), photograph.texts.end(),
                                 without_returns(symbol.text)) != photograph.texts.end();
    right = right || known;
    wrong = wrong || (!known && photograph.all_known);
  }
  if (!photograph.has_code) {
    way.false_read += symbols.empty() ? 0 : 1;
    return;
  }
  way.right += right ? 1 : 0;
  way.wrong += wrong ? 1 : 0;
  way.unheard += !right && !wrong && !symbols.empty() ? 1 : 0;
  if (right) ++way.right_by_category[photograph.category];
}

std::vector<Way> all_ways() {
  std::vector<Way> ways;
  const auto add = [&ways](std::string name, std::function<std::vector<Symbol>(GrayView)> read) {
    Way way;
    way.name = std::move(name);
    way.read = std::move(read);
    ways.push_back(std::move(way));
  };
  const auto by_pass = [](Pass pass) {
    return [pass, pipeline = std::make_shared<Pipeline>()](GrayView view) {
      pipeline->begin(view, 1, {});
      pipeline->run(pass);
      return pipeline->take_in_reading_order();
    };
  };
  // What the bars are set against: ZXing's own best, with inversion.
  add("best call", by_pass({"best call", Pass::Where::whole, 0, false, Pass::By::engine_scales}));
  add("quick", [](GrayView view) { return decode(view, {.max_symbols = 1}); });
  add("thorough", [](GrayView view) {
    return decode(view, {.effort = Effort::thorough, .max_symbols = kMaxSymbolsPerFrame});
  });
  for (const Pass& pass : picture_passes()) add("  " + std::string(pass.name), by_pass(pass));
  return ways;
}

// The column of names is as wide as the longest.
template <class Names>
int width_of(const Names& names) {
  std::size_t width = 0;
  for (const auto& name : names) width = std::max(width, std::string_view(name).size());
  return static_cast<int>(width) + 2;
}

void print_ways(const std::vector<Way>& ways, int with_code, std::ostream& out) {
  std::vector<std::string> names;
  names.reserve(ways.size());
  for (const Way& way : ways) names.push_back(way.name);
  const int width = width_of(names);
  out << std::left << std::setw(width) << "way" << std::right << std::setw(7) << "right" << std::setw(8)
      << "%" << std::setw(7) << "wrong" << std::setw(7) << "false" << std::setw(9) << "unheard"
      << std::setw(9) << "ms" << std::setw(9) << "p95" << std::setw(9) << "most" << '\n';
  out << std::fixed;
  for (const Way& way : ways) {
    out << std::left << std::setw(width) << way.name << std::right << std::setw(7) << way.right
        << std::setw(8) << std::setprecision(1) << 100.0 * way.right / std::max(1, with_code) << std::setw(7)
        << way.wrong << std::setw(7) << way.false_read << std::setw(9) << way.unheard << std::setprecision(2)
        << std::setw(9) << way.mean() << std::setw(9) << way.below(0.95) << std::setw(9) << way.below(1)
        << '\n';
  }
}

void print_categories(const std::vector<Way>& ways, const std::map<std::string, int>& categories,
                      std::ostream& out) {
  constexpr std::size_t kShown = 3;
  std::vector<std::string> names;
  names.reserve(categories.size());
  for (const auto& [name, count] : categories) names.push_back(name);
  const int width = width_of(names);
  out << '\n' << std::left << std::setw(width) << "category" << std::right << std::setw(8) << "with";
  for (std::size_t i = 0; i < kShown; ++i) out << std::setw(12) << ways[i].name;
  out << '\n';
  for (const auto& [name, count] : categories) {
    out << std::left << std::setw(width) << name << std::right << std::setw(8) << count;
    for (std::size_t i = 0; i < kShown; ++i) {
      const auto found = ways[i].right_by_category.find(name);
      out << std::setw(12) << (found == ways[i].right_by_category.end() ? 0 : found->second);
    }
    out << '\n';
  }
}

json as_object(const std::vector<Way>& ways, const std::map<std::string, int>& categories, int without_code,
               int unreadable) {
  json object{{"engine", engine_version()}, {"without_code", without_code}, {"unreadable", unreadable}};
  object["with_code"] = categories;
  for (const Way& way : ways) {
    object["ways"].push_back({{"name", way.name.substr(way.name.find_first_not_of(' '))},
                              {"right", way.right},
                              {"right_by_category", way.right_by_category},
                              {"wrong", way.wrong},
                              {"false", way.false_read},
                              {"unheard", way.unheard},
                              {"mean_ms", way.mean()},
                              {"p95_ms", way.below(0.95)},
                              {"most_ms", way.below(1)}});
  }
  return object;
}

}  // namespace

bool report(const std::filesystem::path& folder, bool as_json, std::ostream& out, std::ostream& errors,
            std::ostream* progress) {
  std::ifstream truth(folder / "truth.tsv");
  if (!truth) {
    errors << folder.string() << ": no truth.tsv in it that can be read\n";
    return false;
  }
  const std::vector<Photograph> photographs = load_truth(truth);
  if (photographs.empty()) {
    errors << (folder / "truth.tsv").string() << ": names no picture\n";
    return false;
  }
  std::vector<Way> ways = all_ways();
  std::map<std::string, int> categories;
  int with_code = 0;
  int without_code = 0;
  int unreadable = 0;
  for (std::size_t i = 0; i < photographs.size(); ++i) {
    if (progress != nullptr) *progress << '\r' << i + 1 << " of " << photographs.size() << std::flush;
    const Photograph& photograph = photographs[i];
    const auto picture = read_picture(folder / photograph.file);
    if (!picture) {
      ++unreadable;
      errors << picture.error().message << '\n';
      continue;
    }
    (photograph.has_code ? with_code : without_code) += 1;
    if (photograph.has_code) ++categories[photograph.category];
    for (Way& way : ways) judge(way, photograph, picture->view());
  }
  if (progress != nullptr) *progress << '\r';
  if (as_json) {
    out << dumped(as_object(ways, categories, without_code, unreadable)) << '\n';
    return true;
  }
  out << with_code << " pictures with a code, " << without_code << " without, " << unreadable
      << " that cannot be read; ZXing " << engine_version() << "; milliseconds of the thread's CPU\n\n";
  print_ways(ways, with_code, out);
  print_categories(ways, categories, out);
  return true;
}

}  // namespace lanyard::scanner
