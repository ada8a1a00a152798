// device add, device list, device revoke.
#include <algorithm>
#include <cstdio>

#include <CLI/CLI.hpp>

#include "sync/hub/commands.hpp"
#include "sync/hub/hub.hpp"
#include "sync/hub/secrets.hpp"

namespace lanyard::sync::hub {

namespace {

struct DeviceOptions {
  std::string name;
  std::string checkpoint;
  bool keep_badges{false};
};

// "Main Entrance 2" -> "main-entrance-2"; "" if nothing is left of it.
std::string id_of_name(std::string_view name) {
  std::string id;
  for (char c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain || c == '_') {
      id += c;
    } else if (!id.empty() && id.back() != '-') {
      id += '-';
    }
  }
  while (id.ends_with('-')) id.pop_back();
  return is_id(id) ? id : std::string();
}

Expected<void> check_new(HubStore& store, const std::string& id) {
  const auto known = store.device(id);
  if (!known) return tl::make_unexpected(known.error());
  if (!*known) return {};
  const std::string there_is = "there is a device '" + id + "' already";
  if ((*known)->revoked)
    return fail(Error::Kind::invalid, there_is + ", revoked: give the new one another name");
  const auto end = store.chain_end(id);
  if (!end) return tl::make_unexpected(end.error());
  // One that never wrote a row may be enrolled again: its enrolment failed halfway, or its code grew too old.
  if (end->seq > 0)
    return fail(Error::Kind::invalid, there_is + " and at work: give the new one another name");
  return {};
}

int add(const Common& common, const DeviceOptions& options) {
  auto store = open_store(common);
  if (!store) return failed(store.error());
  const std::string id = id_of_name(options.name);
  if (id.empty() || id == kHubDevice || options.name.size() > kMaxTextBytes || !is_utf8(options.name)) {
    return used_wrongly("the name must hold letters or digits, at most " + std::to_string(kMaxIdBytes) +
                        ", and not be 'hub'");
  }
  const auto checkpoints = (*store)->checkpoints();
  if (!checkpoints) return failed(checkpoints.error());
  if (std::ranges::find(*checkpoints, options.checkpoint, &Checkpoint::id) == checkpoints->end()) {
    std::string known;
    for (const Checkpoint& checkpoint : *checkpoints) known += " " + checkpoint.id;
    return used_wrongly("there is no checkpoint '" + printable(options.checkpoint, 40) +
                        "'; there are:" + known);
  }
  const std::string code = new_code(system_random());
  const auto done = (*store)->transact([&]() -> Expected<void> {
    if (auto checked = check_new(**store, id); !checked) return checked;
    if (auto put = (*store)->put_device(id, options.name, options.checkpoint); !put) return put;
    return (*store)->set_code(id, hash_code(normal_code(code)), wall_now() + kCodeLife);
  });
  if (!done) return failed(done.error());
  (void)std::printf("%s\n", code.c_str());
  (void)std::fprintf(stderr, "device %s may enrol once with this code, within %lld hours\n", id.c_str(),
                     static_cast<long long>(kCodeLife.count()));
  return kDone;
}

int list(const Common& common) {
  auto store = open_store(common);
  if (!store) return failed(store.error());
  const auto devices = (*store)->devices();
  if (!devices) return failed(devices.error());
  (void)std::puts("id\tname\tcheckpoint\tstanding\tlast contact\tunsent\trejected\tclock ahead ms\tsoftware");
  for (const Device& device : *devices) {
    const char* standing = device.revoked ? "revoked" : device.token_hash ? "enrolled" : "waiting";
    const auto ahead = device.last_contact ? (device.beat.device_now - *device.last_contact).count() : 0;
    (void)std::printf("%s\t%s\t%s\t%s\t%s\t%llu\t%llu\t%lld\t%s\n", device.id.c_str(),
                      printable(device.name, kMaxTextBytes).c_str(), device.checkpoint.c_str(), standing,
                      device.last_contact ? to_rfc3339(*device.last_contact).c_str() : "never",
                      static_cast<unsigned long long>(device.beat.unsent),
                      static_cast<unsigned long long>(device.beat.rejected), static_cast<long long>(ahead),
                      printable(device.beat.software, kMaxSoftwareBytes).c_str());
  }
  return kDone;
}

int revoke(const Common& common, const DeviceOptions& options) {
  auto store = open_store(common);
  if (!store) return failed(store.error());
  const auto device = (*store)->device(options.name);
  if (!device) return failed(device.error());
  if (!*device)
    return failed({Error::Kind::invalid, "there is no device '" + printable(options.name, 40) + "'"});
  const auto done =
      (*store)->transact([&] { return (*store)->revoke(options.name, !options.keep_badges, wall_now()); });
  if (!done) return failed(done.error());
  (void)std::fprintf(stderr, "device %s is revoked%s\n", options.name.c_str(),
                     options.keep_badges ? "; the badges that it printed stay good"
                                         : ", and with it the badges that it signed");
  return kDone;
}

}  // namespace

void add_device_commands(CLI::App& app, const Common& common, int& status) {
  const auto options = std::make_shared<DeviceOptions>();
  auto* device = app.add_subcommand("device", "The kiosks");
  device->require_subcommand(1);
  auto* add_command = device->add_subcommand("add", "Print a one-time enrolment code for a new kiosk");
  add_command->add_option("NAME", options->name, "As staff know it")->required();
  add_command->add_option("--checkpoint", options->checkpoint, "Where it stands")
      ->required()
      ->type_name("ID");
  add_command->callback([&common, &status, options] { status = add(common, *options); });
  auto* list_command = device->add_subcommand("list", "Print all kiosks and how they are");
  list_command->callback([&common, &status] { status = list(common); });
  auto* revoke_command = device->add_subcommand("revoke", "Shut a lost or stolen kiosk out");
  revoke_command->add_option("ID", options->name, "As `device list` prints it")->required();
  revoke_command->add_flag("--keep-badges", options->keep_badges,
                           "It was retired, not stolen: badges that it printed stay good");
  revoke_command->callback([&common, &status, options] { status = revoke(common, *options); });
}

}  // namespace lanyard::sync::hub
