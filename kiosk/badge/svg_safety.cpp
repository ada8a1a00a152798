#include "kiosk/badge/svg_safety.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "kiosk/badge/svg_style.hpp"
#include "sync/base64.hpp"

namespace lanyard::kiosk {

namespace {

using sync::Error;
using sync::Expected;
using sync::fail;

std::string named(const pugi::xml_node& node) {
  const std::string_view id = node.attribute("id").value();
  return "<" + std::string(node.name()) + (id.empty() ? "" : " id=\"" + std::string(id) + "\"") + ">";
}

tl::unexpected<Error> wrong(const pugi::xml_node& node, std::string_view what) {
  return fail(Error::Kind::invalid, named(node) + ": " + std::string(what));
}

unsigned byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}
unsigned two_bytes(std::string_view bytes, std::size_t at) {
  return byte_at(bytes, at) << 8U | byte_at(bytes, at + 1);
}

// PNG (ISO/IEC 15948, 11.2.2: IHDR comes first). 0: not one.
double png_pixels(std::string_view bytes) {
  if (bytes.size() < 24 || !bytes.starts_with("\x89PNG\r\n\x1a\n")) return 0;
  const auto side = [&](std::size_t at) { return two_bytes(bytes, at) * 65536.0 + two_bytes(bytes, at + 2); };
  return side(16) * side(20);
}

// JPEG (ITU-T T.81, B.2.2: the frame header SOFn has the lines and the samples of a line). 0: not one.
double jpeg_pixels(std::string_view bytes) {
  if (!bytes.starts_with("\xff\xd8")) return 0;
  for (std::size_t at = 2; at + 9 < bytes.size();) {
    if (byte_at(bytes, at) != 0xff) return 0;
    const unsigned marker = byte_at(bytes, at + 1);
    if (marker == 0xff) {
      ++at;
      continue;
    }
    const bool frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    if (frame) return static_cast<double>(two_bytes(bytes, at + 5)) * two_bytes(bytes, at + 7);
    at += 2 + two_bytes(bytes, at + 2);
  }
  return 0;
}

// "data:image/png;base64,...": adds its pixels.
Expected<void> check_embedded(const pugi::xml_node& node, std::string_view href, double& pixels) {
  const std::size_t comma = href.find(',');
  const std::string_view kind = href.substr(0, comma);
  if (comma == std::string_view::npos || !kind.ends_with(";base64") ||
      !(kind.starts_with("data:image/png") || kind.starts_with("data:image/jpeg"))) {
    return wrong(node, "it embeds what is neither PNG nor JPEG");
  }
  std::string packed(href.substr(comma + 1));
  std::erase_if(packed, [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; });
  const auto bytes = sync::base64_decode(packed);
  const double own = bytes ? std::max(png_pixels(*bytes), jpeg_pixels(*bytes)) : 0;
  if (own <= 0) return wrong(node, "its embedded picture is damaged");
  pixels += own;
  if (pixels > kMaxTemplatePixels)
    return wrong(node, "the embedded pictures have more than 40 million pixels");
  return {};
}

// Links inside of the file, and pictures that it embeds. Anything else would have to be fetched.
Expected<void> check_link(const pugi::xml_node& node, std::string_view href, double& pixels) {
  if (href.empty() || href.starts_with('#')) return {};
  if (href.starts_with("data:")) return check_embedded(node, href, pixels);
  if (std::string_view(node.name()) == "a") return {};  // for people to click: nothing is drawn of it
  return wrong(node, "it links to another file (" + std::string(href.substr(0, 60)) +
                         "), which is never fetched: embed it");
}

std::string_view local_name(std::string_view name) {
  const std::size_t colon = name.find(':');  // whatever prefix the file has for it
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

// All that a <style> says. An escape could spell what is looked for in another way.
std::string css_in(const pugi::xml_node& style) {
  std::string css;
  for (const pugi::xml_node& part : style.children()) css += part.value();
  return css.find('\\') == std::string::npos ? lower_case(css) : "@import";
}

// url(#gradient) is inside of the file.
bool links_out(std::string_view css) {
  if (css.find("@import") != std::string_view::npos) return true;
  for (std::size_t at = css.find("url("); at != std::string_view::npos; at = css.find("url(", at + 4)) {
    const std::size_t begin = css.find_first_not_of(" \t\"'", at + 4);
    if (begin == std::string_view::npos || css[begin] != '#') return true;
  }
  return false;
}

// One element by itself.
Expected<void> check_element(const pugi::xml_node& node, double& pixels) {
  constexpr std::array<std::string_view, 8> kNever{"script", "foreignObject", "iframe", "audio",
                                                   "video",  "animate",       "set",    "handler"};
  const std::string_view name = local_name(node.name());
  if (std::ranges::find(kNever, name) != kNever.end()) return wrong(node, "a badge has no such thing");
  if (name == "style" && links_out(css_in(node)))
    return wrong(node, "its style links to another file, which is never fetched");
  for (const pugi::xml_attribute& attribute : node.attributes()) {
    const std::string_view key = local_name(attribute.name());
    const std::string_view value = attribute.value();
    if (key.starts_with("on")) return wrong(node, "it has a script (" + std::string(key) + ")");
    if (key == "href") {
      if (auto link = check_link(node, value, pixels); !link) return link;
    } else if (links_out(lower_case(value))) {
      return wrong(node, std::string(key) + " links to another file, which is never fetched");
    }
  }
  return {};
}

}  // namespace

Expected<void> check_safe(const pugi::xml_document& document) {
  double pixels = 0;
  std::size_t elements = 0;
  int depth = 0;
  for (pugi::xml_node node = document.first_child(); node;) {
    if (node.type() == pugi::node_doctype &&
        std::string_view(node.value()).find('[') != std::string_view::npos)
      return fail(Error::Kind::invalid, "it declares entities: save it as plain SVG");
    if (node.type() == pugi::node_pi && std::string_view(node.name()) == "xml-stylesheet")
      return fail(Error::Kind::invalid, "it has a style sheet in another file, which is never fetched");
    if (node.type() == pugi::node_element) {
      if (++elements > kMaxTemplateElements)
        return fail(Error::Kind::invalid, "it has more than 50,000 elements");
      if (auto one = check_element(node, pixels); !one) return one;
    }
    if (node.first_child()) {
      if (++depth > kMaxTemplateDepth) return wrong(node, "it is nested more than 100 deep");
      node = node.first_child();
      continue;
    }
    while (node && !node.next_sibling()) {
      node = node.parent();
      --depth;
    }
    if (node) node = node.next_sibling();
  }
  return {};
}

}  // namespace lanyard::kiosk
