-- Each process that changes the roster begins at versions that nobody has had. A kiosk whose version comes from what a hub
-- that was restored from a backup has lost is thereby known: it lies between two stretches, where none was ever given.
CREATE TABLE stretch (
  writer         TEXT PRIMARY KEY,  -- random, of the process
  version_before INTEGER NOT NULL,  -- the last of the stretch before
  version_from   INTEGER NOT NULL   -- and behind which this one begins
) STRICT, WITHOUT ROWID;
