// device add, device list, device revoke.
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <CLI/CLI.hpp>

#include "sync/enrolment_code.hpp"
#include "sync/hub/commands.hpp"
#include "sync/hub/hub.hpp"
#include "sync/hub/secrets.hpp"
#include "sync/hub/venue.hpp"
#include "sync/setup_code.hpp"

namespace lanyard::sync::hub {

namespace {

struct DeviceOptions {
  std::string name;
  std::string checkpoint;
  bool keep_badges{false};
  std::string hub;  // where the kiosk will find it
  std::string pin;
  bool qr{false};
  bool venue_hub{false};
  SetupCode settings{};  // that the kiosk is to have besides
  std::string dns{};     // addresses, set apart by commas
};

// The whole that a kiosk has to be told, or "" after saying what is wrong with it.
std::string setup_text(const DeviceOptions& options, const std::string& code) {
  const auto hub = normal_hub_url(options.hub);
  const bool sound =
      hub && (options.pin.empty() || (is_hub_pin(options.pin) && hub->starts_with("https://")));
  if (!sound) {
    (void)used_wrongly("--hub takes an address as https://hub.example:8443, and --pin what `serve` printed");
    return {};
  }
  SetupCode whole = options.settings;
  whole.enrolment = {*hub, code, options.pin};
  if (!options.dns.empty()) whole.network.dns = {options.dns};
  std::string text = to_text(whole);
  // As the kiosk will read it: what is wrong shows here, where somebody can mend it.
  const auto read = parse_setup_code(text);
  if (read) return text;
  (void)used_wrongly(read.error().message);
  return {};
}

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

// Of a venue's hub the ids begin with its own (venue.hpp).
Expected<std::string> prefix_of(HubStore& store) {
  const auto founding = store.founding();
  if (!founding) return tl::make_unexpected(founding.error());
  const std::string& name = (*founding)->name;
  return name == kHubDevice ? std::string() : name + ".";
}

Expected<void> check_new(HubStore& store, const std::string& id, bool venue_hub) {
  const auto known = store.device(id);
  if (!known) return tl::make_unexpected(known.error());
  if (!*known) return {};
  if (venue_hub && (*known)->is_hub && !(*known)->revoked) return {};  // it moves, or has lost its token
  const std::string there_is = "there is a device '" + id + "' already";
  if ((*known)->revoked)
    return fail(Error::Kind::invalid, there_is + ", revoked: give the new one another name");
  const auto end = store.chain_end(id);
  if (!end) return tl::make_unexpected(end.error());
  if (venue_hub != (*known)->is_hub)
    return fail(Error::Kind::invalid, there_is + ", of the other kind: give the new one another name");
  // One that never wrote a row may be enrolled again: its enrolment failed halfway, or its code grew too old.
  if (end->seq > 0)
    return fail(Error::Kind::invalid, there_is + " and at work: give the new one another name");
  return {};
}

// A hub stands at none; the wire wants one.
Expected<std::string> checkpoint_of(HubStore& store, const DeviceOptions& options) {
  const auto checkpoints = store.checkpoints();
  if (!checkpoints) return tl::make_unexpected(checkpoints.error());
  if (options.venue_hub && options.checkpoint.empty() && !checkpoints->empty())
    return checkpoints->front().id;
  std::string known;
  for (const Checkpoint& checkpoint : *checkpoints) {
    if (checkpoint.id == options.checkpoint) return checkpoint.id;
    known += " " + checkpoint.id;
  }
  return fail(Error::Kind::invalid,
              "there is no checkpoint '" + printable(options.checkpoint, 40) + "'; there are:" + known);
}

int add(const Common& common, const DeviceOptions& options) {
  auto store = open_store(common);
  if (!store) return failed(store.error());
  const auto prefix = prefix_of(**store);
  if (!prefix) return failed(prefix.error());
  const std::string name = id_of_name(options.name);
  const std::string id = *prefix + name;
  if (name.empty() || name == kHubDevice || !is_id(id) || options.name.size() > kMaxTextBytes ||
      !is_utf8(options.name)) {
    return used_wrongly("the name must hold letters or digits, at most " +
                        std::to_string(kMaxIdBytes - std::min(kMaxIdBytes, prefix->size())) +
                        ", and not be 'hub'");
  }
  const auto checkpoint = checkpoint_of(**store, options);
  if (!checkpoint) return used_wrongly(checkpoint.error().message);
  const std::string code = new_code(system_random());
  std::string text = code;
  if (!options.hub.empty()) text = setup_text(options, code);
  if (text.empty()) return kWrongUse;
  const bool says_more = options.settings != SetupCode{} || !options.dns.empty();
  if ((options.qr || says_more) && options.hub.empty())
    return used_wrongly("--qr and settings want --hub: a code alone does not say where");
  const auto done = (*store)->transact([&]() -> Expected<void> {
    if (auto checked = check_new(**store, id, options.venue_hub); !checked) return checked;
    if (auto put = (*store)->put_device(id, options.name, *checkpoint); !put) return put;
    if (options.venue_hub) {
      if (auto marked = (*store)->mark_as_hub(id); !marked) return marked;
    }
    return (*store)->set_code(id, hash_code(normal_code(code)), wall_now() + kCodeLife);
  });
  if (!done) return failed(done.error());
  (void)std::printf("%s\n", text.c_str());
  if (options.qr) (void)std::fputs(common.draw_code(text).c_str(), stdout);
  (void)std::fprintf(stderr, "device %s may enrol once with this code, within %lld hours\n", id.c_str(),
                     static_cast<long long>(kCodeLife.count()));
  return kDone;
}

const char* standing_of(const Device& device, std::string_view self) {
  if (device.revoked) return "revoked";
  if (brought_by(device.id, self).value_or("") != "")
    return device.orders.out_of_service ? "at its venue, out of service" : "at its venue";
  if (!device.token_hash) return device.last_contact ? "has forgotten all" : "waiting";
  if (device.orders.wipe) return "to forget all";
  if (!device.orders.enrol_code.empty()) return "to enrol anew";
  if (device.orders.out_of_service) return "out of service";
  return device.centre_orders.out_of_service ? "out of service, by the centre" : "enrolled";
}

int list(const Common& common) {
  auto store = open_store(common);
  if (!store) return failed(store.error());
  const auto devices = (*store)->devices();
  if (!devices) return failed(devices.error());
  const auto founding = (*store)->founding();
  if (!founding) return failed(founding.error());
  (void)std::puts("id\tname\tcheckpoint\tstanding\tlast contact\tunsent\trejected\tclock ahead ms\tsoftware");
  for (const Device& device : *devices) {
    const char* standing = standing_of(device, (*founding)->name);
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
  const auto devices = (*store)->devices();
  if (!devices) return failed(devices.error());
  const auto done = (*store)->transact([&]() -> Expected<void> {
    // With a venue's hub go its kiosks.
    for (const Device& one : *devices) {
      // One that was retired may turn out to be stolen: then its badges go as well.
      if ((one.revoked && options.keep_badges) || !is_under(one.id, options.name)) continue;
      if (auto gone = (*store)->revoke(one.id, !options.keep_badges, wall_now()); !gone) return gone;
    }
    return {};
  });
  if (!done) return failed(done.error());
  (void)std::fprintf(stderr, "device %s is revoked%s\n", options.name.c_str(),
                     options.keep_badges ? "; the badges that it printed stay good"
                                         : ", and with it the badges that it signed");
  return kDone;
}

void add_gate_options(CLI::App& command, SetupCode::Gate& gate) {
  command.add_option("--gate", gate.chip, "The GPIO chip of its turnstile and lamp, as `chip` of gate.toml")
      ->type_name("CHIP");
  const auto line = [&command](const char* name, std::optional<int>& to, const char* what) {
    command.add_option(name, to, what)->type_name("LINE");
  };
  line("--gate-turnstile", gate.turnstile, "The chip's line that opens the turnstile, counted from 0");
  line("--gate-ready", gate.ready, "That of the green lamp");
  line("--gate-busy", gate.busy, "That of the amber lamp");
  line("--gate-stop", gate.stop, "That of the red lamp");
  command.add_flag("--gate-active-low", gate.active_low,
                   "On is 0 V at all of them, as some relay boards have it");
  command.add_option("--gate-pulse-ms", gate.pulse_ms, "How long a signal to open lasts; 500 otherwise")
      ->type_name("MS");
}

}  // namespace

// What a new kiosk is told with its code. A password is not among them: everybody on the machine reads a
// command line, and the environment of a program is its owner's alone.
void add_setting_options(CLI::App& command, DeviceOptions& options) {
  SetupCode& settings = options.settings;
  SetupCode::Network& network = settings.network;
  command.add_option("--language", settings.language, "Of its screen while nobody is there")
      ->type_name("TAG");
  command.add_option("--panel-mm", settings.panel_mm, "Diagonal of its panel")->type_name("MM");
  command.add_option("--lower-edge-mm", settings.lower_edge_mm, "Of its panel, above the floor")
      ->type_name("MM");
  command
      .add_option("--turned", settings.turned,
                  "How far its panel hangs turned, clockwise as one stands before it: 90, 180 or 270")
      ->type_name("DEGREES");
  command.add_option("--printer", settings.printer, "Its badge printer, as `uri` of kiosk.toml")
      ->type_name("URI");
  command
      .add_option("--staff", settings.staff, "Who may open its staff mode by PIN, beside those of the roster")
      ->type_name("ID");
  command.add_option("--pin-hash", settings.pin_hash, "Theirs, as `lanyard-kiosk hash-pin` prints it")
      ->envname("LANYARD_PIN_HASH")
      ->type_name("HASH");
  command
      .add_option(
          "--wifi", network.wifi,
          "The Wi-Fi network that it is to use in place of a cable. LANYARD_WIFI_PASSWORD is its password")
      ->type_name("NAME");
  command.add_option("--address", network.address, "Its own, in place of DHCP: 192.0.2.20/24")
      ->type_name("ADDR");
  command.add_option("--gateway", network.gateway, "With --address")->type_name("ADDR");
  command.add_option("--dns", options.dns, "Name servers, set apart by commas")->type_name("ADDR");
  command.add_option("--time", network.time, "A time server (NTP)")->type_name("HOST");
  add_gate_options(command, settings.gate);
}

void add_device_commands(CLI::App& app, const Common& common, int& status) {
  const auto options = std::make_shared<DeviceOptions>();
  auto* device = app.add_subcommand("device", "The kiosks");
  device->require_subcommand(1);
  auto* add_command = device->add_subcommand("add", "Print a one-time enrolment code for a new kiosk");
  add_command->add_option("NAME", options->name, "As staff know it")->required();
  auto* checkpoint =
      add_command->add_option("--checkpoint", options->checkpoint, "Where it stands")->type_name("ID");
  add_command->add_flag("--venue-hub", options->venue_hub,
                        "It is no kiosk but the hub of a venue, for `lanyard-hub join`");
  add_command
      ->add_option("--hub", options->hub,
                   "Where the kiosk finds this hub: prints all that it has to be told in one text, for"
                   " `lanyard-syncd enrol`. LANYARD_HUB_URL says the same")
      ->envname("LANYARD_HUB_URL")
      ->type_name("URL");
  add_command
      ->add_option(
          "--pin", options->pin,
          "The hub's key, as `serve` with a certificate prints it: then no authority has to vouch for it")
      ->envname("LANYARD_HUB_PIN")
      ->type_name("sha256//...");
  add_command->add_flag("--qr", options->qr, "And show it as a QR code");
  add_setting_options(*add_command, *options);
  add_command->callback([&common, &status, options, checkpoint] {
    if (const char* password = std::getenv("LANYARD_WIFI_PASSWORD");
        password != nullptr && !options->settings.network.wifi.empty())
      options->settings.network.password = password;
    if (!options->venue_hub && checkpoint->count() == 0) throw CLI::RequiredError("--checkpoint");
    status = add(common, *options);
  });
  auto* list_command = device->add_subcommand("list", "Print all kiosks and how they are");
  list_command->callback([&common, &status] { status = list(common); });
  auto* revoke_command = device->add_subcommand("revoke", "Shut a lost or stolen kiosk out");
  revoke_command->add_option("ID", options->name, "As `device list` prints it")->required();
  revoke_command->add_flag("--keep-badges", options->keep_badges,
                           "It was retired, not stolen: badges that it printed stay good");
  revoke_command->callback([&common, &status, options] { status = revoke(common, *options); });
  add_order_commands(*device, common, status);
}

}  // namespace lanyard::sync::hub
