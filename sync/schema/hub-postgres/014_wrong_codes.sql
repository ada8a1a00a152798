-- As in sync/schema/hub: from where a code was tried that is none.
ALTER TABLE wrong_code ADD COLUMN peer text COLLATE "C" NOT NULL DEFAULT '';
