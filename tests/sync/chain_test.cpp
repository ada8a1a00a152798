#include "sync/chain.hpp"

#include <functional>

#include "tests/sync/hub_fixture.hpp"

namespace lanyard::sync {
namespace {

using namespace std::chrono_literals;

const Timestamp kWritten = parse_rfc3339("2026-11-23T01:00:00Z").value();

std::vector<JournalRow> five_rows() {
  hub::RowWriter writer("north-1");
  std::vector<JournalRow> rows;
  for (int i = 0; i < 5; ++i) {
    rows.push_back(writer.write(RowKind::admitted, "A000" + std::to_string(i), kWritten + 1s * i));
  }
  return rows;
}

TEST_CASE("a chain as it was written holds, from its start or from any row on") {
  const auto rows = five_rows();
  CHECK_FALSE(find_break(rows, {}).has_value());
  CHECK_FALSE(find_break({}, {}).has_value());
  CHECK_FALSE(find_break(std::span(rows).subspan(2), rows[1].hash).has_value());
}

TEST_CASE("a change to any field of a row breaks its hash") {
  using Change = std::function<void(JournalRow&)>;
  const std::pair<const char*, Change> changes[] = {
      {"id", [](JournalRow& r) { r.id.back() ^= 1; }},
      {"device", [](JournalRow& r) { r.device = "north-2"; }},
      {"seq", [](JournalRow& r) { ++r.seq; }},
      {"hlc.wall", [](JournalRow& r) { ++r.hlc.wall_ms; }},
      {"hlc.counter", [](JournalRow& r) { ++r.hlc.counter; }},
      {"boot", [](JournalRow& r) { r.boot_id += "x"; }},
      {"monotonic", [](JournalRow& r) { --r.monotonic_ms; }},
      {"wall", [](JournalRow& r) { r.wall += 1ms; }},
      {"offset", [](JournalRow& r) { r.offset_ms = 1; }},
      {"no offset", [](JournalRow& r) { r.offset_ms.reset(); }},
      {"kind", [](JournalRow& r) { r.kind = RowKind::refused; }},
      {"attendee", [](JournalRow& r) { r.attendee = "A9999"; }},
      {"checkpoint", [](JournalRow& r) { r.checkpoint.clear(); }},
      {"zone", [](JournalRow& r) { r.zone = "lounge"; }},
      {"operator", [](JournalRow& r) { r.operator_id = "desk"; }},
      {"roster", [](JournalRow& r) { ++r.roster_version; }},
      {"rule", [](JournalRow& r) { r.rule += " "; }},
      {"generation", [](JournalRow& r) { ++r.generation; }},
      {"detail", [](JournalRow& r) { r.detail = "x"; }},
      {"prev_hash", [](JournalRow& r) { r.prev_hash[31] ^= 1; }},
      // Two texts that only differ in where one ends.
      {"borders",
       [](JournalRow& r) {
         r.checkpoint += r.zone.front();
         r.zone.erase(0, 1);
       }},
  };
  for (const auto& [name, change] : changes) {
    auto rows = five_rows();
    change(rows[2]);
    INFO(name);
    CHECK(chain_hash(rows[2]) != rows[2].hash);
    CHECK(find_break(rows, {}).has_value());
  }
}

TEST_CASE("a row whose hash was made to fit again breaks the row behind it") {
  auto rows = five_rows();
  rows[2].attendee = "A9999";
  rows[2].hash = chain_hash(rows[2]);
  const auto broken = find_break(rows, {});
  REQUIRE(broken.has_value());
  CHECK(broken->seq == 4);
  CHECK(broken->why == "it does not follow from the row before");
}

TEST_CASE("a changed row is named") {
  auto rows = five_rows();
  rows[3].rule = "admit.other";
  const auto broken = find_break(rows, {});
  REQUIRE(broken.has_value());
  CHECK(broken->seq == 4);
  CHECK(broken->why == "its contents were changed");
}

TEST_CASE("a row taken out is named, wherever it stood") {
  for (std::size_t gone = 0; gone + 1 < 5; ++gone) {
    auto rows = five_rows();
    rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(gone));
    const auto broken = find_break(rows, {});
    REQUIRE(broken.has_value());
    CHECK(broken->seq == gone + 2);
    if (gone > 0) CHECK(broken->why == "row " + std::to_string(gone + 1) + " is missing");
  }
}

TEST_CASE("rows that changed places and rows slipped in are named") {
  auto rows = five_rows();
  std::swap(rows[1], rows[2]);
  CHECK(find_break(rows, {})->seq == 3);

  rows = five_rows();
  rows.insert(rows.begin() + 2, rows[1]);
  CHECK(find_break(rows, {})->seq == 2);

  rows = five_rows();
  JournalRow forged = rows[1];
  forged.attendee = "A9999";
  forged.seq = 3;
  forged.prev_hash = rows[1].hash;
  forged.hash = chain_hash(forged);
  rows.insert(rows.begin() + 2, forged);
  CHECK(find_break(rows, {}).has_value());

  rows = five_rows();
  hub::RowWriter other("south-1");
  rows[3] = other.write(RowKind::admitted, "A0001", kWritten);
  CHECK(find_break(rows, {})->why == "a row of another device");
}

TEST_CASE("hexadecimal goes there and back, and takes nothing else") {
  Digest digest{};
  for (std::size_t i = 0; i < digest.size(); ++i) digest[i] = static_cast<std::uint8_t>(i * 9);
  Digest back{};
  REQUIRE(unhex(hex(digest), back));
  CHECK(back == digest);
  CHECK(unhex("AbCd", std::span(back).first(2)));
  CHECK(back[0] == 0xab);
  CHECK_FALSE(unhex("abc", std::span(back).first(2)));
  CHECK_FALSE(unhex("abcg", std::span(back).first(2)));
  CHECK_FALSE(unhex("abcdef", std::span(back).first(2)));
  CHECK_FALSE(unhex("0xab", std::span(back).first(2)));
}

}  // namespace
}  // namespace lanyard::sync
