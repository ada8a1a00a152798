-- Rows say what they are about and what a decision was based on.
ALTER TABLE journal ADD COLUMN related TEXT NOT NULL DEFAULT '';
ALTER TABLE journal ADD COLUMN target  TEXT NOT NULL DEFAULT '';
ALTER TABLE journal ADD COLUMN basis   TEXT NOT NULL DEFAULT '';
CREATE INDEX journal_by_related ON journal (related) WHERE related <> '';
CREATE INDEX journal_by_target ON journal (target) WHERE target <> '';
-- The highest generation without a look at the rows.
CREATE INDEX journal_generation ON journal (attendee, generation) WHERE attendee <> '';
-- Who stands in for whom.
CREATE INDEX journal_substitutions ON journal (attendee, related) WHERE kind = 'substituted';
-- Whom this kiosk let in unknown.
CREATE INDEX journal_provisional ON journal (device, seq) WHERE rule = 'admit.provisional';
DROP TRIGGER journal_keeps_contents;
CREATE TRIGGER journal_keeps_contents BEFORE UPDATE OF
  device, seq, id, hlc_wall, hlc_counter, boot_id, monotonic, wall, clock_offset, kind, attendee, checkpoint, zone,
  operator, roster_version, rule, generation, detail, related, target, basis, prev_hash, hash ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- Every policy by which this kiosk, or another, may have decided, by policy_id.
CREATE TABLE policy (
  id     TEXT PRIMARY KEY,
  record TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- By what people inside are counted, and who is staff.
ALTER TABLE attendee ADD COLUMN organisation TEXT NOT NULL DEFAULT '';
ALTER TABLE attendee ADD COLUMN companion_of TEXT NOT NULL DEFAULT '';
ALTER TABLE attendee ADD COLUMN role         TEXT NOT NULL DEFAULT '';
UPDATE attendee SET organisation = coalesce(json_extract(record, '$.organisation'), ''),
                    companion_of = coalesce(json_extract(record, '$.companion_of'), '');
CREATE INDEX attendee_staff ON attendee (role) WHERE role <> '';

-- Counted anew from the journal when the store is opened next.
DROP TABLE presence;
CREATE TABLE presence (         -- what the journal says, kept up with it in the same transactions
  zone             TEXT NOT NULL,
  attendee         TEXT NOT NULL,
  inside           INTEGER NOT NULL,
  day              INTEGER NOT NULL,  -- the venue's, of the last entry
  entries          INTEGER NOT NULL,
  last_entry       INTEGER,           -- by the hub's clock, see sync/order.hpp
  last_exit        INTEGER,
  entry_checkpoint TEXT NOT NULL DEFAULT '',
  entry_device     TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (zone, attendee)
) STRICT, WITHOUT ROWID;
CREATE INDEX presence_of_attendee ON presence (attendee);
CREATE INDEX presence_inside ON presence (zone, day) WHERE inside = 1;

-- How many are inside, of all and of each group, by the day they came in. The triggers below keep it, whatever changes
-- presence or roster: a count is one row, however many people there are.
CREATE TABLE occupancy (
  zone   TEXT NOT NULL,
  day    INTEGER NOT NULL,
  scope  TEXT NOT NULL,         -- 'all', 'delegation', 'organisation', 'companions'
  who    TEXT NOT NULL,         -- '' of all, else the group's id or name
  people INTEGER NOT NULL,
  PRIMARY KEY (zone, day, scope, who)
) STRICT, WITHOUT ROWID;

CREATE VIEW group_of (attendee, scope, who) AS
  SELECT id, 'delegation', delegation FROM attendee WHERE delegation <> ''
  UNION ALL SELECT id, 'organisation', organisation FROM attendee WHERE organisation <> ''
  UNION ALL SELECT id, 'companions', companion_of FROM attendee WHERE companion_of <> '';

CREATE TRIGGER presence_begins AFTER INSERT ON presence WHEN NEW.inside = 1
BEGIN
  INSERT INTO occupancy VALUES (NEW.zone, NEW.day, 'all', '', 1)
    ON CONFLICT (zone, day, scope, who) DO UPDATE SET people = people + 1;
  INSERT INTO occupancy SELECT NEW.zone, NEW.day, scope, who, 1 FROM group_of WHERE attendee = NEW.attendee
    ON CONFLICT (zone, day, scope, who) DO UPDATE SET people = people + 1;
END;
CREATE TRIGGER presence_changes_from AFTER UPDATE ON presence
WHEN OLD.inside = 1 AND (NEW.inside <> 1 OR NEW.day <> OLD.day)
BEGIN
  UPDATE occupancy SET people = people - 1
    WHERE zone = OLD.zone AND day = OLD.day AND scope = 'all' AND who = '';
  UPDATE occupancy SET people = people - 1
    WHERE zone = OLD.zone AND day = OLD.day
      AND (scope, who) IN (SELECT scope, who FROM group_of WHERE attendee = OLD.attendee);
END;
CREATE TRIGGER presence_changes_to AFTER UPDATE ON presence
WHEN NEW.inside = 1 AND (OLD.inside <> 1 OR NEW.day <> OLD.day)
BEGIN
  INSERT INTO occupancy VALUES (NEW.zone, NEW.day, 'all', '', 1)
    ON CONFLICT (zone, day, scope, who) DO UPDATE SET people = people + 1;
  INSERT INTO occupancy SELECT NEW.zone, NEW.day, scope, who, 1 FROM group_of WHERE attendee = NEW.attendee
    ON CONFLICT (zone, day, scope, who) DO UPDATE SET people = people + 1;
END;

-- Who joins, changes or leaves a group takes along where they are inside.
CREATE TRIGGER attendee_joins AFTER INSERT ON attendee
BEGIN
  INSERT INTO occupancy
    SELECT p.zone, p.day, g.scope, g.who, 1 FROM presence p, group_of g
      WHERE p.attendee = NEW.id AND p.inside = 1 AND g.attendee = NEW.id
    ON CONFLICT (zone, day, scope, who) DO UPDATE SET people = people + 1;
END;
CREATE TRIGGER attendee_leaves BEFORE DELETE ON attendee
BEGIN
  UPDATE occupancy SET people = people - 1
    WHERE (zone, day) IN (SELECT zone, day FROM presence WHERE attendee = OLD.id AND inside = 1)
      AND (scope, who) IN (SELECT scope, who FROM group_of WHERE attendee = OLD.id);
END;
CREATE TRIGGER attendee_changes_from BEFORE UPDATE OF delegation, organisation, companion_of ON attendee
WHEN OLD.delegation <> NEW.delegation OR OLD.organisation <> NEW.organisation OR OLD.companion_of <> NEW.companion_of
BEGIN
  UPDATE occupancy SET people = people - 1
    WHERE (zone, day) IN (SELECT zone, day FROM presence WHERE attendee = OLD.id AND inside = 1)
      AND (scope, who) IN (SELECT scope, who FROM group_of WHERE attendee = OLD.id);
END;
CREATE TRIGGER attendee_changes_to AFTER UPDATE OF delegation, organisation, companion_of ON attendee
WHEN OLD.delegation <> NEW.delegation OR OLD.organisation <> NEW.organisation OR OLD.companion_of <> NEW.companion_of
BEGIN
  INSERT INTO occupancy
    SELECT p.zone, p.day, g.scope, g.who, 1 FROM presence p, group_of g
      WHERE p.attendee = NEW.id AND p.inside = 1 AND g.attendee = NEW.id
    ON CONFLICT (zone, day, scope, who) DO UPDATE SET people = people + 1;
END;
