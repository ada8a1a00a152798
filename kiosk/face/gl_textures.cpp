#include "kiosk/face/gl_textures.hpp"

#include <array>

// clang-format off
#include <GL/gl.h>
#include <GL/glext.h>
// clang-format on

namespace lanyard::kiosk {
namespace {

// One byte a pixel is a quarter of the memory and of the upload; the swizzle makes four channels of it.
void set_swizzle(Channel channel) {
  constexpr std::array<GLint, 4> kCoverage{GL_ONE, GL_ONE, GL_ONE, GL_RED};
  constexpr std::array<GLint, 4> kGrey{GL_RED, GL_RED, GL_RED, GL_ONE};
  const auto& swizzle = channel == Channel::coverage ? kCoverage : kGrey;
  glTexParameteriv(GL_TEXTURE_2D, GL_TEXTURE_SWIZZLE_RGBA, swizzle.data());
}

void describe_rows(const Pixels& pixels, int bytes_a_pixel) {
  glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
  glPixelStorei(GL_UNPACK_ROW_LENGTH, pixels.stride / bytes_a_pixel);
}

void forget_rows() {
  glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
  glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
}

}  // namespace

TextureId GlTextures::make(Channel channel, const Pixels& pixels) {
  GLuint name = 0;
  glGenTextures(1, &name);
  if (name == 0) return 0;
  glBindTexture(GL_TEXTURE_2D, name);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
  if (channel == Channel::colour) {
    describe_rows(pixels, 4);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, pixels.width, pixels.height, 0, GL_RGBA, GL_UNSIGNED_BYTE,
                 pixels.data);
  } else {
    set_swizzle(channel);
    describe_rows(pixels, 1);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_R8, pixels.width, pixels.height, 0, GL_RED, GL_UNSIGNED_BYTE,
                 pixels.data);
  }
  forget_rows();
  return name;
}

void GlTextures::refill(TextureId id, const Pixels& pixels) {
  glBindTexture(GL_TEXTURE_2D, static_cast<GLuint>(id));
  describe_rows(pixels, 1);
  glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, pixels.width, pixels.height, GL_RED, GL_UNSIGNED_BYTE, pixels.data);
  forget_rows();
}

void GlTextures::drop(TextureId id) {
  const auto name = static_cast<GLuint>(id);
  glDeleteTextures(1, &name);
}

}  // namespace lanyard::kiosk
