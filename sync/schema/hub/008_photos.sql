-- Portraits, by the SHA-256 of their bytes, which an attendee's record names.
CREATE TABLE photo (
  hash  TEXT PRIMARY KEY,
  bytes BLOB NOT NULL
) STRICT, WITHOUT ROWID;
