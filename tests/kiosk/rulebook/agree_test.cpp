// decide and the second opinion, over a million cases.
#include <map>

#include "tests/catch.hpp"
#include "tests/kiosk/rulebook/generated.hpp"
#include "tests/kiosk/rulebook/naive.hpp"

namespace lanyard::kiosk::rulebook {
namespace {

constexpr std::uint64_t kCases = 1'000'000;

TEST_CASE("a slow and naive reading of the design agrees with decide", "[agree]") {
  Generator generator(seed_for("agree"));
  std::map<std::string, std::uint64_t, std::less<>> met;
  const std::uint64_t cases = cases_or(kCases);
  for (std::uint64_t n = 0; n < cases; ++n) {
    const GeneratedCase made = generator.next();
    const Decision decision = decide(made.presented, made.facts, made.policy, made.now, made.waived);
    const Opinion opinion = naive_opinion(made.presented, made.facts, made.policy, made.now, made.waived);
    const bool agree = decision.verdict == opinion.verdict && decision.rule_id == opinion.rule_id &&
                       decision.badge_owed == opinion.badge_owed && decision.opens_at == opinion.opens_at;
    if (!agree) {
      INFO("case " << n << "\n" << in_words(made));
      CHECK(decision.rule_id == opinion.rule_id);
      CHECK(to_name(decision.verdict) == to_name(opinion.verdict));
      CHECK(decision.badge_owed == opinion.badge_owed);
      CHECK((decision.opens_at == opinion.opens_at));
      FAIL("they differ");
    }
    ++met[std::string(sync::to_name(decision.rule))];
  }
  // The cases are worth something: each rule decided often.
  for (int i = 0; i < sync::kRuleCount; ++i) {
    const std::string name(sync::to_name(static_cast<Rule>(i)));
    INFO(name);
    CHECK(met[name] >= cases / 20'000);
  }
}

TEST_CASE("decide gives the same answer to the same question", "[agree]") {
  Generator generator(seed_for("deterministic"));
  for (std::uint64_t n = 0, cases = cases_or(100'000); n < cases; ++n) {
    const GeneratedCase made = generator.next();
    const GeneratedCase copy = made;
    const Decision one = decide(made.presented, made.facts, made.policy, made.now, made.waived);
    const Decision two = decide(copy.presented, copy.facts, copy.policy, copy.now, copy.waived);
    REQUIRE(one.verdict == two.verdict);
    REQUIRE(one.rule_id == two.rule_id);
    REQUIRE(one.generation == two.generation);
    REQUIRE(one.waived == two.waived);
    REQUIRE((one.opens_at == two.opens_at));
  }
}

TEST_CASE("a blocked or withdrawn attendee never comes in, whatever staff set aside", "[agree]") {
  Generator generator(seed_for("blocked"));
  for (std::uint64_t n = 0, cases = cases_or(100'000); n < cases; ++n) {
    GeneratedCase made = generator.next();
    if (!made.facts.attendee) continue;
    made.facts.attendee->status = n % 2 == 0 ? sync::Status::blocked : sync::Status::withdrawn;
    const Decision decision = decide(made.presented, made.facts, made.policy, made.now, made.waived);
    INFO(in_words(made));
    REQUIRE(decision.verdict != Verdict::admitted);
    REQUIRE(decision.verdict != Verdict::badge);
  }
}

TEST_CASE("an older generation never passes once a newer one is known", "[agree]") {
  Generator generator(seed_for("older generation"));
  for (std::uint64_t n = 0, cases = cases_or(100'000); n < cases; ++n) {
    GeneratedCase made = generator.next();
    made.facts.living_generation = made.facts.credential_generation + 1 + static_cast<std::uint32_t>(n % 3);
    const Decision decision = decide(made.presented, made.facts, made.policy, made.now, made.waived);
    INFO(in_words(made));
    REQUIRE(decision.verdict == Verdict::refused);
  }
}

// Knowing more of what was revoked: a higher living generation, a block, a withdrawal, a substitution.
TEST_CASE("more knowledge never turns a refusal for revocation into an admission", "[agree]") {
  Generator generator(seed_for("more knowledge"));
  for (std::uint64_t n = 0, cases = cases_or(100'000); n < cases; ++n) {
    GeneratedCase made = generator.next();
    const Decision before = decide(made.presented, made.facts, made.policy, made.now);
    const bool revoked = before.rule == Rule::replaced || before.rule == Rule::blocked ||
                         before.rule == Rule::withdrawn || before.rule == Rule::substituted;
    if (!revoked) continue;
    switch (generator.below(4)) {
      case 0:
        made.facts.living_generation += 1;
        break;
      case 1:
        made.facts.presence = {};
        break;
      case 2:
        made.facts.replaced_by = "D";
        break;
      default:
        made.facts.inside = 0;
        made.facts.roster_version += 1;
        made.facts.principal_inside = made.facts.principal_entered = true;
        break;
    }
    const Decision after = decide(made.presented, made.facts, made.policy, made.now);
    INFO(in_words(made));
    REQUIRE(after.verdict != Verdict::admitted);
  }
}

TEST_CASE("every decision is told again from its basis alone", "[agree]") {
  Generator generator(seed_for("basis"));
  for (std::uint64_t n = 0, cases = cases_or(100'000) / 10; n < cases; ++n) {
    const GeneratedCase made = generator.next();
    const Decision decision = decide(made.presented, made.facts, made.policy, made.now, made.waived);
    const std::string text =
        sync::to_basis_json({"p", made.presented, made.facts, made.waived, made.now}, "hall");
    REQUIRE(text.size() <= sync::kMaxBasisBytes);
    const auto basis = sync::parse_basis(text);
    INFO(text);
    REQUIRE(basis.has_value());
    const auto policy = sync::parse_policy(sync::to_json(made.policy));
    REQUIRE(policy.has_value());
    CHECK(*policy == made.policy);
    const Decision again = decide(basis->presented, basis->facts, *policy, basis->now, basis->waived);
    REQUIRE(again.rule_id == decision.rule_id);
    REQUIRE(again.verdict == decision.verdict);
    REQUIRE(again.generation == decision.generation);
  }
}

}  // namespace
}  // namespace lanyard::kiosk::rulebook
