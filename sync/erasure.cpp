#include "sync/erasure.hpp"

#include <algorithm>

#include <sodium.h>

#include "sync/chain.hpp"

namespace lanyard::sync {

namespace {

constexpr std::string_view kPrefix = "erased-";
constexpr int kAlphabet = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
constexpr std::size_t kCodedBytes = sodium_base64_ENCODED_LEN(16, kAlphabet) - 1;
constexpr std::size_t kLeastNameBytes = 3;  // shorter texts stand in many others

bool is_word(char c) {
  const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return plain || c == '_' || c == '-' || c == '.';
}

// "A1" stands in "A1 was admitted", and not in "A12".
bool has_id(std::string_view text, std::string_view id) {
  for (std::size_t at = text.find(id); at != std::string_view::npos; at = text.find(id, at + 1)) {
    const bool begins = at == 0 || !is_word(text[at - 1]);
    const std::size_t end = at + id.size();
    // A full stop may end a sentence.
    const bool ends = end == text.size() || !is_word(text[end]) ||
                      (text[end] == '.' && (end + 1 == text.size() || !is_word(text[end + 1])));
    if (begins && ends) return true;
  }
  return false;
}

}  // namespace

std::string pseudonym_of(const std::array<std::uint8_t, 16>& random) {
  std::array<char, kCodedBytes + 1> text{};
  return std::string(kPrefix) +
         sodium_bin2base64(text.data(), text.size(), random.data(), random.size(), kAlphabet);
}

bool is_pseudonym(std::string_view id) {
  return id.starts_with(kPrefix) && id.size() == kPrefix.size() + kCodedBytes && is_id(id);
}

std::optional<JournalRow> without(const JournalRow& row, const Forgotten& who) {
  const auto is_theirs = [&](const std::string& id) {
    return !id.empty() && std::ranges::find(who.ids, id) != who.ids.end();
  };
  const auto says = [&](const std::string& text) {
    return std::ranges::any_of(who.ids, [&](const std::string& id) { return has_id(text, id); }) ||
           std::ranges::any_of(who.names, [&](const std::string& name) {
             return name.size() >= kLeastNameBytes && text.find(name) != std::string::npos;
           });
  };
  const bool of_them = is_theirs(row.attendee) || is_theirs(row.related) || is_theirs(row.operator_id) ||
                       says(row.detail) || says(row.basis) || says(row.rule);
  if (!of_them) return std::nullopt;
  JournalRow left = row;
  for (std::string* id : {&left.attendee, &left.related, &left.operator_id}) {
    if (is_theirs(*id)) *id = who.pseudonym;
  }
  left.detail.clear();
  left.basis.clear();
  if (says(left.rule)) left.rule.clear();
  left.erased = true;
  return left;
}

// What facts.hpp writes of people, without a look at all else: an id has nothing that JSON would escape.
std::vector<std::string> people_in(const JournalRow& row) {
  std::vector<std::string> ids{row.attendee, row.related, row.operator_id};
  for (const std::string_view key :
       {"\"id\":\"", "\"attendee\":\"", "\"companion_of\":\"", "\"replaced_by\":\""}) {
    for (std::size_t at = row.basis.find(key); at != std::string::npos; at = row.basis.find(key, at)) {
      at += key.size();
      std::string id = row.basis.substr(at, row.basis.find('"', at) - at);
      if (is_id(id) && std::ranges::find(ids, id) == ids.end()) ids.push_back(std::move(id));
    }
  }
  std::erase(ids, "");
  return ids;
}

std::optional<JournalRow> as_kept(const JournalRow& row,
                                  const std::map<std::string, std::string>& pseudonyms) {
  std::optional<JournalRow> kept;
  for (const std::string& id : people_in(row)) {
    const auto pseudonym = pseudonyms.find(id);
    if (pseudonym == pseudonyms.end()) continue;
    if (auto left = without(kept ? *kept : row, {{id}, {}, pseudonym->second})) kept = std::move(left);
  }
  return kept;
}

bool is_stub(const JournalRow& row) {
  return row.erased && row.detail.empty() && row.basis.empty();
}

std::string digest_of_erased(std::span<const JournalRow> rows) {
  crypto_generichash_state state{};
  crypto_generichash_init(&state, nullptr, 0, crypto_generichash_BYTES);
  for (const JournalRow& row : rows) {
    const Digest left = chain_hash(row);
    crypto_generichash_update(&state, left.data(), left.size());
    crypto_generichash_update(&state, row.hash.data(), row.hash.size());
  }
  Digest out{};
  crypto_generichash_final(&state, out.data(), out.size());
  return hex(out);
}

}  // namespace lanyard::sync
