-- Portraits of those on the roster, by the SHA-256 of their bytes. Fetched one by one when the roster is complete.
CREATE TABLE photo (
  hash  TEXT PRIMARY KEY,
  bytes BLOB NOT NULL
) STRICT, WITHOUT ROWID;
ALTER TABLE attendee ADD COLUMN photo TEXT NOT NULL DEFAULT '';
CREATE INDEX attendee_photo ON attendee (photo) WHERE photo <> '';
