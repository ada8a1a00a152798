// What the office wants of one kiosk. A state to be in, told with each heartbeat that knows another one, not
// a queue of commands: a kiosk that was away hears all that still holds, once, and a hub that was restored
// from a backup need not remember what it said. PURE values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sync/error.hpp"
#include "sync/record.hpp"

namespace lanyard::sync {

inline constexpr std::size_t kMaxNotices = 8;         // on one kiosk's screen; they take turns
inline constexpr std::size_t kMaxNoticeRecords = 64;  // at the hub, for all of them
inline constexpr std::size_t kMaxNoticeCheckpoints = 100;

// A line for the screen while nobody is before it: "The opening ceremony begins at 9:30, Hall A".
struct Notice {
  std::string id;
  LocalText text;
  std::optional<Timestamp> until;          // by the hub's time
  std::vector<std::string> checkpoints{};  // ids; none = at all of them. The hub's own: kiosks get theirs
  friend bool operator==(const Notice&, const Notice&) = default;
};

struct Orders {
  bool out_of_service{false};        // calm screen, staff mode alone
  std::optional<Timestamp> restart;  // when the last restart was ordered, which names it
  bool wipe{false};                  // once all rows are delivered: the kiosk goes back to its owner
  std::string enrol_code;            // enrol with this: another token, another key; "" = stay
  std::vector<Notice> notices;       // the most pressing first
  friend bool operator==(const Orders&, const Orders&) = default;
};
// Of orders that a hub above gives for a single kiosk of a venue, what the venue obeys: to forget all and to
// enrol anew are ordered by the hub that the kiosk enrolled with.
[[nodiscard]] Orders from_above(const Orders& orders);
// What two hubs want of one kiosk: out of service if either says so, and the later restart. The rest is
// `own`.
[[nodiscard]] Orders with_those_from_above(Orders own, const Orders& above);
// "out of service, restart, 2 notices", for a log: not the code, which is a secret.
[[nodiscard]] std::string summary_of(const Orders& orders);

// Names these very orders; "" where there are none.
[[nodiscard]] std::string version_of(const Orders& orders);
inline constexpr std::size_t kMaxOrdersVersionBytes = 32;

// As the stores keep them.
[[nodiscard]] std::string to_json(const Orders&);
[[nodiscard]] Expected<Orders> parse_orders(std::string_view json);
[[nodiscard]] std::string to_json(const Notice&);
[[nodiscard]] Expected<Notice> parse_notice(std::string_view json);
[[nodiscard]] std::string to_json(const std::vector<Notice>&);
[[nodiscard]] Expected<std::vector<Notice>> parse_notices(std::string_view json);  // kMaxNoticeRecords

}  // namespace lanyard::sync
