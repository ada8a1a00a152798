-- The kiosk's store, version 1. Times are milliseconds since 1970 UTC.

CREATE TABLE setting (          -- identity, cursors, last contact: one row a fact
  name  TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE attendee (
  id         TEXT PRIMARY KEY,
  delegation TEXT NOT NULL,
  record     TEXT NOT NULL,     -- as on the wire
  pass       INTEGER NOT NULL   -- the whole-roster pass that last named it
) STRICT, WITHOUT ROWID;
CREATE INDEX attendee_by_delegation ON attendee (delegation);

CREATE TABLE search_word (      -- folded words by which staff find an attendee
  word     TEXT NOT NULL,
  attendee TEXT NOT NULL,
  PRIMARY KEY (word, attendee)
) STRICT, WITHOUT ROWID;
CREATE INDEX search_word_by_attendee ON search_word (attendee);

CREATE TABLE credential (       -- opaque texts, as keyed fingerprints only
  fingerprint BLOB PRIMARY KEY,
  attendee    TEXT NOT NULL,
  generation  INTEGER NOT NULL,
  pass        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX credential_by_attendee ON credential (attendee);

CREATE TABLE checkpoint (
  id     TEXT PRIMARY KEY,
  record TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE issuer_key (
  public_key BLOB PRIMARY KEY,
  issuer     TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
  device         TEXT NOT NULL,
  seq            INTEGER NOT NULL,
  id             TEXT NOT NULL UNIQUE,
  hlc_wall       INTEGER NOT NULL,
  hlc_counter    INTEGER NOT NULL,
  boot_id        TEXT NOT NULL,
  monotonic      INTEGER NOT NULL,
  wall           INTEGER NOT NULL,
  clock_offset   INTEGER,
  kind           TEXT NOT NULL,
  attendee       TEXT NOT NULL,
  checkpoint     TEXT NOT NULL,
  zone           TEXT NOT NULL,
  operator       TEXT NOT NULL,
  roster_version INTEGER NOT NULL,
  rule           TEXT NOT NULL,
  generation     INTEGER NOT NULL,
  detail         TEXT NOT NULL,
  prev_hash      BLOB NOT NULL,
  hash           BLOB NOT NULL,
  hub_seq        INTEGER,                     -- once the hub has it
  standing       INTEGER NOT NULL DEFAULT 0,  -- 0 unsent, 1 at the hub, 2 rejected by the hub
  why            TEXT NOT NULL DEFAULT '',    -- of a rejection
  PRIMARY KEY (device, seq)
) STRICT;
CREATE INDEX journal_by_attendee ON journal (attendee, kind);
CREATE INDEX journal_waiting ON journal (device, seq) WHERE standing <> 1;
CREATE INDEX journal_by_hlc ON journal (hlc_wall, hlc_counter);

-- Append-only: nobody changes what was written, and nobody takes it away. Only the standing with the hub moves.
CREATE TRIGGER journal_keeps_rows BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
-- INSERT OR REPLACE takes rows away without asking the trigger above.
CREATE TRIGGER journal_keeps_places BEFORE INSERT ON journal
WHEN EXISTS (SELECT 1 FROM journal WHERE (device = NEW.device AND seq = NEW.seq) OR id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_keeps_contents BEFORE UPDATE OF
  device, seq, id, hlc_wall, hlc_counter, boot_id, monotonic, wall, clock_offset, kind, attendee, checkpoint, zone,
  operator, roster_version, rule, generation, detail, prev_hash, hash ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TABLE presence (         -- what the journal says, kept up with it in the same transactions
  zone             TEXT NOT NULL,
  attendee         TEXT NOT NULL,
  inside           INTEGER NOT NULL,
  entries          INTEGER NOT NULL,
  last_entry       INTEGER,     -- corrected by the device's known offset
  last_exit        INTEGER,
  entry_checkpoint TEXT NOT NULL DEFAULT '',
  entry_device     TEXT NOT NULL DEFAULT '',
  hlc_wall         INTEGER NOT NULL,
  hlc_counter      INTEGER NOT NULL,
  PRIMARY KEY (zone, attendee)
) STRICT, WITHOUT ROWID;
CREATE INDEX presence_inside ON presence (zone) WHERE inside = 1;
