// TOML files that people write: each thing wrong is named with file, line and key, and an unknown key is
// wrong too (a misspelt one would otherwise be silently without effect). The one door to toml++. Threads: a
// table and its trouble belong to one thread. A TomlTable must not outlive the parsed document.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

#include "sync/error.hpp"
#include "sync/record.hpp"
#include "sync/wire.hpp"

namespace lanyard::sync {

inline constexpr std::size_t kMaxTomlBytes = 4UL * 1024 * 1024;
inline constexpr std::size_t kMaxTomlProblems = 50;

// The problems found so far, as "FILE:LINE: KEY: what is wrong".
class TomlTrouble {
 public:
  explicit TomlTrouble(std::string file) : file_(std::move(file)) {}
  void note(const toml::source_region& where, std::string_view path, std::string_view what);
  [[nodiscard]] bool any() const { return !problems_.empty(); }
  [[nodiscard]] const std::vector<std::string>& problems() const { return problems_; }
  // All of them, a line each.
  [[nodiscard]] tl::unexpected<Error> error() const;

 private:
  std::string file_;
  std::vector<std::string> problems_;
};

// nullopt after noting why.
[[nodiscard]] std::optional<toml::table> parse_toml(std::string_view text, TomlTrouble& trouble);

class TomlTable {
 public:
  TomlTable(const toml::table& table, std::string path, TomlTrouble& trouble)
      : table_(&table), path_(std::move(path)), trouble_(&trouble) {}

  [[nodiscard]] bool has(const char* key) const { return table_->contains(key); }

  // A key that is not there is wrong; so is one of another type or out of bounds. What is wrong reads as
  // empty.
  [[nodiscard]] std::string text(const char* key, std::size_t most_bytes = kMaxTextBytes);
  [[nodiscard]] std::string id(const char* key);
  [[nodiscard]] std::int64_t number(const char* key, std::int64_t least, std::int64_t most);
  [[nodiscard]] bool flag(const char* key, bool otherwise);
  [[nodiscard]] LocalText local_text(const char* key);
  [[nodiscard]] std::optional<toml::date> date(const char* key);
  [[nodiscard]] std::vector<std::string> texts(const char* key, std::size_t most);
  [[nodiscard]] std::vector<std::int64_t> numbers(const char* key, std::int64_t least, std::int64_t most,
                                                  std::size_t most_items);
  // { "id" = 4, … }
  [[nodiscard]] std::map<std::string, std::uint32_t, std::less<>> counts(const char* key, std::uint32_t most,
                                                                         std::size_t most_items);
  // [[key]] or key = [{…}]; empty if there is none.
  [[nodiscard]] std::vector<TomlTable> tables(const char* key, std::size_t most);
  // nullopt if there is none.
  [[nodiscard]] std::optional<TomlTable> table(const char* key);

  template <class T>
  [[nodiscard]] T named(const char* key, std::optional<T> (*find)(std::string_view)) {
    const std::string name = text(key);
    if (name.empty()) return T{};
    const std::optional<T> found = find(name);
    if (!found) wrong(key, "unknown name '" + printable(name, 40) + "'");
    return found.value_or(T{});
  }

  void wrong(const char* key, std::string_view what) const;
  // To be called last: every key that was not asked for is unknown.
  void no_other_keys() const;

 private:
  const toml::node* look_up(const char* key, bool required);
  [[nodiscard]] std::string path_of(std::string_view key) const;

  const toml::table* table_;
  std::string path_;
  TomlTrouble* trouble_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace lanyard::sync
