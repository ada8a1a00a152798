// Real photographs, which are no part of this tree: LANYARD_QR_CORPUS names a folder that holds them and
// truth.tsv (file, category, number of codes, where the truth comes from, the texts as a JSON list, ...).
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "scanner/decode.hpp"
#include "scanner/picture.hpp"
#include "tests/catch.hpp"

namespace lanyard::scanner {
namespace {

struct Photograph {
  std::filesystem::path path;
  bool has_code{true};
  std::vector<std::string> texts;  // empty: nobody knows
};

// Sets differ in how they keep the ends of lines.
std::string without_returns(std::string text) {
  std::erase(text, '\r');
  return text;
}

std::vector<Photograph> load(const std::filesystem::path& folder) {
  std::vector<Photograph> photographs;
  std::ifstream truth(folder / "truth.tsv");
  std::string line;
  std::getline(truth, line);
  while (std::getline(truth, line)) {
    std::array<std::string, 5> fields;
    std::istringstream columns(line);
    for (std::string& field : fields) std::getline(columns, field, '\t');
    Photograph photograph{folder / fields[0], fields[3] != "none", {}};
    const auto texts = nlohmann::json::parse(fields[4], nullptr, false);
    if (texts.is_array()) {
      for (const auto& text : texts) photograph.texts.push_back(without_returns(text.get<std::string>()));
    }
    photographs.push_back(std::move(photograph));
  }
  return photographs;
}

struct Score {
  int right{0};
  int wrong{0};       // read, and not what it says
  int false_read{0};  // read where there is no code
  int unreadable{0};  // files, not codes
};

Score score(const std::vector<Photograph>& photographs, const DecodeOptions& options) {
  Score score;
  for (const Photograph& photograph : photographs) {
    const auto frame = read_picture(photograph.path);
    if (!frame) {
      ++score.unreadable;
      continue;
    }
    bool right = false;
    bool wrong = false;
    for (const Symbol& symbol : decode(frame->view(), options)) {
      const auto& texts = photograph.texts;
      const bool known = std::find(texts.begin(), texts.end(), without_returns(symbol.text)) != texts.end();
      right = right || known;
      wrong = wrong || (!known && !texts.empty());
      if (!photograph.has_code) ++score.false_read;
    }
    score.right += right ? 1 : 0;
    score.wrong += wrong ? 1 : 0;
  }
  return score;
}

TEST_CASE("as many photographs are read as ever were, and none wrongly", "[corpus]") {
  const char* folder = std::getenv("LANYARD_QR_CORPUS");
  if (folder == nullptr) {
    std::cout << "LANYARD_QR_CORPUS is not set: the photographs are skipped\n";
    return;
  }
  const auto photographs = load(folder);
  REQUIRE(photographs.size() == 410);
  // Measured on ZXing 1.4.0, in November 2026, over 372 PNG and JPEG photographs with a code and 30 without;
  // 8 more are WebP, which is not read here. Newer engines read more.
  constexpr int kQuickRight = 260;
  constexpr int kThoroughRight = 271;
  constexpr int kSlack = 3;
  const Score quick = score(photographs, {});
  const Score thorough = score(photographs, {.effort = Effort::thorough, .max_symbols = kMaxSymbolsPerFrame});
  std::cout << "quick " << quick.right << " right, thorough " << thorough.right << " right\n";
  CHECK(quick.right >= kQuickRight - kSlack);
  CHECK(thorough.right >= kThoroughRight - kSlack);
  CHECK(quick.wrong == 0);
  CHECK(thorough.wrong == 0);
  CHECK(quick.false_read == 0);
  CHECK(thorough.false_read == 0);
  CHECK(quick.unreadable == 8);
}

}  // namespace
}  // namespace lanyard::scanner
