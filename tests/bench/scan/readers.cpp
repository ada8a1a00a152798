#include "tests/bench/scan/readers.hpp"

#include <iterator>

namespace lanyard::bench {

std::vector<Reader> all_readers() {
  std::vector<Reader> readers;
  readers.push_back(zxing_default());
  readers.push_back(zxing_best_call());
  for (auto more : {zbar_readers(), own_readers()}) {
    std::move(more.begin(), more.end(), std::back_inserter(readers));
  }
  return readers;
}

}  // namespace lanyard::bench
