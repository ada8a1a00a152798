-- See sync/schema/hub.
ALTER TABLE device ADD COLUMN orders text NOT NULL DEFAULT '';
CREATE TABLE notice (
  event  text COLLATE "C" NOT NULL REFERENCES hub,
  id     text COLLATE "C" NOT NULL,
  record text NOT NULL,
  PRIMARY KEY (event, id)
);
ALTER TABLE device ADD COLUMN token_since bigint;
ALTER TABLE device ADD COLUMN next_token_hash bytea;
