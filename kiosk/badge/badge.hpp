// A badge: an SVG template with named slots, filled in and turned into a page. See assets/badges/README.md
// for the template's side of this.
//
// Threads: one at a time in a process, whichever it is. Cairo (1.16 and 1.18) closes font files that another
// thread draws with once more than ten are open; so nothing else in the kiosk draws with it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sync/error.hpp"
#include "sync/record.hpp"

namespace lanyard::kiosk {

inline constexpr std::size_t kMaxTemplateBytes = 8UL * 1024 * 1024;

struct BadgeContent {
  sync::Attendee attendee;
  sync::EventInfo event;
  std::string credential;  // what the code says
  std::string language{"en"};
};

struct BadgePage {
  std::string bytes;  // the whole file: PDF or PNG
  double width_mm{0};
  double height_mm{0};
  std::vector<std::string>
      did_not_fit;  // slots whose text went below its smallest size: for staff to look at
};

class BadgeTemplate {
 public:
  // Errors: invalid, naming the file and what is wrong with it (not SVG, no slot for the code, no size in
  // mm).
  [[nodiscard]] static sync::Expected<BadgeTemplate> load(const std::filesystem::path& svg);

  // A vector page. Its code's modules are whole dots of a printer of `printer_dpi`.
  // Errors: invalid if the credential is too long for any code that fits its slot.
  [[nodiscard]] sync::Expected<BadgePage> pdf(const BadgeContent&, int printer_dpi = 300) const;
  // The same as a picture of `dpi`.
  [[nodiscard]] sync::Expected<BadgePage> png(const BadgeContent&, int dpi = 300) const;

 private:
  std::string name_;
  std::string svg_;
};

}  // namespace lanyard::kiosk
