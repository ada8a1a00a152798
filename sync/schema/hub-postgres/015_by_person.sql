-- The event is asked for with the attendee, the id and the time. While there were no statistics (after pg_restore, or before autovacuum
-- came round) an index without it was held against that of the whole event, and each row that was looked up cost a look at all.
CREATE INDEX journal_by_person ON journal (event, attendee, hub_seq) WHERE attendee <> '';
DROP INDEX journal_by_attendee;
DROP INDEX journal_by_id;
CREATE INDEX journal_by_id ON journal (event, id);
DROP INDEX journal_moves;
CREATE INDEX journal_moves ON journal (event, corrected) WHERE kind IN ('admitted', 'exited', 'annulled');
DROP INDEX journal_alerts;
CREATE INDEX journal_alerts ON journal (event, hub_seq) WHERE kind = 'alert';
