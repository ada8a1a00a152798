-- By which version of the protocol the centre's answers were read (wire.hpp), 0 = by one before the 7th; and the roster's version as
-- the page of roster_version told it.
ALTER TABLE uplink ADD COLUMN wire bigint NOT NULL DEFAULT 0;
ALTER TABLE uplink ADD COLUMN page_version bigint NOT NULL DEFAULT 0;
