// What the event wears, and whether its designer has just changed it: a change of the files is on the screen
// within a second, and one that cannot be worn leaves what was worn before. Threads: the window's thread
// alone.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "kiosk/face/canvas.hpp"
#include "kiosk/face/livery_pictures.hpp"

namespace lanyard::kiosk {

class LiveryWatch {
 public:
  // All of which must live longer. An empty `file`: there is nothing to wear, or to watch.
  LiveryWatch(Canvas& canvas, Textures& textures, std::filesystem::path file, Scheme usual);

  // True if something else is worn from now on: draw again.
  bool look(Moment now);

  [[nodiscard]] const Livery* livery() const { return livery_ ? &*livery_ : nullptr; }
  [[nodiscard]] const LiveryPictures& drawings() const { return drawings_; }

 private:
  // When what stands beside each other in the theme's folder was written last.
  using Written = std::vector<std::filesystem::file_time_type>;
  [[nodiscard]] Written written() const;
  void read();

  Canvas& canvas_;
  const std::filesystem::path file_;
  const Scheme usual_;
  LiveryPictures drawings_;
  std::optional<Livery> livery_;
  Written seen_;
  int width_px_{0};
  int height_px_{0};
  Moment looked_{};
};

}  // namespace lanyard::kiosk
