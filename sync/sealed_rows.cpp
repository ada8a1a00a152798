#include "sync/sealed_rows.hpp"

#include <algorithm>
#include <array>

#include <sodium.h>

#include "sync/wire.hpp"

namespace lanyard::sync {

namespace {

constexpr std::string_view kMagic = "LYSEAL1\n";

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

}  // namespace

Expected<std::string> seal(const SealedRows& rows, const PublicKey& hub_key) {
  std::array<unsigned char, crypto_box_PUBLICKEYBYTES> box_key{};
  if (crypto_sign_ed25519_pk_to_curve25519(box_key.data(), hub_key.data()) != 0)
    return fail(Error::Kind::invalid, "the hub's key is none to seal for");
  std::string text = rows.device + "\n";
  for (const JournalRow& row : rows.rows) text += to_json(row) + "\n";
  std::string sealed(kMagic.size() + crypto_box_SEALBYTES + text.size(), '\0');
  std::ranges::copy(kMagic, sealed.begin());
  crypto_box_seal(bytes_of(sealed) + kMagic.size(), bytes_of(text), text.size(), box_key.data());
  sodium_memzero(text.data(), text.size());
  return sealed;
}

Expected<SealedRows> unseal(std::string_view sealed, const SecretKey& hub_key) {
  if (!sealed.starts_with(kMagic) || sealed.size() < kMagic.size() + crypto_box_SEALBYTES)
    return fail(Error::Kind::invalid, "these are no sealed rows");
  sealed.remove_prefix(kMagic.size());
  std::array<unsigned char, crypto_box_SECRETKEYBYTES> box_secret{};
  std::array<unsigned char, crypto_box_PUBLICKEYBYTES> box_key{};
  const bool usable = crypto_sign_ed25519_sk_to_curve25519(box_secret.data(), hub_key.data()) == 0;
  crypto_scalarmult_base(box_key.data(), box_secret.data());
  std::string text(sealed.size() - crypto_box_SEALBYTES, '\0');
  const bool opened = usable && crypto_box_seal_open(bytes_of(text), bytes_of(sealed), sealed.size(),
                                                     box_key.data(), box_secret.data()) == 0;
  sodium_memzero(box_secret.data(), box_secret.size());
  if (!opened) return fail(Error::Kind::refused, "this key does not open it, or it was damaged");

  SealedRows found;
  std::size_t line_number = 0;
  for (std::size_t at = 0; at < text.size(); ++line_number) {
    const auto end = std::min(text.find('\n', at), text.size());
    const std::string_view line = std::string_view(text).substr(at, end - at);
    at = end + 1;
    if (line_number == 0) {
      found.device = line;
      continue;
    }
    auto row = parse_row(line);
    if (!row) return tl::make_unexpected(row.error().within("row " + std::to_string(line_number)));
    found.rows.push_back(std::move(*row));
  }
  if (!is_id(found.device)) return fail(Error::Kind::invalid, "the rows do not say whose they are");
  return found;
}

}  // namespace lanyard::sync
