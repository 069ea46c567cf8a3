-- What was brought to the hub and waits for approval, was published, refused or withdrawn.
CREATE TABLE import_batch (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  created INTEGER NOT NULL DEFAULT 0,
  changed INTEGER NOT NULL DEFAULT 0,
  unchanged INTEGER NOT NULL DEFAULT 0,
  refused INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE entry (
  doc_id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  disclosure TEXT NOT NULL CHECK (disclosure IN ('proactive', 'on_request', 'withheld')),
  index_no TEXT NOT NULL DEFAULT '',
  source TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL CHECK (state IN ('waiting', 'approved', 'refused', 'withdrawn')),
  hash TEXT NOT NULL,
  record TEXT NOT NULL,
  batch_id INTEGER REFERENCES import_batch (id),
  proposed_by TEXT NOT NULL,
  proposed_at TEXT NOT NULL,
  decided_by TEXT NOT NULL DEFAULT '',
  decided_at TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT ''
);
CREATE INDEX entry_state_kind ON entry (state, kind);
CREATE INDEX entry_index_no ON entry (index_no);
