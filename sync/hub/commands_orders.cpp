// What the office wants of the kiosks: device out-of-service, in-service, restart, wipe, re-enrol; notice
// add, list, remove.
#include <algorithm>
#include <cstdio>

#include <CLI/CLI.hpp>

#include "sync/hub/commands.hpp"
#include "sync/hub/hub.hpp"
#include "sync/hub/orders_told.hpp"
#include "sync/hub/secrets.hpp"
#include "sync/hub/venue.hpp"

namespace lanyard::sync::hub {

namespace {

bool is_at_venue(const Device& device, const Founding& self) {
  return !brought_by(device.id, self.name).value_or("").empty();
}

struct OrderOptions {
  std::vector<std::string> devices;
  bool all{false};
};

// Those that are meant: enrolled, and not shut out. --all are those that come here by themselves.
// `hears_from_above`: kiosks of a venue may be among them too (from_above).
Expected<std::vector<Device>> devices_meant(HubStore& store, const OrderOptions& options,
                                            bool hears_from_above) {
  if (options.devices.empty() == !options.all)
    return fail(Error::Kind::invalid, "say which kiosks, by the ids of `device list`, or --all");
  const auto founding = store.founding();
  if (!founding) return tl::make_unexpected(founding.error());
  auto all = store.devices();
  if (!all) return all;
  std::vector<Device> meant;
  for (const Device& device : *all) {
    const bool named = std::ranges::find(options.devices, device.id) != options.devices.end();
    if (named && !hears_from_above && is_at_venue(device, **founding))
      return fail(Error::Kind::invalid, "the device '" + device.id + "' is a venue's: order it at its hub");
    if (named && device.is_hub)
      return fail(Error::Kind::invalid,
                  "the device '" + device.id + "' is a venue's hub, and takes no orders");
    if (named && device.revoked)
      return fail(Error::Kind::invalid, "the device '" + device.id + "' is revoked, and hears nothing");
    if (named || (options.all && device.token_hash && !device.revoked && !device.is_hub))
      meant.push_back(device);
  }
  for (const std::string& id : options.devices) {
    if (std::ranges::find(meant, id, &Device::id) == meant.end())
      return fail(Error::Kind::invalid, "there is no device '" + printable(id, 40) + "'");
  }
  return meant;
}

struct Order {
  const char* name;
  const char* help;
  const char* done_word;
  bool hears_from_above;
  std::function<Expected<void>(HubStore&, const Device&, Orders&)> change;
  bool opens{false};
};

int order(const Common& common, const OrderOptions& options, const Order& what) {
  auto store = open_store(common);
  if (!store) return failed(store.error());
  const auto founding = (*store)->founding();
  if (!founding) return failed(founding.error());
  std::size_t count = 0;
  std::size_t closed_above = 0;
  bool at_venue = false;
  const auto done = (*store)->transact([&]() -> Expected<void> {
    const auto meant = devices_meant(**store, options, what.hears_from_above);
    if (!meant) return tl::make_unexpected(meant.error());
    count = meant->size();
    at_venue =
        std::ranges::any_of(*meant, [&](const Device& device) { return is_at_venue(device, **founding); });
    for (const Device& device : *meant) {
      const auto change = [&](const Device& known, Orders& orders) -> Expected<void> {
        if (auto changed = what.change(**store, known, orders); !changed) return changed;
        if (!what.opens || !known.centre_orders.out_of_service) return {};
        ++closed_above;
        return (*store)->note_centre_orders(known.id, {});
      };
      if (auto changed = change_orders(**store, device.id, change); !changed) return changed;
    }
    return {};
  });
  if (!done) return failed(done.error());
  (void)std::fprintf(stderr,
                     "%zu kiosk(s) will %s with their next heartbeat, within %s where they are online\n",
                     count, what.done_word, at_venue ? "a minute and a half" : "15 s");
  if (closed_above > 0) {
    (void)std::fprintf(
        stderr,
        "%zu of them were closed by the centre, which closes them again once it is heard: have it"
        " open them\n",
        closed_above);
  }
  return kDone;
}

struct NoticeOptions {
  std::string id;
  std::vector<std::string> texts;  // "en=Lunch at 12"
  std::string until;
  std::vector<std::string> checkpoints;
};

Expected<Notice> notice_of(const NoticeOptions& options) {
  Notice notice{options.id, {}, {}, options.checkpoints};
  if (!is_id(options.id)) return fail(Error::Kind::invalid, "an id is letters, digits, '.', '_' and '-'");
  for (const std::string& text : options.texts) {
    const auto equals = text.find('=');
    const std::string language = text.substr(0, equals);
    const bool sound = equals != std::string::npos && is_language(language) && equals + 1 < text.size() &&
                       text.size() - equals - 1 <= kMaxTextBytes && is_utf8(text) && !has_control(text);
    if (!sound) {
      return fail(Error::Kind::invalid, "'" + printable(text, 60) +
                                            "' is no text as en=\"Lunch at 12\", of at most " +
                                            std::to_string(kMaxTextBytes) + " bytes in one line");
    }
    notice.text[language] = text.substr(equals + 1);
  }
  if (!options.until.empty()) {
    notice.until = parse_rfc3339(options.until);
    if (!notice.until) return fail(Error::Kind::invalid, "--until takes a time as 2026-11-23T18:00:00+08:00");
  }
  if (auto sound = parse_notice(to_json(notice)); !sound) return sound;  // its limits are the wire's
  return notice;
}

int add_notice(const Common& common, const NoticeOptions& options) {
  const auto notice = notice_of(options);
  if (!notice) return used_wrongly(notice.error().message);
  auto store = open_store(common);
  if (!store) return failed(store.error());
  const auto checkpoints = (*store)->checkpoints();
  if (!checkpoints) return failed(checkpoints.error());
  for (const std::string& id : notice->checkpoints) {
    if (std::ranges::find(*checkpoints, id, &Checkpoint::id) == checkpoints->end())
      return used_wrongly("there is no checkpoint '" + printable(id, 40) + "'");
  }
  const auto put = (*store)->transact([&] { return (*store)->put_notice(*notice); });
  return put ? kDone : failed(put.error());
}

void print_notices(const std::vector<Notice>& notices, const char* given) {
  for (const Notice& notice : notices) {
    std::string where;
    for (const std::string& id : notice.checkpoints) where += (where.empty() ? "" : ",") + id;
    for (const auto& [language, text] : notice.text) {
      (void)std::printf("%s\t%s\t%s\t%s\t%s\t%s\n", notice.id.c_str(),
                        notice.until ? to_rfc3339(*notice.until).c_str() : "", where.c_str(),
                        language.c_str(), printable(text, kMaxTextBytes).c_str(), given);
    }
  }
}

int list_notices(const Common& common) {
  auto store = open_store(common);
  if (!store) return failed(store.error());
  const auto notices = (*store)->notices();
  if (!notices) return failed(notices.error());
  const auto of_centre = (*store)->centre_notices();
  if (!of_centre) return failed(of_centre.error());
  (void)std::puts("id\tuntil\tcheckpoints\tlanguage\ttext\tgiven");
  print_notices(*notices, "here");
  print_notices(of_centre->notices, "at the centre");
  return kDone;
}

int remove_notice(const Common& common, const std::string& id) {
  auto store = open_store(common);
  if (!store) return failed(store.error());
  const auto notices = (*store)->notices();  // one that cannot be read can be removed all the same
  const auto is_there = [&](const std::vector<Notice>& list) {
    return std::ranges::find(list, id, &Notice::id) != list.end();
  };
  if (notices && !is_there(*notices)) {
    const auto of_centre = (*store)->centre_notices();
    if (of_centre && is_there(of_centre->notices))
      return failed({Error::Kind::invalid, "the notice '" + id + "' is the centre's, and is removed there"});
    return failed({Error::Kind::invalid, "there is no notice '" + printable(id, 40) + "'"});
  }
  const auto removed = (*store)->transact([&] { return (*store)->remove_notice(id); });
  return removed ? kDone : failed(removed.error());
}

}  // namespace

void add_order_commands(CLI::App& device, const Common& common, int& status) {
  const std::vector<Order> orders{
      {"out-of-service", "Close kiosks for delegates: a calm screen, and staff mode alone", "close", true,
       [](HubStore&, const Device&, Orders& to) -> Expected<void> {
         to.out_of_service = true;
         return {};
       }},
      {"in-service", "Open them again", "open", true,
       [](HubStore&, const Device&, Orders& to) -> Expected<void> {
         to.out_of_service = false;
         return {};
       },
       true},
      {"restart", "Start the app anew, once nobody stands before it", "restart", true,
       [](HubStore&, const Device&, Orders& to) -> Expected<void> {
         to.restart = wall_now();
         return {};
       }},
      {"wipe", "Have kiosks that go back to their owner forget all, once all is delivered", "forget all",
       false,
       [](HubStore&, const Device&, Orders& to) -> Expected<void> {
         to.wipe = true;
         return {};
       }},
      {"keep", "Take wipe and re-enrol back, of kiosks that have not heard of it yet", "keep what they know",
       false,
       [](HubStore&, const Device&, Orders& to) -> Expected<void> {
         to.wipe = false;
         to.enrol_code.clear();
         return {};
       }},
      {"re-enrol",
       "Another key and token, as a precaution: badges that it signed die. Of a kiosk that was stolen: "
       "revoke",
       "enrol anew", false, [](HubStore& store, const Device& which, Orders& to) -> Expected<void> {
         to.enrol_code = new_code(system_random());
         return store.set_code(which.id, hash_code(normal_code(to.enrol_code)), wall_now() + kCodeLife);
       }}};
  for (const Order& one : orders) {
    const auto options = std::make_shared<OrderOptions>();
    auto* command = device.add_subcommand(one.name, one.help);
    command->add_option("ID", options->devices, "As `device list` prints them");
    command->add_flag("--all", options->all, "All that are enrolled here");
    command->callback([&common, &status, options, one] { status = order(common, *options, one); });
  }
}

void add_notice_commands(CLI::App& app, const Common& common, int& status) {
  const auto options = std::make_shared<NoticeOptions>();
  auto* notice = app.add_subcommand("notice", "Lines for the kiosks' idle screens");
  notice->require_subcommand(1);
  auto* add = notice->add_subcommand("add", "Show a line, or show another in its place");
  add->add_option("ID", options->id, "To change or remove it by; they take turns in this order")->required();
  add->add_option("--text", options->texts, "Once for each language, as en=\"Lunch is served in Hall B\"")
      ->required()
      ->type_name("LANGUAGE=TEXT");
  add->add_option("--until", options->until, "When it is over")->type_name("RFC3339");
  add->add_option("--checkpoint", options->checkpoints, "Only there; may be said several times")
      ->type_name("ID");
  add->callback([&common, &status, options] { status = add_notice(common, *options); });
  auto* list = notice->add_subcommand("list", "Print them all, with those of the centre at a venue");
  list->callback([&common, &status] { status = list_notices(common); });
  auto* remove = notice->add_subcommand("remove", "Take a line down");
  remove->add_option("ID", options->id, "As `notice list` prints it")->required();
  remove->callback([&common, &status, options] { status = remove_notice(common, options->id); });
}

}  // namespace lanyard::sync::hub
