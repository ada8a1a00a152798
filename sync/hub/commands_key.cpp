// key list, next, use, retire, import-pretix, tls.
#include <cstdio>

#include <CLI/CLI.hpp>

#include "sync/chain.hpp"
#include "sync/hub/commands.hpp"
#include "sync/hub/keys.hpp"
#include "sync/hub/tls_identity.hpp"

namespace lanyard::sync::hub {

namespace {

constexpr std::size_t kMaxKeyFileBytes = 64UL * 1024;

struct KeyOptions {
  std::string id;
  std::vector<std::string> files;
  bool anew{false};
};

int list(const Common& common) {
  auto store = open_store(common);
  if (!store) return failed(store.error());
  const auto ring = (*store)->ring();
  if (!ring) return failed(ring.error());
  (void)std::puts("id\tkind\tissuer\tstanding\tpublic key");
  for (const RingKey& key : ring->keys) {
    const char* standing = key.is_current ? "current" : key.is_own ? "ready" : "verifies";
    (void)std::printf("%s\t%s\t%s\t%s\t%s\n", key_name(key.key.key).c_str(),
                      std::string(to_name(key.key.kind)).c_str(), key.key.issuer.c_str(), standing,
                      hex(key.key.key).c_str());
  }
  return kDone;
}

int next(const Common& common) {
  auto store = open_central_store(common);
  if (!store) return failed(store.error());
  const auto key = add_next_key(**store, system_random(), wall_now());
  if (!key) return failed(key.error());
  (void)std::printf("%s\n", key_name(*key).c_str());
  (void)std::fputs("the kiosks hear of it now; once they have: lanyard-hub key use\n", stderr);
  return kDone;
}

int use(const Common& common, const KeyOptions& options) {
  auto store = open_central_store(common);
  if (!store) return failed(store.error());
  const auto behind = devices_behind_ring(**store);
  if (!behind) return failed(behind.error());
  const auto key = use_key(**store, options.id);
  if (!key) return failed(key.error());
  (void)std::fprintf(stderr, "the hub signs with %s\n", key_name(*key).c_str());
  if (*behind > 0) {
    (void)std::fprintf(stderr,
                       "%zu kiosk(s) have not heard of the ring as it is now, and may refuse what is signed"
                       " until they have; see: device list\n",
                       *behind);
  }
  return kDone;
}

int retire(const Common& common, const KeyOptions& options) {
  auto store = open_central_store(common);
  if (!store) return failed(store.error());
  const auto key = retire_key(**store, options.id, wall_now());
  if (!key) return failed(key.error());
  (void)std::fprintf(stderr, "%s is retired: its signatures count no more\n", key_name(*key).c_str());
  return kDone;
}

int import_pretix(const Common& common, const KeyOptions& options) {
  auto store = open_central_store(common);
  if (!store) return failed(store.error());
  std::vector<PublicKey> keys;
  for (const std::string& file : options.files) {
    const auto text = read_file(file, kMaxKeyFileBytes);
    if (!text) return failed(text.error());
    const auto some = read_public_keys(*text);
    if (!some) return failed({Error::Kind::invalid, file + ": " + some.error()});
    keys.insert(keys.end(), some->begin(), some->end());
  }
  const auto added = add_pretix_keys(**store, keys, wall_now());
  if (!added) return failed(added.error());
  (void)std::fprintf(stderr, "%zu key(s) of pretix added\n", *added);
  return kDone;
}

int tls(const Common& common, const KeyOptions& options) {
  auto store = open_store(common);
  if (!store) return failed(store.error());
  const auto identity = options.anew ? replace_tls_identity(**store, wall_now())
                                     : own_tls_identity(**store, common.data, wall_now());
  if (!identity) return failed(identity.error());
  const auto pin = pin_of(*identity);
  if (!pin) return failed(pin.error());
  (void)std::printf("%s\n", pin->c_str());
  if (options.anew) {
    (void)std::fputs(
        "start the hub anew. Kiosks that have pinned another key turn away from it until hub_pin in their"
        " syncd.toml is this one\n",
        stderr);
  }
  return kDone;
}

}  // namespace

void add_key_commands(CLI::App& app, const Common& common, int& status) {
  const auto options = std::make_shared<KeyOptions>();
  auto* key =
      app.add_subcommand("key", "The keys by which credentials are signed and verified, and that of TLS");
  key->require_subcommand(1);
  key->add_subcommand("list", "Print the ring: the hub's own keys, the kiosks', and those of pretix")
      ->callback([&common, &status] { status = list(common); });
  key->add_subcommand("next", "Make another key and publish it; print its id. Nothing is signed with it yet")
      ->callback([&common, &status] { status = next(common); });
  auto* use_command = key->add_subcommand("use", "Sign with this key from now on");
  use_command->callback([&common, &status, options] { status = use(common, *options); });
  auto* retire_command =
      key->add_subcommand("retire", "Drop this key from the ring: what it has signed is refused");
  retire_command->callback([&common, &status, options] { status = retire(common, *options); });
  for (CLI::App* command : {use_command, retire_command}) {
    command->add_option("KEYID", options->id, "As `key list` prints it, or the whole public key")->required();
  }
  auto* import_command =
      key->add_subcommand("import-pretix", "Let in by tickets that pretix signs (pretix_sig1)");
  import_command
      ->add_option("FILE", options->files,
                   "Public keys: PEM, or a line of base64 each, as in valid_keys.pretix_sig1 of pretix's API")
      ->required();
  import_command->callback([&common, &status, options] { status = import_pretix(common, *options); });
  auto* tls_command = key->add_subcommand(
      "tls", "Print the pin of the key that `serve --tls` has; make one if there is none");
  tls_command->add_flag("--anew", options->anew, "Make another in its place, which no kiosk has pinned");
  tls_command->callback([&common, &status, options] { status = tls(common, *options); });
}  // namespace lanyard::sync::hub

}  // namespace lanyard::sync::hub
