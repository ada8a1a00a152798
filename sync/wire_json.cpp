#include "sync/wire_json.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>

#include <simdjson.h>

#include "sync/chain.hpp"

namespace lanyard::sync::wire {

namespace dom = simdjson::dom;

namespace {

// simdjson asks for some, of whatever size the text is.
constexpr std::size_t kLeastCapacity = 64;

static_assert(sizeof(dom::element) == sizeof(std::array<std::uintptr_t, 2>));
std::array<std::uintptr_t, 2> handle(dom::element element) {
  return std::bit_cast<std::array<std::uintptr_t, 2>>(element);
}
dom::element element(const std::array<std::uintptr_t, 2>& handle) {
  return std::bit_cast<dom::element>(handle);
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = text[i];
    const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (dash ? c != '-' : !digit) return false;
  }
  return true;
}

}  // namespace

struct Document::Inside {
  dom::parser parser;
  dom::element root;
};

Document::Document(std::unique_ptr<Inside> in) : in_(std::move(in)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

Expected<Document> parse_json(std::string_view body, std::size_t most_bytes) {
  if (body.size() > most_bytes) {
    return fail(Error::Kind::invalid, "the body is larger than " + std::to_string(most_bytes) + " bytes");
  }
  // Nor is it anywhere, perhaps: simdjson would copy from a null pointer.
  if (body.empty()) return fail(Error::Kind::invalid, "not JSON in UTF-8");
  auto in = std::make_unique<Document::Inside>();
  simdjson::error_code error = in->parser.allocate(std::max(body.size(), kLeastCapacity), kMaxJsonDepth + 1);
  if (error == simdjson::SUCCESS) error = in->parser.parse(body.data(), body.size()).get(in->root);
  if (error == simdjson::MEMALLOC) std::abort();
  if (error == simdjson::DEPTH_ERROR) {
    return fail(Error::Kind::invalid, "nested deeper than " + std::to_string(kMaxJsonDepth));
  }
  if (error != simdjson::SUCCESS) return fail(Error::Kind::invalid, "not JSON in UTF-8");
  return Document(std::move(in));
}

std::string write_json(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void ObjectWriter::name(std::string_view name) {
  if (out_.size() > 1) out_ += ',';
  out_ += '"';
  out_ += name;
  out_ += "\":";
}

void ObjectWriter::raw(std::string_view name, std::string_view json) {
  this->name(name);
  out_ += json;
}

void ObjectWriter::text(std::string_view name, std::string_view value) {
  this->name(name);
  const auto plain = [](char c) { return c >= ' ' && c < '\x7f' && c != '"' && c != '\\'; };
  if (!std::ranges::all_of(value, plain)) {
    out_ += write_json(value);
    return;
  }
  out_ += '"';
  out_ += value;
  out_ += '"';
}

Field::Field(const Document& document, Trouble& trouble)
    : value_(handle(document.in_->root)), trouble_(&trouble) {}

Field Field::beside(Trouble& trouble) const {
  Field other(*this);
  other.trouble_ = &trouble;
  return other;
}

Field Field::apart(Trouble& trouble) const {
  Field other = beside(trouble);
  other.parent_ = nullptr;
  other.key_ = nullptr;
  return other;
}

Field Field::at(const char* key) const {
  Field child(*this);
  child.parent_ = this;
  child.key_ = key;
  child.value_.reset();
  if (!value_) return child;
  dom::object object;
  if (!must(element(*value_).get(object) == simdjson::SUCCESS, "must be an object")) return child;
  dom::element found;
  if (object.at_key(key).get(found) == simdjson::SUCCESS && !found.is_null()) child.value_ = handle(found);
  return child;
}

std::optional<std::string_view> Field::string() const {
  std::string_view given;
  if (!must_be_present() || !must(element(*value_).get(given) == simdjson::SUCCESS, "must be a text"))
    return std::nullopt;
  return given;
}

std::optional<Field::Integer> Field::integer() const {
  if (!must_be_present()) return std::nullopt;
  const dom::element value = element(*value_);
  if (std::int64_t number = 0; value.get(number) == simdjson::SUCCESS) return number;
  if (std::uint64_t number = 0; value.get(number) == simdjson::SUCCESS) return number;
  wrong("must be an integer");
  return std::nullopt;
}

std::vector<Field> Field::list_items(std::size_t most_items) const {
  std::vector<Field> items;
  dom::array array;
  if (!must_be_present() || !must(element(*value_).get(array) == simdjson::SUCCESS, "must be a list"))
    return items;
  for (const dom::element item : array) {
    if (!must(items.size() < most_items, "has more than " + std::to_string(most_items) + " items")) return {};
    items.push_back(Field(handle(item), *trouble_, this, nullptr, items.size()));
  }
  return items;
}

template <class Take>
void Field::each_member(const char* what, std::size_t most, const char* too_many, Take&& take) const {
  dom::object object;
  if (!must_be_present() || !must(element(*value_).get(object) == simdjson::SUCCESS, what)) return;
  if (!must(object.size() <= most, too_many)) return;
  for (const auto& [key, value] : object) {
    const std::string name(key);
    if (!take(name, Field(handle(value), *trouble_, this, name.c_str(), 0))) return;
  }
}

std::string Field::text(std::size_t most_bytes) const {
  const auto given = string();
  if (!given) return {};
  if (!must(given->size() <= most_bytes, "is longer than " + std::to_string(most_bytes) + " bytes"))
    return {};
  if (!must(given->find('\0') == std::string_view::npos, "holds a zero byte")) return {};
  return std::string(*given);
}

std::string Field::text_or_empty(std::size_t most_bytes) const {
  return present() ? text(most_bytes) : "";
}

std::string Field::id() const {
  std::string given = text();
  if (trouble_->any()) return {};
  if (!must(is_id(given), "'" + printable(given, 40) + "' is not an id")) return {};
  return given;
}

std::string Field::id_or_empty() const {
  if (!present()) return {};
  if (std::string_view given; element(*value_).get(given) == simdjson::SUCCESS && given.empty()) return {};
  return id();
}

std::string Field::uuid() const {
  std::string given = text(36);
  if (trouble_->any() || !must(is_uuid(given), "is not a UUID in lower case")) return {};
  return given;
}

bool Field::flag() const {
  bool given = false;
  return must_be_present() &&
         must(element(*value_).get(given) == simdjson::SUCCESS, "must be true or false") && given;
}

Timestamp Field::time() const {
  const std::string given = text(64);
  if (trouble_->any()) return {};
  const auto parsed = parse_rfc3339(given);
  if (!parsed) wrong("'" + printable(given, 40) + "' is not a time of RFC 3339");
  return parsed.value_or(Timestamp{});
}

std::optional<Timestamp> Field::time_if_present() const {
  if (!present()) return std::nullopt;
  return time();
}

void Field::hexadecimal(std::span<std::uint8_t> out) const {
  const std::string given = text(2 * out.size());
  if (trouble_->any()) return;
  must(unhex(given, out), "must be " + std::to_string(2 * out.size()) + " hexadecimal digits");
}

LocalText Field::local_text() const {
  LocalText texts;
  each_member("must be an object of language and text", kMaxLanguages, "has too many languages",
              [&](const std::string& language, const Field& text) {
                if (!must(is_language(language), "'" + printable(language, 40) + "' is not a language tag"))
                  return false;
                texts.emplace(language, text.text());
                return true;
              });
  return texts;
}

std::map<std::string, std::uint32_t, std::less<>> Field::counts_or_empty(std::size_t most) const {
  std::map<std::string, std::uint32_t, std::less<>> counts;
  if (!present()) return counts;
  const std::string too_many = "has more than " + std::to_string(most) + " items";
  each_member("must be an object of ids and counts", most, too_many.c_str(),
              [&](const std::string& id, const Field& count) {
                if (!must(is_id(id), "'" + printable(id, 40) + "' is not an id")) return false;
                counts.emplace(id, count.number<std::uint32_t>(0, kMaxCount));
                return true;
              });
  return counts;
}

Error Field::error(std::string_view what) const {
  const std::string where = path();
  return {Error::Kind::invalid, (where.empty() ? "the body" : where) + ": " + std::string(what)};
}

void Field::wrong(std::string_view what) const {
  trouble_->note(error(what));
}

void Field::unknown(std::string_view name) const {
  trouble_->note(error("unknown name '" + printable(name, 40) + "'"), true);
}

std::string Field::path() const {
  if (parent_ == nullptr) return {};
  std::string path = parent_->path();
  if (key_ == nullptr) return path + "[" + std::to_string(index_) + "]";
  if (!path.empty()) path += '.';
  return path + key_;
}

}  // namespace lanyard::sync::wire
