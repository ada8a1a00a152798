// The certificate by which a hub without one from an authority is known: made once, signed by its own key,
// and pinned by the kiosks (enrolment_code.hpp). The only file that includes OpenSSL is tls_identity.cpp;
// Asio's door to it is http_stream.hpp. Threads: reentrant. Errors: storage with the file's name; invalid for
// a file that is no certificate.
#pragma once

#include <filesystem>
#include <string>

#include "sync/error.hpp"
#include "sync/record.hpp"

namespace lanyard::sync::hub {

struct TlsFiles {
  std::filesystem::path certificate;  // PEM, the hub's own first, then those that vouch for it
  std::filesystem::path key;          // PEM, for its owner alone
};

inline constexpr std::chrono::days kOwnCertificateLife{3650};  // what counts is the key, which kiosks pin

// Those in the folder; made (ECDSA P-256) if there are none.
[[nodiscard]] Expected<TlsFiles> own_tls_files(const std::filesystem::path& folder, Timestamp now);
// "sha256//BASE64" of the certificate's key.
[[nodiscard]] Expected<std::string> pin_of(const std::filesystem::path& certificate);

}  // namespace lanyard::sync::hub
