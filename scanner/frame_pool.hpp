// Frames whose memory is used again once their last reader has let go, so that a stream allocates nothing.
// Threads: reentrant; frames may be let go of on any thread, and may outlive the pool.
#pragma once

#include <cstddef>
#include <memory>

#include "scanner/frame.hpp"

namespace lanyard::scanner {

// Frames that are kept for later; more of them may be in use.
inline constexpr std::size_t kMaxSpareFrames = 8;

class FramePool {
 public:
  FramePool();
  FramePool(const FramePool&) = delete;
  FramePool& operator=(const FramePool&) = delete;
  ~FramePool() = default;

  // A frame of these measures, its pixels unset. Aborts unless fits_frame(width, height).
  [[nodiscard]] std::shared_ptr<GrayFrame> take(int width, int height);

  class Lender {
   public:
    Lender() = default;
    Lender(const Lender&) = delete;
    Lender& operator=(const Lender&) = delete;
    virtual ~Lender() = default;
    // Called on the thread of a frame's last reader.
    virtual void take_back(std::size_t number) = 0;
  };
  // A frame of the lender's memory, to be read alone: its piece `number`, which it gets back when the last
  // reader has let go. The frame keeps the lender until then.
  [[nodiscard]] std::shared_ptr<const GrayFrame> lend(GrayView memory, std::shared_ptr<Lender> lender,
                                                      std::size_t number);

 private:
  class Spares;
  template <class T>
  class Allocator;
  struct Kept;
  struct Lent;

  std::shared_ptr<Spares> spares_;
};

}  // namespace lanyard::scanner
