#include "tests/e2e/arrivals/plan.hpp"

#include <functional>
#include <optional>
#include <utility>

#include <sodium.h>

#include "sync/hub/csv_reader.hpp"
#include "sync/record.hpp"

namespace lanyard::arrivals {
namespace {

using sync::Error;
using sync::Expected;
using sync::fail;
using Fields = std::vector<std::string>;

constexpr std::string_view kRaw = "text:";
constexpr std::string_view kBase64 = "b64:";

// Each record but a first one that only names the columns.
Expected<void> for_each_record(std::string_view csv, const Fields& columns,
                               const std::function<Expected<void>(Fields&)>& take) {
  sync::hub::CsvReader reader(csv);
  bool first = true;
  while (auto record = reader.next()) {
    if (!*record) {
      return fail(Error::Kind::invalid,
                  "line " + std::to_string(record->error().line) + ": " + record->error().what);
    }
    Fields& fields = (*record)->fields;
    const bool names_columns =
        first && fields.size() >= 2 && fields[0] == columns[0] && fields[1] == columns[1];
    first = false;
    if (names_columns) continue;
    if (auto taken = take(fields); !taken) {
      return tl::make_unexpected(taken.error().within("line " + std::to_string((*record)->line)));
    }
  }
  return {};
}

std::optional<std::string> from_base64(std::string_view text) {
  std::string bytes(text.size(), '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                        text.size(), nullptr, &size, &end, sodium_base64_VARIANT_ORIGINAL) != 0 ||
      end != text.data() + text.size()) {
    return std::nullopt;
  }
  bytes.resize(size);
  return bytes;
}

Expected<void> set_kind(std::string_view name, Arrival& arrival) {
  for (const Kind kind : {Kind::badge, Kind::phone, Kind::phone_dark, Kind::paper}) {
    if (name == to_name(kind)) {
      arrival.kind = kind;
      return {};
    }
  }
  arrival.kind = Kind::raw;
  if (name.starts_with(kRaw)) {
    arrival.raw = name.substr(kRaw.size());
  } else if (name.starts_with(kBase64)) {
    auto bytes = from_base64(name.substr(kBase64.size()));
    if (!bytes) return fail(Error::Kind::invalid, "what follows b64: is not base64");
    arrival.raw = std::move(*bytes);
  } else {
    return fail(Error::Kind::invalid, "unknown kind '" + std::string(name) + "'");
  }
  if (arrival.raw.empty()) return fail(Error::Kind::invalid, "a code without a text");
  return {};
}

}  // namespace

std::string_view to_name(Kind kind) {
  switch (kind) {
    case Kind::badge:
      return "badge";
    case Kind::phone:
      return "phone";
    case Kind::phone_dark:
      return "phone-dark";
    case Kind::paper:
      return "paper";
    case Kind::raw:
      break;
  }
  return "raw";
}

Expected<std::vector<Arrival>> parse_plan(std::string_view csv) {
  std::vector<Arrival> plan;
  auto read = for_each_record(csv, {"kiosk", "attendee"}, [&plan](Fields& fields) -> Expected<void> {
    if (fields.size() != 2 && fields.size() != 3) {
      return fail(Error::Kind::invalid, "is not kiosk,attendee[,kind]");
    }
    if (!sync::is_id(fields[0])) return fail(Error::Kind::invalid, "the kiosk is not an id");
    if (!sync::is_id(fields[1])) return fail(Error::Kind::invalid, "the attendee is not an id");
    if (fields[0].front() == '.')
      return fail(Error::Kind::invalid, "a kiosk's folder cannot begin with a dot");
    if (plan.size() == kMaxArrivals) {
      return fail(Error::Kind::invalid, "more than " + std::to_string(kMaxArrivals) + " arrivals");
    }
    Arrival arrival{fields[0], fields[1], Kind::badge, {}};
    if (fields.size() == 3 && !fields[2].empty()) {
      if (auto set = set_kind(fields[2], arrival); !set) return set;
    }
    plan.push_back(std::move(arrival));
    return {};
  });
  if (!read) return tl::make_unexpected(read.error());
  return plan;
}

Expected<Credentials> parse_credentials(std::string_view csv) {
  Credentials credentials;
  auto read = for_each_record(csv, {"id", "text"}, [&credentials](Fields& fields) -> Expected<void> {
    if (fields.size() < 2 || !sync::is_id(fields[0]) || fields[1].empty()) {
      return fail(Error::Kind::invalid, "is not id,text");
    }
    if (credentials.size() == sync::kMaxRosterRecords) {
      return fail(Error::Kind::invalid, "more credentials than a roster has people");
    }
    credentials[fields[0]] = std::move(fields[1]);
    return {};
  });
  if (!read) return tl::make_unexpected(read.error());
  return credentials;
}

}  // namespace lanyard::arrivals
