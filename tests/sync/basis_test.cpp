// The largest basis that the limits of its parts allow, on its way through a row, an upload and the feed.
#include <limits>

#include "sync/facts.hpp"
#include "tests/sync/hub_fixture.hpp"

namespace lanyard::sync {
namespace {

// Of the length that an id may have, and different for each n.
std::string longest_id(std::size_t n) {
  std::string id(kMaxIdBytes, 'i');
  const std::string number = std::to_string(n);
  return id.replace(0, number.size(), number);
}

std::vector<std::string> longest_ids() {
  std::vector<std::string> ids;
  for (std::size_t n = 0; n < kMaxListItems; ++n) ids.push_back(longest_id(n));
  return ids;
}

Attendee largest_attendee() {
  Attendee who;
  who.id = who.category = who.delegation = who.companion_of = longest_id(0);
  who.other_categories = who.tags = longest_ids();
  who.zones = {longest_id(0)};
  who.organisation = "?";
  who.status = Status::withdrawn;
  who.valid_from = who.valid_until = kFirstTime;  // its number is the longest
  return who;
}

Facts largest_facts() {
  constexpr auto kMost = std::numeric_limits<std::uint32_t>::max();
  Facts facts;
  facts.as_of = kFirstTime;
  facts.roster_version = std::numeric_limits<std::int64_t>::max();
  facts.event = facts.replaced_by = longest_id(0);
  facts.attendee = facts.stands_in_for = largest_attendee();
  facts.provisional = facts.principal_inside = facts.principal_entered = true;
  facts.presence.inside = facts.presence.badge_printed = true;
  facts.presence.entry_checkpoint = longest_id(0);
  facts.presence.last_entry = facts.presence.last_exit = kFirstTime;
  for (std::uint32_t* count : {&facts.provisional_here, &facts.credential_generation,
                               &facts.living_generation, &facts.presence.entries, &facts.companions_inside,
                               &facts.inside, &facts.delegation_inside, &facts.organisation_inside}) {
    *count = kMost;
  }
  facts.escorts.assign(kMaxEscorts, {longest_id(0), longest_id(0), kFirstTime});
  return facts;
}

Basis largest_basis() {
  SignedCredential card;
  card.attendee = longest_id(0);
  card.generation = std::numeric_limits<std::uint16_t>::max();
  card.valid_from = card.valid_until = kFirstTime;
  std::vector<std::string> waived(64, std::string(64, 'w'));  // as much as parse_basis takes
  return {std::string(16, 'f'), Credential(card), largest_facts(), std::move(waived), kFirstTime};
}

JournalRow with_largest_basis(JournalRow row) {
  row.basis = to_basis_json(largest_basis(), longest_id(0));
  row.detail.assign(kMaxDetailBytes, '"');
  return row;
}

TEST_CASE("the largest basis that its parts allow fits into a row, and is read back as it was") {
  const std::string zone = longest_id(0);
  const Basis basis = largest_basis();
  const std::string text = to_basis_json(basis, zone);
  INFO(text.size());
  CHECK(text.size() <= kMaxBasisBytes);
  CHECK(text.size() > kMaxBasisBytes * 3 / 4);  // the limit is no larger than it has to be
  const auto read = parse_basis(text);
  REQUIRE(read.has_value());
  CHECK(to_basis_json(*read, zone) == text);
  CHECK(read->facts.attendee == basis.facts.attendee);
  CHECK(read->facts.escorts == basis.facts.escorts);
  CHECK(read->waived == basis.waived);

  hub::RowWriter writer("north-1");
  JournalRow row = writer.write(RowKind::refused, "A1", kLastTime - std::chrono::hours(1));
  row.basis = text;
  row = writer.seal(row);
  CHECK(parse_row(to_json(row)) == row);
}

TEST_CASE("the hub takes rows of the largest basis, and its feed gives them in pages that fit") {
  hub::HubFixture hub;
  const std::string north = hub.enrol("north-1");
  const std::string south = hub.enrol("south-2");
  hub::RowWriter writer("north-1");
  constexpr std::size_t kRows = kMaxBatchRows;
  for (std::size_t sent = 0; sent < kRows; sent += 100) {
    std::vector<JournalRow> rows;
    for (int i = 0; i < 100; ++i)
      rows.push_back(writer.seal(with_largest_basis(writer.write(RowKind::refused, "", hub.now))));
    for (const RowAnswer& answer : hub.upload(north, rows).answers)
      REQUIRE(answer.kind == RowAnswerKind::accepted);
  }
  REQUIRE(to_body(UploadRequest{hub.store().rows_of_device("north-1", 0, kRows).value()}).size() >
          kMaxBodyBytes);
  std::uint64_t seen = 0;
  int pages = 0;
  FeedCursor after;
  for (bool more = true; more; ++pages) {
    const hub::Response answer = hub.get(
        "/v1/journal", {{"after", std::to_string(after.seq)}, {"limit", std::to_string(kRows)}}, south);
    REQUIRE(answer.status == 200);
    REQUIRE(answer.body.size() <= kMaxBodyBytes);
    const FeedPage page = parse_feed_page(answer.body).value();
    for (const FeedRow& row : page.rows) REQUIRE(row.row.seq == ++seen);
    REQUIRE(page.next.seq > after.seq);
    after = page.next;
    more = page.more;
  }
  CHECK(seen == kRows);
  CHECK(pages > 1);
  CHECK(hub.feed(south, after).rows.empty());
}

}  // namespace
}  // namespace lanyard::sync
