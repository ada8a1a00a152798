-- See sync/schema/hub.
CREATE TABLE photo (
  event text COLLATE "C" NOT NULL REFERENCES hub,
  hash  text COLLATE "C" NOT NULL,
  bytes bytea NOT NULL,
  PRIMARY KEY (event, hash)
);
