#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <utility>

#include <backends/imgui_impl_opengl3.h>
#include <imgui.h>
// clang-format off
#include <GL/gl.h>
// clang-format on

#include "kiosk/face/gl_textures.hpp"
#include "kiosk/face/painter.hpp"

namespace lanyard::kiosk {
namespace {

class CardPainter : public Painter {
 public:
  explicit CardPainter(std::function<void()> swap) : swap_(std::move(swap)) {
    ImGui_ImplOpenGL3_Init("#version 330 core");
  }
  ~CardPainter() override { ImGui_ImplOpenGL3_Shutdown(); }
  CardPainter(const CardPainter&) = delete;
  CardPainter& operator=(const CardPainter&) = delete;

  [[nodiscard]] Textures& textures() override { return textures_; }
  void begin_frame() override { ImGui_ImplOpenGL3_NewFrame(); }

  [[nodiscard]] Shown show(const ImDrawData& drawn, int width_px, int height_px) override {
    render(drawn, width_px, height_px);
    swap_();
    return Shown::yes;
  }

  [[nodiscard]] RgbPicture screenshot(const ImDrawData& drawn, int width_px, int height_px) override {
    // Drawn once more: what is in front may not be read back on every driver.
    render(drawn, width_px, height_px);
    RgbPicture picture{width_px, height_px, {}};
    const auto row = static_cast<std::size_t>(width_px) * 3;
    const auto height = static_cast<std::size_t>(height_px);
    std::vector<std::uint8_t> upside_down(row * height);
    glPixelStorei(GL_PACK_ALIGNMENT, 1);
    glReadBuffer(GL_BACK);
    glReadPixels(0, 0, width_px, height_px, GL_RGB, GL_UNSIGNED_BYTE, upside_down.data());
    picture.rgb.resize(upside_down.size());
    for (std::size_t y = 0; y < height; ++y) {
      std::memcpy(&picture.rgb[y * row], &upside_down[(height - 1 - y) * row], row);
    }
    return picture;
  }

 private:
  // Into the back buffer. The lists, and the textures in them, stay valid until the next frame begins.
  static void render(const ImDrawData& drawn, int width_px, int height_px) {
    glViewport(0, 0, width_px, height_px);
    glClearColor(0, 0, 0, 1);
    glClear(GL_COLOR_BUFFER_BIT);
    // It changes nothing of them, and does not say so.
    ImGui_ImplOpenGL3_RenderDrawData(const_cast<ImDrawData*>(&drawn));  // NOLINT
  }

  GlTextures textures_;
  std::function<void()> swap_;
};

}  // namespace

std::unique_ptr<Painter> card_painter(std::function<void()> swap) {
  return std::make_unique<CardPainter>(std::move(swap));
}

bool card_is_software() {
  const auto* said = reinterpret_cast<const char*>(glGetString(GL_RENDERER));
  const std::string_view name = said == nullptr ? "" : said;
  constexpr std::array<std::string_view, 4> kSoftware{"llvmpipe", "softpipe", "swrast",
                                                      "Software Rasterizer"};
  return std::ranges::any_of(kSoftware, [&](auto one) { return name.find(one) != std::string_view::npos; });
}

}  // namespace lanyard::kiosk
