-- What a venue's hub has from the centre beside roster and rows (venue.hpp).
-- Photos: which is whose, so that those that are missing and those that nobody needs are looked up.
ALTER TABLE attendee ADD COLUMN photo TEXT NOT NULL DEFAULT '';
UPDATE attendee SET photo = coalesce(json_extract(record, '$.photo'), '');
CREATE INDEX attendee_by_photo ON attendee (photo) WHERE photo <> '';
-- The notices that the centre has for our kiosks, as JSON, with the version that it gave them; and what it wants of one kiosk.
ALTER TABLE uplink ADD COLUMN notices TEXT NOT NULL DEFAULT '';
ALTER TABLE uplink ADD COLUMN notices_version TEXT NOT NULL DEFAULT '';
ALTER TABLE device ADD COLUMN centre_orders TEXT NOT NULL DEFAULT '';
-- The token before the present one, which a centre that was restored from a backup still knows; '' = none.
ALTER TABLE uplink ADD COLUMN token_before TEXT NOT NULL DEFAULT '';
