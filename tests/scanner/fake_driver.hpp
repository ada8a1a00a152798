// Plays a camera driver: /dev/fake, with buffers in memory. What it is told to film is filled into queued
// buffers.
#pragma once

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <linux/videodev2.h>
#include <poll.h>

#include "scanner/video_system.hpp"
#include "tests/scanner/pictures.hpp"

namespace lanyard::scanner::testing {

class FakeDriver final : public VideoSystem {
 public:
  struct Size {
    std::uint32_t fourcc, width, height;
    std::vector<std::uint32_t> rates;  // frames a second
  };
  struct Range {
    int least, most;
  };

  std::vector<std::uint32_t> formats{V4L2_PIX_FMT_YUYV, V4L2_PIX_FMT_MJPEG};
  std::vector<Size> sizes;   // empty: it does not say which it has, and
  std::uint32_t width = 64;  // has this one, whatever is wished for
  std::uint32_t height = 48;
  std::map<std::uint32_t, Range> ranges;  // of the controls that can be asked about
  std::set<std::uint32_t> refused_controls;
  Bytes film_at_start;  // unless empty: the first picture, as soon as the stream is on
  bool plugged = true;
  bool in_use = false;
  bool answers_dqbuf = true;

  std::uint32_t chosen = 0;
  std::uint32_t rate = 0;
  std::map<std::uint32_t, int> controls;  // as they were set last
  int opened = 0;
  int open_now = 0;
  int mapped_now = 0;
  int blackened = 0;
  int buffers_queued = 0;
  const std::uint8_t* last_filled = nullptr;  // where the last picture lies

  // Into the next free buffer; a driver without one drops the frame, as real ones do. Allocates nothing.
  void film(const Bytes& bytes, std::uint32_t flags = 0) {
    if (queued_.count == 0) return;
    const std::uint32_t index = queued_.pop().index;
    --buffers_queued;
    std::copy_n(bytes.begin(), std::min(bytes.size(), memory_[index].size()), memory_[index].begin());
    last_filled = memory_[index].data();
    filled_.push({index, static_cast<std::uint32_t>(bytes.size()), flags});
  }

  int open(const std::string& path) override {
    ++opened;
    if (!plugged || path != "/dev/fake") return failed(ENOENT);
    ++open_now;
    return 42;
  }
  void close(int) override {
    --open_now;
    queued_ = {};
    filled_ = {};
    buffers_queued = 0;
  }
  int poll(int, std::chrono::milliseconds patience, short& events) override {
    events = 0;
    if (!plugged) {
      events = POLLERR | POLLHUP;
      return 1;
    }
    if (filled_.count > 0) {
      events = POLLIN;
      return 1;
    }
    std::this_thread::sleep_for(std::min(patience, std::chrono::milliseconds{1}));
    return 0;
  }
  void* map(int, std::size_t, std::int64_t offset) override {
    ++mapped_now;
    return memory_[static_cast<std::size_t>(offset)].data();
  }
  void unmap(void*, std::size_t) override { --mapped_now; }
  void blacken(void* memory, std::size_t bytes) override {
    ++blackened;
    std::memset(memory, 0, bytes);
  }
  int ioctl(int, unsigned long request, void* argument) override {
    if (!plugged) return failed(ENODEV);
    switch (request) {
      case VIDIOC_QUERYCAP:
        static_cast<v4l2_capability*>(argument)->capabilities = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
        return 0;
      case VIDIOC_ENUM_FMT:
        return describe(*static_cast<v4l2_fmtdesc*>(argument));
      case VIDIOC_ENUM_FRAMESIZES:
        return describe(*static_cast<v4l2_frmsizeenum*>(argument));
      case VIDIOC_ENUM_FRAMEINTERVALS:
        return describe(*static_cast<v4l2_frmivalenum*>(argument));
      case VIDIOC_QUERYCTRL:
        return describe(*static_cast<v4l2_queryctrl*>(argument));
      case VIDIOC_S_FMT:
        return set(*static_cast<v4l2_format*>(argument));
      case VIDIOC_S_PARM:
        rate = static_cast<v4l2_streamparm*>(argument)->parm.capture.timeperframe.denominator;
        return 0;
      case VIDIOC_S_CTRL:
        return set(*static_cast<v4l2_control*>(argument));
      case VIDIOC_REQBUFS:
        memory_.assign(static_cast<v4l2_requestbuffers*>(argument)->count,
                       Bytes(std::size_t{width} * height * 2));
        return 0;
      case VIDIOC_QUERYBUF: {
        auto& buffer = *static_cast<v4l2_buffer*>(argument);
        buffer.length = static_cast<std::uint32_t>(memory_[buffer.index].size());
        buffer.m.offset = buffer.index;
        return 0;
      }
      case VIDIOC_QBUF:
        queued_.push({static_cast<v4l2_buffer*>(argument)->index, 0, 0});
        ++buffers_queued;
        return 0;
      case VIDIOC_DQBUF:
        return hand_over(*static_cast<v4l2_buffer*>(argument));
      case VIDIOC_STREAMON:
        if (!film_at_start.empty()) film(film_at_start);
        return 0;
      case VIDIOC_STREAMOFF:
        return 0;
      default:
        return failed(ENOTTY);
    }
  }

