-- The hub's store, version 1. Times are milliseconds since 1970 UTC.
-- A roster version counts every change: each changed record takes the next one, and readers page by it.

CREATE TABLE hub (                 -- one row: what init made
  only            INTEGER PRIMARY KEY CHECK (only = 1),
  epoch           TEXT NOT NULL,
  signing_key     BLOB NOT NULL,
  fingerprint_key BLOB NOT NULL,
  version         INTEGER NOT NULL
) STRICT;

CREATE TABLE frame (               -- event, checkpoints and key ring change as wholes: when each last did
  part    TEXT PRIMARY KEY,        -- 'event', 'checkpoints', 'keys'
  version INTEGER NOT NULL,
  record  TEXT NOT NULL DEFAULT '' -- of 'event'
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoint (
  id       TEXT PRIMARY KEY,
  position INTEGER NOT NULL,       -- as in the event's file
  record   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE issuer_key (
  public_key BLOB PRIMARY KEY,
  issuer     TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE attendee (
  id      TEXT PRIMARY KEY,
  version INTEGER NOT NULL UNIQUE,
  record  TEXT                     -- as on the wire; NULL = removed: all that stays is the id
) STRICT, WITHOUT ROWID;

CREATE TABLE credential (          -- opaque texts, as keyed fingerprints only
  fingerprint BLOB PRIMARY KEY,
  attendee    TEXT NOT NULL,
  generation  INTEGER NOT NULL,
  version     INTEGER NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;
CREATE INDEX credential_by_attendee ON credential (attendee);

CREATE TABLE device (
  id             TEXT PRIMARY KEY,
  name           TEXT NOT NULL,
  checkpoint     TEXT NOT NULL,
  token_hash     BLOB,             -- once enrolled
  code_hash      BLOB UNIQUE,      -- while a one-time code waits
  code_until     INTEGER,
  revoked        INTEGER NOT NULL DEFAULT 0,
  last_contact   INTEGER,          -- the rest is of the last heartbeat
  software       TEXT NOT NULL DEFAULT '',
  last_seq       INTEGER NOT NULL DEFAULT 0,
  unsent         INTEGER NOT NULL DEFAULT 0,
  rejected       INTEGER NOT NULL DEFAULT 0,
  roster_version INTEGER NOT NULL DEFAULT 0,
  clock_ahead_ms INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE wrong_code (at INTEGER NOT NULL) STRICT;

CREATE TABLE journal (
  hub_seq  INTEGER PRIMARY KEY AUTOINCREMENT,  -- the order in which it was heard
  device   TEXT NOT NULL,
  seq      INTEGER NOT NULL,
  kind     TEXT NOT NULL,
  attendee TEXT NOT NULL,
  generation INTEGER NOT NULL,
  hash     BLOB NOT NULL,
  received INTEGER NOT NULL,
  record   TEXT NOT NULL,                      -- as on the wire
  UNIQUE (device, seq)
) STRICT;
CREATE INDEX journal_by_attendee ON journal (attendee, hub_seq) WHERE attendee <> '';
CREATE INDEX journal_alerts ON journal (hub_seq) WHERE kind = 'alert';

CREATE TRIGGER journal_keeps_rows BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_keeps_contents BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- Rows that could not be taken. They are kept too, and the device's chain goes on behind them.
CREATE TABLE set_aside (
  device   TEXT NOT NULL,
  seq      INTEGER NOT NULL,
  hash     BLOB,                   -- as the row claims it; NULL where that could not be read
  why      TEXT NOT NULL,
  received INTEGER NOT NULL,
  record   TEXT NOT NULL,
  PRIMARY KEY (device, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE alert_raised (        -- what an alert was about, so that it is raised once
  subject TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
