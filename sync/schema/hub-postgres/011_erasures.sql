-- As in sync/schema/hub: kiosks and venues hear of an erasure as of any change of the roster, by its version.
ALTER TABLE pseudonym ADD COLUMN version bigint NOT NULL DEFAULT 0;
UPDATE pseudonym SET version = h.version +
  (SELECT count(*) FROM pseudonym p WHERE p.event = pseudonym.event AND p.subject <= pseudonym.subject)
  FROM hub h WHERE h.event = pseudonym.event;
UPDATE hub SET version = version + (SELECT count(*) FROM pseudonym p WHERE p.event = hub.event);
CREATE UNIQUE INDEX pseudonym_by_version ON pseudonym (event, version);
