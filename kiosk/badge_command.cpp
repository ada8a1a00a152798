#include "kiosk/badge_command.hpp"

#include <cstdio>
#include <fstream>

#include <unistd.h>

#include "kiosk/badge/badge.hpp"
#include "kiosk/check.hpp"
#include "sync/store.hpp"

namespace lanyard::kiosk {

namespace {

using sync::Error;
using sync::Expected;
using sync::fail;

constexpr std::size_t kRosterPage = 500;

BadgeContent somebody() {
  BadgeContent content;
  sync::EventInfo& event = content.event;
  event.id = "specimen";
  event.name = {{"en", "International Forum on Public Procurement"}};
  event.categories = {{"delegate", {{"en", "Delegate"}}, 0x1f6f54}};
  event.zones = {{"site", {{"en", "Site"}}}, {"plenary", {{"en", "Plenary hall"}}}};
  sync::Attendee& who = content.attendee;
  who.id = "A0000";
  who.name = "Li Xiaoming";
  who.name_native = "李晓明";
  who.title = "Director, Procurement Policy";
  who.organisation = "Ministry of Specimens";
  who.category = "delegate";
  who.zones = {"site", "plenary"};
  who.languages = {"zh"};
  return content;
}

// Whose badges are drawn: the kiosk's roster.
struct People {
  sync::Store store;
  sync::EventInfo event;
};

Expected<People> people_of(const KioskConfig& config) {
  if (!std::filesystem::exists(config.store))
    return fail(Error::Kind::invalid, "there is no roster at " + config.store.string());
  auto store = sync::Store::open(config.store);
  if (!store) return tl::make_unexpected(store.error());
  auto event = store->event();
  if (!event) return tl::make_unexpected(event.error());
  if (!*event) return fail(Error::Kind::invalid, "no roster has come to " + config.store.string() + " yet");
  return People{std::move(*store), std::move(**event)};
}

BadgeContent content_of(People& people, sync::Attendee attendee, const std::string& language) {
  BadgeContent content;
  auto photo = people.store.photo(attendee.photo);
  if (photo && *photo) content.photo = std::move(**photo);
  content.language = language.empty() ? badge_language(attendee) : language;
  content.event = people.event;
  content.attendee = std::move(attendee);
  content.credential = sync::mint_specimen(content.event, content.attendee.id);
  return content;
}

Expected<BadgeContent> one_content(const BadgeCommand& command, const KioskConfig& config) {
  if (command.attendee.empty()) {
    BadgeContent content = somebody();
    if (!command.language.empty()) content.language = command.language;
    content.credential = sync::mint_specimen(content.event, content.attendee.id);
    return content;
  }
  auto people = people_of(config);
  if (!people) return tl::make_unexpected(people.error());
  auto attendee = people->store.attendee(command.attendee);
  if (!attendee) return tl::make_unexpected(attendee.error());
  if (!*attendee) return fail(Error::Kind::invalid, "the roster has no attendee " + command.attendee);
  return content_of(*people, std::move(**attendee), command.language);
}

// P4 of netpbm: the same rows of bits as ours.
std::string pbm_of(const PrintPage& page) {
  return "P4\n" + std::to_string(page.width_px) + " " + std::to_string(page.height_px) + "\n" +
         page.files.front();
}

Expected<BadgePage> drawn(const BadgeTemplate& badge, const BadgeContent& content, const std::string& ending,
                          int dpi) {
  if (ending == ".pdf") return badge.pdf(content, dpi);
  if (ending == ".png") return badge.png(content, dpi);
  PageWish wish{PageForm::pwg_raster, dpi, true};
  if (ending == ".jpg" || ending == ".jpeg") {
    wish.form = PageForm::jpeg;
  } else if (ending == ".pbm") {
    wish.form = PageForm::dots;
  } else if (ending != ".pwg") {
    return fail(Error::Kind::invalid, "the output's name is to end in .pdf, .png, .pwg, .jpg or .pbm");
  }
  const auto pieces = badge.pieces(content);
  if (pieces.empty()) return fail(Error::Kind::invalid, "the template has no page for this attendee");
  auto made = badge.piece(content, pieces.front(), wish);
  if (!made) return tl::make_unexpected(made.error());
  const PrintPage& page = made->page;
  return BadgePage{wish.form == PageForm::dots ? pbm_of(page) : page.files.front(), page.width_mm,
                   page.height_mm, std::move(made->misfits), 0};
}

bool complain(const Error& error) {
  (void)std::fprintf(stderr, "lanyard-kiosk: %s\n", error.message.c_str());
  return false;
}

Expected<BadgeTemplate> template_for(const BadgeCommand& command, const KioskConfig& config,
                                     const std::filesystem::path& assets) {
  auto badge = BadgeTemplate::load(command.badge_template.empty() ? badge_template(config, assets)
                                                                  : command.badge_template);
  if (!badge) return badge;
  for (const std::string& warning : badge->warnings())
    (void)std::fprintf(stderr, "lanyard-kiosk: %s\n", warning.c_str());
  return badge;
}

// A name is text from strangers: nothing of it may look like another line or column.
std::string in_a_column(std::string text) {
  for (char& c : text) c = static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  return text;
}

void say_progress(std::uint64_t done, std::uint64_t all) {
  if (::isatty(STDERR_FILENO) == 0) return;
  (void)std::fprintf(stderr, "\r%llu of %llu badges", static_cast<unsigned long long>(done),
                     static_cast<unsigned long long>(all));
  if (done == all) (void)std::fputc('\n', stderr);
}

}  // namespace

bool render_badge(const BadgeCommand& command, const KioskConfig& config,
                  const std::filesystem::path& assets) {
  const auto badge = template_for(command, config, assets);
  if (!badge) return complain(badge.error());
  const auto content = one_content(command, config);
  if (!content) return complain(content.error());
  const int dpi = command.dpi > 0 ? command.dpi : config.printer.dpi;
  const auto page = drawn(*badge, *content, command.output.extension().string(), dpi);
  if (!page) return complain(page.error());
  std::ofstream file(command.output, std::ios::binary | std::ios::trunc);
  file.write(page->bytes.data(), static_cast<std::streamsize>(page->bytes.size()));
  file.close();
  if (!file) return complain({Error::Kind::storage, command.output.string() + " cannot be written"});
  if (!page->misfits.empty())
    (void)std::fprintf(stderr, "lanyard-kiosk: %s\n", described(page->misfits).c_str());
  return true;
}

bool preview_roster(const BadgeCommand& command, const KioskConfig& config,
                    const std::filesystem::path& assets) {
  if (command.output.extension() != ".pdf")
    return complain({Error::Kind::invalid, "the output's name is to end in .pdf"});
  const auto badge = template_for(command, config, assets);
  if (!badge) return complain(badge.error());
  auto people = people_of(config);
  if (!people) return complain(people.error());
  const std::uint64_t all = people->store.attendee_count().value_or(0);
  BadgeBook book(*badge, command.output, command.dpi > 0 ? command.dpi : config.printer.dpi);
  std::uint64_t done = 0;
  std::uint64_t looked_at = 0;
  std::string after;
  for (;;) {
    const auto page = people->store.attendees_after(after, kRosterPage);
    if (!page) return complain(page.error());
    if (page->empty()) break;
    for (const sync::Attendee& one : *page) {
      const auto misfits = book.add(content_of(*people, one, command.language));
      if (!misfits) return complain(misfits.error());
      say_progress(++done, all);
      if (misfits->empty()) continue;
      ++looked_at;
      (void)std::printf("%s\t%s\t%s\n", one.id.c_str(), in_a_column(one.name).c_str(),
                        described(*misfits).c_str());
    }
    after = page->back().id;
  }
  if (done == 0) return complain({Error::Kind::invalid, "the roster is empty"});
  if (auto written = book.finish(); !written) return complain(written.error());
  (void)std::fprintf(stderr, "lanyard-kiosk: %llu badges on %d pages in %s; %llu need a look\n",
                     static_cast<unsigned long long>(done), book.pages(), command.output.c_str(),
                     static_cast<unsigned long long>(looked_at));
  return std::fflush(stdout) == 0;
}

}  // namespace lanyard::kiosk
