#include "sync/chain.hpp"

#include <bit>

#include <sodium.h>

namespace lanyard::sync {

namespace {

class Hasher {
 public:
  Hasher() { crypto_generichash_init(&state_, nullptr, 0, crypto_generichash_BYTES); }
  void number(std::uint64_t value) {
    std::array<std::uint8_t, 8> bytes{};
    for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<std::uint8_t>(value >> (8 * i));
    crypto_generichash_update(&state_, bytes.data(), bytes.size());
  }
  void signed_number(std::int64_t value) { number(std::bit_cast<std::uint64_t>(value)); }
  void text(std::string_view value) {
    number(value.size());
    crypto_generichash_update(&state_, reinterpret_cast<const unsigned char*>(value.data()), value.size());
  }
  void digest(const Digest& value) { crypto_generichash_update(&state_, value.data(), value.size()); }
  Digest finish() {
    Digest out{};
    crypto_generichash_final(&state_, out.data(), out.size());
    return out;
  }

 private:
  crypto_generichash_state state_{};
};
static_assert(crypto_generichash_BYTES == sizeof(Digest));

}  // namespace

Digest chain_hash(const JournalRow& row) {
  Hasher h;
  h.text(row.id);
  h.text(row.device);
  h.number(row.seq);
  h.signed_number(row.hlc.wall_ms);
  h.number(row.hlc.counter);
  h.text(row.boot_id);
  h.signed_number(row.monotonic_ms);
  h.signed_number(row.wall.time_since_epoch().count());
  h.number(row.offset_ms ? 1 : 0);
  h.signed_number(row.offset_ms.value_or(0));
  h.text(to_name(row.kind));
  h.text(row.attendee);
  h.text(row.checkpoint);
  h.text(row.zone);
  h.text(row.operator_id);
  h.signed_number(row.roster_version);
  h.text(row.rule);
  h.number(row.generation);
  h.text(row.detail);
  h.digest(row.prev_hash);
  // Later fields, by name and only where they say something: rows of before they were there keep their hash.
  const auto also = [&](std::string_view name, const std::string& value) {
    if (value.empty()) return;
    h.text(name);
    h.text(value);
  };
  also("related", row.related);
  also("target", row.target);
  also("basis", row.basis);
  return h.finish();
}

std::optional<ChainBreak> find_break(std::span<const JournalRow> rows, const Digest& before) {
  Digest expected = before;
  const JournalRow* last = nullptr;
  for (const JournalRow& row : rows) {
    if (last != nullptr && row.device != last->device) return ChainBreak{row.seq, "a row of another device"};
    if (last != nullptr && row.seq != last->seq + 1) {
      return ChainBreak{row.seq, "row " + std::to_string(last->seq + 1) + " is missing"};
    }
    if (row.prev_hash != expected) return ChainBreak{row.seq, "it does not follow from the row before"};
    if (!row.erased && row.hash != chain_hash(row)) return ChainBreak{row.seq, "its contents were changed"};
    expected = row.hash;
    last = &row;
  }
  return std::nullopt;
}

std::string hex(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 0x0f];
  }
  return text;
}

bool unhex(std::string_view text, std::span<std::uint8_t> out) {
  const auto value = [](char c) -> int {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  if (text.size() != out.size() * 2) return false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = value(text[2 * i]);
    const int low = value(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    out[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return true;
}

}  // namespace lanyard::sync
