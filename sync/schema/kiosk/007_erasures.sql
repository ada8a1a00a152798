-- Whom the hub has erased: by the keyed fingerprint of an id of theirs, and never by the id.
CREATE TABLE erased_id (
  subject   BLOB PRIMARY KEY,
  pseudonym TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX erased_id_by_pseudonym ON erased_id (pseudonym);

-- Rows of which an erasure has taken what they said of a person.
ALTER TABLE journal ADD COLUMN erased INTEGER NOT NULL DEFAULT 0;
DROP TRIGGER journal_keeps_contents;
-- As the hub passed them on before this was noted.
UPDATE journal SET erased = 1
  WHERE detail = '' AND basis = '' AND device <> coalesce((SELECT CAST(value AS TEXT) FROM setting WHERE name = 'device'), '')
    AND (attendee GLOB 'erased-??????????????????????' OR related GLOB 'erased-??????????????????????'
         OR operator GLOB 'erased-??????????????????????');

-- Of a row that the hub has given its verdict on, what it said of a person goes, and nothing else of it changes.
CREATE TRIGGER journal_keeps_contents BEFORE UPDATE OF
  device, seq, id, hlc_wall, hlc_counter, boot_id, monotonic, wall, clock_offset, kind, attendee, checkpoint, zone,
  operator, roster_version, rule, generation, detail, related, target, basis, prev_hash, hash, erased ON journal
WHEN NEW.erased <> 1 OR OLD.standing = 0 OR NEW.detail <> '' OR NEW.basis <> '' OR NEW.rule NOT IN (OLD.rule, '')
  OR (NEW.attendee <> OLD.attendee AND NOT EXISTS (SELECT 1 FROM erased_id WHERE pseudonym = NEW.attendee))
  OR (NEW.related <> OLD.related AND NOT EXISTS (SELECT 1 FROM erased_id WHERE pseudonym = NEW.related))
  OR (NEW.operator <> OLD.operator AND NOT EXISTS (SELECT 1 FROM erased_id WHERE pseudonym = NEW.operator))
  OR (NEW.device, NEW.seq, NEW.id, NEW.hlc_wall, NEW.hlc_counter, NEW.boot_id, NEW.monotonic, NEW.wall, NEW.clock_offset,
      NEW.kind, NEW.checkpoint, NEW.zone, NEW.roster_version, NEW.generation, NEW.target, NEW.prev_hash, NEW.hash)
     IS NOT (OLD.device, OLD.seq, OLD.id, OLD.hlc_wall, OLD.hlc_counter, OLD.boot_id, OLD.monotonic, OLD.wall, OLD.clock_offset,
      OLD.kind, OLD.checkpoint, OLD.zone, OLD.roster_version, OLD.generation, OLD.target, OLD.prev_hash, OLD.hash)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
