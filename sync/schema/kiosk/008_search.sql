-- Words by what they are (search_key.hpp), and when an attendee's were last made: the index in memory follows. Those of
-- attendees whose words_at is 0 are made before the next search.
DROP TABLE search_word;
CREATE TABLE search_word (
  kind     INTEGER NOT NULL,
  word     TEXT NOT NULL,
  attendee TEXT NOT NULL,
  PRIMARY KEY (kind, word, attendee)
) STRICT, WITHOUT ROWID;
CREATE INDEX search_word_by_attendee ON search_word (attendee);

ALTER TABLE attendee ADD COLUMN words_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX attendee_by_words ON attendee (words_at);

CREATE TABLE search_state (
  stamp    INTEGER NOT NULL,  -- the highest words_at
  removals INTEGER NOT NULL   -- attendees who are gone, counted
) STRICT;
INSERT INTO search_state VALUES (0, 0);
-- put_words has the last word; a daemon of an earlier version, that still runs, has none.
CREATE TRIGGER attendee_is_another AFTER UPDATE OF record ON attendee WHEN NEW.record <> OLD.record BEGIN
  UPDATE attendee SET words_at = 0 WHERE id = NEW.id;
END;
CREATE TRIGGER attendee_is_gone AFTER DELETE ON attendee BEGIN
  UPDATE search_state SET removals = removals + 1;
END;
