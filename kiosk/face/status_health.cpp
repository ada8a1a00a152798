// How each part of this kiosk is, in words; and the way on where something is wrong.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

#include "kiosk/face/parts.hpp"

namespace lanyard::kiosk {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// A camera that gave no picture for so long has stopped, whatever it says.
constexpr seconds kPictureMissed{3};
// Rows that wait for longer than this are held up.
constexpr minutes kHeldUp{2};
// The hub confirms the roster each half minute.
constexpr minutes kRosterOld{30};
// The journal answers within a moment, and is asked every five seconds: two questions were not answered.
constexpr seconds kNoAnswer{12};
constexpr milliseconds kClockAgrees{2000};

class Lines {
 public:
  Lines(const Drawing& d, const StaffStatus& shown) : d_(d), t_(d.canvas.tongue()), shown_(shown) {}

  std::vector<HealthLine> all() {
    add("camera", t_.say_in("part", "Camera"), camera());
    if (d_.view.readers.hand_scanners > 0) add("scanner", t_.say_in("part", "Hand scanner"), hand_scanners());
    if (d_.view.gate != GateNow::none) add("gate", t_.say_in("part", "Gate"), gate());
    if (!shown_.status) return std::move(lines_);
    if (HealthLine trouble = journal(); !trouble.state.empty())
      add("journal", t_.say_in("part", "Journal"), std::move(trouble));
    add("printer", t_.say_in("part", "Printer"), printer());
    add("disk", t_.say_in("part", "Disk"), disk());
    add("clock", t_.say_in("part", "Clock"), clock());
    // Nothing of what follows is known where the journal cannot be read.
    if (!now().problem.empty()) return std::move(lines_);
    add("hub", t_.say_in("part", "Hub"), hub());
    add("queue", t_.say_in("part", "To be sent"), queue());
    add("roster", t_.say_in("part", "Roster"), roster());
    return std::move(lines_);
  }

 private:
  void add(std::string id, std::string name, HealthLine line) {
    line.id = std::move(id);
    line.name = std::move(name);
    lines_.push_back(std::move(line));
  }
  static HealthLine line(Health health, std::string state, std::string way = {}) {
    return {{}, health, {}, std::move(state), std::move(way)};
  }
  [[nodiscard]] const KioskStatus& now() const { return *shown_.status; }
  [[nodiscard]] std::string moment(sync::Timestamp at) const {
    return t_.moment(at, d_.view.wall_now, d_.calendar());
  }

  [[nodiscard]] HealthLine camera() const {
    const ReadersNow& readers = d_.view.readers;
    switch (readers.camera) {
      case ReadersNow::Camera::none:
        return line(Health::unused, t_.say("None is set up"));
      case ReadersNow::Camera::starting:
        return line(Health::unused, t_.say("Starting…"));
      case ReadersNow::Camera::alive: {
        const bool is_missed =
            readers.last_picture && d_.view.wall_now - *readers.last_picture > kPictureMissed;
        if (is_missed) break;
        if (readers.frames_per_second <= 0) return line(Health::unused, t_.say("Starting…"));
        return line(Health::good,
                    t_.plural("{n} picture a second", "{n} pictures a second", readers.frames_per_second));
      }
      case ReadersNow::Camera::away:
        break;
    }
    return line(Health::bad,
                readers.last_picture
                    ? t_.say("No picture since {time}", {{"time", moment(*readers.last_picture)}})
                    : t_.say("No picture since the start"),
                readers.unplugged ? t_.say("It is not connected: check its cable.")
                                  : t_.say("Unplug it, and plug it in again."));
  }

  [[nodiscard]] HealthLine hand_scanners() const {
    const ReadersNow& readers = d_.view.readers;
    if (readers.hand_scanners_away == 0) {
      return line(Health::good, t_.plural("{n} is connected", "{n} are connected", readers.hand_scanners));
    }
    return line(readers.hand_scanners_away == readers.hand_scanners ? Health::bad : Health::amiss,
                t_.plural("{n} is not connected", "{n} are not connected", readers.hand_scanners_away),
                t_.say("Check its cable or its charge."));
  }

  [[nodiscard]] HealthLine gate() const {
    switch (d_.view.gate) {
      case GateNow::none:
      case GateNow::starting:
        return line(Health::unused, t_.say("Starting…"));
      case GateNow::works:
        return line(Health::good, t_.say("Opens for whoever is let through"));
      case GateNow::away:
        break;
    }
    return line(Health::bad, t_.say("Stays shut"), t_.say("Call whoever runs the kiosks."));
  }

  [[nodiscard]] HealthLine journal() const {
    if (!now().problem.empty()) {
      return line(Health::bad, t_.say("It cannot be read: {problem}", {{"problem", now().problem}}),
                  t_.say("Call whoever runs the kiosks."));
    }
    if (d_.view.wall_now - now().taken > kNoAnswer) {
      return line(Health::bad, t_.say("No answer since {time}", {{"time", moment(now().taken)}}),
                  t_.say("Call whoever runs the kiosks."));
    }
    return {};
  }

