#include "sync/hub/tls_identity.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <utility>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "sync/base64.hpp"

namespace lanyard::sync::hub {

namespace {

template <auto kFree>
struct Free {
  template <class T>
  void operator()(T* what) const {
    kFree(what);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;
using File = std::unique_ptr<std::FILE, Free<std::fclose>>;

tl::unexpected<Error> cannot_make() {
  return fail(Error::Kind::storage, "the hub's certificate cannot be made");
}

std::string text_of(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

bool add_extension(X509* certificate, int what, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, &context, what, value));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

Certificate signed_by_itself(EVP_PKEY* key, Timestamp now) {
  Certificate certificate(X509_new());
  if (!certificate) return nullptr;
  X509* const c = certificate.get();
  std::array<unsigned char, 8> serial{};
  if (RAND_bytes(serial.data(), static_cast<int>(serial.size())) != 1) return nullptr;
  serial[0] &= 0x7F;
  const std::unique_ptr<BIGNUM, Free<BN_free>> number(
      BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
  std::time_t from = std::chrono::system_clock::to_time_t(now);
  X509_NAME* const name = X509_get_subject_name(c);
  const auto* common = reinterpret_cast<const unsigned char*>("lanyard-hub");
  const bool filled = number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(c)) != nullptr &&
                      X509_set_version(c, X509_VERSION_3) == 1 &&
                      X509_time_adj_ex(X509_getm_notBefore(c), -1, 0, &from) != nullptr &&
                      X509_time_adj_ex(X509_getm_notAfter(c), static_cast<int>(kOwnCertificateLife.count()),
                                       0, &from) != nullptr &&
                      X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common, -1, -1, 0) == 1 &&
                      X509_set_issuer_name(c, name) == 1 && X509_set_pubkey(c, key) == 1 &&
                      add_extension(c, NID_subject_alt_name, "DNS:lanyard-hub,DNS:localhost,IP:127.0.0.1") &&
                      add_extension(c, NID_ext_key_usage, "serverAuth") &&
                      X509_sign(c, key, EVP_sha256()) > 0;
  return filled ? std::move(certificate) : nullptr;
}

// Of a key that wants a passphrase there is none: nobody sits at a terminal.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*user*/) {
  return -1;
}

Bio bio_of(std::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}
Certificate certificate_in(std::string_view pem) {
  const Bio bio = bio_of(pem);
  return Certificate(bio ? PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr) : nullptr);
}
Key key_in(std::string_view pem) {
  const Bio bio = bio_of(pem);
  return Key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr) : nullptr);
}

Expected<std::string> text_of(const std::filesystem::path& file) {
  const File open(std::fopen(file.c_str(), "re"));
  if (!open) return fail(Error::Kind::invalid, "reading " + file.string() + ": " + std::strerror(errno));
  std::string text(kMaxPemBytes + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), open.get()));
  if (std::ferror(open.get()) != 0) {
    return fail(Error::Kind::invalid, "reading " + file.string() + ": " + std::strerror(errno));
  }
  if (text.size() > kMaxPemBytes) return fail(Error::Kind::invalid, file.string() + " is too large");
  return text;
}

// nullopt: there are none.
Expected<std::optional<TlsIdentity>> files_of_before(const std::filesystem::path& folder) {
  if (folder.empty()) return std::nullopt;
  const TlsFiles files{folder / "tls-certificate.pem", folder / "tls-key.pem"};
  std::error_code ignored;
  // One without the other is a copy that was half made, and nothing to make another key for.
  if (!std::filesystem::exists(files.certificate, ignored) && !std::filesystem::exists(files.key, ignored)) {
    return std::nullopt;
  }
  auto read = read_tls_files(files);
  if (!read) return tl::make_unexpected(read.error());
  return std::move(*read);
}

Expected<TlsIdentity> first_identity(HubStore& store, const std::filesystem::path& folder, Timestamp now) {
  auto before = files_of_before(folder);
  if (!before) return tl::make_unexpected(before.error());
  if (*before) return std::move(**before);
  const auto devices = store.devices();
  if (!devices) return tl::make_unexpected(devices.error());
  const auto is_enrolled = [](const Device& device) { return device.token_hash && !device.revoked; };
  if (std::ranges::none_of(*devices, is_enrolled)) return new_tls_identity(now);
  return fail(Error::Kind::invalid,
              "kiosks are enrolled, and the key that they may have pinned is not here. If this hub was"
              " restored from a copy of hub.db alone, put tls-certificate.pem and tls-key.pem beside it, from"
              " where it served before; if none has pinned a key, let `lanyard-hub key tls --anew` make one");
}

}  // namespace

