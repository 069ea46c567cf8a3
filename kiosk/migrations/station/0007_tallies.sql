-- Counts without persons: by day, in the order of their own words, so that the file keeps no order of events.
CREATE TABLE tally (
  day TEXT NOT NULL,                      -- Beijing calendar day; nothing finer is kept
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL,
  words TEXT NOT NULL,
  many INTEGER NOT NULL,
  PRIMARY KEY (day, kind, subject, detail, words)
) WITHOUT ROWID;

-- Days that are over, shuffled and frozen; a row goes when the hub has signed that it was counted.
CREATE TABLE tally_batch (
  id TEXT PRIMARY KEY,
  body BLOB NOT NULL,
  parked_code TEXT NOT NULL DEFAULT ''    -- why the hub refused it for good
) WITHOUT ROWID;
