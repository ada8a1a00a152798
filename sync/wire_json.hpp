// How JSON becomes values without exceptions: a Field knows where in the body it stands, so that the first
// thing wrong can be named ("attendees[3].status: unknown name 'vip'"). A wrong field reads as a default
// value, and the Trouble remembers; the caller asks once, at the end. Inside wire*.cpp only: the one door to
// nlohmann's header. A Field must not outlive the Json, nor its parent.
#pragma once

#include <charconv>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <nlohmann/json.hpp>

#include "sync/error.hpp"
#include "sync/record.hpp"
#include "sync/wire.hpp"

namespace lanyard::sync::wire {

using Json = nlohmann::json;

// Size and depth first, then strict UTF-8 JSON.
[[nodiscard]] Expected<Json> parse_json(std::string_view body, std::size_t most_bytes = kMaxBodyBytes);
// Never throws: a byte that is not UTF-8 is written as U+FFFD.
[[nodiscard]] std::string write_json(const Json& json);

class Trouble {
 public:
  void note(Error error) {
    if (!first_) first_ = std::move(error);
  }
  [[nodiscard]] bool any() const { return first_.has_value(); }
  [[nodiscard]] const Error& first() const { return *first_; }

  template <class T>
  [[nodiscard]] Expected<T> verdict(T value) const {
    if (first_) return tl::make_unexpected(*first_);
    return value;
  }

 private:
  std::optional<Error> first_;
};

class Field {
 public:
  Field(const Json& root, Trouble& trouble) : value_(&root), trouble_(&trouble) {}

  // A member of this object; one that is absent or null is not present.
  [[nodiscard]] Field at(const char* key) const;
  [[nodiscard]] bool present() const { return value_ != nullptr; }

  // Reading a field that is not there, or is of another type or out of bounds, is trouble.
  [[nodiscard]] std::string text(std::size_t most_bytes = kMaxTextBytes) const;
  [[nodiscard]] std::string text_or_empty(std::size_t most_bytes = kMaxTextBytes) const;
  [[nodiscard]] std::string id() const;
  [[nodiscard]] std::string id_or_empty() const;
  [[nodiscard]] std::string uuid() const;
  [[nodiscard]] bool flag() const;
  [[nodiscard]] bool flag_or_false() const { return present() && flag(); }
  [[nodiscard]] Timestamp time() const;
  [[nodiscard]] std::optional<Timestamp> time_if_present() const;
  void hexadecimal(std::span<std::uint8_t> out) const;
  [[nodiscard]] LocalText local_text() const;
  // An object of ids and counts; empty if it is not there.
  [[nodiscard]] std::map<std::string, std::uint32_t, std::less<>> counts_or_empty(std::size_t most) const;

  template <class T>
  [[nodiscard]] T number(T least, T most) const {
    static_assert(std::is_integral_v<T>);
    if (!must_be_present() || !must(value_->is_number_integer(), "must be an integer")) return least;
    if (value_->is_number_unsigned()) {
      const auto given = value_->get<std::uint64_t>();
      if (std::cmp_less(given, least) || std::cmp_greater(given, most)) return out_of_bounds(least, most);
      return static_cast<T>(given);
    }
    const auto given = value_->get<std::int64_t>();
    if (std::cmp_less(given, least) || std::cmp_greater(given, most)) return out_of_bounds(least, most);
    return static_cast<T>(given);
  }

  template <class T>
  [[nodiscard]] T named(std::optional<T> (*find)(std::string_view)) const {
    const std::string name = text(64);
    if (trouble_->any()) return T{};
    const std::optional<T> found = find(name);
    if (!found) wrong("unknown name '" + printable(name, 40) + "'");
    return found.value_or(T{});
  }

  // Each item of this array through `read(Field)`; stops at the first trouble.
  template <class Read>
  [[nodiscard]] auto list(std::size_t most_items, Read&& read) const {
    std::vector<std::decay_t<decltype(read(*this))>> items;
    if (!must_be_present() || !must(value_->is_array(), "must be a list")) return items;
    if (!must(value_->size() <= most_items, "has more than " + std::to_string(most_items) + " items"))
      return items;
    items.reserve(value_->size());
    for (std::size_t i = 0; i < value_->size() && !trouble_->any(); ++i) {
      items.push_back(read(Field((*value_)[i], *trouble_, this, nullptr, i)));
    }
    return items;
  }
  template <class Read>
  [[nodiscard]] auto list_or_empty(std::size_t most_items, Read&& read) const {
    if (!present()) return std::vector<std::decay_t<decltype(read(*this))>>{};
    return list(most_items, std::forward<Read>(read));
  }

  void wrong(std::string_view what) const;
  bool must(bool holds, std::string_view what) const {
    if (!holds) wrong(what);
    return holds;
  }

 private:
  Field(const Json& value, Trouble& trouble, const Field* parent, const char* key, std::size_t index)
      : value_(&value), trouble_(&trouble), parent_(parent), key_(key), index_(index) {}
  [[nodiscard]] bool must_be_present() const { return must(value_ != nullptr, "is missing"); }
  [[nodiscard]] std::string path() const;

  template <class T>
  T out_of_bounds(T least, T most) const {
    wrong("must be from " + std::to_string(least) + " to " + std::to_string(most));
    return least;
  }

  const Json* value_{nullptr};
  Trouble* trouble_;
  const Field* parent_{nullptr};
  const char* key_{nullptr};
  std::size_t index_{0};
};

// The records, as members of larger bodies.
[[nodiscard]] Json json_of(const Attendee&);
[[nodiscard]] Json json_of(const Checkpoint&);
[[nodiscard]] Json json_of(const EventInfo&);
[[nodiscard]] Json json_of(const JournalRow&);
[[nodiscard]] Json json_of(const Calendar&);
[[nodiscard]] Attendee read_attendee(const Field&);
[[nodiscard]] Checkpoint read_checkpoint(const Field&);
[[nodiscard]] EventInfo read_event(const Field&);
[[nodiscard]] JournalRow read_row(const Field&);
[[nodiscard]] Calendar read_calendar(const Field&);

}  // namespace lanyard::sync::wire
