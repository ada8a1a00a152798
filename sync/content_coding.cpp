#include "sync/content_coding.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <vector>

#include <zstd.h>

#include "sync/http_word.hpp"

namespace lanyard::sync {

namespace {

// Fast: both ends are small machines, and the rest of the gain costs more than it brings.
constexpr int kLevel = 1;

struct FreeDecoder {
  void operator()(ZSTD_DCtx* decoder) const { ZSTD_freeDCtx(decoder); }
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// "0", "0.", "0.000": not acceptable (RFC 9110 §12.4.2).
bool is_zero_weight(std::string_view parameter) {
  parameter = trimmed(parameter);
  if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) return false;
  parameter.remove_prefix(2);
  return !parameter.empty() && std::ranges::all_of(parameter, [](char c) { return c == '0' || c == '.'; });
}

}  // namespace

std::string zstd_encode(std::string_view body) {
  std::string coded(ZSTD_compressBound(body.size()), '\0');
  const std::size_t size = ZSTD_compress(coded.data(), coded.size(), body.data(), body.size(), kLevel);
  if (ZSTD_isError(size) != 0) std::abort();  // out of memory: the room was enough
  coded.resize(size);
  return coded;
}

Expected<std::string> zstd_decode(std::string_view coded, std::size_t most_bytes) {
  const std::unique_ptr<ZSTD_DCtx, FreeDecoder> decoder(ZSTD_createDCtx());
  if (!decoder ||
      ZSTD_isError(ZSTD_DCtx_setParameter(decoder.get(), ZSTD_d_windowLogMax, kMaxWindowLog)) != 0)
    std::abort();  // out of memory
  ZSTD_inBuffer in{coded.data(), coded.size(), 0};
  std::string body;
  std::vector<char> step(ZSTD_DStreamOutSize());
  for (std::size_t left = 1; left != 0 || in.pos < in.size;) {
    ZSTD_outBuffer out{step.data(), step.size(), 0};
    left = ZSTD_decompressStream(decoder.get(), &out, &in);
    if (ZSTD_isError(left) != 0) return fail(Error::Kind::invalid, "the body is no zstd");
    if (out.pos > most_bytes - body.size()) return fail(Error::Kind::refused, "the body is too large");
    body.append(step.data(), out.pos);
    const bool stands_still = out.pos == 0 && in.pos == in.size;
    if (left != 0 && stands_still) return fail(Error::Kind::invalid, "the body breaks off");
  }
  return body;
}

std::size_t zstd_decoded_bytes(std::string_view coded, std::size_t most_bytes) {
  // One frame, which cannot hold more than it says; behind it there could be others.
  if (ZSTD_findFrameCompressedSize(coded.data(), coded.size()) != coded.size()) return most_bytes;
  const unsigned long long said = ZSTD_getFrameContentSize(coded.data(), coded.size());
  if (said == ZSTD_CONTENTSIZE_UNKNOWN || said == ZSTD_CONTENTSIZE_ERROR) return most_bytes;
  return static_cast<std::size_t>(std::min<unsigned long long>(said, most_bytes));
}

bool takes_zstd(std::string_view accept_encoding) {
  while (!accept_encoding.empty()) {
    const auto comma = std::min(accept_encoding.find(','), accept_encoding.size());
    const std::string_view item = accept_encoding.substr(0, comma);
    accept_encoding.remove_prefix(std::min(comma + 1, accept_encoding.size()));
    const auto semicolon = std::min(item.find(';'), item.size());
    if (!same_word(trimmed(item.substr(0, semicolon)), kZstd)) continue;
    return semicolon == item.size() || !is_zero_weight(item.substr(semicolon + 1));
  }
  return false;
}

}  // namespace lanyard::sync
