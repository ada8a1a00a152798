#include "sync/enrolment_code.hpp"

#include <algorithm>

#include "sync/base64.hpp"

namespace lanyard::sync {

namespace {

constexpr std::string_view kPinScheme = "sha256//";
constexpr std::size_t kPinBytes = 32;
constexpr std::size_t kMaxCodeBytes = 32;

bool is_code(std::string_view text) {
  return !text.empty() && text.size() <= kMaxCodeBytes && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-';
  });
}

}  // namespace

std::optional<std::string> normal_hub_url(std::string_view url) {
  constexpr std::size_t kMaxUrlBytes = 512;
  const std::size_t scheme = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
  if (scheme == 0 || url.size() > kMaxUrlBytes) return std::nullopt;
  // Printable ASCII; no user, whose password would end up in logs, and nothing behind the path.
  const bool plain = std::ranges::all_of(url, [](char c) { return c > ' ' && c < '\x7f'; });
  if (!plain || url.find_first_of("@?#\\") != std::string_view::npos) return std::nullopt;
  while (url.ends_with('/')) url.remove_suffix(1);
  if (url.size() <= scheme || url[scheme] == '/' || url[scheme] == ':') return std::nullopt;
  return std::string(url);
}

bool is_hub_pin(std::string_view text) {
  if (!text.starts_with(kPinScheme)) return false;
  const auto bytes = base64_decode(text.substr(kPinScheme.size()));
  return bytes && bytes->size() == kPinBytes;
}

std::string to_text(const EnrolmentCode& code) {
  return std::string(kEnrolmentScheme) + code.code + "@" + code.hub +
         (code.pin.empty() ? "" : "#" + code.pin);
}

Expected<EnrolmentCode> parse_enrolment_code(std::string_view text) {
  const auto wrong = [](const char* why) {
    return fail(Error::Kind::invalid, std::string("this is no enrolment code of Lanyard: ") + why);
  };
  if (text.size() > kMaxEnrolmentCodeBytes) return wrong("it is too long");
  if (!text.starts_with(kEnrolmentScheme)) return wrong("it does not begin as one");
  text.remove_prefix(kEnrolmentScheme.size());
  const auto at = text.find('@');
  if (at == std::string_view::npos || !is_code(text.substr(0, at))) return wrong("its code cannot be read");
  EnrolmentCode found;
  found.code = text.substr(0, at);
  text.remove_prefix(at + 1);
  const auto hash = text.find('#');
  const auto hub = normal_hub_url(text.substr(0, hash));
  if (!hub) return wrong("it names no hub");
  found.hub = *hub;
  if (hash != std::string_view::npos) {
    found.pin = text.substr(hash + 1);
    if (!is_hub_pin(found.pin) || !found.hub.starts_with("https://")) return wrong("its key cannot be read");
  }
  return found;
}

}  // namespace lanyard::sync
