#include "kiosk/announce.hpp"

#include <cmath>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "kiosk/desk/flow.hpp"

namespace lanyard::kiosk {

namespace {

using Json = nlohmann::ordered_json;

Json say_decision(const Decision& decision) {
  Json said;
  if (decision.attendee) said["attendee"] = decision.attendee->id;
  said["rule"] = decision.rule_id;
  return said;
}

const char* name_of(Admitted::Badge badge) {
  switch (badge) {
    case Admitted::Badge::none:
      return "none";
    case Admitted::Badge::printing:
      return "printing";
    case Admitted::Badge::held:
      return "held";
    case Admitted::Badge::printed:
      return "printed";
    case Admitted::Badge::owed:
      return "owed";
    case Admitted::Badge::incorrect:
      return "incorrect";
  }
  return "?";
}

const char* name_of(StaffRecord::Reprint reprint) {
  switch (reprint) {
    case StaffRecord::Reprint::none:
      return "none";
    case StaffRecord::Reprint::working:
      return "working";
    case StaffRecord::Reprint::held:
      return "held";
    case StaffRecord::Reprint::printed:
      return "printed";
    case StaffRecord::Reprint::failed:
      return "failed";
  }
  return "?";
}

Json say_state(const State& state) {
  Json said{{"screen", name_of(state.screen)}, {"language", state.language}, {"online", state.online}};
  if (const auto* admitted = std::get_if<Admitted>(&state.screen)) {
    said.update(say_decision(admitted->decision));
    said["badge"] = name_of(admitted->badge);
  } else if (const auto* preview = std::get_if<BadgePreview>(&state.screen)) {
    said.update(say_decision(preview->decision));
    said["names"] = preview->names.size();
    said["chosen"] = preview->chosen;
    said["drawn"] = preview->is_drawn();
  } else if (const auto* refused = std::get_if<Refused>(&state.screen)) {
    said.update(say_decision(refused->decision));
  } else if (const auto* fault = std::get_if<OutOfOrder>(&state.screen)) {
    said["fault"] = to_code(fault->fault);
  } else if (const auto* set_up = std::get_if<SetUp>(&state.screen)) {
    said["stage"] = to_name(set_up->stage);
  } else if (const auto* pin = std::get_if<StaffPin>(&state.screen)) {
    said["digits"] = pin->digits.size();
    said["wrong"] = pin->wrong;
  } else if (const auto* search = std::get_if<StaffSearch>(&state.screen)) {
    said["letters"] = search->query.size();
    said["searched"] = search->searched;
    said["hits"] = search->hits.size();
  } else if (const auto* record = std::get_if<StaffRecord>(&state.screen)) {
    said["attendee"] = record->attendee.id;
    said["generation"] = record->generation;
    said["choosing"] = record->asking.has_value();
    said["working"] = record->working;
    if (record->acted) said["outcome"] = to_name(record->acted->outcome);
    said["reprint"] = name_of(record->reprint);
  } else if (const auto* many = std::get_if<StaffHandOver>(&state.screen)) {
    said["people"] = many->people.size();
    if (many->acted) said["receipt"] = many->acted->receipt.number;
  } else if (const auto* why = std::get_if<StaffWhy>(&state.screen)) {
    said["altered"] = why->altered;
  } else if (const auto* inside = std::get_if<StaffInside>(&state.screen)) {
    said["inside"] = inside->people.size();
  } else if (const auto* status = std::get_if<StaffStatus>(&state.screen)) {
    said["read"] = status->status.has_value();
  }
  return said;
}

bool can_be_touched(const SemanticItem& item) {
  return item.enabled && (item.role == Role::button || item.role == Role::corner) && !item.id.empty();
}

}  // namespace

void Announcer::presented(const State& state, const SemanticList& semantics,
                          const std::optional<ScanOrigin>& origin, Moment now) {
  Json said = say_state(state);
  Json controls = Json::object();
  for (const SemanticItem& item : semantics) {
    if (!can_be_touched(item)) continue;
    controls[item.id] = {std::lround(item.rect.x), std::lround(item.rect.y), std::lround(item.rect.w),
                         std::lround(item.rect.h)};
  }
  // What makes a line new: the state and which controls there are, not where motion has them just now.
  std::string key = said.dump() + std::to_string(state.since.time_since_epoch().count());
  for (const auto& [id, rect] : controls.items()) key += " " + id;
  if (key == last_) return;
  last_ = std::move(key);
  if (origin && is_answer(state.screen)) {
    said["source"] = origin->source;
    said["since_frame_ms"] =
        std::chrono::duration_cast<std::chrono::milliseconds>(now - origin->seen_at).count();
  }
  said["controls"] = std::move(controls);
  (void)std::puts(said.dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
  (void)std::fflush(stdout);
}

}  // namespace lanyard::kiosk
