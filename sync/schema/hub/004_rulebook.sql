-- A row by its id, and when it was by the hub's clock as far as is known: `wall` in its record is what its device said.
DROP TRIGGER journal_keeps_contents;
ALTER TABLE journal ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE journal ADD COLUMN corrected INTEGER NOT NULL DEFAULT 0;
UPDATE journal SET id = json_extract(record, '$.id'), corrected = received;
CREATE INDEX journal_by_id ON journal (id);
CREATE INDEX journal_moves ON journal (corrected) WHERE kind IN ('admitted', 'exited', 'annulled');
-- Of what is known of a row's time there may come more; nothing else of it changes.
CREATE TRIGGER journal_keeps_contents BEFORE UPDATE OF
  hub_seq, device, seq, kind, attendee, generation, hash, received, record, id ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- Every policy by which a kiosk may have decided, by policy_id: so that a row of last week is explained by last week's.
CREATE TABLE policy (
  id     TEXT PRIMARY KEY,
  record TEXT NOT NULL
) STRICT, WITHOUT ROWID;
