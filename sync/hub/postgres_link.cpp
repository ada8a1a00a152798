#include "sync/hub/postgres_link.hpp"

#include <array>
#include <chrono>
#include <map>

#include <pqxx/pqxx>

namespace lanyard::sync::hub {

namespace {

using Clock = std::chrono::steady_clock;
using What = PostgresError::What;

// While the server is away each call would wait for its refusal, and the calls behind it for that.
constexpr std::chrono::milliseconds kBetweenAttempts{500};

// So that a server that is gone without a word is found out, and one that hangs holds nobody up for minutes.
constexpr auto kDefaults =
    std::to_array<std::pair<const char*, const char*>>({{"connect_timeout", "5"},
                                                        {"keepalives_idle", "10"},
                                                        {"keepalives_interval", "5"},
                                                        {"keepalives_count", "3"},
                                                        {"tcp_user_timeout", "20000"},
                                                        {"application_name", "lanyard-hub"}});

// A client that is stopped in the midst of a transaction would keep its locks, and the feed would stop short
// of its numbers: the server ends such a transaction.
constexpr const char* kSession =
    "SET client_min_messages = warning; SET client_encoding = 'UTF8'; SET bytea_output = 'hex';"
    " SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '20s'";

std::string with_defaults(std::string url) {
  for (const auto& [name, value] : kDefaults) {
    if (url.find(std::string(name) + "=") != std::string::npos) continue;
    url += url.find('?') == std::string::npos ? '?' : '&';
    url.append(name).append("=").append(value);
  }
  return url;
}

std::string one_line(std::string_view text) {
  std::string line(text);
  for (char& c : line) {
    if (c == '\n' || c == '\t') c = ' ';
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

// libpq quotes the parts of a URL that it cannot make sense of, and a password that was not encoded may be
// among them: only what it says of a connection that it tried is passed on.
std::string why_not_connected(std::string_view said) {
  if (said.rfind("connection to server", 0) == 0) return one_line(said);
  return "its URL is not understood, or its host is not known; in a password, characters such as @ : / % are"
         " written as %40 %3A %2F %25";
}

#if PQXX_VERSION_MAJOR >= 7
using Values = pqxx::params;
Values values_of(const std::vector<PostgresText>& values) {
  pqxx::params out;
  out.reserve(values.size());
  for (const PostgresText& value : values) {
    if (value) {
      out.append(*value);
    } else {
      out.append();
    }
  }
  return out;
}
pqxx::result execute_prepared(pqxx::transaction_base& on, const std::string& name,
                              const std::vector<PostgresText>& values) {
  return on.exec(pqxx::prepped{name}, values_of(values));
}
pqxx::result execute(pqxx::transaction_base& on, const std::string& sql,
                     const std::vector<PostgresText>& values) {
  return on.exec(sql, values_of(values));
}
void stay_broken(pqxx::connection& /*connection*/) {}
#else  // Debian 12
std::vector<const char*> values_of(const std::vector<PostgresText>& values) {
  std::vector<const char*> out;
  out.reserve(values.size());
  for (const PostgresText& value : values) out.push_back(value ? value->c_str() : nullptr);
  return out;
}
pqxx::result execute_prepared(pqxx::transaction_base& on, const std::string& name,
                              const std::vector<PostgresText>& values) {
  return on.exec_prepared(name, pqxx::prepare::make_dynamic_params(values_of(values)));
}
pqxx::result execute(pqxx::transaction_base& on, const std::string& sql,
                     const std::vector<PostgresText>& values) {
  return on.exec_params(sql, pqxx::prepare::make_dynamic_params(values_of(values)));
}
// Version 6 would connect again by itself, in the midst of a transaction that is gone.
void stay_broken(pqxx::connection& connection) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  connection.inhibit_reactivation(true);
#pragma GCC diagnostic pop
}
#endif

PostgresAnswer copy_of(const pqxx::result& result) {
  PostgresAnswer answer;
  answer.columns = static_cast<std::size_t>(result.columns());
  answer.affected = static_cast<std::size_t>(result.affected_rows());
  answer.cells.reserve(answer.columns * static_cast<std::size_t>(result.size()));
  for (const auto& row : result) {
    for (const auto& field : row) {
      if (field.is_null()) {
        answer.cells.emplace_back();
      } else {
        answer.cells.emplace_back(std::string(field.c_str(), field.size()));
      }
    }
  }
  return answer;
}

// 08: the connection; 57P: the server goes down, or an administrator ended us.
bool speaks_of_loss(std::string_view state) {
  return state.rfind("08", 0) == 0 || state.rfind("57P", 0) == 0;
}

}  // namespace

struct PostgresLink::Inside {
  std::unique_ptr<pqxx::connection> connection;
  std::map<const char*, std::string> prepared;  // of this connection, and by what name
  std::optional<Clock::time_point> not_before;  // the next attempt to connect
  std::string why;                              // the last one failed
};

std::string bytea_text(const std::uint8_t* bytes, std::size_t count) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "\\x";
  text.reserve(2 + 2 * count);
  for (std::size_t i = 0; i < count; ++i) {
    text += kDigits[bytes[i] >> 4U];
    text += kDigits[bytes[i] & 15U];
  }
  return text;
}

bool read_bytea(std::string_view text, std::uint8_t* bytes, std::size_t count) {
  const bool fits = text.size() == 2 + 2 * count && text.rfind("\\x", 0) == 0;
  const auto digit = [](char c) {
    return static_cast<unsigned>(c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= '0' && c <= '9' ? c - '0' : 0);
  };
  for (std::size_t i = 0; i < count; ++i) {
    bytes[i] = fits ? static_cast<std::uint8_t>(digit(text[2 + 2 * i]) << 4U | digit(text[3 + 2 * i]))
                    : std::uint8_t{0};
  }
  return fits;
}

Error postgres_error(const PostgresError& thrown) {
  const std::string& state = thrown.state();
  if (thrown.kind() == What::in_doubt) {
    return {Error::Kind::storage,
            "the connection to the database was lost while it committed: whether this was"
            " stored is not known until it is sent again"};
  }
  if (thrown.kind() == What::lost) {
    return {Error::Kind::storage, std::string("there is no connection to the database: ") + thrown.what()};
  }
  if (state == "55P03") return {Error::Kind::storage, "the database stayed locked by another program"};
  if (state == "40P01" || state == "40001") {
    return {Error::Kind::storage, "another program's transaction was in the way; nothing was stored"};
  }
  if (state == "53100") return {Error::Kind::storage, "the database's disk is full"};
  if (state == "25006") return {Error::Kind::storage, "the database cannot be written to (a standby)"};
  if (state == "XX001" || state == "XX002") {
    return {Error::Kind::corrupt, std::string("the database is damaged: ") + thrown.what()};
  }
  return {Error::Kind::storage, thrown.what()};
}

PostgresLink::PostgresLink(const std::string& url)
    : url_(with_defaults(url)), in_(std::make_unique<Inside>()) {}

PostgresLink::~PostgresLink() = default;

// Runs what talks to the server, and says in our terms how it failed.
template <class Call>
PostgresAnswer PostgresLink::call(Call&& call) {
  if (!in_->connection) {
    if (in_transaction_) throw PostgresError(What::lost, "it was lost within the transaction");
    connect();
  }
  if (failed_) throw PostgresError(What::refused, "an earlier statement of the transaction failed");
  std::string said;
  std::string state;
  try {
    return call(*in_->connection);
  } catch (const pqxx::sql_error& thrown) {
    said = one_line(thrown.what());
    state = thrown.sqlstate();
  } catch (const pqxx::failure& thrown) {
    said = one_line(thrown.what());
  }
  failed_ = in_transaction_;
  if (speaks_of_loss(state) || !in_->connection->is_open()) {
    in_->connection.reset();
    in_->prepared.clear();
    throw PostgresError(What::lost, said, state);
  }
  throw PostgresError(What::refused, said, state);
}

void PostgresLink::connect() {
  if (in_->not_before && Clock::now() < *in_->not_before) throw PostgresError(What::lost, in_->why);
  try {
    in_->connection = std::make_unique<pqxx::connection>(url_);
    stay_broken(*in_->connection);
    in_->not_before.reset();
  } catch (const pqxx::failure& thrown) {
    in_->connection.reset();
    in_->not_before = Clock::now() + kBetweenAttempts;
    in_->why = why_not_connected(thrown.what());
    throw PostgresError(What::lost, in_->why);
  }
  try {
    settle_session();
  } catch (const PostgresError&) {
    in_->connection.reset();  // one that is not as it has to be is none
    throw;
  }
}

// A commit is on the disk when it returns, whatever the server's default is: its own promise where it makes
// one (remote_write and remote_apply speak of standbys too), else our asking for it.
void PostgresLink::settle_session() {
  (void)run_once(kSession);
  const auto shown = [&](const char* name) { return run_once(std::string("SHOW ") + name).text(0, 0); };
  const std::string commit = shown("synchronous_commit");
  if (commit == "off" || commit == "local") (void)run_once("SET synchronous_commit = on");
  warning_.clear();
  for (const char* name : {"fsync", "full_page_writes"}) {
    if (shown(name) == "on") continue;
    warning_ += std::string(warning_.empty() ? "" : "; ") + "PostgreSQL runs with " + name +
                " = off: a power cut may undo what was acknowledged, or damage the database";
  }
}

PostgresAnswer PostgresLink::run(const char* sql, const std::vector<PostgresText>& values) {
  return call([&](pqxx::connection& connection) {
    auto found = in_->prepared.find(sql);
    if (found == in_->prepared.end()) {
      std::string name = "s" + std::to_string(in_->prepared.size());
      connection.prepare(name, sql);
      found = in_->prepared.emplace(sql, std::move(name)).first;
    }
    pqxx::nontransaction plain(connection);
    return copy_of(execute_prepared(plain, found->second, values));
  });
}

PostgresAnswer PostgresLink::run_once(const std::string& sql, const std::vector<PostgresText>& values) {
  return call([&](pqxx::connection& connection) {
    pqxx::nontransaction plain(connection);
    return copy_of(values.empty() ? plain.exec(sql) : execute(plain, sql, values));
  });
}

void PostgresLink::begin(Sees sees) {
  const std::string sql = sees == Sees::latest ? "BEGIN ISOLATION LEVEL READ COMMITTED"
                                               : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
  try {
    (void)run_once(sql);
  } catch (const PostgresError& thrown) {
    if (thrown.kind() != What::lost) throw;
    (void)run_once(sql);  // a server that came back since the last call: nothing has been done on it yet
  }
  in_transaction_ = true;
  failed_ = false;
}

void PostgresLink::commit() {
  const bool was_connected = in_->connection != nullptr;
  try {
    (void)run_once("COMMIT");
    in_transaction_ = false;
  } catch (const PostgresError& thrown) {
    undo();
    if (!was_connected || thrown.kind() != What::lost) throw;
    throw PostgresError(What::in_doubt, thrown.what(), thrown.state());
  }
}

void PostgresLink::undo() noexcept {
  const bool open = in_transaction_ && in_->connection != nullptr;
  in_transaction_ = false;
  failed_ = false;
  if (!open) return;
  try {
    (void)run_once("ROLLBACK");
  } catch (const std::exception&) {
    in_->connection.reset();  // the server undoes what its client has left
    in_->prepared.clear();
  }
}

}  // namespace lanyard::sync::hub
