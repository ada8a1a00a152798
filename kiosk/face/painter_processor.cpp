#include <utility>

#include <imgui.h>

#include "kiosk/face/painter.hpp"
#include "kiosk/face/processor_picture.hpp"
#include "sync/log.hpp"

namespace lanyard::kiosk {
namespace {

class ProcessorPainter : public Painter {
 public:
  explicit ProcessorPainter(OpenPanel open) : open_(std::move(open)) {
    ImGuiIO& io = ImGui::GetIO();
    io.BackendRendererName = "lanyard";
    io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
    // No letter is drawn from it, but ImGui begins no frame without.
    unsigned char* pixels = nullptr;
    int width = 0;
    int height = 0;
    io.Fonts->GetTexDataAsAlpha8(&pixels, &width, &height);
  }

  [[nodiscard]] Textures& textures() override { return picture_.textures(); }

  // The picture is still there; the display gets all of it.
  void lose() override { lost_ = true; }

  [[nodiscard]] bool show(const ImDrawData& drawn, int width_px, int height_px) override {
    if (!panel_ || panel_->picture().width != width_px || panel_->picture().height != height_px) {
      picture_.forget();
      panel_.reset();
      auto opened = open_(width_px, height_px);
      if (!opened) {
        // Asked for again with each frame: a panel that changes its size is between two of them.
        if (!std::exchange(failed_, true)) log::error("screen: {}", opened.error().message);
        return false;
      }
      failed_ = false;
      panel_ = std::move(*opened);
    }
    std::vector<PixelRect> changed = picture_.draw(drawn, panel_->picture());
    if (std::exchange(lost_, false)) changed = {panel_->picture().all()};
    return panel_->show(changed);
  }

  [[nodiscard]] RgbPicture screenshot(const ImDrawData&, int width_px, int height_px) override {
    RgbPicture shot{width_px, height_px, {}};
    shot.rgb.resize(static_cast<std::size_t>(width_px) * static_cast<std::size_t>(height_px) * 3);
    if (!panel_) return shot;
    const PixelBuffer from = panel_->picture();
    std::size_t at = 0;
    for (int y = 0; y < std::min(height_px, from.height); ++y) {
      for (int x = 0; x < std::min(width_px, from.width); ++x) {
        const std::uint32_t pixel = from.row(y)[x];
        shot.rgb[at++] = static_cast<std::uint8_t>(pixel >> 16U);
        shot.rgb[at++] = static_cast<std::uint8_t>(pixel >> 8U);
        shot.rgb[at++] = static_cast<std::uint8_t>(pixel);
      }
    }
    return shot;
  }

 private:
  OpenPanel open_;
  std::unique_ptr<Panel> panel_;
  ProcessorPicture picture_;
  bool failed_{false};
  bool lost_{false};
};

}  // namespace

std::unique_ptr<Painter> processor_painter(OpenPanel open) {
  return std::make_unique<ProcessorPainter>(std::move(open));
}

}  // namespace lanyard::kiosk
