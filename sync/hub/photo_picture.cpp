// Pictures as people have them, made small.
#include <memory>

#include <gdk-pixbuf/gdk-pixbuf.h>

#include "sync/hub/photo.hpp"

namespace lanyard::sync::hub {

namespace {

// One that claims to be larger is not decoded: a few bytes may ask for gigabytes.
constexpr int kMostSidePx = 20'000;

struct Unref {
  void operator()(GdkPixbuf* picture) const { g_object_unref(picture); }
};
using Picture = std::unique_ptr<GdkPixbuf, Unref>;

struct FreeError {
  void operator()(GError* error) const { g_error_free(error); }
};

Expected<std::string> jpeg_of(GdkPixbuf* picture, const char* quality) {
  gchar* bytes = nullptr;
  gsize size = 0;
  GError* raised = nullptr;
  const bool done = gdk_pixbuf_save_to_buffer(picture, &bytes, &size, "jpeg", &raised, "quality", quality,
                                              nullptr) != FALSE;
  const std::unique_ptr<GError, FreeError> error(raised);
  if (!done) return fail(Error::Kind::invalid, error ? error->message : "it cannot be made a JPEG");
  std::string jpeg(bytes, size);
  g_free(bytes);
  return jpeg;
}

}  // namespace

Expected<std::string> portrait_of(const std::filesystem::path& file) {
  std::error_code unreadable;
  const auto size = std::filesystem::file_size(file, unreadable);
  if (unreadable) return fail(Error::Kind::invalid, unreadable.message());
  if (size > kMaxPictureBytes) return fail(Error::Kind::invalid, "it is larger than 32 MiB");
  int width = 0;
  int height = 0;
  if (gdk_pixbuf_get_file_info(file.c_str(), &width, &height) == nullptr)
    return fail(Error::Kind::invalid, "it is no picture that can be read");
  if (width > kMostSidePx || height > kMostSidePx)
    return fail(Error::Kind::invalid, "it has too many pixels");
  GError* raised = nullptr;
  // Room for either way that the camera was held; never larger than it is.
  const int room = std::min(std::max(width, height), 2 * kPhotoHeightPx);
  const Picture decoded(gdk_pixbuf_new_from_file_at_scale(file.c_str(), room, room, TRUE, &raised));
  const std::unique_ptr<GError, FreeError> error(raised);
  if (!decoded) return fail(Error::Kind::invalid, error ? error->message : "it cannot be read");
  const Picture upright(gdk_pixbuf_apply_embedded_orientation(decoded.get()));
  if (!upright) return fail(Error::Kind::invalid, "it cannot be turned upright");
  const double scale =
      std::min({1.0, static_cast<double>(kPhotoWidthPx) / gdk_pixbuf_get_width(upright.get()),
                static_cast<double>(kPhotoHeightPx) / gdk_pixbuf_get_height(upright.get())});
  const auto scaled_side = [&](int side) { return std::max(1, static_cast<int>(side * scale)); };
  const Picture small(gdk_pixbuf_scale_simple(upright.get(), scaled_side(gdk_pixbuf_get_width(upright.get())),
                                              scaled_side(gdk_pixbuf_get_height(upright.get())),
                                              GDK_INTERP_BILINEAR));
  if (!small) return fail(Error::Kind::invalid, "it cannot be made smaller");
  Expected<std::string> jpeg = jpeg_of(small.get(), "85");
  if (jpeg && jpeg->size() > kMaxPhotoBytes) jpeg = jpeg_of(small.get(), "50");
  if (jpeg && jpeg->size() > kMaxPhotoBytes)
    return fail(Error::Kind::invalid, "it cannot be made small enough");
  return jpeg;
}

}  // namespace lanyard::sync::hub
