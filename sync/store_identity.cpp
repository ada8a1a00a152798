// Who we are, how we stand with the hub, and whose signatures we trust.
#include <algorithm>

#include "sync/chain.hpp"
#include "sync/salvage.hpp"
#include "sync/store_inside.hpp"

namespace lanyard::sync {

namespace {

// All but the large ones: a look at each is less than a search for each.
constexpr const char* kSmallSettings =
    "SELECT name, value FROM setting WHERE name NOT IN ('event_record', 'probe', 'orders')";

// Those of pretix may come back: their owner is not this hub.
void note_dropped_keys(Store::Inside& in, const KeyRing& ring) {
  std::vector<PublicKey> dropped;
  SQLite::Statement& get = in.use("SELECT public_key FROM issuer_key WHERE kind = ?");
  get.bind(1, std::string(to_name(KeyKind::lanyard)));
  while (get.executeStep()) {
    const auto had = bytes_of<32>(get.getColumn(0));
    if (std::ranges::find(ring, had, &IssuerKey::key) == ring.end()) dropped.push_back(had);
  }
  get.reset();
  for (const PublicKey& key : dropped) {
    SQLite::Statement& note = in.use("INSERT OR IGNORE INTO dropped_key (public_key) VALUES (?)");
    note.bind(1, key.data(), static_cast<int>(key.size()));
    note.exec();
  }
}

}  // namespace

std::int64_t number_in(const std::optional<std::string>& text) {
  return text ? std::strtoll(text->c_str(), nullptr, 10) : 0;
}

void put_keys(Store::Inside& in, const KeyRing& ring) {
  note_dropped_keys(in, ring);
  in.use("DELETE FROM issuer_key").exec();
  for (const IssuerKey& key : ring) {
    SQLite::Statement& put = in.use(
        "INSERT OR REPLACE INTO issuer_key (public_key, issuer, kind) SELECT ?1, ?2, ?3"
        " WHERE NOT EXISTS (SELECT 1 FROM dropped_key WHERE public_key = ?1)");
    put.bind(1, key.key.data(), static_cast<int>(key.key.size()));
    put.bind(2, key.issuer);
    put.bind(3, std::string(to_name(key.kind)));
    put.exec();
  }
}

std::optional<std::string> Store::Inside::setting(const char* name) {
  SQLite::Statement& get = use("SELECT value FROM setting WHERE name = ?");
  get.bind(1, name);
  std::optional<std::string> value;
  if (get.executeStep()) value = get.getColumn(0).getString();
  get.reset();
  return value;
}

std::map<std::string, std::string, std::less<>> Store::Inside::settings() {
  SQLite::Statement& get = use(kSmallSettings);
  std::map<std::string, std::string, std::less<>> all;
  while (get.executeStep()) all.emplace(get.getColumn(0).getString(), get.getColumn(1).getString());
  get.reset();
  return all;
}

void Store::Inside::set(const char* name, const std::string& value) {
  SQLite::Statement& put = use("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)");
  put.bind(1, name);
  put.bind(2, value.data(), static_cast<int>(value.size()));
  put.exec();
}

void Store::Inside::clear(const char* name) {
  SQLite::Statement& forget = use("DELETE FROM setting WHERE name = ?");
  forget.bind(1, name);
  forget.exec();
}

Expected<std::optional<Identity>> Store::identity() {
  return guarded("reading the identity", [&]() -> Expected<std::optional<Identity>> {
    auto known = in_->settings();
    if (!known.contains("device")) return std::nullopt;
    Identity identity;
    identity.device = known["device"];
    identity.name = known["device_name"];
    identity.event = known["event"];
    identity.checkpoint = known["checkpoint"];
    if (!unhex(known["fingerprint_key"], identity.fingerprint_key) ||
        !unhex(known["signing_key"], identity.signing_key)) {
      return fail(Error::Kind::corrupt, "the keys of this kiosk cannot be read; enrol it again");
    }
    return identity;
  });
}

Expected<void> Store::set_identity(const Identity& identity) {
  return guarded("writing the identity", [&]() -> Expected<void> {
    WriteScope write(*in_);
    const auto known = in_->setting("device");
    if (known && *known != identity.device) {
      // Rows of the earlier device stay as they are, and stay unsent: the hub knows them under that name.
      in_->clear("epoch");
    }
    if (in_->setting("fingerprint_key").value_or("") != hex(identity.fingerprint_key)) {
      in_->clear("keys_version");
      in_->clear("known_time");
      for (const char* sql : {"DELETE FROM issuer_key", "DELETE FROM dropped_key", "DELETE FROM taken_off",
                              "DELETE FROM erased_id", "DELETE FROM credential WHERE attendee = ''"}) {
        in_->use(sql).exec();
      }
    }
    in_->clear("withdrawn");
    in_->set("device", identity.device);
    in_->set("device_name", identity.name);
    in_->set("event", identity.event);
    in_->set("checkpoint", identity.checkpoint);
    in_->set("fingerprint_key", hex(identity.fingerprint_key));
    in_->set("signing_key", hex(identity.signing_key));
    in_->set("identity_check", identity_check({{"device", identity.device},
                                               {"device_name", identity.name},
                                               {"event", identity.event},
                                               {"fingerprint_key", hex(identity.fingerprint_key)},
                                               {"signing_key", hex(identity.signing_key)}}));
    write.commit();
    return {};
  });
}

Expected<std::array<std::uint8_t, 32>> Store::next_seed(std::string_view code,
                                                        const std::array<std::uint8_t, 32>& fresh) {
  return guarded("keeping a seed", [&]() -> Expected<std::array<std::uint8_t, 32>> {
    WriteScope write(*in_);
    std::array<std::uint8_t, 32> seed = fresh;
    const auto kept = in_->setting("next_seed");
    const auto bound_to = in_->setting("next_seed_code");  // an earlier version did not say: then this one
    if (!kept || bound_to.value_or(std::string(code)) != code || !unhex(*kept, seed)) {
      seed = fresh;
      in_->set("next_seed", hex(fresh));
    }
    in_->set("next_seed_code", std::string(code));
    write.commit();
    return seed;
  });
}

Expected<void> Store::set_checkpoint(std::string_view id) {
  return guarded("moving the kiosk", [&]() -> Expected<void> {
    in_->set("checkpoint", std::string(id));
    return {};
  });
}

Expected<HubPlace> Store::hub() {
  return guarded("reading where the hub is", [&]() -> Expected<HubPlace> {
    return HubPlace{in_->setting("hub_url").value_or(""), in_->setting("hub_pin").value_or("")};
  });
}

Expected<void> Store::set_hub(const HubPlace& place) {
  return guarded("noting where the hub is", [&]() -> Expected<void> {
    WriteScope write(*in_);
    in_->set("hub_url", place.url);
    in_->set("hub_pin", place.pin);
    write.commit();
    return {};
  });
}

Expected<Standing> Store::standing() {
  return guarded("reading the standing", [&]() -> Expected<Standing> {
    Standing standing;
    ClockMeasure clock;
    bool measured = false;
    // Each decision and each question to the hub asks: no detour by a map.
    SQLite::Statement& get = in_->use(kSmallSettings);
    while (get.executeStep()) {
      const std::string_view name = get.getColumn(0).getText();
      const auto number = [&] { return number_in(get.getColumn(1).getString()); };
      if (name == "roster_version") standing.roster_version = number();
      if (name == "page_version") standing.page_version = number();
      if (name == "feed_cursor") standing.feed.seq = number();
      if (name == "keys_version") standing.keys_version = number();
      if (name == "roster_as_of") standing.roster_as_of = time_of(number());
      if (name == "hub_contact") standing.hub_contact = time_of(number());
      if (name == "known_time") standing.known_time = time_of(number());
      if (name == "hub_minus_boot") clock.hub_minus_boot_ms = number();
      if (name == "offset") clock.offset_ms = number();
      measured = measured || name == "offset";
      if (name == "epoch") standing.epoch = get.getColumn(1).getString();
      if (name == "feed_mark") standing.feed.mark = get.getColumn(1).getString();
      if (name == "offset_boot") clock.boot_id = get.getColumn(1).getString();
    }
    get.reset();
    if (measured) standing.clock = std::move(clock);
    return standing;
  });
}

Expected<void> Store::note_contact(Timestamp now, const std::optional<ClockMeasure>& clock) {
  return guarded("noting the hub's answer", [&]() -> Expected<void> {
    WriteScope write(*in_);
    in_->set("hub_contact", std::to_string(ms_of(now)));
    if (clock) {
      in_->set("offset", std::to_string(clock->offset_ms));
      in_->set("offset_boot", clock->boot_id);
      in_->set("hub_minus_boot", std::to_string(clock->hub_minus_boot_ms));
      in_->set("known_time", std::to_string(ms_of(now) + clock->offset_ms));
    }
    write.commit();
    return {};
  });
}

Expected<KeyRing> Store::keys() {
  return guarded("reading the keys", [&]() -> Expected<KeyRing> {
    KeyRing ring;
    SQLite::Statement& get = in_->use("SELECT public_key, issuer, kind FROM issuer_key");
    while (get.executeStep()) {
      // One of a kind that only a later version knew would verify the wrong things as any other.
      if (const auto kind = key_kind_named(get.getColumn(2).getString())) {
        ring.push_back({bytes_of<32>(get.getColumn(0)), get.getColumn(1).getString(), *kind});
      }
    }
    get.reset();
    return ring;
  });
}

}  // namespace lanyard::sync
