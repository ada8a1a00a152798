// What both of the hub's stores make of the values in their columns.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sync/hub/hub_store.hpp"

namespace lanyard::sync::hub {

inline std::int64_t ms_of(Timestamp when) {
  return when.time_since_epoch().count();
}
inline Timestamp time_of(std::int64_t ms) {
  return Timestamp(std::chrono::milliseconds(ms));
}

// Records were checked on their way in: one that cannot be read now is damage.
template <class T>
Expected<T> readable(Expected<T> parsed) {
  if (!parsed) return fail(Error::Kind::corrupt, parsed.error().message);
  return parsed;
}

// So far apart that two processes which began at the same number do not meet by chance, and so near that a
// million of them stay below 2^53, where JSON's numbers are no longer whole for everyone.
inline constexpr std::int64_t kLongestLeap = 1LL << 32;
// So far back from a row that comes, another is looked for that knows what time it was in the same boot.
inline constexpr std::int64_t kRowsOfBoot = 500;
// Before and after now, as the clocks of several hubs differ a little. They name addresses: no longer than
// that.
inline constexpr std::chrono::minutes kWrongCodesKept{5};
// Why a row of a purged event is not taken.
inline constexpr std::string_view kWasPurged = "the event was purged";

// How a row is asked for: by its id, or as "DEVICE:SEQ", which names a place. nullopt for what is neither.
struct RowName {
  std::optional<std::pair<std::string_view, std::int64_t>> place;
};
inline std::optional<RowName> read_row_name(std::string_view name) {
  const auto colon = name.rfind(':');
  if (colon == std::string_view::npos) return RowName{};
  const std::string_view digits = name.substr(colon + 1);
  std::int64_t seq = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), seq);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return RowName{std::pair(name.substr(0, colon), seq)};
}

// A device's orders as their column has them: "" of none. Damaged ones are none: the office gives them again,
// while a device that cannot be read could not check in anybody.
inline std::string orders_record(const Orders& orders) {
  return orders == Orders{} ? std::string() : to_json(orders);
}
inline Orders orders_in(std::string_view record) {
  return record.empty() ? Orders{} : parse_orders(record).value_or(Orders{});
}
// Damaged ones are none, and without a version: the centre says them again.
inline CentreNotices centre_notices_in(std::string_view record, std::string version) {
  auto notices = record.empty() ? std::vector<Notice>{} : parse_notices(record);
  if (!notices) return {};
  return {std::move(*notices), std::move(version)};
}
inline tl::unexpected<Error> too_many_notices() {
  return fail(Error::Kind::invalid,
              "there are " + std::to_string(kMaxNoticeRecords) + " notices already; remove some");
}

// Error::Kind::invalid for a ring that is larger than the protocol carries.
inline Expected<void> ring_fits(const std::vector<RingKey>& keys) {
  const auto refuse = [](const std::string& what, std::size_t most) {
    return fail(Error::Kind::invalid, "there would be more than " + std::to_string(most) + " " + what);
  };
  const auto count = [&](auto&& is) { return static_cast<std::size_t>(std::ranges::count_if(keys, is)); };
  const auto is_pretix = [](const RingKey& key) { return key.key.kind == KeyKind::pretix_sig1; };
  if (count(&RingKey::is_own) > kMaxOwnKeys) return refuse("keys of the hub; retire one", kMaxOwnKeys);
  if (count(is_pretix) > kMaxPretixKeys) return refuse("keys of pretix; retire one", kMaxPretixKeys);
  if (keys.size() > kMaxKeys) return refuse("keys", kMaxKeys);
  return {};
}

}  // namespace lanyard::sync::hub
