// What a venue's hub and the centre say to each other beside what kiosks do.
#include "sync/chain.hpp"
#include "sync/wire_json.hpp"

namespace lanyard::sync {

namespace {

using wire::Field;
using wire::Json;

constexpr std::uint64_t kMaxSeq = std::numeric_limits<std::int64_t>::max();

ToldDevice read_told_device(const Field& field) {
  ToldDevice device;
  device.id = field.at("id").id();
  device.name = field.at("name").text();
  device.checkpoint = field.at("checkpoint").id();
  if (const Field key = field.at("key"); key.present()) key.hexadecimal(device.key.emplace());
  device.revoked = field.at("revoked").flag_or_false();
  device.hub = field.at("hub").flag_or_false();
  return device;
}

DeviceStanding read_standing(const Field& field) {
  DeviceStanding standing;
  standing.id = field.at("id").id();
  standing.known_to = field.at("known_to").number<std::uint64_t>(0, kMaxSeq);
  standing.revoked = field.at("revoked").flag_or_false();
  standing.badges_dead = field.at("badges_dead").flag_or_false();
  if (const Field orders = field.at("orders"); orders.present())
    standing.orders = wire::read_orders(orders, kMaxNotices);
  return standing;
}

}  // namespace

std::string to_body(const DevicesRequest& request) {
  Json devices = Json::array();
  for (const ToldDevice& device : request.devices) {
    Json json{{"id", device.id}, {"name", device.name}, {"checkpoint", device.checkpoint}};
    if (device.key) json["key"] = hex(*device.key);
    if (device.revoked) json["revoked"] = true;
    if (device.hub) json["hub"] = true;
    devices.push_back(std::move(json));
  }
  return wire::write_json({{"devices", std::move(devices)}});
}

std::string to_body(const DevicesAnswer& answer) {
  Json devices = Json::array();
  for (const DeviceStanding& standing : answer.devices) {
    Json json{{"id", standing.id}, {"known_to", standing.known_to}};
    if (standing.revoked) json["revoked"] = true;
    if (standing.badges_dead) json["badges_dead"] = true;
    if (standing.orders != Orders{}) json["orders"] = wire::json_of(standing.orders);
    devices.push_back(std::move(json));
  }
  return wire::write_json({{"known_to", answer.known_to}, {"devices", std::move(devices)}});
}

Expected<DevicesRequest> parse_devices_request(std::string_view body) {
  return wire::parse_as(body, "devices", [](const Field& field) {
    return DevicesRequest{field.at("devices").list(kMaxDevicesTold, read_told_device)};
  });
}

Expected<DevicesAnswer> parse_devices_answer(std::string_view body) {
  return wire::parse_as(body, "answer to the devices", [](const Field& field) {
    return DevicesAnswer{field.at("known_to").number<std::uint64_t>(0, kMaxSeq),
                         field.at("devices").list(kMaxDevicesTold, read_standing)};
  });
}

namespace wire {

std::string aside_list(const std::vector<AsideRow>& rows) {
  Json list = Json::array();
  for (const AsideRow& row : rows) {
    Json json{{"seq", row.seq}, {"why", row.why}, {"record", row.record}};
    if (row.hash) json["hash"] = hex(*row.hash);
    list.push_back(std::move(json));
  }
  return write_json(list);
}

AsideRow read_aside(const Field& field) {
  AsideRow row;
  row.seq = field.at("seq").number<std::uint64_t>(1, kMaxSeq);
  row.why = field.at("why").text(kMaxDetailBytes);
  row.record = field.at("record").text_or_empty(kMaxAsideBytes);
  if (const Field hash = field.at("hash"); hash.present()) hash.hexadecimal(row.hash.emplace());
  return row;
}

}  // namespace wire

}  // namespace lanyard::sync
