#include "sync/update_offer.hpp"

#include <algorithm>
#include <array>

#include "sync/wire_json.hpp"

namespace lanyard::sync {

namespace {

using wire::Field;
using wire::Json;

bool is_letter_or_digit(char byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

std::string name_in(const Field& field) {
  std::string name = field.text(kMaxUpdateNameBytes);
  (void)field.must(is_update_name(name), "is no name of a file");
  return name;
}

UpdateFile read_file(const Field& field) {
  std::array<std::uint8_t, 32> sum{};
  UpdateFile file{name_in(field.at("name")), field.at("bytes").number<std::uint64_t>(0, kMaxUpdateFileBytes),
                  ""};
  field.at("sha256").hexadecimal(sum);
  file.sha256 = field.at("sha256").text(64);
  return file;
}

}  // namespace

bool is_update_name(std::string_view name) {
  constexpr std::string_view kOthers = "._~+^-";
  return !name.empty() && name.size() <= kMaxUpdateNameBytes && name.front() != '.' &&
         std::ranges::all_of(name, [&](char byte) {
           return is_letter_or_digit(byte) || kOthers.find(byte) != std::string_view::npos;
         });
}

std::string to_body(const UpdateOffer& offer) {
  Json files = Json::array();
  for (const UpdateFile& file : offer.files)
    files.push_back({{"name", file.name}, {"bytes", file.bytes}, {"sha256", file.sha256}});
  return wire::write_json({{"version", offer.version}, {"now", offer.now}, {"files", std::move(files)}});
}

Expected<UpdateOffer> parse_update_offer(std::string_view body) {
  return wire::parse_as(body, "update", [](const Field& field) {
    UpdateOffer offer{name_in(field.at("version")), field.at("now").flag(),
                      field.at("files").list(kMaxUpdateFiles, read_file)};
    for (auto file = offer.files.begin(); file != offer.files.end(); ++file) {
      const bool twice = std::any_of(offer.files.begin(), file,
                                     [&](const UpdateFile& other) { return other.name == file->name; });
      if (!field.at("files").must(!twice, "has a name twice")) break;
    }
    return offer;
  });
}

}  // namespace lanyard::sync
