-- Of somebody whom the centre has erased, something may be left in the file, which is to be written anew.
ALTER TABLE uplink ADD COLUMN traces INTEGER NOT NULL DEFAULT 0;
