// The desk: what the kiosk does to its journal, each in one transaction. A returned decision is on the disk.
//
// Threads: a Desk belongs to the journal thread, as its Store does.
// Errors: of the store; invalid if the kiosk is not enrolled or has no roster yet. On an error nothing was
// written.
#pragma once

#include <map>
#include <span>
#include <string>

#include "kiosk/desk/decide.hpp"
#include "kiosk/desk/explain.hpp"
#include "kiosk/desk/staff_action.hpp"
#include "kiosk/desk/state.hpp"
#include "sync/event_file.hpp"
#include "sync/store.hpp"

namespace lanyard::kiosk {

inline constexpr std::size_t kHistoryRows = 30;

// A badge of which nothing is heard for so long is printed by another kiosk. Whoever has it under way lets go
// of it before: by then it is out, given up, or (after a start) only asked after, since nobody stands there.
inline constexpr std::chrono::minutes kBadgeUnderWayFor{4};
inline constexpr std::chrono::minutes kBadgeResumedWithin{3};

// A badge to be printed: whose, and what its code is to say.
struct BadgeOrder {
  sync::Attendee attendee;
  std::string named{};     // what `attendee.name` is here in place of the roster's; "": the roster's
  std::string credential;  // "L1:...", minted with this kiosk's key
  std::uint32_t generation{1};
  bool reprint{false};
  bool again{false};                                 // a reprint of the same code: what came out was spoilt
  bool at_station{false};                            // where nothing but badges is given out
  bool for_today{false};                             // a day badge
  std::optional<std::chrono::year_month_day> day{};  // its day, by the venue's calendar
  std::string operator_id{};                         // of what staff ordered
  std::string id{};                                  // of its row badge_requested
};

// A piece of paper of a badge that is, or may be, at a printer.
struct SentPiece {
  std::string piece;  // "badge"
  std::string where;  // the printer, and its mark of the job: as `badge_sent` was given it
  bool begins{true};  // nothing of the badge has come out
};

// A badge that was under way when this kiosk ended.
struct OpenOrder {
  BadgeOrder order;
  std::vector<SentPiece> sent;
  bool late{false};  // nobody waits for it any more: it is asked after, and not printed by itself
};

// An answer of a staff action that may order badges.
struct StaffResult {
  Outcome outcome{Outcome::done};
  std::vector<BadgeOrder> badges;
  Receipt receipt;  // of a hand-over
};

// One line of the evacuation list.
struct Evacuee {
  sync::InsideNow where;
  std::optional<sync::Attendee> attendee;  // nullopt: not on the roster here
};

struct Record {
  sync::Attendee attendee;
  sync::Presence presence;
  std::uint32_t generation{1};
  std::vector<sync::JournalRow> history;
};

// A decision, and all that it was based on.
struct Judged {
  sync::Basis basis;
  Decision decision;
};

// As the venue's own calendar has it.
[[nodiscard]] std::chrono::year_month_day calendar_day(Timestamp when, const sync::Calendar&);

class Desk {
 public:
  // `own`: the policy of the kiosk's settings, for as long as the hub has none for this checkpoint.
  explicit Desk(sync::Store store, std::optional<sync::EventFile> own = std::nullopt)
      : store_(std::move(store)), own_(std::move(own)) {}

  // credential -> facts -> decide, without a row: what would be said.
  [[nodiscard]] sync::Expected<Judged> consider(std::string_view symbol, const sync::RowStamp&);

  // BEGIN IMMEDIATE -> credential -> facts -> decide -> append -> COMMIT.
  [[nodiscard]] sync::Expected<Decision> admit(std::string_view symbol, const sync::RowStamp&);

  // A badge of the generation that is alive, with its row badge_requested. Until `badge_done`, the badge
  // counts as printed for decisions here. `name`: as they chose it of those that the roster permits; "": as
  // their last badge had it, if the roster still permits that. Errors: invalid too, if it was printed, or
  // begun elsewhere, meanwhile, or the name is not theirs.
  [[nodiscard]] sync::Expected<BadgeOrder> order_badge(std::string_view attendee_id, const sync::RowStamp&,
                                                       std::string_view name = {});

  // What that badge would be, without a row; its code is nobody's. The name is the roster's, if the other is
  // not theirs.
  [[nodiscard]] sync::Expected<BadgeOrder> preview_badge(std::string_view attendee_id,
                                                         std::string_view name = {});

