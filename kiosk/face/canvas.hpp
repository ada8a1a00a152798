// The brush of the screens: shapes, texts and places to touch, and the semantic list that comes with them.
// The only door to ImGui besides the window: its draw lists for shapes, its buttons for touch, never its
// fonts.
//
// Threads: the window's thread alone. Units: pixels, unless a name says millimetres.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kiosk/desk/state.hpp"
#include "kiosk/face/geometry.hpp"
#include "kiosk/face/phrases.hpp"
#include "kiosk/face/semantics.hpp"
#include "kiosk/face/text.hpp"
#include "kiosk/face/theme.hpp"

struct ImDrawList;

namespace lanyard::kiosk {

enum class Stand : std::uint8_t { top, middle, bottom };

// How a text is set.
struct Words {
  float size_mm{kType.body};
  float least_mm{0};  // 0: does not shrink
  Weight weight{Weight::regular};
  Align align{Align::start};
  Stand stand{Stand::top};
  int lines{1};
  Role role{Role::text};
  bool quiet{false};  // see SemanticItem
  bool personal{false};
  std::string_view id{};
  std::string_view language{};  // "": of the screen
};

// One text of a column.
struct Line {
  std::string text{};  // "": left out, with its gap
  Words words{};
  Rgb ink{};
  float gap_mm{0};    // below it
  bool spare{false};  // left out where there is no room for it, before what must be read gets too small
};

class Canvas {
 public:
  // All of which must live longer.
  Canvas(Texts& texts, const Phrases& phrases, Scheme usual = Scheme::dark);

  Metrics metrics;  // of the whole panel

  // --- a frame. `draw` of screens.hpp calls these.
  // What is worn where nobody asked for high contrast. It must live longer.
  void dress(const Theme& theme) { usual_ = &theme; }
  void begin(const std::string& language, Moment moment, const Assist& assist = {});
  [[nodiscard]] SemanticList finish();

  [[nodiscard]] const Theme& theme() const { return *theme_; }
  [[nodiscard]] const Tongue& tongue() const { return *tongue_; }
  [[nodiscard]] const Tongue& tongue(std::string_view language) const { return phrases_.in(language); }
  [[nodiscard]] Reading reading() const { return reading_; }
  // The part of the panel that is laid out (reach.hpp), and its measures.
  [[nodiscard]] Rect screen() const { return place_; }
  [[nodiscard]] const Metrics& layout() const { return layout_; }
  [[nodiscard]] Rect panel() const;
  [[nodiscard]] float px(float mm) const { return metrics.px(mm) * zoom_; }
  // Millimetres larger than life, until the next frame: staff screens make use of a large panel.
  void zoom(float factor) { zoom_ = factor; }
  // Larger type gives way on a smaller panel; what a delegate must read never does.
  [[nodiscard]] float type(float mm) const;
  // Who asked for it gets what is to be read as much larger as there is room for.
  [[nodiscard]] bool large_type() const { return large_type_; }
  [[nodiscard]] float margin() const;

  // --- shapes
  void fill(const Rect& area, Rgb colour, float radius = 0, float alpha = 1);
  void gradient(const Rect& area, Rgb top, Rgb bottom);
  void frame(const Rect& area, Rgb colour, float thick, float radius, float alpha = 1);
  void shadow(const Rect& area, float radius, float reach, float alpha);
  void line(Point from, Point to, Rgb colour, float thick, float alpha = 1);
  void disc(Point centre, float radius, Rgb colour, float alpha = 1);
  // Clockwise from the top, in turns.
  void arc(Point centre, float radius, float from, float to, Rgb colour, float thick, float alpha = 1);
  // A pen line with round ends, of which the part `drawn` is there already.
  void stroke(std::span<const Point> points, Rgb colour, float thick, float drawn = 1, float alpha = 1);
  void polygon(std::span<const Point> convex, Rgb colour, float alpha = 1);
  void picture(TextureId texture, const Rect& area, Point uv_min, Point uv_max, Rgb colour, float radius);
  void clip(const Rect& area);
  void unclip();

  // --- texts. They are drawn within their box, and are in the semantic list. What is returned is what they
  // take up.
  Rect text(const Rect& box, std::string_view words, const Words& how, Rgb ink, Rgb ground);
  [[nodiscard]] Rect measure(const Rect& box, std::string_view words, const Words& how);
  // A column; sizes give way together if the box is too low. Returns what it takes up.
  Rect column(const Rect& box, std::vector<Line> lines, Rgb ground, Stand stand);
  // Of all its lines at the least of their sizes.
  [[nodiscard]] float least_column_height(const Rect& box, std::vector<Line> lines);
  [[nodiscard]] float column_height(const Rect& box, const std::vector<Line>& lines);
  // Said, but not drawn.
  void speak(Role role, std::string_view id, std::string_view words, std::string_view language = {});
  // The same, of one person: `aloud` is what a loudspeaker may say in its place.
  void speak_to_one(Role role, std::string_view id, std::string_view words, std::string_view aloud);
  void note(SemanticItem item) { semantics_.push_back(std::move(item)); }

  // --- touch
  struct Touch {
    bool tapped{false};
    bool held{false};
  };
  [[nodiscard]] Touch touch(const Rect& area, const std::string& id);
  // Letters typed since the last frame, on a keyboard that may be plugged in; UTF-8.
  [[nodiscard]] static std::string typed();
  enum class Key : std::uint8_t { erase, enter, escape };
  [[nodiscard]] static bool key(Key key);
  [[nodiscard]] bool touched_anywhere() const;

  // --- motion of what is coming in: drawn lower by `dy`, and so much visible. The semantic list says where
  // it will be.
  void enter(float dy, float visible);

  // --- keypad: what it has come to (key_of, reading.hpp) is framed; what it presses counts as tapped in the
  // next frame.
  void focus(std::string key) { focus_ = std::move(key); }
  [[nodiscard]] const std::string& focus() const { return focus_; }
  void press(std::string id) { pressed_ = std::move(id); }

  // Kept from frame to frame.
  std::optional<Moment> corner_since;
  Moment now{};

 private:
  [[nodiscard]] Words enlarged(Words how) const;
  [[nodiscard]] float height_of(const Rect& box, const std::vector<Line>& lines);
  Rect set(const Rect& box, std::string_view words, const Words& how, Rgb ink, Rgb ground);
  [[nodiscard]] Rect measure_set(const Rect& box, std::string_view words, const Words& how);
  Rect set_column(const Rect& box, std::vector<Line> lines, Rgb ground, Stand stand);
  [[nodiscard]] const TextPicture& picture_of(const Rect& box, std::string_view words, const Words& how);
  [[nodiscard]] std::uint32_t tint(Rgb colour, float alpha) const;
  void draw_focus();

  Texts& texts_;
  const Phrases& phrases_;
  const Theme* usual_;
  const Theme* theme_;
  const Tongue* tongue_;
  Reading reading_{Reading::left_to_right};
  std::string language_;
  ImDrawList* list_{nullptr};
  SemanticList semantics_;
  std::string focus_;
  std::string pressed_;
  Rect place_;
  Metrics layout_;
  bool large_type_{false};
  float zoom_{1};
  float dy_{0};
  float visible_{1};
};

}  // namespace lanyard::kiosk
