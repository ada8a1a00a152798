#include "scanner/mailbox.hpp"

#include <memory>
#include <thread>

#include "tests/catch.hpp"

namespace lanyard::scanner {
namespace {

using std::chrono::milliseconds;

TEST_CASE("the newest value wins, and is taken once") {
  Mailbox<int> box;
  CHECK_FALSE(box.take().has_value());
  CHECK_FALSE(box.put(1));
  CHECK(box.put(2));
  CHECK(box.take() == 2);
  CHECK_FALSE(box.take().has_value());
}

TEST_CASE("a mailbox carries what can only be moved") {
  Mailbox<std::unique_ptr<int>> box;
  box.put(std::make_unique<int>(7));
  const auto taken = box.wait(milliseconds{0});
  REQUIRE(taken.has_value());
  CHECK(**taken == 7);
}

TEST_CASE("a waiting receiver is woken, and sees values in the order they were sent") {
  Mailbox<int> box;
  constexpr int kLast = 10'000;
  std::thread sender([&box] {
    for (int i = 1; i <= kLast; ++i) box.put(i);
  });
  int seen = 0;
  bool in_order = true;
  while (seen < kLast) {
    if (const auto value = box.wait(milliseconds{10'000})) {
      in_order = in_order && *value > seen;
      seen = *value;
    }
  }
  sender.join();
  CHECK(in_order);
  CHECK_FALSE(box.wait(milliseconds{0}).has_value());
}

}  // namespace
}  // namespace lanyard::scanner
