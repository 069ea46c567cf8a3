-- Batches of counts that were taken, each once.
CREATE TABLE tally_taken (
  device TEXT NOT NULL,
  id TEXT NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (device, id)
) WITHOUT ROWID;

-- Searches of all terminals that found nothing, by day; nothing says at which terminal.
CREATE TABLE silent_search (
  words TEXT NOT NULL,
  day TEXT NOT NULL,
  many INTEGER NOT NULL,
  PRIMARY KEY (words, day)
) WITHOUT ROWID;

-- Words that a clerk has dealt with: they come back when they are asked again after that day.
CREATE TABLE silent_settled (
  words TEXT PRIMARY KEY,
  through TEXT NOT NULL,
  actor TEXT NOT NULL,
  note TEXT NOT NULL
) WITHOUT ROWID;

-- Problems that people reported with a document.
CREATE TABLE problem (
  doc_id TEXT NOT NULL,
  what TEXT NOT NULL,
  words TEXT NOT NULL,
  day TEXT NOT NULL,
  many INTEGER NOT NULL,
  settled_at TEXT NOT NULL DEFAULT '',    -- when a clerk had dealt with it; empty: open
  settled_by TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (doc_id, what, words, day, settled_at)
) WITHOUT ROWID;
