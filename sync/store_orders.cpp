// What the office wants of this kiosk, and how the store forgets all that it knows.
#include "sync/store_inside.hpp"

namespace lanyard::sync {

namespace {

std::vector<std::string> names_in_schema(SQLite::Database& db, const char* type) {
  std::vector<std::string> names;
  SQLite::Statement get(db, "SELECT name FROM sqlite_master WHERE type = ? AND name NOT LIKE 'sqlite_%'");
  get.bind(1, type);
  while (get.executeStep()) names.push_back(get.getColumn(0).getString());
  return names;
}

// The journal's triggers keep rows from everybody but us, here.
void empty_all_tables(SQLite::Database& db) {
  std::vector<std::string> triggers;
  {
    SQLite::Statement get(db, "SELECT sql FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid");
    while (get.executeStep()) triggers.push_back(get.getColumn(0).getString());
  }
  for (const std::string& name : names_in_schema(db, "trigger")) db.exec("DROP TRIGGER \"" + name + "\"");
  for (const std::string& name : names_in_schema(db, "table")) {
    if (name != "search_state") db.exec("DELETE FROM \"" + name + "\"");
  }
  // Of nobody, and other processes notice.
  db.exec("UPDATE search_state SET stamp = stamp + 1, removals = removals + 1");
  for (const std::string& sql : triggers) db.exec(sql);
}

}  // namespace

Expected<OrdersHeld> Store::orders() {
  return guarded("reading the orders", [&]() -> Expected<OrdersHeld> {
    OrdersHeld held;
    if (const auto record = in_->setting("orders")) {
      auto orders = parse_orders(*record);
      if (!orders) return fail(Error::Kind::corrupt, orders.error().message);
      held.orders = std::move(*orders);
    }
    held.version = in_->setting("orders_version").value_or("");
    if (const auto restarted = in_->setting("restarted")) held.restarted = time_of(number_in(restarted));
    return held;
  });
}

Expected<void> Store::take_orders(const Orders& orders, std::string_view version) {
  return guarded("noting the orders", [&]() -> Expected<void> {
    WriteScope write(*in_);
    in_->set("orders", to_json(orders));
    in_->set("orders_version", std::string(version));
    write.commit();
    return {};
  });
}

Expected<void> Store::note_restart(Timestamp ordered) {
  return guarded("noting a restart", [&]() -> Expected<void> {
    in_->set("restarted", std::to_string(ms_of(ordered)));
    return {};
  });
}

Expected<std::optional<Withdrawal>> Store::withdrawn() {
  return guarded("reading why this kiosk was withdrawn", [&]() -> Expected<std::optional<Withdrawal>> {
    const auto why = in_->setting("withdrawn");
    return why ? withdrawal_named(*why) : std::nullopt;
  });
}

Expected<std::vector<JournalRow>> Store::undelivered(std::string_view device, std::uint64_t seq,
                                                     std::size_t most) {
  return guarded("reading what was not delivered", [&]() -> Expected<std::vector<JournalRow>> {
    static const std::string sql =
        std::string("SELECT ") + kRowColumns +
        " FROM journal WHERE standing <> 1 AND (device, seq) > (?, ?) ORDER BY device, seq LIMIT ?";
    SQLite::Statement& get = in_->use(sql.c_str());
    get.bind(1, std::string(device));
    get.bind(2, static_cast<std::int64_t>(seq));
    get.bind(3, static_cast<std::int64_t>(most));
    return read_rows(get);
  });
}

Expected<void> Store::wipe(Withdrawal why, const std::function<Expected<void>()>& before) {
  return guarded("forgetting all", [&]() -> Expected<void> {
    // What is deleted becomes zeros (secure_delete), and then the file is written anew without it; the WAL's
    // old pages go with its length.
    {
      SQLite::Transaction all(*in_->db, SQLite::TransactionBehavior::IMMEDIATE);
      if (before) {
        if (auto kept = before(); !kept) return kept;
      }
      in_->prepared.clear();
      in_->plan = {};
      in_->search = {};
      empty_all_tables(*in_->db);
      in_->set("withdrawn", std::string(to_name(why)));
      all.commit();
    }
    return clear_traces();
  });
}

std::string_view to_name(Withdrawal why) {
  switch (why) {
    case Withdrawal::revoked:
      return "revoked";
    case Withdrawal::ordered:
      return "ordered";
    case Withdrawal::forgotten:
      return "forgotten";
  }
  return "revoked";
}

std::optional<Withdrawal> withdrawal_named(std::string_view name) {
  for (const auto why : {Withdrawal::revoked, Withdrawal::ordered, Withdrawal::forgotten}) {
    if (to_name(why) == name) return why;
  }
  return std::nullopt;
}

}  // namespace lanyard::sync
