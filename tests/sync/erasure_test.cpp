#include "sync/erasure.hpp"

#include "tests/sync/hub_fixture.hpp"

namespace lanyard::sync {
namespace {

const std::string kPseudonym = pseudonym_of({1, 2, 3});

JournalRow row_about(const std::string& attendee) {
  hub::RowWriter writer("north-1");
  JournalRow row = writer.write(RowKind::admitted, attendee, Timestamp{});
  row.detail = "for staff";
  row.basis = R"({"facts":{}})";
  return writer.seal(row);
}

TEST_CASE("a pseudonym is an id, and no other id is taken for one") {
  CHECK(is_id(kPseudonym));
  CHECK(is_pseudonym(kPseudonym));
  CHECK(pseudonym_of({1, 2, 4}) != kPseudonym);
  for (const char* id : {"", "erased-", "erased-1", "A1", "erased-AQIDAAAAAAAAAAAAAAAAAA-"})
    CHECK_FALSE(is_pseudonym(id));
}

TEST_CASE("what is left of a row says nothing of the person, and keeps its place in the chain") {
  const JournalRow row = row_about("A1");
  const auto left = without(row, {{"A1"}, {}, kPseudonym});
  REQUIRE(left.has_value());
  CHECK(left->attendee == kPseudonym);
  CHECK(left->detail.empty());
  CHECK(left->basis.empty());
  CHECK(left->erased);
  CHECK(left->hash == row.hash);
  CHECK(left->prev_hash == row.prev_hash);
  CHECK(left->kind == row.kind);
  CHECK(left->checkpoint == row.checkpoint);
  CHECK(left->wall == row.wall);
  CHECK_FALSE(find_break({&*left, 1}, left->prev_hash).has_value());
  CHECK(parse_row(to_json(*left)) == *left);
  JournalRow unmarked = *left;
  unmarked.erased = false;
  CHECK(find_break({&unmarked, 1}, left->prev_hash).has_value());
}

TEST_CASE("a row speaks of a person by any of its ids and texts, and by no longer id that begins alike") {
  const Forgotten who{{"A1", "px-ticket"}, {"Zhang Wei", "X"}, kPseudonym};
  const auto says = [&](auto&& change) {
    JournalRow row = row_about("B2");
    change(row);
    return without(row, who).has_value();
  };
  CHECK(says([](JournalRow& row) { row.attendee = "px-ticket"; }));
  CHECK(says([](JournalRow& row) { row.related = "A1"; }));
  CHECK(says([](JournalRow& row) { row.operator_id = "A1"; }));
  CHECK(says([](JournalRow& row) { row.detail = "A1 was admitted twice."; }));
  CHECK(says([](JournalRow& row) { row.detail = "it was A1."; }));
  CHECK(says([](JournalRow& row) { row.detail = "in the place of Zhang Wei"; }));
  CHECK(says([](JournalRow& row) { row.basis = R"({"companion_of":"A1"})"; }));
  CHECK_FALSE(says([](JournalRow& row) { row.attendee = "A12"; }));
  CHECK_FALSE(says([](JournalRow& row) { row.detail = "A12, BA1, A1.b and A1-x; X"; }));
  CHECK_FALSE(says([](JournalRow&) {}));
}

TEST_CASE("the others whom a row names stay named") {
  JournalRow row = row_about("B2");
  row.related = "A1";
  row.operator_id = "S1";
  const auto left = without(row, {{"A1"}, {}, kPseudonym});
  REQUIRE(left.has_value());
  CHECK(left->attendee == "B2");
  CHECK(left->related == kPseudonym);
  CHECK(left->operator_id == "S1");
}

TEST_CASE("the digest of erased rows changes with what is left of any, with their hashes and their number") {
  std::vector<JournalRow> rows{*without(row_about("A1"), {{"A1"}, {}, kPseudonym}), row_about("B2")};
  const std::string digest = digest_of_erased(rows);
  CHECK(digest.size() == 64);
  rows[0].checkpoint = "lounge";
  CHECK(digest_of_erased(rows) != digest);
  rows[0].checkpoint = "main";
  CHECK(digest_of_erased(rows) == digest);
  rows[0].hash[0] ^= 1U;
  CHECK(digest_of_erased(rows) != digest);
  rows.pop_back();
  CHECK(digest_of_erased(rows) != digest);
}

}  // namespace
}  // namespace lanyard::sync
