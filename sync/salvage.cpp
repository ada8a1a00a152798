#include "sync/salvage.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include <sodium.h>

#include "sync/chain.hpp"
#include "sync/erasure.hpp"

namespace lanyard::sync {

namespace {

// In the order of the table's columns: those of the first schema, and what later ones have added at its end.
constexpr std::size_t kFirstColumns = 23;
constexpr std::size_t kRulebookColumns = 26;
constexpr std::size_t kColumns = 27;

constexpr std::array kIdentity{"device", "device_name", "event", "fingerprint_key", "signing_key"};
enum class Form : std::uint8_t { text, id, key32, key64, number, withdrawal, orders, note };
struct Kept {
  const char* name;
  Form form;
};
constexpr Kept kKept[] = {
    {"device", Form::id},
    {"device_name", Form::text},
    {"event", Form::id},
    {"checkpoint", Form::id},
    {"fingerprint_key", Form::key32},
    {"signing_key", Form::key64},
    {"identity_check", Form::key32},
    {"hub_url", Form::text},
    {"hub_pin", Form::text},
    {"next_seed", Form::key32},
    {"next_seed_code", Form::text},
    {"withdrawn", Form::withdrawal},
    {"keys_version", Form::number},
    {"hub_contact", Form::number},
    {"known_time", Form::number},
    {"offset", Form::number},
    {"offset_boot", Form::text},
    {"hub_minus_boot", Form::number},
    {"orders", Form::orders},
    {"orders_version", Form::text},
    {"restarted", Form::number},
    {"wire", Form::number},
    {"mended", Form::note},
};

const std::string* text_at(const SqliteRecord& record, std::size_t column) {
  return column < record.size() ? std::get_if<std::string>(&record[column]) : nullptr;
}
std::optional<std::int64_t> number_at(const SqliteRecord& record, std::size_t column) {
  const auto* value = column < record.size() ? std::get_if<std::int64_t>(&record[column]) : nullptr;
  return value == nullptr ? std::nullopt : std::optional(*value);
}
bool digest_at(const SqliteRecord& record, std::size_t column, Digest& into) {
  const auto* blob = column < record.size() ? std::get_if<SqliteBlob>(&record[column]) : nullptr;
  if (blob == nullptr || blob->bytes.size() != into.size()) return false;
  std::ranges::copy(blob->bytes, into.begin());
  return true;
}

template <std::size_t N>
bool is_hex(std::string_view text) {
  std::array<std::uint8_t, N> bytes{};
  return unhex(text, bytes);
}

bool is_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

bool has_form(Form form, const std::string& value) {
  switch (form) {
    case Form::text:
      return printable(value, value.size()) == value;
    case Form::id:
      return is_id(value);
    case Form::key32:
      return is_hex<32>(value);
    case Form::key64:
      return is_hex<64>(value);
    case Form::number:
      return is_number(value);
    case Form::withdrawal:
      return withdrawal_named(value).has_value();
    case Form::orders:
      return parse_orders(value).has_value();
    case Form::note:
      return mend_note_of(value).has_value();
  }
  return false;
}

bool holds_identity(const Settings& settings) {
  const auto has = [&](const char* name) { return settings.contains(name); };
  if (!std::ranges::all_of(kIdentity, has) || !has("checkpoint")) return false;
  // A version before this one wrote none.
  const auto check = settings.find("identity_check");
  return check == settings.end() || check->second == identity_check(settings);
}

// All columns but the hashes, of which damage may have made anything that has the same types.
std::optional<FoundRow> fields_of(const SqliteRecord& record) {
  constexpr std::array kTexts{0, 2, 5, 9, 10, 11, 12, 13, 15, 17};
  constexpr std::array kNumbers{1, 3, 4, 6, 7, 14, 16, 21};
  const auto is_text = [&](int column) {
    return text_at(record, static_cast<std::size_t>(column)) != nullptr;
  };
  const auto is_whole = [&](int column) {
    return number_at(record, static_cast<std::size_t>(column)).has_value();
  };
  if (!std::ranges::all_of(kTexts, is_text) || !std::ranges::all_of(kNumbers, is_whole)) return std::nullopt;
  FoundRow found;
  JournalRow& row = found.row;
  row.device = *text_at(record, 0);
  row.seq = static_cast<std::uint64_t>(*number_at(record, 1));
  row.id = *text_at(record, 2);
  row.hlc = {*number_at(record, 3), static_cast<std::uint32_t>(*number_at(record, 4))};
  row.boot_id = *text_at(record, 5);
  row.monotonic_ms = *number_at(record, 6);
  row.wall = Timestamp(std::chrono::milliseconds(*number_at(record, 7)));
  row.offset_ms = number_at(record, 8);
  const auto kind = row_kind_named(*text_at(record, 9));
  if (!kind) return std::nullopt;
  row.kind = *kind;
  row.attendee = *text_at(record, 10);
  row.checkpoint = *text_at(record, 11);
  row.zone = *text_at(record, 12);
  row.operator_id = *text_at(record, 13);
  row.roster_version = *number_at(record, 14);
  row.rule = *text_at(record, 15);
  row.generation = static_cast<std::uint32_t>(*number_at(record, 16));
  row.detail = *text_at(record, 17);
  found.hub_seq = number_at(record, 20);
  if (record.size() >= kRulebookColumns) {
    if (!is_text(23) || !is_text(24) || !is_text(25)) return std::nullopt;
    row.related = *text_at(record, 23);
    row.target = *text_at(record, 24);
    row.basis = *text_at(record, 25);
  }
  row.erased = number_at(record, kRulebookColumns).value_or(0) != 0;
  return found;
}

// Rows whose place has been named or taken, so that each counts once.
using Places = std::set<std::pair<std::string, std::uint64_t>>;

class Gathering {
 public:
  Gathering(const SalvageTaker& take, const std::string& device) : take_(take), device_(device) {}

