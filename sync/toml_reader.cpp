#include "sync/toml_reader.hpp"

namespace lanyard::sync {

void TomlTrouble::note(const toml::source_region& where, std::string_view path, std::string_view what) {
  if (problems_.size() == kMaxTomlProblems) return;
  std::string problem = file_ + ":" + std::to_string(where.begin.line) + ": ";
  if (!path.empty()) problem.append(path).append(": ");
  problems_.push_back(problem.append(what));
}

tl::unexpected<Error> TomlTrouble::error() const {
  std::string all;
  for (const std::string& problem : problems_) all += (all.empty() ? "" : "\n") + problem;
  return fail(Error::Kind::invalid, std::move(all));
}

std::optional<toml::table> parse_toml(std::string_view text, TomlTrouble& trouble) {
  if (text.size() > kMaxTomlBytes) {
    trouble.note({}, "", "the file is larger than " + std::to_string(kMaxTomlBytes) + " bytes");
    return std::nullopt;
  }
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& thrown) {  // the library's way to say so
    trouble.note(thrown.source(), "", printable(thrown.description(), kMaxProblemBytes));
    return std::nullopt;
  }
}

std::string TomlTable::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

const toml::node* TomlTable::look_up(const char* key, bool required) {
  asked_.emplace(key);
  const toml::node* node = table_->get(key);
  if (node == nullptr && required) trouble_->note(table_->source(), path_of(key), "is missing");
  return node;
}

void TomlTable::wrong(const char* key, std::string_view what) const {
  const toml::node* node = table_->get(key);
  trouble_->note(node == nullptr ? table_->source() : node->source(), path_of(key), what);
}

void TomlTable::no_other_keys() const {
  for (const auto& [key, node] : *table_) {
    if (!asked_.contains(key.str()))
      trouble_->note(key.source(), path_of(printable(key.str(), 60)), "unknown key");
  }
}

std::string TomlTable::text(const char* key, std::size_t most_bytes) {
  const toml::node* node = look_up(key, true);
  if (node == nullptr) return {};
  const auto* value = node->as_string();
  if (value == nullptr) {
    wrong(key, "must be a text");
  } else if (value->get().empty()) {
    wrong(key, "is empty");
  } else if (value->get().size() > most_bytes) {
    wrong(key, "is longer than " + std::to_string(most_bytes) + " bytes");
  } else if (value->get().find('\0') != std::string::npos) {
    wrong(key, "holds a zero byte");
  } else {
    return value->get();
  }
  return {};
}

std::string TomlTable::id(const char* key) {
  std::string given = text(key);
  if (given.empty() || is_id(given)) return given;
  wrong(key, "'" + printable(given, 40) + "' is not an id (letters, digits, '.', '_', '-', at most " +
                 std::to_string(kMaxIdBytes) + ")");
  return {};
}

