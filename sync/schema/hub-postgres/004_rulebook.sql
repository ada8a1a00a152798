-- The hub's store in PostgreSQL. Numbers mean what they mean in sync/schema/hub: this file makes what 001 to 004 make there,
-- and both databases go on from here with the same numbers. Times are milliseconds since 1970 UTC; texts are compared byte by
-- byte, as SQLite does. One database holds several events: each table says of which a row is.

CREATE TABLE hub (                 -- one row an event: what init made
  event           text COLLATE "C" PRIMARY KEY,
  number          integer GENERATED ALWAYS AS IDENTITY UNIQUE,  -- names its partitions and its sequence
  epoch           text NOT NULL,
  signing_key     bytea NOT NULL,
  fingerprint_key bytea NOT NULL,
  version         bigint NOT NULL,
  keys_version    bigint NOT NULL DEFAULT 0
);

CREATE TABLE frame (               -- event, checkpoints and key ring change as wholes: when each last did
  event   text COLLATE "C" NOT NULL REFERENCES hub,
  part    text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  record  text NOT NULL DEFAULT '',
  PRIMARY KEY (event, part)
);

CREATE TABLE checkpoint (
  event    text COLLATE "C" NOT NULL REFERENCES hub,
  id       text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  record   text NOT NULL,
  PRIMARY KEY (event, id)
);

CREATE TABLE issuer_key (
  event      text COLLATE "C" NOT NULL REFERENCES hub,
  public_key bytea NOT NULL,
  issuer     text COLLATE "C" NOT NULL,
  kind       text COLLATE "C" NOT NULL DEFAULT 'lanyard',
  PRIMARY KEY (event, public_key)
);

CREATE TABLE own_key (
  event      text COLLATE "C" NOT NULL REFERENCES hub,
  public_key bytea NOT NULL,
  secret_key bytea NOT NULL,
  PRIMARY KEY (event, public_key)
);

CREATE TABLE attendee (
  event   text COLLATE "C" NOT NULL REFERENCES hub,
  id      text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  record  text,                    -- as on the wire; NULL = removed: all that stays is the id
  PRIMARY KEY (event, id),
  UNIQUE (event, version)
);

CREATE TABLE credential (
  event       text COLLATE "C" NOT NULL REFERENCES hub,
  fingerprint bytea NOT NULL,
  attendee    text COLLATE "C" NOT NULL,
  generation  bigint NOT NULL,
  PRIMARY KEY (event, fingerprint)
);
CREATE INDEX credential_by_attendee ON credential (event, attendee, generation);

CREATE TABLE device (
  event          text COLLATE "C" NOT NULL REFERENCES hub,
  id             text COLLATE "C" NOT NULL,
  name           text NOT NULL,
  checkpoint     text NOT NULL,
  token_hash     bytea,
  code_hash      bytea,
  code_until     bigint,
  revoked        integer NOT NULL DEFAULT 0,
  last_contact   bigint,
  software       text NOT NULL DEFAULT '',
  last_seq       bigint NOT NULL DEFAULT 0,
  unsent         bigint NOT NULL DEFAULT 0,
  rejected       bigint NOT NULL DEFAULT 0,
  roster_version bigint NOT NULL DEFAULT 0,
  clock_ahead_ms bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (event, id),
  UNIQUE (event, code_hash)
);

CREATE TABLE wrong_code (
  event text COLLATE "C" NOT NULL REFERENCES hub,
  at    bigint NOT NULL
);
CREATE INDEX wrong_code_by_time ON wrong_code (event, at);

CREATE TABLE policy (
  event  text COLLATE "C" NOT NULL REFERENCES hub,
  id     text COLLATE "C" NOT NULL,
  record text NOT NULL,
  PRIMARY KEY (event, id)
);

CREATE TABLE alert_raised (
  event   text COLLATE "C" NOT NULL REFERENCES hub,
  subject text COLLATE "C" NOT NULL,
  PRIMARY KEY (event, subject)
);

