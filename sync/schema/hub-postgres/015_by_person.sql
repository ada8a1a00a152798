-- The event is asked for with the attendee. While there were no statistics (after pg_restore, or before autovacuum came round) an
-- index without it was held against that of the whole event, and each person cost a look at all rows.
CREATE INDEX journal_by_person ON journal (event, attendee, hub_seq) WHERE attendee <> '';
DROP INDEX journal_by_attendee;
