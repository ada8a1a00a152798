-- Kiosks and venues hear of an erasure as of any change of the roster, by its version.
ALTER TABLE pseudonym ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
-- They have not heard of those of before.
UPDATE pseudonym SET version = (SELECT version FROM hub) +
  (SELECT count(*) FROM pseudonym p WHERE p.subject <= pseudonym.subject);
UPDATE hub SET version = version + (SELECT count(*) FROM pseudonym);
CREATE UNIQUE INDEX pseudonym_by_version ON pseudonym (version);
