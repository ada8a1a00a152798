-- See sync/schema/hub.
ALTER TABLE uplink ADD COLUMN traces integer NOT NULL DEFAULT 0;
