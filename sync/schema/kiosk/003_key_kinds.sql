-- What a key may sign: Lanyard's credentials, or tickets of pretix.
ALTER TABLE issuer_key ADD COLUMN kind TEXT NOT NULL DEFAULT 'lanyard';
