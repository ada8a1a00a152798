// Text into textures: every script, shaped, in the right direction, with the right forms of Han, and never
// clipped. The only door to Pango. A text is laid out once and then kept; nothing is laid out again while it
// stays the same.
//
// Threads: the window's thread alone. Units: pixels.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "kiosk/face/geometry.hpp"
#include "kiosk/face/textures.hpp"

namespace lanyard::kiosk {

inline constexpr std::size_t kMaxCachedTexts = 1024;  // more are kept only while one frame shows them all
// Of their textures, one byte a pixel: two full screens of a large panel.
inline constexpr std::size_t kMaxCachedTextBytes = 16UL * 1024 * 1024;
inline constexpr int kMaxTextSidePixels = 4096;
inline constexpr float kCapHeight = 0.714F;  // of Noto Sans, in em

enum class Weight : std::uint8_t { regular, bold };
enum class Align : std::uint8_t { start, centre, end };

// What is asked for: the text at `size_px` if it fits into the box, wrapped to `lines_most`; else smaller,
// down to `least_px`; and only if that too is not enough, shortened with an ellipsis.
// Of the size wished for, that a text must keep to stay on one line; a smaller one takes several.
inline constexpr float kOneLineFrom = 0.72F;

struct TextAsk {
  std::string_view text;
  std::string_view language;  // BCP 47: chooses the forms of Han, and the places where lines break
  float size_px{16};          // em
  float least_px{16};
  Weight weight{Weight::regular};
  Align align{Align::start};
  Reading reading{Reading::left_to_right};
  float width_px{0};
  float height_px{0};
  int lines_most{1};
  float one_line_from{kOneLineFrom};
};

struct TextPicture {
  TextureId texture{0};  // 0: nothing to see
  Rect ink;              // where the texture goes, from the block's top-left corner
  float width{0};        // of the block: what it takes up when texts are stacked
  float height{0};
  float size_px{0};  // the size it came to
  int lines{0};
  int unknown_glyphs{0};  // characters that no installed font has
  bool shortened{false};
};

class Texts {
 public:
  explicit Texts(Textures& textures);  // which must live longer
  ~Texts();
  Texts(const Texts&) = delete;
  Texts& operator=(const Texts&) = delete;

  // Pictures asked for since the last call stay valid until the next one.
  void begin_frame();
  [[nodiscard]] const TextPicture& get(const TextAsk& ask);

  [[nodiscard]] std::size_t cached() const { return pictures_.size(); }
  [[nodiscard]] std::size_t cached_bytes() const { return bytes_; }
  [[nodiscard]] std::uint64_t layouts_made() const { return layouts_made_; }

 private:
  struct Engine;
  struct Entry {
    TextPicture picture;
    std::size_t bytes{0};
    std::list<const std::string*>::iterator place;
  };

  Textures& textures_;
  std::unique_ptr<Engine> engine_;
  std::unordered_map<std::string, Entry> pictures_;
  std::list<const std::string*> order_;  // the one used last in front
  std::size_t bytes_{0};
  std::uint64_t layouts_made_{0};
};

// The direction in which a language is read.
[[nodiscard]] Reading reading_of(std::string_view language);

}  // namespace lanyard::kiosk
