-- Credentials have no version of their own: they go with their attendee, whose change carries all of them, so that readers
-- hear of one that is gone as well.
UPDATE attendee SET version = (SELECT max(version) FROM credential c WHERE c.attendee = attendee.id)
  WHERE version < (SELECT max(version) FROM credential c WHERE c.attendee = attendee.id);
CREATE TABLE credential_of (
  fingerprint BLOB PRIMARY KEY,
  attendee    TEXT NOT NULL,
  generation  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO credential_of SELECT fingerprint, attendee, generation FROM credential;
DROP TABLE credential;
ALTER TABLE credential_of RENAME TO credential;
CREATE INDEX credential_by_attendee ON credential (attendee, generation);
-- Readers may still hold what an earlier version took away without a word: they begin a whole roster.
UPDATE hub SET epoch = lower(hex(randomblob(16)));