std::int64_t TomlTable::number(const char* key, std::int64_t least, std::int64_t most) {
  const toml::node* node = look_up(key, true);
  if (node == nullptr) return least;
  const auto* value = node->as_integer();
  if (value != nullptr && value->get() >= least && value->get() <= most) return value->get();
  wrong(key, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return least;
}

bool TomlTable::flag(const char* key, bool otherwise) {
  const toml::node* node = look_up(key, false);
  if (node == nullptr) return otherwise;
  if (const auto* value = node->as_boolean()) return value->get();
  wrong(key, "must be true or false");
  return otherwise;
}

LocalText TomlTable::local_text(const char* key) {
  LocalText texts;
  const toml::node* node = look_up(key, true);
  if (node == nullptr) return texts;
  const toml::table* table = node->as_table();
  if (table == nullptr || table->empty()) {
    wrong(key, "must be texts by language, as { en = \"...\" }");
    return texts;
  }
  if (table->size() > kMaxLanguages) {
    wrong(key, "has more than " + std::to_string(kMaxLanguages) + " languages");
    return texts;
  }
  TomlTable inner(*table, path_of(key), *trouble_);
  for (const auto& [language, value] : *table) {
    const std::string tag(language.str());
    if (!is_language(tag)) {
      wrong(key, "'" + printable(tag, 40) + "' is not a language tag");
    } else if (std::string text = inner.text(tag.c_str()); !text.empty()) {
      texts.emplace(tag, std::move(text));
    }
  }
  return texts;
}

std::optional<toml::date> TomlTable::date(const char* key) {
  const toml::node* node = look_up(key, true);
  if (node == nullptr) return std::nullopt;
  if (const auto* value = node->as_date()) return value->get();
  wrong(key, "must be a date without quotes, as 2026-11-23");
  return std::nullopt;
}

std::vector<std::string> TomlTable::texts(const char* key, std::size_t most) {
  std::vector<std::string> list;
  const toml::node* node = look_up(key, true);
  if (node == nullptr) return list;
  const toml::array* array = node->as_array();
  if (array == nullptr || array->size() > most) {
    wrong(key, "must be a list of at most " + std::to_string(most) + " texts");
    return list;
  }
  for (const toml::node& item : *array) {
    const auto* value = item.as_string();
    if (value == nullptr || value->get().size() > kMaxTextBytes) {
      wrong(key, "must be a list of texts");
      return {};
    }
    list.push_back(value->get());
  }
  return list;
}

std::vector<std::int64_t> TomlTable::numbers(const char* key, std::int64_t least, std::int64_t most,
                                             std::size_t most_items) {
  std::vector<std::int64_t> list;
  const toml::node* node = look_up(key, true);
  if (node == nullptr) return list;
  const toml::array* array = node->as_array();
  if (array == nullptr || array->empty() || array->size() > most_items) {
    wrong(key, "must be a list of 1 to " + std::to_string(most_items) + " numbers");
    return list;
  }
  for (const toml::node& item : *array) {
    const auto* value = item.as_integer();
    if (value == nullptr || value->get() < least || value->get() > most) {
      wrong(key, "must be whole numbers from " + std::to_string(least) + " to " + std::to_string(most));
      return {};
    }
    list.push_back(value->get());
  }
  return list;
}

std::map<std::string, std::uint32_t, std::less<>> TomlTable::counts(const char* key, std::uint32_t most,
                                                                    std::size_t most_items) {
  std::map<std::string, std::uint32_t, std::less<>> list;
  const toml::node* node = look_up(key, true);
  if (node == nullptr) return list;
  const toml::table* table = node->as_table();
  if (table == nullptr || table->size() > most_items) {
    wrong(key, "must be at most " + std::to_string(most_items) + " counts, as { \"min-kenya\" = 6 }");
    return list;
  }
  TomlTable inner(*table, path_of(key), *trouble_);
  for (const auto& [id, value] : *table) {
    const std::string name(id.str());
    if (!is_id(name)) {
      wrong(key, "'" + printable(name, 40) + "' is not an id");
    } else {
      list.emplace(name, static_cast<std::uint32_t>(inner.number(name.c_str(), 0, most)));
    }
  }
  return list;
}

std::vector<TomlTable> TomlTable::tables(const char* key, std::size_t most) {
  std::vector<TomlTable> list;
  const toml::node* node = look_up(key, false);
  if (node == nullptr) return list;
  const toml::array* array = node->as_array();
  if (array == nullptr || array->size() > most) {
    wrong(key, "must be a list of at most " + std::to_string(most) + " tables");
    return list;
  }
  for (std::size_t i = 0; i < array->size(); ++i) {
    const toml::table* table = (*array)[i].as_table();
    if (table == nullptr) {
      wrong(key, "must be a list of tables");
      return {};
    }
    list.emplace_back(*table, path_of(key) + "[" + std::to_string(i) + "]", *trouble_);
  }
  return list;
}

std::optional<TomlTable> TomlTable::table(const char* key) {
  const toml::node* node = look_up(key, false);
  if (node == nullptr) return std::nullopt;
  if (const toml::table* table = node->as_table()) return TomlTable(*table, path_of(key), *trouble_);
  wrong(key, "must be a table");
  return std::nullopt;
}

}  // namespace lanyard::sync
