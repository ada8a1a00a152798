#include "kiosk/desk/explain.hpp"

#include <array>
#include <cstdio>

#include "sync/chain.hpp"

namespace lanyard::kiosk {

namespace {

using sync::JournalRow;

std::string clock_of(Timestamp when, const std::optional<Policy>& policy) {
  using std::chrono::floor;
  const auto offset = policy ? sync::utc_offset_at(when, policy->calendar) : std::chrono::minutes{0};
  const auto local = floor<std::chrono::seconds>(when + offset);
  const auto date = floor<std::chrono::days>(local);
  const std::chrono::year_month_day day(date);
  const std::chrono::hh_mm_ss time(local - date);
  std::array<char, 48> text{};
  (void)std::snprintf(text.data(), text.size(), "%04d-%02u-%02u %02ld:%02ld:%02ld%s",
                      static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                      static_cast<unsigned>(day.day()), time.hours().count(), time.minutes().count(),
                      static_cast<long>(time.seconds().count()), policy ? "" : " UTC");
  return text.data();
}

std::string presented_in_words(const Presented& presented) {
  if (!presented) return "a code that is " + std::string(sync::to_name(presented.error()));
  if (std::holds_alternative<sync::SignedCredential>(*presented)) return "a signed badge";
  return "a code of the registration, or staff by hand";
}

// What of the row does not follow from the decision; "" if all does.
std::string difference(const JournalRow& row, const Decision& decision) {
  if (row_kind_of(decision.verdict) != row.kind) {
    return "the row says " + std::string(sync::to_name(row.kind)) + ", the rules say " +
           std::string(to_name(decision.verdict));
  }
  if (row.rule != decision.rule_id)
    return "the row names rule " + row.rule + ", the rules name " + decision.rule_id;
  if (row.attendee != (decision.attendee ? decision.attendee->id : ""))
    return "the row is about somebody else";
  if (row.generation != decision.generation) return "the row is about another badge";
  return {};
}

void tell_facts(std::vector<std::string>& lines, const sync::Basis& basis,
                const std::optional<Policy>& policy) {
  const Facts& facts = basis.facts;
  lines.push_back("when: " + clock_of(basis.now, policy) + " (the hub's clock, as known at the kiosk)");
  lines.push_back("shown: " + presented_in_words(basis.presented));
  lines.push_back("roster: version " + std::to_string(facts.roster_version) +
                  (facts.as_of ? ", last confirmed " + clock_of(*facts.as_of, policy) : ", never confirmed"));
  if (facts.attendee) {
    const sync::Attendee& who = *facts.attendee;
    lines.push_back(
        "attendee: " + who.id + ", " + (who.category.empty() ? "category unknown" : who.category) + ", " +
        std::string(sync::to_name(who.status)) + (facts.provisional ? ", not on the roster here" : ""));
  } else {
    lines.emplace_back("attendee: nobody whom this kiosk knows");
  }
  if (facts.stands_in_for) lines.push_back("in the place of: " + facts.stands_in_for->id);
  if (!facts.replaced_by.empty()) lines.push_back("whose place was taken by: " + facts.replaced_by);
  lines.push_back("badge: generation " + std::to_string(facts.credential_generation) + ", alive is " +
                  std::to_string(facts.living_generation));
  const sync::Presence& presence = facts.presence;
  std::string seen = "presence: " + std::string(presence.inside ? "inside" : "not inside") + ", " +
                     std::to_string(presence.entries) + " entries";
  if (presence.last_entry) seen += ", the last " + clock_of(*presence.last_entry, policy);
  lines.push_back(seen);
  lines.push_back("in the zone: " + std::to_string(facts.inside) + " people, " +
                  std::to_string(facts.delegation_inside) + " of the delegation, " +
                  std::to_string(facts.organisation_inside) + " of the organisation");
  for (const std::string& rule : basis.waived) lines.push_back("set aside by staff: " + rule);
}

}  // namespace

std::string_view to_name(Explanation::Finding finding) {
  switch (finding) {
    case Explanation::Finding::same:
      return "same";
    case Explanation::Finding::altered:
      return "altered";
    case Explanation::Finding::no_basis:
      return "no_basis";
    case Explanation::Finding::policy_unknown:
      return "policy_unknown";
  }
  return "?";
}

std::optional<sync::RowKind> row_kind_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::admitted:
      return sync::RowKind::admitted;
    case Verdict::exited:
      return sync::RowKind::exited;
    case Verdict::refused:
      return sync::RowKind::refused;
    case Verdict::badge:
      break;
  }
  return std::nullopt;
}

Explanation explain(const JournalRow& row,
                    const std::function<std::optional<Policy>(std::string_view)>& policy_of) {
  Explanation found;
  if (row.erased) return found;  // what it was based on went with the person
  if (row.hash != sync::chain_hash(row)) {
    found.finding = Explanation::Finding::altered;
    found.why = "its contents are not those that were written";
    return found;
  }
  if (row.basis.empty()) return found;
  auto basis = sync::parse_basis(row.basis);
  if (!basis) {
    found.finding = Explanation::Finding::altered;
    found.why = "what it was based on cannot be read: " + basis.error().message;
    return found;
  }
  found.basis = std::move(*basis);
  found.policy = policy_of(found.basis->policy);
  if (!found.policy) {
    found.finding = Explanation::Finding::policy_unknown;
    return found;
  }
  const sync::Basis& on = *found.basis;
  found.decision = decide(on.presented, on.facts, *found.policy, on.now, on.waived);
  found.why = difference(row, found.decision);
  found.finding = found.why.empty() ? Explanation::Finding::same : Explanation::Finding::altered;
  return found;
}

std::vector<std::string> in_words(const JournalRow& row, const Explanation& explanation) {
  std::vector<std::string> lines;
  std::string head = std::string(sync::to_name(row.kind)) + " at " +
                     (row.checkpoint.empty() ? "no checkpoint" : row.checkpoint) + " by " + row.device +
                     " (row " + std::to_string(row.seq) + ")";
  lines.push_back(std::move(head));
  lines.push_back("rule: " + (row.rule.empty() ? "none" : row.rule));
  if (!row.operator_id.empty()) lines.push_back("operator: " + row.operator_id);
  if (!row.detail.empty()) lines.push_back("detail: " + row.detail);
  if (row.erased)
    lines.emplace_back("erased: it spoke of a person who was erased; journal verify vouches for it");
  if (explanation.basis) tell_facts(lines, *explanation.basis, explanation.policy);
  switch (explanation.finding) {
    case Explanation::Finding::same:
      lines.emplace_back("decided again from these facts: the same");
      if (explanation.decision.opens_at)
        lines.push_back("it would pass from: " +
                        clock_of(*explanation.decision.opens_at, explanation.policy));
      if (explanation.decision.way_on != WayOn::none)
        lines.push_back("the way on: " + std::string(to_name(explanation.decision.way_on)));
      break;
    case Explanation::Finding::altered:
      lines.push_back("ALTERED: " + explanation.why);
      break;
    case Explanation::Finding::no_basis:
      lines.emplace_back("this row is no decision by the rules: there is nothing to decide again");
      break;
    case Explanation::Finding::policy_unknown:
      lines.emplace_back("the policy of then is not known here: ask the kiosk itself, in staff mode");
      break;
  }
  return lines;
}

}  // namespace lanyard::kiosk
