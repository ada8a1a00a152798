#include "scanner/frame_pool.hpp"

#include <array>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

namespace lanyard::scanner {
namespace {

// What std::shared_ptr keeps beside a frame: counts, deleter, allocator. Larger ones come from the heap.
constexpr std::size_t kBlockBytes = 128;
struct alignas(std::max_align_t) Block {
  std::array<std::byte, kBlockBytes> bytes;
};

}  // namespace

class FramePool::Spares {
 public:
  Spares() {
    frames_.reserve(kMaxSpareFrames);
    blocks_.reserve(2 * kMaxSpareFrames);
  }

  GrayFrame frame() {
    const std::lock_guard lock(mutex_);
    if (frames_.empty()) return {};
    GrayFrame frame = std::move(frames_.back());
    frames_.pop_back();
    return frame;
  }
  void put(GrayFrame frame) {
    const std::lock_guard lock(mutex_);
    if (frames_.size() < kMaxSpareFrames) frames_.push_back(std::move(frame));
  }

  void* block() {
    const std::lock_guard lock(mutex_);
    if (blocks_.empty()) return new Block;
    std::unique_ptr<Block> block = std::move(blocks_.back());
    blocks_.pop_back();
    return block.release();
  }
  void put_block(void* memory) {
    std::unique_ptr<Block> block(static_cast<Block*>(memory));
    const std::lock_guard lock(mutex_);
    if (blocks_.size() < blocks_.capacity()) blocks_.push_back(std::move(block));
  }

 private:
  std::mutex mutex_;
  std::vector<GrayFrame> frames_;
  std::vector<std::unique_ptr<Block>> blocks_;
};

// The counts of shared pointers, from the spares, too.
template <class T>
class FramePool::Allocator {
 public:
  using value_type = T;
  explicit Allocator(std::shared_ptr<Spares> spares) : spares_(std::move(spares)) {}
  template <class U>
  Allocator(const Allocator<U>& other)  // NOLINT(google-explicit-constructor): as the standard has it
      : spares_(other.spares_) {}

  T* allocate(std::size_t count) {
    if (fits(count)) return static_cast<T*>(spares_->block());
    return static_cast<T*>(::operator new(count * sizeof(T)));
  }
  void deallocate(T* memory, std::size_t count) {
    if (fits(count)) return spares_->put_block(memory);
    ::operator delete(memory);
  }
  template <class U>
  friend bool operator==(const Allocator& a, const Allocator<U>& b) {
    return a.spares_ == b.spares_;
  }

 private:
  template <class U>
  friend class Allocator;
  static bool fits(std::size_t count) { return count == 1 && sizeof(T) <= kBlockBytes; }

  std::shared_ptr<Spares> spares_;
};

struct FramePool::Kept {
  Kept(GrayFrame made, std::shared_ptr<Spares> goes_to)
      : frame(std::move(made)), spares(std::move(goes_to)) {}
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;
  ~Kept() { spares->put(std::move(frame)); }

  GrayFrame frame;
  std::shared_ptr<Spares> spares;
};

struct FramePool::Lent {
  Lent(GrayView memory, std::shared_ptr<Lender> owner, std::size_t piece)
      : frame(memory), lender(std::move(owner)), number(piece) {}
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;
  ~Lent() { lender->take_back(number); }

  GrayFrame frame;
  std::shared_ptr<Lender> lender;
  std::size_t number;
};

FramePool::FramePool() : spares_(std::make_shared<Spares>()) {}

std::shared_ptr<GrayFrame> FramePool::take(int width, int height) {
  GrayFrame frame = spares_->frame();
  frame.reshape(width, height);
  const auto kept = std::allocate_shared<Kept>(Allocator<Kept>(spares_), std::move(frame), spares_);
  return {kept, &kept->frame};
}

std::shared_ptr<const GrayFrame> FramePool::lend(GrayView memory, std::shared_ptr<Lender> lender,
                                                 std::size_t number) {
  const auto lent = std::allocate_shared<Lent>(Allocator<Lent>(spares_), memory, std::move(lender), number);
  return {lent, &lent->frame};
}

}  // namespace lanyard::scanner
