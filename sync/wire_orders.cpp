// Orders and notices as JSON.
#include <algorithm>

#include "sync/facts.hpp"
#include "sync/orders.hpp"
#include "sync/wire_json.hpp"

namespace lanyard::sync {

namespace wire {

namespace {

constexpr std::size_t kMaxCodeBytes = 32;

}  // namespace

Json json_of(const Notice& notice) {
  Json json{{"id", notice.id}, {"text", notice.text}};
  if (notice.until) json["until"] = to_rfc3339(*notice.until);
  if (!notice.checkpoints.empty()) json["checkpoints"] = notice.checkpoints;
  return json;
}

Json json_of(const Orders& orders) {
  Json json = Json::object();
  if (orders.out_of_service) json["out_of_service"] = true;
  if (orders.restart) json["restart"] = to_rfc3339(*orders.restart);
  if (orders.wipe) json["wipe"] = true;
  if (!orders.enrol_code.empty()) json["enrol_code"] = orders.enrol_code;
  for (const Notice& notice : orders.notices) json["notices"].push_back(json_of(notice));
  return json;
}

Notice read_notice(const Field& field) {
  return {
      field.at("id").id(), field.at("text").local_text(), field.at("until").time_if_present(),
      field.at("checkpoints").list_or_empty(kMaxNoticeCheckpoints, [](const Field& id) { return id.id(); })};
}

Orders read_orders(const Field& field, std::size_t most_notices) {
  Orders orders;
  orders.out_of_service = field.at("out_of_service").flag_or_false();
  orders.restart = field.at("restart").time_if_present();
  orders.wipe = field.at("wipe").flag_or_false();
  orders.enrol_code = field.at("enrol_code").text_or_empty(kMaxCodeBytes);
  orders.notices = field.at("notices").list_or_empty(most_notices, read_notice);
  return orders;
}

}  // namespace wire

std::string version_of(const Orders& orders) {
  return orders == Orders{} ? std::string() : policy_id(to_json(orders));
}

Orders from_above(const Orders& orders) {
  Orders obeyed;
  obeyed.out_of_service = orders.out_of_service;
  obeyed.restart = orders.restart;
  return obeyed;
}

Orders with_those_from_above(Orders own, const Orders& above) {
  own.out_of_service = own.out_of_service || above.out_of_service;
  own.restart = std::max(own.restart, above.restart);
  return own;
}

std::string summary_of(const Orders& orders) {
  std::string text = orders.out_of_service ? "out of service" : "in service";
  if (orders.restart) text += ", restart of " + to_rfc3339(*orders.restart);
  if (orders.wipe) text += ", forget all once it is delivered";
  if (!orders.enrol_code.empty()) text += ", enrol anew";
  if (!orders.notices.empty()) text += ", notices: " + std::to_string(orders.notices.size());
  return text;
}

std::string to_json(const Orders& orders) {
  return wire::write_json(wire::json_of(orders));
}
std::string to_json(const Notice& notice) {
  return wire::write_json(wire::json_of(notice));
}

Expected<Orders> parse_orders(std::string_view json) {
  return wire::parse_as(json, "orders",
                        [](const wire::Field& field) { return wire::read_orders(field, kMaxNotices); });
}
Expected<Notice> parse_notice(std::string_view json) {
  return wire::parse_as(json, "notice", wire::read_notice);
}

std::string to_json(const std::vector<Notice>& notices) {
  wire::Json list = wire::Json::array();
  for (const Notice& notice : notices) list.push_back(wire::json_of(notice));
  return wire::write_json(list);
}
Expected<std::vector<Notice>> parse_notices(std::string_view json) {
  return wire::parse_as(json, "notices", [](const wire::Field& field) {
    return field.list(kMaxNoticeRecords, wire::read_notice);
  });
}

}  // namespace lanyard::sync
