-- What a key may sign: Lanyard's credentials, or tickets of pretix.
ALTER TABLE issuer_key ADD COLUMN kind TEXT NOT NULL DEFAULT 'lanyard';
-- Of the ring, in seconds since 1970 UTC or one more than the last. 0 until it first changes: a kiosk that has heard of a
-- version takes over no lower one, and this hub may have been restored from a backup.
ALTER TABLE hub ADD COLUMN keys_version INTEGER NOT NULL DEFAULT 0;
-- All keys that the hub can sign with; hub.signing_key is the one that it does.
CREATE TABLE own_key (
  public_key BLOB PRIMARY KEY,
  secret_key BLOB NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO own_key SELECT substr(signing_key, 33, 32), signing_key FROM hub;