 private:
  struct Filled {
    std::uint32_t index{0}, bytes{0}, flags{0};
  };
  struct Line {
    std::array<Filled, 32> places{};
    std::size_t first{0};
    std::size_t count{0};
    void push(Filled filled) { places.at((first + count++) % places.size()) = filled; }
    Filled pop() {
      --count;
      return places.at(first++ % places.size());
    }
  };
  static int failed(int why) {
    errno = why;
    return -1;
  }
  int describe(v4l2_fmtdesc& described) const {
    if (described.index >= formats.size()) return failed(EINVAL);
    described.pixelformat = formats[described.index];
    return 0;
  }
  int describe(v4l2_frmsizeenum& described) const {
    std::uint32_t index = described.index;
    for (const Size& size : sizes) {
      if (size.fourcc != described.pixel_format || index-- != 0) continue;
      described.type = V4L2_FRMSIZE_TYPE_DISCRETE;
      described.discrete = {size.width, size.height};
      return 0;
    }
    return failed(EINVAL);
  }
  int describe(v4l2_frmivalenum& described) const {
    for (const Size& size : sizes) {
      const bool meant = size.fourcc == described.pixel_format && size.width == described.width &&
                         size.height == described.height;
      if (!meant || described.index >= size.rates.size()) continue;
      described.type = V4L2_FRMIVAL_TYPE_DISCRETE;
      described.discrete = {1, size.rates[described.index]};
      return 0;
    }
    return failed(EINVAL);
  }
  int describe(v4l2_queryctrl& described) const {
    const auto known = ranges.find(described.id);
    if (known == ranges.end()) return failed(EINVAL);
    described.minimum = known->second.least;
    described.maximum = known->second.most;
    return 0;
  }
  int set(const v4l2_control& wish) {
    if (refused_controls.contains(wish.id)) return failed(EINVAL);
    controls[wish.id] = wish.value;
    return 0;
  }
  int set(v4l2_format& format) {
    if (in_use) return failed(EBUSY);
    auto& picture = format.fmt.pix;
    if (!sizes.empty()) {
      width = picture.width;
      height = picture.height;
    }
    picture.width = width;
    picture.height = height;
    picture.bytesperline = picture.pixelformat == V4L2_PIX_FMT_YUYV ? width * 2 : width;
    chosen = picture.pixelformat;
    return 0;
  }
  int hand_over(v4l2_buffer& buffer) {
    if (!answers_dqbuf) return failed(EIO);
    if (filled_.count == 0) return failed(EAGAIN);
    const Filled filled = filled_.pop();
    buffer.index = filled.index;
    buffer.bytesused = filled.bytes;
    buffer.flags = filled.flags;
    return 0;
  }

  std::vector<Bytes> memory_;
  Line queued_;
  Line filled_;
};

}  // namespace lanyard::scanner::testing
