// What decisions are called, and where each refusal sends people.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "kiosk/desk/decide.hpp"
#include "tests/catch.hpp"

using namespace lanyard;
using namespace lanyard::kiosk;

TEST_CASE("each refusal says where the way goes on", "[decide]") {
  const std::map<std::string, WayOn> ways{
      {"admit", WayOn::none},
      {"admit.provisional", WayOn::none},
      {"override", WayOn::none},
      {"exit", WayOn::none},
      {"exit.unseen", WayOn::none},
      {"badge.owed", WayOn::none},
      {"badge.station", WayOn::none},
      {"credential", WayOn::help_desk},
      {"event.other", WayOn::help_desk},
      {"attendee.unknown", WayOn::help_desk},
      {"attendee.unsynced", WayOn::help_desk},
      {"event.test", WayOn::help_desk},
      {"credential.replaced", WayOn::accreditation},
      {"status.blocked", WayOn::protocol_desk},
      {"status.withdrawn", WayOn::protocol_desk},
      {"status.substituted", WayOn::accreditation},
      {"status.pending", WayOn::accreditation},
      {"validity.early", WayOn::wait},
      {"validity.late", WayOn::accreditation},
      {"access.category", WayOn::help_desk},
      {"access.zone", WayOn::help_desk},
      {"tag.missing", WayOn::accreditation},
      {"tag.barred", WayOn::help_desk},
      {"window.early", WayOn::wait},
      {"window.closed", WayOn::help_desk},
      {"escort.required", WayOn::bring_escort},
      {"companion.principal", WayOn::bring_principal},
      {"companion.number", WayOn::room},
      {"presence.inside", WayOn::show_exit},
      {"presence.once", WayOn::help_desk},
      {"presence.today", WayOn::help_desk},
      {"presence.reentry", WayOn::help_desk},
      {"capacity.full", WayOn::room},
      {"capacity.reserved", WayOn::room},
      {"capacity.quota", WayOn::room},
      {"capacity.organisation", WayOn::room},
      {"badge.taken", WayOn::accreditation},
  };
  CHECK(ways.size() == static_cast<std::size_t>(sync::kRuleCount));
  for (int i = 0; i < sync::kRuleCount; ++i) {
    const auto rule = static_cast<Rule>(i);
    INFO(sync::to_name(rule));
    CHECK(way_on_from(rule) == ways.at(std::string(sync::to_name(rule))));
  }
}

TEST_CASE("ways and verdicts have names of their own", "[decide]") {
  std::set<std::string_view> ways;
  for (int i = 0; i <= static_cast<int>(WayOn::room); ++i) ways.insert(to_name(static_cast<WayOn>(i)));
  CHECK(ways == std::set<std::string_view>{"", "wait", "help_desk", "protocol_desk", "accreditation",
                                           "bring_principal", "bring_escort", "show_exit", "room"});
  std::set<std::string_view> verdicts;
  for (int i = 0; i <= static_cast<int>(Verdict::refused); ++i)
    verdicts.insert(to_name(static_cast<Verdict>(i)));
  CHECK(verdicts == std::set<std::string_view>{"admitted", "exited", "badge", "refused"});
}

TEST_CASE("every rule has a name and a short code of its own", "[decide]") {
  std::vector<std::string_view> names;
  std::vector<std::string_view> codes;
  for (int i = 0; i < sync::kRuleCount; ++i) {
    names.push_back(to_name(static_cast<Rule>(i)));
    codes.push_back(short_code(static_cast<Rule>(i)));
  }
  for (auto* list : {&names, &codes}) {
    std::sort(list->begin(), list->end());
    CHECK(std::adjacent_find(list->begin(), list->end()) == list->end());
  }
}
