-- As in sync/schema/hub: what the hub speaks TLS by where that is a key of its own. All hubs of an event have the same.
CREATE TABLE tls_identity (
  event       text COLLATE "C" PRIMARY KEY REFERENCES hub,
  certificate text NOT NULL,
  secret_key  text NOT NULL
);
