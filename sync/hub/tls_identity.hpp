// By whose key the hub is known. One of its own is made once, signed by itself, and pinned by the kiosks
// (enrolment_code.hpp): it is in the hub's store, so that each copy of that has it, and so have all hubs on
// one database. Or one of an authority, in files. The only file that includes OpenSSL is tls_identity.cpp;
// Asio's door to it is http_stream.hpp. Threads: those of the store. Errors: those of the store; invalid with
// the file's name for one that cannot be read, or is none.
#pragma once

#include <filesystem>
#include <string>

#include "sync/error.hpp"
#include "sync/hub/hub_store.hpp"
#include "sync/record.hpp"

namespace lanyard::sync::hub {

struct TlsFiles {
  std::filesystem::path certificate;  // PEM, the hub's own first, then those that vouch for it
  std::filesystem::path key;          // PEM, for its owner alone
};

inline constexpr std::chrono::days kOwnCertificateLife{3650};  // what counts is the key, which kiosks pin
inline constexpr std::size_t kMaxPemBytes = 256UL * 1024;

// The store's. If it has none yet: that of the files in the folder where earlier versions kept theirs (""
// where there is no folder), else a new one (ECDSA P-256); but error::invalid, and no new one, where kiosks
// are enrolled, as these would turn away from it.
[[nodiscard]] Expected<TlsIdentity> own_tls_identity(HubStore& store, const std::filesystem::path& folder,
                                                     Timestamp now);
// Another in place of the store's, on purpose.
[[nodiscard]] Expected<TlsIdentity> replace_tls_identity(HubStore& store, Timestamp now);
[[nodiscard]] Expected<TlsIdentity> new_tls_identity(Timestamp now);
// A certificate and its key.
[[nodiscard]] Expected<TlsIdentity> read_tls_files(const TlsFiles& files);

// Such files, which somebody renews while the hub serves. Threads: one at a time.
class TlsFilesWatch {
 public:
  // `known`: what they held at first.
  TlsFilesWatch(TlsFiles files, TlsIdentity known);
  // What they hold now, if that is another than what is known; nullopt if nothing is new. An error, once, for
  // files that are half written, or none: what is known stays so.
  [[nodiscard]] Expected<std::optional<TlsIdentity>> look();

 private:
  TlsFiles files_;
  TlsIdentity known_;
  std::string wrong_;  // what was said last
};

// "sha256//BASE64" of the certificate's key.
[[nodiscard]] Expected<std::string> pin_of(const TlsIdentity& identity);

}  // namespace lanyard::sync::hub
