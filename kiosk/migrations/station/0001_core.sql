-- What citizens entrusted to this machine (masked or sealed), and the machine's own words.
CREATE TABLE station_fact (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);
CREATE TABLE counter (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
);
CREATE TABLE web_session (
  id TEXT PRIMARY KEY,
  sealed BLOB NOT NULL,
  boot_id TEXT NOT NULL,
  seen REAL NOT NULL
);
CREATE TABLE submission (
  key TEXT PRIMARY KEY,
  number TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  organ_code TEXT NOT NULL,
  organ_name TEXT NOT NULL,
  submitted_at TEXT NOT NULL,
  received_on TEXT,
  received_basis TEXT NOT NULL,
  masked TEXT NOT NULL,
  code_hash TEXT NOT NULL,
  state TEXT NOT NULL,
  state_at TEXT NOT NULL,
  state_seq INTEGER NOT NULL DEFAULT 0,
  detail TEXT NOT NULL DEFAULT '{}'
);
CREATE TABLE attempt (
  subject TEXT NOT NULL,
  day TEXT NOT NULL,
  wrong INTEGER NOT NULL,
  PRIMARY KEY (subject, day)
);
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  act TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL,
  chain TEXT NOT NULL
);
