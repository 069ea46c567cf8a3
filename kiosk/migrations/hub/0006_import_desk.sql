-- Imports at the desk: files that wait for a clerk's word, saved column mappings, files of the watched folder.
CREATE TABLE import_upload (
  token TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  actor TEXT NOT NULL,
  at TEXT NOT NULL,
  mapping TEXT NOT NULL DEFAULT ''
);
CREATE TABLE column_mapping (
  name TEXT PRIMARY KEY,
  spec TEXT NOT NULL,
  actor TEXT NOT NULL,
  at TEXT NOT NULL
);
CREATE TABLE watched_file (
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  changed_ns INTEGER NOT NULL,
  at TEXT NOT NULL,
  outcome TEXT NOT NULL,
  report TEXT NOT NULL DEFAULT '{}',
  PRIMARY KEY (name, sha256)
);