  void look_at(const SqliteRecord& record, bool of_index) {
    if (of_index) return look_at_entry(record);
    if (!is_meant_as_row(record)) return;
    auto found = row_of(record);
    const auto place =
        std::pair(*text_at(record, 0), static_cast<std::uint64_t>(number_at(record, 1).value_or(0)));
    note_seq(place.first, place.second);
    if (!found) {
      broken_.insert(place);
    } else if (ids_.insert(found->row.id).second && read_.insert(place).second) {
      take_.row(*found);
    }
  }
  [[nodiscard]] MendNote note() const {
    const auto is_broken = [&](const auto& place) { return !read_.contains(place); };
    return {highest_, read_.size(), static_cast<std::uint64_t>(std::ranges::count_if(broken_, is_broken))};
  }

 private:
  void look_at_entry(const SqliteRecord& record) {
    const auto* device = text_at(record, 0);
    const auto seq = number_at(record, 1);
    // An index by device and seq: it may name rows that cannot be read.
    if (device != nullptr && seq && record.size() == 3) note_seq(*device, static_cast<std::uint64_t>(*seq));
    take_.other(record);
  }
  void note_seq(const std::string& device, std::uint64_t seq) {
    if (device == device_ && seq < kUnplacedSeq) highest_ = std::max(highest_, seq);
  }

  const SalvageTaker& take_;
  const std::string device_;
  Places read_;
  Places broken_;
  std::set<std::string> ids_;
  std::uint64_t highest_{0};
};

Settings settings_in(const std::function<void(const TakeRecord&)>& each) {
  Settings settings;
  each([&](const SqliteRecord& record, bool) {
    if (auto setting = setting_of(record)) settings.insert(std::move(*setting));  // the first: the newest
  });
  return settings;
}

}  // namespace

bool is_meant_as_row(const SqliteRecord& record) {
  const bool has_columns =
      record.size() == kFirstColumns || record.size() == kRulebookColumns || record.size() == kColumns;
  const auto* device = text_at(record, 0);
  return has_columns && device != nullptr && is_id(*device) && number_at(record, 1).value_or(0) > 0;
}

std::optional<FoundRow> row_of(const SqliteRecord& record) {
  if (!is_meant_as_row(record)) return std::nullopt;
  auto found = fields_of(record);
  if (!found || !digest_at(record, 18, found->row.prev_hash) || !digest_at(record, 19, found->row.hash))
    return std::nullopt;
  const bool vouches_for_itself = !found->row.erased && chain_hash(found->row) == found->row.hash;
  return vouches_for_itself || is_stub(found->row) ? found : std::nullopt;
}

std::optional<std::pair<std::string, std::string>> setting_of(const SqliteRecord& record) {
  const auto* name = text_at(record, 0);
  if (record.size() != 2 || name == nullptr) return std::nullopt;
  const auto kept = std::ranges::find_if(kKept, [&](const Kept& one) { return *name == one.name; });
  if (kept == std::end(kKept)) return std::nullopt;
  const auto* blob = std::get_if<SqliteBlob>(&record[1]);
  if (blob == nullptr || !has_form(kept->form, blob->bytes)) return std::nullopt;
  return std::pair(*name, blob->bytes);
}

std::string identity_check(const Settings& settings) {
  crypto_generichash_state state{};
  crypto_generichash_init(&state, nullptr, 0, crypto_generichash_BYTES);
  for (const char* name : kIdentity) {
    const auto found = settings.find(name);
    const std::string text = found == settings.end() ? "" : found->second;
    // With its end, so that no two identities read the same.
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(text.c_str()), text.size() + 1);
  }
  Digest digest{};
  crypto_generichash_final(&state, digest.data(), digest.size());
  return hex(digest);
}

