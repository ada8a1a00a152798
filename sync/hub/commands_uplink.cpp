// join, uplink: of a hub under another.
#include <cstdio>
#include <iostream>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "sync/hub/commands.hpp"
#include "sync/hub/uplink.hpp"

namespace lanyard::sync::hub {

namespace {

// Of what is typed or scanned: a command line can be read by everyone on the machine.
Expected<EnrolmentCode> read_join_code(const std::string& url) {
  if (isatty(STDIN_FILENO) != 0) (void)std::fputs("One-time code: ", stderr);
  std::string code;
  std::getline(std::cin, code);
  if (code.starts_with(kEnrolmentScheme)) return parse_enrolment_code(code);
  const auto hub = normal_hub_url(url);
  if (!hub) return fail(Error::Kind::invalid, "'" + printable(url, 60) + "' is not the address of a hub");
  return EnrolmentCode{*hub, code, ""};
}

int join_centre(const Common& common, const std::string& url) {
  if (!common.database.empty() && common.event_id.empty())
    return used_wrongly("a database may hold several events: say which by --event-id");
  const auto code = read_join_code(url);
  if (!code) return used_wrongly(code.error().message);
  std::unique_ptr<HubStore> known;
  // One that cannot be opened is none, or shows again when it is to be made: before the code is spent.
  if (auto store = open_store(common)) {
    known = std::move(*store);
  } else if (auto made = make_store(common, common.event_id); !made) {
    return failed(made.error());
  }
  HttpClient client({}, {"", code->pin});
  const auto make = [&](const std::string& event) -> Expected<std::unique_ptr<HubStore>> {
    if (!common.event_id.empty() && event != common.event_id)
      return fail(Error::Kind::invalid, "the centre is of the event " + event);
    return make_store(common, event);
  };
  const auto joined = join(
      *code, known.get(), make, [&](const HttpRequest& request) { return client.request(request); },
      system_random(), wall_now());
  if (!joined) return failed(joined.error());
  (void)std::printf("%s\n", joined->c_str());
  (void)std::fprintf(stderr, "joined %s as %s: `serve` brings rows there from now on\n", code->hub.c_str(),
                     joined->c_str());
  return kDone;
}

int print_uplink(const Common& common) {
  auto store = open_store(common);
  if (!store) return failed(store.error());
  const auto uplink = (*store)->uplink();
  if (!uplink) return failed(uplink.error());
  if (!*uplink) return used_wrongly(name_of_hub(common) + " has joined no other");
  const UplinkStanding& standing = (*uplink)->standing;
  (void)std::puts("centre\tname there\tstanding\tlast contact\trows waiting\troster");
  (void)std::printf("%s\t%s\t%s\t%s\t%llu\t%lld\n", (*uplink)->hub.c_str(), (*uplink)->device.c_str(),
                    standing.words.empty() ? "never served" : printable(standing.words, 300).c_str(),
                    standing.contact ? to_rfc3339(*standing.contact).c_str() : "never",
                    static_cast<unsigned long long>(standing.waiting),
                    static_cast<long long>((*uplink)->roster_version));
  return kDone;
}

}  // namespace

void add_uplink_commands(CLI::App& app, const Common& common, int& status) {
  const auto url = std::make_shared<std::string>();
  auto* join_command = app.add_subcommand(
      "join", "Make this the hub of a venue, under another hub; its code is read from standard input");
  join_command->add_option("URL", *url,
                           "The other hub's address, unless the code is a whole lanyard-enrol: text");
  join_command->callback([&common, &status, url] { status = join_centre(common, *url); });
  app.add_subcommand("uplink", "Print how the way to the hub that was joined is")
      ->callback([&common, &status] { status = print_uplink(common); });
}

}  // namespace lanyard::sync::hub
