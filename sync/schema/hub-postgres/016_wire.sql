-- By which version of the protocol the centre's answers were read (wire.hpp); 0 = by one before the 7th.
ALTER TABLE uplink ADD COLUMN wire INTEGER NOT NULL DEFAULT 0;
