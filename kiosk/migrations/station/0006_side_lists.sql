-- What the hub makes for this terminal alone: small lists by name. `content` is NULL where the hub took a list back
-- and whoever uses it has not been told yet; then the row goes too.
CREATE TABLE side_list (
  name TEXT PRIMARY KEY,
  sha256 TEXT NOT NULL,                 -- of the content; empty: taken back
  content BLOB,
  taken_at TEXT NOT NULL,
  is_told INTEGER NOT NULL DEFAULT 0 CHECK (is_told IN (0, 1))
);

-- How far the files of documents are, as the agent saw it last.
CREATE TABLE blob_state (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  noted_at TEXT NOT NULL,
  wanted INTEGER NOT NULL,              -- files that fit into the quota
  held INTEGER NOT NULL,                -- of these
  missing_bytes INTEGER NOT NULL,
  beyond INTEGER NOT NULL,              -- files left out for want of room in the quota
  error TEXT                            -- code of what stopped the last try
);

-- Two directions more.
CREATE TABLE sync_report_next (
  direction TEXT PRIMARY KEY CHECK (direction IN ('hello', 'up', 'down', 'status', 'lists', 'blobs')),
  tried_at TEXT NOT NULL,
  succeeded_at TEXT,
  count INTEGER NOT NULL DEFAULT 0,
  error TEXT
);
INSERT INTO sync_report_next SELECT direction, tried_at, succeeded_at, count, error FROM sync_report;
DROP TABLE sync_report;
ALTER TABLE sync_report_next RENAME TO sync_report;
