-- What the hub speaks TLS by where that is a key of its own, as PEM: the kiosks have pinned it, so that it is in each copy of this.
CREATE TABLE tls_identity (
  only        INTEGER PRIMARY KEY CHECK (only = 1),
  certificate TEXT NOT NULL,
  secret_key  TEXT NOT NULL
) STRICT;
