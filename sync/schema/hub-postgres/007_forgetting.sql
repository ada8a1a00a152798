-- As in sync/schema/hub: people are erased from a journal that stays append-only, and all of them when the event is purged.

CREATE TABLE pseudonym (
  event     text COLLATE "C" NOT NULL REFERENCES hub,
  subject   bytea NOT NULL,
  pseudonym text COLLATE "C" NOT NULL,
  category  text COLLATE "C" NOT NULL,
  PRIMARY KEY (event, subject)
);

CREATE TABLE erased_row (
  event   text COLLATE "C" NOT NULL REFERENCES hub,
  device  text COLLATE "C" NOT NULL,
  seq     bigint NOT NULL,
  erasure bigint NOT NULL,
  PRIMARY KEY (event, device, seq)
);
CREATE INDEX erased_row_by_erasure ON erased_row (event, erasure);

CREATE TABLE purge (
  event  text COLLATE "C" PRIMARY KEY REFERENCES hub,
  at     bigint NOT NULL,
  report text NOT NULL
);

CREATE TABLE purged_chain (
  event  text COLLATE "C" NOT NULL REFERENCES hub,
  device text COLLATE "C" NOT NULL,
  seq    bigint NOT NULL,
  hash   bytea,
  PRIMARY KEY (event, device)
);

CREATE FUNCTION journal_forgets() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF EXISTS (SELECT 1 FROM purge p WHERE p.event = OLD.event) THEN RETURN OLD; END IF;
  ELSIF EXISTS (SELECT 1 FROM erased_row e WHERE e.event = OLD.event AND e.device = OLD.device AND e.seq = OLD.seq)
      AND (NEW.record::json ->> 'erased') IS NOT DISTINCT FROM 'true'
      AND (NEW.event, NEW.hub_seq, NEW.device, NEW.seq, NEW.kind, NEW.generation, NEW.hash, NEW.received, NEW.id)
        IS NOT DISTINCT FROM
          (OLD.event, OLD.hub_seq, OLD.device, OLD.seq, OLD.kind, OLD.generation, OLD.hash, OLD.received, OLD.id) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the journal is append-only';
END $$;

DROP TRIGGER journal_keeps_rows ON journal;
CREATE TRIGGER journal_keeps_rows BEFORE DELETE ON journal FOR EACH ROW EXECUTE FUNCTION journal_forgets();
DROP TRIGGER journal_keeps_contents ON journal;
CREATE TRIGGER journal_keeps_contents BEFORE UPDATE OF
  event, hub_seq, device, seq, kind, attendee, generation, hash, received, record, id ON journal
  FOR EACH ROW EXECUTE FUNCTION journal_forgets();
