// The kiosk's store under several handles, and on a disk that says no.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>

#include "sync/chain.hpp"
#include "tests/sync/small_disk.hpp"
#include "tests/sync/store_fixture.hpp"

namespace lanyard::sync {
namespace {

TEST_CASE("two handles that append at once lose nothing and leave no gap") {
  Kept kept;
  kept.store();
  constexpr int kEach = 100;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 2; ++t) {
      threads.emplace_back([&] {
        auto store = Store::open(kept.file()).value();
        for (int i = 0; i < kEach; ++i) {
          if (!store.append(moving(RowKind::refused, ""), stamp_at(kMorning))) std::abort();
        }
      });
    }
  }
  const auto rows = kept.store().own_rows(0, 10'000).value();
  REQUIRE(rows.size() == 2 * kEach);
  CHECK_FALSE(find_break(rows, {}).has_value());
  for (std::size_t i = 0; i + 1 < rows.size(); ++i) CHECK(rows[i].hlc < rows[i + 1].hlc);
}

TEST_CASE("another handle's commit shows as news, and one's own does not") {
  Kept kept;
  auto other = Store::open(kept.file()).value();
  const auto before = other.data_version().value();
  CHECK(other.data_version().value() == before);
  kept.append(RowKind::admitted, "A1");
  const auto after = other.data_version().value();
  CHECK(after != before);
  REQUIRE(other.append(moving(RowKind::admitted, "A2"), stamp_at(kMorning)).has_value());
  CHECK(other.data_version().value() == after);
}

TEST_CASE("a database that stays locked is an error and no half row, and is free again afterwards") {
  Kept kept;
  kept.append(RowKind::admitted, "A1");
  {
    SQLite::Database raw(kept.file().string(), SQLite::OPEN_READWRITE, 1000);
    raw.exec("BEGIN IMMEDIATE");
    const auto row = kept.store().append(moving(RowKind::admitted, "A2"), stamp_at(kMorning));
    REQUIRE_FALSE(row.has_value());
    CHECK(row.error().kind == Error::Kind::storage);
    CHECK_FALSE(kept.store().begin().has_value());
    CHECK(kept.store().presence("A1", "site").value().inside);  // reading goes on meanwhile
  }
  CHECK(kept.append(RowKind::admitted, "A2").seq == 2);
}

TEST_CASE("a damaged file is found by the check, or refused at the opening") {
  Kept kept;
  for (int i = 0; i < 200; ++i) kept.append(RowKind::admitted, "A" + std::to_string(i));
  REQUIRE(kept.store().check_integrity().has_value());
  kept.reopen();
  {
    std::fstream file(kept.file(), std::ios::in | std::ios::out | std::ios::binary);
    for (int page = 2; page < 12; ++page) {
      file.seekp(page * 4096);
      file << std::string(600, '\xa5');
    }
  }
  auto store = Store::open(kept.file());
  if (store) {
    const auto sound = store->check_integrity();
    REQUIRE_FALSE(sound.has_value());
    CHECK(sound.error().kind == Error::Kind::corrupt);
  } else {
    CHECK(store.error().kind == Error::Kind::corrupt);
  }
}

TEST_CASE("on a full disk nothing is half written, and the kiosk goes on when there is space again") {
  const SmallDisk disk(1);
  if (!disk.is_there()) {
    std::cerr << "SKIPPED: the store on a full disk (only root can mount a small one)\n";
    return;
  }
  Kept kept(disk.path());
  kept.append(RowKind::admitted, "A0");
  disk.fill();
  std::uint64_t taken = 1;
  std::optional<Error> error;
  for (int i = 1; i < 500 && !error; ++i) {
    auto row = kept.store().append(moving(RowKind::admitted, "A" + std::to_string(i)), stamp_at(kMorning));
    if (row) {
      ++taken;
    } else {
      error = row.error();
    }
  }
  REQUIRE(error.has_value());
  CHECK(error->kind == Error::Kind::storage);
  CHECK(error->message.find("full") != std::string::npos);
  CHECK(kept.store().row_count().value() == taken);
  CHECK_FALSE(kept.store().presence("A" + std::to_string(taken), "site").value().inside);
  CHECK_FALSE(kept.store().probe_writing().has_value());
  {
    auto transaction = kept.store().begin();
    if (transaction) {
      const auto row = kept.store().append(moving(RowKind::admitted, "A999"), stamp_at(kMorning));
      if (row) CHECK_FALSE(transaction->commit().has_value());
    }
  }
  CHECK(kept.store().row_count().value() == taken);

  disk.make_space();
  CHECK(kept.store().probe_writing().has_value());
  CHECK(kept.append(RowKind::admitted, "A1000").seq == taken + 1);
  kept.reopen();
  CHECK(kept.store().check_integrity().has_value());
  const auto rows = kept.store().own_rows(0, 1000).value();
  CHECK(rows.size() == taken + 1);
  CHECK_FALSE(find_break(rows, {}).has_value());
}

}  // namespace
}  // namespace lanyard::sync
