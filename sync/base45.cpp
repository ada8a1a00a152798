// RFC 9285. Two bytes become three characters, a last single byte becomes two.
#include <array>
#include <cstdint>
#include <limits>

#include "sync/credential.hpp"

namespace lanyard::sync {

namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
static_assert(kAlphabet.size() == 45);

constexpr std::array<std::int8_t, 128> kValues = [] {
  std::array<std::int8_t, 128> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::int8_t>(i);
  }
  return values;
}();

int value_of(char c) {
  const auto index = static_cast<unsigned char>(c);
  return index < kValues.size() ? kValues[index] : -1;
}

}  // namespace

std::string base45_encode(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() * 3 + 1) / 2);
  const auto at = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(bytes[i])); };
  std::size_t i = 0;
  for (; i + 1 < bytes.size(); i += 2) {
    const unsigned n = at(i) * 256 + at(i + 1);
    text += kAlphabet[n % 45];
    text += kAlphabet[n / 45 % 45];
    text += kAlphabet[n / (45 * 45)];
  }
  if (i < bytes.size()) {
    text += kAlphabet[at(i) % 45];
    text += kAlphabet[at(i) / 45];
  }
  return text;
}

std::optional<std::string> base45_decode(std::string_view text) {
  if (text.size() % 3 == 1) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 3 * 2 + 1);
  for (std::size_t i = 0; i < text.size(); i += 3) {
    const std::size_t group = text.size() - i >= 3 ? 3 : 2;
    int n = 0;
    for (std::size_t k = group; k-- > 0;) {
      const int v = value_of(text[i + k]);
      if (v < 0) return std::nullopt;
      n = n * 45 + v;
    }
    if (n >= (group == 3 ? 65536 : 256)) return std::nullopt;
    if (group == 3) bytes += static_cast<char>(static_cast<unsigned char>(n / 256));
    bytes += static_cast<char>(static_cast<unsigned char>(n % 256));
  }
  return bytes;
}

}  // namespace lanyard::sync
