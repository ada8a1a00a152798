-- Each process that writes begins at numbers that nobody has had. A kiosk whose cursor comes from what a hub that was
-- restored from a backup has lost is thereby known: its number lies between two stretches, where none was ever given.
CREATE TABLE stretch (
  writer         TEXT PRIMARY KEY,  -- random, of the process
  version_before INTEGER NOT NULL,  -- of the roster: the last of the stretch before
  version_from   INTEGER NOT NULL,  -- and behind which this one begins
  row_before     INTEGER NOT NULL,  -- the same of the journal's hub_seq
  row_from       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
