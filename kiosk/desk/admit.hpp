// The desk: what the kiosk does to its journal, each in one transaction. A returned decision is on the disk.
//
// Threads: a Desk belongs to the journal thread, as its Store does.
// Errors: of the store; invalid if the kiosk is not enrolled or has no roster yet. On an error nothing was
// written.
#pragma once

#include <set>
#include <string>

#include "kiosk/desk/decide.hpp"
#include "kiosk/desk/state.hpp"
#include "sync/store.hpp"

namespace lanyard::kiosk {

inline constexpr std::size_t kHistoryRows = 30;

// A badge to be printed: whose, and what its code is to say.
struct BadgeOrder {
  sync::Attendee attendee;
  std::string credential;  // "L1:...", minted with this kiosk's key
  std::uint32_t generation{1};
  bool reprint{false};
  std::string operator_id;  // of a reprint
};

struct Record {
  sync::Attendee attendee;
  sync::Presence presence;
  std::uint32_t generation{1};
  std::vector<sync::JournalRow> history;
};

class Desk {
 public:
  explicit Desk(sync::Store store) : store_(std::move(store)) {}

  // BEGIN IMMEDIATE -> credential -> facts -> decide -> append -> COMMIT.
  [[nodiscard]] sync::Expected<Decision> admit(std::string_view symbol, const sync::RowStamp&);

  // A badge of the generation that is alive. Until `badge_done`, the badge counts as printed for decisions
  // here.
  [[nodiscard]] sync::Expected<BadgeOrder> order_badge(std::string_view attendee_id, const sync::RowStamp&);

  // Generation + 1: the older credentials die here with this row, and elsewhere as it arrives.
  [[nodiscard]] sync::Expected<BadgeOrder> reissue(std::string_view attendee_id, std::string_view operator_id,
                                                   ReprintReason, const sync::RowStamp&);

  // Journals that the order was printed, or was not and why. On an error the badge still counts as printed
  // here, since it may be: ask again with the same order.
  [[nodiscard]] sync::Expected<void> badge_done(const BadgeOrder&, bool printed, std::string_view detail,
                                                const sync::RowStamp&);

  [[nodiscard]] sync::Expected<void> staff_entered(std::string_view operator_id, const sync::RowStamp&);
  // For staff and the hub to look at: attempts on the PIN, a fault that staff should know of.
  [[nodiscard]] sync::Expected<void> alert(std::string_view rule, std::string_view detail,
                                           const sync::RowStamp&);

  [[nodiscard]] sync::Expected<std::optional<Record>> record(std::string_view attendee_id);
  [[nodiscard]] sync::Store& store() { return store_; }

  // What the screens show around the visit; none before enrolment or before the first roster.
  struct Venue {
    sync::Identity identity;
    sync::EventInfo event;
    sync::Checkpoint checkpoint;
    sync::KeyRing keys;
  };
  // Reads it anew when the roster's version or epoch, or anything of the kiosk's identity has changed. Null:
  // not enrolled or no roster.
  [[nodiscard]] sync::Expected<const Venue*> venue();

 private:
  [[nodiscard]] sync::Expected<Facts> facts_of(const Presented&, const Venue&, Timestamp now);

  sync::Store store_;
  std::optional<Venue> venue_;
  std::int64_t venue_version_{-1};
  std::string venue_epoch_;
  std::set<std::string, std::less<>> printing_;  // attendees whose badge is at the printer now
};

}  // namespace lanyard::kiosk
