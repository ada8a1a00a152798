-- What the office wants of a kiosk (orders.hpp), and of all of them: notices.
ALTER TABLE device ADD COLUMN orders TEXT NOT NULL DEFAULT '';
CREATE TABLE notice (
  id     TEXT PRIMARY KEY,
  record TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- A token that was handed out in place of the one in use, until it is used itself.
ALTER TABLE device ADD COLUMN token_since INTEGER;
ALTER TABLE device ADD COLUMN next_token_hash BLOB;
