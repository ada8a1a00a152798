-- Each process that writes begins at numbers that nobody has had: versions of the roster, and places in the journal. A
-- kiosk whose cursor comes from what a hub that was restored from a backup has lost is thereby known: its version lies
-- between two stretches, where none was ever given, and at its place in the journal there is no row.
CREATE TABLE stretch (
  writer         TEXT PRIMARY KEY,  -- random, of the process
  version_before INTEGER NOT NULL,  -- the last of the stretch before
  version_from   INTEGER NOT NULL   -- and behind which this one begins
) STRICT, WITHOUT ROWID;
