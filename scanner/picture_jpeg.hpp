// JPEGs one after the other, as a camera sends them: what one has taken, the next uses again, so that a
// stream of like pictures allocates nothing. No picture shows in a later one. Threads: a reader belongs to
// one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "scanner/frame.hpp"
#include "scanner/picture.hpp"

namespace lanyard::scanner {

class JpegReader {
 public:
  struct Measures {
    int full_width{0};  // pixels, as the picture says
    int full_height{0};
    int width{0};  // pixels, as scaled
    int height{0};
  };

  JpegReader();
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;
  ~JpegReader();

  // The header. `bytes` must stay until finish(), or until the next begin(). Errors as gray_from_jpeg's.
  [[nodiscard]] tl::expected<Measures, PictureError> begin(std::span<const std::uint8_t> bytes,
                                                           JpegScale scale = JpegScale::full);
  // The picture, after a begin() without error, into a frame of its scaled measures. After an error the frame
  // has any pixels.
  [[nodiscard]] tl::expected<void, PictureError> finish(GrayFrame& into);

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace lanyard::scanner
