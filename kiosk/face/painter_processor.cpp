#include <utility>

#include <imgui.h>

#include "kiosk/face/painter.hpp"
#include "kiosk/face/processor_picture.hpp"
#include "sync/log.hpp"

namespace lanyard::kiosk {
namespace {

class ProcessorPainter : public Painter {
 public:
  ProcessorPainter(OpenPanel open, std::unique_ptr<Panel> panel)
      : open_(std::move(open)), panel_(std::move(panel)) {
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

  [[nodiscard]] Shown show(const ImDrawData& drawn, int width_px, int height_px) override {
    if (!panel_ || panel_->picture().width != width_px || panel_->picture().height != height_px) {
      picture_.forget();
      panel_.reset();
      auto opened = open_(width_px, height_px);
      if (!opened) {
        // Asked for again with each frame: a panel that changes its size is between two of them.
        if (!std::exchange(failed_, true)) log::error("screen: {}", opened.error().message);
        return Shown::no;
      }
      failed_ = false;
      panel_ = std::move(*opened);
    }
    std::vector<PixelRect> changed = picture_.draw(drawn, panel_->picture());
    if (std::exchange(lost_, false)) changed = {panel_->picture().all()};
    return panel_->show(changed);
  }

  [[nodiscard]] RgbPicture screenshot(const ImDrawData&, int, int) override {
    RgbPicture shot;
    if (!panel_) return shot;
    const PixelBuffer from = panel_->picture();
    shot.width = from.width;
    shot.height = from.height;
    shot.rgb.reserve(static_cast<std::size_t>(from.width) * static_cast<std::size_t>(from.height) * 3);
    for (int y = 0; y < from.height; ++y) {
      for (int x = 0; x < from.width; ++x) {
        for (const unsigned shift : {16U, 8U, 0U}) {
          shot.rgb.push_back(static_cast<std::uint8_t>(from.row(y)[x] >> shift));
        }
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

sync::Expected<std::unique_ptr<Painter>> processor_painter(OpenPanel open, int width_px, int height_px) {
  auto panel = open(width_px, height_px);
  if (!panel) return tl::make_unexpected(panel.error());
  return std::make_unique<ProcessorPainter>(std::move(open), std::move(*panel));
}

}  // namespace lanyard::kiosk