  [[nodiscard]] std::string owed_words() const {
    const int owed = now().today ? static_cast<int>(now().today->badges_owed) : 0;
    if (owed == 0) return {};
    return t_.plural("{n} badge is owed: print it from its record.",
                     "{n} badges are owed: print them from their records.", owed);
  }

  [[nodiscard]] HealthLine printer_trouble() const {
    const PrinterNow& printer = now().printer;
    if (!printer.problem.empty()) return line(Health::bad, printer_words(t_, printer.problem).words);
    HealthLine found;
    for (const std::string& reason : printer.reasons) {
      const PrinterSaid said = printer_words(t_, reason);
      found.state += (found.state.empty() ? "" : t_.say_in("between the items of a list", ", ")) + said.words;
      const Health health = said.goes_on ? Health::amiss : Health::bad;
      found.health = std::max(found.health, health);
    }
    if (!found.state.empty() || !printer.last || printer.last->printed) return found;
    // It says nothing of what went wrong: the last badge does.
    const bool is_mended = printer.asked && *printer.asked > printer.last->at;
    return line(is_mended ? Health::amiss : Health::bad,
                t_.say("The last badge failed: {problem}",
                       {{"problem", printer_words(t_, printer.last->problem).words}}));
  }

  [[nodiscard]] HealthLine printer() const {
    const PrinterNow& printer = now().printer;
    const std::string owed = owed_words();
    if (!printer.set_up)
      return line(owed.empty() ? Health::unused : Health::amiss, t_.say("None is set up"), owed);
    if (HealthLine trouble = printer_trouble(); !trouble.state.empty()) {
      trouble.way = owed.empty() ? t_.say("See to the printer; nothing has to be started anew.") : owed;
      if (now().roll) trouble.button = t_.say_in("printer", "New roll");
      return trouble;
    }
    std::string state;
    if (printer.waiting > 0) {
      state = t_.plural("{n} badge is being printed", "{n} badges are being printed",
                        static_cast<int>(printer.waiting));
    } else if (printer.last) {
      state = t_.say("Ready; the last badge at {time}", {{"time", moment(printer.last->at)}});
    } else {
      state = printer.asked ? t_.say_in("printer", "Ready") : t_.say("Nothing printed since the start");
    }
    HealthLine ready = line(owed.empty() ? Health::good : Health::amiss, std::move(state), owed);
    if (now().roll) add_roll(ready, *now().roll);
    return ready;
  }

  void add_roll(HealthLine& ready, const RollNow& roll) const {
    ready.button = t_.say_in("printer", "New roll");
    const bool is_counted = roll.whole > 0;
    if (is_counted && now().printer.waiting == 0)
      ready.state = t_.plural("About {n} badge left", "About {n} badges left", static_cast<int>(roll.left()));
    if (!ready.way.empty() || (is_counted && !roll.is_low())) return;
    ready.health = Health::amiss;
    ready.way = is_counted ? t_.say("Have a new one ready.") : t_.say("Touch it once one is in.");
  }

  [[nodiscard]] HealthLine disk() const {
    if (d_.view.state.fault == Fault::storage) {
      return line(Health::bad, t_.say("Nothing can be written: nobody is let in"),
                  t_.say("Call whoever runs the kiosks."));
    }
    if (!now().disk_free) return line(Health::amiss, t_.say("It does not say how full it is"));
    constexpr std::uint64_t kMega = 1'000'000;
    constexpr std::uint64_t kGiga = 1'000 * kMega;
    const std::uint64_t free = *now().disk_free;
    const std::string room = free >= kGiga ? t_.say("{n} GB free", {{"n", std::to_string(free / kGiga)}})
                                           : t_.say("{n} MB free", {{"n", std::to_string(free / kMega)}});
    if (free >= kLeastFreeBytes) return line(Health::good, room);
    return line(Health::amiss, room, t_.say("Almost full: call whoever runs the kiosks."));
  }

  [[nodiscard]] HealthLine clock() const {
    const State& state = d_.view.state;
    const std::string way = t_.say("Decisions use the hub's time. Have the clock set.");
    if (state.clock_off && state.clock_off->count() > 0) {
      return line(Health::amiss,
                  t_.say("{time} behind the hub's", {{"time", length_of(t_, *state.clock_off)}}), way);
    }
    if (state.clock_off) {
      return line(Health::amiss,
                  t_.say("{time} ahead of the hub's", {{"time", length_of(t_, -*state.clock_off)}}), way);
    }
    if (state.clock_guessed) {
      return line(Health::amiss, t_.say("Guessed since the start"), t_.say("Check the network."));
    }
    if (now().clock_offset) {
      const auto off = std::chrono::abs(*now().clock_offset);
      if (off <= kClockAgrees) return line(Health::good, t_.say("Agrees with the hub's"));
      const auto whole = std::chrono::round<seconds>(off).count();
      return line(Health::good, t_.say("{n} s off the hub's, which counts", {{"n", std::to_string(whole)}}));
    }
    if (now().clock_synchronised) return line(Health::good, t_.say("Set by the network"));
    return line(Health::unused, t_.say("Not compared with the hub's yet"));
  }

