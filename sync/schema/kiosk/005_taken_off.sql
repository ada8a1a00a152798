-- Whom the roster named once and does no longer: they are not let in as somebody whom it has yet to name. A credential
-- that belongs to nobody any more has '' for its attendee.
CREATE TABLE taken_off (attendee TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

-- Keys that a ring of this hub has dropped. None comes back, not by a hub that was restored either.
CREATE TABLE dropped_key (public_key BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
