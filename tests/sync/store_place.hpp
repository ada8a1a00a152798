// Where a test's hub keeps its data: a temporary folder, or with LANYARD_POSTGRES=URL a schema of its own in
// that database (tests/postgres_server.py makes one). So that one body of tests holds both stores to the
// same.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "sync/hub/hub_store.hpp"
#include "tests/sync/temporary_folder.hpp"

namespace lanyard::sync::hub {

// "" where the tests run with SQLite.
[[nodiscard]] std::string postgres_url();

class StorePlace {
 public:
  StorePlace();
  StorePlace(const StorePlace&) = delete;
  StorePlace& operator=(const StorePlace&) = delete;
  ~StorePlace();

  // May be called several times: each store is as one of another process.
  [[nodiscard]] Expected<std::unique_ptr<HubStore>> open(std::string_view event) const;
  // What open_postgres_store takes; "" with SQLite.
  [[nodiscard]] const std::string& url() const { return url_; }
  // Past the store, as an administrator might: one statement, in words that both databases know.
  void alter(const std::string& sql) const;
  [[nodiscard]] std::int64_t count(const std::string& sql) const;
  // Of the files, or of all that the tables say.
  [[nodiscard]] std::string all_bytes() const;
  // From now on the journal takes no row of this number; and takes it again.
  void refuse_rows(std::uint64_t seq) const;
  void refuse_no_rows() const;
  // From now on nobody of this id is put on the roster.
  void refuse_attendee(const std::string& id) const;
  // As a backup from before these rows would bring it back.
  void forget_rows_after(std::uint64_t seq) const;

 private:
  TemporaryFolder folder_;
  std::string url_;
  std::string schema_;
};

}  // namespace lanyard::sync::hub
