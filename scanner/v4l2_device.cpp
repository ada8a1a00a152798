#include "scanner/v4l2_device.hpp"

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <utility>

#include <poll.h>
#include <sys/mman.h>

#include "scanner/errno_text.hpp"

namespace lanyard::scanner {
namespace {

// Two are filled while one is read; each further one only adds age.
constexpr std::uint32_t kBuffers = 3;
// Where readers look at the driver's own memory: one is decoded, one waits, one is on the screen, and the
// driver has as many as above.
constexpr std::uint32_t kBuffersToLend = 6;
constexpr std::uint32_t kMaxBuffers = 16;
// The driver keeps at least these; when readers are slow, frames are copied.
constexpr std::size_t kLeastWithDriver = 2;
constexpr std::uint32_t kMaxListed = 64;
constexpr std::size_t kMaxModes = 512;
constexpr std::uint32_t kFramesPerSecond = 30;

CameraTrouble trouble_of_open() {
  return errno == ENOENT || errno == ENXIO || errno == ENODEV ? CameraTrouble::not_there
                                                              : CameraTrouble::not_usable;
}

}  // namespace

// The mapped memory, shared by the device and all who look at it.
class V4l2Device::Buffers final : public FramePool::Lender {
 public:
  explicit Buffers(VideoSystem& system) : system_(system) { returned_.reserve(kMaxBuffers); }
  ~Buffers() override {
    for (const auto& buffer : mapped_) system_.unmap(buffer.data(), buffer.size());
  }

  void add(std::span<std::uint8_t> memory) {
    mapped_.push_back(memory);
    lent_.push_back(false);
  }
  [[nodiscard]] std::size_t count() const { return mapped_.size(); }
  [[nodiscard]] std::span<std::uint8_t> at(std::size_t index) const { return mapped_[index]; }

  void lend(std::size_t index) {
    const std::lock_guard lock(mutex_);
    lent_[index] = true;
  }
  void take_back(std::size_t number) override {
    const std::lock_guard lock(mutex_);
    lent_[number] = false;
    returned_.push_back(number);
  }
  // One that was lent and is free again.
  std::optional<std::size_t> take_returned() {
    const std::lock_guard lock(mutex_);
    if (returned_.empty()) return std::nullopt;
    const std::size_t index = returned_.back();
    returned_.pop_back();
    return index;
  }
  // The device goes, and somebody may still look at its memory. While that is mapped, the system keeps the
  // device's name for it, and a plug put back would come up under another.
  void let_go() {
    const std::lock_guard lock(mutex_);
    if (std::find(lent_.begin(), lent_.end(), true) == lent_.end()) return;
    for (const auto& buffer : mapped_) system_.blacken(buffer.data(), buffer.size());
  }

