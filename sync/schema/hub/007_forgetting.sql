-- People are erased from a journal that stays append-only, and all of them when the event is purged.

-- Who was erased: of their ids (the attendee's own, and those of their tickets) a keyed fingerprint, so that rows which a
-- kiosk tells of late find the same pseudonym, and no list brings them back. The category is what counts are kept by.
CREATE TABLE pseudonym (
  subject   BLOB PRIMARY KEY,
  pseudonym TEXT NOT NULL,
  category  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Which rows were erased, and by which row of the hub's own chain that vouches for it.
CREATE TABLE erased_row (
  device  TEXT NOT NULL,
  seq     INTEGER NOT NULL,
  erasure INTEGER NOT NULL,        -- seq of the row of the hub's
  PRIMARY KEY (device, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX erased_row_by_erasure ON erased_row (erasure);

CREATE TABLE purge (               -- one row, once the event was purged
  only   INTEGER PRIMARY KEY CHECK (only = 1),
  at     INTEGER NOT NULL,
  report TEXT NOT NULL             -- JSON: counts, and no person
) STRICT;

CREATE TABLE purged_chain (        -- where each device's chain stood, so that it goes on from there
  device TEXT PRIMARY KEY,
  seq    INTEGER NOT NULL,
  hash   BLOB                      -- NULL where that could not be read
) STRICT, WITHOUT ROWID;

DROP TRIGGER journal_keeps_rows;
CREATE TRIGGER journal_keeps_rows BEFORE DELETE ON journal
WHEN NOT EXISTS (SELECT 1 FROM purge)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- Of an erased row what it said of a person goes, and nothing else of it changes.
DROP TRIGGER journal_keeps_contents;
CREATE TRIGGER journal_keeps_contents BEFORE UPDATE OF
  hub_seq, device, seq, kind, attendee, generation, hash, received, record, id ON journal
WHEN NOT EXISTS (SELECT 1 FROM erased_row e WHERE e.device = OLD.device AND e.seq = OLD.seq)
  OR instr(NEW.record, '"erased":true') = 0   -- of the record itself: within a text the quotes would be escaped
  OR (NEW.hub_seq, NEW.device, NEW.seq, NEW.kind, NEW.generation, NEW.hash, NEW.received, NEW.id)
     IS NOT (OLD.hub_seq, OLD.device, OLD.seq, OLD.kind, OLD.generation, OLD.hash, OLD.received, OLD.id)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
