-- From where a code was tried that is none, as hex of the address: one caller's guesses are not everybody's.
ALTER TABLE wrong_code ADD COLUMN peer TEXT NOT NULL DEFAULT '';