Settings settings_that_hold(const Settings& current, const Settings& older) {
  Settings all = current;
  all.insert(older.begin(), older.end());
  if (holds_identity(all)) return all;
  const auto take_older = [&](const char* name) {
    all.erase(name);
    if (const auto found = older.find(name); found != older.end()) all.insert(*found);
  };
  for (const char* name : kIdentity) take_older(name);
  take_older("identity_check");
  if (holds_identity(all)) return all;
  // Whose orders, keys and clock it was, nobody can say any more; that it was withdrawn, it itself can.
  Settings left;
  if (const auto withdrawn = all.find("withdrawn"); withdrawn != all.end()) left.insert(*withdrawn);
  return left;
}

std::string to_text(const MendNote& note) {
  return std::to_string(note.highest) + " " + std::to_string(note.read) + " " +
         std::to_string(note.unverifiable);
}

std::optional<MendNote> mend_note_of(std::string_view text) {
  MendNote note;
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  for (std::uint64_t* number : {&note.highest, &note.read, &note.unverifiable}) {
    if (number != &note.highest && (at == end || *at++ != ' ')) return std::nullopt;
    const auto [behind, error] = std::from_chars(at, end, *number);
    if (error != std::errc()) return std::nullopt;
    at = behind;
  }
  if (at != end || note.highest >= kUnplacedSeq) return std::nullopt;
  return note;
}

Salvaged salvage(const SqlitePages& pages, const SalvageTaker& take) {
  Salvaged result;
  const Settings current = settings_in([&](const TakeRecord& taker) { pages.each_record(taker); });
  const Settings older = settings_in([&](const TakeRecord& taker) { pages.each_older_record(taker); });
  result.settings = settings_that_hold(current, older);
  take.settings(result.settings);
  const auto device = result.settings.find("device");
  if (device == result.settings.end()) return result;
  Gathering gathering(take, device->second);
  const TakeRecord look = [&](const SqliteRecord& record, bool of_index) {
    gathering.look_at(record, of_index);
  };
  pages.each_record(look);
  pages.each_older_record([&](const SqliteRecord& record, bool of_index) {
    if (!of_index)
      look(record, of_index);  // what an earlier page says of keys and people may have been undone
  });
  result.note = gathering.note();
  if (const auto before = result.settings.find("mended"); before != result.settings.end()) {
    const auto earlier = mend_note_of(before->second);
    if (earlier) result.note.highest = std::max(result.note.highest, earlier->highest);
    if (earlier) result.note.unverifiable += earlier->unverifiable;
  }
  return result;
}

bool hides_rows(const SqlitePages& pages) {
  std::set<std::string> hidden;
  pages.each_record_behind_break([&](const SqliteRecord& record, bool) {
    if (const auto found = row_of(record)) hidden.insert(found->row.id);
  });
  if (hidden.empty()) return false;
  pages.each_record([&](const SqliteRecord& record, bool) {
    if (!hidden.empty() && is_meant_as_row(record)) {
      if (const auto* id = text_at(record, 2)) hidden.erase(*id);
    }
  });
  return !hidden.empty();
}

}  // namespace lanyard::sync
