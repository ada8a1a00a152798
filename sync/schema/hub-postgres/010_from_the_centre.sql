-- See sync/schema/hub.
ALTER TABLE attendee ADD COLUMN photo text COLLATE "C" GENERATED ALWAYS AS (record::json ->> 'photo') STORED;
CREATE INDEX attendee_by_photo ON attendee (event, photo) WHERE photo IS NOT NULL;
ALTER TABLE uplink ADD COLUMN notices text NOT NULL DEFAULT '';
ALTER TABLE uplink ADD COLUMN notices_version text NOT NULL DEFAULT '';
ALTER TABLE device ADD COLUMN centre_orders text NOT NULL DEFAULT '';
ALTER TABLE uplink ADD COLUMN token_before text NOT NULL DEFAULT '';
