-- As in sync/schema/hub: each process that changes an event's roster begins at versions that nobody has had.
CREATE TABLE stretch (
  event          text COLLATE "C" NOT NULL REFERENCES hub,
  writer         text COLLATE "C" NOT NULL,
  version_before bigint NOT NULL,
  version_from   bigint NOT NULL,
  PRIMARY KEY (event, writer)
);
