// The readers that are compared: Lanyard's own, and libraries as people use them. All look for QR codes
// alone.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/frame.hpp"

namespace lanyard::bench {

struct Answer {
  std::vector<std::string> texts;
  std::string pass;  // by which it was read, where the reader says so
};

// Reads one frame after the other of one stream; may remember.
using Read = std::function<Answer(scanner::GrayView)>;

struct Reader {
  std::string name;
  std::function<Read()> begin_stream;
  bool own{false};         // Lanyard's
  bool on_request{false};  // asked only where it is named
  bool dear{false};        // so slow that it is asked no more than a table needs
};

// The first is "default", which the others are measured against. Those whose library is not there are left
// out.
[[nodiscard]] std::vector<Reader> all_readers();

// Each in a file of its own, with its library.
[[nodiscard]] Reader zxing_default();
[[nodiscard]] Reader zxing_best_call();
[[nodiscard]] std::vector<Reader> zbar_readers();
[[nodiscard]] std::vector<Reader> own_readers();

}  // namespace lanyard::bench