  [[nodiscard]] HealthLine hub() const {
    if (!now().hub_contact) {
      return line(Health::bad, t_.say("It has never answered"), t_.say("Check the network."));
    }
    const std::string heard = t_.say("Heard at {time}", {{"time", moment(*now().hub_contact)}});
    if (d_.view.state.online) return line(Health::good, heard);
    return line(Health::amiss, t_.say("Offline; heard at {time}", {{"time", moment(*now().hub_contact)}}),
                t_.say("Check-in goes on without it. Check the network."));
  }

  [[nodiscard]] HealthLine queue() const {
    const sync::UnsentCount& queue = now().queue;
    const int waiting = static_cast<int>(queue.unsent);
    if (queue.rejected > 0) {
      return line(Health::bad,
                  t_.plural("The hub did not take {n} record", "The hub did not take {n} records",
                            static_cast<int>(queue.rejected)),
                  t_.say("Call whoever runs the hub: it says why."));
    }
    if (waiting == 0) return line(Health::good, t_.say("The hub has everything"));
    const std::string many = t_.plural("{n} record", "{n} records", waiting);
    if (!now().oldest_unsent || now().taken - *now().oldest_unsent <= kHeldUp) {
      return line(Health::good, t_.say("{records} on the way", {{"records", many}}));
    }
    return line(Health::amiss,
                t_.say("{records}, the oldest since {time}",
                       {{"records", many}, {"time", moment(*now().oldest_unsent)}}),
                t_.say("They are safe here, and go when the hub answers."));
  }

  [[nodiscard]] HealthLine roster() const {
    if (!now().roster_as_of) {
      return line(Health::bad, t_.say("None has come yet"), t_.say("Check the network."));
    }
    const std::string state =
        t_.say("{people}, as of {time}",
               {{"people", t_.plural("{n} person", "{n} people", static_cast<int>(now().people))},
                {"time", moment(*now().roster_as_of)}});
    if (now().taken - *now().roster_as_of <= kRosterOld) return line(Health::good, state);
    return line(Health::amiss, state, t_.say("Whoever registered since may be unknown here."));
  }

  const Drawing& d_;
  const Tongue& t_;
  const StaffStatus& shown_;
  std::vector<HealthLine> lines_;
};

}  // namespace

std::vector<HealthLine> health_of(const Drawing& d, const StaffStatus& shown) {
  return Lines(d, shown).all();
}

HealthLine verdict_of(const Drawing& d, const StaffStatus& shown, const std::vector<HealthLine>& lines) {
  const Tongue& t = d.canvas.tongue();
  const State& state = d.view.state;
  HealthLine verdict{.id = "verdict"};
  const auto wrong =
      std::ranges::count_if(lines, [](const HealthLine& line) { return line.health >= Health::amiss; });
  if (state.fault == Fault::out_of_service) {
    verdict.health = Health::amiss;
    verdict.state = t.say("Closed by the office ({code})", {{"code", to_code(state.fault)}});
  } else if (state.fault != Fault::none) {
    verdict.health = Health::bad;
    verdict.state = t.say("Nobody can check in here now ({code})", {{"code", to_code(state.fault)}});
  } else if (state.paused_until) {
    verdict.health = Health::amiss;
    verdict.state = t.say("Check-in pauses: too many unknown codes");
  } else if (wrong > 0) {
    const auto worst = std::ranges::max_element(lines, {}, &HealthLine::health);
    verdict.health = worst->health;
    verdict.state = t.plural("{n} thing needs a look", "{n} things need a look", static_cast<int>(wrong));
  } else if (shown.status) {
    verdict.health = Health::good;
    verdict.state = t.say("All is well");
  } else {
    verdict.state = t.say("One moment…");
  }
  return verdict;
}

Glyph sign_of(Health health) {
  switch (health) {
    case Health::good:
      return Glyph::tick;
    case Health::unused:
      return Glyph::dash;
    case Health::amiss:
      return Glyph::attention;
    case Health::bad:
      return Glyph::cross;
  }
  return Glyph::dash;
}

Rgb colour_of(const Drawing& d, Health health) {
  const Theme& theme = d.canvas.theme();
  switch (health) {
    case Health::good:
      return theme.accept;
    case Health::unused:
      return theme.paper.quiet;
    case Health::amiss:
      return theme.paper.accent;
    case Health::bad:
      return theme.decline;
  }
  return theme.paper.ink;
}

}  // namespace lanyard::kiosk