-- A partition an event: its indexes are no deeper than its own rows ask for, and an event that is over is detached and
-- dropped without a DELETE.
CREATE TABLE journal (
  event      text COLLATE "C" NOT NULL,
  hub_seq    bigint NOT NULL,
  device     text COLLATE "C" NOT NULL,
  seq        bigint NOT NULL,
  kind       text COLLATE "C" NOT NULL,
  attendee   text COLLATE "C" NOT NULL,
  generation bigint NOT NULL,
  hash       bytea NOT NULL,
  received   bigint NOT NULL,
  record     text NOT NULL,
  id         text COLLATE "C" NOT NULL,
  corrected  bigint NOT NULL,
  PRIMARY KEY (event, hub_seq),
  UNIQUE (event, device, seq)
) PARTITION BY LIST (event);
CREATE INDEX journal_by_attendee ON journal (attendee, hub_seq) WHERE attendee <> '';
CREATE INDEX journal_alerts ON journal (hub_seq) WHERE kind = 'alert';
CREATE INDEX journal_by_id ON journal (id);
CREATE INDEX journal_moves ON journal (corrected) WHERE kind IN ('admitted', 'exited', 'annulled');

CREATE TABLE set_aside (
  event    text COLLATE "C" NOT NULL,
  device   text COLLATE "C" NOT NULL,
  seq      bigint NOT NULL,
  hash     bytea,
  why      text NOT NULL,
  received bigint NOT NULL,
  record   text NOT NULL,
  PRIMARY KEY (event, device, seq)
) PARTITION BY LIST (event);

CREATE FUNCTION journal_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the journal is append-only';
END $$;
CREATE TRIGGER journal_keeps_rows BEFORE DELETE ON journal FOR EACH ROW EXECUTE FUNCTION journal_keeps();
CREATE TRIGGER journal_keeps_contents BEFORE UPDATE OF
  event, hub_seq, device, seq, kind, attendee, generation, hash, received, record, id ON journal
  FOR EACH ROW EXECUTE FUNCTION journal_keeps();

-- What init makes of an event. Partitions are attached, not made in place: that holds up no other event's rows. What
-- TRUNCATE asks for is no row's trigger, and is not handed down to partitions.
CREATE FUNCTION add_event(named text, its_epoch text, its_signing_key bytea, its_fingerprint_key bytea) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  n integer;
  part text;
BEGIN
  INSERT INTO hub (event, epoch, signing_key, fingerprint_key, version)
    VALUES (named, its_epoch, its_signing_key, its_fingerprint_key, 0) RETURNING number INTO n;
  EXECUTE format('CREATE SEQUENCE %I AS bigint', 'journal_numbers_' || n);
  FOREACH part IN ARRAY ARRAY['journal', 'set_aside'] LOOP
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL, CHECK (event = %L))', part || '_' || n, part, named);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES IN (%L)', part, part || '_' || n, named);
  END LOOP;
  EXECUTE format('CREATE TRIGGER journal_keeps_all BEFORE TRUNCATE ON %I EXECUTE FUNCTION journal_keeps()', 'journal_' || n);
END $$;

-- The highest number of the hub's order behind which none can come any more, with its row in sight; 0 while there is none.
--
-- Several processes append at once, and commit in another order than they took their numbers: a reader who has seen row 8
-- would never hear of row 7. So whoever is about to take numbers first holds a shared advisory lock (the event's number, the
-- lowest number that it can get: first_number) until its commit is in sight; and readers stop short of the lowest one held. What
-- was given out is looked at before the locks: who takes a lock later takes higher numbers. VOLATILE, and a statement for each
-- step, so that each sees what was committed by then; nobody's commit waits for another's.
CREATE FUNCTION journal_head(named text, its_number integer, numbers regclass) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  given bigint := coalesce(pg_sequence_last_value(numbers), 0);
  under_way bigint;
  head bigint;
BEGIN
  SELECT min(objid::bigint) INTO under_way FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 2 AND classid = its_number::oid
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database());
  SELECT max(hub_seq) INTO head FROM journal WHERE event = named AND hub_seq <= least(given, under_way - 1);
  RETURN coalesce(head, 0);
END $$;

-- The first number that a transaction takes; the others it takes by nextval. A lock's name has 31 bits for it: an event has
-- room for two thousand million rows.
CREATE FUNCTION first_number(its_number integer, numbers regclass) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(its_number, (coalesce(pg_sequence_last_value(numbers), 0) + 1)::integer);
  RETURN nextval(numbers);
END $$;
