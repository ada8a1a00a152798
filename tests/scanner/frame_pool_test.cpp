#include "scanner/frame_pool.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

#include "tests/catch.hpp"

namespace lanyard::scanner {
namespace {

TEST_CASE("the memory of a frame is used again once nobody looks at it") {
  FramePool pool;
  auto frame = pool.take(64, 48);
  const std::uint8_t* const memory = frame->view().data;
  CHECK(pool.take(64, 48)->view().data != memory);
  frame.reset();
  frame = pool.take(32, 96);
  CHECK(frame->view().data == memory);
  CHECK(frame->width() == 32);
  CHECK(frame->height() == 96);
}

TEST_CASE("a frame may outlive its pool, and be let go of elsewhere") {
  std::shared_ptr<GrayFrame> frame;
  {
    FramePool pool;
    frame = pool.take(8, 8);
  }
  frame->row(7)[7] = 42;
  std::thread([kept = std::move(frame)]() mutable { kept.reset(); }).join();
}

TEST_CASE("frames go round between threads without being mixed up") {
  FramePool pool;
  std::vector<std::thread> readers;
  for (std::uint8_t round = 0; round < 200; ++round) {
    const auto frame = pool.take(16, 16);
    for (int y = 0; y < 16; ++y) std::fill_n(frame->row(y), 16, round);
    readers.emplace_back([frame, round] {
      for (int y = 0; y < 16; ++y) {
        if (frame->view().row(y)[15] != round) std::abort();
      }
    });
    if (readers.size() < 8) continue;
    for (std::thread& reader : readers) reader.join();
    readers.clear();
  }
  for (std::thread& reader : readers) reader.join();
  CHECK(pool.take(16, 16)->width() == 16);
}

class Shelf final : public FramePool::Lender {
 public:
  void take_back(std::size_t number) override { back.push_back(number); }
  std::vector<std::size_t> back;
};

TEST_CASE("what is lent goes back to its owner when the last reader lets go") {
  FramePool pool;
  const std::vector<std::uint8_t> memory(40, 7);
  const auto shelf = std::make_shared<Shelf>();
  auto frame = pool.lend({memory.data(), 8, 4, 10}, shelf, 3);
  auto also = frame;
  CHECK(frame->row(3)[7] == 7);
  CHECK(frame->view().stride == 10);
  frame.reset();
  CHECK(shelf->back.empty());
  also.reset();
  CHECK(shelf->back == std::vector<std::size_t>{3});
}

}  // namespace
}  // namespace lanyard::scanner
