-- A device that is the hub of a venue: it brings the rows of its own kiosks, whose ids begin with its own.
ALTER TABLE device ADD COLUMN is_hub INTEGER NOT NULL DEFAULT 0;
CREATE TABLE uplink (              -- one row of a hub that has joined another, the centre
  only           INTEGER PRIMARY KEY CHECK (only = 1),
  hub            TEXT NOT NULL,    -- its address
  pin            TEXT NOT NULL,    -- and the key that it must have, or ''
  device         TEXT NOT NULL,    -- who this hub is there
  token          TEXT NOT NULL,
  roster_epoch   TEXT NOT NULL DEFAULT '',
  roster_version INTEGER NOT NULL DEFAULT 0,
  keys_version   INTEGER NOT NULL DEFAULT 0,
  feed_seq       INTEGER NOT NULL DEFAULT 0,
  feed_mark      TEXT NOT NULL DEFAULT '',
  standing       TEXT NOT NULL DEFAULT '',  -- the rest is for people
  contact        INTEGER,
  waiting        INTEGER NOT NULL DEFAULT 0
) STRICT;