  // Generation + 1: the older credentials die here with this row, and elsewhere as it arrives. After a
  // misprint, whose paper is in staff's hands, the same code again. No more of either than the event gives
  // one person, but by a role that may do more.
  [[nodiscard]] sync::Expected<StaffResult> reissue(std::string_view attendee_id, const Operator&,
                                                    ReprintReason, const sync::RowStamp&);

  // Journals that a piece is about to be sent: nothing may go to a printer before. Errors: invalid too, if by
  // now a newer badge is alive, it was printed elsewhere, or the attendee is gone.
  [[nodiscard]] sync::Expected<void> badge_sent(const BadgeOrder&, const SentPiece&, const sync::RowStamp&);
  // Journals that the order was printed, or was not and why. On an error the badge still counts as printed
  // here, since it may be: ask again with the same order.
  [[nodiscard]] sync::Expected<void> badge_done(const BadgeOrder&, bool printed, std::string_view detail,
                                                const sync::RowStamp&);

  // What was under way when this kiosk ended, of its rows up to that one: once after a start. Those that
  // cannot be printed any more (the attendee is gone, a newer badge is alive, it was printed elsewhere,
  // nobody waits) and were not sent are journalled as failed.
  [[nodiscard]] sync::Expected<std::vector<OpenOrder>> resume_badges(std::uint64_t up_to,
                                                                     const sync::RowStamp&);

  // --- what staff do. Each wants the right of its operator's role; an attempt without it is an alert row.
  // Against the rules that the role may set aside; a decision that still refuses is a row as any refusal.
  [[nodiscard]] sync::Expected<std::optional<Decision>> admit_by_hand(std::string_view attendee_id,
                                                                      const Operator&, AdmitReason,
                                                                      const sync::RowStamp&);
  // What admit would say of them now, without a row; nullopt: unknown.
  [[nodiscard]] sync::Expected<std::optional<Decision>> judge(std::string_view attendee_id,
                                                              const sync::RowStamp&);
  // An admission or an exit that did not take place, within the event's time for it.
  [[nodiscard]] sync::Expected<Outcome> undo(std::string_view row_id, const Operator&, const sync::RowStamp&);
  // All of the attendee's badges die, and none comes in their place.
  [[nodiscard]] sync::Expected<Outcome> stop(std::string_view attendee_id, const Operator&, StopReason,
                                             const sync::RowStamp&);
  // A badge until the venue's day ends.
  [[nodiscard]] sync::Expected<StaffResult> day_badge(std::string_view attendee_id, const Operator&,
                                                      const sync::RowStamp&);
  // All of them or none: the badges are ordered, and the rows of all carry the receipt's number.
  [[nodiscard]] sync::Expected<StaffResult> hand_over(std::span<const std::string> attendee_ids,
                                                      std::string_view to, HandOver, const Operator&,
                                                      const sync::RowStamp&);
  // `arrived`, who is on the roster, takes the place of `absent`.
  [[nodiscard]] sync::Expected<Outcome> substitute(std::string_view arrived, std::string_view absent,
                                                   const Operator&, const sync::RowStamp&);
  // Everybody in the checkpoint's outermost zone and the zones within it, by name. For anyone at the desk:
  // who needs it has no time.
  [[nodiscard]] sync::Expected<std::vector<Evacuee>> evacuation(const sync::RowStamp&);
  // Those of a delegation who have not got their badge yet, by id; at most kMaxHandedOver.
  [[nodiscard]] sync::Expected<std::vector<sync::Attendee>> uncollected(std::string_view delegation);
  [[nodiscard]] sync::Expected<Explanation> explain(std::string_view row_id);
  [[nodiscard]] Explanation explain(const sync::JournalRow&);

  // Rows for those who were let in unknown and whom the roster knows by now; an alert for each who should not
  // have been. How many.
  [[nodiscard]] sync::Expected<std::size_t> reconcile(const sync::RowStamp&);

  [[nodiscard]] sync::Expected<void> staff_entered(std::string_view operator_id, const sync::RowStamp&);
  // For staff and the hub to look at: attempts on the PIN, a fault that staff should know of.
  // Whoever `detail` names is in a column too, so that an erasure finds them.
  [[nodiscard]] sync::Expected<void> alert(std::string_view rule, std::string_view detail,
                                           const sync::RowStamp&, std::string_view attendee = {},
                                           std::string_view operator_id = {});

  [[nodiscard]] sync::Expected<std::optional<Record>> record(std::string_view attendee_id);
  [[nodiscard]] sync::Store& store() { return store_; }

