-- See sync/schema/hub.
ALTER TABLE device ADD COLUMN is_hub integer NOT NULL DEFAULT 0;
CREATE TABLE uplink (
  event          text COLLATE "C" PRIMARY KEY REFERENCES hub,
  hub            text NOT NULL,
  pin            text NOT NULL,
  device         text NOT NULL,
  token          text NOT NULL,
  roster_epoch   text NOT NULL DEFAULT '',
  roster_version bigint NOT NULL DEFAULT 0,
  keys_version   bigint NOT NULL DEFAULT 0,
  feed_seq       bigint NOT NULL DEFAULT 0,
  feed_mark      text NOT NULL DEFAULT '',
  standing       text NOT NULL DEFAULT '',
  contact        bigint,
  waiting        bigint NOT NULL DEFAULT 0
);
