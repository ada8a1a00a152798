// A badge: an SVG template with places in it, filled in and turned into pages. See assets/badges/README.md
// for the template's side of this.
//
// Threads: one at a time in a process, whichever it is. Cairo (1.16 and 1.18) closes font files that another
// thread draws with once more than ten are open; so nothing else in the kiosk draws with it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "kiosk/badge/artwork.hpp"
#include "kiosk/badge/badge_content.hpp"
#include "kiosk/badge/print_page.hpp"
#include "sync/error.hpp"

namespace lanyard::kiosk {

// Something on a badge that staff should look at before it is handed out.
struct Misfit {
  std::string place;  // "name"
  enum class Why : std::uint8_t {
    too_small,   // its text is smaller than the template wants it at least
    no_letters,  // no font here has all of its letters
    no_photo,    // there is a place for one, and the roster's cannot be shown
  } why{Why::too_small};
  friend bool operator==(const Misfit&, const Misfit&) = default;
};
// "name: too long, set smaller than it should be; zones: ...", or "".
[[nodiscard]] std::string described(const std::vector<Misfit>&);

struct BadgePage {
  std::string bytes;  // the whole file: PDF or PNG
  double width_mm{0};
  double height_mm{0};
  std::vector<Misfit> misfits;
  int code_modules{0};  // a side, without the quiet zone
};

struct PrintedPiece {
  PrintPage page;
  std::vector<Misfit> misfits;
  int code_modules{0};
};

class BadgeTemplate {
 public:
  // Errors: invalid, naming the file and what is wrong with it.
  [[nodiscard]] static sync::Expected<BadgeTemplate> load(const std::filesystem::path& svg);

  // What does not hinder it, and should be known before the day: a font that is not here, no place for a
  // name.
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }
  // The pieces of paper that this attendee gets: "badge", "card". None: the template has nothing for them.
  [[nodiscard]] std::vector<std::string> pieces(const BadgeContent&) const;

  // One piece as a printer takes it. The code's modules are whole dots of the printer.
  // Errors: invalid if the credential is too long for any code that fits its place.
  [[nodiscard]] sync::Expected<PrintedPiece> piece(const BadgeContent&, std::string_view piece,
                                                   const PageWish&) const;
  // All pieces, a side a page.
  [[nodiscard]] sync::Expected<BadgePage> pdf(const BadgeContent&, int printer_dpi = 300) const;
  // The first side, as a picture of `dpi`.
  [[nodiscard]] sync::Expected<BadgePage> png(const BadgeContent&, int dpi = 300) const;

 private:
  friend class BadgeBook;
  std::string name_;
  std::shared_ptr<const Artwork> artwork_;
  std::vector<std::string> warnings_;
};

// Many badges in one PDF file, a side a page: a roster to be looked through before the day.
class BadgeBook {
 public:
  // Errors: of the file, from `finish`.
  BadgeBook(const BadgeTemplate& badge, const std::filesystem::path& file, int printer_dpi = 300);
  BadgeBook(const BadgeBook&) = delete;
  BadgeBook& operator=(const BadgeBook&) = delete;
  ~BadgeBook();

  [[nodiscard]] sync::Expected<std::vector<Misfit>> add(const BadgeContent&);
  [[nodiscard]] int pages() const;
  // Errors: storage, if not all of it was written; the file is then not there.
  [[nodiscard]] sync::Expected<void> finish();

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace lanyard::kiosk
