// Enrolment: a one-time code for a token, and where the token is kept.
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "sync/private_file.hpp"
#include "sync/syncd.hpp"

namespace lanyard::sync {

std::string software_name() {
  return "lanyard-syncd " LANYARD_VERSION;
}

Expected<std::string> read_token(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return fail(Error::Kind::storage, "reading the token " + file.string() + ": " + std::strerror(errno));
  std::string token(kMaxTokenBytes + 2, '\0');
  const ssize_t bytes = ::read(fd, token.data(), token.size());
  ::close(fd);
  token.resize(bytes > 0 ? static_cast<std::size_t>(bytes) : 0);
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
  bool plain = !token.empty() && token.size() <= kMaxTokenBytes;
  for (const char c : token) plain = plain && c > ' ' && c < '\x7f';
  if (!plain) return fail(Error::Kind::invalid, "there is no token in " + file.string());
  return token;
}

Expected<Identity> enrol(Store& store, const SyncdConfig& config, std::string_view code,
                         const std::array<std::uint8_t, 32>& seed, const Transport& transport) {
  const auto known = store.identity();
  if (!known) return tl::make_unexpected(known.error());
  if (*known) {
    return fail(Error::Kind::invalid, "this kiosk is enrolled already, as " + (*known)->device +
                                          "; a new identity needs a new store");
  }
  // Before the code is spent.
  PrivateFile token_file(config.token_file);
  if (auto opened = token_file.open(); !opened) return tl::make_unexpected(opened.error());

  const KeyPair keys = key_pair(seed);
  const auto answer = transport({"POST", config.hub + "/v1/enrol", "",
                                 to_body(EnrolRequest{std::string(code), keys.public_key, software_name()})});
  if (!answer) return tl::make_unexpected(answer.error().within("the hub"));
  if (answer->status != 200) {
    const bool refused = answer->status == 403;
    return fail(refused ? Error::Kind::refused : Error::Kind::unavailable,
                "the hub answers " + std::to_string(answer->status) + " " + problem_text(answer->body));
  }
  const auto enrolled = parse_enrol_answer(answer->body);
  if (!enrolled) return tl::make_unexpected(enrolled.error());
  if (auto written = token_file.write(enrolled->token + "\n"); !written)
    return tl::make_unexpected(written.error());
  if (auto kept = token_file.keep(); !kept) return tl::make_unexpected(kept.error());
  const Identity identity{enrolled->device,          enrolled->name, enrolled->event, enrolled->checkpoint,
                          enrolled->fingerprint_key, keys.secret_key};
  if (auto set = store.set_identity(identity); !set) return tl::make_unexpected(set.error());
  return identity;
}

}  // namespace lanyard::sync
