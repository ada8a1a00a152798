-- See sync/schema/hub.
ALTER TABLE attendee ADD COLUMN photo text COLLATE "C" GENERATED ALWAYS AS (record::json ->> 'photo') STORED;
CREATE INDEX attendee_by_photo ON attendee (event, photo) WHERE photo IS NOT NULL;
