// How JSON becomes values without exceptions: a Field knows where in the body it stands, so that the first
// thing wrong can be named ("attendees[3].status: unknown name 'vip'"). A wrong field reads as a default
// value, and the Trouble remembers; the caller asks once, at the end. Inside wire*.cpp only: the one door to
// nlohmann's header, by which bodies are written; read they are by simdjson, which wire_json.cpp alone knows.
// A Field must not outlive the Document, nor its parent.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "sync/error.hpp"
#include "sync/record.hpp"
#include "sync/wire.hpp"

namespace lanyard::sync::wire {

using Json = nlohmann::json;

// A body that is JSON. Owns all that its values say.
class Document {
 public:
  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();

 private:
  friend class Field;
  friend Expected<Document> parse_json(std::string_view body, std::size_t most_bytes);
  struct Inside;
  explicit Document(std::unique_ptr<Inside>);
  std::unique_ptr<Inside> in_;
};
// Strict UTF-8 JSON within the limits of size and depth. Of a name that stands twice in an object, the first
// counts.
[[nodiscard]] Expected<Document> parse_json(std::string_view body, std::size_t most_bytes = kMaxBodyBytes);
// Never throws: a byte that is not UTF-8 is written as U+FFFD.
[[nodiscard]] std::string write_json(const Json& json);

// An object, member by member, without a tree of it in between.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::size_t expected_bytes) {
    out_.reserve(expected_bytes);
    out_ += '{';
  }
  void text(std::string_view name, std::string_view value);
  void text_unless_empty(std::string_view name, std::string_view value) {
    if (!value.empty()) text(name, value);
  }
  template <class Integer>
  void number(std::string_view name, Integer value) {
    raw(name, std::to_string(value));
  }
  void raw(std::string_view name, std::string_view json);
  [[nodiscard]] std::string finish() {
    out_ += '}';
    return std::move(out_);
  }

 private:
  void name(std::string_view name);
  std::string out_;
};

class Trouble {
 public:
  // `is_unknown`: the body is as it should be, but a later version may have written it.
  void note(Error error, bool is_unknown = false) {
    if (first_) return;
    first_ = std::move(error);
    is_unknown_ = is_unknown;
  }
  [[nodiscard]] bool is_unknown_name() const { return is_unknown_; }
  [[nodiscard]] bool any() const { return first_.has_value(); }
  [[nodiscard]] const Error& first() const { return *first_; }

  template <class T>
  [[nodiscard]] Expected<T> verdict(T value) const {
    if (first_) return tl::make_unexpected(*first_);
    return value;
  }

 private:
  std::optional<Error> first_;
  bool is_unknown_{false};
};

class Field {
 public:
  Field(const Document& document, Trouble& trouble);