  // What the screens show around the visit; none before enrolment or before the first roster.
  struct Venue {
    sync::Identity identity;
    sync::EventInfo event;
    sync::Checkpoint checkpoint;
    sync::KeyRing keys;
    Policy policy;
    std::string policy_id;
  };
  // Reads it anew when the roster's version or epoch, or anything of the kiosk's identity has changed. Null:
  // not enrolled or no roster.
  [[nodiscard]] sync::Expected<const Venue*> venue();

 private:
  [[nodiscard]] sync::Expected<const Venue*> venue_or_error();
  // Of the living generation, or of one later than that. `named`: see name_badge.
  [[nodiscard]] sync::Expected<BadgeOrder> order_for(const sync::Attendee&, const Venue&, std::uint32_t later,
                                                     std::string_view named = {});
  // As it is to be named, by the choice made for it or for the last one.
  [[nodiscard]] sync::Expected<void> name_badge(BadgeOrder&, std::string_view chosen);
  // Why a badge that was asked for is not to be printed by now; "": it is.
  [[nodiscard]] sync::Expected<std::string> why_unwanted(const BadgeOrder&, bool begins);
  [[nodiscard]] bool is_printing(std::string_view attendee_id) const;
  // Within a transaction: the row badge_requested, whose id becomes the order's.
  [[nodiscard]] sync::Expected<void> request(BadgeOrder&, const Venue&, const sync::RowStamp&);
  [[nodiscard]] sync::Expected<std::optional<OpenOrder>> resume_one(const sync::Store::OpenBadge&,
                                                                    const Venue&, const sync::RowStamp&);
  // By the hub's clock, which is the event's. As of the last venue().
  [[nodiscard]] Timestamp hub_now(const sync::RowStamp& stamp) const {
    return sync::hub_time(standing_.clock, stamp, standing_.known_time).now;
  }
  // Of nobody yet: what is known of the place.
  [[nodiscard]] Facts facts_here(const Venue&) const;
  [[nodiscard]] sync::Expected<Facts> facts_of(const Presented&, const Venue&, Timestamp now);
  [[nodiscard]] sync::Expected<std::string> attendee_of(const Presented&, const Venue&, Facts&);
  [[nodiscard]] sync::Expected<void> add_person(const std::string& who, const Venue&, Facts&, Timestamp now);
  [[nodiscard]] sync::Expected<void> add_stranger(const std::string& who, const Venue&, Facts&);
  [[nodiscard]] sync::Expected<void> add_place(const std::string& who, Facts&);
  [[nodiscard]] sync::Expected<void> add_counts(const Venue&, Facts&, std::int64_t day);
  [[nodiscard]] sync::Expected<void> add_company(const std::string& zone, Facts&, const Policy&,
                                                 Timestamp now);
  [[nodiscard]] sync::Expected<void> add_escorts(const Venue&, Facts&, Timestamp now);
  [[nodiscard]] sync::Expected<Judged> judge_person(const std::string& who, const Venue&, Timestamp now,
                                                    std::vector<std::string> waived);
  [[nodiscard]] sync::Expected<Decision> conclude(Judged, sync::JournalRow, sync::Store::Transaction&,
                                                  const Venue&, const sync::RowStamp&);
  // What a staff action begins with. Without the right the attempt has become an alert, and nothing is open.
  struct StaffTurn {
    const Venue* venue;
    sync::Store::Transaction transaction;
    std::optional<Outcome> denied;
  };
  [[nodiscard]] sync::Expected<StaffTurn> begin_turn(const Operator&, sync::StaffAction,
                                                     const sync::RowStamp&);
  // And ends with, where it is one row, and the badge that it orders.
  [[nodiscard]] sync::Expected<Outcome> end_turn(StaffTurn&, sync::JournalRow, const sync::RowStamp&,
                                                 BadgeOrder* order = nullptr);
  [[nodiscard]] sync::Expected<void> reconcile_one(const sync::JournalRow&, const Venue&,
                                                   const sync::RowStamp&, std::size_t& done);

  sync::Store store_;
  std::optional<sync::EventFile> own_;
  std::optional<Venue> venue_;
  sync::Standing standing_;  // as of the last venue()
  std::int64_t venue_version_{-1};
  std::string venue_epoch_;
  std::string kept_policy_;                      // by id: the last that is in the store for sure
  std::map<std::string, std::string> printing_;  // attendees whose badge is at the printer now, by its order
};

}  // namespace lanyard::kiosk
