#include "kiosk/face/svg_picture.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

#include <librsvg/rsvg.h>

namespace lanyard::kiosk {
namespace {

using sync::Error;
using sync::Expected;
using sync::fail;

struct UnrefHandle {
  void operator()(RsvgHandle* handle) const { g_object_unref(handle); }
};
struct FreeSurface {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};
struct FreeCairo {
  void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
};
using HandlePtr = std::unique_ptr<RsvgHandle, UnrefHandle>;

std::string taken(GError* problem, const char* otherwise) {
  std::string why = problem == nullptr ? otherwise : problem->message;
  g_clear_error(&problem);
  return why;
}

// Without a base address librsvg follows no reference.
Expected<HandlePtr> parsed(std::string_view svg) {
  GError* problem = nullptr;
  HandlePtr handle(
      rsvg_handle_new_from_data(reinterpret_cast<const guint8*>(svg.data()), svg.size(), &problem));
  if (!handle) return fail(Error::Kind::invalid, taken(problem, "not an SVG"));
  return handle;
}

Expected<SvgShape> checked(double width, double height) {
  const double ratio = width / height;
  if (std::isfinite(ratio) && ratio <= kMaxSvgRatio && ratio >= 1 / kMaxSvgRatio)
    return SvgShape{width, height};
  return fail(Error::Kind::invalid, "one side of it is more than a hundred times the other");
}

Expected<SvgShape> shape_of(RsvgHandle* handle) {
  gboolean has_width = FALSE;
  gboolean has_height = FALSE;
  gboolean has_box = FALSE;
  RsvgLength width{};
  RsvgLength height{};
  RsvgRectangle box{};
  rsvg_handle_get_intrinsic_dimensions(handle, &has_width, &width, &has_height, &height, &has_box, &box);
  if (has_box != FALSE && box.width > 0 && box.height > 0) return checked(box.width, box.height);
  double w = 0;
  double h = 0;
  if (rsvg_handle_get_intrinsic_size_in_pixels(handle, &w, &h) != FALSE && w > 0 && h > 0) {
    return checked(w, h);
  }
  return fail(Error::Kind::invalid, "it has neither a viewBox nor a width and height");
}

std::uint8_t straight(unsigned premultiplied, unsigned alpha) {
  return static_cast<std::uint8_t>(alpha == 0 ? 0
                                              : std::min(255U, (premultiplied * 255U + alpha / 2) / alpha));
}

RgbaPicture unpremultiplied(cairo_surface_t* surface, int width, int height) {
  RgbaPicture out{width, height, {}};
  out.rgba.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4);
  cairo_surface_flush(surface);
  const unsigned char* const data = cairo_image_surface_get_data(surface);
  const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(surface));
  std::uint8_t* to = out.rgba.data();
  for (std::size_t y = 0; y < static_cast<std::size_t>(height); ++y) {
    const auto* from = reinterpret_cast<const std::uint32_t*>(data + y * stride);
    for (int x = 0; x < width; ++x, to += 4) {
      const std::uint32_t pixel = from[x];
      const unsigned alpha = pixel >> 24U;
      to[0] = straight((pixel >> 16U) & 0xFFU, alpha);
      to[1] = straight((pixel >> 8U) & 0xFFU, alpha);
      to[2] = straight(pixel & 0xFFU, alpha);
      to[3] = static_cast<std::uint8_t>(alpha);
    }
  }
  return out;
}

}  // namespace

Expected<SvgShape> svg_shape(std::string_view svg) {
  auto handle = parsed(svg);
  if (!handle) return tl::make_unexpected(handle.error());
  return shape_of(handle->get());
}

Expected<RgbaPicture> draw_svg(std::string_view svg, int width_px, int height_px) {
  if (width_px < 1 || height_px < 1 || width_px > kMaxSvgSidePixels || height_px > kMaxSvgSidePixels) {
    return fail(Error::Kind::invalid, "it is too large to be drawn");
  }
  auto handle = parsed(svg);
  if (!handle) return tl::make_unexpected(handle.error());
  const auto shape = shape_of(handle->get());
  if (!shape) return tl::make_unexpected(shape.error());
  const double scale = std::max(width_px / shape->width, height_px / shape->height);
  const RsvgRectangle viewport{(width_px - shape->width * scale) / 2, (height_px - shape->height * scale) / 2,
                               shape->width * scale, shape->height * scale};
  std::unique_ptr<cairo_surface_t, FreeSurface> surface(
      cairo_image_surface_create(CAIRO_FORMAT_ARGB32, width_px, height_px));
  const std::unique_ptr<cairo_t, FreeCairo> cairo(cairo_create(surface.get()));
  GError* problem = nullptr;
  if (rsvg_handle_render_document(handle->get(), cairo.get(), &viewport, &problem) == FALSE) {
    return fail(Error::Kind::invalid, taken(problem, "it cannot be drawn"));
  }
  if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS) {
    return fail(Error::Kind::invalid, "it is too large to be drawn");
  }
  return unpremultiplied(surface.get(), width_px, height_px);
}

}  // namespace lanyard::kiosk
