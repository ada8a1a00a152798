#include "sync/wire_json.hpp"

#include "sync/chain.hpp"

namespace lanyard::sync::wire {

namespace {

// Before the parser builds anything: how deep brackets nest outside of strings.
bool too_deep(std::string_view body) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const char c = body[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kMaxJsonDepth) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
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

Expected<Json> parse_json(std::string_view body, std::size_t most_bytes) {
  if (body.size() > most_bytes) {
    return fail(Error::Kind::invalid, "the body is larger than " + std::to_string(most_bytes) + " bytes");
  }
  if (too_deep(body))
    return fail(Error::Kind::invalid, "nested deeper than " + std::to_string(kMaxJsonDepth));
  Json json = Json::parse(body.begin(), body.end(), nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return fail(Error::Kind::invalid, "not JSON in UTF-8");
  return json;
}

std::string write_json(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Field Field::at(const char* key) const {
  Field child(*this);
  child.parent_ = this;
  child.key_ = key;
  child.value_ = nullptr;
  if (value_ == nullptr || !must(value_->is_object(), "must be an object")) return child;
  const auto found = value_->find(key);
  if (found != value_->end() && !found->is_null()) child.value_ = &*found;
  return child;
}

std::string Field::text(std::size_t most_bytes) const {
  if (!must_be_present() || !must(value_->is_string(), "must be a text")) return {};
  const auto& given = value_->get_ref<const std::string&>();
  if (!must(given.size() <= most_bytes, "is longer than " + std::to_string(most_bytes) + " bytes")) return {};
  if (!must(given.find('\0') == std::string::npos, "holds a zero byte")) return {};
  return given;
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
  if (value_->is_string() && value_->get_ref<const std::string&>().empty()) return {};
  return id();
}

std::string Field::uuid() const {
  std::string given = text(36);
  if (trouble_->any() || !must(is_uuid(given), "is not a UUID in lower case")) return {};
  return given;
}

bool Field::flag() const {
  return must_be_present() && must(value_->is_boolean(), "must be true or false") && value_->get<bool>();
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
  if (!must_be_present() || !must(value_->is_object(), "must be an object of language and text"))
    return texts;
  if (!must(value_->size() <= kMaxLanguages, "has too many languages")) return texts;
  for (const auto& [language, text] : value_->items()) {
    if (!must(is_language(language), "'" + printable(language, 40) + "' is not a language tag")) return texts;
    texts.emplace(language, Field(text, *trouble_, this, language.c_str(), 0).Field::text());
  }
  return texts;
}

std::map<std::string, std::uint32_t, std::less<>> Field::counts_or_empty(std::size_t most) const {
  std::map<std::string, std::uint32_t, std::less<>> counts;
  if (!present() || !must(value_->is_object(), "must be an object of ids and counts")) return counts;
  if (!must(value_->size() <= most, "has more than " + std::to_string(most) + " items")) return counts;
  for (const auto& [id, count] : value_->items()) {
    if (!must(is_id(id), "'" + printable(id, 40) + "' is not an id")) return counts;
    counts.emplace(id, Field(count, *trouble_, this, id.c_str(), 0).number<std::uint32_t>(0, kMaxCount));
  }
  return counts;
}

void Field::wrong(std::string_view what) const {
  const std::string where = path();
  trouble_->note({Error::Kind::invalid, (where.empty() ? "the body" : where) + ": " + std::string(what)});
}

std::string Field::path() const {
  if (parent_ == nullptr) return {};
  std::string path = parent_->path();
  if (key_ == nullptr) return path + "[" + std::to_string(index_) + "]";
  if (!path.empty()) path += '.';
  return path + key_;
}

}  // namespace lanyard::sync::wire
