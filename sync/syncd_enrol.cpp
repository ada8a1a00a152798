// Enrolment: a one-time code for a token, and where the token is kept.
#include "sync/private_file.hpp"
#include "sync/syncd.hpp"

namespace lanyard::sync {

std::string software_name() {
  return "lanyard-syncd " LANYARD_VERSION;
}

namespace {

Expected<EnrolAnswer> ask_for_identity(const SyncdConfig& config, std::string_view code, const PublicKey& key,
                                       const Transport& transport) {
  const auto answer = transport(
      {"POST", config.hub + "/v1/enrol", "", to_body(EnrolRequest{std::string(code), key, software_name()})});
  if (!answer) return tl::make_unexpected(answer.error().within("the hub"));
  if (answer->status != 200) {
    const bool refused = answer->status == 403 && is_problem(*answer);
    return fail(refused ? Error::Kind::refused : Error::Kind::unavailable,
                "the hub answers " + std::to_string(answer->status) + " " + problem_text(answer->body));
  }
  auto enrolled = parse_enrol_answer(answer->body);
  // A portal's page, which has never heard of the code.
  if (!enrolled) return fail(Error::Kind::unavailable, enrolled.error().message);
  return enrolled;
}

Identity identity_of(const EnrolAnswer& enrolled, const SecretKey& key) {
  return {enrolled.device, enrolled.name, enrolled.event, enrolled.checkpoint, enrolled.fingerprint_key, key};
}

}  // namespace

Expected<Identity> enrol(Store& store, const SyncdConfig& config, std::string_view code,
                         const std::array<std::uint8_t, 32>& seed, const Transport& transport) {
  const auto known = store.identity();
  if (!known) return tl::make_unexpected(known.error());
  if (*known) {
    return fail(Error::Kind::invalid, "this kiosk is enrolled already, as " + (*known)->device +
                                          "; a new identity needs a new store");
  }
  // Before the code is spent.
  PrivateFile token_file(config.tokens.enrolled);
  if (auto opened = token_file.open(); !opened) return tl::make_unexpected(opened.error());

  const KeyPair keys = key_pair(seed);
  const auto enrolled = ask_for_identity(config, code, keys.public_key, transport);
  if (!enrolled) return tl::make_unexpected(enrolled.error());
  // Those of an earlier identity would go before this one.
  if (auto forgotten = forget_tokens(config.tokens, enrolled->device); !forgotten)
    return tl::make_unexpected(forgotten.error());
  if (auto written = token_file.write(enrolled->token + "\n"); !written)
    return tl::make_unexpected(written.error());
  if (auto kept = token_file.keep(); !kept) return tl::make_unexpected(kept.error());
  const Identity identity = identity_of(*enrolled, keys.secret_key);
  if (auto set = store.set_identity(identity); !set) return tl::make_unexpected(set.error());
  return identity;
}

Expected<Identity> enrol_anew(Store& store, const SyncdConfig& config, std::string_view code,
                              const std::array<std::uint8_t, 32>& seed, const Transport& transport) {
  const auto known = store.identity();
  if (!known) return tl::make_unexpected(known.error());
  if (!*known) return fail(Error::Kind::invalid, "this kiosk is not enrolled");
  // On the disk before the hub hears of the key: asked again after an answer that was lost, with the same
  // code and key, it gives the same answer.
  const auto kept_seed = store.next_seed(code, seed);
  if (!kept_seed) return tl::make_unexpected(kept_seed.error());
  NextToken next_token(config.tokens, (*known)->device);
  if (auto opened = next_token.open(); !opened) return tl::make_unexpected(opened.error());
  const KeyPair keys = key_pair(*kept_seed);
  const auto enrolled = ask_for_identity(config, code, keys.public_key, transport);
  if (!enrolled) return tl::make_unexpected(enrolled.error());
  const Identity identity = identity_of(*enrolled, keys.secret_key);
  if (identity.device != (*known)->device || identity.event != (*known)->event ||
      identity.fingerprint_key != (*known)->fingerprint_key) {
    return fail(Error::Kind::refused, "the code is that of " + identity.device + " at " + identity.event +
                                          "; another identity needs a new store");
  }
  // The key first: the token before this one is good until this one has been used. Cut off in between, the
  // same code gives another token for the same key.
  if (auto set = store.set_identity(identity); !set) return tl::make_unexpected(set.error());
  if (auto kept = next_token.keep(enrolled->token, ""); !kept) return tl::make_unexpected(kept.error());
  return identity;
}

Expected<Identity> enrol_by_hand(Store& store, const SyncdConfig& config, const EnrolmentCode& code,
                                 bool anew, const std::array<std::uint8_t, 32>& seed,
                                 const Transport& transport) {
  const HubPlace place{code.hub, code.pin};
  const auto known = store.identity();
  if (!known) return tl::make_unexpected(known.error());
  // Nothing enrols a kiosk a second time: it has to know its hub before. One that is known has a hub already,
  // which a code that is wrong must not take from it.
  if (!*known) {
    if (auto noted = store.set_hub(place); !noted) return tl::make_unexpected(noted.error());
  }
  auto identity = anew ? enrol_anew(store, config, code.code, seed, transport)
                       : enrol(store, config, code.code, seed, transport);
  if (!identity) return identity;
  if (auto noted = store.set_hub(place); !noted) return tl::make_unexpected(noted.error());
  return identity;
}

}  // namespace lanyard::sync
