#include "sync/hub/tls_identity.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "sync/base64.hpp"
#include "sync/private_file.hpp"

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

Expected<void> keep(const std::filesystem::path& name, const std::string& text) {
  PrivateFile file(name);
  if (auto opened = file.open(); !opened) return opened;
  if (auto written = file.write(text); !written) return written;
  return file.keep();
}

}  // namespace

Expected<TlsFiles> own_tls_files(const std::filesystem::path& folder, Timestamp now) {
  TlsFiles files{folder / "tls-certificate.pem", folder / "tls-key.pem"};
  std::error_code ignored;
  if (std::filesystem::exists(files.certificate, ignored)) return files;
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
  // The certificate last: where it is, its key is too.
  if (auto kept = keep(files.key, text_of(key_text)); !kept) return tl::make_unexpected(kept.error());
  if (auto kept = keep(files.certificate, text_of(certificate_text)); !kept)
    return tl::make_unexpected(kept.error());
  return files;
}

Expected<std::string> pin_of(const std::filesystem::path& certificate) {
  const File file(std::fopen(certificate.c_str(), "re"));
  if (!file)
    return fail(Error::Kind::storage, "reading " + certificate.string() + ": " + std::strerror(errno));
  const Certificate read(PEM_read_X509(file.get(), nullptr, nullptr, nullptr));
  if (!read) return fail(Error::Kind::invalid, certificate.string() + " holds no certificate");
  unsigned char* encoded = nullptr;
  const int size = i2d_PUBKEY(X509_get0_pubkey(read.get()), &encoded);
  if (size <= 0) return fail(Error::Kind::invalid, "the key in " + certificate.string() + " cannot be read");
  std::array<unsigned char, SHA256_DIGEST_LENGTH> hash{};
  SHA256(encoded, static_cast<std::size_t>(size), hash.data());
  OPENSSL_free(encoded);
  return "sha256//" + base64_encode({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

}  // namespace lanyard::sync::hub