 private:
  VideoSystem& system_;
  std::vector<std::span<std::uint8_t>> mapped_;
  std::mutex mutex_;
  std::vector<bool> lent_;
  std::vector<std::size_t> returned_;
};

V4l2Device::V4l2Device(VideoSystem& system, FrameMakers& makers, const V4l2Options& options)
    : system_(system), makers_(makers), options_(options), buffers_(std::make_shared<Buffers>(system)) {}

V4l2Device::Opened V4l2Device::open(const std::string& path, const V4l2Options& options, VideoSystem& system,
                                    FrameMakers& makers) {
  std::unique_ptr<V4l2Device> device(new V4l2Device(system, makers, options));
  if (auto why = device->start(path)) {
    return tl::make_unexpected(Refusal{why->trouble, path + ": " + why->message});
  }
  return device;
}

V4l2Device::~V4l2Device() {
  if (fd_ < 0) return;
  int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
  control(VIDIOC_STREAMOFF, &type);
  buffers_->let_go();
  buffers_.reset();  // unmapped before the device is closed, unless somebody looks at it
  system_.close(fd_);
}

V4l2Device::Wait V4l2Device::wait(std::chrono::milliseconds patience) {
  short events = 0;
  if (!give_back_returned()) return Wait::gone;
  const int count = system_.poll(fd_, patience, events);
  if (count < 0) return errno == EINTR ? Wait::quiet : Wait::gone;
  if (count == 0) return Wait::quiet;
  // Without POLLIN there is nothing to fetch: POLLERR and POLLHUP are what is left of a pulled plug.
  if ((events & POLLIN) != 0) return Wait::ready;
  errno = ENODEV;
  return Wait::gone;
}

v4l2_buffer V4l2Device::blank_buffer(std::uint32_t index) {
  v4l2_buffer buffer{};
  buffer.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
  buffer.memory = V4L2_MEMORY_MMAP;
  buffer.index = index;
  return buffer;
}

bool V4l2Device::give_back(std::size_t index) {
  v4l2_buffer buffer = blank_buffer(static_cast<std::uint32_t>(index));
  if (control(VIDIOC_QBUF, &buffer) != 0) return false;
  ++with_driver_;
  return true;
}

bool V4l2Device::give_back_returned() {
  while (const auto index = buffers_->take_returned()) {
    if (!give_back(*index)) return false;
  }
  return true;
}

std::optional<tl::expected<V4l2Device::Taken, PictureError>> V4l2Device::take_newest(const Wanted& wanted) {
  std::optional<v4l2_buffer> newest;
  // Bounded, for a driver that always has one more.
  for (std::uint32_t taken = 0; taken < kMaxBuffers; ++taken) {
    v4l2_buffer buffer = blank_buffer(0);
    if (control(VIDIOC_DQBUF, &buffer) != 0) {
      if (errno != EAGAIN) return std::nullopt;
      break;
    }
    if (buffer.index >= buffers_->count()) return std::nullopt;
    --with_driver_;
    if (newest && !give_back(newest->index)) return std::nullopt;
    newest = buffer;
  }
  if (!newest) return tl::make_unexpected(PictureError{"no buffer was filled"});
  bool lent = false;
  auto taken = convert(*newest, wanted, lent);
  if (!lent && !give_back(newest->index)) return std::nullopt;
  return taken;
}

tl::expected<V4l2Device::Taken, PictureError> V4l2Device::convert(const v4l2_buffer& buffer,
                                                                  const Wanted& wanted, bool& lent) {
  if ((buffer.flags & V4L2_BUF_FLAG_ERROR) != 0) {
    return tl::make_unexpected(PictureError{"the device marked a frame as broken"});
  }
  const bool compressed = raw_.format == PixelFormat::mjpeg;
  const auto memory = buffers_->at(buffer.index);
  // Some drivers leave bytesused at zero for raw formats, where it says nothing new.
  const bool told = buffer.bytesused > 0 || compressed;
  const std::size_t used = told ? std::min<std::size_t>(buffer.bytesused, memory.size()) : memory.size();
  if (!wanted(compressed ? used : 0)) return Taken{};
  RawPicture picture = raw_;
  picture.bytes = memory.first(used);
  if (compressed) return read_jpeg(picture);
  if (lends_ && with_driver_ >= kLeastWithDriver) {
    const auto light = light_of(picture);
    if (!light) return tl::make_unexpected(light.error());
    lent = true;
    buffers_->lend(buffer.index);
    return Taken{makers_.pool.lend(*light, buffers_, buffer.index), 0};
  }
  auto frame = makers_.pool.take(picture.width, picture.height);
  if (auto copied = copy_light(picture, *frame); !copied) return tl::make_unexpected(copied.error());
  return Taken{std::move(frame), 0};
}

tl::expected<V4l2Device::Taken, PictureError> V4l2Device::read_jpeg(const RawPicture& picture) {
  const auto measures = begin_jpeg(makers_.jpeg, picture, options_.scale);
  if (!measures) return tl::make_unexpected(measures.error());
  auto frame = makers_.pool.take(measures->width, measures->height);
  if (auto read = makers_.jpeg.finish(*frame); !read) return tl::make_unexpected(read.error());
  return Taken{std::move(frame), picture.bytes.size()};
}

// --- Set up
// --------------------------------------------------------------------------------------------------------

V4l2Device::Failure V4l2Device::start(const std::string& path) {
  fd_ = system_.open(path);
  if (fd_ < 0) return Refusal{trouble_of_open(), because("cannot be opened")};
  v4l2_capability capability{};
  const auto unusable = [](std::string why) { return Refusal{CameraTrouble::not_usable, std::move(why)}; };
  if (control(VIDIOC_QUERYCAP, &capability) != 0) return unusable("is not a video device");
  const std::uint32_t can = (capability.capabilities & V4L2_CAP_DEVICE_CAPS) != 0 ? capability.device_caps
                                                                                  : capability.capabilities;
  if ((can & V4L2_CAP_VIDEO_CAPTURE) == 0) return unusable("does not capture video");
  if ((can & V4L2_CAP_STREAMING) == 0) return unusable("cannot stream");
  if (auto why = choose_mode()) return why;
  remarks_ = apply_profile(
      options_.profile, [this](unsigned long request, void* argument) { return control(request, argument); });
  return start_streaming();
}

std::vector<VideoMode> V4l2Device::offered() {
  std::vector<VideoMode> modes;
  v4l2_fmtdesc listed{};
  listed.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
  for (; listed.index < kMaxListed && control(VIDIOC_ENUM_FMT, &listed) == 0; ++listed.index) {
    const auto format = known_format(listed.pixelformat);
    if (format) list_sizes({listed.pixelformat, *format, 0, 0, 0, 0}, modes);
  }
  return modes;
}

void V4l2Device::list_sizes(VideoMode mode, std::vector<VideoMode>& modes) {
  const auto add = [&](std::uint32_t width, std::uint32_t height) {
    if (!fits_frame(width, height) || modes.size() >= kMaxModes) return;
    mode.width = static_cast<int>(width);
    mode.height = static_cast<int>(height);
    list_rates(mode, modes);
  };
  v4l2_frmsizeenum size{};
  size.pixel_format = mode.fourcc;
  for (; size.index < kMaxListed && control(VIDIOC_ENUM_FRAMESIZES, &size) == 0; ++size.index) {
    if (size.type == V4L2_FRMSIZE_TYPE_DISCRETE) {
      add(size.discrete.width, size.discrete.height);
      continue;
    }
    // Any size within bounds; the driver rounds what is wished for.
    const auto& bounds = size.stepwise;
    add(std::clamp(static_cast<std::uint32_t>(options_.width), bounds.min_width,
                   std::max(bounds.min_width, bounds.max_width)),
        std::clamp(static_cast<std::uint32_t>(options_.height), bounds.min_height,
                   std::max(bounds.min_height, bounds.max_height)));
    break;
  }
  // A driver that does not say: it is told what is wished for, and answers with what it does.
  if (size.index == 0 && size.type != V4L2_FRMSIZE_TYPE_STEPWISE &&
      size.type != V4L2_FRMSIZE_TYPE_CONTINUOUS) {
    add(static_cast<std::uint32_t>(options_.width), static_cast<std::uint32_t>(options_.height));
  }
}

void V4l2Device::list_rates(VideoMode mode, std::vector<VideoMode>& modes) {
  v4l2_frmivalenum interval{};
  interval.pixel_format = mode.fourcc;
  interval.width = static_cast<std::uint32_t>(mode.width);
  interval.height = static_cast<std::uint32_t>(mode.height);
  const std::size_t before = modes.size();
  for (; interval.index < kMaxListed && control(VIDIOC_ENUM_FRAMEINTERVALS, &interval) == 0;
       ++interval.index) {
    const bool discrete = interval.type == V4L2_FRMIVAL_TYPE_DISCRETE;
    const v4l2_fract& each = discrete ? interval.discrete : interval.stepwise.min;
    mode.interval_numerator = each.numerator;
    mode.interval_denominator = each.denominator;
    if (modes.size() < kMaxModes) modes.push_back(mode);
    if (!discrete) break;  // its shortest; a longer one is set if that is wished for
  }
  if (modes.size() == before && modes.size() < kMaxModes) modes.push_back(mode);
}

V4l2Device::Failure V4l2Device::choose_mode() {
  const auto modes = ranked(offered(), options_.width, options_.height);
  Failure last = Refusal{CameraTrouble::no_format,
                         "offers no picture format that is known here (MJPEG, YUYV, NV12, GREY)"};
  for (const VideoMode& wish : modes) {
    last = set_mode(wish);
    if (!last) {
      set_rate();
      return std::nullopt;
    }
    if (errno == EBUSY) break;  // another program has it, whatever is asked for
  }
  return last;
}

V4l2Device::Failure V4l2Device::set_mode(VideoMode wish) {
  v4l2_format format{};
  format.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
  format.fmt.pix.pixelformat = wish.fourcc;
  format.fmt.pix.width = static_cast<std::uint32_t>(wish.width);
  format.fmt.pix.height = static_cast<std::uint32_t>(wish.height);
  format.fmt.pix.field = V4L2_FIELD_ANY;
  errno = 0;
  if (control(VIDIOC_S_FMT, &format) != 0) {
    const bool busy = errno == EBUSY;
    return Refusal{busy ? CameraTrouble::not_usable : CameraTrouble::no_format,
                   because(busy ? "is in use by another program" : "refuses a format")};
  }
  const auto& got = format.fmt.pix;
  const auto known = known_format(got.pixelformat);
  if (!known || !fits_frame(got.width, got.height) || got.bytesperline > INT32_MAX) {
    return Refusal{CameraTrouble::no_format, "answers with a format that is unknown here"};
  }
  mode_ = wish;
  mode_.fourcc = got.pixelformat;
  mode_.format = *known;
  mode_.width = static_cast<int>(got.width);
  mode_.height = static_cast<int>(got.height);
  // For compressed pictures a line has no length, whatever a driver leaves there.
  const bool compressed = *known == PixelFormat::mjpeg;
  raw_ = {{}, *known, mode_.width, mode_.height, compressed ? 0 : static_cast<int>(got.bytesperline)};
  lends_ = !options_.copy_frames && (*known == PixelFormat::grey || *known == PixelFormat::nv12);
  return std::nullopt;
}

// Best effort, since not every device can.
void V4l2Device::set_rate() {
  v4l2_streamparm rate{};
  rate.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
  rate.parm.capture.timeperframe = {1, kFramesPerSecond};
  const bool known = mode_.interval_numerator != 0 && mode_.interval_denominator != 0;
  if (known && rate_of(mode_) < kFramesPerSecond) {
    rate.parm.capture.timeperframe = {mode_.interval_numerator, mode_.interval_denominator};
  }
  control(VIDIOC_S_PARM, &rate);
}

V4l2Device::Failure V4l2Device::start_streaming() {
  const auto unusable = [](std::string why) { return Refusal{CameraTrouble::not_usable, std::move(why)}; };
  v4l2_requestbuffers request{};
  request.count = lends_ ? kBuffersToLend : kBuffers;
  request.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
  request.memory = V4L2_MEMORY_MMAP;
  if (control(VIDIOC_REQBUFS, &request) != 0) return unusable(because("gives no buffers"));
  if (request.count == 0 || request.count > kMaxBuffers) return unusable("gives an odd number of buffers");
  for (std::uint32_t index = 0; index < request.count; ++index) {
    v4l2_buffer buffer = blank_buffer(index);
    if (control(VIDIOC_QUERYBUF, &buffer) != 0) return unusable(because("does not describe its buffers"));
    void* memory = system_.map(fd_, buffer.length, buffer.m.offset);
    if (memory == MAP_FAILED) return unusable(because("its buffers cannot be mapped"));
    buffers_->add({static_cast<std::uint8_t*>(memory), buffer.length});
    if (!give_back(index)) return unusable(because("takes no buffers"));
  }
  int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
  if (control(VIDIOC_STREAMON, &type) != 0) return unusable(because("does not start"));
  return std::nullopt;
}

}  // namespace lanyard::scanner
