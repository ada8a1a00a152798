-- Presence is counted from the journal in the order of sync/order.hpp.
ALTER TABLE presence DROP COLUMN hlc_wall;
ALTER TABLE presence DROP COLUMN hlc_counter;

-- Rows that did not know the hub's time, and those of the same boot that did.
CREATE INDEX journal_guessed ON journal (device, boot_id) WHERE clock_offset IS NULL;
CREATE INDEX journal_known ON journal (device, boot_id, seq) WHERE clock_offset IS NOT NULL;