Expected<TlsIdentity> new_tls_identity(Timestamp now) {
  const Key key(EVP_EC_gen("P-256"));
  if (!key) return cannot_make();
  const Certificate certificate = signed_by_itself(key.get(), now);
  const Bio key_text(BIO_new(BIO_s_mem()));
  const Bio certificate_text(BIO_new(BIO_s_mem()));
  const bool written =
      certificate && key_text && certificate_text &&
      PEM_write_bio_PKCS8PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1 &&
      PEM_write_bio_X509(certificate_text.get(), certificate.get()) == 1;
  if (!written) return cannot_make();
  return TlsIdentity{text_of(certificate_text), text_of(key_text)};
}

Expected<TlsIdentity> own_tls_identity(HubStore& store, const std::filesystem::path& folder, Timestamp now) {
  auto kept = store.tls_identity();
  if (!kept) return tl::make_unexpected(kept.error());
  if (*kept) return std::move(**kept);
  const auto first = first_identity(store, folder, now);
  if (!first) return first;
  if (auto added = store.add_tls_identity(*first); !added) return tl::make_unexpected(added.error());
  // Not what was added: another hub on the same database may have been there before.
  kept = store.tls_identity();
  if (!kept) return tl::make_unexpected(kept.error());
  if (!*kept) return fail(Error::Kind::storage, "the key of TLS that was kept a moment ago is gone");
  return std::move(**kept);
}

Expected<TlsIdentity> replace_tls_identity(HubStore& store, Timestamp now) {
  auto made = new_tls_identity(now);
  if (!made) return made;
  const auto done = store.transact([&]() -> Expected<void> {
    if (auto dropped = store.drop_tls_identity(); !dropped) return dropped;
    return store.add_tls_identity(*made);
  });
  if (!done) return tl::make_unexpected(done.error());
  return made;
}

Expected<TlsIdentity> read_tls_files(const TlsFiles& files) {
  auto certificate = text_of(files.certificate);
  if (!certificate) return tl::make_unexpected(certificate.error());
  auto key = text_of(files.key);
  if (!key) return tl::make_unexpected(key.error());
  const Certificate known = certificate_in(*certificate);
  if (!known) return fail(Error::Kind::invalid, files.certificate.string() + " holds no certificate");
  const Key own = key_in(*key);
  if (!own) return fail(Error::Kind::invalid, files.key.string() + " holds no key, or one with a passphrase");
  if (X509_check_private_key(known.get(), own.get()) != 1) {
    return fail(Error::Kind::invalid,
                "the key in " + files.key.string() + " is not that of " + files.certificate.string());
  }
  return TlsIdentity{std::move(*certificate), std::move(*key)};
}

TlsFilesWatch::TlsFilesWatch(TlsFiles files, TlsIdentity known)
    : files_(std::move(files)), known_(std::move(known)) {}

Expected<std::optional<TlsIdentity>> TlsFilesWatch::look() {
  auto read = read_tls_files(files_);
  if (!read) {
    if (std::exchange(wrong_, read.error().message) == read.error().message) return std::nullopt;
    return tl::make_unexpected(read.error());
  }
  wrong_.clear();
  if (read->certificate == known_.certificate && read->key == known_.key) return std::nullopt;
  return known_ = std::move(*read);
}

Expected<std::string> pin_of(const TlsIdentity& identity) {
  const Certificate read = certificate_in(identity.certificate);
  if (!read) return fail(Error::Kind::invalid, "what the hub speaks TLS by is no certificate");
  unsigned char* encoded = nullptr;
  const int size = i2d_PUBKEY(X509_get0_pubkey(read.get()), &encoded);
  if (size <= 0) return fail(Error::Kind::invalid, "the key in the hub's certificate cannot be read");
  std::array<unsigned char, SHA256_DIGEST_LENGTH> hash{};
  SHA256(encoded, static_cast<std::size_t>(size), hash.data());
  OPENSSL_free(encoded);
  return "sha256//" + base64_encode({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

}  // namespace lanyard::sync::hub
