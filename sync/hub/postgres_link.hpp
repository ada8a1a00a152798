// One connection to PostgreSQL: statements with texts in and out, and transactions. The PostgreSQL store's
// door to libpqxx, of which nothing is seen here.
//
// Threads: a link belongs to one thread.
// Errors: PostgresError is thrown, and `guarded_by_link` turns it into ours. A connection that was lost is
// made anew by the next call outside of a transaction; within one everything fails until undo().
#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sync/error.hpp"

namespace lanyard::sync::hub {

// What PostgreSQL says no with. Its message names no password.
class PostgresError : public std::runtime_error {
 public:
  enum class What {
    refused,   // the statement failed; the connection stands
    lost,      // there is no connection, and nothing was committed
    in_doubt,  // the connection was lost over a COMMIT: whether it counts is not known
  };
  PostgresError(What what, const std::string& message, std::string state = "")
      : std::runtime_error(message), what_(what), state_(std::move(state)) {}
  [[nodiscard]] What kind() const { return what_; }
  [[nodiscard]] const std::string& state() const { return state_; }  // SQLSTATE, "" if there is none

 private:
  What what_;
  std::string state_;
};

[[nodiscard]] Error postgres_error(const PostgresError& thrown);

template <class Work>
auto guarded_by_link(const char* doing, Work&& work) -> decltype(work()) {
  try {
    return work();
  } catch (const PostgresError& thrown) {
    return tl::make_unexpected(postgres_error(thrown).within(doing));
  }
}

using PostgresText = std::optional<std::string>;  // nullopt is NULL

// As PostgreSQL writes and reads bytea: "\x" and hexadecimal digits.
[[nodiscard]] std::string bytea_text(const std::uint8_t* bytes, std::size_t count);
// False, with zeros, unless `text` is exactly so many bytes.
bool read_bytea(std::string_view text, std::uint8_t* bytes, std::size_t count);

struct PostgresAnswer {
  std::vector<PostgresText> cells;  // row by row
  std::size_t columns{0};
  std::size_t affected{0};  // rows, by an INSERT, UPDATE or DELETE

  [[nodiscard]] std::size_t size() const { return columns == 0 ? 0 : cells.size() / columns; }
  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] const PostgresText& cell(std::size_t row, std::size_t column) const {
    return cells.at(row * columns + column);
  }
  [[nodiscard]] bool is_null(std::size_t row, std::size_t column) const { return !cell(row, column); }
  [[nodiscard]] std::string text(std::size_t row, std::size_t column) const {
    return cell(row, column).value_or("");
  }
  [[nodiscard]] std::int64_t number(std::size_t row, std::size_t column) const {
    const std::string digits = text(row, column);
    std::int64_t value = 0;
    (void)std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
  }
  // Zeros if the cell does not hold so many: an altered database answers wrongly, and nothing worse.
  template <std::size_t N>
  [[nodiscard]] std::array<std::uint8_t, N> bytes(std::size_t row, std::size_t column) const {
    std::array<std::uint8_t, N> out{};
    (void)read_bytea(text(row, column), out.data(), N);
    return out;
  }
};

class PostgresLink {
 public:
  // What a transaction sees: each statement what was committed by then, or all of them one moment.
  enum class Sees { latest, one_moment };

  explicit PostgresLink(const std::string& url);
  PostgresLink(const PostgresLink&) = delete;
  PostgresLink& operator=(const PostgresLink&) = delete;
  ~PostgresLink();

  // `sql` is a literal: it is prepared once a connection, and kept by its address.
  PostgresAnswer run(const char* sql, const std::vector<PostgresText>& values);
  // Of one use; without values it may be several statements.
  PostgresAnswer run_once(const std::string& sql, const std::vector<PostgresText>& values = {});

  // Connects if need be.
  void begin(Sees sees = Sees::latest);
  // Returns when the transaction is on the disk. Throws in_doubt if that cannot be known.
  void commit();
  void undo() noexcept;
  [[nodiscard]] bool in_transaction() const { return in_transaction_; }

  // What this server does with an acknowledged commit that a power cut could undo; "" if nothing.
  [[nodiscard]] const std::string& warning() const { return warning_; }

 private:
  struct Inside;

  void connect();
  void settle_session();
  template <class Call>
  PostgresAnswer call(Call&& call);

  std::string url_;
  std::unique_ptr<Inside> in_;
  bool in_transaction_{false};
  bool failed_{false};  // in the transaction: PostgreSQL would answer its COMMIT with a ROLLBACK
  std::string warning_;
};

}  // namespace lanyard::sync::hub
