-- The hub's own words: facts, sessions of clerks, wrong attempts, and the audit chain.
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
CREATE TABLE disclosure_case (
  number TEXT PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  organ_code TEXT NOT NULL,
  applicant_type TEXT NOT NULL,
  entry_mode TEXT NOT NULL,
  submitted_at TEXT NOT NULL,
  received_on TEXT,
  received_basis TEXT NOT NULL,
  state TEXT NOT NULL,
  reply_due TEXT,
  due_provisional INTEGER NOT NULL DEFAULT 0,
  calendar_version TEXT NOT NULL DEFAULT '',
  registered_on TEXT
);
CREATE TABLE disclosure_event (
  seq INTEGER PRIMARY KEY,
  number TEXT NOT NULL,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  event TEXT NOT NULL,
  detail TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX disclosure_event_number ON disclosure_event (number, seq);