  // A member of this object; one that is absent or null is not present.
  [[nodiscard]] Field at(const char* key) const;
  [[nodiscard]] bool present() const { return value_.has_value(); }
  // The same, whose trouble is noted elsewhere.
  [[nodiscard]] Field apart(Trouble& trouble) const;
  // And by the same path.
  [[nodiscard]] Field beside(Trouble& trouble) const;

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
    const std::optional<Integer> given = integer();
    if (!given) return least;
    return std::visit(
        [&](auto value) {
          if (std::cmp_less(value, least) || std::cmp_greater(value, most)) return out_of_bounds(least, most);
          return static_cast<T>(value);
        },
        *given);
  }

  template <class T>
  [[nodiscard]] T named(std::optional<T> (*find)(std::string_view)) const {
    const std::string name = text(64);
    if (trouble_->any()) return T{};
    const std::optional<T> found = find(name);
    if (!found) unknown(name);
    return found.value_or(T{});
  }
  // What stands for every name of a later version.
  template <class T>
  [[nodiscard]] T named_or(std::optional<T> (*find)(std::string_view), T otherwise) const {
    const std::string name = text(64);
    return find(name).value_or(otherwise);
  }

  // Each item of this array through `read(Field)`; stops at the first trouble.
  template <class Read>
  [[nodiscard]] auto list(std::size_t most_items, Read&& read) const {
    std::vector<std::decay_t<decltype(read(*this))>> items;
    const std::vector<Field> fields = list_items(most_items);
    items.reserve(fields.size());
    for (const Field& field : fields) {
      if (trouble_->any()) break;
      items.push_back(read(field));
    }
    return items;
  }
  template <class Read>
  [[nodiscard]] auto list_or_empty(std::size_t most_items, Read&& read) const {
    if (!present()) return std::vector<std::decay_t<decltype(read(*this))>>{};
    return list(most_items, std::forward<Read>(read));
  }

  // The same of what a later version may have written: an item with a name that is not known here is passed
  // over, and counted.
  template <class Read>
  [[nodiscard]] auto list_of_known(std::size_t most_items, std::size_t& passed_over, Read&& read) const {
    std::vector<std::decay_t<decltype(read(*this))>> items;
    const std::vector<Field> fields = list_items(most_items);
    items.reserve(fields.size());
    for (const Field& field : fields) {
      Trouble of_item;
      auto item = read(field.beside(of_item));
      if (of_item.is_unknown_name()) {
        ++passed_over;
      } else if (of_item.any()) {
        trouble_->note(of_item.first());
        break;
      } else {
        items.push_back(std::move(item));
      }
    }
    return items;
  }

  // The items of this array; they refer to this field, which must outlive them.
  [[nodiscard]] std::vector<Field> list_items(std::size_t most_items) const;

  void wrong(std::string_view what) const;
  void unknown(std::string_view name) const;
  bool must(bool holds, std::string_view what) const {
    if (!holds) wrong(what);
    return holds;
  }

 private:
  // simdjson's handle of a value, which is two words and trivial to copy: here without its header.
  using Value = std::array<std::uintptr_t, 2>;
  using Integer = std::variant<std::int64_t, std::uint64_t>;

  Field(Value value, Trouble& trouble, const Field* parent, const char* key, std::size_t index)
      : value_(value), trouble_(&trouble), parent_(parent), key_(key), index_(index) {}
  [[nodiscard]] bool must_be_present() const { return must(value_.has_value(), "is missing"); }
  // Of a text; nullopt after noting trouble.
  [[nodiscard]] std::optional<std::string_view> string() const;
  [[nodiscard]] std::optional<Integer> integer() const;
  template <class Take>
  void each_member(const char* what, std::size_t most, const char* too_many, Take&& take) const;
  [[nodiscard]] Error error(std::string_view what) const;
  [[nodiscard]] std::string path() const;

  template <class T>
  T out_of_bounds(T least, T most) const {
    wrong("must be from " + std::to_string(least) + " to " + std::to_string(most));
    return least;
  }

  std::optional<Value> value_;
  Trouble* trouble_;
  const Field* parent_{nullptr};
  const char* key_{nullptr};
  std::size_t index_{0};
};

// Parses the text and reads it with `read(Field)`: the value, or the first trouble, said to be within `what`
// unless that is empty.
template <class Read>
auto parse_as(std::string_view text, const char* what, Read&& read)
    -> Expected<decltype(read(std::declval<const Field&>()))> {
  const auto named = [&](const Error& error) { return *what == '\0' ? error : error.within(what); };
  const auto json = parse_json(text);
  if (!json) return tl::make_unexpected(named(json.error()));
  Trouble trouble;
  auto value = read(Field(*json, trouble));
  if (trouble.any()) return tl::make_unexpected(named(trouble.first()));
  return value;
}

// The records, as members of larger bodies.
[[nodiscard]] Json json_of(const Attendee&);
[[nodiscard]] Json json_of(const Checkpoint&);
[[nodiscard]] Json json_of(const EventInfo&);
[[nodiscard]] Json json_of(const Calendar&);
[[nodiscard]] Json json_of(const Orders&);
[[nodiscard]] std::string aside_list(const std::vector<AsideRow>&);
[[nodiscard]] Attendee read_attendee(const Field&);
[[nodiscard]] Checkpoint read_checkpoint(const Field&);
[[nodiscard]] EventInfo read_event(const Field&);
[[nodiscard]] JournalRow read_row(const Field&);
[[nodiscard]] Calendar read_calendar(const Field&);
[[nodiscard]] Orders read_orders(const Field&, std::size_t most_notices);
[[nodiscard]] AsideRow read_aside(const Field&);

}  // namespace lanyard::sync::wire
